mod photo;

use core::{fmt, mem};

use bytemuck::Zeroable;
use moretta_frame::{FrameView, TimeStep, Timeline};
use moretta_geometry::{
    Camera, FrameLandmarks, MetricLandmarks, estimate_visibility, hide_beyond_border, region,
};
use moretta_infer::ModelKind;
use moretta_space::{FramePx, Size};
use moretta_veil::{Access, Extent, FaceBuffer, Keep, Reserve};

use crate::decode::Anchors;
use crate::detection::{MAX_DETECTIONS, RawDetection, detect};
use crate::face::{Measured, PoseNumbers};
use crate::identity::Ids;
use crate::landmark::measure;
use crate::roi::Roi;
use crate::schedule::{Lost, Situation};
use crate::smooth::Smoother;
use crate::track::{LONGEST_GAP_NS, Track};
pub use photo::PhotoFaces;

use crate::{Detection, Face, MAX_FACES, Networks, TrackError, TrackerOptions};

/// Two faces whose regions overlap more than this are one.
///
/// # Source
/// MediaPipe, `face_landmarker_graph.cc`, `min_tracking_confidence` of `AssociationNormRectCalculator`.
const SAME_FACE: f32 = 0.5;

/// How many detections more than there are free places are tried in one look, so that false ones do not cost a place.
const SPARE_TRIES: usize = 2;

/// Finds faces in frames and follows them.
///
/// For each frame:
///
/// 1. Faces that are followed are measured where they were last. One in which the landmark network sees no face is
///    lost. Of two that have come to lie on the same face, the later one ends.
/// 2. If fewer are followed than wanted, detectors look, as [`Range`](crate::Range) says. What overlaps a followed face
///    is that face. A detection that fits a face lost a moment ago is tried as that one; any other is a new one. Each
///    has to be confirmed by the landmark network. A face that was missing for two frames or one, and for less than a
///    second, goes on as it was: id, slot and smoothing. In the third frame without it, it is forgotten.
/// 3. Landmarks are smoothed, and give the pose and the visibility. What has no pose is no face.
///
/// # Face data
/// All of it lies in buffers of the veil that it was built for: of a frame what [`track`](Self::track) finds, from
/// frame to frame what it needs to go on, of followed faces and of those missing for no more than two frames. A face
/// that is forgotten is overwritten in that frame, and the veil wipes all of it after a frame of which the pipeline
/// says that it shows nobody: whether anything is kept for the next frame is for the pipeline to say, by what
/// [`Seen`] tells it. A wiped tracker is one that has seen nobody. Outside of these there are the options, the
/// networks and the count and the time of frames. What the networks' engine keeps in memory of its own is for
/// [`wipe`](Self::wipe) to overwrite: a pipeline that holds a tracker calls it in its own.
///
/// # Which way up
/// The frame's orientation has to be told by its layout. Faces may lean as far as lying on their side; one upside down in
/// an upright frame is found, if at all, as a face the right way up, here as by the reference.
///
/// # Time
/// That of the frames and no other: the same frames give the same result. A step back, and a gap of more than a
/// second, end all tracks. A frame of the same time as the one before is the same picture shown again and gives the
/// same landmarks, unless a face has moved in it: then the source tells no time, and frames count as 30 a second.
pub struct Tracker {
    options: TrackerOptions,
    networks: Networks,
    smoother: Option<Smoother>,
    timeline: Timeline,
    /// Frames since the first, or since time jumped.
    frame: u64,
    ids: Ids,
    /// Whether a face may have been measured since the networks last forgot.
    measured_since: bool,
    /// Whether a detector has looked since then.
    looked_since: bool,
    /// Whether a frame was tracked since the last wipe.
    tracked: bool,
    /// One for each place.
    tracks: FaceBuffer<Track>,
    /// One for each place, and behind them one for a detection that is tried.
    measured: FaceBuffer<Measured>,
    /// What the detectors found in this frame: those of the short range, then those of the full one.
    detections: FaceBuffer<[RawDetection; MAX_DETECTIONS]>,
    /// The crop that a network is shown.
    input: FaceBuffer<f32>,
    /// What networks say: boxes or landmarks.
    output: FaceBuffer<f32>,
    /// What a detector says of each box.
    scores: FaceBuffer<f32>,
    /// What networks compute on the way, if their engine has no memory of its own.
    scratch: FaceBuffer<f32>,
}

