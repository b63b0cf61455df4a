//! What is in front of a face that has another's looks: hands, cups.

use glam::Vec2;
use moretta_golden::Picture;
use moretta_render::LoadedEffect;

use crate::common::face::{Head, Turn};
use crate::common::scenery::{drawn, persons};
use crate::common::{Rig, Take, With, check};
use crate::swaps::{DARK, PALE, SIZE, differ, person, pixel, swap, two};

/// A hand: brighter than the shaded cheek that it is before, and less red, as hands are.
pub(crate) const HAND: [f32; 3] = [214.0, 186.0, 172.0];
const CUP: [f32; 3] = [225.0, 226.0, 230.0];
pub(crate) const FRAME_S: f32 = 1.0 / 30.0;

/// Something that is held in front of a face.
#[derive(Clone, Copy)]
pub(crate) struct Thing {
    pub(crate) colour: [f32; 3],
    /// How far it is held up: 0 is below the face, 1 before cheek and mouth; before all of the face, if it is a palm.
    pub(crate) up: f32,
    pub(crate) shape: Shape,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Fingers,
    Cup,
    /// As wide as the face.
    Palm,
}

pub(crate) fn hand(up: f32) -> Thing {
    Thing {
        colour: HAND,
        up,
        shape: Shape::Fingers,
    }
}

fn cup(colour: [f32; 3]) -> Thing {
    Thing {
        colour,
        up: 1.0,
        shape: Shape::Cup,
    }
}

impl Thing {
    /// How deep inside of it a place is, in pixels, in front of `head`; below 0 outside.
    pub(crate) fn depth(self, head: &Head, place: Vec2) -> f32 {
        let px = |landmark: usize| Vec2::from(head.px(landmark));
        let size = px(152).distance(px(10));
        let down = Vec2::new(0.0, (1.0 - self.up) * size * 0.9);
        let capsule = |from: Vec2, to: Vec2, radius: f32| {
            let along = to - from;
            let share = ((place - from).dot(along) / along.length_squared()).clamp(0.0, 1.0);
            radius - place.distance(from + along * share)
        };
        if self.shape == Shape::Palm {
            let (chin, top) = (px(152), px(10));
            let top = chin.lerp(top, 1.2 * self.up - 0.1);
            let radius = size * 0.48;
            return capsule(top + Vec2::new(0.0, radius), chin + Vec2::new(0.0, size), radius);
        }
        if self.shape == Shape::Cup {
            return capsule(
                px(164) + down,
                px(152) + Vec2::new(0.0, size * 0.6) + down,
                size * 0.14,
            );
        }
        let wrist = px(152) + Vec2::new(0.25 * size, 0.45 * size) + down;
        let tips = [346, 280, 425, 273].map(|it| px(it) + Vec2::new(-0.04, 0.02) * size + down);
        let knuckles =
            [0.3, 0.1, -0.1, -0.3].map(|along| wrist + Vec2::new(along * 0.5, -0.22 - along * 0.2) * size);
        let fingers = core::array::from_fn::<_, 4, _>(|it| capsule(tips[it], knuckles[it], 0.062 * size));
        let palm = capsule(wrist - Vec2::new(0.0, 0.1 * size), wrist, 0.2 * size);
        fingers.into_iter().fold(palm, f32::max)
    }

    pub(crate) fn before(self, head: &Head, picture: &Picture) -> Picture {
        let (width, height) = picture.size();
        drawn(width, height, |x, y| {
            let depth = self.depth(head, Vec2::new(x as f32 + 0.5, y as f32 + 0.5));
            if depth < 0.0 {
                return picture.pixel(x, y);
            }
            // Round: darker towards its edge.
            let shade = 0.86 + 0.14 * (depth / 4.0).min(1.0);
            let [red, green, blue] = self.colour.map(|level| (level * shade) as u8);
            [red, green, blue, 255]
        })
    }
}

pub(crate) fn both() -> Picture {
    let heads = two();
    persons(
        SIZE.0,
        SIZE.1,
        &[person(&heads[0], PALE), person(&heads[1], DARK)],
    )
}

