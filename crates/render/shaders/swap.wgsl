// swap: another face's looks on a face.
//
// Spaces    vertices in FramePx; texture coordinates of the other face in FrameUv, or in the photo that was cut to it; of the
//           masks in FaceUv; all from the top-left.
// Bindings  group 2, for photos: 0 the photo in sRGB, in all its sizes; 1 its sampler.
// Colours   linear, premultiplied; blended by the target. The camera's picture is in sRGB numbers that are not decoded.
// Masks     red: the face up to its outline, feathered; green: all but the eyes' openings; blue: all but the mouth's;
//           alpha: all but a band along the outline.
// Source    What shines is not of the skin's colour: S. Shafer, "Using color to separate reflection components", 1985,
//           doi:10.1002/col.5080100409.

@group(2) @binding(0) var photo: texture_2d<f32>;
@group(2) @binding(1) var photo_sampler: sampler;

struct Swap {
    /// In FramePx.
    @location(0) place_px: vec2<f32>,
    /// Where the other face is, and where its opposite side is.
    @location(1) other: vec4<f32>,
    /// The logarithms of the gains of red, green and blue; the share of the opposite side.
    @location(2) tone: vec4<f32>,
    /// In FaceUv.
    @location(3) uv: vec2<f32>,
    /// How much is seen; the luminances that bare skin has here, of the face and of the other; where single hairs may be.
    @location(5) front: vec4<f32>,
    /// The logarithms of the light that the face has by itself; how far something is in front of it or next to it.
    @location(6) own: vec4<f32>,
    /// From there to what is in front, over the square of the distance; how far something is in front all around.
    @location(7) way: vec4<f32>,
    /// Where the face's vertex is by itself, in FramePx; how much of the other's expression it has; 1 if it has its shape or
    /// expression, and so may be elsewhere.
    @location(8) bend: vec4<f32>,
}

struct Varying {
    @builtin(position) place: vec4<f32>,
    @location(0) other: vec4<f32>,
    /// The gains; the share of the opposite side.
    @location(1) tone: vec4<f32>,
    @location(2) uv: vec2<f32>,
    @location(3) front: vec4<f32>,
    /// Amount, feather, lighting, and what is kept: 1 the eyes, 2 the mouth, 3 both.
    @location(4) @interpolate(flat) look: vec4<f32>,
    @location(5) own: vec4<f32>,
    @location(6) way: vec4<f32>,
    @location(7) bend: vec4<f32>,
}

@vertex
fn vs_swap(swap: Swap, @location(4) look: vec4<f32>) -> Varying {
    var result: Varying;
    let ndc = swap.place_px / frame.size_px * 2.0 - 1.0;
    result.place = vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0);
    result.other = swap.other;
    result.tone = vec4<f32>(exp(swap.tone.xyz * look.z), swap.tone.w);
    result.uv = swap.uv;
    result.front = swap.front;
    result.look = look;
    result.own = swap.own;
    result.way = swap.way;
    result.bend = swap.bend;
    return result;
}

/// The mean light of the camera's picture at `uv`, over what a pixel here covers there, which `across` and `down` span: as
/// many bilinear samples as it takes, up to four by four. One where the picture is magnified.
fn plate_light(uv: vec2<f32>, across: vec2<f32>, down: vec2<f32>) -> vec3<f32> {
    let columns = clamp(i32(ceil(length(across * frame.size_px) * 0.5)), 1, 4);
    let rows = clamp(i32(ceil(length(down * frame.size_px) * 0.5)), 1, 4);
    var sum = vec3<f32>(0.0);
    for (var row = 0; row < rows; row += 1) {
        for (var column = 0; column < columns; column += 1) {
            let x = (f32(column) + 0.5) / f32(columns) - 0.5;
            let y = (f32(row) + 0.5) / f32(rows) - 0.5;
            sum += textureSampleLevel(plate, low_sampler, uv + across * x + down * y, 0.0).rgb;
        }
    }
    return linear_from_srgb(sum / f32(rows * columns));
}

/// With the looks of another face of the frame.
@fragment
fn fs_swap(in: Varying) -> @location(0) vec4<f32> {
    let across = dpdx(in.other);
    let down = dpdy(in.other);
    let free = textureSampleLevel(mask, mask_sampler, in.uv, 0.0);
    var light = plate_light(in.other.xy, across.xy, down.xy);
    if in.tone.w > 0.004 {
        let opposite = plate_light(in.other.zw, across.zw, down.zw);
        light = mix(light, opposite, in.tone.w);
    }
    return worn(in, free, light);
}

