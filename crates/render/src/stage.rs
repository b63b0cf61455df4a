use std::sync::atomic::{AtomicU64, Ordering};

use glam::Vec2;
use moretta_frame::FrameView;
use moretta_veil::{Access, Extent, Reserve};

use crate::block::{Block, MAX_TARGETS};
use crate::canvas::{Canvas, Shape, Used};
use crate::compose::{Composition, Scope};
use crate::donor::Donors;
use crate::figures::{self, FAR_MM, NEAR_MM, View};
use crate::input::{FaceInput, MAX_FACES, Shot};
use crate::looks::{Layers, Looks, Seen};
use crate::memory::Memory;
use crate::output::{check, record_targets};
use crate::planes::{Plane, Planes};
use crate::readback::Readback;
use crate::staging::Staging;
use crate::swap::Swaps;
use crate::target::{Pixels, Receipt, Target};
use crate::timing::{Clock, PassTime};
use crate::uploaded::Numbers;
use crate::write::{Writing, Written};
use crate::{RenderError, Renderer, decoy, stack};

/// Where frames are drawn: all face data that drawing needs, on both sides of the bus. It lives on the face thread.
///
/// | where | what | how long |
/// |---|---|---|
/// | face buffers | registers; what effects remember | a frame; a track |
/// | staging memory | the frame's bytes, numbers of faces | until the device has read them: [`wipe`](Self::wipe) or the next frame |
/// | textures and buffers on the device | the same, and the picture as it is composed | each frame clears them itself |
/// | pictures asked for | the finished picture | until it is collected |
/// | a face buffer and a texture a donor | its photo, cut to the face; where its landmarks are | until it is removed, or all is wiped |
///
/// Dropped, it clears everything first. A device that is lost takes its memory along without that.
pub struct Stage {
    renderer: Renderer,
    number: u64,
    memory: Memory,
    swaps: Swaps,
    donors: Donors,
    staging: Staging,
    readback: Readback,
    clock: Option<Clock>,
    canvas: Option<Canvas>,
    numbers: Option<Numbers>,
    decoy: Option<Decoy>,
    seen: Seen,
    /// Whether [`wipe_later`](Self::wipe_later) left something.
    behind: bool,
}

/// The numbers of nobody, for a block and a size of frames. Only where the device is software: elsewhere what a driver
/// keeps of a draw lies on the device.
struct Decoy {
    block: Block,
    shape: Shape,
    numbers: Numbers,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drawn {
    /// How many windows show it. One that is minimised, covered or slow does not.
    pub presented: usize,
}

impl Stage {
    /// Makes the face memory that every effect needs. More is made when an effect or a frame needs it first.
    ///
    /// # Errors
    /// [`RenderError::Memory`], [`RenderError::Refused`], [`RenderError::Lost`].
    pub fn new(room: &Reserve<'_>, renderer: &Renderer) -> Result<Self, RenderError> {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let gpu = renderer.gpu();
        gpu.check()?;
        Ok(Self {
            renderer: renderer.clone(),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            memory: Memory::new(room)?,
            swaps: Swaps::default(),
            donors: Donors::default(),
            staging: Staging::new(gpu),
            readback: Readback::new(gpu),
            clock: Clock::new(gpu),
            canvas: None,
            numbers: None,
            decoy: None,
            seen: Seen::default(),
            behind: false,
        })
    }

