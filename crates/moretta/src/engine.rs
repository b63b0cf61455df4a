//! What runs on the face thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moretta_frame::{FrameLayout, FrameView};
use moretta_pack::Quality;
use moretta_render::{FaceInput, Pixels, Renderer, Shot, Stage, Target};
use moretta_track::{Face, Tracker, TrackerOptions};
use moretta_veil::{Access, BuildError, Extent, FrameIo, Outcome, Pipeline, Reserve};

use crate::clock::Clock;
use crate::output::Sink;
use crate::worn::Wardrobe;
use crate::{Error, Models, Presence};

/// One frame's work.
pub(crate) struct Request {
    pub(crate) layout: FrameLayout,
    pub(crate) worn: Arc<Wardrobe>,
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
    pub(crate) failed: bool,
}

/// Tracker and renderer, joined.
pub(crate) struct Engine {
    tracker: Tracker,
    stage: Stage,
    clock: Clock,
    /// Whether the tracker saw the frame before.
    tracked: bool,
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
        })
    }

    fn frame(
        &mut self,
        request: &Request,
        io: FrameIo<'_>,
        access: &Access<'_>,
        reply: &mut Reply,
    ) -> Result<Outcome, Error> {
        let start = Instant::now();
        let frame = request.layout.view(io.planes)?;
        let moment = self.clock.tick(request.layout.timestamp_ns);
        let outcome = self.track(&frame, request, access, reply)?;
        reply.track = start.elapsed();

        let shot = Shot {
            frame: &frame,
            camera: self.tracker.options().lens.camera(frame.size())?,
            time_s: moment.time_s,
            dt_s: moment.dt_s,
        };
        let start = Instant::now();
        reply.presented = self.draw(&shot, request, io.target, access)?;
        reply.draw = start.elapsed();
        Ok(outcome)
    }

    /// Looks for faces, if an effect needs them or the app asks who is in sight.
    fn track(
        &mut self,
        frame: &FrameView<'_>,
        request: &Request,
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
        request: &Request,
        memory: &mut [u8],
        access: &Access<'_>,
    ) -> Result<usize, Error> {
        let tracker = self.tracked.then_some(&self.tracker);
        let faces = tracker.into_iter().flat_map(|it| it.faces(access)).map(input);
        let looks = request.worn.looks(request.quality);
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
        match self.frame(&request, io, access, &mut reply) {
            Ok(outcome) => (outcome, reply),
            Err(error) => {
                request.fault.put(error);
                reply.failed = true;
                (Outcome::NoFace, reply)
            }
        }
    }

    fn wipe(&mut self, extent: Extent) {
        self.tracker.wipe(extent);
        self.stage.wipe(extent);
    }
}
