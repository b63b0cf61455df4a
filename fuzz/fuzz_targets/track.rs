//! Whatever networks say of whatever frames, the tracker does not panic, and each face that it gives is a face: finite, in
//! its place, and with a name of its own.
//!
//! The networks are made up: what they say follows from the fuzzer's bytes. Most of it is nearly plausible, so that it
//! comes as far as smoothing and pose, and some of it is no number.

#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "the macro of the fuzzer can write what it found"
)]
#![allow(unsafe_code, reason = "the pipeline under test joins the trusted base")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use moretta_frame::{Colour, FrameFormat, FrameLayout};
use moretta_geometry::canonical;
use moretta_infer::{InferError, ModelKind, Network};
use moretta_space::Orientation;
use moretta_track::{Lens, MAX_FACES, Networks, Range, TrackError, Tracker, TrackerOptions};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Veil, VeilError,
};

/// What an app shows, and what networks make of it.
#[derive(Arbitrary, Debug)]
struct Scene<'a> {
    options: u8,
    shots: [Option<Claim>; 5],
    /// What the networks' words follow from, over and over.
    words: &'a [u8],
}

/// A frame as an app might claim it to be.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Claim {
    format: u8,
    sides: [u8; 2],
    row_padding: u8,
    orientation: u8,
    hd: bool,
    time: Time,
    /// Whether the app says that it is another clip.
    cut: bool,
    /// How much longer or shorter the planes are than they have to be.
    length: i8,
    fill: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Time {
    Next,
    Same,
    Back,
    Gap,
    Any(u64),
}

/// The fuzzer's bytes, one after the other, for ever.
#[derive(Default)]
struct Words {
    bytes: Vec<u8>,
    at: usize,
}

impl Words {
    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at = (self.at + 1) % self.bytes.len().max(1);
        byte
    }

    /// A number that a network should not say, or one that it might.
    fn number(&mut self) -> f32 {
        match self.byte() % 12 {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => f32::NEG_INFINITY,
            3 => f32::MAX,
            4 => f32::MIN,
            5 => f32::MIN_POSITIVE / 2.0,
            6 => f32::from_bits(u32::from_le_bytes(std::array::from_fn(|_| self.byte()))),
            7 => 0.0,
            _ => (f32::from(self.byte()) - 128.0) * f32::from(self.byte()) * 0.05,
        }
    }
}

/// A network that says what the bytes want.
struct Made {
    kind: ModelKind,
    words: Arc<Mutex<Words>>,
}

impl Network for Made {
    fn kind(&self) -> ModelKind {
        self.kind
    }

    fn scratch_len(&self) -> usize {
        1
    }

    fn run(
        &mut self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError> {
        scratch.fill(1.0);
        // The tracker fills the input: it has to be a picture, or points of a face.
        if let Some([least, greatest]) = self.kind.input_range() {
            assert!(input.iter().all(|value| (least..=greatest).contains(value)));
        } else {
            assert!(input.iter().all(|value| value.is_finite()));
        }
        let mut words = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let manner = words.byte();
        if manner == 0xee {
            return Err(InferError::Run { kind: self.kind });
        }
        match (self.kind, outputs) {
            (ModelKind::ShortRange | ModelKind::FullRange, [boxes, scores]) => {
                scores.fill(if manner == 0xdd { words.number() } else { -50.0 });
                boxes.fill(if manner == 0xcc { words.number() } else { 0.0 });
                for _ in 0..words.byte() % 24 {
                    let anchor = usize::from(words.byte()) * 9 % scores.len();
                    scores[anchor] = if words.byte() < 200 { 3.0 } else { words.number() };
                    let size = f32::from(words.byte()) * 0.2;
                    let plausible = [
                        0.0, 0.0, size, size, -0.2, -0.2, 0.2, -0.2, 0.0, 0.0, 0.0, 0.2, -0.4, 0.0, 0.4, 0.0,
                    ];
                    for (value, plausible) in boxes[anchor * 16..][..16].iter_mut().zip(plausible) {
                        *value = if words.byte() < 240 { plausible } else { words.number() };
                    }
                }
            }
            (ModelKind::Landmarks, [points, presence, unused]) => {
                presence[0] = if words.byte() < 220 { 5.0 } else { words.number() };
                unused[0] = words.number();
                let scale = f32::from(words.byte()) * 0.02;
                let offset = [words.byte(), words.byte()].map(|byte| f32::from(byte) - 128.0);
                points.fill(128.0);
                let (rows, _) = points.as_chunks_mut::<3>();
                for (point, vertex) in rows.iter_mut().zip(canonical::positions()) {
                    let [x, y, z] = vertex.raw().to_array();
                    *point = [
                        128.0 + offset[0] + scale * x,
                        128.0 + offset[1] - scale * y,
                        -scale * z,
                    ];
                }
                for _ in 0..words.byte() % 8 {
                    let at = usize::from(words.byte()) * 6 % points.len();
                    points[at] = words.number();
                }
            }
            (ModelKind::Blendshapes, [coefficients]) => {
                coefficients.fill(0.5);
                for _ in 0..words.byte() % 8 {
                    let at = usize::from(words.byte()) % coefficients.len();
                    coefficients[at] = words.number();
                }
            }
            (kind, outputs) => panic!("{kind} has other outputs than {}", outputs.len()),
        }
        Ok(())
    }

    fn forget(&mut self) -> Result<(), InferError> {
        Ok(())
    }
}

/// The tracker, which tells whether a frame was tracked.
struct Tracking(Tracker);

// SAFETY: all that it ever sees is made up.
unsafe impl Pipeline for Tracking {
    /// A frame's layout, or none to start over.
    type Request = Option<FrameLayout>;
    /// Whether a network refused, or the frame and the lens make no camera.
    type Reply = bool;

