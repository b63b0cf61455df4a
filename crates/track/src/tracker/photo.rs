//! Faces of a photo, beside the frames that are tracked.

use moretta_frame::FrameView;
use moretta_geometry::FrameLandmarks;
use moretta_infer::ModelKind;
use moretta_veil::Access;

use super::{DETECTORS, SAME_FACE, Tracker};
use crate::decode::Anchors;
use crate::detection::{MAX_DETECTIONS, detect};
use crate::face::PoseNumbers;
use crate::roi::Roi;
use crate::{Lens, Range, TrackError};

/// How many faces a photo has, as far as that matters.
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum PhotoFaces {
    /// No face that has landmarks and a pose.
    None,
    /// One.
    One,
    /// More than one.
    Several,
}

/// How often the landmark network looks again where it saw the face: once it is where the face is, it sees it better than
/// where a detector took it to be.
const LOOKS_AGAIN: usize = 2;

impl Tracker {
    /// Looks for the faces of a photo that is no frame of the sequence, and says how many there are. Tracks, ids and time stay
    /// as they were.
    ///
    /// The largest one is what [`faces`](Self::faces) has until the veil's call ends, in slot 0 and with the id 0, as it was
    /// seen. What a camera with the usual [`Lens`] would have seen it from is its pose. All detectors look that
    /// [`Range`] names. Before this returns the networks have overwritten what their engine keeps of the photo.
    ///
    /// # Errors
    /// [`TrackError::Frame`] and [`TrackError::Infer`] if a crop or a network fails; nobody is seen then.
    pub fn look_at(&mut self, photo: &FrameView<'_>, access: &Access<'_>) -> Result<PhotoFaces, TrackError> {
        self.clear_frame(access);
        let found = self.seek_in(photo, access);
        let forgotten = self.networks.forget();
        (self.measured_since, self.looked_since) = (false, false);
        let found = forgotten.map_err(TrackError::from).and(found);
        if found.is_err() {
            self.clear_frame(access);
        }
        found
    }

    fn seek_in(&mut self, photo: &FrameView<'_>, access: &Access<'_>) -> Result<PhotoFaces, TrackError> {
        let mut rois: [Option<Roi>; DETECTORS * MAX_DETECTIONS] = [None; _];
        let mut count = 0;
        for (detector, kind, anchors, asked) in [
            (
                0,
                ModelKind::ShortRange,
                Anchors::SHORT_RANGE,
                self.options.range != Range::Full,
            ),
            (
                1,
                ModelKind::FullRange,
                Anchors::FULL_RANGE,
                self.options.range != Range::Short,
            ),
        ] {
            if !asked {
                continue;
            }
            let memory = [
                self.input.first_mut(kind.input_len(), access),
                self.output.first_mut(kind.outputs()[0].values(), access),
                self.scores.first_mut(kind.outputs()[1].values(), access),
                self.scratch.view_mut(access),
            ];
            let found = &mut self.detections.view_mut(access)[detector];
            let score = self.options.min_detection_score;
            let these = detect(self.networks.of(kind), anchors, photo, score, memory, found)?;
            for detection in &found[..these] {
                rois[count] = Some(Roi::of_detection(detection.lend()));
                count += 1;
            }
        }
        // The largest first: it is the one that is kept.
        rois[..count].sort_unstable_by(|a, b| {
            let share = |roi: &Option<Roi>| roi.map_or(0.0, |roi| roi.share_of(photo.size()));
            share(b).total_cmp(&share(a))
        });
        let mut kept: Option<Roi> = None;
        for roi in rois.into_iter().flatten() {
            let seen_already = |it: Roi| kept.is_some_and(|kept| kept.overlap(it) > SAME_FACE);
            let row = if kept.is_some() { self.options.max_faces } else { 0 };
            if seen_already(roi) {
                continue;
            }
            let Some(roi) = self.measure_well(row, photo, roi, access)? else {
                continue;
            };
            if kept.is_some() {
                if seen_already(roi) {
                    continue;
                }
                return Ok(PhotoFaces::Several);
            }
            if self.describe_in(photo, access)? {
                kept = Some(roi);
            }
        }
        Ok(kept.map_or(PhotoFaces::None, |_| PhotoFaces::One))
    }

    /// Measures what may be a face at `roi`, and again where it was found. Returns where it is, if it is one.
    fn measure_well(
        &mut self,
        row: usize,
        photo: &FrameView<'_>,
        mut roi: Roi,
        access: &Access<'_>,
    ) -> Result<Option<Roi>, TrackError> {
        for _ in 0..=LOOKS_AGAIN {
            if !self.measure_at(row, photo, roi, access)? {
                return Ok(None);
            }
            match FrameLandmarks::from_raw(&self.measured.view(access)[row].seen) {
                Ok(landmarks) => roi = Roi::of_landmarks(landmarks),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(roi))
    }

    /// Adds pose and visibility to the face in row 0. Returns whether it has a pose.
    fn describe_in(&mut self, photo: &FrameView<'_>, access: &Access<'_>) -> Result<bool, TrackError> {
        let camera = Lens::default().camera(photo.size())?;
        let row = &mut self.measured.view_mut(access)[0];
        row.smooth = row.seen;
        let seen = FrameLandmarks::from_raw(&row.smooth);
        let pose = seen.and_then(|it| moretta_geometry::measure(camera, it, &mut row.metric));
        let Ok(pose) = pose else {
            return Ok(false);
        };
        row.pose = PoseNumbers::of(pose);
        row.present = 1;
        self.describe(photo.size(), access)?;
        Ok(true)
    }
}
