use moretta_frame::MAX_SIDE;
use moretta_geometry::{Camera, Intrinsics};
use moretta_space::{FramePx, Size};

use crate::TrackError;

/// The most faces that a tracker follows: each costs a run of the landmark network a frame.
pub const MAX_FACES: usize = 16;

/// How faces are sought and followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackerOptions {
    /// How many faces are followed at most, 1 to [`MAX_FACES`]. With more in the picture, those that the detector is
    /// surest of. 4 unless said otherwise.
    pub max_faces: usize,
    /// Which detectors look for faces. [`Range::Auto`] unless said otherwise.
    pub range: Range,
    /// How sure a detector has to be of a face, 0 to 1. 0.5 unless said otherwise, as in the reference.
    pub min_detection_score: f32,
    /// How sure the landmark network has to be that it sees a face, 0 to 1: for a new one to be taken, and for a known
    /// one to be kept. 0.5 unless said otherwise, as in the reference.
    pub min_presence: f32,
    /// Whether the blendshape network runs, for each face in each frame. Off unless said otherwise.
    pub blendshapes: bool,
    /// How landmarks are smoothed over time, or `None`. [`Smoothing::default`] unless said otherwise.
    pub smoothing: Option<Smoothing>,
    /// What took the frames. A vertical field of view of 63 degrees unless said otherwise, as in the reference.
    pub lens: Lens,
    /// Where the ids of faces come from: the same frames and seed give the same ids. To be drawn anew for each tracker
    /// that is built, by the caller, for the tracker asks the system for nothing. 0 unless said otherwise, which is
    /// good for tests alone.
    pub seed: u64,
}

impl Default for TrackerOptions {
    fn default() -> Self {
        Self {
            max_faces: 4,
            range: Range::Auto,
            min_detection_score: 0.5,
            min_presence: 0.5,
            blendshapes: false,
            smoothing: Some(Smoothing::default()),
            lens: Lens::default(),
            seed: 0,
        }
    }
}

impl TrackerOptions {
    pub(crate) fn check(&self) -> Result<(), TrackError> {
        within("max_faces", self.max_faces as f32, 1.0, MAX_FACES as f32)?;
        within("min_detection_score", self.min_detection_score, 0.0, 1.0)?;
        within("min_presence", self.min_presence, 0.0, 1.0)?;
        self.lens.check()?;
        self.smoothing.map_or(Ok(()), |smoothing| {
            smoothing.motion.check()?;
            smoothing.shape.check()
        })
    }
}

/// Which detectors look for faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Range {
    /// The network for faces that are near: as wide as some 12 % of the frame's longer side, as on a phone held in the
    /// hand.
    Short,
    /// The network for smaller ones as well: from some 7 %. It costs some three times as much.
    Full,
    /// Both, as they are needed.
    ///
    /// While no face is followed the short range looks at each frame, and the full one at every other frame in which
    /// the short one left a place free. While some are followed and fewer than wanted, they take turns, one every
    /// fifth frame. A face that is lost is sought by the one that sees its size, or by both, in the frame that lost it and
    /// in the two after that.
    Auto,
}

/// What took the frames: how places before the camera become pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lens {
    /// The angle between the top and the bottom of the upright frame, in radians; the axis goes through its middle.
    FovY {
        /// The angle.
        rad: f32,
    },
    /// A calibration, in pixels of the upright frame. Every frame has then to be of the size it was made for; whether it is
    /// cannot be told, but for a size to which the calibration cannot belong.
    Intrinsics(Intrinsics),
}

impl Default for Lens {
    /// 63 degrees.
    ///
    /// # Source
    /// MediaPipe, `face_landmarker_graph.cc`.
    fn default() -> Self {
        Self::FovY {
            rad: 63f32.to_radians(),
        }
    }
}

