//! The same face, however it is delivered, and pictures that are hard or hold none.

#![allow(clippy::unwrap_used, reason = "pictures of tests")]

mod common;

use core::f32::consts::FRAC_PI_2;
use std::collections::BTreeSet;

use common::picture::{Picture, Shot};
use common::{Known, Rig, largest_distance, mean_distance};
use moretta_frame::{Colour, ColourRange, FrameFormat};
use moretta_space::Orientation;
use moretta_track::{MAX_FACES, Range, TrackError, TrackerOptions};

fn rig(max_faces: usize) -> Rig {
    Rig::new(TrackerOptions {
        max_faces,
        ..TrackerOptions::default()
    })
}

#[test]
fn all_orientations_give_the_same_landmarks() {
    let rig = rig(1);
    let portrait = Picture::portrait();
    // Not square, so that a swap of the sides would be seen.
    let picture = Picture::plain(320, 256, [90, 90, 90]).with(&portrait, 40, 0);
    let expected = rig.see_first(&picture.rgba());
    let mut seen = 0;
    for orientation in Orientation::ALL {
        let sight = rig.see_first(&picture.delivered(FrameFormat::Bgra8, orientation));
        let distance = largest_distance(&sight.only().seen, &expected.only().seen);
        assert!(distance < 0.01, "{orientation:?}: {distance} px");
        seen += 1;
    }
    assert_eq!(seen, 8);
    let moved = Picture::plain(320, 256, [90, 90, 90]).with(&portrait, 42, 0);
    let sight = rig.see_first(&moved.rgba());
    let distance = largest_distance(&sight.only().seen, &expected.only().seen);
    assert!(
        distance > 1.0,
        "the control: another picture gives others: {distance} px"
    );
}

#[test]
fn all_formats_give_the_same_landmarks() {
    let rig = rig(1);
    // Not square, and of an odd number of columns, so that no row of chroma is as long as another row.
    let picture = Picture::plain(321, 256, [90, 90, 90]).with(&Picture::portrait(), 40, 0);
    let expected = rig.see_first(&picture.rgba());
    let off = |shot: &Shot| {
        let sight = rig.see_first(shot);
        largest_distance(&sight.only().seen, &expected.only().seen)
    };
    let colours = [
        Colour::CAMERA,
        Colour::HD_VIDEO,
        Colour {
            range: ColourRange::Limited,
            ..Colour::CAMERA
        },
        Colour {
            range: ColourRange::Full,
            ..Colour::HD_VIDEO
        },
    ];
    let mut farthest: f32 = 0.0;
    for (number, format) in FrameFormat::ALL.into_iter().enumerate() {
        // A colour matrix and range is of those formats alone whose planes are brightness and colour.
        let colours = if format.plane_count() > 1 {
            &colours[..]
        } else {
            &colours[..1]
        };
        for (turn, orientation) in Orientation::ALL.into_iter().enumerate() {
            for (kind, colour) in colours.iter().enumerate() {
                let padding = (turn + kind) % 2 * (1 + number);
                let mut shot = picture.delivered_in(format, orientation, *colour);
                if format == FrameFormat::Yuv420_888 && padding > 0 {
                    shot = shot.with_gaps();
                }
                let distance = off(&shot.padded(padding));
                assert!(
                    distance < 1.0,
                    "{format}, {orientation:?}, {colour:?}, {padding}: {distance} px"
                );
                farthest = farthest.max(distance);
            }
        }
    }
    // The control: green skin is skin to the network, but not the same.
    let mut wrong = picture.delivered(FrameFormat::Nv12, Orientation::UPRIGHT);
    wrong.layout.format = FrameFormat::Nv21;
    let distance = off(&wrong);
    assert!(distance > 2.0 * farthest, "{distance} and {farthest} px");
}

#[test]
fn a_scaled_picture_gives_scaled_landmarks() {
    let rig = rig(1);
    let picture = Picture::portrait();
    let expected = rig.see_first(&picture.rgba());
    for factor in [0.5, 0.8, 1.7, 4.0] {
        let sight = rig.see_first(&picture.scaled(factor).rgba());
        let back: Vec<_> = sight
            .only()
            .seen
            .iter()
            .map(|point| point.map(|it| it / factor))
            .collect();
        // In pixels of the coarser of both pictures: a smaller one shows less. Its landmarks are off by a pixel at most where it is
        // large, and hardly more where it is small, for the network sees another blur.
        let [mean, largest] = [mean_distance, largest_distance]
            .map(|distance| distance(&back, &expected.only().seen) * factor.min(1.0));
        let most = if factor > 1.0 { 1.0 } else { 1.25 };
        assert!(mean < 0.5 && largest < most, "{factor}: {mean} and {largest} px");
    }
}

