//! Where objects of the device are made, and counted: a steady frame makes none.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes objects of the device. A test sees to it that nothing else in this crate does.
#[derive(Clone)]
pub(crate) struct Objects {
    device: wgpu::Device,
    made: Arc<AtomicU64>,
}

macro_rules! makers {
    ($($(#[$doc:meta])* $name:ident: $call:ident($descriptor:ty) -> $object:ty;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name(&self, descriptor: $descriptor) -> $object {
            self.made.fetch_add(1, Ordering::Relaxed);
            self.device.$call(descriptor)
        }
    )*};
}

impl Objects {
    pub(crate) fn new(device: wgpu::Device) -> Self {
        Self {
            device,
            made: Arc::default(),
        }
    }

    /// How many were made so far, command encoders aside, which each frame needs.
    pub(crate) fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    makers! {
        texture: create_texture(&wgpu::TextureDescriptor<'_>) -> wgpu::Texture;
        buffer: create_buffer(&wgpu::BufferDescriptor<'_>) -> wgpu::Buffer;
        sampler: create_sampler(&wgpu::SamplerDescriptor<'_>) -> wgpu::Sampler;
        bind_group: create_bind_group(&wgpu::BindGroupDescriptor<'_>) -> wgpu::BindGroup;
        bind_group_layout: create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor<'_>) -> wgpu::BindGroupLayout;
        pipeline_layout: create_pipeline_layout(&wgpu::PipelineLayoutDescriptor<'_>) -> wgpu::PipelineLayout;
        pipeline: create_render_pipeline(&wgpu::RenderPipelineDescriptor<'_>) -> wgpu::RenderPipeline;
        shader: create_shader_module(wgpu::ShaderModuleDescriptor<'_>) -> wgpu::ShaderModule;
        query_set: create_query_set(&wgpu::QuerySetDescriptor<'_>) -> wgpu::QuerySet;
    }

    /// A view of the whole texture.
    pub(crate) fn view(&self, texture: &wgpu::Texture) -> wgpu::TextureView {
        self.view_as(texture, &wgpu::TextureViewDescriptor::default())
    }

    pub(crate) fn view_as(
        &self,
        texture: &wgpu::Texture,
        descriptor: &wgpu::TextureViewDescriptor<'_>,
    ) -> wgpu::TextureView {
        self.made.fetch_add(1, Ordering::Relaxed);
        texture.create_view(descriptor)
    }

    /// A group of resources at bindings 0, 1, 2, ...
    pub(crate) fn group(
        &self,
        label: &'static str,
        layout: &wgpu::BindGroupLayout,
        resources: &[wgpu::BindingResource<'_>],
    ) -> wgpu::BindGroup {
        let entries: Vec<_> = resources
            .iter()
            .zip(0..)
            .map(|(resource, binding)| wgpu::BindGroupEntry {
                binding,
                resource: resource.clone(),
            })
            .collect();
        self.bind_group(&wgpu::BindGroupDescriptor {
            label: Some(label),
            layout,
            entries: &entries,
        })
    }

    /// A buffer of `bytes`, which are public: on their way they are copied.
    pub(crate) fn filled(
        &self,
        label: &'static str,
        bytes: &[u8],
        usage: wgpu::BufferUsages,
    ) -> wgpu::Buffer {
        let buffer = self.buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: (bytes.len() as u64)
                .next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT)
                .max(4),
            usage,
            mapped_at_creation: true,
        });
        // Of a buffer that the device could not make there is no such range; the device has told by then.
        if let Ok(mut range) = buffer.get_mapped_range_mut(..) {
            range.slice(..bytes.len()).copy_from_slice(bytes);
        }
        buffer.unmap();
        buffer
    }

    /// The commands of a frame; not counted.
    pub(crate) fn encoder(&self, label: &'static str) -> wgpu::CommandEncoder {
        self.device
            .create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some(label) })
    }
}
