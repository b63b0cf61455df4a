//! Tracks: how they begin, go on, and end.

#![allow(clippy::unwrap_used, reason = "pictures of tests")]

mod common;

use common::picture::Picture;
use common::{Rig, Sight, largest_distance, mean_distance};
use moretta_track::{Range, TrackerOptions};

const FRAME_MS: u64 = 33;

fn rig(max_faces: usize) -> Rig {
    Rig::new(TrackerOptions {
        max_faces,
        range: Range::Short,
        seed: 42,
        ..TrackerOptions::default()
    })
}

/// The portrait without its surroundings: a head 93 pixels wide.
fn head() -> Picture {
    Picture::portrait().cut(56, 36, 144, 160).scaled(0.9)
}

/// A room with the portrait's face at each of `places`.
fn room(places: &[(i32, i32)]) -> Picture {
    let face = head();
    let room = Picture::plain(480, 240, [90, 95, 100]);
    places.iter().fold(room, |room, (x, y)| room.with(&face, *x, *y))
}

const LEFT: (i32, i32) = (20, 30);
const RIGHT: (i32, i32) = (300, 30);

/// The ids of the faces, from the left of the picture to the right.
fn from_left(sight: &Sight) -> Vec<u64> {
    let mut faces: Vec<_> = sight.faces.iter().collect();
    faces.sort_by(|a, b| a.bounds[0][0].total_cmp(&b.bounds[0][0]));
    faces.iter().map(|face| face.id).collect()
}

/// Shows `pictures`, a frame apart.
fn watch(rig: &Rig, pictures: &[Picture]) -> Vec<Sight> {
    let shots = pictures.iter().map(Picture::rgba).enumerate();
    shots
        .map(|(frame, shot)| rig.see(&shot, 1000 + frame as u64 * FRAME_MS))
        .collect()
}

#[test]
fn a_face_keeps_its_id_and_needs_no_detector() {
    let pictures: Vec<_> = (0..6).map(|frame| room(&[(20 + 5 * frame, 30)])).collect();
    let sights = watch(&rig(1), &pictures);
    assert_eq!(sights[0].detections.len(), 1);
    for (frame, sight) in sights.iter().enumerate().skip(1) {
        assert_eq!(sight.ids(), sights[0].ids(), "frame {frame}");
        assert!(sight.detections.is_empty(), "no detector looks at frame {frame}");
        let moved: Vec<_> = sights[0]
            .only()
            .seen
            .iter()
            .map(|[x, y, z]| [x + 5.0 * frame as f32, *y, *z])
            .collect();
        assert!(mean_distance(&sight.only().seen, &moved) < 1.0, "frame {frame}");
    }
}

#[test]
fn ids_follow_from_the_seed() {
    let id = |seed| {
        let rig = Rig::new(TrackerOptions {
            seed,
            ..TrackerOptions::default()
        });
        rig.see(&room(&[LEFT]).rgba(), 0).only().id
    };
    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
}

#[test]
fn a_newcomer_is_found_within_a_few_frames_and_changes_nobodys_id() {
    let mut pictures = vec![room(&[LEFT])];
    pictures.extend((0..6).map(|_| room(&[LEFT, RIGHT])));
    let sights = watch(&rig(2), &pictures);
    let first = sights[0].only().id;
    let last = &sights[6];
    assert_eq!(last.faces.len(), 2);
    assert_eq!(last.faces[0].id, first);
    assert_ne!(last.faces[1].id, first);
    let looked = sights[1..6]
        .iter()
        .filter(|sight| !sight.detections.is_empty())
        .count();
    assert_eq!(looked, 1, "the detector rests between");
}

/// A face at `before` for two frames, nobody for `missing`, and a face at `after`.
fn leave(rig: &Rig, before: (i32, i32), missing: usize, after: (i32, i32)) -> Vec<Sight> {
    let mut pictures = vec![room(&[before]); 2];
    pictures.extend(vec![room(&[]); missing]);
    pictures.push(room(&[after]));
    let sights = watch(rig, &pictures);
    assert_eq!(sights[1].ids(), sights[0].ids(), "the control");
    for sight in &sights[2..2 + missing] {
        assert!(sight.faces.is_empty());
    }
    assert_eq!(sights[2 + missing].faces.len(), 1, "found at once");
    sights
}