impl Lens {
    /// Whether there is any frame of which it makes a camera.
    fn check(self) -> Result<(), TrackError> {
        let longest = MAX_SIDE as f32;
        match self {
            // An angle is as good for one frame as for another.
            Self::FovY { .. } => {
                let any = Size::new(MAX_SIDE, MAX_SIDE).expect("frames may be as large");
                self.camera(any).map(|_| ())
            }
            // As `Camera::from_intrinsics` says, for the smallest and the largest frame.
            Self::Intrinsics(intrinsics) => {
                within("fx_px", intrinsics.fx_px, 0.01, 1000.0 * longest)?;
                within("fy_px", intrinsics.fy_px, 0.01, 1000.0 * longest)?;
                within("cx_px", intrinsics.cx_px, -longest, 2.0 * longest)?;
                within("cy_px", intrinsics.cy_px, -longest, 2.0 * longest)
            }
        }
    }

    /// The camera of a frame of size `frame`.
    ///
    /// # Errors
    /// [`TrackError::Lens`] if the angle or the calibration is out of range for such a frame.
    pub fn camera(self, frame: Size<FramePx>) -> Result<Camera, TrackError> {
        match self {
            Self::FovY { rad } => Camera::from_fov_y(frame, rad),
            Self::Intrinsics(intrinsics) => Camera::from_intrinsics(frame, intrinsics),
        }
        .map_err(TrackError::Lens)
    }
}

/// How landmarks are smoothed: the head's motion in the picture, and the face's shape in the head's own frame.
///
/// Two filters, because a head that moves says nothing of whether its mouth does: see [`OneEuro`]. Lengths are in
/// sizes of the face, which is the mean of its width and height.
///
/// # Source
/// The reference's filter works on each landmark in the picture, with a least cut-off of 0.05 Hz, a gain of 80 and 1 Hz
/// for speeds. The defaults were chosen against it on made-up motion, which the tests repeat; docs/ACCURACY.md compares them
/// on stills that move and on films.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smoothing {
    /// For the place, turn and size of the head in the picture.
    pub motion: OneEuro,
    /// For each landmark relative to the head.
    pub shape: OneEuro,
}

impl Default for Smoothing {
    fn default() -> Self {
        Self {
            motion: OneEuro {
                min_cutoff_hz: 0.05,
                gain: 240.0,
                knee_per_s: 0.3,
                speed_cutoff_hz: 2.0,
            },
            shape: OneEuro {
                min_cutoff_hz: 0.05,
                gain: 160.0,
                knee_per_s: 0.1,
                speed_cutoff_hz: 1.0,
            },
        }
    }
}

/// A low-pass filter that opens with speed: still things rest, moving ones do not lag.
///
/// At a speed `v`, itself smoothed, the cut-off is `min_cutoff_hz + gain * v * v / (v + knee_per_s)`. Far above the knee
/// that grows as fast as the speed, and what moves steadily lags by a distance of `1 / (2 pi gain)`, whatever its speed;
/// far below it grows slower, so that jitter, which has a speed too, does not open the filter.
///
/// # Source
/// G. Casiez, N. Roussel, D. Vogel, "1 € Filter", CHI 2012, doi:10.1145/2207676.2208639, which has no knee: 0 is that
/// filter, and `gain` is its beta.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneEuro {
    /// The cut-off at rest, in hertz; above 0.
    pub min_cutoff_hz: f32,
    /// How fast the cut-off grows, in hertz a size of the face a second; 0 or more.
    pub gain: f32,
    /// Below this speed it grows slower, in sizes of the face a second; 0 or more.
    pub knee_per_s: f32,
    /// The cut-off for the speed itself, in hertz; above 0.
    pub speed_cutoff_hz: f32,
}

impl OneEuro {
    fn check(self) -> Result<(), TrackError> {
        let Self {
            min_cutoff_hz,
            gain,
            knee_per_s,
            speed_cutoff_hz,
        } = self;
        within("min_cutoff_hz", min_cutoff_hz, 1e-3, 1e3)?;
        within("gain", gain, 0.0, 1e6)?;
        within("knee_per_s", knee_per_s, 0.0, 1e3)?;
        within("speed_cutoff_hz", speed_cutoff_hz, 1e-3, 1e3)
    }
}

