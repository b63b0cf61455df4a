//! What the benches of tracking and drawing share: pictures with faces in them, and a tracker in a veil.

#![allow(unsafe_code, reason = "the benches' pipeline joins the trusted base")]
#![allow(dead_code, reason = "each bench uses its part")]

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use moretta_frame::{FrameFormat, FrameLayout};
use moretta_infer::{Engine, EngineNetwork, ModelKind, Network, Plan, VerifiedModel, load_all};
use moretta_track::{Networks, TrackError, Tracker, TrackerOptions};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, FaceHeap, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Reserve,
    Veil,
};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

pub(crate) type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What phones' and desktops' front cameras deliver, small to large.
pub(crate) const SIZES: [Size; 3] = [Size(640, 480), Size(1280, 720), Size(1920, 1080)];

/// How cameras deliver it: as most cameras do, and as programs like it.
pub(crate) const FORMATS: [FrameFormat; 2] = [FrameFormat::Rgba8, FrameFormat::Nv12];

/// Width and height in pixels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u32, pub(crate) u32);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.0, self.1)
    }
}

/// A picture of somebody: a file, in the public domain.
pub(crate) const PORTRAIT: &[u8] = include_bytes!("../../../crates/track/tests/data/astronaut.png");

/// A camera frame.
pub(crate) struct Shot {
    pub(crate) layout: FrameLayout,
    pub(crate) planes: Vec<Vec<u8>>,
}

impl Shot {
    /// A wall with `faces` portraits, up to eight in rows of four, each as wide as a quarter of the picture: the face itself is a
    /// tenth as wide as the frame, as at an arm's length and a half.
    pub(crate) fn new(faces: u32, format: FrameFormat, size: Size) -> Fallible<Shot> {
        let portrait = Portrait::read()?;
        let Size(width, height) = size;
        let side = width / 4;
        let (wide, high) = (faces.min(4) * side, faces.div_ceil(4) * side);
        let (left, top) = ((width - wide) / 2, (height - high) / 2);
        let pixel = |x: u32, y: u32| -> [u8; 3] {
            let (column, row) = (x.wrapping_sub(left), y.wrapping_sub(top));
            if column < wide && row < high {
                portrait.sample(column % side, row % side, side)
            } else {
                [90, 95, 100 + (y * 20 / height) as u8]
            }
        };
        let layout = FrameLayout::packed(format, width, height);
        let rows = |step| (0..height).step_by(step);
        let columns = |step| (0..width).step_by(step);
        let planes = match format {
            FrameFormat::Rgba8 => vec![
                rows(1)
                    .flat_map(|y| columns(1).map(move |x| (x, y)))
                    .flat_map(|(x, y)| {
                        let [r, g, b] = pixel(x, y);
                        [r, g, b, 255]
                    })
                    .collect(),
            ],
            FrameFormat::Nv12 => vec![
                rows(1)
                    .flat_map(|y| columns(1).map(move |x| (x, y)))
                    .map(|(x, y)| yuv(pixel(x, y))[0])
                    .collect(),
                rows(2)
                    .flat_map(|y| columns(2).map(move |x| (x, y)))
                    .flat_map(|(x, y)| {
                        let [_, u, v] = yuv(pixel(x, y));
                        [u, v]
                    })
                    .collect(),
            ],
            other => return Err(format!("no picture is made in {other}").into()),
        };
        Ok(Shot { layout, planes })
    }
}

/// BT.601 of full range, which is what a packed layout says of itself: ITU-T T.871.
fn yuv(rgb: [u8; 3]) -> [u8; 3] {
    let [r, g, b] = rgb.map(f32::from);
    let y = 0.299 * r + 0.587 * g + 0.114 * b;
    [y, (b - y) / 1.772 + 128.0, (r - y) / 1.402 + 128.0].map(|it| it.round() as u8)
}

/// The portrait of the tracker's tests.
struct Portrait {
    side: u32,
    pixels: Vec<[u8; 3]>,
}

impl Portrait {
    fn read() -> Fallible<Portrait> {
        let file = PORTRAIT;
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info()?;
        let (side, _) = reader.info().size();
        let mut bytes = vec![0; (side * side * 3) as usize];
        reader.next_frame(&mut bytes)?;
        let pixels = bytes.as_chunks::<3>().0.to_vec();
        Ok(Portrait { side, pixels })
    }

    /// The pixel at `x`, `y` of the portrait `side` pixels wide, between the four nearest.
    fn sample(&self, x: u32, y: u32, side: u32) -> [u8; 3] {
        let scale = self.side as f32 / side as f32;
        let place = |at: u32| {
            let at = ((at as f32 + 0.5) * scale - 0.5).clamp(0.0, self.side as f32 - 1.0);
            (at as u32, (at as u32 + 1).min(self.side - 1), at.fract())
        };
        let ((left, right, u), (top, bottom, v)) = (place(x), place(y));
        std::array::from_fn(|channel| {
            let level = |x, y| f32::from(self.pixels[(y * self.side + x) as usize][channel]);
            let upper = level(left, top) * (1.0 - u) + level(right, top) * u;
            let lower = level(left, bottom) * (1.0 - u) + level(right, bottom) * u;
            (upper * (1.0 - v) + lower * v).round() as u8
        })
    }
}

