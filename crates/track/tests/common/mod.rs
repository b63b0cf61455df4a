//! A veil with a tracker in it, that tells what it saw of pictures that are public anyway.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(
    unsafe_code,
    reason = "a pipeline for tests: it shows the faces of public pictures"
)]

pub(crate) mod picture;

use std::sync::{Arc, Mutex, OnceLock};

use moretta_frame::FrameLayout;
use moretta_infer::{Engine, InferError, ModelKind, Network, Plan, VerifiedModel, load_all};
use moretta_track::{Face, Networks, TrackError, Tracker, TrackerOptions};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Veil,
};

use picture::Shot;

/// What a test may know of a face.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) slot: usize,
    pub(crate) id: u64,
    pub(crate) score: f32,
    pub(crate) presence: f32,
    /// Smoothed, in pixels of the frame.
    pub(crate) landmarks: Vec<[f32; 3]>,
    /// As seen, in pixels of the frame.
    pub(crate) seen: Vec<[f32; 3]>,
    pub(crate) bounds: [[f32; 2]; 2],
    pub(crate) visibility: Vec<f32>,
    pub(crate) blendshapes: Option<Vec<f32>>,
    /// Where the head is, in millimetres.
    pub(crate) position_mm: [f32; 3],
    /// Yaw, pitch and roll.
    pub(crate) angles_rad: [f32; 3],
}

#[derive(Clone, Debug)]
pub(crate) struct KnownDetection {
    pub(crate) min: [f32; 2],
    pub(crate) max: [f32; 2],
    pub(crate) keypoints: Vec<[f32; 2]>,
    pub(crate) score: f32,
}

/// What a tracker saw in one frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sight {
    pub(crate) faces: Vec<Known>,
    pub(crate) detections: Vec<KnownDetection>,
    /// Whether the tracker remembers anybody.
    pub(crate) remembers: bool,
}

impl Sight {
    pub(crate) fn ids(&self) -> Vec<u64> {
        self.faces.iter().map(|face| face.id).collect()
    }

    pub(crate) fn only(&self) -> &Known {
        assert_eq!(self.faces.len(), 1, "faces");
        &self.faces[0]
    }
}

type Answer = Arc<Mutex<Option<Result<Sight, TrackError>>>>;

pub(crate) enum Request {
    Look {
        layout: FrameLayout,
        answer: Answer,
        /// Whether a face is to be forgotten as soon as it is missed.
        forgetful: bool,
    },
    StartOver,
    /// A frame for which nobody is looked for.
    Rest,
}

pub(crate) struct Tracking {
    tracker: Tracker,
}

impl Tracking {
    pub(crate) fn new(tracker: Tracker) -> Self {
        Self { tracker }
    }
}

// SAFETY: what it tells is told to tests alone, of pictures that are public; it keeps nothing but its tracker, whose
// state lies in face buffers.
unsafe impl Pipeline for Tracking {
    type Request = Request;
    type Reply = ();

    fn run(&mut self, request: Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, ()) {
        let (layout, answer, forgetful) = match request {
            Request::Look {
                layout,
                answer,
                forgetful,
            } => (layout, answer, forgetful),
            Request::StartOver => {
                self.tracker.reset(access);
                return (Outcome::Unchanged, ());
            }
            Request::Rest => return (Outcome::NoFace, ()),
        };
        let seen = layout
            .view(io.planes)
            .map_err(TrackError::from)
            .and_then(|frame| self.tracker.track(&frame, access));
        let outcome = match &seen {
            Ok(seen) if seen.faces() > 0 => Outcome::Faces,
            Ok(seen) if seen.remembers() && !forgetful => Outcome::Faces,
            _ => Outcome::NoFace,
        };
        let sight = seen.map(|seen| {
            let faces: Vec<_> = self.tracker.faces(access).map(known).collect();
            assert_eq!(faces.len(), seen.faces());
            assert!(seen.remembers() || faces.is_empty());
            let detections = self.tracker.detections(access);
            Sight {
                faces,
                detections: detections
                    .map(|it| KnownDetection {
                        min: it.min().raw().to_array(),
                        max: it.max().raw().to_array(),
                        keypoints: it.keypoints().map(|point| point.raw().to_array()).to_vec(),
                        score: it.score(),
                    })
                    .collect(),
                remembers: seen.remembers(),
            }
        });
        *answer.lock().unwrap() = Some(sight);
        (outcome, ())
    }

    fn wipe(&mut self, extent: Extent) {
        self.tracker.wipe(extent);
    }
}

