use std::sync::atomic::{AtomicU64, Ordering};

use glam::Vec2;
use moretta_pack::Faces;
use moretta_veil::{Access, Extent, Reserve};

use crate::block::{Block, MAX_TARGETS};
use crate::canvas::{Canvas, Shape};
use crate::compose::{Composition, Finished, Scope};
use crate::effect::{Item, Kind, Loaded, Needs};
use crate::figures::{self, Evaluated, FAR_MM, NEAR_MM, View};
use crate::input::{FaceInput, Look, MAX_FACES, Shot};
use crate::memory::Memory;
use crate::numbers::{Frame, Head, Prop, Sensor};
use crate::planes::{Plane, Planes};
use crate::readback::Readback;
use crate::renderer::Shared;
use crate::staging::{Staging, Writer};
use crate::target::{Pixels, Receipt, Target};
use crate::timing::{Clock, PassTime};
use crate::{RenderError, Renderer, WindowSurface, decoy};

/// Where frames are drawn: all face data that drawing needs, on both sides of the bus. It lives on the face thread.
///
/// | where | what | how long |
/// |---|---|---|
/// | face buffers | registers; what effects remember | a frame; a track |
/// | staging memory | the frame's bytes, numbers of faces | until the device has read them: [`wipe`](Self::wipe) or the next frame |
/// | textures and buffers on the device | the same, and the picture as it is composed | each frame clears them itself |
/// | pictures asked for | the finished picture | until it is collected |
///
/// Dropped, it clears everything first. A device that is lost takes its memory along without that.
pub struct Stage {
    renderer: Renderer,
    number: u64,
    memory: Memory,
    staging: Staging,
    readback: Readback,
    clock: Option<Clock>,
    canvas: Option<Canvas>,
    numbers: Option<Numbers>,
    decoy: Option<Decoy>,
    /// By item of the effect, a bit for each face that it is drawn on.
    seen: Vec<u16>,
}

/// The buffer of numbers on the device, and the groups to read it by.
struct Numbers {
    buffer: wgpu::Buffer,
    sensor: wgpu::BindGroup,
    frame: wgpu::BindGroup,
}