    fn run(&mut self, layout: Option<FrameLayout>, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, bool) {
        let Some(layout) = layout else {
            self.0.reset(access);
            assert_eq!(self.0.faces(access).count(), 0);
            return (Outcome::Unchanged, true);
        };
        let frame = layout.view(io.planes).expect("it was looked at before");
        let seen = match self.0.track(&frame, access) {
            Ok(seen) => seen,
            Err(TrackError::Infer(InferError::Run { .. }) | TrackError::Lens(_)) => {
                assert_eq!(self.0.faces(access).count(), 0);
                return (Outcome::NoFace, false);
            }
            Err(error) => panic!("{error}"),
        };
        check(&self.0, access, seen.faces());
        // As a session does.
        let outcome = if seen.remembers() {
            Outcome::Faces
        } else {
            Outcome::NoFace
        };
        (outcome, true)
    }

    fn wipe(&mut self, extent: Extent) {
        self.0.wipe(extent);
    }
}

fn check(tracker: &Tracker, access: &Access<'_>, count: usize) {
    let wanted = tracker.options().max_faces;
    let faces: Vec<_> = tracker.faces(access).collect();
    assert!(faces.len() == count && count <= wanted);
    let share = |value: f32| assert!((0.0..=1.0).contains(&value), "a share");
    for (index, face) in faces.iter().enumerate() {
        assert!(face.slot() < wanted);
        for other in &faces[..index] {
            assert!(other.slot() != face.slot() && other.id() != face.id());
        }
        share(face.score());
        share(face.presence());
        face.visibility().iter().copied().for_each(share);
        face.blendshapes().into_iter().flatten().copied().for_each(share);
        assert!(face.landmarks_raw().as_flattened().iter().all(|it| it.is_finite()));
        for index in [0, 4, 477] {
            assert!(face.landmarks_seen().point(index).is_finite());
            assert!(face.metric().point(index).is_finite());
        }
        let (min, max) = face.bounds();
        assert!(min.is_finite() && max.is_finite());
        let angles = face.pose().angles();
        let angles = [angles.yaw_rad, angles.pitch_rad, angles.roll_rad];
        assert!(angles.iter().all(|it| it.is_finite()) && face.pose().position().is_finite());
    }
    tracker.detections(access).for_each(|detection| share(detection.score()));
}

/// A tracker in a veil, and what its networks will say.
struct Rig {
    veil: Veil<Tracking>,
    words: Arc<Mutex<Words>>,
}

/// What a byte stands for.
fn options(byte: u8) -> TrackerOptions {
    let plain = TrackerOptions::default();
    TrackerOptions {
        max_faces: [1, 2, 4, MAX_FACES][usize::from(byte & 3)],
        range: [Range::Short, Range::Full, Range::Auto, Range::Auto][usize::from(byte >> 2 & 3)],
        smoothing: plain.smoothing.filter(|_| byte & 16 == 0),
        blendshapes: byte & 32 == 0,
        lens: if byte & 64 == 0 {
            plain.lens
        } else {
            Lens::FovY { rad: 3.0 }
        },
        // Everything is a face.
        min_detection_score: if byte & 128 == 0 { 0.5 } else { 0.0 },
        min_presence: if byte & 128 == 0 { 0.5 } else { 0.0 },
        ..plain
    }
}

impl Rig {
    fn new(options: TrackerOptions) -> Self {
        let words = Arc::<Mutex<Words>>::default();
        let spoken = Arc::clone(&words);
        let veil_options = Options {
            policy: Policy::BestEffort,
            // A sanitizer's frames are large.
            stack_bytes: 8 << 20,
            ..Options::default()
        };
        let build = move |room: &moretta_veil::Reserve<'_>| {
            let networks = ModelKind::ALL.map(|kind| {
                let words = Arc::clone(&spoken);
                Box::new(Made { kind, words }) as Box<dyn Network>
            });
            Ok(Tracking(Tracker::build(room, Networks::new(networks)?, options)?))
        };
        let veil = Veil::new(&Consent::given(AgeBand::From14), veil_options, build);
        Self {
            veil: veil.expect("a veil"),
            words,
        }
    }

