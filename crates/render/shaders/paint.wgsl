// paint: a picture on the face's skin.
//
// Spaces    vertices in FramePx, texture coordinates in FaceUv, from the top-left.
// Colours   linear, premultiplied. `fs_paint` and `fs_tint` are blended by the target. `fs_overlay` and `fs_soft_light`
//           blend with the camera's picture themselves, in sRGB, and are then laid over the target by their alpha.
// Masks     red: the face up to its outline, feathered; green: all but the eyes' openings; blue: all but the mouth's.
// Bindings  group 2 material: 0 the cells, 1 their sampler.
// Source    W3C, Compositing and Blending Level 1, sections 10.1.4 (overlay) and 10.1.10 (soft light).

@group(2) @binding(0) var cells: texture_2d_array<f32>;
@group(2) @binding(1) var cells_sampler: sampler;

struct Skin {
    /// In FramePx.
    @location(0) place_px: vec2<f32>,
    /// How well the landmark is seen, 0 to 1.
    @location(2) seen: f32,
    /// In FaceUv.
    @location(3) uv: vec2<f32>,
}

struct Varying {
    @builtin(position) place: vec4<f32>,
    @location(0) uv: vec2<f32>,
    @location(1) seen: f32,
    /// How light the frame is, over how light the face is.
    @location(2) exposure: f32,
    /// Opacity, cell, lighting, and what is left free: 1 the eyes, 2 the mouth, 3 both.
    @location(3) look: vec4<f32>,
}

@vertex
fn vs_paint(skin: Skin, @location(4) look: vec4<f32>) -> Varying {
    var reference = 0.0;
    for (var pair = 0; pair < 3; pair += 1) {
        let places = head.skin[pair];
        reference += luminance(textureSampleLevel(low, low_sampler, places.xy, 0.0).rgb);
        reference += luminance(textureSampleLevel(low, low_sampler, places.zw, 0.0).rgb);
    }
    reference = max(reference / 6.0, 1e-3);
    var result: Varying;
    let ndc = skin.place_px / frame.size_px * 2.0 - 1.0;
    result.place = vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0);
    result.uv = skin.uv;
    result.seen = skin.seen;
    result.exposure = luminance(frame_light().colour) / reference;
    result.look = look;
    return result;
}

/// How much of the paint is here.
fn coverage(in: Varying, free: vec3<f32>) -> f32 {
    let code = i32(in.look.w + 0.5);
    let eyes = select(1.0, free.g, (code & 1) != 0);
    let mouth = select(1.0, free.b, (code & 2) != 0);
    return in.look.x * in.seen * free.r * eyes * mouth;
}

/// The luminance of the picture at a sixteenth, as a cubic B-spline through four bilinear samples.
///
/// Source: C. Sigg, M. Hadwiger, "Fast Third-Order Texture Filtering", GPU Gems 2, chapter 20.
fn low_luminance(place_px: vec2<f32>) -> f32 {
    let at = place_px / 16.0 - 0.5;
    let cell = floor(at);
    let t = at - cell;
    let w0 = (1.0 - t) * (1.0 - t) * (1.0 - t) / 6.0;
    let w1 = (4.0 - 6.0 * t * t + 3.0 * t * t * t) / 6.0;
    let w3 = t * t * t / 6.0;
    let w2 = 1.0 - w0 - w1 - w3;
    let before = (cell - 0.5 + w1 / (w0 + w1)) / frame.low_size;
    let after = (cell + 1.5 + w3 / (w2 + w3)) / frame.low_size;
    let rows = w2 + w3;
    let top = mix(
        textureSampleLevel(low, low_sampler, before, 0.0).rgb,
        textureSampleLevel(low, low_sampler, vec2<f32>(after.x, before.y), 0.0).rgb,
        rows.x,
    );
    let bottom = mix(
        textureSampleLevel(low, low_sampler, vec2<f32>(before.x, after.y), 0.0).rgb,
        textureSampleLevel(low, low_sampler, after, 0.0).rgb,
        rows.x,
    );
    return luminance(mix(top, bottom, rows.y));
}

/// Normal, screen and add: the paint takes on the light of the skin, as far as it is told to.
@fragment
fn fs_paint(in: Varying) -> @location(0) vec4<f32> {
    let colour = textureSample(cells, cells_sampler, in.uv, i32(in.look.y + 0.5));
    let free = textureSampleLevel(mask, mask_sampler, in.uv, 0.0).rgb;
    let shade = clamp(in.exposure * low_luminance(in.place.xy), 0.05, 2.0);
    let lit = colour.rgb * mix(1.0, shade, in.look.z);
    return vec4<f32>(lit, colour.a) * coverage(in, free);
}

/// Multiply: the skin's light is in what it multiplies.
@fragment
fn fs_tint(in: Varying) -> @location(0) vec4<f32> {
    let colour = textureSample(cells, cells_sampler, in.uv, i32(in.look.y + 0.5));
    let free = textureSampleLevel(mask, mask_sampler, in.uv, 0.0).rgb;
    return colour * coverage(in, free);
}

@fragment
fn fs_overlay(in: Varying) -> @location(0) vec4<f32> {
    let colour = textureSample(cells, cells_sampler, in.uv, i32(in.look.y + 0.5));
    let free = textureSampleLevel(mask, mask_sampler, in.uv, 0.0).rgb;
    let s = srgb_from_linear(colour.rgb / max(colour.a, 1e-4));
    let b = textureLoad(plate, vec2<i32>(in.place.xy), 0).rgb;
    let multiplied = 2.0 * s * b;
    let screened = 1.0 - 2.0 * (1.0 - s) * (1.0 - b);
    let blended = select(screened, multiplied, b <= vec3<f32>(0.5));
    return vec4<f32>(linear_from_srgb(blended), 1.0) * (colour.a * coverage(in, free));
}

@fragment
fn fs_soft_light(in: Varying) -> @location(0) vec4<f32> {
    let colour = textureSample(cells, cells_sampler, in.uv, i32(in.look.y + 0.5));
    let free = textureSampleLevel(mask, mask_sampler, in.uv, 0.0).rgb;
    let s = srgb_from_linear(colour.rgb / max(colour.a, 1e-4));
    let b = textureLoad(plate, vec2<i32>(in.place.xy), 0).rgb;
    let d = select(sqrt(b), ((16.0 * b - 12.0) * b + 4.0) * b, b <= vec3<f32>(0.25));
    let darker = b - (1.0 - 2.0 * s) * b * (1.0 - b);
    let lighter = b + (2.0 * s - 1.0) * (d - b);
    let blended = select(lighter, darker, s <= vec3<f32>(0.5));
    return vec4<f32>(linear_from_srgb(blended), 1.0) * (colour.a * coverage(in, free));
}
