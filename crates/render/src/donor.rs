//! Donors: faces of photos whose looks others may take on, for as long as the app keeps them.
//!
//! | what | where |
//! |---|---|
//! | the photo, cut to the face, in each size down to one texel | a texture on the device, which nothing reads back |
//! | where the landmarks are in it, and what its skin looks like | a face buffer |
//! | the photo as it was decoded | not here: the caller's, for the call that brings it |
//!
//! A texture is overwritten before it is let go of: when its donor is removed, and by [`wipe`](Donors::wipe). The way there is
//! staging memory of its own, zeroed as soon as the device has read it.
//!
//! A donor of several photos has one texture, in which its face is unwrapped: [`views`].

mod cut;
pub(crate) mod views;

use bytemuck::{Pod, Zeroable};
use moretta_frame::FrameView;
use moretta_geometry::canonical::VERTICES;
use moretta_veil::{Access, FaceBuffer, Keep, VeilError};

use crate::canvas::{CLEARED, attachment};
use crate::formats::SCENE;
use crate::input::FaceInput;
use crate::renderer::Shared;
use crate::staging::{Staging, Writer};
use crate::swap::complexion::Tone;
use crate::swap::{Swaps, shape, turned};
use crate::{RenderError, stack};
use cut::{BYTES, Cut, Side2, half, halve};

/// How many donors a stage holds at most.
pub const MAX_DONORS: usize = 8;

/// The longest side of a donor's texture. A larger face is made smaller: none in a frame is likely to be larger.
const LONGEST_PX: u32 = 1024;
/// How many sizes a texture has at most.
const MOST_LEVELS: u32 = LONGEST_PX.ilog2() + 1;

/// What is known of a donor's face. Face data.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Sitter {
    /// How far it is turned towards the camera, 0 to 1.
    pub(crate) turned: f32,
    unused: [f32; 3],
    /// Where each vertex is in the texture, 0 to 1 from the top-left.
    pub(crate) places: [[f32; 2]; VERTICES],
    /// Where each vertex is when the head's movement and size are taken out, in millimetres.
    pub(crate) resting: [[f32; 3]; VERTICES],
    /// The skin of each vertex.
    pub(crate) tones: [Tone; VERTICES],
}

/// One donor.
struct Donor {
    key: u64,
    sitter: FaceBuffer<Sitter>,
    /// A view of each size, to overwrite it by.
    levels: Vec<wgpu::TextureView>,
    group: wgpu::BindGroup,
}

/// All donors of a stage.
#[derive(Default)]
pub(crate) struct Donors {
    all: Vec<Donor>,
    /// What the photos of a donor that is being made come to.
    views: Option<views::Views>,
}

