//! What covers much of a face that has another's looks, what comes while the face is hardly known, and what only looks like it.

use glam::Vec2;
use moretta_golden::Picture;

use crate::common::check;
use crate::common::scenery::drawn;
use crate::fronts::{FRAME_S, HAND, Shape, Show, Thing, both, hand, painted_over};
use crate::swaps::{SIZE, differ, pixel};

fn palm(up: f32, colour: [f32; 3]) -> Thing {
    Thing {
        colour,
        up,
        shape: Shape::Palm,
    }
}

/// How many pixels differ by more than `by`, left of the second face.
fn apart(a: &Picture, b: &Picture, by: u8) -> usize {
    let places = (0..SIZE.1).flat_map(|y| (0..SIZE.0 / 2).map(move |x| (x, y)));
    places
        .filter(|(x, y)| differ(a.pixel(*x, *y), b.pixel(*x, *y)) > by)
        .count()
}

/// How much of a hand is painted over that comes step by step, frame by frame, to where it covers what it covers.
fn coming(show: &Show, bare: &Picture, thing: impl Fn(f32) -> Thing, frames: u8) -> Vec<f32> {
    let head = &show.heads[0];
    let step = |frame: u8| {
        let thing = thing(f32::from(frame) / f32::from(frames));
        let before = thing.before(head, bare);
        painted_over(thing, head, &before, &show.draw(&before, FRAME_S))
    };
    (1..=frames).map(step).collect()
}

#[test]
fn a_hand_over_a_whole_face_is_not_painted_over() {
    let bare = both();
    // In a third of a second, and one in a dark glove; and in a tenth, which is seen in the frame after the one in which
    // half of the face is gone at once.
    for (frames, colour, unseen) in [(10, HAND, 0), (8, [70.0, 72.0, 84.0], 0), (3, HAND, 2)] {
        let Some(show) = Show::after(1.0) else { return };
        let alone = show.draw(&bare, FRAME_S);
        let head = &show.heads[0];
        let path = coming(&show, &bare, |up| palm(up, colour), frames);
        let seen = path[unseen..].iter().all(|painted| *painted < 0.25);
        assert!(seen, "{colour:?}: {path:?}");
        let palm = palm(1.0, colour);
        let before = palm.before(head, &bare);
        for seconds in [0.2, 1.0, 2.0] {
            let after = show.run(&before, seconds);
            let painted = painted_over(palm, head, &before, &after);
            assert!(painted < 0.03, "{colour:?}, after {seconds}: {painted}");
        }
        // When it goes, the looks come back: what is remembered of the face is the face.
        let gone = show.run(&bare, 0.6);
        let left = apart(&gone, &alone, 6);
        assert!(left < 60, "{left}");

        // The control: who was not seen before has it painted over.
        let unseen = Show::new().unwrap();
        let painted = painted_over(palm, head, &before, &unseen.draw(&before, 0.0));
        assert!(painted > 0.3, "the control: {painted}");
    }
}

#[test]
fn a_lamp_from_one_side_is_no_hand() {
    let Some(show) = Show::after(1.0) else { return };
    let (bare, head) = (both(), &show.heads[0]);
    let middle = head.px(4)[0];
    let wide = head.px(454)[0] - head.px(234)[0];
    // One half in the shade, which is no light that rises evenly.
    let lit = drawn(SIZE.0, SIZE.1, |x, y| {
        let lamp = 1.0 - 0.6 * (12.0 * (x as f32 - middle) / wide).tanh().max(0.0);
        let [red, green, blue, alpha] = bare.pixel(x, y);
        let [red, green, blue] = [red, green, blue].map(|level| (f32::from(level) * lamp) as u8);
        [red, green, blue, alpha]
    });
    let expected = Show::new().unwrap().draw(&lit, 0.0);
    let far = |seconds: f32| apart(&show.run(&lit, seconds), &expected, 12);
    let path = [far(0.1), far(0.9)];
    // The first is the control: it is seen as something in front.
    assert!(path[0] > 1000 && path[1] < 300, "{path:?}");
}

#[test]
fn a_hand_that_comes_before_a_face_that_is_hardly_known_stays_before_it() {
    let bare = both();
    for known in [1, 2, 5, 10, 20] {
        let Some(show) = Show::new() else { return };
        show.draw(&bare, 0.0);
        (1..known).for_each(|_| drop(show.draw(&bare, FRAME_S)));
        // In five frames, each of which is looked at. In the first the other's looks are not there yet.
        let path = coming(&show, &bare, |up| hand(0.5 + 0.5 * up), 5);
        assert!(path.iter().all(|painted| *painted < 0.05), "{known}: {path:?}");
    }
}

#[test]
fn a_hand_of_the_faces_own_colour_is_seen_by_what_it_hides() {
    let bare = both();
    for dim in [0.8, 0.9, 1.0, 1.1] {
        let Some(show) = Show::after(1.0) else { return };
        let head = &show.heads[0];
        let [red, green, blue, _] = pixel(&bare, head, 50);
        let hand = |up: f32| Thing {
            colour: [red, green, blue].map(|level| f32::from(level) * dim),
            ..hand(up)
        };
        let path = coming(&show, &bare, hand, 8);
        let before = hand(1.0).before(head, &bare);
        let after = show.run(&before, 0.2);
        let painted = painted_over(hand(1.0), head, &before, &after);
        assert!(path.iter().all(|painted| *painted < 0.15), "{dim}: {path:?}");
        assert!(painted < 0.02, "{dim}: {painted}");
        if dim == 1.0 {
            check("swap-hand-alike", &after);
        }
    }
}

#[test]
fn a_hand_before_a_painted_face_stays_before_it() {
    let Some(show) = Show::new() else { return };
    let (bare, head) = (both(), &show.heads[0]);
    let [nose, chin] = [4, 152].map(|it| Vec2::from(head.px(it)));
    // Blue below the nose, for so long that it is taken for the face's own.
    let blue = drawn(SIZE.0, SIZE.1, |x, y| {
        let [red, green, blue, alpha] = bare.pixel(x, y);
        let below = y as f32 > nose.y && (x as f32 - nose.x).abs() < 0.8 * (chin.y - nose.y);
        let is_skin = i32::from(red) > i32::from(blue) + 20;
        if below && is_skin && (y as f32) < chin.y {
            [red / 3, green / 2, 200, alpha]
        } else {
            [red, green, blue, alpha]
        }
    });
    show.draw(&blue, 0.0);
    let learned = show.run(&blue, 14.0);
    let worn = apart(&learned, &blue, 8);
    assert!(worn > 3000, "the control: it has the other's looks: {worn}");
    let path = coming(&show, &blue, hand, 8);
    let before = hand(1.0).before(head, &blue);
    let painted =
        [0.2, 0.4].map(|seconds| painted_over(hand(1.0), head, &before, &show.run(&before, seconds)));
    let mut all = path.iter().chain(&painted);
    assert!(all.all(|painted| *painted < 0.05), "{path:?}, {painted:?}");
}