/// What [`Tracker::track`] saw, in short.
#[derive(Clone, Copy)]
#[must_use]
pub struct Seen {
    faces: usize,
    remembered: bool,
}

impl Seen {
    /// How many faces are in the frame, up to [`max_faces`](TrackerOptions::max_faces).
    pub fn faces(self) -> usize {
        self.faces
    }

    /// Whether the tracker remembers anybody: a face of this frame, or one that was lost in it or in the one before, and is
    /// sought in the next. It never does in the third frame in a row without a face.
    ///
    /// A pipeline that answers [`Outcome::Faces`](moretta_veil::Outcome::Faces) as long as this holds lets a lone face
    /// that is missed for a frame or two come back as who it was. One that asks for [`faces`](Self::faces) alone, and
    /// answers that there is none, has it forgotten at once, and whoever comes then is a stranger.
    pub fn remembers(self) -> bool {
        self.remembered
    }
}

/// The name and no number: how many faces there are is disclosed, if at all, in one place that the app's maker can see.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seen(..)")
    }
}

impl Tracker {
    /// Makes a tracker that runs `networks` as `options` say, in memory of the veil that lent `room`.
    ///
    /// # Errors
    /// [`TrackError::Option`] for a setting out of range, [`TrackError::Lens`] for a lens that makes no camera of any
    /// frame, [`TrackError::NetworkMissing`] if the options need a network that is not there, [`TrackError::Memory`]
    /// if there is no memory for faces.
    pub fn build(
        room: &Reserve<'_>,
        networks: Networks,
        options: TrackerOptions,
    ) -> Result<Self, TrackError> {
        options.check()?;
        networks.check(&options)?;
        // No buffer is of nothing.
        let scratch_len = networks.scratch_len().max(1);
        let largest = |size: fn(ModelKind) -> usize| ModelKind::ALL.into_iter().map(size).max().unwrap_or(0);
        Ok(Self {
            options,
            networks,
            smoother: options.smoothing.map(Smoother::new),
            timeline: Timeline::new(LONGEST_GAP_NS),
            frame: 0,
            ids: Ids::new(options.seed),
            measured_since: false,
            looked_since: false,
            tracked: false,
            // Small ones first: see `Reserve::reserve`.
            scores: room.reserve(Keep::Frame, Anchors::FULL_RANGE.count())?,
            detections: room.reserve(Keep::Frame, DETECTORS)?,
            tracks: room.reserve(Keep::Track, options.max_faces)?,
            measured: room.reserve(Keep::Frame, options.max_faces + 1)?,
            output: room.reserve(Keep::Frame, largest(|kind| kind.outputs()[0].values()))?,
            input: room.reserve(Keep::Frame, largest(ModelKind::input_len))?,
            scratch: room.reserve(Keep::Frame, scratch_len)?,
        })
    }

    /// The options that it was built with, but for what [`set_blendshapes`](Self::set_blendshapes) said since.
    pub fn options(&self) -> &TrackerOptions {
        &self.options
    }

    /// Says whether the blendshape network runs from the next frame on: as effects come and go that read it.
    ///
    /// # Errors
    /// [`TrackError::NetworkMissing`] if it is to run and was not given; nothing is changed then.
    pub fn set_blendshapes(&mut self, on: bool) -> Result<(), TrackError> {
        let options = TrackerOptions {
            blendshapes: on,
            ..self.options
        };
        self.networks.check(&options)?;
        self.options = options;
        Ok(())
    }

