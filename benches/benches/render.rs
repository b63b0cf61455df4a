//! What it costs to draw, one kind of node at a time (`render/*`), what a whole sticker frame costs (`session/*`), and what one
//! in which two faces take on other looks costs beside it (`swap/*`): all through a session, as an app has it, in 1280x720.
//!
//! `render/*` counts what [`Times::draw`](moretta::Times) does: the frame on its way to the device, the effect's
//! evaluation, all passes, and the picture's way back to memory. `session/*` counts the call: tracking, drawing, the
//! hand-over to the face thread and all wipes, as does `swap/*`.
//!
//! `submit/*` is the time from one picture in a texture to the next, with frames submitted as fast as they are taken: one after the
//! other, and with [`Options::overlap`]; each is submitted a millisecond after the end of the one before the last was told. `start/*` is the time from nothing to the first finished picture.
//!
//! `gpu/*` counts what the device's passes take by its own clock ([`Times::device`](moretta::Times)), where it has one, for larger pictures
//! and more faces. How long each pass takes is printed by `cargo test --release -p moretta-render --test times -- --nocapture`.

#![allow(clippy::unwrap_used, reason = "a bench that fails says where, like a test")]

mod faces;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use faces::{SIZES, Shot, Size};
use moretta::{
    AgeBand, Consent, Device, DonorFace, DonorPicture, Frame, GpuOptions, LoadedEffect, Options, Output,
    Pack, Placement, Policy, Session, Times, wgpu,
};
use moretta_frame::FrameFormat;

/// Faces in the pictures.
const FACES: [u32; 2] = [1, 4];
/// Frames before a measurement: faces are found, and the device has what it needs.
const WARM_UP: usize = 6;

/// What is drawn, and which pack's nodes of which kind that is. Without a pack it is the camera's picture alone.
const CASES: [(&str, Option<(&str, &str)>); 6] = [
    ("camera", None),
    ("sticker2d", Some(("glasses", "sticker2d"))),
    ("face_paint", Some(("football", "face_paint"))),
    ("prop3d", Some(("glasses3d", "prop3d"))),
    ("overlay", Some(("noir", "overlay"))),
    ("lut", Some(("noir", "lut"))),
];

/// What the device is timed for: the sizes and faces of the largest pictures and groups, too.
const GPU_SIZES: [Size; 3] = [Size(1280, 720), Size(1920, 1080), Size(3840, 2160)];
const GPU_FACES: [u32; 4] = [1, 2, 4, 8];
const GPU_CASES: [(&str, &str); 3] = [("stickers", "cat"), ("props", "glasses3d"), ("swap", "swap")];

/// Whole packs: three stickers and paint; a model; a table and overlays.
const PACKS: [&str; 3] = ["cat", "glasses3d", "golden-hour"];

/// A session and the picture that it is shown.
struct Rig {
    session: Session,
    shot: Shot,
    finished: Vec<u8>,
    time_ns: u64,
}

impl Rig {
    /// Best effort, so that the benches run where little memory may be locked. The tracker runs for every frame, so that
    /// draws are measured behind the same work.
    fn new(parts: Option<&Session>, format: FrameFormat, faces: u32) -> Rig {
        Rig::sized(parts, format, faces, SIZES[1])
    }

    fn sized(parts: Option<&Session>, format: FrameFormat, faces: u32, size: Size) -> Rig {
        Rig::shown(parts, Shot::new(faces, format, size).unwrap(), faces)
    }

    fn shown(parts: Option<&Session>, shot: Shot, faces: u32) -> Rig {
        let options = Options {
            max_faces: faces.max(4) as usize,
            policy: Policy::BestEffort,
            disclose_presence: true,
            models: parts.map(|it| it.models().clone()),
            device: parts.map_or_else(
                || Options::default().device,
                |it| Device::Shared(it.renderer().clone()),
            ),
            ..Options::default()
        };
        let [width, height] = [shot.layout.width, shot.layout.height];
        Rig {
            session: Session::new(&Consent::given(AgeBand::From14), options).unwrap(),
            finished: vec![0; (width * height * 4) as usize],
            shot,
            time_ns: 0,
        }
    }

    fn wear(&mut self, effect: Option<&LoadedEffect>) {
        self.session.wear(effect);
        for _ in 0..WARM_UP {
            self.frame();
        }
    }

    /// One whole frame, 33 ms after the last.
    fn frame(&mut self) -> Times {
        let mut layout = self.shot.layout;
        self.time_ns += 33_000_000;
        layout.timestamp_ns = self.time_ns;
        let frame = Frame::borrowed(self.shot.planes.iter().map(Vec::as_slice)).unwrap();
        let output = Output::rgba(&mut self.finished, layout.width);
        self.session.process(&layout, frame, output).unwrap().times
    }

