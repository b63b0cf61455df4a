// present: the finished picture in a target of another size or format.
//
// Spaces    reads FrameUv or FramePx, writes the target's pixels.
// Colours   linear, opaque. `fs_encoded` and `fs_exact_encoded` encode to sRGB for targets that do not.
// Bindings  group 1 pass: 0 the picture, 1 its sampler.

@group(1) @binding(0) var picture: texture_2d<f32>;
@group(1) @binding(1) var picture_sampler: sampler;

struct Varying {
    @builtin(position) place: vec4<f32>,
    @location(0) uv: vec2<f32>,
}

/// `look`: half the picture's sides in clip space, and -1 for a mirrored picture, else 1.
@vertex
fn vs_present(@builtin(vertex_index) index: u32, @location(4) look: vec4<f32>) -> Varying {
    let corner = vec2<f32>(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    var result: Varying;
    result.place = vec4<f32>(corner.x * look.x, -corner.y * look.y, 0.0, 1.0);
    result.uv = vec2<f32>(corner.x * look.z, corner.y) * 0.5 + 0.5;
    return result;
}

/// The mean of four samples over what a pixel of the target covers.
fn scaled(uv: vec2<f32>) -> vec3<f32> {
    let x = dpdx(uv) * 0.25;
    let y = dpdy(uv) * 0.25;
    return 0.25 * (textureSample(picture, picture_sampler, uv - x - y).rgb
        + textureSample(picture, picture_sampler, uv + x - y).rgb
        + textureSample(picture, picture_sampler, uv - x + y).rgb
        + textureSample(picture, picture_sampler, uv + x + y).rgb);
}

/// The pixel, where one of the target is one of the picture.
fn exact(uv: vec2<f32>) -> vec3<f32> {
    let size = vec2<f32>(textureDimensions(picture));
    return textureLoad(picture, vec2<i32>(uv * size), 0).rgb;
}

@fragment
fn fs_linear(in: Varying) -> @location(0) vec4<f32> {
    return vec4<f32>(scaled(in.uv), 1.0);
}

@fragment
fn fs_encoded(in: Varying) -> @location(0) vec4<f32> {
    return vec4<f32>(srgb_from_linear(scaled(in.uv)), 1.0);
}

@fragment
fn fs_exact(in: Varying) -> @location(0) vec4<f32> {
    return vec4<f32>(exact(in.uv), 1.0);
}

@fragment
fn fs_exact_encoded(in: Varying) -> @location(0) vec4<f32> {
    return vec4<f32>(srgb_from_linear(exact(in.uv)), 1.0);
}
