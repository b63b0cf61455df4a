//! Glasses on a face that has another's looks, and on the other.

use glam::Vec2;
use moretta_golden::Picture;
use moretta_render::LoadedEffect;

use crate::common::face::{Head, Turn};
use crate::common::scenery::{drawn, persons};
use crate::common::{Rig, Take, With, check};
use crate::swaps::{DARK, PALE, SIZE, differ, person, swap};

/// Frames of glasses: two rings, what joins them, and arms.
#[derive(Clone, Copy)]
struct Glasses {
    colour: [u8; 4],
    /// How far below the eyes they are, over the width of the face.
    lower: f32,
}

/// Of [`Glasses::lower`].
const AT_THE_EYES: f32 = 0.02;
const BLACK: [u8; 4] = [24, 22, 26, 255];

impl Glasses {
    /// How deep inside of the frame a place is, in pixels; below 0 outside.
    fn depth(self, head: &Head, place: Vec2) -> f32 {
        let px = |landmark: usize| Vec2::from(head.px(landmark));
        let wide = px(454).distance(px(234));
        let down = (px(152) - px(10)).normalize_or_zero() * self.lower * wide;
        let half = 0.016 * wide;
        let [right, left] = [[33, 133], [263, 362]].map(|[a, b]| px(a).midpoint(px(b)) + down);
        let radius = 0.155 * wide;
        let ring = |middle: Vec2| half - (place.distance(middle) - radius).abs();
        let line = |from: Vec2, to: Vec2| {
            let along = to - from;
            let share = ((place - from).dot(along) / along.length_squared()).clamp(0.0, 1.0);
            half - place.distance(from + along * share)
        };
        let across = (left - right).normalize_or_zero() * radius;
        let parts = [
            ring(right),
            ring(left),
            line(right + across, left - across),
            line(right - across, px(127) + down),
            line(left + across, px(356) + down),
        ];
        parts.into_iter().fold(f32::MIN, f32::max)
    }

    fn on(self, head: &Head, picture: &Picture) -> Picture {
        let (width, height) = picture.size();
        drawn(width, height, |x, y| {
            let depth = self.depth(head, Vec2::new(x as f32 + 0.5, y as f32 + 0.5));
            let share = (depth + 0.5).clamp(0.0, 1.0);
            let mix = |(a, b): (u8, u8)| (f32::from(a) + (f32::from(b) - f32::from(a)) * share) as u8;
            let [red, green, blue, alpha] = picture.pixel(x, y);
            [
                (red, self.colour[0]),
                (green, self.colour[1]),
                (blue, self.colour[2]),
                (alpha, 255),
            ]
            .map(mix)
        })
    }
}

/// Two faces that are looked at in a still.
struct Show {
    rig: Rig,
    look: LoadedEffect,
    heads: [Head; 2],
    bare: Picture,
}

impl Show {
    fn new(turn: Turn) -> Option<Self> {
        let rig = Rig::new()?;
        let look = rig.load(&swap());
        let head = |slot: usize, x: f32, turn| {
            Head::new(SIZE, turn, [x, 0.0, -400.0]).in_slot(slot, slot as u64 + 1)
        };
        let heads = [head(0, -85.0, turn), head(1, 85.0, Turn::default())];
        let bare = persons(
            SIZE.0,
            SIZE.1,
            &[person(&heads[0], PALE), person(&heads[1], DARK)],
        );
        Some(Self {
            rig,
            look,
            heads,
            bare,
        })
    }

    fn draw(&self, picture: &Picture) -> Picture {
        let with = With {
            dt_s: 0.0,
            ..With::effect(&self.look, &self.heads)
        };
        self.rig.draw(&Take::of(picture), &with).unwrap()
    }

    /// Of the pixels inside of the frame of glasses on a face: the share that differs.
    fn differing(&self, glasses: Glasses, of: usize, a: &Picture, b: &Picture) -> f32 {
        let (mut all, mut differing) = (0, 0);
        for y in 0..SIZE.1 {
            for x in 0..SIZE.0 {
                if glasses.depth(&self.heads[of], Vec2::new(x as f32 + 0.5, y as f32 + 0.5)) >= 0.7 {
                    all += 1;
                    differing += usize::from(differ(a.pixel(x, y), b.pixel(x, y)) > 24);
                }
            }
        }
        assert!(all > 200, "there are glasses: {all} pixels");
        differing as f32 / all as f32
    }
}

#[test]
fn glasses_stay_on_whom_they_are_and_on_nobody_else() {
    for yaw in [0.0, 15.0] {
        let turn = Turn {
            yaw,
            ..Turn::default()
        };
        let Some(show) = Show::new(turn) else { return };
        let bare = show.draw(&show.bare);
        for wearer in [0, 1] {
            let differing = |lower: f32| {
                let glasses = Glasses { colour: BLACK, lower };
                let before = glasses.on(&show.heads[wearer], &show.bare);
                let after = show.draw(&before);
                if (yaw, wearer, lower) == (0.0, 0, AT_THE_EYES) {
                    check("swap-glasses", &after);
                }
                let lost = show.differing(glasses, wearer, &before, &after);
                [lost, show.differing(glasses, 1 - wearer, &bare, &after)]
            };
            let [lost, taken] = differing(AT_THE_EYES);
            assert!(lost < 0.4 && taken < 0.2, "{yaw}, {wearer}: {lost}, {taken}");
            // The control: on cheeks and mouth, where nobody wears glasses, they belong to the looks.
            let [lost, taken] = differing(0.42);
            assert!(
                lost > 0.7 && taken > 0.4,
                "the control: {yaw}, {wearer}: {lost}, {taken}"
            );
        }
    }
}