    fn frames(&mut self, times: u64, of: fn(&Times) -> Duration) -> Duration {
        (0..times).map(|_| of(&self.frame())).sum()
    }
}

fn nodes(c: &mut Criterion) {
    let first = Rig::new(None, FrameFormat::Rgba8, 1).session;
    announce(&first);
    let mut group = c.benchmark_group("render");
    for faces in FACES {
        let mut rig = Rig::new(Some(&first), FrameFormat::Rgba8, faces);
        for (case, pack) in CASES {
            let effect = pack.map(|(pack, kind)| load(&rig.session, pack, Some(kind)));
            rig.wear(effect.as_ref());
            let id = BenchmarkId::new(format!("{case}-{faces}"), SIZES[1]);
            group.bench_function(id, |b| b.iter_custom(|times| rig.frames(times, |it| it.draw)));
        }
    }
}

fn sessions(c: &mut Criterion) {
    let first = Rig::new(None, FrameFormat::Rgba8, 1).session;
    let mut group = c.benchmark_group("session");
    for faces in FACES {
        for format in faces::FORMATS {
            let mut rig = Rig::new(Some(&first), format, faces);
            for pack in PACKS {
                let effect = load(&rig.session, pack, None);
                rig.wear(Some(&effect));
                let id = BenchmarkId::new(format!("{pack}-{faces}-{format}"), SIZES[1]);
                group.bench_function(id, |b| b.iter_custom(|times| rig.frames(times, |it| it.whole)));
            }
        }
    }
}

/// Two faces: with stickers, with stickers and paint, with each other's looks, with those of a photo.
fn swaps(c: &mut Criterion) {
    const FACES: u32 = 2;
    let first = Rig::new(None, FrameFormat::Rgba8, 1).session;
    let mut group = c.benchmark_group("swap");
    let mut rig = Rig::new(Some(&first), FrameFormat::Rgba8, FACES);
    let mut photo = faces::PORTRAIT.to_vec();
    let donor = rig
        .session
        .add_donor(DonorPicture::file(&mut photo), DonorFace::Only)
        .unwrap();
    rig.session.donor(Some(&donor)).unwrap();
    for (case, pack, kind) in [
        ("stickers", "cat", Some("sticker2d")),
        ("cat", "cat", None),
        ("swap", "swap", None),
        ("photo", "photo", None),
    ] {
        let effect = load(&rig.session, pack, kind);
        rig.wear(Some(&effect));
        let id = BenchmarkId::new(format!("{case}-{FACES}"), SIZES[1]);
        group.bench_function(id, |b| b.iter_custom(|times| rig.frames(times, |it| it.whole)));
    }
}

/// Frames that are drawn into a texture, with always one under way and one waiting.
fn submissions(c: &mut Criterion) {
    let first = Rig::new(None, FrameFormat::Rgba8, 1).session;
    let gpu = first.renderer().gpu();
    let format = wgpu::TextureFormat::Rgba8Unorm;
    let Size(width, height) = SIZES[1];
    let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
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
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
        view_formats: &[],
    });
    let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
    let mut group = c.benchmark_group("submit");
    for (order, overlap) in [("in-turn", false), ("overlapping", true)] {
        let options = Options {
            policy: Policy::BestEffort,
            overlap,
            models: Some(first.models().clone()),
            device: Device::Shared(first.renderer().clone()),
            ..Options::default()
        };
        let mut session = Session::new(&Consent::given(AgeBand::From14), options).unwrap();
        let effect = load(&session, "cat", None);
        session.wear(Some(&effect));
        let shot = Shot::new(1, FrameFormat::Rgba8, SIZES[1]).unwrap();
        let mut layout = shot.layout;
        let mut frames = |times: u64| {
            let mut submit = |session: &mut Session| {
                layout.timestamp_ns += 33_000_000;
                let frame = Frame::borrowed(shot.planes.iter().map(Vec::as_slice)).unwrap();
                let output = Output::Texture {
                    view: &view,
                    format,
                    size_px: (width, height),
                    placement: Placement::default(),
                };
                session.submit(&layout, frame, output).unwrap();
            };
            let next = |session: &mut Session| {
                let finished = session.poll(Duration::from_secs(60)).unwrap();
                finished.result.unwrap();
            };
            let dropped = session.statistics().dropped;
            let start = Instant::now();
            let (mut given, mut told) = (0, 0);
            while told < times {
                if given - told - (session.statistics().dropped - dropped) < 2 {
                    submit(&mut session);
                    given += 1;
                    // Until it is under way: one that still waits gives way to the next.
                    thread::sleep(Duration::from_millis(1));
                } else {
                    next(&mut session);
                    told += 1;
                }
            }
            let took = start.elapsed();
            // The one that is over is nobody's time.
            while session.poll(Duration::from_secs(60)).is_some() {}
            took
        };
        frames(WARM_UP as u64);
        let id = BenchmarkId::new(format!("cat-1-{order}"), SIZES[1]);
        group.bench_function(id, |b| b.iter_custom(&mut frames));
    }
}

