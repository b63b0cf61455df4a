use crate::HeadAngles;

/// How many numbers a [`HeadMotion`] keeps from frame to frame.
pub const HEAD_MOTION_NUMBERS: usize = 7;

/// What a head's latest turns left behind, over seven numbers that somebody else keeps from frame to frame.
///
/// The numbers are face data: they belong into memory that is wiped when the face is lost. All zero is the
/// state of a face that was never seen, so wiping is starting over.
///
/// A nod is a way down *and* a way up. Each frame's change of pitch is added to one of two sums, that of the ways
/// down or that of the ways up, and both fade with a time constant of 0.6 s. The nod is the lesser sum over 8
/// degrees, so that looking down once is none, however far, and 8 degrees there and back, quickly, are a full
/// one. A shake is the same of yaw, over 12 degrees, for heads turn farther than they nod. Changes slower than
/// 10 degrees a second are left out: half of them are the landmarks' jitter.
pub struct HeadMotion<'a> {
    state: &'a mut [f32; HEAD_MOTION_NUMBERS],
}

/// What a head has just done.
pub(crate) struct Gestures {
    /// 0 to 1.
    pub(crate) nod: f32,
    /// 0 to 1.
    pub(crate) shake: f32,
}

impl<'a> HeadMotion<'a> {
    /// The motion whose numbers are `state`.
    pub const fn over(state: &'a mut [f32; HEAD_MOTION_NUMBERS]) -> Self {
        Self { state }
    }

    /// Adds the turns of this frame, `dt_s` after the one before, and says what the head has just done.
    ///
    /// After a pause of half a second, a step back in time or a number that is none, it starts over.
    pub(crate) fn advance(self, angles: HeadAngles, dt_s: f32) -> Gestures {
        let now = [angles.pitch_rad, angles.yaw_rad];
        let known = self.state[SEEN] == 1.0
            && (0.0..=LONGEST_STEP_S).contains(&dt_s)
            && self.state.iter().all(|it| it.is_finite());
        if !known {
            *self.state = [0.0; HEAD_MOTION_NUMBERS];
        }
        let fade = (-dt_s / FADE_S).exp();
        let [seen, turns @ ..] = self.state;
        let (turns, []) = turns.as_chunks_mut::<3>() else {
            unreachable!("a turn has three numbers")
        };
        let mut lesser = [0.0; 2];
        for (([before, up, down], now), lesser) in turns.iter_mut().zip(now).zip(&mut lesser) {
            if known {
                let change = now - *before;
                let counted = (change.abs() - SLOWEST_RAD_PER_S * dt_s).max(0.0);
                *up = *up * fade + if change > 0.0 { counted } else { 0.0 };
                *down = *down * fade + if change < 0.0 { counted } else { 0.0 };
            }
            *before = now;
            *lesser = up.min(*down);
        }
        *seen = if now.iter().all(|it| it.is_finite()) {
            1.0
        } else {
            0.0
        };
        let [nod, shake] = lesser;
        Gestures {
            nod: (nod / FULL_NOD_RAD).min(1.0),
            shake: (shake / FULL_SHAKE_RAD).min(1.0),
        }
    }
}

/// 1 if the other numbers are those of an earlier frame. Behind it, for pitch and then for yaw: the angle, and the
/// sums of its ways up and down.
const SEEN: usize = 0;
const FADE_S: f32 = 0.6;
const LONGEST_STEP_S: f32 = 0.5;
const SLOWEST_RAD_PER_S: f32 = 10.0 * RAD_PER_DEGREE;
const FULL_NOD_RAD: f32 = 8.0 * RAD_PER_DEGREE;
const FULL_SHAKE_RAD: f32 = 12.0 * RAD_PER_DEGREE;
const RAD_PER_DEGREE: f32 = core::f32::consts::PI / 180.0;

#[cfg(test)]
mod tests {
    use core::f32::consts::TAU;

    use super::*;

    const STEP_S: f32 = 1.0 / 30.0;

    fn angles(pitch: f32, yaw: f32) -> HeadAngles {
        HeadAngles {
            yaw_rad: yaw * RAD_PER_DEGREE,
            pitch_rad: pitch * RAD_PER_DEGREE,
            roll_rad: 0.0,
        }
    }

    /// The largest nod and shake while the head follows `path`, in degrees of pitch and yaw by the second.
    fn largest(duration_s: f32, path: impl Fn(f32) -> (f32, f32)) -> (f32, f32) {
        let mut state = [0.0; HEAD_MOTION_NUMBERS];
        let (mut nod, mut shake) = (0.0f32, 0.0f32);
        for frame in 0..(duration_s / STEP_S) as usize {
            let (pitch, yaw) = path(frame as f32 * STEP_S);
            let gestures = HeadMotion::over(&mut state).advance(angles(pitch, yaw), STEP_S);
            nod = nod.max(gestures.nod);
            shake = shake.max(gestures.shake);
        }
        (nod, shake)
    }

    #[test]
    fn a_nod_goes_down_and_up() {
        let (nod, shake) = largest(1.0, |t| (6.0 * (TAU * 2.0 * t).sin(), 0.0));
        assert!(nod > 0.9 && shake == 0.0, "{nod} {shake}");
        let (once, _) = largest(1.0, |t| ((60.0 * t).min(20.0), 0.0));
        assert!(once < 0.01, "looking down is no nod: {once}");
        let (slow, _) = largest(10.0, |t| (10.0 * (TAU * 0.1 * t).sin(), 0.0));
        assert!(slow < 0.01, "nor is swaying: {slow}");
    }

    #[test]
    fn a_shake_goes_left_and_right() {
        let (nod, shake) = largest(1.0, |t| (0.0, 10.0 * (TAU * 2.0 * t).sin()));
        assert!(shake > 0.9 && nod == 0.0, "{nod} {shake}");
    }

    #[test]
    fn jitter_is_neither() {
        let jitter = |t: f32| 0.3 * (t * 1234.5).sin();
        let (nod, shake) = largest(10.0, |t| (jitter(t), jitter(t + 0.7)));
        assert!(nod < 0.2 && shake < 0.2, "{nod} {shake}");
    }

    #[test]
    fn a_gesture_fades() {
        let mut state = [0.0; HEAD_MOTION_NUMBERS];
        let mut at = |pitch| {
            HeadMotion::over(&mut state)
                .advance(angles(pitch, 0.0), STEP_S)
                .nod
        };
        at(0.0);
        at(10.0);
        let done = at(0.0);
        assert!(done > 0.9);
        let later = (0..60).map(|_| at(0.0)).last().unwrap();
        assert!(later < 0.1 * done, "two seconds later: {later}");
    }

    #[test]
    fn a_gap_or_a_bad_number_starts_over() {
        for (angle, dt_s) in [(0.0, 0.6), (0.0, -STEP_S), (0.0, f32::NAN), (f32::NAN, STEP_S)] {
            let mut state = [0.0; HEAD_MOTION_NUMBERS];
            for pitch in [0.0, 10.0, 0.0] {
                HeadMotion::over(&mut state).advance(angles(pitch, 0.0), STEP_S);
            }
            let mut control = state;
            let still = HeadMotion::over(&mut control)
                .advance(angles(0.0, 0.0), STEP_S)
                .nod;
            assert!(still > 0.9, "the control: the nod is remembered");
            HeadMotion::over(&mut state).advance(angles(angle, 0.0), dt_s);
            let after = HeadMotion::over(&mut state).advance(angles(0.0, 0.0), STEP_S);
            assert_eq!((after.nod, after.shake), (0.0, 0.0));
        }
    }
}