    /// Draws a frame into `targets`: the camera's picture, and over it what is worn: an `Option<Look>` by all faces and the
    /// frame, or [`Looks`], which say what each face wears.
    ///
    /// Faces in slots of [`MAX_FACES`] or more are not drawn, nor is one whose anchors are not before the camera, nor those
    /// over [`LoadedEffect::max_faces`](crate::LoadedEffect::max_faces), the lowest slots coming first.
    ///
    /// When it returns the device still works, unless a target was [`Target::Pixels`]; the frame lies in staging memory
    /// until [`wipe`](Self::wipe), or the next frame after [`wipe_later`](Self::wipe_later).
    ///
    /// # Errors
    /// [`RenderError::Camera`], [`RenderError::TooLarge`], [`RenderError::OtherDevice`], [`RenderError::Program`],
    /// [`RenderError::Memory`]; those of the targets, of which none is drawn to then;
    /// [`RenderError::Refused`], [`RenderError::Stalled`], [`RenderError::Lost`].
    pub fn draw<'f, 'l>(
        &mut self,
        access: &Access<'_>,
        shot: &Shot<'_>,
        faces: impl IntoIterator<Item = FaceInput<'f>>,
        looks: impl Into<Looks<'l>>,
        targets: &mut [Target<'_>],
    ) -> Result<Drawn, RenderError> {
        let looks = &looks.into();
        let shared = &self.renderer.shared.clone();
        // What is no number, or would go back, is a still's.
        let shot = &Shot {
            dt_s: shot.dt_s.max(0.0),
            ..*shot
        };
        self.settle();
        shared.gpu.poll();
        shared.gpu.check()?;
        let shape = Shape::of(shot.frame);
        check(shared, shot, shape, looks, targets)?;
        let mut by_slot: [Option<FaceInput<'f>>; MAX_FACES] = [const { None }; MAX_FACES];
        for face in faces {
            if let Some(place) = by_slot.get_mut(face.slot) {
                *place = Some(face);
            }
        }

        // 1. The frame and its numbers into staging memory.
        let of_frame = looks.of_frame(|slot| by_slot[slot].is_some());
        let block = Block::new(looks.needs(), looks.most_faces());
        let planes = Planes::new(shape, block.end());
        let (taken, mut writer) = self.staging.take(planes.end)?;
        planes.put(&mut writer, shot.frame);
        let view = view(shot)?;
        let writing = Writing {
            access,
            shot,
            view,
            looks,
            of_frame,
            block,
            atlas: &shared.atlas,
            donors: &self.donors,
        };
        let remembered = (&mut self.memory, &mut self.swaps);
        let Written { count, slots } = writing.write(remembered, &by_slot, &mut self.seen, &mut writer)?;
        stack::overwrite();
        for (place, target) in targets.iter().enumerate() {
            if let Some((placement, size)) = target.placement() {
                let picture = Vec2::new(shape.upright.0 as f32, shape.upright.1 as f32);
                let size = Vec2::new(size.0 as f32, size.1 as f32);
                let look = figures::placement(placement, picture, size);
                writer.put(Block::target(place), bytemuck::bytes_of(&look));
            }
        }

        // 2. All that the commands name.
        let layers = Layers::new(looks, &self.seen, of_frame);
        let scope = Scope::of(&layers);
        let presents = targets.iter().any(|target| target.placement().is_some());
        let scenes = match scope {
            Scope { two: true, .. } => 2,
            Scope { any: true, .. } => 1,
            _ => usize::from(presents),
        };
        let canvas = match self.canvas.take_if(|canvas| canvas.shape == shape) {
            Some(canvas) => self.canvas.insert(canvas),
            None => self.canvas.insert(Canvas::new(shared, shape)),
        };
        canvas.provide(shared, scenes, scope.deep);
        let canvas = &*canvas;
        let numbers = match self
            .numbers
            .take_if(|numbers| numbers.buffer.size() >= block.end())
        {
            Some(numbers) => self.numbers.insert(numbers),
            None => self
                .numbers
                .insert(Numbers::new(shared, Numbers::empty(shared, block.end()))),
        };
        if scope.any
            && shared.gpu.report().software
            && self
                .decoy
                .as_ref()
                .is_none_or(|decoy| decoy.block != block || decoy.shape != shape)
        {
            let bytes = decoy::block(block, &figures::frame(shot.frame, view), view, shot.camera);
            let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::VERTEX;
            let buffer = shared.gpu.objects().filled("nobody", &bytes, usage);
            self.decoy = Some(Decoy {
                block,
                shape,
                numbers: Numbers::new(shared, buffer),
            });
        }
        let mut windows: [Option<wgpu::SurfaceTexture>; MAX_TARGETS] = [const { None }; MAX_TARGETS];
        for (window, target) in windows.iter_mut().zip(targets.iter_mut()) {
            if let Target::Window { surface, .. } = target {
                *window = surface.next()?;
            }
        }

        // 3. The commands.
        let mut encoder = shared.gpu.objects().encoder("frame");
        let staging = self.staging.give(taken, writer);
        let numbers_used = block.used(count);
        encoder.copy_buffer_to_buffer(staging, 0, &numbers.buffer, 0, numbers_used);
        let first = canvas
            .camera
            .as_ref()
            .map_or(&canvas.plate, |camera| &camera.first);
        copy_plane(&mut encoder, staging, planes.first, &first.texture);
        let second = canvas.camera.as_ref().and_then(|camera| camera.second.as_ref());
        if let (Some(plane), Some(second)) = (planes.second, second) {
            copy_plane(&mut encoder, staging, plane, &second.texture);
        }
        if let Some(clock) = &mut self.clock {
            clock.collect();
            clock.begin();
        }
        let composition = Composition {
            shared,
            canvas,
            block,
            numbers: &numbers.buffer,
            sensor: &numbers.sensor,
            frame: &numbers.frame,
            layers,
            faces: count,
            donors: slots.map(|slot| looks.donors[slot].and_then(|key| self.donors.group(key))),
        };
        let finished = composition.record(&mut encoder, &mut self.clock, scope);
        let mut asked = [0; MAX_TARGETS];
        record_targets(
            &mut encoder,
            &composition,
            finished,
            &mut self.clock,
            &mut self.readback,
            (targets, &windows),
            &mut asked,
        );
        encoder.clear_buffer(&numbers.buffer, 0, Some(numbers_used));
        if let Some(decoy) = &self.decoy {
            let nobody = Composition {
                numbers: &decoy.numbers.buffer,
                sensor: &decoy.numbers.sensor,
                frame: &decoy.numbers.frame,
                ..composition
            };
            nobody.scrub(&mut encoder, scope);
        }
        let used = Used {
            scenes,
            deep: scope.deep,
            lit: scope.lit,
        };
        canvas.clear(&mut encoder, used);
        if let Some(clock) = &self.clock {
            clock.resolve(&mut encoder);
        }

        // 4. Off it goes.
        shared.gpu.queue().submit([encoder.finish()]);
        self.staging.recall();
        self.readback.request(&asked);
        if let Some(clock) = &mut self.clock {
            clock.ask();
        }
        let mut drawn = Drawn::default();
        for picture in windows.into_iter().flatten() {
            shared.gpu.queue().present(picture);
            drawn.presented += 1;
        }
        if let Err(error) = shared.gpu.check() {
            for number in asked {
                // The pictures are not to be trusted, and nobody will ask for them.
                let _ = self.readback.clear(Some(number));
            }
            return Err(error);
        }
        for (target, number) in targets.iter_mut().zip(asked) {
            match target {
                Target::Pixels(pixels) => self.readback.collect(number, pixels.reborrow())?,
                Target::Later(receipt) => {
                    **receipt = Some(Receipt {
                        stage: self.number,
                        number,
                    });
                }
                Target::Texture { .. } | Target::Window { .. } => {}
            }
        }
        Ok(drawn)
    }

    /// Takes in the face of a photo, as the donor called `key`, for looks that swap faces for photos: [`Looks::donors`]. The
    /// same key should not be taken twice.
    ///
    /// The photo is read during the call and not kept. What is kept is its part with the face, on the device, and numbers of
    /// the face in face memory: until [`remove_donor`](Self::remove_donor), or [`wipe`](Self::wipe) with [`Extent::All`].
    /// On an error nothing is.
    ///
    /// # Errors
    /// [`RenderError::TooManyDonors`] for more than [`MAX_DONORS`](crate::MAX_DONORS), [`RenderError::Memory`],
    /// [`RenderError::Refused`], [`RenderError::Stalled`], [`RenderError::Lost`].
    pub fn add_donor(
        &mut self,
        access: &Access<'_>,
        key: u64,
        photo: &FrameView<'_>,
        face: &FaceInput<'_>,
    ) -> Result<(), RenderError> {
        self.settle();
        let shared = &self.renderer.shared.clone();
        shared.gpu.check().inspect_err(|_| self.donors.forget_views())?;
        let photo = (photo, face);
        self.donors.add(access, shared, &mut self.swaps, key, photo)
    }

    /// Takes in the face of a photo as one more view of a head that is to be a donor; `first` begins with one.
    /// [`add_donor_of_views`](Self::add_donor_of_views) makes the donor, [`forget_views`](Self::forget_views) none.
    ///
    /// The photo is read during the call and not kept. What the views come to lies in face memory; on an error nothing of them
    /// does.
    ///
    /// # Errors
    /// [`RenderError::TooManyDonors`], [`RenderError::Memory`], [`RenderError::Lost`].
    pub fn add_donor_view(
        &mut self,
        access: &Access<'_>,
        first: bool,
        photo: &FrameView<'_>,
        face: &FaceInput<'_>,
    ) -> Result<(), RenderError> {
        self.settle();
        let shared = &self.renderer.shared.clone();
        shared.gpu.check().inspect_err(|_| self.donors.forget_views())?;
        let photo = (photo, face);
        self.donors.view(access, shared, &mut self.swaps, first, photo)
    }

    /// Makes a donor called `key` of the views, and lets go of them; without views there is none. As
    /// [`add_donor`](Self::add_donor) otherwise.
    ///
    /// # Errors
    /// As [`add_donor`](Self::add_donor).
    pub fn add_donor_of_views(&mut self, access: &Access<'_>, key: u64) -> Result<(), RenderError> {
        let shared = &self.renderer.shared.clone();
        shared.gpu.check().inspect_err(|_| self.donors.forget_views())?;
        self.donors.add_views(access, shared, key)
    }

    /// Lets go of the views of a donor that is not to be.
    pub fn forget_views(&mut self) {
        self.donors.forget_views();
    }

    /// Overwrites a donor's texture and numbers and lets go of them: they are gone when this returns. Says whether there was
    /// one of that name.
    ///
    /// # Errors
    /// [`RenderError::Stalled`] if the device does not get to it in time, [`RenderError::Lost`].
    pub fn remove_donor(&mut self, access: &Access<'_>, key: u64) -> Result<bool, RenderError> {
        self.settle();
        let shared = &self.renderer.shared.clone();
        self.donors.remove(access, shared, key)
    }

    /// Whether a picture that was asked for by [`Target::Later`] can be collected without waiting.
    ///
    /// # Errors
    /// [`RenderError::Expired`], [`RenderError::Lost`].
    pub fn is_ready(&mut self, receipt: &Receipt) -> Result<bool, RenderError> {
        if receipt.stage != self.number {
            return Err(RenderError::Expired);
        }
        self.renderer.gpu().poll();
        self.readback.is_ready(receipt.number)
    }

    /// Writes a picture that was asked for by [`Target::Later`], waiting for it if need be, and clears it on the device.
    ///
    /// # Errors
    /// [`RenderError::Expired`], [`RenderError::TargetStride`], [`RenderError::TargetLength`] (the picture is gone then
    /// too), [`RenderError::Stalled`], [`RenderError::Lost`].
    pub fn collect(&mut self, receipt: Receipt, pixels: Pixels<'_>) -> Result<(), RenderError> {
        if receipt.stage != self.number {
            return Err(RenderError::Expired);
        }
        self.readback.collect(receipt.number, pixels)
    }

    /// Waits for the device and clears what belongs to frames: for [`Pipeline::wipe`](moretta_veil::Pipeline::wipe), whose
    /// extent it takes.
    ///
    /// - [`Extent::Frame`] and [`Extent::Track`]: staging memory; the device has cleared the rest by then. Pictures that
    ///   were asked for stay until they are collected.
    /// - [`Extent::All`]: these too, and all textures and buffers once more; then they are let go.
    ///
    /// There is nothing to be done about trouble here: a lost device takes its memory along.
    pub fn wipe(&mut self, extent: Extent) {
        let gpu = self.renderer.gpu().clone();
        if extent == Extent::All {
            // What went wrong is told by the next frame.
            let _ = self.readback.clear(None);
            if gpu.lost().is_none() {
                let mut encoder = gpu.objects().encoder("wipe");
                if let Some(canvas) = &self.canvas {
                    canvas.clear(&mut encoder, Used::ALL);
                }
                if let Some(numbers) = &self.numbers {
                    encoder.clear_buffer(&numbers.buffer, 0, None);
                }
                self.donors.clear(&mut encoder);
                gpu.queue().submit([encoder.finish()]);
            }
        }
        self.finish();
        self.seen.wipe();
        if extent == Extent::All {
            self.memory.start_over();
            self.swaps.start_over();
            self.donors.let_go();
            self.canvas = None;
            self.numbers = None;
            self.decoy = None;
            self.staging.release();
            self.readback.release();
            gpu.poll();
        }
    }

    /// Clears what belongs to the frame but for what the device still reads. That is waited for and cleared by
    /// [`settle`](Self::settle), or by the next call that writes to the device. For [`Pipeline::wipe_later`](moretta_veil::Pipeline::wipe_later).
    pub fn wipe_later(&mut self) {
        self.seen.wipe();
        self.behind = true;
    }

    /// Waits for the device and clears what [`wipe_later`](Self::wipe_later) left, if it left something.
    ///
    /// There is nothing to be done about trouble here, as in [`wipe`](Self::wipe): the next frame tells of it.
    pub fn settle(&mut self) {
        if self.behind {
            self.finish();
        }
    }

    /// Waits for the device, and clears what it has read.
    fn finish(&mut self) {
        self.behind = false;
        let _ = self.staging.finish();
        let _ = self.renderer.gpu().wait();
        if let Some(clock) = &mut self.clock {
            clock.collect();
        }
    }

    /// How long the device took over each pass of the last frame that was cleared, if
    /// [`GpuOptions::timestamps`](crate::GpuOptions::timestamps) is set and the device can tell; else nothing.
    ///
    /// For developers: what takes long tells how large a face is.
    #[must_use]
    pub fn gpu_times(&self) -> &[PassTime] {
        self.clock.as_ref().map_or(&[], Clock::times)
    }

    /// What it draws with.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.renderer
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.wipe(Extent::All);
    }
}

fn view(shot: &Shot<'_>) -> Result<View, RenderError> {
    let size = shot.frame.size();
    let found = shot.camera.frame();
    let projection = shot
        .camera
        .projection(NEAR_MM, FAR_MM)
        .map_err(|_| RenderError::Camera {
            expected: (size.width(), size.height()),
            found: (found.width(), found.height()),
        })?;
    Ok(View {
        clip_from_camera: projection.raw(),
        size_px: Vec2::new(size.width() as f32, size.height() as f32),
    })
}

fn copy_plane(
    encoder: &mut wgpu::CommandEncoder,
    staging: &wgpu::Buffer,
    plane: Plane,
    texture: &wgpu::Texture,
) {
    encoder.copy_buffer_to_texture(
        wgpu::TexelCopyBufferInfo {
            buffer: staging,
            layout: wgpu::TexelCopyBufferLayout {
                offset: plane.start,
                bytes_per_row: Some(plane.row),
                rows_per_image: None,
            },
        },
        texture.as_image_copy(),
        wgpu::Extent3d {
            width: plane.size.0,
            height: plane.size.1,
            depth_or_array_layers: 1,
        },
    );
}
