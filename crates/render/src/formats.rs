//! The formats of textures, and whether an adapter has what they need.

use wgpu::{TextureFormat, TextureFormatFeatureFlags, TextureUsages};

use crate::RenderError;

/// Luma.
pub(crate) const LUMA: TextureFormat = TextureFormat::R8Unorm;
/// Two kinds of chroma.
pub(crate) const CHROMA: TextureFormat = TextureFormat::Rg8Unorm;
/// Four bytes a pixel, and the upright picture of the camera: numbers as they are.
pub(crate) const PLATE: TextureFormat = TextureFormat::Rgba8Unorm;
/// What scenes are drawn to: blended in linear light, kept in sRGB.
pub(crate) const SCENE: TextureFormat = TextureFormat::Rgba8UnormSrgb;
/// How far away things are.
pub(crate) const DEPTH: TextureFormat = TextureFormat::Depth32Float;
/// Tables of colours, which are never interpolated by the sampler.
pub(crate) const TABLE: TextureFormat = TextureFormat::Rgba32Float;
/// What is not drawn to: pictures of colours, pictures of numbers, masks of the face.
pub(crate) const READ: [TextureFormat; 2] = [SCENE, PLATE];

/// How many samples a pixel of a scene with depth has.
const SAMPLES: u32 = 4;

/// Checks that `adapter` has what every frame needs, and says how many samples a pixel may have: 4 or 1.
///
/// # Errors
/// [`RenderError::Adapter`].
pub(crate) fn check(adapter: &wgpu::Adapter) -> Result<u32, RenderError> {
    let drawn = TextureUsages::RENDER_ATTACHMENT;
    let read = TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST;
    let needed = [
        (LUMA, drawn | read),
        (CHROMA, drawn | read),
        (PLATE, drawn | read | TextureUsages::COPY_SRC),
        (SCENE, drawn | read | TextureUsages::COPY_SRC),
        (DEPTH, drawn),
        (TABLE, read),
    ];
    for (format, usages) in needed {
        let found = adapter.get_texture_format_features(format).allowed_usages;
        if !found.contains(usages) {
            return Err(RenderError::Adapter {
                adapter: adapter.get_info().name,
                expected: "every format that a frame needs",
                found: format!("{format:?} for {found:?} alone"),
            });
        }
    }
    let flags = |format| adapter.get_texture_format_features(format).flags;
    let smooth = flags(SCENE).sample_count_supported(SAMPLES)
        && flags(SCENE).contains(TextureFormatFeatureFlags::MULTISAMPLE_RESOLVE)
        && flags(DEPTH).sample_count_supported(SAMPLES);
    Ok(if smooth { SAMPLES } else { 1 })
}
