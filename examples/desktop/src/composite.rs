//! The finished picture as a texture of the app's: what the window shows, and what is exported if the user asks.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use moretta::{Gpu, wgpu};

use crate::Error;
use crate::export::Finished;
use crate::news::Shown;

/// Colours as bytes, encoded as in sRGB: what egui and picture files take.
pub(crate) const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Longer than any picture takes to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// A texture that a session draws to.
pub(crate) struct Composite {
    gpu: Gpu,
    texture: wgpu::Texture,
    view: wgpu::TextureView,
    size: [u32; 2],
    serial: u64,
}

impl Composite {
    /// A black one of `size`, in columns and rows.
    pub(crate) fn new(gpu: &Gpu, size: [u32; 2], serial: u64) -> Self {
        let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
            label: Some("composite"),
            size: wgpu::Extent3d {
                width: size[0],
                height: size[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT
                | wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let composite = Self {
            gpu: gpu.clone(),
            texture,
            view,
            size,
            serial,
        };
        composite.clear();
        composite
    }

    pub(crate) fn view(&self) -> &wgpu::TextureView {
        &self.view
    }

    pub(crate) fn size(&self) -> [u32; 2] {
        self.size
    }

    pub(crate) fn shown(&self) -> Shown {
        Shown {
            view: self.view.clone(),
            size: self.size,
            serial: self.serial,
        }
    }

    /// Makes it black: what was wiped is to be gone from the screen too.
    pub(crate) fn clear(&self) {
        let mut encoder = self
            .gpu
            .device()
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("clear the composite"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &self.view,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..wgpu::RenderPassDescriptor::default()
        });
        drop(pass);
        self.gpu.queue().submit([encoder.finish()]);
    }

    /// Reads it back, once the user asked for it.
    ///
    /// # Errors
    /// [`Error::Window`] if the device gives it not back.
    pub(crate) fn read(&self, into: &mut Finished) -> Result<(), Error> {
        into.resize(self.size);
        let row = self.size[0] * 4;
        let padded = row.next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let device = self.gpu.device();
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("export"),
            size: u64::from(padded) * u64::from(self.size[1]),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_texture_to_buffer(
            self.texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(padded),
                    rows_per_image: None,
                },
            },
            self.texture.size(),
        );
        self.gpu.queue().submit([encoder.finish()]);
        let failed =
            |error: &dyn std::fmt::Display| Error::Window(format!("the picture was not given back: {error}"));
        let (tell, told) = sync_channel(1);
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| {
            // Nobody listens any more if the wait below was given up.
            let _ = tell.send(result);
        });
        let wait = wgpu::PollType::Wait {
            submission_index: None,
            timeout: Some(PATIENCE),
        };
        device.poll(wait).map_err(|error| failed(&error))?;
        told.recv_timeout(PATIENCE)
            .map_err(|error| failed(&error))?
            .map_err(|error| failed(&error))?;
        let mapped = buffer
            .slice(..)
            .get_mapped_range()
            .map_err(|error| failed(&error))?;
        let rows = mapped.chunks_exact(padded as usize);
        for (from, to) in rows.zip(into.rgba.chunks_exact_mut(row as usize)) {
            to.copy_from_slice(&from[..row as usize]);
        }
        Ok(())
    }
}
