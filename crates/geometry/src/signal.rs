//! Movements of the face and the head, read off the landmarks' geometry alone.
//!
//! Each is measured on the face brought back to the canonical pose, so that a turn of the head changes
//! nothing but by the landmarks' own errors, and in ratios of its own lengths, so that its size does not
//! matter. `E` is the distance of the outer corners of the eyes. A ratio becomes a signal by a ramp: 0 up to
//! the first bound, 1 from the second.
//!
//! | signal | ratio | 0 at | 1 at |
//! |---|---|---|---|
//! | `mouth_open` | gap of the lips / width of the mouth's opening | 0.05 | 0.65 |
//! | `smile` | (width of the mouth + height of its corners above the lips' middle) / E | 0.58 | 0.72 |
//! | `pucker` | width of the mouth / E | 0.50 | 0.43 |
//! | `brow_raise` | height of the brows above the eyes' corners / E | 0.22 | 0.29 |
//! | `brow_frown` | (gap of the brows + height of their outer ends above the eyes) / E | 0.46 | 0.40 |
//! | `blink_*` | height of the eye's opening / its width | 0.24 | 0.10 |
//! | `cheek_puff` | width across the middle of the cheeks / E, while the lips are closed | 1.20 | 1.35 |
//! | `head_tilt` | -roll | -30 degrees: -1 | 30 degrees: 1 |
//!
//! `blink_both` is the lesser of the two blinks, `wink` their difference. `head_nod` and `head_shake`: see
//! [`HeadMotion`].
//!
//! The bounds were set by hand on landmarks of the reference, of stills of neutral and of smiling people and of
//! clips, so that the signals go along with the reference's blendshapes; nothing here measures again how well they
//! do. Of the signals `brow_frown` goes along least. Brows and mouths differ between people as much as one person
//! moves them, and lengths alone do not know a face at rest: somebody's neutral face may well show half a `smile`,
//! `brow_raise` or `brow_frown`. `cheek_puff` was set without a reference, whose own coefficient tells nothing.
//!
//! # Source
//! The blink ratio and points: T. Soukupová, J. Čech, "Real-Time Eye Blink Detection using Facial Landmarks",
//! 2016, eq. 1; there an eye counts as closed below 0.2.

use moretta_lang::Signal;
use moretta_space::{CameraMm, FaceMm, Point3, Transform3};

use crate::FacePose;
use crate::landmarks::MetricLandmarks;
use crate::motion::HeadMotion;

/// How many signals there are.
pub const SIGNALS: usize = Signal::ALL.len();

/// Writes each signal to `signals`, in the order of [`Signal::ALL`]: 0 at rest, 1 fully done, the tilt -1 to 1.
///
/// `motion` is what the head's earlier movements left, and is brought up to this frame, which comes `dt_s` after
/// the one before.
pub fn read_signals(
    pose: FacePose,
    landmarks: MetricLandmarks<'_, CameraMm>,
    motion: HeadMotion<'_>,
    dt_s: f32,
    signals: &mut [f32; SIGNALS],
) {
    let face = Face {
        face_from_camera: pose.face_from_camera(),
        landmarks,
    };
    let angles = pose.angles();
    let gestures = motion.advance(angles, dt_s);
    let (left, right) = (face.blink(&LEFT_LIDS), face.blink(&RIGHT_LIDS));
    let mouth_open = face.mouth_open();
    let mut set = |signal: Signal, value: f32| signals[signal.index() as usize] = value;
    set(Signal::MouthOpen, mouth_open);
    set(Signal::Smile, face.smile());
    set(Signal::Pucker, face.pucker());
    set(Signal::BrowRaise, face.brow_raise());
    set(Signal::BrowFrown, face.brow_frown());
    set(Signal::BlinkLeft, left);
    set(Signal::BlinkRight, right);
    set(Signal::BlinkBoth, left.min(right));
    set(Signal::Wink, (left - right).abs());
    set(Signal::CheekPuff, face.cheek_width() * (1.0 - mouth_open));
    set(Signal::HeadNod, gestures.nod);
    set(Signal::HeadShake, gestures.shake);
    set(
        Signal::HeadTilt,
        (-angles.roll_rad / FULL_TILT_RAD).clamp(-1.0, 1.0),
    );
}

