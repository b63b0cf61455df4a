// picture: stickers, overlays and sprites.
//
// Spaces    corners in clip space, so that one shader draws flat and turned ones. Texture coordinates from the top-left.
// Colours   linear, premultiplied; blended by the target.
// Edges     smoothed by how much of a pixel is covered, from derivatives: the same with one sample a pixel or four.
// Bindings  group 2 material: 0 the cells, 1 their sampler.

@group(2) @binding(0) var cells: texture_2d_array<f32>;
@group(2) @binding(1) var cells_sampler: sampler;

struct Picture {
    /// The middle, and from there to the middles of the right and the lower side.
    @location(0) centre: vec4<f32>,
    @location(1) across: vec4<f32>,
    @location(2) down: vec4<f32>,
    /// Opacity, cell, and half the sides in pixels.
    @location(3) look: vec4<f32>,
}

struct Varying {
    @builtin(position) place: vec4<f32>,
    /// -1 to 1 from side to side.
    @location(0) local: vec2<f32>,
    @location(1) opacity: f32,
    @location(2) cell: f32,
}

@vertex
fn vs_picture(@builtin(vertex_index) index: u32, picture: Picture) -> Varying {
    let corner = vec2<f32>(f32(index & 1u), f32(index >> 1u)) * 2.0 - 1.0;
    // One pixel more on each side, for the smoothed edge.
    let local = corner * (1.0 + 1.0 / picture.look.zw);
    var result: Varying;
    result.place = picture.centre + picture.across * local.x + picture.down * local.y;
    result.local = local;
    result.opacity = picture.look.x;
    result.cell = picture.look.y;
    return result;
}

@fragment
fn fs_picture(in: Varying) -> @location(0) vec4<f32> {
    let colour = textureSample(cells, cells_sampler, in.local * 0.5 + 0.5, i32(in.cell + 0.5));
    let horizontal = length(vec2<f32>(dpdx(in.local.x), dpdy(in.local.x)));
    let vertical = length(vec2<f32>(dpdx(in.local.y), dpdy(in.local.y)));
    let step = max(vec2<f32>(horizontal, vertical), vec2<f32>(1e-6));
    let covered = clamp((1.0 - abs(in.local)) / step + 0.5, vec2<f32>(0.0), vec2<f32>(1.0));
    return colour * (in.opacity * covered.x * covered.y);
}
