//! Landmarks that rest when the face does and follow it when it moves.

use core::f32::consts::TAU;

use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3};
use moretta_geometry::LANDMARKS;
use moretta_geometry::canonical::{self, VERTICES};

use crate::options::{OneEuro, Smoothing};

/// Filters the landmarks of faces.
///
/// 1. The head's motion in the picture is the turn, the size and the place that carry the canonical face, seen from the
///    front, onto the landmarks with the least squares; depth has a place of its own. All of the mesh takes part, so
///    most of the jitter cancels.
/// 2. The face's shape is what is left: the landmarks with that motion taken out, in sizes of the face.
/// 3. Motion and shape are filtered on their own, each landmark with one cut-off for its three coordinates, and put
///    together again.
///
/// In a track's first frames each is at least the mean of what was seen so far, so that the error of the very first
/// frame does not take as long to fade as the filter's memory is.
pub(crate) struct Smoother {
    smoothing: Smoothing,
    /// The canonical face from the front, y down, about its centre; the mean of its width and height is 1.
    template: [Vec2; VERTICES],
    /// The sum of its squared distances from the centre.
    spread: f64,
}

/// What a filter remembers of one face. All zero is a face never seen.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Memory {
    /// How many frames it has seen, counted no further than matters.
    frames: u32,
    /// The smoothed motion.
    motion: Motion,
    /// The motion of the last frame, as it was seen.
    last_motion: Motion,
    /// The smoothed speed of the motion: sizes of the face, and turns or doublings, a second.
    motion_speed: Motion,
    /// The smoothed shape.
    shape: [[f32; 3]; LANDMARKS],
    /// The shape of the last frame, as it was seen.
    last_shape: [[f32; 3]; LANDMARKS],
    /// The smoothed speed of each landmark in the head's frame, in sizes of the face a second.
    shape_speed: [[f32; 3]; LANDMARKS],
}

/// Where a head is in the picture.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Motion {
    /// The centre, in pixels, with its depth.
    place: [f32; 3],
    /// What a unit along the template's x becomes: the size of the face in pixels, turned as it is.
    turn: [f32; 2],
}

/// The time between frames of a source that tells none, in seconds.
const UNTOLD_S: f32 = 1.0 / 30.0;

/// A landmark that is less than this away from where it was, in sizes of the face, has not moved: the network is shown the
/// same picture by another crop, which changes its answer a little.
const STILL: f32 = 0.02;

/// After so many frames the mean of what was seen no longer outweighs the slowest filter.
const COUNTED_FRAMES: u32 = 1000;

impl Smoother {
    pub(crate) fn new(smoothing: Smoothing) -> Self {
        let mut template =
            canonical::positions().map(|vertex| vertex.raw().truncate() * Vec2::new(1.0, -1.0));
        let (low, high) = template
            .iter()
            .fold((Vec2::INFINITY, Vec2::NEG_INFINITY), |(low, high), point| {
                (low.min(*point), high.max(*point))
            });
        let mean = template.iter().sum::<Vec2>() / VERTICES as f32;
        let size = (high - low).element_sum() / 2.0;
        for point in &mut template {
            *point = (*point - mean) / size;
        }
        let spread = template.iter().map(|it| f64::from(it.length_squared())).sum();
        Self {
            smoothing,
            template,
            spread,
        }
    }

