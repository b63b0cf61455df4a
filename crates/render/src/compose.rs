//! The passes of a frame, as commands.
//!
//! 1. The camera's picture, upright: the *plate*.
//! 2. The plate at a sixteenth, and its quarters, if something is drawn in its light.
//! 3. The items, back to front, in runs between tables of colours. Each run is one pass over what is there so far. If
//!    something of the frame needs to know what is near, all runs have depth and four samples a pixel.
//! 4. Each table of colours, a pass from one scene to the other.

use moretta_pack::{Occluder, Occlusion, SwapSource};

use crate::artwork::Cells;
use crate::block::Block;
use crate::canvas::{Canvas, attachment, depth_attachment};
use crate::effect::{Item, Kind};
use crate::formats;
use crate::input::MAX_FACES;
use crate::looks::{Layered, Layers};
use crate::numbers::{Look, Picture};
use crate::pipelines::Depth;
use crate::renderer::Shared;
use crate::timing::Clock;

/// What the passes of a frame need to know.
pub(crate) struct Composition<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) canvas: &'a Canvas,
    pub(crate) block: Block,
    /// The block's numbers on the device.
    pub(crate) numbers: &'a wgpu::Buffer,
    /// Group 0 of the camera's pass, and of scenes.
    pub(crate) sensor: &'a wgpu::BindGroup,
    pub(crate) frame: &'a wgpu::BindGroup,
    /// What is drawn.
    pub(crate) layers: Layers<'a>,
    /// How many faces are drawn.
    pub(crate) faces: usize,
    /// By the place of a face among these, the photo whose looks it may take on.
    pub(crate) donors: [Option<&'a wgpu::BindGroup>; MAX_FACES],
}

/// What a frame draws, as far as it decides what must be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Whether anything is drawn over the camera's picture.
    pub(crate) any: bool,
    /// Whether something needs to know what is near.
    pub(crate) deep: bool,
    /// Whether something is drawn in the light of the frame.
    pub(crate) lit: bool,
    /// Whether one scene is read while another is drawn.
    pub(crate) two: bool,
}

impl Scope {
    pub(crate) fn of(layers: &Layers<'_>) -> Self {
        let mut scope = Self::default();
        for Layered { item, .. } in layers.items().filter(|layered| layered.bits != 0) {
            scope.any = true;
            scope.deep |= item.kind.has_depth();
            scope.lit |= item.kind.has_light();
            scope.two |= matches!(item.kind, Kind::Lut { .. });
        }
        scope
    }
}

/// What a frame's picture is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finished {
    /// The plate itself: nothing was drawn over it.
    Plate,
    /// The scene with this number.
    Scene(usize),
}

/// What the depth of a pass holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Near {
    /// What of faces.
    occluder: Occluder,
    /// Whether props were drawn since.
    props: bool,
}