fn within(option: &'static str, found: f32, low: f32, high: f32) -> Result<(), TrackError> {
    if (low..=high).contains(&found) {
        return Ok(());
    }
    Err(TrackError::Option {
        option,
        low,
        high,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_has_a_range() {
        let good = TrackerOptions::default();
        assert!(good.check().is_ok());
        let shaped = |change: fn(&mut OneEuro)| {
            let mut options = good;
            change(&mut options.smoothing.as_mut().unwrap().shape);
            options
        };
        for (bad, message) in [
            (
                TrackerOptions { max_faces: 0, ..good },
                "tracker: expected max_faces within 1 to 16, found 0",
            ),
            (
                TrackerOptions {
                    max_faces: 17,
                    ..good
                },
                "tracker: expected max_faces within 1 to 16, found 17",
            ),
            (
                TrackerOptions {
                    min_detection_score: f32::NAN,
                    ..good
                },
                "tracker: expected min_detection_score within 0 to 1, found NaN",
            ),
            (
                TrackerOptions {
                    min_presence: 1.5,
                    ..good
                },
                "tracker: expected min_presence within 0 to 1, found 1.5",
            ),
            (
                shaped(|it| it.min_cutoff_hz = 0.0),
                "tracker: expected min_cutoff_hz within 0.001 to 1000, found 0",
            ),
            (
                shaped(|it| it.gain = -1.0),
                "tracker: expected gain within 0 to 1000000, found -1",
            ),
            (
                shaped(|it| it.knee_per_s = f32::INFINITY),
                "tracker: expected knee_per_s within 0 to 1000, found inf",
            ),
            (
                shaped(|it| it.speed_cutoff_hz = 0.0),
                "tracker: expected speed_cutoff_hz within 0.001 to 1000, found 0",
            ),
        ] {
            assert_eq!(bad.check().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_lens_that_fits_no_frame_is_refused_at_once() {
        let with = |lens| {
            TrackerOptions {
                lens,
                ..TrackerOptions::default()
            }
            .check()
        };
        for rad in [f32::NAN, f32::INFINITY, -1.0, 0.0, 3.2] {
            assert_eq!(
                with(Lens::FovY { rad }).unwrap_err().to_string(),
                format!(
                    "tracker: the lens: camera: expected fov_y_rad above 0.001 and below 3.1, found {rad}"
                )
            );
        }
        assert!(with(Lens::FovY { rad: 1.2 }).is_ok(), "the control");
        let good = Intrinsics {
            fx_px: 500.0,
            fy_px: 550.0,
            cx_px: 300.0,
            cy_px: 260.0,
        };
        assert!(with(Lens::Intrinsics(good)).is_ok(), "the control");
        for bad in [f32::NAN, f32::INFINITY, -1e9] {
            for (option, intrinsics) in [
                ("fx_px", Intrinsics { fx_px: bad, ..good }),
                ("fy_px", Intrinsics { fy_px: bad, ..good }),
                ("cx_px", Intrinsics { cx_px: bad, ..good }),
                ("cy_px", Intrinsics { cy_px: bad, ..good }),
            ] {
                match with(Lens::Intrinsics(intrinsics)) {
                    Err(TrackError::Option { option: found, .. }) => assert_eq!(found, option),
                    other => panic!("{other:?}"),
                }
            }
        }
        let flat = Intrinsics { fx_px: 0.0, ..good };
        assert!(with(Lens::Intrinsics(flat)).is_err());
    }

    #[test]
    fn a_lens_makes_a_camera_of_a_frame() {
        let frame = Size::new(640, 480).unwrap();
        let camera = Lens::default().camera(frame).unwrap();
        assert!((camera.fov_y_rad().to_degrees() - 63.0).abs() < 1e-3);
        let calibrated = Lens::Intrinsics(camera.intrinsics());
        assert_eq!(calibrated.camera(frame).unwrap(), camera);
        let tiny = Size::new(1, 1).unwrap();
        assert!(matches!(calibrated.camera(tiny), Err(TrackError::Lens(_))));
        assert!(matches!(
            Lens::FovY { rad: 0.0 }.camera(frame),
            Err(TrackError::Lens(_))
        ));
    }
}