/// From nothing to the first picture: the tracker alone, and a session with an effect on a device of its own.
fn starts(c: &mut Criterion) {
    let mut group = c.benchmark_group("start");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    let shot = Shot::new(1, FrameFormat::Rgba8, SIZES[1]).unwrap();
    group.bench_function(BenchmarkId::new("tracker", SIZES[1]), |b| {
        b.iter(|| {
            let plans = faces::load().unwrap();
            let mut rig = faces::Rig::new(&plans, moretta_track::TrackerOptions::default()).unwrap();
            rig.frame(&shot, 1).unwrap();
        });
    });
    group.bench_function(BenchmarkId::new("session", SIZES[1]), |b| {
        b.iter_custom(|times| {
            (0..times)
                .map(|_| {
                    // The camera has its picture by itself.
                    let shot = Shot::new(1, FrameFormat::Rgba8, SIZES[1]).unwrap();
                    let start = Instant::now();
                    let mut rig = Rig::shown(None, shot, 1);
                    let effect = load(&rig.session, "cat", None);
                    rig.session.wear(Some(&effect));
                    rig.frame();
                    start.elapsed()
                })
                .sum()
        });
    });
}

/// What the device takes by its own clock.
fn devices(c: &mut Criterion) {
    let timed = Options {
        policy: Policy::BestEffort,
        device: Device::New(GpuOptions {
            timestamps: true,
            ..GpuOptions::default()
        }),
        ..Options::default()
    };
    let first = Session::new(&Consent::given(AgeBand::From14), timed).unwrap();
    announce(&first);
    if !first.renderer().gpu().report().timestamps {
        return say("gpu/*: none, as this adapter has no clock");
    }
    let mut group = c.benchmark_group("gpu");
    group.sample_size(10).measurement_time(Duration::from_secs(1));
    for size in GPU_SIZES {
        for faces in GPU_FACES {
            // Of RGBA the camera's picture is copied, and takes no pass.
            let mut camera = Rig::sized(Some(&first), FrameFormat::Nv12, faces, size);
            let id = BenchmarkId::new(format!("camera-{faces}"), size);
            group.bench_function(id, |b| {
                b.iter_custom(|times| camera.frames(times, |it| it.device));
            });
            let mut rig = Rig::sized(Some(&first), FrameFormat::Rgba8, faces, size);
            for (case, pack) in GPU_CASES {
                let effect = load(&rig.session, pack, None);
                rig.wear(Some(&effect));
                let id = BenchmarkId::new(format!("{case}-{faces}"), size);
                group.bench_function(id, |b| b.iter_custom(|times| rig.frames(times, |it| it.device)));
            }
        }
    }
}

/// Says what draws: nothing is comparable without it.
#[allow(clippy::print_stdout, reason = "a bench talks to who runs it")]
fn announce(session: &Session) {
    let adapter = session.renderer().gpu().report();
    println!(
        "adapter: {} ({}{}), {} {}",
        adapter.name,
        adapter.backend,
        if adapter.software { ", in software" } else { "" },
        adapter.driver,
        adapter.driver_info
    );
    print!("{}", session.protection());
}

#[allow(clippy::print_stdout, reason = "a bench talks to who runs it")]
fn say(line: &str) {
    println!("{line}");
}

/// A pack of this project, or its nodes of one kind.
fn load(session: &Session, name: &str, kind: Option<&str>) -> LoadedEffect {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../effects")
        .join(name);
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files);
    if let Some(kind) = kind {
        let (_, bytes) = files.iter_mut().find(|(name, _)| name == "effect.json").unwrap();
        let mut manifest: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        let nodes = manifest["nodes"].as_array_mut().unwrap();
        nodes.retain(|node| node["kind"] == kind);
        assert!(!nodes.is_empty(), "{name} has no {kind}");
        *bytes = serde_json::to_vec(&manifest).unwrap();
    }
    session.load(Pack::from_files(files).unwrap().effect()).unwrap()
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
}

criterion_group!(
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_millis(500));
    targets = nodes, sessions, swaps, submissions, starts, devices
);
criterion_main!(benches);
