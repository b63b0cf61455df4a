//! What the tests share: a device, a stage in a real veil, made-up faces on drawn backgrounds.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of tests")]
#![allow(
    unsafe_code,
    reason = "a pipeline is a promise, and here it is the test that makes it"
)]

pub(crate) mod face;
pub(crate) mod scenery;

use std::sync::{Arc, Mutex, OnceLock};

use moretta_frame::{FrameFormat, FrameLayout, FrameView};
use moretta_geometry::Camera;
use moretta_golden::{Golden, Picture, Tolerance};
use moretta_pack::{Effect, Quality};
use moretta_render::wgpu;
use moretta_render::{
    Drawn, FaceInput, Gpu, GpuOptions, LoadedEffect, Look, Looks, PixelOrder, Pixels, RenderError, Renderer,
    Shot, Smoothing, Software, Stage, Target, Wears,
};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Veil,
};

use face::Head;

/// The device of all tests in this process: the one in software, where pictures are the same everywhere. Without one the
/// tests fail, unless `MORETTA_SKIP_GPU=1`: then each says that it was skipped.
pub(crate) fn gpu() -> Option<Gpu> {
    static GPU: OnceLock<Option<Gpu>> = OnceLock::new();
    let gpu = GPU.get_or_init(|| match Gpu::new(options()) {
        Ok(gpu) => Some(gpu),
        Err(RenderError::NoAdapter { .. }) if skips_allowed() => None,
        Err(error) => panic!("{error}; MORETTA_SKIP_GPU=1 skips what needs one"),
    });
    if gpu.is_none() {
        static SKIPPED: Mutex<usize> = Mutex::new(0);
        let mut skipped = SKIPPED.lock().unwrap();
        *skipped += 1;
        eprintln!("skipped for want of a GPU: {skipped} tests so far");
    }
    gpu.clone()
}

fn skips_allowed() -> bool {
    std::env::var_os("MORETTA_SKIP_GPU").is_some_and(|value| value == "1")
}

/// Vulkan in software, or what `MORETTA_TEST_BACKEND` asks for: `gl`, or `hardware` for Vulkan on a graphics processor,
/// whose pictures differ from the goldens by rounding.
pub(crate) fn options() -> GpuOptions {
    let asked = std::env::var("MORETTA_TEST_BACKEND").unwrap_or_default();
    let (backends, software) = match asked.as_str() {
        "gl" => (wgpu::Backends::GL, Software::Allowed),
        "hardware" => (wgpu::Backends::VULKAN, Software::Refused),
        _ => (wgpu::Backends::VULKAN, Software::Only),
    };
    GpuOptions {
        backends,
        software,
        smoothing: Smoothing::Always,
        validation: software == Software::Only,
        ..GpuOptions::default()
    }
}

/// Pipelines are built once a process.
pub(crate) fn renderer() -> Option<Renderer> {
    static RENDERER: OnceLock<Renderer> = OnceLock::new();
    let gpu = gpu()?;
    Some(RENDERER.get_or_init(|| Renderer::new(&gpu).unwrap()).clone())
}

/// What is done on the face thread.
pub(crate) type Doing = dyn FnOnce(&mut Stage, FrameIo<'_>, &Access<'_>) -> Outcome + Send;
type Work = Box<Doing>;

/// A pipeline that does as it is told.
pub(crate) struct Painter {
    stage: Stage,
}

// SAFETY: the faces of these tests are made up.
unsafe impl Pipeline for Painter {
    type Request = Work;
    type Reply = ();

    fn run(&mut self, work: Work, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, ()) {
        (work(&mut self.stage, io, access), ())
    }

    fn wipe(&mut self, extent: Extent) {
        self.stage.wipe(extent);
    }
}

/// A stage in a veil.
pub(crate) struct Rig {
    pub(crate) veil: Veil<Painter>,
    pub(crate) renderer: Renderer,
}

/// A frame of a camera, whatever its format.
#[derive(Clone)]
pub(crate) struct Take {
    pub(crate) layout: FrameLayout,
    pub(crate) planes: Vec<Vec<u8>>,
}

impl Take {
    /// Of a picture that is upright already.
    pub(crate) fn of(picture: &Picture) -> Self {
        let (width, height) = picture.size();
        Self {
            layout: FrameLayout::packed(FrameFormat::Rgba8, width, height),
            planes: vec![picture.rgba().to_vec()],
        }
    }