/// A rig that has seen both faces for a while.
pub(crate) struct Show {
    pub(crate) rig: Rig,
    pub(crate) look: LoadedEffect,
    pub(crate) heads: [Head; 2],
}

impl Show {
    pub(crate) fn new() -> Option<Self> {
        let rig = Rig::new()?;
        let look = rig.load(&swap());
        Some(Self {
            rig,
            look,
            heads: two(),
        })
    }

    pub(crate) fn after(seconds: f32) -> Option<Self> {
        let show = Self::new()?;
        show.run(&both(), seconds);
        Some(show)
    }

    pub(crate) fn draw(&self, picture: &Picture, dt_s: f32) -> Picture {
        let with = With {
            dt_s,
            ..With::effect(&self.look, &self.heads)
        };
        self.rig.draw(&Take::of(picture), &with).unwrap()
    }

    /// Draws the same picture for a while; returns the last one.
    pub(crate) fn run(&self, picture: &Picture, seconds: f32) -> Picture {
        let frames = (seconds / FRAME_S).round() as usize;
        (1..frames).for_each(|_| drop(self.draw(picture, FRAME_S)));
        self.draw(picture, FRAME_S)
    }
}

/// Of the pixels in which `thing` covers the face, and not at its very edge: the share that is not as the camera saw it.
pub(crate) fn painted_over(thing: Thing, head: &Head, before: &Picture, after: &Picture) -> f32 {
    let oval: Vec<_> = moretta_geometry::region::FACE_OVAL
        .map(|it| Vec2::from(head.px(usize::from(it))))
        .into();
    let middle = oval.iter().sum::<Vec2>() / oval.len() as f32;
    let within = |at: Vec2| {
        let next = oval.iter().cycle().skip(1);
        let turns =
            |(a, b): (&Vec2, &Vec2)| (*b - *a).perp_dot(at - *a) * (*b - *a).perp_dot(middle - *a) > 0.0;
        oval.iter().zip(next).all(turns)
    };
    let (mut all, mut painted) = (0, 0);
    for y in 0..SIZE.1 {
        for x in 0..SIZE.0 {
            let at = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
            if thing.depth(head, at) >= 2.0 && within(at) {
                all += 1;
                painted += usize::from(differ(before.pixel(x, y), after.pixel(x, y)) > 8);
            }
        }
    }
    // Of less than that it is an edge.
    painted as f32 / all.max(300) as f32
}

#[test]
fn a_hand_that_comes_before_a_face_stays_before_it() {
    let Some(show) = Show::after(1.0) else { return };
    let bare = both();
    let alone = show.draw(&bare, FRAME_S);
    let head = &show.heads[0];
    // It comes within a quarter of a second, and is seen from the first frame on.
    for step in 1..=8 {
        let hand = hand(step as f32 / 8.0);
        let before = hand.before(head, &bare);
        let after = show.draw(&before, FRAME_S);
        if step > 5 {
            let painted = painted_over(hand, head, &before, &after);
            assert!(painted < 0.1, "step {step}: {painted}");
        }
    }
    let hand = hand(1.0);
    let before = hand.before(head, &bare);
    let after = show.run(&before, 0.2);
    let painted = painted_over(hand, head, &before, &after);
    assert!(painted < 0.03, "{painted}");
    check("swap-hand", &after);
    // The face beside it keeps the other's looks, in its own colours; nor does the other get the hand.
    for (head, cheek, most) in [
        (&show.heads[0], 50, 12),
        (&show.heads[0], 205, 12),
        (&show.heads[1], 50, 12),
        (&show.heads[1], 205, 12),
        // Of the cheek that the hand hides, the opposite one is taken, and its shading.
        (&show.heads[1], 280, 40),
    ] {
        let found = [pixel(&alone, head, cheek), pixel(&after, head, cheek)];
        assert!(
            differ(found[0], found[1]) < most,
            "slot {}, {cheek}: {found:?}",
            head.slot
        );
    }

    // The control: who was not seen before has a hand of skin painted over.
    let unseen = Show::new().unwrap();
    let painted = painted_over(hand, head, &before, &unseen.draw(&before, 0.0));
    assert!(painted > 0.3, "the control: {painted}");

    // When it goes, the looks come back.
    let gone = show.run(&bare, 0.6);
    let left = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)));
    let left = left
        .filter(|(x, y)| differ(gone.pixel(*x, *y), alone.pixel(*x, *y)) > 6)
        .count();
    assert!(left < 60, "{left}");
}