fn known(face: Face<'_>) -> Known {
    let angles = face.pose().angles();
    let (min, max) = face.bounds();
    let points = |landmarks: moretta_geometry::FrameLandmarks<'_>| {
        let point = |index| {
            let [x, y] = landmarks.point(index).raw().to_array();
            [x, y, landmarks.depth_px(index)]
        };
        (0..moretta_geometry::LANDMARKS).map(point).collect::<Vec<_>>()
    };
    assert_eq!(points(face.landmarks()), face.landmarks_raw());
    assert!(face.metric().point(0).is_finite());
    Known {
        slot: face.slot(),
        id: face.id(),
        score: face.score(),
        presence: face.presence(),
        landmarks: points(face.landmarks()),
        seen: points(face.landmarks_seen()),
        bounds: [min, max].map(|it| it.raw().to_array()),
        visibility: face.visibility().to_vec(),
        blendshapes: face.blendshapes().map(|it| it.to_vec()),
        position_mm: face.pose().position().raw().to_array(),
        angles_rad: [angles.yaw_rad, angles.pitch_rad, angles.roll_rad],
    }
}

/// A tracker in a veil.
pub(crate) struct Rig {
    veil: Veil<Tracking>,
    forgetful: bool,
    _consent: Consent,
}

impl Rig {
    pub(crate) fn new(options: TrackerOptions) -> Self {
        Self::with_networks(options, || real_networks().unwrap())
    }

    pub(crate) fn with_networks(
        options: TrackerOptions,
        networks: impl Fn() -> Networks + Send + 'static,
    ) -> Self {
        let consent = Consent::given(AgeBand::From14);
        let veil_options = Options {
            policy: Policy::BestEffort,
            ..Options::default()
        };
        let veil = Veil::new(&consent, veil_options, move |room| {
            Ok(Tracking::new(Tracker::build(room, networks(), options)?))
        })
        .unwrap();
        Self {
            veil,
            forgetful: false,
            _consent: consent,
        }
    }

    /// Has a face forgotten as soon as it is missed.
    pub(crate) fn forgetful(self) -> Self {
        Self {
            forgetful: true,
            ..self
        }
    }

    /// Shows the tracker a picture taken at `ms` milliseconds.
    pub(crate) fn try_see(&self, shot: &Shot, ms: u64) -> Result<Sight, TrackError> {
        self.try_see_at(shot, ms * 1_000_000)
    }

    /// The same, at `timestamp_ns` nanoseconds.
    pub(crate) fn try_see_at(&self, shot: &Shot, timestamp_ns: u64) -> Result<Sight, TrackError> {
        let mut layout = shot.layout;
        layout.timestamp_ns = timestamp_ns;
        let answer = Answer::default();
        let request = Request::Look {
            layout,
            answer: Arc::clone(&answer),
            forgetful: self.forgetful,
        };
        let planes = Frame::borrowed(shot.planes.iter().map(Vec::as_slice)).unwrap();
        self.veil.process(planes, &mut [], request).unwrap();
        answer.lock().unwrap().take().unwrap()
    }

    pub(crate) fn see(&self, shot: &Shot, ms: u64) -> Sight {
        self.try_see(shot, ms).unwrap()
    }

    /// Shows it a picture as if it were the first.
    pub(crate) fn see_first(&self, shot: &Shot) -> Sight {
        self.ask(Request::StartOver);
        self.see(shot, 0)
    }

    /// Lets a frame pass for which nobody is looked for.
    pub(crate) fn rest(&self) {
        self.ask(Request::Rest);
    }

    fn ask(&self, request: Request) {
        self.veil.process(Frame::none(), &mut [], request).unwrap();
    }

    pub(crate) fn veil(&self) -> &Veil<Tracking> {
        &self.veil
    }
}

/// The networks of the library, loaded once a process.
pub(crate) fn real_networks() -> Result<Networks, TrackError> {
    Networks::new(each_network()?)
}

/// The same, one by one.
pub(crate) fn each_network() -> Result<Vec<Box<dyn Network>>, InferError> {
    static PLANS: OnceLock<Vec<Plan>> = OnceLock::new();
    let plans = PLANS.get_or_init(|| {
        let models = ModelKind::ALL.map(|kind| VerifiedModel::embedded(kind).unwrap());
        load_all(&models, Engine::default())
            .unwrap()
            .into_iter()
            .map(|loaded| loaded.plan)
            .collect()
    });
    plans
        .iter()
        .map(|plan| Ok(Box::new(plan.network()?) as Box<dyn Network>))
        .collect()
}

/// The largest distance between two lists of landmarks, in the picture.
pub(crate) fn largest_distance(a: &[[f32; 3]], b: &[[f32; 3]]) -> f32 {
    assert_eq!(a.len(), b.len());
    let distances = a.iter().zip(b).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]));
    distances.fold(0.0, f32::max)
}

/// The mean distance between two lists of landmarks, in the picture.
pub(crate) fn mean_distance(a: &[[f32; 3]], b: &[[f32; 3]]) -> f32 {
    assert_eq!(a.len(), b.len());
    let sum: f32 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]))
        .sum();
    sum / a.len() as f32
}
