//! What runs on the face thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moretta_capture::{CaptureError, CaptureOptions, EncodedPicture};
use moretta_frame::{FrameLayout, FrameView};
use moretta_pack::Quality;
use moretta_render::{FaceInput, Looks, MAX_DONORS, Pixels, RenderError, Renderer, Shot, Stage, Target};
use moretta_track::{Face, PhotoFaces, Tracker, TrackerOptions};
use moretta_veil::{
    Access, BuildError, Extent, FaceBuffer, FrameIo, Keep, Outcome, Pipeline, Reserve, Tenure,
};

use crate::clock::Clock;
use crate::donor::Donations;
use crate::output::Sink;
use crate::worn::Wardrobe;
use crate::{DonorFace, DonorFault, Error, Models, Presence};

/// What the face thread is asked for.
#[expect(
    clippy::large_enum_variant,
    reason = "one is on its way at a time, and it is a frame most of the time"
)]
pub(crate) enum Request {
    Frame(FrameRequest),
    /// To make a donor of the picture that comes along.
    Add(Arrival),
    /// To wipe the donor called so.
    Remove(u64, Arc<Fault>),
}

/// A donor on its way in.
pub(crate) struct Arrival {
    /// What the picture's planes are; `None` for a file.
    pub(crate) layout: Option<FrameLayout>,
    pub(crate) face: DonorFace,
    /// Which of the donor's pictures it is.
    pub(crate) view: View,
    pub(crate) tenure: Tenure,
    /// How it may be decoded.
    pub(crate) capture: CaptureOptions,
    pub(crate) fault: Arc<Fault>,
}

/// Which of a donor's pictures one is. The only one is both.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// One frame's work.
pub(crate) struct FrameRequest {
    pub(crate) layout: FrameLayout,
    pub(crate) worn: Arc<Wardrobe>,
    pub(crate) donations: Donations,
    pub(crate) quality: Quality,
    pub(crate) sink: Sink,
    /// Whether the app may learn who is in sight.
    pub(crate) disclose: bool,
    /// Where an error goes. It holds no face data.
    pub(crate) fault: Arc<Fault>,
}

/// The place for what went wrong in a frame.
#[derive(Default)]
pub(crate) struct Fault {
    error: Mutex<Option<Error>>,
}

impl Fault {
    fn put(&self, error: Error) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    pub(crate) fn take(&self) -> Option<Error> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the app learns of a frame: times, and what it was given leave to learn.
#[derive(Clone, Copy, Default)]
pub(crate) struct Reply {
    pub(crate) presence: Option<Presence>,
    /// How many windows show the picture.
    pub(crate) presented: usize,
    pub(crate) track: Duration,
    pub(crate) draw: Duration,
    pub(crate) device: Duration,
    pub(crate) failed: bool,
}

/// Tracker and renderer, joined.
pub(crate) struct Engine {
    tracker: Tracker,
    stage: Stage,
    clock: Clock,
    /// Whether the tracker saw the frame before.
    tracked: bool,
    /// The donors that the stage holds.
    donors: Vec<Tenure>,
    /// What the views are like that the stage has of a donor to be; `None` if it has none.
    views: Option<Views>,
}

/// Of a donor that is being made.
#[derive(Clone, Copy)]
struct Views {
    /// Whether the head looks into the camera in one of them.
    frontal: bool,
}

impl Engine {
    pub(crate) fn build(
        room: &Reserve<'_>,
        models: &Models,
        options: TrackerOptions,
        renderer: &Renderer,
    ) -> Result<Self, BuildError> {
        // The tracker first: its buffers are small, and where little memory can be locked they come first.
        Ok(Self {
            tracker: Tracker::build(room, models.networks()?, options)?,
            stage: Stage::new(room, renderer)?,
            clock: Clock::new(),
            tracked: false,
            donors: Vec::new(),
            views: None,
        })
    }

    fn frame(
        &mut self,
        request: &FrameRequest,
        io: FrameIo<'_>,
        access: &Access<'_>,
        reply: &mut Reply,
    ) -> Result<Outcome, Error> {
        let start = Instant::now();
        let frame = request.layout.view(io.planes)?;
        let moment = self.clock.tick(request.layout.timestamp_ns);
        let outcome = self.track(&frame, request, access, reply)?;
        reply.track = start.elapsed();
        // The frame before is nothing of this one's time.
        self.stage.settle();

        let shot = Shot {
            frame: &frame,
            camera: self.tracker.options().lens.camera(frame.size())?,
            time_s: moment.time_s,
            dt_s: moment.dt_s,
        };
        let start = Instant::now();
        reply.presented = self.draw(&shot, request, io.target, access)?;
        reply.draw = start.elapsed();
        let passes = self.stage.gpu_times();
        reply.device =
            Duration::from_secs_f32(passes.iter().map(|pass| pass.ms.max(0.0)).sum::<f32>() * 1e-3);
        Ok(outcome)
    }