/// The numbers of nobody, for an effect and a size of frames. Only where the device is software: elsewhere what a driver
/// keeps of a draw lies on the device.
struct Decoy {
    effect: u64,
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
            staging: Staging::new(gpu),
            readback: Readback::new(gpu),
            clock: Clock::new(gpu),
            canvas: None,
            numbers: None,
            decoy: None,
            seen: Vec::new(),
        })
    }

    /// Draws a frame into `targets`: the camera's picture, and `look` over it if there is one.
    ///
    /// Faces in slots of [`MAX_FACES`] or more are not drawn, nor is one whose anchors are not before the camera, nor those
    /// over [`LoadedEffect::max_faces`](crate::LoadedEffect::max_faces), the lowest slots coming first.
    ///
    /// When it returns the device still works, unless a target was [`Target::Pixels`]; the frame lies in staging memory
    /// until [`wipe`](Self::wipe) or the next frame.
    ///
    /// # Errors
    /// [`RenderError::Camera`], [`RenderError::TooLarge`], [`RenderError::OtherDevice`], [`RenderError::Program`],
    /// [`RenderError::Memory`]; those of the targets, of which none is drawn to then;
    /// [`RenderError::Refused`], [`RenderError::Stalled`], [`RenderError::Lost`].
    pub fn draw<'f>(
        &mut self,
        access: &Access<'_>,
        shot: &Shot<'_>,
        faces: impl IntoIterator<Item = FaceInput<'f>>,
        look: Option<Look<'_>>,
        targets: &mut [Target<'_>],
    ) -> Result<Drawn, RenderError> {
        let shared = &self.renderer.shared.clone();
        shared.gpu.poll();
        shared.gpu.check()?;
        let shape = Shape::of(shot.frame);
        check(shared, shot, shape, look, targets)?;
        let mut by_slot: [Option<FaceInput<'f>>; MAX_FACES] = [None; MAX_FACES];
        for face in faces {
            if let Some(place) = by_slot.get_mut(face.slot) {
                *place = Some(face);
            }
        }

        // 1. The frame and its numbers into staging memory.
        let needs = look.map_or(Needs::default(), |look| look.effect.loaded.needs);
        let most = look.map_or(0, |look| {
            look.effect.loaded.max_faces.into_iter().max().unwrap_or(0)
        });
        let block = Block::new(needs, most);
        let planes = Planes::new(shape, block.end());
        let (taken, mut writer) = self.staging.take(planes.end)?;
        planes.put(&mut writer, shot.frame);
        let view = view(shot)?;
        let count = self.write(access, shot, view, &by_slot, look, block, &mut writer)?;
        for (place, target) in targets.iter().enumerate() {
            if let Some((placement, size)) = target.placement() {
                let picture = Vec2::new(shape.upright.0 as f32, shape.upright.1 as f32);
                let size = Vec2::new(size.0 as f32, size.1 as f32);
                let look = figures::placement(placement, picture, size);
                writer.put(Block::target(place), bytemuck::bytes_of(&look));
            }
        }

        // 2. All that the commands name.
        let drawn = look.map(|look| (&*look.effect.loaded, &self.seen[..]));
        let scope = drawn.map_or(Scope::default(), |(loaded, seen)| Scope::of(&loaded.items, seen));
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
        if let Some((loaded, _)) = drawn.filter(|_| scope.any)
            && shared.gpu.report().software
            && self
                .decoy
                .as_ref()
                .is_none_or(|decoy| decoy.effect != loaded.number || decoy.shape != shape)
        {
            let bytes = decoy::block(loaded, block, &frame_numbers(shot, view), view, shot.camera);
            let usage = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::VERTEX;
            let buffer = shared.gpu.objects().filled("nobody", &bytes, usage);
            self.decoy = Some(Decoy {
                effect: loaded.number,
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
        let used = block.used(count);
        encoder.copy_buffer_to_buffer(staging, 0, &numbers.buffer, 0, used);
        copy_plane(&mut encoder, staging, planes.first, &canvas.first.texture);
        if let (Some(plane), Some(second)) = (planes.second, &canvas.second) {
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
            drawn,
            faces: count,
        };
        let finished = composition.record(&mut encoder, &mut self.clock, scope);
        let mut asked = [0; MAX_TARGETS];
        let outcome = record_targets(
            &mut encoder,
            &composition,
            finished,
            &mut self.clock,
            &mut self.readback,
            (targets, &windows),
            &mut asked,
        );
        if let Err(error) = outcome {
            self.readback.forget(&asked);
            return Err(error);
        }
        encoder.clear_buffer(&numbers.buffer, 0, Some(used));
        if let Some(decoy) = &self.decoy {
            let nobody = Composition {
                numbers: &decoy.numbers.buffer,
                sensor: &decoy.numbers.sensor,
                frame: &decoy.numbers.frame,
                ..composition
            };
            nobody.scrub(&mut encoder, scope);
        }
        canvas.clear(&mut encoder);
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
        shared.gpu.check()?;
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
                    canvas.clear(&mut encoder);
                }
                if let Some(numbers) = &self.numbers {
                    encoder.clear_buffer(&numbers.buffer, 0, None);
                }
                gpu.queue().submit([encoder.finish()]);
            }
        }
        let _ = self.staging.finish();
        let _ = gpu.wait();
        if let Some(clock) = &mut self.clock {
            clock.collect();
        }
        self.seen.fill(0);
        if extent == Extent::All {
            self.memory.start_over();
            self.canvas = None;
            self.numbers = None;
            self.decoy = None;
            self.staging.release();
            self.readback.release();
            gpu.poll();
        }
    }

    /// How long the device took over each pass of the last frame that [`wipe`](Self::wipe) saw the end of, if
    /// [`GpuOptions::timestamps`](crate::GpuOptions::timestamps) is set and the device can tell; else nothing.
    #[must_use]
    pub fn gpu_times(&self) -> &[PassTime] {
        self.clock.as_ref().map_or(&[], Clock::times)
    }

    /// What it draws with.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.renderer
    }

    /// Evaluates the effect for each face that it is drawn on, writes all numbers, and notes what of it is seen. Says how
    /// many faces there are.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one frame, taken apart once"
    )]
    fn write(
        &mut self,
        access: &Access<'_>,
        shot: &Shot<'_>,
        view: View,
        by_slot: &[Option<FaceInput<'_>>; MAX_FACES],
        look: Option<Look<'_>>,
        block: Block,
        writer: &mut Writer,
    ) -> Result<usize, RenderError> {
        let frame = frame_numbers(shot, view);
        writer.put(Block::SENSOR, bytemuck::bytes_of(&figures::sensor(shot.frame)));
        writer.put(Block::FRAME, bytemuck::bytes_of(&frame));
        self.seen.clear();
        let Some(look) = look else {
            self.memory.forget(access);
            return Ok(0);
        };
        let loaded = &*look.effect.loaded;
        self.memory.begin(access, loaded)?;
        let present = by_slot.iter().flatten();
        let bits = present.clone().fold(0, |bits, face| bits | 1 << face.slot);
        self.memory.note(access, loaded, bits);
        self.seen.resize(loaded.items.len(), 0);
        let total = present.clone().count();
        let mut count = 0;
        for face in present {
            if count == loaded.max_faces[look.quality.index()] {
                break;
            }
            if !self
                .memory
                .evaluate(access, loaded, shot, face, total, look.params)?
            {
                continue;
            }
            let evaluated = Evaluated {
                program: &loaded.program,
                registers: self.memory.registers(access),
            };
            for (item, seen) in loaded.items.iter().zip(&mut self.seen) {
                let wanted = match item.faces {
                    _ if item.kind.is_of_frame() => count == 0,
                    Faces::All => true,
                    Faces::First => count == 0,
                    Faces::Slot(slot) => slot as usize == face.slot,
                };
                if wanted && item.drawn[look.quality.index()] {
                    let shown = write_item(item, loaded, evaluated, Some(face), view, (block, count), writer);
                    *seen |= u16::from(shown) << count;
                }
            }
            if loaded.needs.heads {
                let head = figures::head(face, view);
                writer.put(block.head(count), bytemuck::bytes_of(&head));
            }
            if loaded.needs.skin {
                writer.put(block.skin(count), bytemuck::cast_slice(&figures::skin(face)));
            }
            count += 1;
        }
        if total == 0 {
            self.memory.evaluate_nobody(access, loaded, shot, look.params)?;
            let evaluated = Evaluated {
                program: &loaded.program,
                registers: self.memory.registers(access),
            };
            for (item, seen) in loaded.items.iter().zip(&mut self.seen) {
                if item.kind.is_of_frame() && item.drawn[look.quality.index()] {
                    let shown = write_item(item, loaded, evaluated, None, view, (block, 0), writer);
                    *seen = u16::from(shown);
                }
            }
        }
        Ok(count)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.wipe(Extent::All);
    }
}

