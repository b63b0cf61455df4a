// lib/scene: what all draws over the frame share.
//
// Spaces    CameraMm: millimetres, right-handed, y up, the camera looks along -z. FaceMm: the canonical face. FramePx:
//           pixels of the upright frame, y down. Clip space: y up, depth 0 near to 1 far.
// Bindings  group 0 frame: 0 `Frame`, 1 `Head` by dynamic offset, 2 `Prop` by dynamic offset.
//           group 1 pass: 0 the upright picture of the camera, in sRGB numbers that are not decoded; 1, 2 the same at a
//           sixteenth, linear; 3 its four quarters, linear; 4, 5 the masks of the canonical face.

struct Frame {
    clip_from_camera: mat4x4<f32>,
    /// Columns and rows of the upright frame.
    size_px: vec2<f32>,
    /// Columns and rows of the picture at a sixteenth.
    low_size: vec2<f32>,
}

struct Head {
    clip_from_face: mat4x4<f32>,
    /// Six places of bare skin in FrameUv, two a vector.
    skin: array<vec4<f32>, 3>,
}

struct Prop {
    camera_from_model: mat4x4<f32>,
    /// Of the morph targets.
    weights: vec4<f32>,
    /// x: opacity.
    look: vec4<f32>,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<uniform> head: Head;
@group(0) @binding(2) var<uniform> prop: Prop;

@group(1) @binding(0) var plate: texture_2d<f32>;
@group(1) @binding(1) var low: texture_2d<f32>;
@group(1) @binding(2) var low_sampler: sampler;
@group(1) @binding(3) var light: texture_2d<f32>;
@group(1) @binding(4) var mask: texture_2d<f32>;
@group(1) @binding(5) var mask_sampler: sampler;