/// With those of a photo.
@fragment
fn fs_photo(in: Varying) -> @location(0) vec4<f32> {
    let across = dpdx(in.other);
    let down = dpdy(in.other);
    let free = textureSampleLevel(mask, mask_sampler, in.uv, 0.0);
    // Of what a pixel covers the middle half each way, as with faces of the frame: one size sharper than the mean of it all.
    var light = textureSampleGrad(photo, photo_sampler, in.other.xy, 0.5 * across.xy, 0.5 * down.xy).rgb;
    if in.tone.w > 0.004 {
        let opposite = textureSampleGrad(photo, photo_sampler, in.other.zw, 0.5 * across.zw, 0.5 * down.zw).rgb;
        light = mix(light, opposite, in.tone.w);
    }
    return worn(in, free, light);
}

fn is_bent(in: Varying) -> bool {
    return in.bend.w > 0.5;
}

/// Where the face itself is seen that a pixel shows.
fn own_px(in: Varying) -> vec2<f32> {
    return select(in.place.xy, in.bend.xy, is_bent(in));
}

/// The light of the face itself there.
fn own_light(in: Varying) -> vec3<f32> {
    if is_bent(in) {
        return linear_from_srgb(textureSampleLevel(plate, low_sampler, in.bend.xy / frame.size_px, 0.0).rgb);
    }
    return linear_from_srgb(textureLoad(plate, vec2<i32>(in.place.xy), 0).rgb);
}

/// How far something is in front of the face at a pixel, 0 to 1: where all around is covered, and next to that where the picture
/// is rather as what covers it than as the face. Over some five by five pixels, so that noise does not decide.
fn covered(in: Varying) -> f32 {
    // Nothing is: nearly everywhere, in nearly every frame.
    if in.own.w <= 0.1 {
        return 0.0;
    }
    var light = vec3<f32>(0.0);
    for (var corner = 0; corner < 4; corner += 1) {
        let step = vec2<f32>(f32(corner & 1), f32(corner >> 1)) * 3.0 - 1.5;
        light += textureSampleLevel(plate, low_sampler, (own_px(in) + step) / frame.size_px, 0.0).rgb;
    }
    let seen = log(max(linear_from_srgb(light * 0.25), vec3<f32>(1e-3)));
    let alike = dot(seen - in.own.xyz, in.way.xyz);
    // Where both look nearly the same, the vertices alone decide.
    let apart = 1.0 - smoothstep(4.0, 8.0, length(in.way.xyz));
    let near = in.own.w;
    let whole = in.way.w;
    let by_vertex = smoothstep(0.3, 0.7, 0.5 * (near + whole));
    let by_pixel = smoothstep(0.25, 0.75, alike) * smoothstep(0.1, 0.4, near);
    return max(smoothstep(0.5, 0.9, whole), mix(by_vertex, by_pixel, apart));
}

/// What the face looks like where the other's looks are `light` and the masks are `free`.
fn worn(in: Varying, free: vec4<f32>, light: vec3<f32>) -> vec4<f32> {
    // How bright the other is, over its bare skin. What shines adds light, whatever the skin's colour: where skin becomes
    // brighter, half of that is taken back.
    let excess = luminance(light) / max(in.front.z, 1e-4);
    var lit = light * in.tone.xyz;
    let gain = max(luminance(lit) / max(luminance(light), 1e-4), 1.0);
    if excess > 1.0 {
        lit *= (1.0 + (excess - 1.0) * inverseSqrt(gain)) / excess;
    }
    lit = clamp(lit, vec3<f32>(0.0), vec3<f32>(1.0));
    // Single hairs before the face or the other's: much darker than bare skin.
    let own = own_light(in);
    let bare = luminance(own) / max(in.front.y, 1e-4);
    let strands = 1.0 - smoothstep(0.35, 0.62, bare) * smoothstep(0.5, 0.8, excess);
    // Along the outline what is no skin of the other's is the wall behind it, its neck in the shade, or its hair.
    let hem = 1.0 - smoothstep(0.5, 1.0, free.a);
    let beside = max(smoothstep(1.1, 1.4, excess), 1.0 - smoothstep(0.45, 0.8, excess));
    let code = i32(in.look.w + 0.5);
    // With the other's expression the openings are the other's: its mouth may be open where the face's is not.
    let eyes = select(1.0, mix(free.g, 1.0, in.bend.z), (code & 1) != 0);
    let mouth = select(1.0, mix(free.b, 1.0, in.bend.z), (code & 2) != 0);
    let edge = clamp(free.r / max(in.look.y, 0.05), 0.0, 1.0);
    let share = in.look.x * edge * eyes * mouth * in.front.x * (1.0 - in.front.w * strands) * (1.0 - hem * beside)
        * (1.0 - covered(in));
    if is_bent(in) {
        // The face as it is is elsewhere: it is brought here too, and nothing shows through.
        return vec4<f32>(mix(own, lit, clamp(share, 0.0, 1.0)), 1.0);
    }
    return vec4<f32>(lit, 1.0) * clamp(share, 0.0, 1.0);
}