// `read_signals` sets them one by one.
const _: () = assert!(SIGNALS == 13, "a signal was added: measure it");

const FULL_TILT_RAD: f32 = core::f32::consts::FRAC_PI_6;

/// Corner, two points of the upper lid, corner, two points of the lower lid: p1 to p6 of the source.
const LEFT_LIDS: [usize; 6] = [263, 387, 385, 362, 380, 373];
const RIGHT_LIDS: [usize; 6] = [33, 160, 158, 133, 153, 144];

/// A face brought back to the canonical pose.
struct Face<'a> {
    face_from_camera: Transform3<FaceMm, CameraMm>,
    landmarks: MetricLandmarks<'a, CameraMm>,
}

impl Face<'_> {
    fn mouth_open(&self) -> f32 {
        ramp(self.distance(13, 14) / self.distance(78, 308), 0.05, 0.65)
    }

    fn smile(&self) -> f32 {
        let lift = self.height(&[61, 291]) - self.height(&[0, 17]);
        ramp((self.distance(61, 291) + lift) / self.eyes(), 0.58, 0.72)
    }

    fn pucker(&self) -> f32 {
        ramp(self.distance(61, 291) / self.eyes(), 0.50, 0.43)
    }

    fn brow_raise(&self) -> f32 {
        let brows = f32::midpoint(
            self.height(&crate::region::LEFT_BROW),
            self.height(&crate::region::RIGHT_BROW),
        );
        ramp(
            (brows - self.height(&[33, 133, 362, 263])) / self.eyes(),
            0.22,
            0.29,
        )
    }

    fn brow_frown(&self) -> f32 {
        let outer = self.height(&[46, 70, 276, 300]) - self.height(&[33, 263]);
        ramp((self.distance(107, 336) + outer) / self.eyes(), 0.46, 0.40)
    }

    fn blink(&self, lids: &[usize; 6]) -> f32 {
        let [p1, p2, p3, p4, p5, p6] = *lids;
        let opening = f32::midpoint(self.distance(p2, p6), self.distance(p3, p5));
        ramp(opening / self.distance(p1, p4), 0.24, 0.10)
    }

    fn cheek_width(&self) -> f32 {
        let width = f32::midpoint(self.distance(187, 411), self.distance(207, 427));
        ramp(width / self.eyes(), 1.20, 1.35)
    }

    fn eyes(&self) -> f32 {
        self.distance(33, 263)
    }

    /// The mean of the landmarks' heights, in millimetres of the canonical face.
    fn height(&self, indices: &[u16]) -> f32 {
        let sum: f32 = indices
            .iter()
            .map(|it| self.place(usize::from(*it)).raw().y)
            .sum();
        sum / indices.len() as f32
    }

    fn distance(&self, a: usize, b: usize) -> f32 {
        self.place(a).distance(self.place(b))
    }

    fn place(&self, index: usize) -> Point3<FaceMm> {
        self.face_from_camera * self.landmarks.point(index)
    }
}

/// 0 up to `rest`, 1 from `full`, which may lie on either side; 0 for the NaN of a face without lengths.
fn ramp(ratio: f32, rest: f32, full: f32) -> f32 {
    let share = (ratio - rest) / (full - rest);
    if share > 0.0 { share.min(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_has_two_ends_and_nothing_outside() {
        for (ratio, expected) in [
            (0.0, 0.0),
            (1.0, 0.0),
            (1.5, 0.5),
            (2.0, 1.0),
            (9.0, 1.0),
            (f32::INFINITY, 1.0),
        ] {
            assert_eq!(ramp(ratio, 1.0, 2.0), expected);
            assert_eq!(ramp(-ratio, -1.0, -2.0), expected, "downwards");
        }
        assert_eq!(ramp(f32::NAN, 1.0, 2.0), 0.0);
    }
}
