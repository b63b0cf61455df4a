// seed: what a scene begins with where its pixels have several samples.
//
// Spaces    FramePx, pixel for pixel.
// Colours   out linear, to a target that encodes. Alpha as it is.
// Bindings  group 1 pass: 0 the picture.

@group(1) @binding(0) var picture: texture_2d<f32>;

@vertex
fn vs_seed(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return screen_corner(index, 1.0);
}

/// Of the camera's picture, which is in sRGB numbers that are not decoded.
@fragment
fn fs_plate(@builtin(position) place: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = textureLoad(picture, vec2<i32>(place.xy), 0);
    return vec4<f32>(linear_from_srgb(pixel.rgb), pixel.a);
}

/// Of a scene that was drawn so far.
@fragment
fn fs_scene(@builtin(position) place: vec4<f32>) -> @location(0) vec4<f32> {
    return textureLoad(picture, vec2<i32>(place.xy), 0);
}