    /// Finds the faces of `frame`, which comes after those before by its timestamp. [`faces`](Self::faces) has them
    /// until the veil's call ends.
    ///
    /// Frames may change in size and orientation from one to the next; the faces have then to be found anew only if
    /// they are elsewhere.
    ///
    /// # Errors
    /// [`TrackError::Lens`] if the frame and the lens make no camera, whether there is a face or not,
    /// [`TrackError::Frame`] and [`TrackError::Infer`] if a crop or a network fails. All tracks are ended then.
    pub fn track(&mut self, frame: &FrameView<'_>, access: &Access<'_>) -> Result<Seen, TrackError> {
        self.tracked = true;
        self.clear_frame(access);
        match self.timeline.step(frame.layout().timestamp_ns) {
            TimeStep::Forward { dt_ns } => self.go_on(dt_ns, access),
            TimeStep::Same => self.go_on(0, access),
            TimeStep::First | TimeStep::Jump { .. } | TimeStep::Back => self.end_tracks(access),
        }
        self.ids.next_frame();
        if let Err(error) = self.find(frame, access) {
            self.clear_frame(access);
            self.end_tracks(access);
            return Err(error);
        }
        let tracks = self.tracks.view_mut(access).iter_mut();
        tracks.for_each(Track::end_frame);
        let faces = self.faces(access).count();
        let remembered = self.tracks.view(access).iter().any(|it| !it.is_nobody());
        Ok(Seen { faces, remembered })
    }

    fn find(&mut self, frame: &FrameView<'_>, access: &Access<'_>) -> Result<(), TrackError> {
        // Before anybody is looked for: who is there has no part in whether a frame fails.
        let camera = self.options.lens.camera(frame.size())?;
        self.follow(frame, camera, access)?;
        self.seek(frame, camera, access)?;
        self.describe(frame.size(), access)
    }

