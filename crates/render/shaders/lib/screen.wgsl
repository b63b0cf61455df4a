// lib/screen: one triangle over the whole target.
//
// Spaces    clip space; the target's texel (0, 0) is the top-left one.

/// The corner with number 0, 1 or 2, at depth `depth`.
fn screen_corner(index: u32, depth: f32) -> vec4<f32> {
    let x = f32(index & 1u) * 4.0 - 1.0;
    let y = f32(index >> 1u) * 4.0 - 1.0;
    return vec4<f32>(x, y, depth, 1.0);
}