    /// Smooths `seen`, in pixels of the frame, `dt_s` seconds after it was seen before, into `smooth`.
    ///
    /// Of a face never seen, `smooth` is as `seen`. If no time has passed and no landmark lies elsewhere, the same picture
    /// is shown again: `smooth` is what it was, and nothing is remembered of this. If the face has moved all the same, the
    /// source tells no time, and [`UNTOLD_S`] is taken for it.
    pub(crate) fn smooth(
        &self,
        memory: &mut Memory,
        seen: &[[f32; 3]; LANDMARKS],
        dt_s: Option<f32>,
        smooth: &mut [[f32; 3]; LANDMARKS],
    ) {
        *smooth = *seen;
        let Some(motion) = self.motion(seen) else {
            memory.frames = 0;
            return;
        };
        if memory.frames == 0 {
            memory.start(motion, seen);
            return;
        }
        if dt_s.is_none() && memory.has_just_seen(seen) {
            for (smooth, shape) in smooth.iter_mut().zip(&memory.shape) {
                *smooth = memory.motion.carry(Vec3::from(*shape)).to_array();
            }
            return;
        }
        let dt_s = dt_s.unwrap_or(UNTOLD_S);
        memory.frames = (memory.frames + 1).min(COUNTED_FRAMES);
        let least_share = (memory.frames as f32).recip();

        memory.advance_motion(self.smoothing.motion, motion, dt_s, least_share);
        let filter = self.smoothing.shape;
        let speed_share = share(filter.speed_cutoff_hz, dt_s);
        for (index, (seen, smooth)) in seen.iter().zip(smooth).enumerate() {
            let now = motion.undo(Vec3::from(*seen));
            let last = Vec3::from(memory.last_shape[index]);
            let speed = Vec3::from(memory.shape_speed[index]).lerp((now - last) / dt_s, speed_share);
            let share = share(filter.cutoff_hz(speed.length()), dt_s).max(least_share);
            let shape = Vec3::from(memory.shape[index]).lerp(now, share);
            *smooth = memory.motion.carry(shape).to_array();
            memory.last_shape[index] = now.to_array();
            memory.shape_speed[index] = speed.to_array();
            memory.shape[index] = shape.to_array();
        }
    }

    /// Where the head of `seen` is, or `None` if its points are all at one place.
    fn motion(&self, seen: &[[f32; 3]; LANDMARKS]) -> Option<Motion> {
        let mesh = &seen[..VERTICES];
        let count = VERTICES as f64;
        let sum = |axis: usize| mesh.iter().map(|point| f64::from(point[axis])).sum::<f64>() / count;
        let centre = [sum(0), sum(1)];
        // The least squares for points as complex numbers: sum of p times conj(t), over the sum of |t| squared.
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (point, template) in mesh.iter().zip(&self.template) {
            let [x, y] = [0, 1].map(|axis| f64::from(point[axis]) - centre[axis]);
            let [along, across] = template.to_array().map(f64::from);
            real += x * along + y * across;
            imaginary += y * along - x * across;
        }
        let turn = Vec2::new((real / self.spread) as f32, (imaginary / self.spread) as f32);
        let place = [centre[0], centre[1], sum(2)].map(|it| it as f32);
        (turn.length() > f32::EPSILON && turn.is_finite()).then_some(Motion {
            place,
            turn: turn.to_array(),
        })
    }
}

impl Memory {
    /// Remembers `seen` as a face at rest.
    fn start(&mut self, motion: Motion, seen: &[[f32; 3]; LANDMARKS]) {
        self.frames = 1;
        self.motion = motion;
        self.last_motion = motion;
        self.motion_speed = Motion::zeroed();
        self.shape_speed = [[0.0; 3]; LANDMARKS];
        for (shape, seen) in self.shape.iter_mut().zip(seen) {
            *shape = motion.undo(Vec3::from(*seen)).to_array();
        }
        self.last_shape = self.shape;
    }

    /// Whether `seen` is what it was in the last frame, but for the network's own errors.
    fn has_just_seen(&self, seen: &[[f32; 3]; LANDMARKS]) -> bool {
        let far_px = STILL * Vec2::from(self.last_motion.turn).length();
        seen.iter().zip(&self.last_shape).all(|(seen, last)| {
            let last = self.last_motion.carry(Vec3::from(*last));
            last.truncate().distance(Vec3::from(*seen).truncate()) < far_px
        })
    }

    fn advance_motion(&mut self, filter: OneEuro, now: Motion, dt_s: f32, least_share: f32) {
        let last = self.last_motion;
        let size = Vec2::from(now.turn).length();
        let speed_share = share(filter.speed_cutoff_hz, dt_s);
        let step = (Vec3::from(now.place) - Vec3::from(last.place)) / (size * dt_s);
        let place_speed = Vec3::from(self.motion_speed.place).lerp(step, speed_share);
        let step = (Vec2::from(now.turn) - Vec2::from(last.turn)) / (size * dt_s);
        let turn_speed = Vec2::from(self.motion_speed.turn).lerp(step, speed_share);
        // A landmark at the face's edge is half a size from the centre, and goes half as far as the turn.
        let speed = place_speed.truncate().length() + 0.5 * turn_speed.length();
        let share = share(filter.cutoff_hz(speed), dt_s).max(least_share);
        self.motion = Motion {
            place: Vec3::from(self.motion.place)
                .lerp(now.place.into(), share)
                .to_array(),
            turn: Vec2::from(self.motion.turn)
                .lerp(now.turn.into(), share)
                .to_array(),
        };
        self.motion_speed = Motion {
            place: place_speed.to_array(),
            turn: turn_speed.to_array(),
        };
        self.last_motion = now;
    }
}

