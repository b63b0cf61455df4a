use std::sync::Arc;

use bytemuck::cast_slice;
use moretta_geometry::{canonical, occluder};
use moretta_pack::Effect;

use crate::effect::Loaded;
use crate::mip::{Content, Level};
use crate::numbers::{Shell, SkinUv};
use crate::pipelines::{Layouts, Pipelines};
use crate::swap::atlas::Atlas;
use crate::{Gpu, LoadedEffect, RenderError, artwork, mask};

/// All that drawing needs and that has nothing to do with a face: pipelines, samplers, the canonical face, its masks. A
/// handle: a clone is the same.
///
/// Made on the app's thread, at the start; it takes some tenths of a second.
#[derive(Clone)]
pub struct Renderer {
    pub(crate) shared: Arc<Shared>,
}

/// What all stages and effects of a device share. Public data.
pub(crate) struct Shared {
    pub(crate) gpu: Gpu,
    pub(crate) layouts: Layouts,
    pub(crate) pipelines: Pipelines,
    /// Up to the edge and no further.
    pub(crate) clamped: wgpu::Sampler,
    /// The same for what is seen at a slant, averaged along it as the adapter can.
    pub(crate) slanted: wgpu::Sampler,
    /// Again and again, as glTF wants it.
    pub(crate) repeated: wgpu::Sampler,
    /// One white texel.
    pub(crate) white: wgpu::TextureView,
    /// The parts of the canonical face.
    pub(crate) mask: wgpu::TextureView,
    /// What swaps know of the canonical face.
    pub(crate) atlas: Atlas,
    pub(crate) skin: Triangles,
    pub(crate) shell: Triangles,
}

/// What of a mesh never changes.
pub(crate) struct Triangles {
    pub(crate) vertices: wgpu::Buffer,
    pub(crate) indices: wgpu::Buffer,
    pub(crate) index_count: u32,
}

impl Renderer {
    /// Builds every pipeline.
    ///
    /// # Errors
    /// [`RenderError::Refused`], [`RenderError::Lost`].
    pub fn new(gpu: &Gpu) -> Result<Self, RenderError> {
        gpu.check()?;
        let objects = gpu.objects();
        let layouts = Layouts::new(objects);
        let pipelines = Pipelines::new(objects, &layouts, gpu.report().samples);
        // Software that averages along a slant (lavapipe) blurs what is straight ahead too.
        let software = gpu.report().software;
        let sampler = |label, address, anisotropy_clamp| {
            objects.sampler(&wgpu::SamplerDescriptor {
                label: Some(label),
                address_mode_u: address,
                address_mode_v: address,
                mag_filter: wgpu::FilterMode::Linear,
                min_filter: wgpu::FilterMode::Linear,
                mipmap_filter: wgpu::MipmapFilterMode::Linear,
                // The library limits it to what the adapter has.
                anisotropy_clamp,
                ..wgpu::SamplerDescriptor::default()
            })
        };
        let picture = |label, side, texels| {
            let levels = [Level {
                width: side,
                height: side,
                texels,
            }];
            let texture = artwork::texture(gpu, label, &levels, 1, Content::Plain);
            artwork::upload(gpu, &texture, 0, &levels);
            objects.view(&texture)
        };
        let uvs: Vec<_> = canonical::uvs()
            .iter()
            .map(|uv| SkinUv {
                uv: uv.raw().to_array(),
            })
            .collect();
        let shell: Vec<_> = occluder::head_positions()
            .iter()
            .map(|place| Shell {
                place_mm: place.raw().to_array(),
            })
            .collect();
        let shared = Shared {
            clamped: sampler("clamped", wgpu::AddressMode::ClampToEdge, 1),
            slanted: sampler(
                "slanted",
                wgpu::AddressMode::ClampToEdge,
                if software { 1 } else { 4 },
            ),
            repeated: sampler("repeated", wgpu::AddressMode::Repeat, 1),
            white: picture("white", 1, vec![255; 4]),
            atlas: Atlas::new(),
            mask: picture("mask", mask::SIDE, mask::texels()),
            skin: Triangles::new(gpu, "skin", cast_slice(&uvs), canonical::triangles()),
            shell: Triangles::new(gpu, "shell", cast_slice(&shell), &occluder::head_triangles()),
            gpu: gpu.clone(),
            layouts,
            pipelines,
        };
        shared.flush()?;
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// The device that it draws with.
    #[must_use]
    pub fn gpu(&self) -> &Gpu {
        &self.shared.gpu
    }

    /// Brings an effect's assets onto the device and settles what is drawn in which order. On the app's thread.
    ///
    /// # Errors
    /// [`RenderError::Effect`] for a node that names an asset which is not there or of the wrong kind, a sheet of more than
    /// [`MAX_CELLS`](crate::MAX_CELLS) cells, a mesh whose lists do not fit each other;
    /// [`RenderError::Refused`], [`RenderError::Lost`].
    pub fn load(&self, effect: &Effect) -> Result<LoadedEffect, RenderError> {
        self.shared.gpu.check()?;
        let loaded = Loaded::new(&self.shared, effect)?;
        self.shared.flush()?;
        Ok(LoadedEffect {
            loaded: Arc::new(loaded),
        })
    }
}

impl Shared {
    /// Hands over what was uploaded so far, so that it does not wait in staging memory for the first frame.
    fn flush(&self) -> Result<(), RenderError> {
        self.gpu.queue().submit([]);
        self.gpu.check()
    }
}

impl Triangles {
    fn new(gpu: &Gpu, label: &'static str, vertices: &[u8], triangles: &[[u16; 3]]) -> Self {
        let indices: Vec<u16> = triangles.as_flattened().to_vec();
        Self {
            vertices: gpu.objects().filled(label, vertices, wgpu::BufferUsages::VERTEX),
            indices: gpu
                .objects()
                .filled(label, cast_slice(&indices), wgpu::BufferUsages::INDEX),
            index_count: indices.len() as u32,
        }
    }
}