    fn process(&self, frame: Frame<'_>, layout: Option<FrameLayout>) {
        match self.veil.process(frame, &mut [], layout) {
            Ok(_) => {}
            // It says nothing on the face thread: run the input with a `println!` in the pipeline to see where.
            Err(VeilError::Panicked) => panic!("the tracker, or a check of it, panicked"),
            Err(error) => panic!("{error}"),
        }
    }
}

thread_local! {
    /// By options: a rig takes longer to make than to use.
    static RIGS: RefCell<BTreeMap<u8, Rig>> = const { RefCell::new(BTreeMap::new()) };
}

fuzz_target!(|scene: Scene<'_>| {
    RIGS.with_borrow_mut(|rigs| {
        let rig = rigs
            .entry(scene.options)
            .or_insert_with(|| Rig::new(options(scene.options)));
        *rig.words.lock().unwrap_or_else(PoisonError::into_inner) = Words {
            bytes: scene.words.to_vec(),
            at: 0,
        };
        rig.process(Frame::none(), None);
        let mut time_ns = 1 << 40;
        for claim in scene.shots.into_iter().flatten() {
            time_ns = match claim.time {
                Time::Next => u64::saturating_add(time_ns, 33_000_000),
                Time::Same => time_ns,
                Time::Back => time_ns.saturating_sub(1),
                Time::Gap => time_ns.saturating_add(2_000_000_000),
                Time::Any(any) => any,
            };
            show(rig, claim, time_ns);
        }
        if rigs.len() > 16 {
            rigs.clear();
        }
    });
});

fn show(rig: &Rig, claim: Claim, timestamp_ns: u64) {
    let format = FrameFormat::ALL[usize::from(claim.format) % FrameFormat::ALL.len()];
    let [width, height] = claim.sides.map(u32::from);
    let mut layout = FrameLayout::packed(format, width, height);
    for plane in &mut layout.planes {
        plane.row_stride += usize::from(claim.row_padding % 16);
    }
    layout.orientation = Orientation::ALL[usize::from(claim.orientation) % Orientation::ALL.len()];
    layout.colour = if claim.hd {
        Colour::HD_VIDEO
    } else {
        Colour::CAMERA
    };
    layout.timestamp_ns = timestamp_ns;
    let planes: Vec<Vec<u8>> = (0..format.plane_count())
        .map(|plane| {
            let asked = layout.plane_len(plane).ok().flatten().unwrap_or_default();
            let len = asked.saturating_add_signed(isize::from(claim.length));
            (0..len).map(|at| claim.fill.wrapping_mul(at as u8 | 1)).collect()
        })
        .collect();
    let slices: Vec<&[u8]> = planes.iter().map(Vec::as_slice).collect();
    if let Err(error) = layout.view(&slices) {
        return assert!(!error.to_string().is_empty());
    }
    if claim.cut {
        rig.process(Frame::none(), None);
    }
    rig.process(Frame::borrowed(slices).expect("one plane to three"), Some(layout));
}