#[test]
fn a_lone_face_missed_for_two_frames_is_the_same_and_for_three_a_stranger() {
    for (missing, kept) in [(1, true), (2, true), (3, false)] {
        let sights = leave(&rig(1), LEFT, missing, LEFT);
        let [first, .., last] = &sights[..] else {
            panic!("several")
        };
        assert_eq!(last.ids() == first.ids(), kept, "missing for {missing}");
        let remembers: Vec<_> = sights.iter().map(|sight| sight.remembers).collect();
        let expected = [true, true, true, true, false];
        assert_eq!(remembers[..2 + missing], expected[..2 + missing]);
    }
}

#[test]
fn who_comes_back_elsewhere_is_a_stranger() {
    let sights = leave(&rig(1), LEFT, 1, RIGHT);
    assert_ne!(sights[3].ids(), sights[0].ids());
}

#[test]
fn who_leaves_and_comes_back_is_a_stranger_if_the_pipeline_says_that_nobody_is_there() {
    let sights = leave(&rig(1).forgetful(), LEFT, 1, LEFT);
    assert_ne!(sights[3].ids(), sights[0].ids());
}

#[test]
fn smoothing_goes_on_over_a_missed_frame() {
    let still = Picture::portrait();
    let nobody = Picture::plain(256, 256, [90, 95, 100]);
    let mut pictures: Vec<_> = (0..6).map(|frame| still.shaken(6.0, frame)).collect();
    pictures.insert(5, nobody);
    let after = |rig: &Rig| watch(rig, &pictures).pop().unwrap();
    let kept = after(&rig(1));
    assert_ne!(kept.only().landmarks, kept.only().seen);
    let anew = after(&rig(1).forgetful());
    assert_eq!(anew.only().landmarks, anew.only().seen, "the control");
}

#[test]
fn a_frame_shown_again_gives_the_same_landmarks() {
    let still = Picture::portrait();
    let rig = rig(1);
    for frame in 0..6 {
        let (shot, at_ms) = (still.shaken(6.0, frame).rgba(), 1000 + frame * FRAME_MS);
        let first = rig.see(&shot, at_ms);
        for _ in 0..2 {
            let again = rig.see(&shot, at_ms);
            assert_eq!(again.ids(), first.ids());
            let distance = largest_distance(&again.only().landmarks, &first.only().landmarks);
            assert!(distance < 1e-3, "frame {frame}: {distance} px");
        }
        if frame > 0 {
            assert_ne!(first.only().landmarks, first.only().seen, "the filter goes on");
        }
    }
}

#[test]
fn a_far_face_lost_beside_a_near_one_keeps_its_id() {
    // The far one is too small for the short range: tests/pictures.rs shows it.
    let (near, far) = (Picture::portrait(), Picture::portrait().scaled(0.5));
    let alone = Picture::plain(640, 640, [90, 90, 90]).with(&near, 20, 20);
    let both = alone.clone().with(&far, 450, 400);
    for (missing, kept) in [(1, true), (2, true), (3, false)] {
        let rig = Rig::new(TrackerOptions {
            max_faces: 2,
            ..TrackerOptions::default()
        });
        // Missed from the seventh frame on, after which the full range's turn comes in the sixteenth.
        let mut pictures = vec![both.clone(); 6];
        pictures.extend(vec![alone.clone(); missing]);
        pictures.push(both.clone());
        let sights = watch(&rig, &pictures);
        let last = sights.last().unwrap();
        assert_eq!(sights[5].ids(), sights[0].ids());
        assert_eq!(sights[5].faces.len(), 2);
        assert_eq!(sights[6].faces.len(), 1, "the control: it is missed");
        assert_eq!(last.ids() == sights[0].ids(), kept, "missing for {missing}");
        assert_eq!(last.faces.len(), if kept { 2 } else { 1 });
    }
}

#[test]
fn a_face_lost_for_two_frames_beside_another_keeps_its_id_and_for_three_does_not() {
    for (missing, kept) in [(1, true), (2, true), (3, false)] {
        let both = room(&[LEFT, RIGHT]);
        let mut pictures = vec![both.clone(), both.clone()];
        pictures.extend((0..missing).map(|_| room(&[LEFT])));
        pictures.extend((0..6).map(|_| both.clone()));
        let sights = watch(&rig(2), &pictures);
        assert_eq!(sights[1].faces.len(), 2);
        assert_eq!(sights[2].faces.len(), 1);
        let last = sights.last().unwrap();
        let [left_before, right_before] = from_left(&sights[0])[..] else {
            panic!("two faces")
        };
        let [left, right] = from_left(last)[..] else {
            panic!("two faces")
        };
        assert_eq!(left, left_before, "who stayed is the same");
        assert_eq!(right == right_before, kept, "missing for {missing}");
    }
}

