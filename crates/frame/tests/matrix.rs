//! Every format, colour, orientation and stride, against the definitions in real numbers.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{COLOURS, PACKINGS, Packed, Packing, Scene, judge, rgba};
use moretta_frame::{Colour, FrameFormat, FrameLayout, FrameView};
use moretta_space::{Orientation, Rotation};
use proptest::prelude::*;

/// Even and odd, one pixel, a row, a column, and both sides longer than what is converted at once.
const SIZES: [(usize, usize); 9] = [
    (1, 1),
    (2, 2),
    (1, 9),
    (9, 1),
    (5, 3),
    (6, 4),
    (64, 65),
    (67, 66),
    (130, 5),
];

/// Bytes of `first`, its complement, and so on: whatever a wrong read finds changes with `first`.
fn poison(first: u8) -> impl FnMut() -> u8 {
    let mut next = first;
    move || {
        next = !next;
        next
    }
}

/// Each frame of the matrix, with its poison changed the second time.
fn each_frame(mut check: impl FnMut(&Scene, Packing, Colour, Orientation, [&Packed; 2])) {
    for (seed, (width, height)) in SIZES.into_iter().enumerate() {
        let scene = Scene::noise(width, height, seed as u32);
        for packing in PACKINGS {
            for padding in [0, 1, 13] {
                let [a, b] = [0x5a, 0x11].map(|first| scene.pack(packing, padding, poison(first)));
                for colour in COLOURS {
                    for orientation in Orientation::ALL {
                        check(&scene, packing, colour, orientation, [&a, &b]);
                    }
                }
            }
        }
    }
}

#[test]
fn whole_frames_are_what_the_definitions_say() {
    let mut frames = 0;
    each_frame(|scene, packing, colour, orientation, [a, b]| {
        let found = rgba(&a.view(colour, orientation));
        let verdict = judge(scene, packing, colour, orientation, &found);
        let at = (scene.width, scene.height);
        assert_eq!(verdict, Ok(()), "{packing:?} {colour:?} {orientation:?} {at:?}");
        assert_eq!(found, rgba(&b.view(colour, orientation)), "the padding was read");
        frames += 1;
    });
    assert_eq!(frames, 9 * 9 * 3 * 4 * 8);
}

#[test]
fn single_pixels_are_those_of_the_whole_frame() {
    each_frame(|_, packing, colour, orientation, [a, _]| {
        let view = a.view(colour, orientation);
        let whole = rgba(&view);
        let (width, height) = (view.size().width(), view.size().height());
        let mut pixels = whole.chunks(4);
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let pixel = pixels.next().unwrap();
            assert_eq!(view.rgb(x, y).unwrap(), pixel[..3], "{packing:?} {orientation:?}");
        }
        for (x, y) in [(width, 0), (0, height), (u32::MAX, u32::MAX)] {
            assert_eq!(view.rgb(x, y), None, "outside");
        }
    });
}

#[test]
fn the_same_picture_is_the_same_in_every_yuv_format() {
    let scene = Scene::noise(131, 67, 99);
    for colour in COLOURS {
        for orientation in Orientation::ALL {
            let mut pictures = PACKINGS
                .into_iter()
                .filter(|packing| packing.is_yuv())
                .map(|packing| rgba(&scene.pack(packing, 3, poison(7)).view(colour, orientation)));
            let first = pictures.next().unwrap();
            assert_eq!(pictures.filter(|picture| *picture == first).count(), 6);
        }
    }
}

/// The control: the judge finds what could be wrong.
#[test]
fn the_judge_refuses_each_other_colour_orientation_and_plane_order() {
    let scene = Scene::noise(10, 8, 5);
    let nv12 = Packing::Apart(FrameFormat::Nv12);
    let packed = scene.pack(nv12, 0, poison(0));
    let (colour, orientation) = (COLOURS[1], Orientation::ALL[5]);
    let found = rgba(&packed.view(colour, orientation));
    assert_eq!(judge(&scene, nv12, colour, orientation, &found), Ok(()));

    for other in COLOURS.into_iter().filter(|other| *other != colour) {
        assert!(
            judge(&scene, nv12, other, orientation, &found).is_err(),
            "{other:?}"
        );
    }
    for other in Orientation::ALL.into_iter().filter(|other| *other != orientation) {
        assert!(judge(&scene, nv12, colour, other, &found).is_err(), "{other:?}");
    }
    let as_nv21 = FrameLayout {
        format: FrameFormat::Nv21,
        colour,
        orientation,
        ..packed.layout
    };
    let swapped = rgba(&as_nv21.view(&packed.planes()).unwrap());
    assert!(judge(&scene, nv12, colour, orientation, &swapped).is_err());
    let one_off = found
        .iter()
        .map(|level| level.saturating_sub(1))
        .collect::<Vec<_>>();
    assert!(judge(&scene, nv12, colour, orientation, &one_off).is_err());
}

