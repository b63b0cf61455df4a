// camera: the camera's buffer, turned upright and brought to red, green and blue.
//
// Spaces    reads SensorPx, writes FramePx, texel for texel.
// Colours   sRGB numbers as they are, written to a target that does not encode: nothing is decoded, so that what comes
//           in as RGBA goes out bit by bit. Alpha is the buffer's, 1 where it has none.
// Bindings  group 0 frame: 0 `Sensor`. group 1 pass: 0 four bytes a pixel, or luma; 1 chroma, two bytes for two by two.
// Source    ITU-R BT.601-7, section 2.5; ITU-R BT.709-6, sections 3 and 4; ITU-T T.871, section 7. The factors come in
//           worked out.

struct Sensor {
    /// Columns of the matrix that leads to the buffer's axes from the frame's.
    turn: vec4<i32>,
    /// The buffer's texel of the frame's first pixel.
    origin: vec2<i32>,
    /// 1 if blue comes first.
    bgra: i32,
    unused: i32,
    /// Factors of luma, first chroma, second chroma, and 1.
    red: vec4<f32>,
    green: vec4<f32>,
    blue: vec4<f32>,
}

@group(0) @binding(0) var<uniform> sensor: Sensor;
@group(1) @binding(0) var first: texture_2d<f32>;
@group(1) @binding(1) var second: texture_2d<f32>;

@vertex
fn vs_camera(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return screen_corner(index, 0.0);
}

fn texel(place: vec4<f32>) -> vec2<i32> {
    let pixel = vec2<i32>(place.xy);
    return sensor.origin + sensor.turn.xy * pixel.x + sensor.turn.zw * pixel.y;
}

@fragment
fn fs_packed(@builtin(position) place: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = textureLoad(first, texel(place), 0);
    return select(pixel, pixel.bgra, sensor.bgra != 0);
}

@fragment
fn fs_yuv(@builtin(position) place: vec4<f32>) -> @location(0) vec4<f32> {
    let at = texel(place);
    let luma = textureLoad(first, at, 0).r;
    let chroma = textureLoad(second, at / 2, 0).rg;
    let sample = vec4<f32>(luma, chroma, 1.0);
    return vec4<f32>(dot(sensor.red, sample), dot(sensor.green, sample), dot(sensor.blue, sample), 1.0);
}