impl Donors {
    /// What is known of the donor called `key`.
    pub(crate) fn sitter<'a>(&'a self, access: &'a Access<'_>, key: u64) -> Option<&'a Sitter> {
        self.find(key)?.sitter.view(access).first()
    }

    /// Group 2 of draws with the looks of the donor called `key`.
    pub(crate) fn group(&self, key: u64) -> Option<&wgpu::BindGroup> {
        Some(&self.find(key)?.group)
    }

    fn find(&self, key: u64) -> Option<&Donor> {
        self.all.iter().find(|donor| donor.key == key)
    }

    /// Takes `face` of the photo `frame` in as the donor called `key`.
    ///
    /// 1. What is known of it, into a face buffer.
    /// 2. The photo, cut to the face, size by size into staging memory.
    /// 3. From there into a texture, while this waits; then staging memory is zero.
    ///
    /// On an error nothing of it is kept.
    ///
    /// # Errors
    /// [`RenderError::TooManyDonors`], [`RenderError::Memory`], [`RenderError::Stalled`], [`RenderError::Lost`],
    /// [`RenderError::Refused`].
    pub(crate) fn add(
        &mut self,
        access: &Access<'_>,
        shared: &Shared,
        swaps: &mut Swaps,
        key: u64,
        (frame, face): (&FrameView<'_>, &FaceInput<'_>),
    ) -> Result<(), RenderError> {
        self.has_room()?;
        let cut = Cut::of(frame, face, LONGEST_PX.min(shared.gpu.report().max_side_px));
        let mut sitter: FaceBuffer<Sitter> = access.reserve(Keep::Session, 1)?;
        let known = &mut sitter.view_mut(access)[0];
        known.turned = turned(face.pose);
        for (vertex, place) in known.places.iter_mut().enumerate() {
            *place = cut.place(face.landmarks.point(vertex).raw()).to_array();
        }
        for (vertex, resting) in known.resting.iter_mut().enumerate() {
            *resting = shape::resting(face.pose, face.metric, vertex).to_array();
        }
        swaps.read_photo(access, &shared.atlas, frame, face, &mut known.tones)?;
        let fill = |texels: &mut [u8]| cut.fill(frame, texels);
        stack::overwrite();
        self.keep(access, shared, (key, sitter), cut.size, fill)
    }

    fn has_room(&self) -> Result<(), RenderError> {
        if self.all.len() >= MAX_DONORS {
            return Err(RenderError::TooManyDonors { expected: MAX_DONORS });
        }
        Ok(())
    }

    /// Keeps a donor, whose texture is of `size` and what `fill` writes.
    fn keep(
        &mut self,
        access: &Access<'_>,
        shared: &Shared,
        (key, sitter): (u64, FaceBuffer<Sitter>),
        size: Side2,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<(), RenderError> {
        let planes = Levels::of(size);
        let mut staging = Staging::new(&shared.gpu);
        let (taken, mut writer) = staging.take(planes.end)?;
        Self::write(access, size, fill, &planes, &mut writer)?;
        stack::overwrite();

        let donor = Donor::new(shared, key, sitter, &planes);
        let mut encoder = shared.gpu.objects().encoder("donor");
        let source = staging.give(taken, writer);
        planes.record(&mut encoder, source, &donor.texture());
        shared.gpu.queue().submit([encoder.finish()]);
        let arrived = staging.finish().and_then(|()| shared.gpu.check());
        staging.release();
        if let Err(error) = arrived {
            // The device is stuck or gone; it is told to overwrite what it has.
            let _ = donor.clear(shared);
            return Err(error);
        }
        self.all.push(donor);
        Ok(())
    }

    /// Overwrites the donor called `key`, waits for that, and lets go of it. Says whether there was one.
    ///
    /// # Errors
    /// [`RenderError::Stalled`], [`RenderError::Lost`]: it is let go of nevertheless.
    pub(crate) fn remove(
        &mut self,
        access: &Access<'_>,
        shared: &Shared,
        key: u64,
    ) -> Result<bool, RenderError> {
        let Some(at) = self.all.iter().position(|donor| donor.key == key) else {
            return Ok(false);
        };
        let mut donor = self.all.swap_remove(at);
        bytemuck::write_zeroes(&mut donor.sitter.view_mut(access)[0]);
        donor.clear(shared)?;
        Ok(true)
    }

    /// Overwrites all textures, as commands.
    pub(crate) fn clear(&self, encoder: &mut wgpu::CommandEncoder) {
        for donor in &self.all {
            donor.record_clear(encoder);
        }
    }

    /// Lets go of everything, which the device and the veil have overwritten.
    pub(crate) fn let_go(&mut self) {
        self.all.clear();
        self.views = None;
    }

    /// Writes the picture of `size` that `fill` makes in each size. In a frame of the stack of its own, that can be overwritten, and by way
    /// of memory that is given back: how much it is depends on how large the face is.
    #[inline(never)]
    fn write(
        access: &Access<'_>,
        mut size: Side2,
        fill: impl FnOnce(&mut [u8]),
        planes: &Levels,
        writer: &mut Writer,
    ) -> Result<(), VeilError> {
        let bytes = size[0] as usize * size[1] as usize * BYTES;
        let mut texels = access.reserve(Keep::Frame, bytes)?;
        let texels = texels.view_mut(access);
        fill(texels);
        for level in &planes.all {
            if level.size != size {
                halve(texels, size, level.size);
                size = level.size;
            }
            let row = size[0] as usize * BYTES;
            for (at, row) in (level.start..)
                .step_by(level.row as usize)
                .zip(texels.chunks_exact(row).take(size[1] as usize))
            {
                writer.put(at, row);
            }
        }
        Ok(())
    }
}

