//! What a face is used to look like, vertex by vertex.

use bytemuck::{Pod, Zeroable};
use glam::{Vec2, Vec3, Vec3Swizzles};

use super::atlas::{Spot, falling, rising};
use super::even::{Even, Floors, Reading};

/// What is remembered of a vertex. Face data.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Known {
    /// What it is used to look like: the logarithms of its luminance, and of red and of blue over green.
    pub(super) own: [f32; 3],
    /// How far something is in front of it, 0 to 1.
    pub(super) front: f32,
    /// How much level and hue vary, as variances.
    pub(super) varies: [f32; 2],
    /// For how long something has been in front of it, in seconds.
    pub(super) hidden_s: f32,
    unused: f32,
}

/// Nothing looks steadier than this: what landmarks that tremble make of a vertex.
const STEADIEST: Floors = Floors {
    level: 0.08,
    hue: 0.05,
};
/// How much a vertex is taken to vary before it is known, and where it is hidden then.
const UNKNOWN: Floors = Floors { level: 0.3, hue: 0.2 };
const HIDDEN: Floors = Floors {
    level: 0.2,
    hue: 0.12,
};
/// What is learned of how much it varies at most: a face that flickers by more cannot be told from a hand.
const UNSTEADIEST: Floors = Floors {
    level: 0.3,
    hue: 0.15,
};
/// How many standard deviations are far.
pub(super) const FAR: f32 = 3.0;

/// How long it takes to learn what a face looks like, and how much that varies.
const LEARNS_S: f32 = 0.5;
const VARIES_S: f32 = 1.0;
/// As how long a look at it counts how much it was taken to vary before it was known. Sooner, a head that turns would be strange to
/// itself, and later a hand that comes in the first second would be taken for the face.
const UNKNOWN_S: f32 = 0.25;
/// How long something is in front before it begins to be taken for the face's own. What is hardly strange is twice as soon, and skin
/// where there was none is within a second: rather a cup that has gone than a hand.
const RESTS_S: f32 = 8.0;
const UNCOVERED: f32 = 8.0;

impl Known {
    /// In a first frame: what it looks like, or skin as far as it is hidden.
    pub(super) fn first(reading: &Reading, spot: &Spot, skin: Even, hidden: f32) -> Self {
        let bare = Vec3::new(skin.level(spot), skin.hue.x, skin.hue.y);
        let varies = |unknown: f32, hiding: f32| {
            let [unknown, hiding] = [unknown, hiding].map(|it| it * it);
            unknown + (hiding - unknown) * hidden
        };
        Self {
            own: colour(reading).lerp(bare, hidden).to_array(),
            varies: [
                varies(UNKNOWN.level, HIDDEN.level),
                varies(UNKNOWN.hue, HIDDEN.hue),
            ],
            ..Self::zeroed()
        }
    }

    /// How many times what is far it is from what it is used to. `light` is what has changed everywhere.
    pub(super) fn strangeness(&self, (level, hue): (f32, Vec2), light: Even) -> f32 {
        let far = |steadiest: f32, noise: f32, varies: f32| {
            FAR * FAR * (steadiest * steadiest + noise * noise + varies)
        };
        let far_level = far(STEADIEST.level, light.spread_level, self.varies[0]);
        let far_hue = far(STEADIEST.hue, light.spread_hue, self.varies[1]);
        (level * level / far_level + hue.length_squared() / far_hue).sqrt()
    }

    /// Learns from this frame what changed: everywhere, and of this vertex alone.
    pub(super) fn learn(&mut self, (light, alone): (Vec3, Vec3), by: Learning) {
        let hidden = by.hidden;
        let sooner = 1.0 + falling(by.strangeness, 1.2, 2.0) + (UNCOVERED - 1.0) * by.uncovered;
        self.hidden_s = if hidden > 0.5 {
            self.hidden_s + by.dt_s * sooner
        } else {
            0.0
        };
        let rested = rising(self.hidden_s, RESTS_S, RESTS_S + 2.0);
        let open = (1.0 - hidden) * by.open;
        let own = Vec3::from(self.own) + (light + alone * rested.max(open)) * by.share(LEARNS_S, 0.0);
        self.own = own.to_array();
        let squares = [
            (alone.x * alone.x).min(UNSTEADIEST.level * UNSTEADIEST.level),
            (0.5 * alone.yz().length_squared()).min(UNSTEADIEST.hue * UNSTEADIEST.hue),
        ];
        let steady = open * by.share(VARIES_S, UNKNOWN_S);
        for (varies, square) in self.varies.iter_mut().zip(squares) {
            *varies += (square - *varies) * steady;
        }
    }
}

/// By what a vertex is learned.
#[derive(Clone, Copy)]
pub(super) struct Learning {
    /// How far something is in front of it or next to it.
    pub(super) hidden: f32,
    pub(super) strangeness: f32,
    /// How much the face as a whole is to be gone by: what a hand leaves of it may be a hand as well.
    pub(super) open: f32,
    /// How far there is skin where it was remembered as none.
    pub(super) uncovered: f32,
    /// For how long the face has been seen, and since the frame before, in seconds.
    pub(super) age_s: f32,
    pub(super) dt_s: f32,
}

impl Learning {
    /// By what share a mean follows: over `time_s`, or over all that was seen while that is less, to which what was taken for granted
    /// before counts as `before_s`.
    fn share(self, time_s: f32, before_s: f32) -> f32 {
        follow(self.dt_s, time_s).max(self.dt_s / (before_s + self.age_s + self.dt_s).max(1e-6))
    }
}

/// By what share something follows in `dt_s` with a time constant of `time_s`.
pub(super) fn follow(dt_s: f32, time_s: f32) -> f32 {
    1.0 - (-dt_s / time_s).exp()
}

pub(super) fn colour(reading: &Reading) -> Vec3 {
    Vec3::new(reading[0], reading[1], reading[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_learned_at_once_in_view_and_late_when_hidden() {
        let known = |hidden: f32, seconds: f32| {
            let mut known = Known::zeroed();
            (0..(seconds * 30.0) as usize).for_each(|_| {
                let alone = Vec3::new(0.4 - known.own[0], 0.0, 0.0);
                let by = Learning {
                    hidden,
                    strangeness: 3.0,
                    open: 1.0,
                    uncovered: 0.0,
                    age_s: 1.0,
                    dt_s: 1.0 / 30.0,
                };
                known.learn((Vec3::ZERO, alone), by);
            });
            known.own[0]
        };
        assert!(known(0.0, 2.0) > 0.38);
        assert_eq!(known(1.0, 7.5), 0.0);
        assert!(known(1.0, 14.0) > 0.38);
    }
}