    /// Looks for faces, if an effect needs them or the app asks who is in sight.
    fn track(
        &mut self,
        frame: &FrameView<'_>,
        request: &FrameRequest,
        access: &Access<'_>,
        reply: &mut Reply,
    ) -> Result<Outcome, Error> {
        if !request.disclose && !request.worn.needs_faces() {
            if std::mem::take(&mut self.tracked) {
                self.tracker.reset(access);
            }
            return Ok(Outcome::NoFace);
        }
        self.tracked = true;
        self.tracker.set_blendshapes(request.worn.needs_blendshapes())?;
        let seen = self.tracker.track(frame, access)?;
        if request.disclose {
            reply.presence = Some(Presence::of(seen.faces()));
        }
        // A face that is missed for a frame or two comes back as who it was, and wears what it wore as it was.
        Ok(if seen.remembers() {
            Outcome::Faces
        } else {
            Outcome::NoFace
        })
    }

    /// Draws the frame with what its faces wear. Returns how many windows show it.
    fn draw(
        &mut self,
        shot: &Shot<'_>,
        request: &FrameRequest,
        memory: &mut [u8],
        access: &Access<'_>,
    ) -> Result<usize, Error> {
        let tracker = self.tracked.then_some(&self.tracker);
        let faces = tracker.into_iter().flat_map(|it| it.faces(access)).map(input);
        let looks = Looks {
            donors: request.donations.by_slot(),
            ..request.worn.looks(request.quality)
        };
        let mut window;
        let mut targets = [match &request.sink {
            Sink::Memory { row_stride, order } => Target::Pixels(Pixels {
                bytes: memory,
                row_stride: *row_stride,
                order: *order,
            }),
            Sink::Texture {
                view,
                format,
                size_px,
                placement,
            } => Target::Texture {
                view,
                format: *format,
                size_px: *size_px,
                placement: *placement,
            },
            Sink::Window {
                window: shared,
                placement,
            } => {
                window = shared.lock();
                Target::Window {
                    surface: &mut window,
                    placement: *placement,
                }
            }
        }];
        let drawn = self.stage.draw(access, shot, faces, looks, &mut targets)?;
        Ok(drawn.presented)
    }
}

/// The least that a donor's face measures, as the mean of its columns and rows.
const LEAST_FACE_PX: f32 = 64.0;
/// The least share of its looks that a donor's face shows for how it is turned.
const LEAST_TURNED: f32 = 0.5;

/// With several pictures, one of which looks into the camera, the others may be turned this far to the side and up or down, in
/// radians: 75 and 50 degrees. Beyond that the landmark network guesses.
const FARTHEST_YAW: f32 = 1.309;
const FARTHEST_PITCH: f32 = 0.873;

/// Donors.
impl Engine {
    /// Makes a donor of a picture. On an error nothing of it is kept: what it was decoded to belongs to this call.
    ///
    /// 1. Decode it, if it is a file, into face memory.
    /// 2. Look for its face.
    /// 3. Hand that over to the stage.
    fn add(&mut self, arrival: &Arrival, planes: &[&[u8]], access: &Access<'_>) -> Result<(), Error> {
        if self.donors.len() >= MAX_DONORS {
            return Err(RenderError::TooManyDonors { expected: MAX_DONORS }.into());
        }
        if let Some(layout) = arrival.layout {
            return self.take_in(arrival, &layout.view(planes)?, access);
        }
        let [file] = planes else {
            return Err(CaptureError::Format {
                expected: "a picture file",
                found: "no bytes",
            }
            .into());
        };
        let encoded = EncodedPicture::open(file, &arrival.capture)?;
        let layout = encoded.layout();
        let mut decoded: FaceBuffer<u8> = access.reserve(Keep::Frame, encoded.decoded_len())?;
        encoded.decode(decoded.view_mut(access))?;
        self.take_in(arrival, &layout.view(&[decoded.view(access)])?, access)
    }

