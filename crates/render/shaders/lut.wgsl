// lut: another colour for each colour.
//
// Spaces    FramePx, pixel for pixel.
// Colours   in and out linear; the table is in sRGB, and so is the way between the old colour and the new. Alpha stays.
// Bindings  group 1 pass: 0 all that is behind. group 2 material: 0 the table.
// Source    Tetrahedral interpolation: J. M. Kasson et al., "Performing color space conversions with three-dimensional
//           linear interpolation", J. Electronic Imaging 4(3), 1995.

@group(1) @binding(0) var behind: texture_2d<f32>;
@group(2) @binding(0) var table: texture_3d<f32>;

struct Varying {
    @builtin(position) place: vec4<f32>,
    @location(0) strength: f32,
}

@vertex
fn vs_lut(@builtin(vertex_index) index: u32, @location(4) look: vec4<f32>) -> Varying {
    var result: Varying;
    result.place = screen_corner(index, 0.0);
    result.strength = look.x;
    return result;
}

/// The table's colour at a corner of the cell at `base`.
fn entry(base: vec3<i32>, corner: vec3<i32>) -> vec3<f32> {
    return textureLoad(table, base + corner, 0).rgb;
}

/// The table's colour for `colour`: the cell is cut into six tetrahedra along its diagonal of greys.
fn looked_up(colour: vec3<f32>) -> vec3<f32> {
    let last = i32(textureDimensions(table).x) - 1;
    let at = clamp(colour, vec3<f32>(0.0), vec3<f32>(1.0)) * f32(last);
    let base = min(vec3<i32>(at), vec3<i32>(last - 1));
    let f = at - vec3<f32>(base);
    // The corners on the way from black to white: first along the axis with the largest rest, then the middle one.
    let first = select(
        select(vec3<i32>(0, 0, 1), vec3<i32>(0, 1, 0), f.y >= f.z),
        select(vec3<i32>(0, 0, 1), vec3<i32>(1, 0, 0), f.x >= f.z),
        f.x >= f.y,
    );
    let missing = select(
        select(vec3<i32>(1, 0, 0), vec3<i32>(0, 0, 1), f.x >= f.z),
        select(vec3<i32>(0, 1, 0), vec3<i32>(0, 0, 1), f.y >= f.z),
        f.x >= f.y,
    );
    let second = vec3<i32>(1) - missing;
    let large = max(f.x, max(f.y, f.z));
    let small = min(f.x, min(f.y, f.z));
    let middle = f.x + f.y + f.z - large - small;
    return (1.0 - large) * entry(base, vec3<i32>(0))
        + (large - middle) * entry(base, first)
        + (middle - small) * entry(base, second)
        + small * entry(base, vec3<i32>(1));
}

@fragment
fn fs_lut(in: Varying) -> @location(0) vec4<f32> {
    let pixel = textureLoad(behind, vec2<i32>(in.place.xy), 0);
    let colour = srgb_from_linear(pixel.rgb);
    let changed = mix(colour, looked_up(colour), in.strength);
    return vec4<f32>(linear_from_srgb(changed), pixel.a);
}