/// What a bench asks of [`Tracking`].
#[derive(Clone, Copy)]
enum Ask {
    Track(FrameLayout),
    /// Run the blendshape network alone, so many times.
    Blendshapes(u64),
}

/// What it answers with.
#[derive(Clone, Copy)]
struct Answer {
    faces: usize,
    took: Duration,
}

struct Tracking {
    tracker: Tracker,
    blendshapes: EngineNetwork,
    scratch: Vec<f32>,
}

// SAFETY: the tracker keeps what it knows in face buffers; the answer is a number of faces and a duration.
unsafe impl Pipeline for Tracking {
    type Request = Ask;
    type Reply = Answer;

    fn run(&mut self, ask: Ask, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Answer) {
        let start = Instant::now();
        let faces = match ask {
            Ask::Track(layout) => layout
                .view(io.planes)
                .map_err(TrackError::from)
                .and_then(|frame| self.tracker.track(&frame, access))
                .map_or(usize::MAX, moretta_track::Seen::faces),
            Ask::Blendshapes(times) => {
                let points = [0.25; ModelKind::Blendshapes.input_len()];
                let mut coefficients = [0.0; 52];
                let mut run = || {
                    self.blendshapes
                        .run(&mut self.scratch, &points, &mut [&mut coefficients])
                };
                (0..times).try_for_each(|_| run()).map_or(usize::MAX, |()| 0)
            }
        };
        let took = start.elapsed();
        let outcome = if faces == 0 {
            Outcome::NoFace
        } else {
            Outcome::Faces
        };
        (outcome, Answer { faces, took })
    }

    fn wipe(&mut self, extent: Extent) {
        self.tracker.wipe(extent);
    }
}

/// Every network, loaded.
pub(crate) fn load() -> Fallible<Vec<Plan>> {
    let models = ModelKind::ALL.map(VerifiedModel::embedded);
    let models: Vec<_> = models.into_iter().collect::<Result<_, _>>()?;
    Ok(load_all(&models, Engine::default())?
        .into_iter()
        .map(|loaded| loaded.plan)
        .collect())
}

/// A tracker in a veil.
pub(crate) struct Rig {
    veil: Veil<Tracking>,
    time_ns: u64,
}

impl Rig {
    /// Best effort, so that the benches run where little memory may be locked.
    pub(crate) fn new(plans: &[Plan], options: TrackerOptions) -> Fallible<Rig> {
        let veil_options = Options {
            policy: Policy::BestEffort,
            ..Options::default()
        };
        let plans = plans.to_vec();
        let build = move |room: &Reserve<'_>| {
            let network = |plan: &Plan| Ok(Box::new(plan.network()?) as Box<dyn Network>);
            let networks = plans.iter().map(network);
            let networks = Networks::new(networks.collect::<Result<Vec<_>, TrackError>>()?)?;
            let blendshapes = plans.iter().find(|plan| plan.kind() == ModelKind::Blendshapes);
            let blendshapes = blendshapes.ok_or("no blendshape network")?.network()?;
            Ok(Tracking {
                tracker: Tracker::build(room, networks, options)?,
                scratch: vec![0.0; blendshapes.scratch_len()],
                blendshapes,
            })
        };
        Ok(Rig {
            veil: Veil::new(&Consent::given(AgeBand::From14), veil_options, build)?,
            time_ns: 0,
        })
    }

    /// One whole frame, 33 ms after the last: hand-over, tracking, return, all wipes.
    ///
    /// # Errors
    /// If there are not `faces` faces in it.
    pub(crate) fn frame(&mut self, shot: &Shot, faces: usize) -> Fallible<()> {
        let mut layout = shot.layout;
        self.time_ns += 33_000_000;
        layout.timestamp_ns = self.time_ns;
        let frame = Frame::borrowed(shot.planes.iter().map(Vec::as_slice))?;
        let found = self.veil.process(frame, &mut [], Ask::Track(layout))?.faces;
        if found == faces {
            Ok(())
        } else {
            Err(format!("expected {faces} faces, found {found}").into())
        }
    }

    /// How long the blendshape network runs, so many times.
    pub(crate) fn blendshapes(&self, times: u64) -> Fallible<Duration> {
        Ok(self
            .veil
            .process(Frame::none(), &mut [], Ask::Blendshapes(times))?
            .took)
    }

    /// Says how well the measured memory was protected, and how much of it the engine took: unprotected memory may be
    /// faster.
    #[allow(clippy::print_stdout, reason = "a bench talks to who runs it")]
    pub(crate) fn announce(&self) {
        print!("{}", self.veil.protection());
        println!("face heap: {} KiB at most", FaceHeap::peak_bytes() >> 10);
    }
}