#[test]
fn where_there_is_no_face_none_is_found() {
    let rig = rig(4);
    let pictures = [
        Picture::plain(320, 240, [0, 0, 0]),
        Picture::plain(320, 240, [128, 128, 128]),
        Picture::plain(320, 240, [255, 255, 255]),
        Picture::noise(320, 240, 1),
        Picture::draw(320, 240, |x, y| {
            [(x * 255 / 319) as u8, (y * 255 / 239) as u8, 128]
        }),
        Picture::draw(320, 240, |x, y| {
            [if (x / 16 + y / 16) % 2 == 0 { 40 } else { 200 }; 3]
        }),
        // A disc on a plain: the shape of a face and nothing else.
        Picture::draw(320, 240, |x, y| {
            let (x, y) = (x as f32 - 160.0, y as f32 - 120.0);
            if x.hypot(y) < 80.0 {
                [200, 160, 130]
            } else {
                [60, 80, 60]
            }
        }),
    ];
    for (number, picture) in pictures.iter().enumerate() {
        assert!(
            rig.see_first(&picture.rgba()).faces.is_empty(),
            "picture {number}"
        );
    }
    assert_eq!(
        rig.see_first(&Picture::portrait().rgba()).faces.len(),
        1,
        "the control"
    );
}

#[test]
fn of_twenty_faces_as_many_are_found_as_wanted() {
    let portrait = Picture::portrait().scaled(0.6);
    let alone = rig(1).see(&portrait.rgba(), 0).only().seen.clone();
    let mut crowd = Picture::plain(5 * portrait.width, 4 * portrait.height, [0; 3]);
    for place in 0..20 {
        let (x, y) = (place % 5 * portrait.width, place / 5 * portrait.height);
        crowd = crowd.with(&portrait, x as i32, y as i32);
    }
    for wanted in [1, 4, MAX_FACES] {
        let sight = rig(wanted).see(&crowd.rgba(), 0);
        assert_eq!(sight.faces.len(), wanted);
        let ids: BTreeSet<_> = sight.ids().into_iter().collect();
        assert_eq!(ids.len(), wanted, "each has an id of its own");
        for (slot, face) in sight.faces.iter().enumerate() {
            assert_eq!(face.slot, slot);
            let nose = face.seen[4];
            let column = (nose[0] / portrait.width as f32).floor() * portrait.width as f32;
            let row = (nose[1] / portrait.height as f32).floor() * portrait.height as f32;
            let moved: Vec<_> = face
                .seen
                .iter()
                .map(|[x, y, z]| [x - column, y - row, *z])
                .collect();
            let distance = mean_distance(&moved, &alone);
            assert!(distance < 2.0, "slot {slot}: {distance} px");
        }
    }
}

#[test]
fn a_face_cut_by_the_border_is_found() {
    let portrait = Picture::portrait();
    let rig = rig(1);
    let whole = rig.see_first(&portrait.rgba());
    let [min, max] = whole.only().bounds;
    let width = max[0] - min[0];
    // A fifth of the face's width lies beyond the left edge.
    let shift = -(min[0] + 0.2 * width).round();
    let cut = Picture::plain(256, 256, [90, 90, 90]).with(&portrait, shift as i32, 0);
    let sight = rig.see_first(&cut.rgba());
    let face = sight.only();
    assert!(face.bounds[0][0] < 0.0, "landmarks go on beyond the edge");
    let inside = whole
        .only()
        .seen
        .iter()
        .zip(&face.seen)
        .filter(|(_, found)| found[0] > 10.0);
    let distances: Vec<_> = inside
        .map(|(whole, found)| (found[0] - whole[0] - shift).hypot(found[1] - whole[1]))
        .collect();
    let mean = distances.iter().sum::<f32>() / distances.len() as f32;
    assert!(mean < 0.03 * width, "{mean} of {width} px");
    let sides = |face: &Known| {
        let [[left, top], [right, bottom]] = face.bounds;
        (right - left).max(bottom - top)
    };
    let soft_px = 0.02 * sides(face);
    let mut beyond = 0;
    for ([x, ..], visibility) in face.seen.iter().zip(&face.visibility) {
        assert!(*x > -soft_px || *visibility == 0.0, "{x}: {visibility}");
        beyond += usize::from(*x < -soft_px);
    }
    assert!(beyond > 20, "{beyond}");
    let seen_beyond = |face: &Known, shift: f32| {
        let all = face.seen.iter().zip(&face.visibility);
        all.filter(|([x, ..], visibility)| *x + shift < -soft_px && **visibility > 0.9)
            .count()
    };
    assert_eq!(seen_beyond(face, 0.0), 0);
    assert!(
        seen_beyond(whole.only(), shift) > 20,
        "the control: before the cut they were seen"
    );
    let clear = |face: &Known| face.visibility.iter().filter(|it| **it > 0.9).count();
    assert!(clear(face) > 200, "the control: the rest still is");
}

