//! A block of numbers as it lies on the device.

use crate::block::Block;
use crate::numbers::{Frame, Head, Prop, Sensor};
use crate::renderer::Shared;

/// The buffer of numbers on the device, and the groups to read it by.
pub(crate) struct Numbers {
    pub(crate) buffer: wgpu::Buffer,
    pub(crate) sensor: wgpu::BindGroup,
    pub(crate) frame: wgpu::BindGroup,
}

impl Numbers {
    /// A buffer for `bytes` bytes of face data.
    pub(crate) fn empty(shared: &Shared, bytes: u64) -> wgpu::Buffer {
        shared.gpu.objects().buffer(&wgpu::BufferDescriptor {
            label: Some("numbers"),
            size: bytes,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }

    /// The groups to read `buffer` by, which is laid out as a [`Block`].
    pub(crate) fn new(shared: &Shared, buffer: wgpu::Buffer) -> Self {
        let objects = shared.gpu.objects();
        let part = |offset: u64, size: usize| {
            wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &buffer,
                offset,
                size: core::num::NonZeroU64::new(size as u64),
            })
        };
        // Where in the buffer heads and props lie is said with each draw.
        Self {
            sensor: objects.group(
                "sensor",
                &shared.layouts.sensor,
                &[part(Block::SENSOR, size_of::<Sensor>())],
            ),
            frame: objects.group(
                "frame",
                &shared.layouts.frame,
                &[
                    part(Block::FRAME, size_of::<Frame>()),
                    part(0, size_of::<Head>()),
                    part(0, size_of::<Prop>()),
                ],
            ),
            buffer,
        }
    }
}