/// The control: bytes of poison do differ between the two frames, and are many.
#[test]
fn the_poison_of_the_two_frames_differs() {
    let scene = Scene::noise(6, 4, 1);
    for packing in PACKINGS {
        let [a, b] = [0x5a, 0x11].map(|first| scene.pack(packing, 13, poison(first)));
        let differing = a.planes()[0].iter().zip(b.planes()[0]).filter(|(a, b)| a != b);
        assert_eq!(differing.count(), 3 * 13, "{packing:?}");
    }
}

#[test]
fn bytes_round_the_rows_of_the_result_stay() {
    let scene = Scene::noise(35, 33, 8);
    for packing in [
        Packing::Apart(FrameFormat::Rgba8),
        Packing::Apart(FrameFormat::Nv12),
    ] {
        let packed = scene.pack(packing, 5, poison(9));
        for orientation in Orientation::ALL {
            let view = packed.view(Colour::CAMERA, orientation);
            let row = view.size().width() as usize * 4;
            let stride = row + 7;
            let mut out = vec![0xee; stride * view.size().height() as usize + 3];
            view.to_rgba(&mut out, stride).unwrap();
            let tight = rgba(&view);
            let mut rows = tight.chunks(row);
            for found in out.chunks(stride) {
                let (found, rest) = found.split_at(row.min(found.len()));
                match rows.next() {
                    Some(expected) => assert_eq!(found, expected),
                    None => assert_eq!(found, [0xee; 3]),
                }
                assert!(rest.iter().all(|byte| *byte == 0xee));
            }
        }
    }
}

#[test]
fn the_last_row_of_the_result_needs_no_padding() {
    let scene = Scene::noise(4, 3, 8);
    let packed = scene.pack(Packing::Apart(FrameFormat::I420), 0, poison(9));
    let view: FrameView<'_> = packed.view(Colour::CAMERA, Orientation::UPRIGHT);
    let mut out = vec![0; 2 * 20 + 16];
    assert_eq!(view.to_rgba(&mut out, 20), Ok(()));
    let shorter = out.len() - 1;
    assert!(view.to_rgba(&mut out[..shorter], 20).is_err());
}

proptest! {
    /// Turning the frame a camera delivers and telling so changes nothing.
    #[test]
    fn a_turned_camera_sees_the_same(
        width in 1_usize..40,
        height in 1_usize..40,
        seed: u32,
        which in 0_usize..8,
        packing in proptest::sample::select(&PACKINGS[..]),
    ) {
        let orientation = Orientation::ALL[which];
        let scene = Scene::noise(width, height, seed);
        let packed = scene.pack(packing, 2, poison(3));
        let upright = packed.view(Colour::HD_VIDEO, orientation);
        let (bytes, size) = (rgba(&upright), upright.size());

        let mut again = FrameLayout::packed(FrameFormat::Rgba8, size.width(), size.height());
        again.orientation = orientation.inverse();
        let back = again.view(&[&bytes]).unwrap();
        let straight = packed.view(Colour::HD_VIDEO, Orientation::UPRIGHT);
        prop_assert_eq!(rgba(&back), rgba(&straight));
        prop_assert_eq!(back.size(), straight.size());
        prop_assert_eq!(upright.sensor_size(), straight.sensor_size());
        let sideways = matches!(orientation.rotation, Rotation::Deg90 | Rotation::Deg270);
        let (width, height) = if sideways { (height, width) } else { (width, height) };
        prop_assert_eq!((size.width() as usize, size.height() as usize), (width, height));
    }
}