#[test]
fn faces_lie_on_their_side_or_upside_down_if_the_frame_does() {
    let portrait = Picture::portrait();
    let rig = rig(1);
    let upright = rig.see_first(&portrait.rgba());
    let width = upright.only().bounds[1][0] - upright.only().bounds[0][0];
    // Lying on its side in a frame that is upright.
    let side = Picture::draw(256, 256, |x, y| portrait.pixel(y, 255 - x));
    let sight = rig.see_first(&side.rgba());
    let back: Vec<_> = sight
        .only()
        .seen
        .iter()
        .map(|[x, y, z]| [*y, 256.0 - x, *z])
        .collect();
    let distance = mean_distance(&back, &upright.only().seen);
    assert!(distance < 0.04 * width, "{distance} of {width} px");
    assert!(
        (sight.only().angles_rad[2].abs() - FRAC_PI_2).abs() < 0.2,
        "rolled by a quarter turn"
    );
    // Upside down, and said to be so.
    let sight = rig.see_first(&portrait.delivered(FrameFormat::Rgba8, Orientation::ALL[2]));
    assert_eq!(sight.only().seen, upright.only().seen);
    // Upside down, and said to be upright: whatever is seen is no error.
    assert!(rig.see_first(&portrait.turned_over().rgba()).faces.len() <= 1);
}

#[test]
fn frames_of_every_size_are_taken() {
    let rig = rig(2);
    for (width, height) in [(1, 1), (1, 7), (3, 1), (2, 2), (1, 16384), (16384, 1), (16384, 9)] {
        let picture = Picture::noise(width, height, 3);
        assert!(
            rig.see_first(&picture.rgba()).faces.is_empty(),
            "{width} x {height}"
        );
    }
}

#[test]
fn rows_may_be_a_byte_longer_and_no_byte_shorter() {
    let rig = rig(1);
    let packed = Picture::portrait().rgba();
    let expected = rig.see_first(&packed);
    let row = packed.layout.planes[0].row_stride;

    let mut padded = Picture::portrait().rgba();
    padded.layout.planes[0].row_stride = row + 1;
    padded.planes[0] = packed.planes[0]
        .chunks(row)
        .flat_map(|row| row.iter().copied().chain([0x5a]))
        .collect();
    assert_eq!(rig.see_first(&padded).only().seen, expected.only().seen);

    // The same bytes taken for rows without the padding: a sheared picture, and no error.
    padded.layout.planes[0].row_stride = row;
    assert!(rig.see_first(&padded).faces.len() <= 1);

    for (stride, len) in [(row - 1, row * 256), (row, row * 256 - 1), (row + 1, row * 256)] {
        let mut wrong = Picture::portrait().rgba();
        wrong.layout.planes[0].row_stride = stride;
        wrong.planes[0].truncate(len);
        let refused = rig.try_see(&wrong, 0).unwrap_err();
        assert!(matches!(refused, TrackError::Frame(_)), "{refused}");
    }
}

#[test]
fn a_face_in_a_very_wide_frame_is_found_where_detectors_can_see_it() {
    // 16384 columns leave a face of 4000 pixels the 47 of 192 that the full range sees.
    let face = Picture::portrait().scaled(16.0);
    let wide = Picture::plain(16384, 4096, [90, 90, 90]).with(&face, 6000, 0);
    let sight = rig(1).see(&wide.rgba(), 0);
    let centre = f32::midpoint(sight.only().bounds[0][0], sight.only().bounds[1][0]);
    assert!((centre - 8000.0).abs() < 300.0, "{centre}");
}

#[test]
fn the_full_range_sees_what_the_short_one_cannot() {
    let face = Picture::portrait().scaled(0.5);
    let room = Picture::plain(640, 640, [90, 90, 90]).with(&face, 300, 250);
    let with = |range| {
        Rig::new(TrackerOptions {
            range,
            ..TrackerOptions::default()
        })
        .see(&room.rgba(), 0)
    };
    assert_eq!(with(Range::Short).faces.len(), 0, "the control: it is too small");
    let full = with(Range::Full);
    let auto = with(Range::Auto);
    assert_eq!(full.only().seen, auto.only().seen);
}