    pub(crate) fn view<R>(&self, use_it: impl FnOnce(&FrameView<'_>) -> R) -> R {
        let planes: Vec<_> = self.planes.iter().map(Vec::as_slice).collect();
        use_it(&self.layout.view(&planes).unwrap())
    }

    pub(crate) fn camera(&self) -> Camera {
        self.view(|view| Camera::from_fov_y(view.size(), face::FOV_Y_RAD).unwrap())
    }
}

/// What a frame is drawn with.
#[derive(Clone)]
pub(crate) struct With {
    pub(crate) heads: Vec<Head>,
    /// What everyone wears.
    pub(crate) look: Option<LoadedEffect>,
    /// What slots wear instead.
    pub(crate) own: Vec<(usize, Option<LoadedEffect>)>,
    /// Which slots were given which donors.
    pub(crate) donors: Vec<(usize, u64)>,
    pub(crate) params: Vec<f32>,
    pub(crate) quality: Quality,
    pub(crate) time_s: f32,
    pub(crate) dt_s: f32,
}

impl Default for With {
    fn default() -> Self {
        Self {
            heads: Vec::new(),
            look: None,
            own: Vec::new(),
            donors: Vec::new(),
            params: Vec::new(),
            quality: Quality::High,
            time_s: 1.0,
            dt_s: 1.0 / 30.0,
        }
    }
}

impl With {
    pub(crate) fn effect(look: &LoadedEffect, heads: &[Head]) -> Self {
        Self {
            heads: heads.to_vec(),
            look: Some(look.clone()),
            ..Self::default()
        }
    }

    /// The same, but for a slot that wears `own`, or nothing.
    pub(crate) fn on(mut self, slot: usize, own: Option<&LoadedEffect>) -> Self {
        self.own.push((slot, own.cloned()));
        self
    }
}

impl Rig {
    pub(crate) fn new() -> Option<Self> {
        renderer().map(|renderer| Self::with(&renderer))
    }

    pub(crate) fn with(renderer: &Renderer) -> Self {
        let on_the_thread = renderer.clone();
        let veil = Veil::new(
            &Consent::given(AgeBand::From14),
            Options {
                policy: Policy::BestEffort,
                ..Options::default()
            },
            move |room| {
                Ok(Painter {
                    stage: Stage::new(room, &on_the_thread)?,
                })
            },
        );
        Self {
            veil: veil.unwrap(),
            renderer: renderer.clone(),
        }
    }

    pub(crate) fn load(&self, effect: &Effect) -> LoadedEffect {
        self.renderer.load(effect).unwrap()
    }

    /// Does `work` on the face thread and brings its result back.
    pub(crate) fn on_stage<R: Send + 'static>(
        &self,
        planes: &[Vec<u8>],
        target: &mut [u8],
        work: impl FnOnce(&mut Stage, FrameIo<'_>, &Access<'_>) -> (Outcome, R) + Send + 'static,
    ) -> R {
        let result = Arc::new(Mutex::new(None));
        let there = Arc::clone(&result);
        let request: Work = Box::new(move |stage, io, access| {
            let (outcome, found) = work(stage, io, access);
            *there.lock().unwrap() = Some(found);
            outcome
        });
        let frame = if planes.is_empty() {
            Frame::none()
        } else {
            Frame::borrowed(planes.iter().map(Vec::as_slice)).unwrap()
        };
        self.veil.process(frame, target, request).unwrap();
        result.lock().unwrap().take().unwrap()
    }

    /// Draws a frame into memory.
    pub(crate) fn draw(&self, take: &Take, with: &With) -> Result<Picture, RenderError> {
        let (width, height) = take.view(|view| (view.size().width(), view.size().height()));
        let mut bytes = vec![0; (width * height * 4) as usize];
        self.draw_into(take, with, &mut bytes, width as usize * 4, PixelOrder::Rgba)?;
        Ok(Picture::new(width, height, bytes).unwrap())
    }

    /// Adds the donor `key`: the face `head` of a photo.
    pub(crate) fn donate(&self, key: u64, photo: &Take, head: &Head) -> Result<(), RenderError> {
        let (layout, head) = (photo.layout, head.clone());
        self.on_stage(&photo.planes, &mut [], move |stage, io, access| {
            let photo = layout.view(io.planes).unwrap();
            (
                Outcome::Unchanged,
                stage.add_donor(access, key, &photo, &head.input()),
            )
        })
    }

    /// Adds the donor `key`: a head in several photos.
    pub(crate) fn donate_views(&self, key: u64, views: &[(Take, Head)]) -> Result<(), RenderError> {
        for (index, (photo, head)) in views.iter().enumerate() {
            let (layout, head) = (photo.layout, head.clone());
            self.on_stage(&photo.planes, &mut [], move |stage, io, access| {
                let photo = layout.view(io.planes).unwrap();
                let added = stage.add_donor_view(access, index == 0, &photo, &head.input());
                (Outcome::Unchanged, added)
            })?;
        }
        self.on_stage(&[], &mut [], move |stage, _, access| {
            (Outcome::Unchanged, stage.add_donor_of_views(access, key))
        })
    }

