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

pub(crate) mod views;

use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3};
use moretta_frame::FrameView;
use moretta_geometry::canonical::VERTICES;
use moretta_veil::{Access, FaceBuffer, Keep, VeilError};

use crate::canvas::{CLEARED, attachment};
use crate::formats::SCENE;
use crate::input::FaceInput;
use crate::mip::{self, shares};
use crate::renderer::Shared;
use crate::staging::{Staging, Writer};
use crate::swap::complexion::Tone;
use crate::swap::{Swaps, shape, turned};
use crate::{RenderError, memory, stack};

/// How many donors a stage holds at most.
pub const MAX_DONORS: usize = 8;

/// The longest side of a donor's texture. A larger face is made smaller: none in a frame is likely to be larger.
const LONGEST_PX: u32 = 1024;
/// How many sizes a texture has at most.
const MOST_LEVELS: u32 = LONGEST_PX.ilog2() + 1;
/// How much of its surroundings is kept on each side, in sizes of the face: what the smaller sizes average at its outline.
const MARGIN: f32 = 0.06;

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
    /// The photo cut to a face, on its way to the device.
    texels: Option<FaceBuffer<u8>>,
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
        self.write(access, size, fill, &planes, &mut writer)?;
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
        self.texels = None;
        self.views = None;
    }

    /// Writes the picture of `size` that `fill` makes in each size. In a frame of the stack of its own, that can be overwritten.
    #[inline(never)]
    fn write(
        &mut self,
        access: &Access<'_>,
        mut size: Side2,
        fill: impl FnOnce(&mut [u8]),
        planes: &Levels,
        writer: &mut Writer,
    ) -> Result<(), VeilError> {
        let bytes = size[0] as usize * size[1] as usize * BYTES;
        memory::provide(access, &mut self.texels, Keep::Frame, bytes)?;
        let Some(texels) = &mut self.texels else {
            return Ok(());
        };
        let texels = texels.first_mut(bytes, access);
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

/// Red, green, blue, alpha.
const BYTES: usize = 4;

/// Columns and rows.
type Side2 = [u32; 2];

/// What of a photo is kept, and how large.
#[derive(Clone, Copy)]
struct Cut {
    /// In pixels of the upright photo.
    origin: Side2,
    extent: Side2,
    /// Columns and rows of the texture.
    size: Side2,
}

impl Cut {
    /// The upright rectangle of the face with a margin, as far as it lies in the photo; at least a pixel.
    fn of(frame: &FrameView<'_>, face: &FaceInput<'_>, longest_px: u32) -> Self {
        let points = (0..VERTICES).map(|vertex| face.landmarks.point(vertex).raw());
        let (low, high) = points.fold((Vec2::INFINITY, Vec2::NEG_INFINITY), |(low, high), point| {
            (low.min(point), high.max(point))
        });
        let photo = [frame.size().width(), frame.size().height()];
        let margin = (high - low).max_element() * MARGIN;
        let (low, high) = (
            (low - margin).floor().to_array(),
            (high + margin).ceil().to_array(),
        );
        // From a float to an integer is limited to what there is.
        let origin = [0, 1].map(|axis| (low[axis] as u32).min(photo[axis].saturating_sub(1)));
        let end = [0, 1].map(|axis| (high[axis] as u32).min(photo[axis]));
        let extent = [0, 1].map(|axis| end[axis].saturating_sub(origin[axis]).max(1));
        let smaller = (extent[0].max(extent[1]) as f32 / longest_px as f32).max(1.0);
        let side = |side: u32| ((side as f32 / smaller).round() as u32).clamp(1, longest_px);
        Self {
            origin,
            extent,
            size: extent.map(side),
        }
    }

    /// Where a place of the photo is in the texture, 0 to 1.
    fn place(self, photo_px: Vec2) -> Vec2 {
        let [origin, extent] = [self.origin, self.extent].map(|it| Vec2::from(it.map(|side| side as f32)));
        let place = (photo_px - origin) / extent;
        place.clamp(Vec2::ZERO, Vec2::ONE)
    }

    /// Writes the texels of the first size: the pixels as they are, or the mean light of those that a texel covers.
    fn fill(self, frame: &FrameView<'_>, texels: &mut [u8]) {
        let pixel = |x: u32, y: u32| {
            let found = frame.rgb(self.origin[0] + x, self.origin[1] + y);
            found.unwrap_or_default()
        };
        let places = (0..self.size[1]).flat_map(|y| (0..self.size[0]).map(move |x| (x, y)));
        for ((x, y), texel) in places.zip(texels.as_chunks_mut::<BYTES>().0) {
            let [red, green, blue] = if self.size == self.extent {
                pixel(x, y)
            } else {
                let mut sum = Vec3::ZERO;
                for (row, down) in covered(y, self.extent[1], self.size[1]) {
                    for (column, along) in covered(x, self.extent[0], self.size[0]) {
                        let light = pixel(column, row).map(decoded);
                        sum += Vec3::from(light) * (down * along);
                    }
                }
                sum.to_array().map(encoded)
            };
            *texel = [red, green, blue, u8::MAX];
        }
    }
}

/// What the texel at `at` of `few` covers of `many`, with the share of each.
fn covered(at: u32, many: u32, few: u32) -> impl Iterator<Item = (u32, f32)> {
    let length = many as f32 / few as f32;
    let (start, end) = (at as f32 * length, (at + 1) as f32 * length);
    (start as u32..(end.ceil() as u32).min(many)).filter_map(move |pixel| {
        let share = (end.min((pixel + 1) as f32) - start.max(pixel as f32)) / length;
        (share > 1e-4).then_some((pixel, share))
    })
}

/// Makes the picture of `size` at the start of `texels` one of half the size, `half`, there: no texel is overwritten before
/// all that are made of it are.
fn halve(texels: &mut [u8], size: Side2, half: Side2) {
    let [width, height] = size.map(|side| side as usize);
    let [few, rows] = half.map(|side| side as usize);
    for y in 0..rows {
        for x in 0..few {
            let mut sum = Vec3::ZERO;
            for (row, down) in shares(y, height, rows) {
                for (column, along) in shares(x, width, few) {
                    let at = (row * width + column) * BYTES;
                    let light = [0, 1, 2].map(|channel| decoded(texels[at + channel]));
                    sum += Vec3::from(light) * (down * along);
                }
            }
            let [red, green, blue] = sum.to_array().map(encoded);
            texels[(y * few + x) * BYTES..][..BYTES].copy_from_slice(&[red, green, blue, u8::MAX]);
        }
    }
}

/// The next smaller size.
fn half(size: Side2) -> Side2 {
    size.map(|side| (side / 2).max(1))
}

fn decoded(level: u8) -> f32 {
    mip::linear_from_srgb(f32::from(level) / 255.0)
}

fn encoded(light: f32) -> u8 {
    (mip::srgb_from_linear(light.min(1.0)) * 255.0).round() as u8
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
    fn halves_are_means_in_linear_light_down_to_one_texel() {
        for (width, height) in [(8, 8), (7, 5), (9, 1), (1, 6), (3, 2)] {
            // Columns of black and white: a mean of half the light, whatever the size.
            let mut texels: Vec<u8> = (0..height)
                .flat_map(|_| (0..width).map(|x| if x < width / 2 { 0 } else { 255 }))
                .flat_map(|level: u8| [level, level, level, 255])
                .collect();
            let expected = (width - width / 2) as f32 / width as f32;
            let mut size = [width, height];
            while size != [1, 1] {
                let smaller = half(size);
                halve(&mut texels, size, smaller);
                size = smaller;
            }
            let found = decoded(texels[0]);
            assert!(
                (found - expected).abs() < 0.03,
                "{width} x {height}: {found}, {expected}"
            );
            assert_eq!(texels[3], 255);
        }
    }

    #[test]
    fn what_texels_cover_comes_to_all_there_is() {
        for (many, few) in [(2000, 1024), (1025, 1024), (3, 2), (7, 7), (1, 1)] {
            let mut sums = vec![0.0; many as usize];
            for at in 0..few {
                let mut sum = 0.0;
                for (pixel, share) in covered(at, many, few) {
                    sums[pixel as usize] += share;
                    sum += share;
                }
                assert!((sum - 1.0).abs() < 1e-2, "{many}, {few}, {at}: {sum}");
            }
            let each = few as f32 / many as f32;
            assert!(sums.iter().all(|it| (it - each).abs() < 1e-2), "{many}, {few}");
        }
    }

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