#[test]
fn two_lost_faces_come_back_each_under_its_own_id() {
    let middle = (175, 30);
    let all = room(&[LEFT, middle, RIGHT]);
    let sights = watch(&rig(3), &[all.clone(), room(&[middle]), all]);
    assert_eq!(
        sights.iter().map(|sight| sight.faces.len()).collect::<Vec<_>>(),
        [3, 1, 3]
    );
    assert_eq!(from_left(&sights[2]), from_left(&sights[0]));
}

#[test]
fn a_step_back_in_time_and_a_long_gap_end_tracks() {
    let there = room(&[LEFT]).rgba();
    for (second_ms, kept) in [
        (2033, true),
        (2000, true),
        (1999, false),
        (2999, true),
        (3001, false),
    ] {
        let rig = rig(1);
        let before = rig.see(&there, 2000);
        let after = rig.see(&there, second_ms);
        assert_eq!(after.ids() == before.ids(), kept, "from 2000 to {second_ms} ms");
        assert_eq!(after.faces.len(), 1);
    }
}

#[test]
fn the_ends_of_time_are_times_like_any_other() {
    let there = room(&[LEFT]).rgba();
    let rig = rig(1);
    let mut ids = Vec::new();
    for timestamp_ns in [0, u64::MAX, u64::MAX, 0, u64::MAX - 1, u64::MAX] {
        let sight = rig.try_see_at(&there, timestamp_ns).unwrap();
        assert!(
            sight
                .only()
                .landmarks
                .as_flattened()
                .iter()
                .all(|it| it.is_finite())
        );
        ids.push(sight.only().id);
    }
    assert_eq!(ids[1], ids[2], "no time passed");
    assert_eq!(ids[4], ids[5], "a nanosecond passed");
    for cut in [0, 2, 3] {
        assert_ne!(ids[cut], ids[cut + 1], "ages passed, or time stepped back");
    }
}

#[test]
fn a_reset_makes_the_next_frame_the_first() {
    let there = room(&[LEFT]).rgba();
    let rig = rig(1);
    let before = rig.see_first(&there);
    let after = rig.see_first(&there);
    assert_ne!(after.ids(), before.ids());
    assert_eq!(after.only().seen, before.only().seen, "from the detector again");
}

#[test]
fn a_pause_forgets_everybody() {
    let there = room(&[LEFT]).rgba();
    let rig = rig(1);
    let before = rig.see(&there, 0);
    rig.veil().pause().unwrap();
    rig.veil().resume().unwrap();
    let after = rig.see(&there, 33);
    assert!(!after.detections.is_empty(), "sought anew");
    assert_eq!(after.only().seen, before.only().seen);
}

#[test]
fn a_face_at_rest_is_smoothed_and_stays_where_it_is() {
    let still = Picture::portrait();
    let rig = rig(1);
    let (mut raw, mut smooth) = (0.0, 0.0);
    let mut before: Option<Sight> = None;
    for frame in 0..24 {
        let sight = rig.see(&still.shaken(6.0, frame).rgba(), 1000 + frame * FRAME_MS);
        if let Some(before) = before.filter(|_| frame > 8) {
            raw += mean_distance(&sight.only().seen, &before.only().seen);
            smooth += mean_distance(&sight.only().landmarks, &before.only().landmarks);
        }
        before = Some(sight);
    }
    assert!(raw > 0.0 && smooth < 0.2 * raw, "{smooth} of {raw} px");
    let last = before.unwrap();
    assert!(largest_distance(&last.only().landmarks, &last.only().seen) < 2.0);
}

#[test]
fn smoothing_can_be_left_out() {
    let rig = Rig::new(TrackerOptions {
        smoothing: None,
        range: Range::Short,
        ..TrackerOptions::default()
    });
    let still = Picture::portrait();
    for frame in 0..3 {
        let sight = rig.see(&still.shaken(6.0, frame).rgba(), frame * FRAME_MS);
        assert_eq!(sight.only().landmarks, sight.only().seen);
    }
}