impl Donor {
    fn new(shared: &Shared, key: u64, sitter: FaceBuffer<Sitter>, planes: &Levels) -> Self {
        let objects = shared.gpu.objects();
        let size = planes.all[0].size;
        let texture = objects.texture(&wgpu::TextureDescriptor {
            label: Some("donor"),
            size: wgpu::Extent3d {
                width: size[0],
                height: size[1],
                depth_or_array_layers: 1,
            },
            mip_level_count: planes.all.len() as u32,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: SCENE,
            usage: wgpu::TextureUsages::TEXTURE_BINDING
                | wgpu::TextureUsages::COPY_DST
                | wgpu::TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        });
        let level = |level| wgpu::TextureViewDescriptor {
            base_mip_level: level,
            mip_level_count: Some(1),
            ..wgpu::TextureViewDescriptor::default()
        };
        // Of the last size as often as it takes to make as many of each donor: how many objects are made says nothing of how
        // large a face is.
        let last = planes.all.len() as u32 - 1;
        let levels = (0..MOST_LEVELS).map(|it| objects.view_as(&texture, &level(it.min(last))));
        let whole = objects.view(&texture);
        Self {
            key,
            sitter,
            levels: levels.collect(),
            group: objects.group(
                "donor",
                &shared.layouts.donor,
                &[
                    wgpu::BindingResource::TextureView(&whole),
                    wgpu::BindingResource::Sampler(&shared.slanted),
                ],
            ),
        }
    }

    fn texture(&self) -> wgpu::Texture {
        self.levels[0].texture().clone()
    }

    fn record_clear(&self, encoder: &mut wgpu::CommandEncoder) {
        for level in &self.levels {
            drop(encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("clear donor"),
                color_attachments: &[Some(attachment(level, CLEARED))],
                ..wgpu::RenderPassDescriptor::default()
            }));
        }
    }

    /// Overwrites the texture and waits for that.
    fn clear(&self, shared: &Shared) -> Result<(), RenderError> {
        let mut encoder = shared.gpu.objects().encoder("clear donor");
        self.record_clear(&mut encoder);
        shared.gpu.queue().submit([encoder.finish()]);
        shared.gpu.wait()
    }
}

/// The sizes of a texture in staging memory, from its own down to one texel.
struct Levels {
    all: Vec<Level>,
    end: u64,
}

struct Level {
    start: u64,
    /// From one row to the next, in bytes.
    row: u32,
    size: Side2,
}

impl Levels {
    fn of(size: Side2) -> Self {
        let (mut all, mut end, mut size) = (Vec::new(), 0, size);
        loop {
            let row = (size[0] * BYTES as u32).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
            all.push(Level {
                start: end,
                row,
                size,
            });
            end += u64::from(row) * u64::from(size[1]);
            if size == [1, 1] {
                return Self { all, end };
            }
            size = half(size);
        }
    }

    fn record(&self, encoder: &mut wgpu::CommandEncoder, source: &wgpu::Buffer, texture: &wgpu::Texture) {
        for (level, mip_level) in self.all.iter().zip(0..) {
            encoder.copy_buffer_to_texture(
                wgpu::TexelCopyBufferInfo {
                    buffer: source,
                    layout: wgpu::TexelCopyBufferLayout {
                        offset: level.start,
                        bytes_per_row: Some(level.row),
                        rows_per_image: None,
                    },
                },
                wgpu::TexelCopyTextureInfo {
                    mip_level,
                    ..texture.as_image_copy()
                },
                wgpu::Extent3d {
                    width: level.size[0],
                    height: level.size[1],
                    depth_or_array_layers: 1,
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_down_to_one_texel_and_do_not_overlap() {
        let levels = Levels::of([700, 5]);
        let sizes: Vec<_> = levels.all.iter().map(|level| level.size).collect();
        assert_eq!(sizes[..4], [[700, 5], [350, 2], [175, 1], [87, 1]]);
        assert_eq!(sizes.last(), Some(&[1, 1]));
        let mut end = 0;
        for level in &levels.all {
            assert!(level.start == end && level.row >= level.size[0] * 4);
            end += u64::from(level.row) * u64::from(level.size[1]);
        }
        assert_eq!(levels.end, end);
    }
}
