// occluder: depth of the face and the head, without a colour.
//
// Spaces    CameraMm and FaceMm to clip space.
// Colours   none: the target's are left as they are.

/// Forgets what was nearer: the whole target, as far away as can be.
@vertex
fn vs_reset(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    return screen_corner(index, 1.0);
}

/// The face, with its landmarks as vertices, in CameraMm.
@vertex
fn vs_face(@location(1) place_mm: vec3<f32>) -> @builtin(position) vec4<f32> {
    return frame.clip_from_camera * vec4<f32>(place_mm, 1.0);
}

/// The rest of the head, in FaceMm.
@vertex
fn vs_head(@location(0) place_mm: vec3<f32>) -> @builtin(position) vec4<f32> {
    return head.clip_from_face * vec4<f32>(place_mm, 1.0);
}

@fragment
fn fs_nothing() -> @location(0) vec4<f32> {
    return vec4<f32>(0.0);
}
