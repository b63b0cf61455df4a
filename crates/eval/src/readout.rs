//! The way out of the veil. Compiled with `--cfg moretta_declassify` only.
//!
//! A pipeline may answer with no more than an app's documentation lists. This one answers with everything: that is what
//! measuring needs, and why no library holds it and no feature switches it on.

#![expect(
    unsafe_code,
    reason = "a pipeline that tells what it sees: the one place where face data is declassified"
)]
#![allow(clippy::print_stderr, reason = "whoever runs it is told")]

use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moretta_frame::FrameLayout;
use moretta_infer::{Engine, ModelKind, Network, Plan, VerifiedModel, load_all};
use moretta_space::Orientation;
use moretta_track::{Detection, Face, Networks, TrackError, Tracker, TrackerOptions};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, FaceHeap, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Veil,
};

use crate::error::EvalError;
use crate::picture::Picture;
use crate::sight::{SeenDetection, SeenFace, Sight};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

/// What a program that declassifies can be told by: its bytes hold this text, and no other program's do.
#[used]
static MARKER: [u8; include_bytes!("marker.txt").len()] = *include_bytes!("marker.txt");

/// Says on standard error that this program opens face data: before anything else that it does.
pub(crate) fn moretta_declassify_readout() {
    black_box(&MARKER);
    eprintln!(
        "moretta-eval: built with --cfg moretta_declassify: this program DECLASSIFIES FACE DATA. It writes down what it \
         sees of faces. Show it test pictures only, and never ship it."
    );
}

/// What computes the networks: what apps have, unless this was built with an engine more, to measure that one.
pub(crate) const ENGINE: Engine = Engine::ALL[Engine::ALL.len() - 1];

/// A tracker in a veil, and the way out.
pub(crate) struct Watcher {
    veil: Veil<Readout>,
    _consent: Consent,
}

impl Watcher {
    /// Loads the networks and builds a tracker that runs as `options` say.
    pub(crate) fn new(options: TrackerOptions) -> Result<Self, EvalError> {
        let models = ModelKind::ALL.map(VerifiedModel::embedded);
        let models: Vec<_> = models.into_iter().collect::<Result<_, _>>()?;
        let plans: Vec<Plan> = load_all(&models, ENGINE)?.into_iter().map(|it| it.plan).collect();
        // Whose faces these are has been asked by whoever made the test pictures.
        let consent = Consent::given(AgeBand::From14);
        let veil_options = Options {
            policy: Policy::BestEffort,
            ..Options::default()
        };
        let veil = Veil::new(&consent, veil_options, move |room| {
            let networks = plans
                .iter()
                .map(|plan| Ok(Box::new(plan.network()?) as Box<dyn Network>));
            let networks = Networks::new(networks.collect::<Result<Vec<_>, TrackError>>()?)?;
            let tracker = Tracker::build(room, networks, options)?;
            Ok(Readout { tracker })
        })?;
        Ok(Self {
            veil,
            _consent: consent,
        })
    }

    /// Shows the tracker `picture` as if it were the first, and says how long that took.
    pub(crate) fn first(&self, picture: &Picture) -> Result<(Sight, Duration), EvalError> {
        self.first_lying(picture, Orientation::UPRIGHT)
    }

    /// The same for a picture that lies as `orientation` says.
    pub(crate) fn first_lying(
        &self,
        picture: &Picture,
        orientation: Orientation,
    ) -> Result<(Sight, Duration), EvalError> {
        self.veil.process(Frame::none(), &mut [], Request::StartOver)?;
        let mut layout = picture.layout();
        layout.orientation = orientation;
        self.look(picture, layout)
    }

    /// Shows it the next frame of a clip.
    pub(crate) fn next(&self, picture: &Picture, at_ns: u64) -> Result<(Sight, Duration), EvalError> {
        let mut layout = picture.layout();
        layout.timestamp_ns = at_ns;
        self.look(picture, layout)
    }

    fn look(&self, picture: &Picture, layout: FrameLayout) -> Result<(Sight, Duration), EvalError> {
        let answer = Arc::new(Mutex::new(Answer {
            sight: Sight::with_room(),
            error: None,
        }));
        let request = Request::Look {
            layout,
            answer: Arc::clone(&answer),
        };
        let start = Instant::now();
        let frame = Frame::borrowed([picture.rgba.as_slice()])?;
        self.veil.process(frame, &mut [], request)?;
        let took = start.elapsed();
        let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = answer.error.take() {
            return Err(error.into());
        }
        Ok((std::mem::replace(&mut answer.sight, Sight::with_room()), took))
    }
}

/// What is read out, in memory of the one who asked.
struct Answer {
    sight: Sight,
    error: Option<TrackError>,
}

enum Request {
    StartOver,
    Look {
        layout: FrameLayout,
        answer: Arc<Mutex<Answer>>,
    },
}

struct Readout {
    tracker: Tracker,
}

// SAFETY: it breaks the vow that a pipeline tells no more than what is listed, and says so: it exists only where
// `moretta_declassify` is set for this one program, which announces that it declassifies. The rest of the vow holds: its
// only state is a tracker's, in face buffers.
unsafe impl Pipeline for Readout {
    type Request = Request;
    type Reply = ();

    fn run(&mut self, request: Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, ()) {
        let Request::Look { layout, answer } = request else {
            self.tracker.reset(access);
            return (Outcome::Unchanged, ());
        };
        let mut answer = answer.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = layout
            .view(io.planes)
            .map_err(TrackError::from)
            .and_then(|frame| self.tracker.track(&frame, access));
        let seen = match seen {
            Ok(seen) => seen,
            Err(error) => {
                answer.error = Some(error);
                return (Outcome::NoFace, ());
            }
        };
        answer
            .sight
            .faces
            .extend(self.tracker.faces(access).map(read_face));
        let detections = self.tracker.detections(access).map(read_detection);
        answer.sight.detections.extend(detections);
        // As a session does: a face that is missed for a frame or two comes back as who it was.
        let outcome = if seen.remembers() {
            Outcome::Faces
        } else {
            Outcome::NoFace
        };
        (outcome, ())
    }

    fn wipe(&mut self, extent: Extent) {
        self.tracker.wipe(extent);
    }
}

fn read_face(face: Face<'_>) -> SeenFace {
    let (min, max) = face.bounds();
    let seen = face.landmarks_seen();
    let pose = face.pose().camera_from_face().raw();
    let columns = [
        pose.matrix3.x_axis.to_array(),
        pose.matrix3.y_axis.to_array(),
        pose.matrix3.z_axis.to_array(),
        pose.translation.to_array(),
    ];
    let row = |row: usize| columns.map(|column| column[row]);
    SeenFace {
        id: face.id(),
        score: face.score(),
        presence: face.presence(),
        bounds: [min, max].map(|it| it.raw().to_array()),
        points: *face.landmarks_raw(),
        seen: std::array::from_fn(|index| {
            let [x, y] = seen.point(index).raw().to_array();
            [x, y, seen.depth_px(index)]
        }),
        visibility: *face.visibility(),
        blendshapes: face.blendshapes().copied(),
        camera_from_face: [row(0), row(1), row(2), [0.0, 0.0, 0.0, 1.0]],
    }
}

fn read_detection(detection: &Detection) -> SeenDetection {
    SeenDetection {
        min: detection.min().raw().to_array(),
        max: detection.max().raw().to_array(),
        keypoints: detection.keypoints().map(|it| it.raw().to_array()),
        score: detection.score(),
    }
}