    /// The faces of the last frame, by slot.
    pub fn faces<'a>(&'a self, access: &'a Access<'_>) -> impl Iterator<Item = Face<'a>> {
        self.measured.view(access)[..self.options.max_faces]
            .iter()
            .enumerate()
            .filter(|(_, measured)| measured.present != 0)
            .map(|(slot, measured)| Face::new(slot, measured))
    }

    /// What the detectors found in the last frame, if they looked: those of the short range first, in each the surest
    /// first. The same face may be there twice, and what is no face at all.
    pub fn detections<'a>(&'a self, access: &'a Access<'_>) -> impl Iterator<Item = &'a Detection> {
        let all = self.detections.view(access).iter().flatten();
        all.map(RawDetection::lend)
            .filter(|detection| detection.score() > 0.0)
    }

    /// Ends all tracks: the next frame is the first. For a cut in a clip, or another picture.
    pub fn reset(&mut self, access: &Access<'_>) {
        self.timeline.reset();
        self.clear_frame(access);
        self.end_tracks(access);
    }

    /// Has the networks overwrite what their engine keeps of earlier frames, where `extent` asks for it. A pipeline calls
    /// this in its [`wipe`](moretta_veil::Pipeline::wipe), with the extent that it gets.
    ///
    /// While a face is in sight or sought ([`Extent::Frame`]) the next frames overwrite it. When none is any more
    /// ([`Extent::Track`]) each network that ran since runs once more, on zeros. In frames after that in which
    /// detectors look and find nobody, nothing more is done: to run each network twice a frame would cost more than
    /// the looking. What is left of such a frame are the activations of the detectors that looked last, in the
    /// engine's scratch; a person whom no detector makes out may be in them. The next look of the same detector
    /// overwrites them, and so does the first frame without a face that is not tracked. If no frame comes any more
    /// they stay until [`Extent::All`], which overwrites all: a pause, the end of the session, a wipe of everything.
    ///
    /// # Panics
    /// If a network fails. The veil then ends the face thread, and the engine's memory with it.
    pub fn wipe(&mut self, extent: Extent) {
        let tracked = mem::take(&mut self.tracked);
        let due = match extent {
            Extent::Frame => false,
            Extent::Track => self.measured_since || (self.looked_since && !tracked),
            Extent::All => true,
        };
        if due {
            let forgotten = self.networks.forget();
            assert!(forgotten.is_ok(), "a network could not forget");
            self.measured_since = false;
            self.looked_since = false;
        }
    }

    /// Measures the faces that are followed.
    fn follow(
        &mut self,
        frame: &FrameView<'_>,
        camera: Camera,
        access: &Access<'_>,
    ) -> Result<(), TrackError> {
        for slot in 0..self.options.max_faces {
            let track = &self.tracks.view(access)[slot];
            if !track.is_followed() {
                continue;
            }
            let roi = track.roi;
            let kept = self.measure_at(slot, frame, roi, access)? && self.settle(slot, camera, access);
            if !kept {
                self.measured.view_mut(access)[slot].present = 0;
                self.tracks.view_mut(access)[slot].lose();
            }
        }
        self.part(access);
        Ok(())
    }

    /// Ends the later one of each two tracks that have come to lie on one face.
    fn part(&mut self, access: &Access<'_>) {
        let tracks = self.tracks.view_mut(access);
        for a in 0..tracks.len() {
            for b in a + 1..tracks.len() {
                let both_followed = tracks[a].is_followed() && tracks[b].is_followed();
                if both_followed && tracks[a].roi.overlap(tracks[b].roi) > SAME_FACE {
                    let later = if tracks[a].since > tracks[b].since { a } else { b };
                    tracks[later].end();
                    self.measured.view_mut(access)[later].present = 0;
                }
            }
        }
    }

    /// Lets detectors look for more faces, if there is a place for one and it is time.
    fn seek(&mut self, frame: &FrameView<'_>, camera: Camera, access: &Access<'_>) -> Result<(), TrackError> {
        let followed = self.followed(access);
        for (detector, kind, anchors) in [
            (0, ModelKind::ShortRange, Anchors::SHORT_RANGE),
            (1, ModelKind::FullRange, Anchors::FULL_RANGE),
        ] {
            let looks = self.options.range.looks(Situation {
                frame: self.frame,
                followed,
                // What the first detector finds again the second need not seek.
                lost: self.lost(frame.size(), access),
            });
            let looks = [looks.short, looks.full][detector];
            if !looks || self.followed(access) == self.options.max_faces {
                continue;
            }
            self.looked_since = true;
            let memory = [
                self.input.first_mut(kind.input_len(), access),
                self.output.first_mut(kind.outputs()[0].values(), access),
                self.scores.first_mut(kind.outputs()[1].values(), access),
                self.scratch.view_mut(access),
            ];
            let count = detect(
                self.networks.of(kind),
                anchors,
                frame,
                self.options.min_detection_score,
                memory,
                &mut self.detections.view_mut(access)[detector],
            )?;
            self.take(detector, count, frame, camera, access)?;
        }
        Ok(())
    }

    /// Tries the first `count` detections of `detector`: as lost faces, then as new ones.
    fn take(
        &mut self,
        detector: usize,
        count: usize,
        frame: &FrameView<'_>,
        camera: Camera,
        access: &Access<'_>,
    ) -> Result<(), TrackError> {
        let rois: [Roi; MAX_DETECTIONS] = {
            let detections = &self.detections.view(access)[detector];
            std::array::from_fn(|it| Roi::of_detection(detections[it].lend()))
        };
        let rois = &rois[..count];
        let claims = self.claims(rois, access);
        let mut tries = self.options.max_faces - self.followed(access) + SPARE_TRIES;
        for (index, roi) in rois.iter().enumerate() {
            if tries == 0 || self.is_followed(*roi, access) {
                continue;
            }
            let claimed = claims.iter().position(|claim| *claim == Some(index));
            let Some(slot) = claimed.or_else(|| self.free_slot(&claims, access)) else {
                break;
            };
            tries -= 1;
            let score = self.detections.view(access)[detector][index].lend().score();
            if self.try_at(*roi, frame, access)? {
                self.admit(slot, claimed.is_some(), score, camera, access);
            }
        }
        Ok(())
    }

    /// Which detection each lost face is tried as, by slot: the pairs that fit best first.
    fn claims(&self, rois: &[Roi], access: &Access<'_>) -> [Option<usize>; MAX_FACES] {
        let mut claims = [None; MAX_FACES];
        let tracks = self.tracks.view(access);
        loop {
            let mut best = None;
            let mut highest = 0.0;
            for (slot, track) in tracks.iter().enumerate() {
                if !track.is_lost() || claims[slot].is_some() {
                    continue;
                }
                for (index, roi) in rois.iter().enumerate() {
                    if claims.contains(&Some(index)) || self.is_followed(*roi, access) {
                        continue;
                    }
                    if let Some(affinity) = track.roi.affinity(*roi).filter(|it| *it > highest) {
                        highest = affinity;
                        best = Some((slot, index));
                    }
                }
            }
            let Some((slot, index)) = best else {
                return claims;
            };
            claims[slot] = Some(index);
        }
    }

    /// Measures what may be a face at `roi`. Returns whether it is one that nobody follows.
    fn try_at(&mut self, roi: Roi, frame: &FrameView<'_>, access: &Access<'_>) -> Result<bool, TrackError> {
        let tried = self.options.max_faces;
        if !self.measure_at(tried, frame, roi, access)? {
            return Ok(false);
        }
        let landmarks = FrameLandmarks::from_raw(&self.measured.view(access)[tried].seen);
        Ok(landmarks.is_ok_and(|it| !self.is_followed(Roi::of_landmarks(it), access)))
    }

    /// Lets a track begin, or go on if it is `known`, at `slot` with what was tried last, if that has a pose.
    fn admit(&mut self, slot: usize, known: bool, score: f32, camera: Camera, access: &Access<'_>) {
        let tried = self.options.max_faces;
        // By name and not by value: a copy of a face through the stack would be one more to wipe.
        let (rows, spare) = self.measured.view_mut(access).split_at_mut(tried);
        rows[slot].seen = spare[0].seen;
        rows[slot].presence = spare[0].presence;
        let track = &mut self.tracks.view_mut(access)[slot];
        let (id, since) = if known {
            (track.id, track.since)
        } else {
            (self.ids.id(slot), self.ids.frame())
        };
        let before = track.standing();
        track.follow();
        if !known {
            track.unseen_ns = 0;
            bytemuck::write_zeroes(&mut track.memory);
        }
        if self.settle(slot, camera, access) {
            let track = &mut self.tracks.view_mut(access)[slot];
            (track.id, track.since, track.score) = (id, since, score);
            let row = &mut self.measured.view_mut(access)[slot];
            (row.id, row.score) = (id, score);
        } else {
            let track = &mut self.tracks.view_mut(access)[slot];
            track.take_back(before);
            self.measured.view_mut(access)[slot].present = 0;
        }
    }

    /// Shows the landmark network the frame at `roi` and keeps what it says in `row`. Returns whether it sees a face.
    fn measure_at(
        &mut self,
        row: usize,
        frame: &FrameView<'_>,
        roi: Roi,
        access: &Access<'_>,
    ) -> Result<bool, TrackError> {
        let kind = ModelKind::Landmarks;
        self.measured_since = true;
        let memory = [
            self.input.first_mut(kind.input_len(), access),
            self.output.first_mut(kind.outputs()[0].values(), access),
            self.scratch.view_mut(access),
        ];
        let row = &mut self.measured.view_mut(access)[row];
        row.presence = measure(self.networks.of(kind), frame, roi, memory, &mut row.seen)?;
        Ok(row.presence >= self.options.min_presence)
    }

    /// Smooths what was measured at `slot` and finds the pose. Returns whether it is a face.
    fn settle(&mut self, slot: usize, camera: Camera, access: &Access<'_>) -> bool {
        let row = &mut self.measured.view_mut(access)[slot];
        let track = &mut self.tracks.view_mut(access)[slot];
        let Ok(seen) = FrameLandmarks::from_raw(&row.seen) else {
            return false;
        };
        let roi = Roi::of_landmarks(seen);
        let dt_s = (track.unseen_ns > 0).then_some(track.unseen_ns as f32 * 1e-9);
        match &self.smoother {
            Some(smoother) => smoother.smooth(&mut track.memory, &row.seen, dt_s, &mut row.smooth),
            None => row.smooth = row.seen,
        }
        let smooth = FrameLandmarks::from_raw(&row.smooth);
        let pose = smooth.and_then(|it| moretta_geometry::measure(camera, it, &mut row.metric));
        let Ok(pose) = pose else {
            // What was no face is nothing to go on from.
            bytemuck::write_zeroes(&mut track.memory);
            return false;
        };
        row.pose = PoseNumbers::of(pose);
        (row.id, row.score) = (track.id, track.score);
        row.present = 1;
        (track.roi, track.unseen_ns) = (roi, 0);
        true
    }

    /// Adds to each face what only costs time.
    fn describe(&mut self, frame: Size<FramePx>, access: &Access<'_>) -> Result<(), TrackError> {
        let kind = ModelKind::Blendshapes;
        let rows = self.measured.view_mut(access);
        for row in rows.iter_mut().take(self.options.max_faces) {
            if row.present == 0 {
                continue;
            }
            if let Ok(metric) = MetricLandmarks::from_raw(&row.metric) {
                estimate_visibility(metric, &mut row.visibility);
            }
            if let Ok(smooth) = FrameLandmarks::from_raw(&row.smooth) {
                hide_beyond_border(smooth, frame, &mut row.visibility);
            }
            if self.options.blendshapes {
                let input = self.input.first_mut(kind.input_len(), access);
                let (points, _) = input.as_chunks_mut::<2>();
                for (point, index) in points.iter_mut().zip(&region::BLENDSHAPES) {
                    let [x, y, _] = row.smooth[usize::from(*index)];
                    *point = [x, y];
                }
                let network = self.networks.of(kind);
                network.run(self.scratch.view_mut(access), input, &mut [&mut row.blendshapes])?;
                #[allow(clippy::manual_clamp, reason = "so NaN becomes 0")]
                for coefficient in &mut row.blendshapes {
                    *coefficient = coefficient.max(0.0).min(1.0);
                }
                row.has_blendshapes = 1;
            }
        }
        Ok(())
    }

    /// Begins a frame that follows the one before.
    fn go_on(&mut self, dt_ns: u64, access: &Access<'_>) {
        self.frame += 1;
        let tracks = self.tracks.view_mut(access).iter_mut();
        tracks.for_each(|track| track.begin_frame(dt_ns));
    }

    fn followed(&self, access: &Access<'_>) -> usize {
        let tracks = self.tracks.view(access).iter();
        tracks.filter(|track| track.is_followed()).count()
    }

    /// Which faces are missing from a frame of size `frame`.
    fn lost(&self, frame: Size<FramePx>, access: &Access<'_>) -> Lost {
        let mut lost = Lost::default();
        let missing = self.tracks.view(access).iter().filter(|track| track.is_lost());
        missing.for_each(|track| lost.add(track.roi.share_of(frame)));
        lost
    }

    /// Whether a face at `roi` is one that is followed.
    fn is_followed(&self, roi: Roi, access: &Access<'_>) -> bool {
        let mut tracks = self.tracks.view(access).iter();
        tracks.any(|track| track.is_followed() && track.roi.overlap(roi) > SAME_FACE)
    }

    /// A place for a new face: one that nobody has, or that of the face that has been missing longest and that no
    /// detection is to be tried as.
    fn free_slot(&self, claims: &[Option<usize>; MAX_FACES], access: &Access<'_>) -> Option<usize> {
        let tracks = self.tracks.view(access);
        let nobody = tracks.iter().position(Track::is_nobody);
        let missing = (0..tracks.len()).filter(|slot| tracks[*slot].is_lost() && claims[*slot].is_none());
        nobody.or_else(|| missing.max_by_key(|slot| tracks[*slot].missing()))
    }

    fn clear_frame(&mut self, access: &Access<'_>) {
        for row in self.measured.view_mut(access) {
            row.present = 0;
            row.has_blendshapes = 0;
        }
        self.detections.view_mut(access).fill(Zeroable::zeroed());
    }

    fn end_tracks(&mut self, access: &Access<'_>) {
        self.frame = 0;
        for track in self.tracks.view_mut(access) {
            track.end();
        }
    }
}

/// Detectors that may look at one frame.
const DETECTORS: usize = 2;