    fn take_in(
        &mut self,
        arrival: &Arrival,
        photo: &FrameView<'_>,
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let refused = |fault| Err(Error::Donor { fault });
        match (self.tracker.look_at(photo, access)?, arrival.face) {
            (PhotoFaces::None, _) => return refused(DonorFault::NoFace),
            (PhotoFaces::Several, DonorFace::Only) => return refused(DonorFault::SeveralFaces),
            (PhotoFaces::One, _) | (PhotoFaces::Several, DonorFace::Largest) => {}
        }
        let Some(face) = self.tracker.faces(access).next() else {
            return refused(DonorFault::NoFace);
        };
        let (low, high) = face.bounds();
        let extent = (high - low).raw();
        if f32::midpoint(extent.x, extent.y) < LEAST_FACE_PX {
            return refused(DonorFault::SmallFace);
        }
        let frontal = moretta_render::shown_when_turned(face.pose()) >= LEAST_TURNED;
        let View { first, last } = arrival.view;
        let tenure = &arrival.tenure;
        if first && last {
            if !frontal {
                return refused(DonorFault::TurnedAway);
            }
            self.stage.add_donor(access, tenure.key(), photo, &input(face))?;
        } else {
            let before = match (first, self.views.take()) {
                (true, _) => Views { frontal: false },
                (false, Some(views)) => views,
                // Everything was wiped since.
                (false, None) => return refused(DonorFault::Gone),
            };
            let angles = face.pose().angles();
            let hidden = angles.yaw_rad.abs() > FARTHEST_YAW || angles.pitch_rad.abs() > FARTHEST_PITCH;
            let frontal = frontal || before.frontal;
            if hidden || (last && !frontal) {
                return refused(DonorFault::TurnedAway);
            }
            self.stage.add_donor_view(access, first, photo, &input(face))?;
            if !last {
                self.views = Some(Views { frontal });
                return Ok(());
            }
            self.stage.add_donor_of_views(access, tenure.key())?;
        }
        self.donors.push(tenure.clone());
        Ok(())
    }

    /// Lets go of the views of a donor that is not to be.
    fn forget_views(&mut self) {
        self.views = None;
        self.stage.forget_views();
    }

    fn remove(&mut self, key: u64, access: &Access<'_>) -> Result<(), Error> {
        if let Some(at) = self.donors.iter().position(|tenure| tenure.key() == key) {
            self.donors.swap_remove(at).end();
        }
        self.stage.remove_donor(access, key)?;
        Ok(())
    }

    /// Wipes the donors that the app has let go of.
    fn sweep(&mut self, access: &Access<'_>) -> Result<(), Error> {
        let dropped = |tenure: &Tenure| tenure.is_dropped().then(|| tenure.key());
        while let Some(key) = self.donors.iter().find_map(dropped) {
            self.remove(key, access)?;
        }
        Ok(())
    }
}

fn input(face: Face<'_>) -> FaceInput<'_> {
    FaceInput {
        slot: face.slot(),
        id: face.id(),
        presence: face.presence(),
        landmarks: face.landmarks(),
        metric: face.metric(),
        pose: face.pose(),
        visibility: face.visibility(),
        blendshapes: face.blendshapes(),
    }
}

// SAFETY: what depends on a face lies in the face buffers of the tracker and the stage, in the target, and in memory of
// the graphics device, which the stage clears when it is told to wipe. The reply holds times, which depend on what was
// found as PRIVACY.md says, and the coarse presence if the app was given leave to learn it. It starts no thread, and
// writes, sends, logs and prints nothing.
#[allow(unsafe_code, reason = "the one line that joins the trusted base")]
unsafe impl Pipeline for Engine {
    type Request = Request;
    type Reply = Reply;

    fn run(&mut self, request: Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Reply) {
        let mut reply = Reply::default();
        let swept = self.sweep(access);
        if self.views.is_some() && !matches!(request, Request::Add(_)) {
            // The next one never came.
            self.forget_views();
        }
        let (result, fault, otherwise) = match &request {
            Request::Frame(request) => {
                let result = swept.and_then(|()| self.frame(request, io, access, &mut reply));
                (result, &request.fault, Outcome::NoFace)
            }
            // Who is followed stays so, whatever becomes of a donor.
            Request::Add(arrival) => {
                let result = swept.and_then(|()| self.add(arrival, io.planes, access));
                if result.is_err() {
                    self.forget_views();
                }
                (
                    result.map(|()| Outcome::Unchanged),
                    &arrival.fault,
                    Outcome::Unchanged,
                )
            }
            Request::Remove(key, fault) => {
                let result = swept.and_then(|()| self.remove(*key, access));
                (result.map(|()| Outcome::Unchanged), fault, Outcome::Unchanged)
            }
        };
        // What failed before it drew waited for nothing yet.
        self.stage.settle();
        match result {
            Ok(outcome) => (outcome, reply),
            Err(error) => {
                fault.put(error);
                reply.failed = true;
                (otherwise, reply)
            }
        }
    }

    fn wipe(&mut self, extent: Extent) {
        if extent == Extent::All {
            self.views = None;
            for tenure in self.donors.drain(..) {
                tenure.end();
            }
        }
        self.tracker.wipe(extent);
        self.stage.wipe(extent);
    }

    fn wipe_later(&mut self, extent: Extent) {
        self.tracker.wipe(extent);
        self.stage.wipe_later();
    }
}