impl Motion {
    /// From the head's frame to the picture.
    fn carry(self, shape: Vec3) -> Vec3 {
        let turn = Vec2::from(self.turn);
        let flat = turn.rotate(shape.truncate());
        flat.extend(shape.z * turn.length()) + Vec3::from(self.place)
    }

    /// From the picture to the head's frame.
    fn undo(self, seen: Vec3) -> Vec3 {
        let turn = Vec2::from(self.turn);
        let offset = seen - Vec3::from(self.place);
        let conjugate = Vec2::new(turn.x, -turn.y);
        let flat = conjugate.rotate(offset.truncate()) / turn.length_squared();
        flat.extend(offset.z / turn.length())
    }
}

impl OneEuro {
    fn cutoff_hz(self, speed_per_s: f32) -> f32 {
        let above_knee = speed_per_s + self.knee_per_s;
        let effective = if above_knee > 0.0 {
            speed_per_s * speed_per_s / above_knee
        } else {
            0.0
        };
        self.min_cutoff_hz + self.gain * effective
    }
}

/// How much of a new value a low-pass filter of the first order takes after `dt_s` seconds.
fn share(cutoff_hz: f32, dt_s: f32) -> f32 {
    let radians = TAU * cutoff_hz * dt_s;
    radians / (1.0 + radians)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DT_S: f32 = 1.0 / 30.0;
    /// The size of the face in these tests: the mean of its width and its height, in pixels.
    const SIZE_PX: f32 = 160.0;

    /// A repeatable noise within -1..1.
    struct Noise(u64);

    impl Noise {
        fn next(&mut self) -> f32 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        }
    }

    /// The canonical face, carried by `motion`; the irises at its centre.
    fn face(smoother: &Smoother, motion: Motion) -> [[f32; 3]; LANDMARKS] {
        let mut points = [[0.0; 3]; LANDMARKS];
        for (index, point) in points.iter_mut().enumerate() {
            let flat = smoother.template.get(index).copied().unwrap_or_default();
            *point = motion.carry(flat.extend(0.1 * flat.x)).to_array();
        }
        points
    }

    fn at(x: f32, y: f32, angle_rad: f32) -> Motion {
        Motion {
            place: [x, y, 0.0],
            turn: (Vec2::from_angle(angle_rad) * SIZE_PX).to_array(),
        }
    }

    fn memory() -> Box<Memory> {
        Box::new(Zeroable::zeroed())
    }

    /// What is left of the truth after smoothing, in pixels, after the first second.
    struct Left {
        /// The mean distance from where the landmarks truly are.
        error: f32,
        /// The mean change of that distance from frame to frame.
        jitter: f32,
        /// The same for the landmarks relative to their mean: the jitter of the face's shape.
        shape_jitter: f32,
    }

    /// Smooths four seconds of a face that moves along `path`, with jitter of `jitter_px`.
    fn run(smoothing: Smoothing, path: impl Fn(f32) -> Motion, jitter_px: f32) -> Left {
        let smoother = Smoother::new(smoothing);
        let (mut memory, mut noise) = (memory(), Noise(7));
        let mut smooth = [[0.0; 3]; LANDMARKS];
        let mut before = ([Vec2::ZERO; LANDMARKS], Vec2::ZERO);
        let mut left = [0.0; 3];
        let (warm, frames) = (30, 120);
        for frame in 0..frames {
            let truth = face(&smoother, path(frame as f32 * DT_S));
            // Half of the jitter shakes the face as a whole, as that of a network does.
            let shake = [noise.next(), noise.next(), 0.0];
            let seen = truth.map(|point| {
                [0, 1, 2].map(|axis| point[axis] + 0.5 * jitter_px * (noise.next() + shake[axis]))
            });
            smoother.smooth(&mut memory, &seen, Some(DT_S), &mut smooth);
            let flat = |point: [f32; 3]| Vec3::from(point).truncate();
            let errors: [Vec2; LANDMARKS] = std::array::from_fn(|it| flat(smooth[it]) - flat(truth[it]));
            let mean = errors.iter().sum::<Vec2>() / LANDMARKS as f32;
            if frame >= warm {
                for (error, before_error) in errors.iter().zip(before.0) {
                    let step = *error - before_error;
                    left[0] += error.length();
                    left[1] += step.length();
                    left[2] += (step - (mean - before.1)).length();
                }
            }
            before = (errors, mean);
        }
        let [error, jitter, shape_jitter] = left.map(|it| it / ((frames - warm) * LANDMARKS) as f32);
        Left {
            error,
            jitter,
            shape_jitter,
        }
    }

    fn reference_like() -> Smoothing {
        let filter = OneEuro {
            min_cutoff_hz: 0.05,
            gain: 80.0,
            knee_per_s: 0.0,
            speed_cutoff_hz: 1.0,
        };
        Smoothing {
            motion: filter,
            shape: filter,
        }
    }

    /// Filters that let everything through.
    fn open() -> Smoothing {
        let filter = OneEuro {
            min_cutoff_hz: 1e3,
            ..reference_like().motion
        };
        Smoothing {
            motion: filter,
            shape: filter,
        }
    }

    #[test]
    fn motion_is_undone_and_found_again() {
        let smoother = Smoother::new(Smoothing::default());
        for motion in [at(100.0, 200.0, 0.0), at(-50.0, 9000.0, 2.0), at(0.0, 0.0, -3.1)] {
            let found = smoother.motion(&face(&smoother, motion)).unwrap();
            assert!(Vec2::from(found.turn).distance(motion.turn.into()) < 1e-3 * SIZE_PX);
            assert!(Vec3::from(found.place).distance(motion.place.into()) < 0.02);
            let point = Vec3::new(0.3, -0.4, 0.2);
            assert!(motion.undo(motion.carry(point)).distance(point) < 1e-4);
        }
        assert!(smoother.motion(&[[5.0, 5.0, 5.0]; LANDMARKS]).is_none());
    }

    #[test]
    fn the_first_frame_is_as_seen_with_and_without_time() {
        for dt_s in [None, Some(DT_S)] {
            let smoother = Smoother::new(Smoothing::default());
            let mut memory = memory();
            let mut smooth = [[0.0; 3]; LANDMARKS];
            let seen = face(&smoother, at(100.0, 50.0, 0.1));
            smoother.smooth(&mut memory, &seen, dt_s, &mut smooth);
            assert_eq!(smooth, seen);
            let seen = face(&smoother, at(101.0, 50.0, 0.1));
            smoother.smooth(&mut memory, &seen, Some(DT_S), &mut smooth);
            assert_ne!(smooth, seen, "the control: the next one is smoothed");
        }
    }

    /// Places along x, each after how many seconds, and what comes of the last one.
    fn end_of(steps: &[(f32, Option<f32>)]) -> [[f32; 3]; LANDMARKS] {
        let smoother = Smoother::new(Smoothing::default());
        let (mut memory, mut smooth) = (memory(), [[0.0; 3]; LANDMARKS]);
        for (x, dt_s) in steps {
            let seen = face(&smoother, at(*x, 50.0, 0.1));
            smoother.smooth(&mut memory, &seen, *dt_s, &mut smooth);
        }
        smooth
    }

    #[test]
    fn a_picture_shown_again_gives_the_same_and_is_not_remembered() {
        let film = [(100.0, None), (101.0, Some(DT_S)), (104.0, Some(DT_S))];
        let [first, second, third] = film;
        let before = end_of(&[first, second]);
        // Seen anew it may lie a little elsewhere.
        let again = [first, second, (101.0, None), (102.0, None)];
        assert_eq!(end_of(&again), before);
        assert_ne!(
            end_of(&[first, second, (102.0, Some(DT_S))]),
            before,
            "the control: later it counts"
        );
        let after = [&again[..], &[third]].concat();
        assert_eq!(end_of(&after), end_of(&film), "as if it had not been shown again");
    }

    #[test]
    fn a_face_that_moves_without_time_is_followed() {
        let film = |untold: Option<f32>| -> Vec<_> {
            (0..40)
                .map(|frame| (100.0 + 4.0 * frame as f32, untold))
                .collect()
        };
        let smooth = end_of(&film(None));
        assert_eq!(smooth, end_of(&film(Some(UNTOLD_S))));
        let smoother = Smoother::new(Smoothing::default());
        let (found, truth) = (smoother.motion(&smooth).unwrap(), 100.0 + 4.0 * 39.0);
        assert!(
            (found.place[0] - truth).abs() < 0.05 * SIZE_PX,
            "{}",
            found.place[0]
        );
    }

    #[test]
    fn a_wiped_memory_starts_over() {
        let smoother = Smoother::new(Smoothing::default());
        let mut memory = memory();
        let mut smooth = [[0.0; 3]; LANDMARKS];
        let before = face(&smoother, at(100.0, 50.0, 0.0));
        smoother.smooth(&mut memory, &before, Some(DT_S), &mut smooth);
        bytemuck::write_zeroes(&mut *memory);
        let seen = face(&smoother, at(103.0, 50.0, 0.0));
        smoother.smooth(&mut memory, &seen, Some(DT_S), &mut smooth);
        assert_eq!(smooth, seen);
    }

    #[test]
    fn what_is_no_face_disturbs_nothing() {
        let smoother = Smoother::new(Smoothing::default());
        let mut memory = memory();
        let mut smooth = [[0.0; 3]; LANDMARKS];
        let point = [[5.0, 5.0, 5.0]; LANDMARKS];
        smoother.smooth(&mut memory, &point, Some(DT_S), &mut smooth);
        assert_eq!(smooth, point);
        let seen = face(&smoother, at(100.0, 50.0, 0.0));
        smoother.smooth(&mut memory, &seen, Some(DT_S), &mut smooth);
        assert_eq!(smooth, seen);
    }

    #[test]
    fn rest_is_quieter_than_with_the_references_filter() {
        let still = |_| at(200.0, 150.0, 0.2);
        let raw = run(open(), still, 0.4).jitter;
        let reference = run(reference_like(), still, 0.4).jitter;
        let ours = run(Smoothing::default(), still, 0.4).jitter;
        assert!(reference < 0.5 * raw, "the control: {reference} of {raw}");
        assert!(ours <= 0.8 * reference, "{ours} of {reference}");
    }

    #[test]
    fn lag_is_less_than_a_hundredth_of_the_face() {
        let sway = |t: f32| at(300.0 + 60.0 * (TAU * 0.7 * t).sin(), 150.0, 0.0);
        let steady = |t: f32| at(100.0 + 80.0 * t, 150.0, 0.0);
        let roll = |t: f32| at(200.0, 150.0, 0.35 * (TAU * 0.6 * t).sin());
        for path in [&sway as &dyn Fn(f32) -> Motion, &steady, &roll] {
            let ours = run(Smoothing::default(), path, 0.0).error;
            assert!(ours < 0.005 * SIZE_PX, "{ours}");
        }
        let heavy = OneEuro {
            gain: 5.0,
            ..Smoothing::default().motion
        };
        let heavy = Smoothing {
            motion: heavy,
            ..Smoothing::default()
        };
        let lagging = run(heavy, sway, 0.0).error;
        assert!(lagging > 0.01 * SIZE_PX, "the control: {lagging}");
    }

    #[test]
    fn a_head_that_moves_leaves_its_shape_at_rest() {
        let sway = |t: f32| at(300.0 + 60.0 * (TAU * 0.7 * t).sin(), 150.0, 0.0);
        let ours = run(Smoothing::default(), sway, 0.4).shape_jitter;
        let reference = run(reference_like(), sway, 0.4).shape_jitter;
        let raw = run(open(), sway, 0.4).shape_jitter;
        assert!(reference < raw, "the control: {reference} of {raw}");
        assert!(ours <= 0.8 * reference, "{ours} of {reference}");
    }

    #[test]
    fn a_steady_thing_lags_by_what_the_gain_says() {
        let filter = OneEuro {
            min_cutoff_hz: 1e-3,
            gain: 80.0,
            knee_per_s: 0.0,
            speed_cutoff_hz: 1.0,
        };
        for speed in [0.05f32, 0.5] {
            let lag = speed / (TAU * filter.cutoff_hz(speed));
            assert!((lag - 1.0 / (TAU * 80.0)).abs() < 1e-4);
        }
        let knee = OneEuro {
            knee_per_s: 0.1,
            ..filter
        };
        assert!(knee.cutoff_hz(0.01) < 0.2 * filter.cutoff_hz(0.01));
        assert!(knee.cutoff_hz(10.0) > 0.98 * filter.cutoff_hz(10.0));
        assert_eq!(filter.cutoff_hz(0.0), 1e-3);
    }
}