    /// Removes the donor `key`, and says whether there was one.
    pub(crate) fn take_back(&self, key: u64) -> bool {
        self.on_stage(&[], &mut [], move |stage, _, access| {
            (Outcome::Unchanged, stage.remove_donor(access, key).unwrap())
        })
    }

    pub(crate) fn draw_into(
        &self,
        take: &Take,
        with: &With,
        bytes: &mut [u8],
        row_stride: usize,
        order: PixelOrder,
    ) -> Result<Drawn, RenderError> {
        let (layout, camera, with) = (take.layout, take.camera(), with.clone());
        self.on_stage(&take.planes, bytes, move |stage, io, access| {
            let pixels = Target::Pixels(Pixels {
                bytes: io.target,
                row_stride,
                order,
            });
            let result = on_stage(stage, access, &layout, io.planes, camera, &with, &mut [pixels]);
            (outcome(&with), result)
        })
    }
}

pub(crate) fn outcome(with: &With) -> Outcome {
    if with.heads.is_empty() {
        Outcome::NoFace
    } else {
        Outcome::Faces
    }
}

/// Draws on the face thread.
pub(crate) fn on_stage(
    stage: &mut Stage,
    access: &Access<'_>,
    layout: &FrameLayout,
    planes: &[&[u8]],
    camera: Camera,
    with: &With,
    targets: &mut [Target<'_>],
) -> Result<Drawn, RenderError> {
    let frame = layout.view(planes).unwrap();
    let shot = Shot {
        frame: &frame,
        camera,
        time_s: with.time_s,
        dt_s: with.dt_s,
    };
    let faces = with.heads.iter().map(Head::input);
    let look = |effect| Look {
        effect,
        params: &with.params,
        quality: with.quality,
    };
    let mut looks = Looks::from(with.look.as_ref().map(look));
    for (slot, own) in &with.own {
        looks.slots[*slot] = own
            .as_ref()
            .map_or(Wears::Nothing, |effect| Wears::Own(look(effect)));
    }
    for (slot, key) in &with.donors {
        looks.donors[*slot] = Some(*key);
    }
    stage.draw(access, &shot, faces, looks, targets)
}

/// Checks a picture against its golden. Software renders alike from run to run; another version of it may round otherwise.
#[track_caller]
pub(crate) fn check(name: &str, picture: &Picture) {
    let golden = Golden::new(
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"),
        concat!(env!("CARGO_TARGET_TMPDIR"), "/golden"),
    );
    let pixels = picture.pixels().len() / 50;
    let tolerance = Tolerance {
        max_channel: 2,
        pixels,
    };
    if let Err(error) = golden.check(name, picture, tolerance) {
        panic!("{error}");
    }
}

/// The faces of a frame as a stage takes them.
pub(crate) fn inputs(heads: &[Head]) -> impl Iterator<Item = FaceInput<'_>> {
    heads.iter().map(Head::input)
}

/// An effect with nodes for all faces, whose numbers `record` computes.
pub(crate) fn effect(
    assets: Vec<moretta_pack::Asset>,
    nodes: Vec<moretta_pack::NodeKind>,
    record: impl for<'b> FnOnce(moretta_lang::Face<'b>, moretta_lang::Out<'b>),
) -> Effect {
    let nodes = nodes
        .into_iter()
        .enumerate()
        .map(|(place, kind)| moretta_pack::Node {
            id: format!("node {place}"),
            faces: moretta_pack::Faces::All,
            drawn: [true; 3],
            kind,
        });
    Effect {
        nodes: nodes.collect(),
        ..Effect::recorded(moretta_lang::Program::record(record).unwrap(), assets)
    }
}

/// A texture of a test's own.
pub(crate) fn texture(gpu: &Gpu, (width, height): (u32, u32), format: wgpu::TextureFormat) -> wgpu::Texture {
    gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d {
            width,
            height,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    })
}

/// What a texture of four bytes a pixel holds, as it is.
pub(crate) fn texels(gpu: &Gpu, texture: &wgpu::Texture) -> Picture {
    let (width, height) = (texture.width(), texture.height());
    let row = (width * 4).next_multiple_of(256);
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(row * height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu
        .device()
        .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    encoder.copy_texture_to_buffer(
        texture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(row),
                rows_per_image: None,
            },
        },
        texture.size(),
    );
    gpu.queue().submit([encoder.finish()]);
    buffer.map_async(wgpu::MapMode::Read, .., |mapped| mapped.unwrap());
    gpu.device().poll(wgpu::PollType::wait_indefinitely()).unwrap();
    let view = buffer.get_mapped_range(..).unwrap();
    let rows = view
        .chunks(row as usize)
        .flat_map(|it| it[..width as usize * 4].to_vec());
    Picture::new(width, height, rows.collect()).unwrap()
}