impl Composition<'_> {
    /// Records all passes, and says where the picture is then.
    pub(crate) fn record(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        clock: &mut Option<Clock>,
        scope: Scope,
    ) -> Finished {
        self.camera(encoder, clock);
        if !scope.any {
            return Finished::Plate;
        }
        if scope.lit {
            self.measure(encoder, clock);
        }
        let all = self.layers.items().count();
        let mut finished = Finished::Plate;
        let mut start = 0;
        while start < all {
            let mut rest = self.layers.items().enumerate().skip(start);
            let table = rest.find(|(_, it)| it.bits != 0 && matches!(it.item.kind, Kind::Lut { .. }));
            let end = table.map_or(all, |(at, _)| at);
            if self.range(start..end).any(|layered| layered.bits != 0) {
                finished = self.run(encoder, clock, scope.deep, start..end, finished);
            }
            if let Some((_, table)) = table {
                finished = self.table(encoder, clock, table, finished);
            }
            start = end + 1;
        }
        finished
    }

    /// Some of the items, by their places from the back.
    fn range(&self, range: core::ops::Range<usize>) -> impl Iterator<Item = Layered<'_>> {
        self.layers.items().skip(range.start).take(range.len())
    }

    /// Records that every draw is done once more with the numbers of [nobody](crate::decoy), on one pixel of textures that it
    /// clears.
    ///
    /// What a driver keeps of a draw (vertices that it has brought to the screen, uniforms that it has copied) is out of
    /// reach, but the next draw of the same kind comes to lie in the same place.
    pub(crate) fn scrub(&self, encoder: &mut wgpu::CommandEncoder, scope: Scope) {
        if !scope.any {
            return;
        }
        let ops = wgpu::Operations {
            load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
            store: wgpu::StoreOp::Store,
        };
        let deep = self.canvas.deep.as_ref().filter(|_| scope.deep);
        let scene = self.canvas.scenes[0].as_ref().map(|scene| &scene.picture.view);
        let view = match deep.and_then(|deep| deep.samples.as_ref()) {
            Some(samples) => Some(&samples.view),
            None => scene,
        };
        let Some(view) = view else {
            return;
        };
        let depth = deep.map(|deep| depth_attachment(&deep.depth.view, wgpu::StoreOp::Store));
        let mut pass = begin(encoder, &mut None, "scrub", attachment(view, ops), depth);
        pass.set_scissor_rect(0, 0, 1, 1);
        self.items(&mut pass, 0..self.layers.items().count(), deep.is_some());
    }

    /// Records a copy of the plate as a scene.
    pub(crate) fn as_scene(&self, encoder: &mut wgpu::CommandEncoder, finished: Finished) -> usize {
        match finished {
            Finished::Scene(scene) => scene,
            Finished::Plate => {
                if let Some(scene) = &self.canvas.scenes[0] {
                    // The numbers are the same in both formats; only what they stand for is said.
                    encoder.copy_texture_to_texture(
                        self.canvas.plate.texture.as_image_copy(),
                        scene.picture.texture.as_image_copy(),
                        scene.picture.texture.size(),
                    );
                }
                0
            }
        }
    }

    /// Turns the buffer into the plate, unless it is that already.
    fn camera(&self, encoder: &mut wgpu::CommandEncoder, clock: &mut Option<Clock>) {
        let Some(camera) = &self.canvas.camera else {
            return;
        };
        let pipelines = &self.shared.pipelines;
        let mut pass = whole(encoder, clock, "camera", &self.canvas.plate.view);
        pass.set_pipeline(if camera.second.is_some() {
            &pipelines.camera_yuv
        } else {
            &pipelines.camera_packed
        });
        pass.set_bind_group(0, self.sensor, &[]);
        pass.set_bind_group(1, &camera.group, &[]);
        pass.draw(0..3, 0..1);
    }

    fn measure(&self, encoder: &mut wgpu::CommandEncoder, clock: &mut Option<Clock>) {
        let (pipelines, canvas) = (&self.shared.pipelines, self.canvas);
        for (pipeline, from, to) in [
            (&pipelines.low, &canvas.plate_loaded, &canvas.low),
            (&pipelines.lower, &canvas.low_loaded, &canvas.lower),
            (&pipelines.light, &canvas.lower_loaded, &canvas.light),
        ] {
            let mut pass = whole(encoder, clock, "light", &to.view);
            pass.set_pipeline(pipeline);
            pass.set_bind_group(1, from, &[]);
            pass.draw(0..3, 0..1);
        }
    }

    /// Draws the items of `range` over `before`.
    fn run(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        clock: &mut Option<Clock>,
        deep: bool,
        range: core::ops::Range<usize>,
        before: Finished,
    ) -> Finished {
        let deep = self.canvas.deep.as_ref().filter(|_| deep);
        let samples = deep.and_then(|deep| Some((&deep.depth, deep.samples.as_ref()?)));
        let Some((depth, samples)) = samples else {
            // Over what is there.
            let scene = self.as_scene(encoder, before);
            if let Some(drawn) = &self.canvas.scenes[scene] {
                let ops = wgpu::Operations {
                    load: wgpu::LoadOp::Load,
                    store: wgpu::StoreOp::Store,
                };
                let depth = deep.map(|deep| depth_attachment(&deep.depth.view, wgpu::StoreOp::Discard));
                let label = if deep.is_some() { "deep scene" } else { "scene" };
                let mut pass = begin(encoder, clock, label, attachment(&drawn.picture.view, ops), depth);
                self.items(&mut pass, range, deep.is_some());
            }
            return Finished::Scene(scene);
        };
        // From what is there to several samples a pixel, and back into the other scene.
        let scene = match before {
            Finished::Plate => 0,
            Finished::Scene(before) => 1 - before,
        };
        let Some(drawn) = &self.canvas.scenes[scene] else {
            return before;
        };
        let ops = wgpu::Operations {
            load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
            store: wgpu::StoreOp::Discard,
        };
        let colour = wgpu::RenderPassColorAttachment {
            resolve_target: Some(&drawn.picture.view),
            ..attachment(&samples.view, ops)
        };
        let depth = depth_attachment(&depth.view, wgpu::StoreOp::Discard);
        let mut pass = begin(encoder, clock, "deep scene", colour, Some(depth));
        let (pipeline, group) = match before {
            Finished::Plate => (&self.shared.pipelines.seed_plate, Some(&self.canvas.plate_loaded)),
            Finished::Scene(before) => (
                &self.shared.pipelines.seed_scene,
                self.canvas.scenes[before].as_ref().map(|scene| &scene.loaded),
            ),
        };
        pass.set_pipeline(pipeline);
        pass.set_bind_group(1, group, &[]);
        pass.draw(0..3, 0..1);
        self.items(&mut pass, range, true);
        Finished::Scene(scene)
    }

    /// Draws items in a pass that has begun.
    fn items(&self, pass: &mut wgpu::RenderPass<'_>, range: core::ops::Range<usize>, deep: bool) {
        pass.set_bind_group(1, &self.canvas.scene, &[]);
        let mut near = Near {
            occluder: Occluder::None,
            props: false,
        };
        for Layered { loaded, item, bits } in self.range(range).filter(|layered| layered.bits != 0) {
            let faces = (0..self.faces).filter(|face| bits >> face & 1 == 1);
            match item.kind {
                Kind::Sticker {
                    asset,
                    occlusion,
                    blend,
                    ..
                } => {
                    let tested = deep && occlusion != Occlusion::None;
                    if tested {
                        self.hide(pass, &mut near, Occluder::Head, false);
                    }
                    let depth = match (deep, tested) {
                        (false, _) => Depth::Absent,
                        (true, false) => Depth::Ignored,
                        (true, true) => Depth::Tested,
                    };
                    self.pictures(pass, item, loaded.cells(asset), blend, depth, faces);
                }
                Kind::Overlay { asset, blend, .. } => {
                    let depth = if deep { Depth::Ignored } else { Depth::Absent };
                    self.pictures(
                        pass,
                        item,
                        loaded.cells(asset),
                        blend,
                        depth,
                        [self.block.frame()],
                    );
                }
                Kind::Paint { asset, blend, .. } => {
                    let Some(cells) = loaded.cells(asset) else {
                        continue;
                    };
                    let depth = if deep { Depth::Ignored } else { Depth::Absent };
                    pass.set_pipeline(self.shared.pipelines.paint(blend, depth));
                    pass.set_bind_group(2, &cells.group, &[]);
                    for face in faces {
                        let look = self.block.look(item.place, face);
                        pass.set_vertex_buffer(2, self.numbers.slice(look..look + Look::STRIDE));
                        pass.set_vertex_buffer(1, self.shared.skin.vertices.slice(..));
                        self.draw_skin(pass, face);
                    }
                }
                Kind::Swap { source, .. } => {
                    let depth = if deep { Depth::Ignored } else { Depth::Absent };
                    let photo = source == SwapSource::Photo;
                    pass.set_pipeline(self.shared.pipelines.swap(photo, depth));
                    for face in faces {
                        if photo {
                            let Some(donor) = self.donors[face] else {
                                continue;
                            };
                            pass.set_bind_group(2, donor, &[]);
                        }
                        let look = self.block.look(item.place, face);
                        pass.set_vertex_buffer(2, self.numbers.slice(look..look + Look::STRIDE));
                        pass.set_vertex_buffer(1, self.shared.skin.vertices.slice(..));
                        self.draw_mesh(pass, face, self.block.whole_swap(face));
                    }
                }
                Kind::Prop { asset, occluder } => {
                    let Some(parts) = loaded.parts(asset) else {
                        continue;
                    };
                    self.hide(pass, &mut near, occluder, true);
                    near.props = true;
                    for face in faces {
                        self.set_numbers(pass, face, self.block.prop(item.place, face));
                        for part in &parts.parts {
                            let moved = part.moved.as_ref();
                            pass.set_pipeline(self.shared.pipelines.prop(
                                part.blends,
                                part.double_sided,
                                moved.is_some(),
                            ));
                            pass.set_bind_group(2, &part.material, &[]);
                            pass.set_vertex_buffer(0, part.corners.slice(..));
                            if let Some(moved) = moved {
                                pass.set_vertex_buffer(1, moved.slice(..));
                            }
                            pass.set_index_buffer(part.indices.slice(..), wgpu::IndexFormat::Uint32);
                            pass.draw_indexed(0..part.index_count, 0, 0..1);
                        }
                    }
                }
                Kind::Lut { .. } => {}
            }
        }
    }

    fn pictures(
        &self,
        pass: &mut wgpu::RenderPass<'_>,
        item: &Item,
        cells: Option<&Cells>,
        blend: moretta_pack::Blend,
        depth: Depth,
        places: impl IntoIterator<Item = usize>,
    ) {
        let pipeline = self.shared.pipelines.picture(blend, depth);
        let (Some(pipeline), Some(cells)) = (pipeline, cells) else {
            return;
        };
        pass.set_pipeline(pipeline);
        pass.set_bind_group(2, &cells.group, &[]);
        for place in places {
            let at = self.block.picture(item.place, place);
            pass.set_vertex_buffer(0, self.numbers.slice(at..at + Picture::STRIDE));
            pass.draw(0..4, 0..1);
        }
    }

    /// Sees to it that what is near is `occluder` and nothing else, but for props if they may be.
    fn hide(&self, pass: &mut wgpu::RenderPass<'_>, near: &mut Near, occluder: Occluder, props: bool) {
        if near.occluder == occluder && (props || !near.props) {
            return;
        }
        let pipelines = &self.shared.pipelines;
        pass.set_pipeline(&pipelines.reset);
        pass.draw(0..3, 0..1);
        for face in 0..self.faces {
            if occluder != Occluder::None {
                pass.set_pipeline(&pipelines.face);
                self.draw_skin(pass, face);
            }
            if occluder == Occluder::Head {
                let shell = &self.shared.shell;
                pass.set_pipeline(&pipelines.head);
                self.set_numbers(pass, face, 0);
                pass.set_vertex_buffer(0, shell.vertices.slice(..));
                pass.set_index_buffer(shell.indices.slice(..), wgpu::IndexFormat::Uint16);
                pass.draw_indexed(0..shell.index_count, 0, 0..1);
            }
        }
        *near = Near {
            occluder,
            props: false,
        };
    }

    /// Draws a face's landmarks as triangles.
    fn draw_skin(&self, pass: &mut wgpu::RenderPass<'_>, face: usize) {
        self.draw_mesh(pass, face, self.block.whole_skin(face));
    }

    /// Draws the triangles of a face's landmarks, whose numbers lie at `vertices`.
    fn draw_mesh(&self, pass: &mut wgpu::RenderPass<'_>, face: usize, vertices: core::ops::Range<u64>) {
        let skin = &self.shared.skin;
        self.set_numbers(pass, face, 0);
        pass.set_vertex_buffer(0, self.numbers.slice(vertices));
        pass.set_index_buffer(skin.indices.slice(..), wgpu::IndexFormat::Uint16);
        pass.draw_indexed(0..skin.index_count, 0, 0..1);
    }

    fn set_numbers(&self, pass: &mut wgpu::RenderPass<'_>, face: usize, prop: u64) {
        let offsets = [self.block.head(face) as u32, prop as u32];
        pass.set_bind_group(0, self.frame, &offsets);
    }

    /// Draws a table of colours over all that is behind it, from one scene to the other.
    fn table(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        clock: &mut Option<Clock>,
        Layered { loaded, item, .. }: Layered<'_>,
        before: Finished,
    ) -> Finished {
        let behind = self.as_scene(encoder, before);
        let (Some(from), Some(to)) = (&self.canvas.scenes[behind], &self.canvas.scenes[1 - behind]) else {
            return before;
        };
        let Kind::Lut { asset } = item.kind else {
            return before;
        };
        let table = loaded.table(asset);
        let mut pass = whole(encoder, clock, "table", &to.picture.view);
        pass.set_pipeline(&self.shared.pipelines.lut);
        pass.set_bind_group(1, &from.loaded, &[]);
        pass.set_bind_group(2, table.map(|table| &table.group), &[]);
        let at = self.block.look(item.place, self.block.frame());
        pass.set_vertex_buffer(0, self.numbers.slice(at..at + Look::STRIDE));
        pass.draw(0..3, 0..1);
        Finished::Scene(1 - behind)
    }

    /// Draws the finished picture, which is a scene, into a target.
    pub(crate) fn present(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        clock: &mut Option<Clock>,
        scene: usize,
        target: usize,
        view: &wgpu::TextureView,
        (format, exact): (wgpu::TextureFormat, bool),
    ) {
        let Shared {
            pipelines,
            layouts,
            gpu,
            ..
        } = self.shared;
        let present = pipelines.present(gpu.objects(), layouts, format);
        let Some(picture) = &self.canvas.scenes[scene] else {
            return;
        };
        let ops = wgpu::Operations {
            load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
            store: wgpu::StoreOp::Store,
        };
        let mut pass = begin(encoder, clock, "present", attachment(view, ops), None);
        pass.set_pipeline(if exact { &present.exact } else { &present.scaled });
        pass.set_bind_group(1, &picture.sampled, &[]);
        let at = Block::target(target);
        pass.set_vertex_buffer(0, self.numbers.slice(at..at + Look::STRIDE));
        pass.draw(0..4, 0..1);
    }
}

