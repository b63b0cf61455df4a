//! Movements made of [`Face::state`]: smoothing, springs, latches, timers.
//!
//! Everything here is a recording like any effect's, and could be written outside this crate.

use crate::face::Face;
use crate::point::P2;
use crate::value::{Mask, Num, Operand};

/// Ready-made movements for one recording; make one and use it throughout.
///
/// All of them go by [`Face::dt`], so that an effect looks the same at 30 and at 60 frames a second,
/// and start at rest on their target in a face's first frame.
#[derive(Clone, Copy)]
pub struct Motion<'b> {
    face: Face<'b>,
    first: Mask<'b>,
}

impl<'b> Motion<'b> {
    /// Records what all movements share: whether this is the face's first frame.
    pub fn new(face: Face<'b>) -> Self {
        let frames = face.state(0.0, |before| (before + 1.0).min(2.0));
        Self {
            face,
            first: frames.lt(1.5),
        }
    }

    /// Whether this is the first frame since the face was found.
    pub fn first_frame(self) -> Mask<'b> {
        self.first
    }

    /// Follows `target` with a lag of `seconds`: a one-pole low-pass.
    ///
    /// # Source
    /// Backward Euler for s' = (target - s) / seconds, stable for every frame time; 0 seconds
    /// follow at once.
    pub fn smooth(self, target: Num<'b>, seconds: impl Operand<'b>) -> Num<'b> {
        let dt = self.face.dt();
        let share = dt / (dt + dt.name(seconds));
        self.resting_at(target, |before| before.mix(target, share))
    }

    /// [`smooth`](Self::smooth) for a point.
    pub fn smooth_p2(self, target: P2<'b>, seconds: impl Operand<'b>) -> P2<'b> {
        P2 {
            x: self.smooth(target.x, seconds),
            y: self.smooth(target.y, seconds),
        }
    }

    /// Swings to `target` at `hertz`; a `damping` of 1 just avoids overshooting, less bounces.
    ///
    /// # Source
    /// Backward Euler for s'' = w^2 (target - s) - 2 damping w s' with w = 2 pi hertz, stable for
    /// every frame time.
    pub fn spring(self, target: Num<'b>, hertz: impl Operand<'b>, damping: impl Operand<'b>) -> Num<'b> {
        let dt = self.face.dt();
        let w = dt.name(hertz) * core::f32::consts::TAU;
        let turn = w * dt;
        let resistance = 1.0 + 2.0 * dt.name(damping) * turn + turn * turn;
        self.resting_at(target, |before| {
            let pull = w * turn * (target - before);
            let speed = self
                .face
                .state(0.0, |speed| self.first.select(0.0, (speed + pull) / resistance));
            before + speed * dt
        })
    }

    /// [`spring`](Self::spring) for a point.
    pub fn spring_p2(self, target: P2<'b>, hertz: impl Operand<'b>, damping: impl Operand<'b>) -> P2<'b> {
        P2 {
            x: self.spring(target.x, hertz, damping),
            y: self.spring(target.y, hertz, damping),
        }
    }

    /// Holds from when `value` reaches `enter` until it falls under `exit`, which should be lower:
    /// the gap keeps a noisy signal from flickering.
    pub fn latch(self, value: Num<'b>, enter: impl Operand<'b>, exit: impl Operand<'b>) -> Mask<'b> {
        let held = self.face.state(0.0, |before| {
            (value.ge(enter) | (before.gt(0.5) & value.ge(exit))).select(1.0, 0.0)
        });
        held.gt(0.5)
    }

    /// Holds in the one frame in which `mask` begins to hold.
    pub fn rises(self, mask: Mask<'b>) -> Mask<'b> {
        let frames = self
            .face
            .state(0.0, |before| mask.select((before + 1.0).min(2.0), 0.0));
        mask & frames.lt(1.5)
    }

    /// Holds once `mask` has held for `seconds` without a break.
    pub fn held_for(self, mask: Mask<'b>, seconds: impl Operand<'b>) -> Mask<'b> {
        let dt = self.face.dt();
        let seconds = dt.name(seconds);
        let held = self
            .face
            .state(0.0, |before| mask.select((before + dt).min(seconds), 0.0));
        mask & held.ge(seconds)
    }

    /// Holds while `mask` does and for `seconds` after.
    pub fn linger(self, mask: Mask<'b>, seconds: impl Operand<'b>) -> Mask<'b> {
        let dt = self.face.dt();
        let left = self.face.state(0.0, |before| {
            mask.select(dt.name(seconds), (before - dt).max(0.0))
        });
        mask | left.gt(0.0)
    }

    /// Follows `value` while `when` holds and keeps the last one while it does not.
    pub fn hold(self, value: Num<'b>, when: Mask<'b>) -> Num<'b> {
        self.resting_at(value, |before| when.select(value, before))
    }

    /// A state that is `target` in the first frame and follows `step` from then on.
    fn resting_at(self, target: Num<'b>, step: impl FnOnce(Num<'b>) -> Num<'b>) -> Num<'b> {
        self.face
            .state(0.0, |before| self.first.select(target, step(before)))
    }
}
