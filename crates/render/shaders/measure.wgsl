// measure: the frame at a sixteenth, and its four quarters, for light. Nothing is read back.
//
// Spaces    FramePx over 16, again over 16, and quarters.
// Colours   linear, alpha 1; the targets encode to sRGB, to have more steps in the dark.
// Bindings  group 1 pass: 0 what is measured.

@group(1) @binding(0) var source: texture_2d<f32>;

@vertex
fn vs_measure(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return screen_corner(index, 0.0);
}

/// The mean of the camera's picture, which is in sRGB numbers that are not decoded, over 16 by 16 pixels. Of these each
/// second one in each second row.
@fragment
fn fs_low(@builtin(position) place: vec4<f32>) -> @location(0) vec4<f32> {
    let last = vec2<i32>(textureDimensions(source)) - 1;
    let corner = vec2<i32>(place.xy) * 16;
    var sum = vec3<f32>(0.0);
    for (var row = 0; row < 16; row += 2) {
        for (var column = 0; column < 16; column += 2) {
            let at = min(corner + vec2<i32>(column, row), last);
            sum += linear_from_srgb(textureLoad(source, at, 0).rgb);
        }
    }
    return vec4<f32>(sum / 64.0, 1.0);
}

/// The mean over 16 by 16 texels.
@fragment
fn fs_lower(@builtin(position) place: vec4<f32>) -> @location(0) vec4<f32> {
    let size = vec2<i32>(textureDimensions(source));
    let corner = vec2<i32>(place.xy) * 16;
    let end = min(corner + 16, size);
    return mean(corner, end);
}

/// The mean of a quarter.
@fragment
fn fs_light(@builtin(position) place: vec4<f32>) -> @location(0) vec4<f32> {
    let size = vec2<i32>(textureDimensions(source));
    let quarter = vec2<i32>(place.xy);
    let corner = min(quarter * size / 2, size - 1);
    let end = max((quarter + 1) * size / 2, corner + 1);
    return mean(corner, end);
}

/// The mean of the texels from `corner` to before `end`.
fn mean(corner: vec2<i32>, end: vec2<i32>) -> vec4<f32> {
    var sum = vec3<f32>(0.0);
    for (var row = corner.y; row < end.y; row += 1) {
        for (var column = corner.x; column < end.x; column += 1) {
            sum += textureLoad(source, vec2<i32>(column, row), 0).rgb;
        }
    }
    let count = (end.x - corner.x) * (end.y - corner.y);
    return vec4<f32>(sum / f32(count), 1.0);
}