/// Writes the numbers of an item on a face, and says whether anything of it is seen.
fn write_item(
    item: &Item,
    loaded: &Loaded,
    evaluated: Evaluated<'_>,
    face: Option<&FaceInput<'_>>,
    view: View,
    (block, place): (Block, usize),
    writer: &mut Writer,
) -> bool {
    let source = &item.source;
    let mut put = |at: u64, bytes: Option<&[u8]>| {
        if let Some(bytes) = bytes {
            writer.put(at, bytes);
        }
        bytes.is_some()
    };
    match (item.kind, face) {
        (
            Kind::Sticker {
                asset,
                space,
                occlusion,
                ..
            },
            Some(face),
        ) => {
            let found = loaded
                .cells(asset)
                .and_then(|cells| figures::sticker(evaluated, source, (space, occlusion), cells, face, view));
            put(
                block.picture(item.place, place),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Paint { asset, exclude, .. }, Some(_)) => {
            let found = loaded
                .cells(asset)
                .and_then(|cells| figures::paint(evaluated, source, exclude, cells));
            put(
                block.look(item.place, place),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Prop { .. }, Some(face)) => {
            let found = figures::prop(evaluated, source, face);
            put(
                block.prop(item.place, place),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Overlay { asset, fit, .. }, _) => {
            let found = loaded
                .cells(asset)
                .and_then(|cells| figures::overlay(evaluated, source, fit, cells, view));
            put(
                block.picture(item.place, 0),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Lut { .. }, _) => {
            let found = figures::lut(evaluated, source);
            put(block.look(item.place, 0), found.as_ref().map(bytemuck::bytes_of))
        }
        (_, None) => false,
    }
}

/// Records what brings the finished picture to each target, and notes the numbers of those that are read back.
fn record_targets(
    encoder: &mut wgpu::CommandEncoder,
    composition: &Composition<'_>,
    finished: Finished,
    clock: &mut Option<Clock>,
    readback: &mut Readback,
    (targets, windows): (&[Target<'_>], &[Option<wgpu::SurfaceTexture>; MAX_TARGETS]),
    asked: &mut [u64; MAX_TARGETS],
) -> Result<(), RenderError> {
    let canvas = composition.canvas;
    let size = canvas.shape.upright;
    // Once a scene is there, it holds the plate.
    let mut finished = finished;
    for (place, target) in targets.iter().enumerate() {
        let (view, format) = match target {
            Target::Pixels(_) | Target::Later(_) => {
                let picture = match finished {
                    Finished::Plate => &canvas.plate.texture,
                    Finished::Scene(scene) => match &canvas.scenes[scene] {
                        Some(scene) => &scene.picture.texture,
                        None => &canvas.plate.texture,
                    },
                };
                asked[place] = readback.copy(encoder, picture, size)?;
                continue;
            }
            Target::Texture { view, format, .. } => ((*view).clone(), *format),
            Target::Window { surface, .. } => match &windows[place] {
                Some(picture) => {
                    let objects = composition.shared.gpu.objects();
                    (objects.view(&picture.texture), surface.format())
                }
                None => continue,
            },
        };
        let scene = composition.as_scene(encoder, finished);
        finished = Finished::Scene(scene);
        let exact = target.placement().is_some_and(|(_, target)| target == size);
        composition.present(encoder, clock, scene, place, &view, (format, exact));
    }
    Ok(())
}

/// Checks what can be checked before anything is done.
fn check(
    shared: &Shared,
    shot: &Shot<'_>,
    shape: Shape,
    look: Option<Look<'_>>,
    targets: &[Target<'_>],
) -> Result<(), RenderError> {
    let max = shared.gpu.report().max_side_px;
    let within = |what, (width, height): (u32, u32)| {
        if width == 0 || height == 0 {
            Err(RenderError::Empty { what, width, height })
        } else if width > max || height > max {
            Err(RenderError::TooLarge {
                what,
                max,
                width,
                height,
            })
        } else {
            Ok(())
        }
    };
    within("the frame", shape.sensor)?;
    let camera = shot.camera.frame();
    if (camera.width(), camera.height()) != shape.upright {
        return Err(RenderError::Camera {
            expected: shape.upright,
            found: (camera.width(), camera.height()),
        });
    }
    if look.is_some_and(|look| !look.effect.loaded.gpu.is(&shared.gpu)) {
        return Err(RenderError::OtherDevice { what: "the effect" });
    }
    if targets.len() > MAX_TARGETS {
        return Err(RenderError::TooManyTargets {
            expected: MAX_TARGETS,
            found: targets.len(),
        });
    }
    for target in targets {
        match target {
            Target::Pixels(pixels) => pixels.check(shape.upright)?,
            Target::Later(_) => {}
            Target::Texture { format, size_px, .. } => {
                within("the caller's texture", *size_px)?;
                let drawn = shared.gpu.adapter().get_texture_format_features(*format);
                let usages = drawn.allowed_usages;
                let colour = format.sample_type(None, None)
                    == Some(wgpu::TextureSampleType::Float { filterable: true });
                if !usages.contains(wgpu::TextureUsages::RENDER_ATTACHMENT)
                    || !colour
                    || !format.has_color_aspect()
                {
                    return Err(RenderError::TargetFormat {
                        found: format!("{format:?}"),
                    });
                }
            }
            Target::Window { surface, .. } => {
                if !WindowSurface::is_of(surface, &shared.gpu) {
                    return Err(RenderError::OtherDevice { what: "the window" });
                }
            }
        }
    }
    Ok(())
}

fn frame_numbers(shot: &Shot<'_>, view: View) -> Frame {
    let low = Shape::of(shot.frame).low();
    Frame {
        clip_from_camera: view.clip_from_camera.to_cols_array_2d(),
        size_px: view.size_px.to_array(),
        low_size: [low.0 as f32, low.1 as f32],
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

impl Numbers {
    fn empty(shared: &Shared, bytes: u64) -> wgpu::Buffer {
        shared.gpu.objects().buffer(&wgpu::BufferDescriptor {
            label: Some("numbers"),
            size: bytes,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }

    fn new(shared: &Shared, buffer: wgpu::Buffer) -> Self {
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