#[test]
fn a_hand_that_rests_stays_for_seconds_and_not_for_ever() {
    let Some(show) = Show::after(1.0) else { return };
    let head = &show.heads[0];
    let hand = hand(1.0);
    let before = hand.before(head, &both());
    let painted = |seconds: f32| painted_over(hand, head, &before, &show.run(&before, seconds));
    let path = [painted(1.0), painted(2.5), painted(12.0)];
    assert!(path[0] < 0.03 && path[1] < 0.03 && path[2] > 0.3, "{path:?}");
}

#[test]
fn another_person_in_the_slot_is_not_known_by_who_was_there_before() {
    let Some(mut show) = Show::after(1.0) else { return };
    let hand = hand(1.0);
    let before = hand.before(&show.heads[0], &both());
    show.heads[0].id = 77;
    let after = show.run(&before, 0.5);
    let painted = painted_over(hand, &show.heads[0], &before, &after);
    assert!(painted > 0.3, "{painted}");
}

#[test]
fn a_cup_that_was_there_from_the_beginning_stays_and_goes() {
    let Some(show) = Show::new() else { return };
    let (bare, head) = (both(), &show.heads[0]);
    let before = cup(CUP).before(head, &bare);
    let painted = painted_over(cup(CUP), head, &before, &show.draw(&before, 0.0));
    assert!(painted < 0.05, "{painted}");
    show.run(&before, 1.0);
    // What is under it is not taken for something in front.
    let gone = show.run(&bare, 1.0);
    let alone = Show::new().unwrap().draw(&bare, 0.0);
    for landmark in [205, 425, 164, 199] {
        let found = [pixel(&gone, head, landmark), pixel(&alone, head, landmark)];
        assert!(differ(found[0], found[1]) < 12, "{landmark}: {found:?}");
    }
    // The control: of the face's own colour it is a part of the face.
    let before = cup(PALE.map(|level| level * 0.85)).before(head, &bare);
    let after = Show::new().unwrap().draw(&before, 0.0);
    let painted = painted_over(cup(PALE), head, &before, &after);
    assert!(painted > 0.3, "the control: {painted}");
}

#[test]
fn who_turns_the_head_or_is_lit_otherwise_has_nothing_in_front() {
    let Some(mut show) = Show::after(0.5) else { return };
    let fresh = Show::new().unwrap();
    for frame in 0..45_i16 {
        let turn = Turn {
            yaw: 8.0 + 15.0 * (f32::from(frame) / 12.0).sin(),
            pitch: 6.0 * (f32::from(frame) / 15.0).sin(),
            ..Turn::default()
        };
        let light = 1.0 - 0.3 * (f32::from(frame) / 14.0).sin().abs();
        show.heads[0] = Head::new(SIZE, turn, [-75.0, 0.0, -400.0]).in_slot(0, 1);
        let everyone = [
            person(&show.heads[0], PALE.map(|level| level * light)),
            person(&show.heads[1], DARK),
        ];
        let before = persons(SIZE.0, SIZE.1, &everyone);
        let after = show.draw(&before, FRAME_S);
        // What one frame by itself makes of it, but for gains that follow.
        let mut alone = With::effect(&fresh.look, &show.heads);
        alone.dt_s = 0.0;
        alone.heads[0].id = 100 + frame as u64;
        alone.heads[1].id = 200 + frame as u64;
        let alone = fresh.rig.draw(&Take::of(&before), &alone).unwrap();
        let far = (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)));
        let far = far
            .filter(|(x, y)| differ(after.pixel(*x, *y), alone.pixel(*x, *y)) > 30)
            .count();
        assert!(far < 20, "frame {frame}: {far}");
    }
}