/// Begins a pass that draws every pixel.
fn whole<'e>(
    encoder: &'e mut wgpu::CommandEncoder,
    clock: &mut Option<Clock>,
    label: &'static str,
    view: &wgpu::TextureView,
) -> wgpu::RenderPass<'e> {
    let ops = wgpu::Operations {
        load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
        store: wgpu::StoreOp::Store,
    };
    begin(encoder, clock, label, attachment(view, ops), None)
}

fn begin<'e>(
    encoder: &'e mut wgpu::CommandEncoder,
    clock: &mut Option<Clock>,
    label: &'static str,
    colour: wgpu::RenderPassColorAttachment<'_>,
    depth: Option<wgpu::RenderPassDepthStencilAttachment<'_>>,
) -> wgpu::RenderPass<'e> {
    encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
        label: Some(label),
        color_attachments: &[Some(colour)],
        depth_stencil_attachment: depth,
        timestamp_writes: clock.as_mut().and_then(|clock| clock.pass(label)),
        ..wgpu::RenderPassDescriptor::default()
    })
}

const _: () = assert!(
    matches!(formats::PLATE, wgpu::TextureFormat::Rgba8Unorm)
        && matches!(formats::SCENE, wgpu::TextureFormat::Rgba8UnormSrgb),
    "the plate is copied to a scene, which needs formats that differ by sRGB alone"
);
