//! The camera's picture, before anything is drawn over it.

use moretta_frame::{Colour, ColourMatrix, ColourRange, FrameFormat, FrameLayout};
use moretta_golden::Picture;
use moretta_render::PixelOrder;
use moretta_space::Orientation;

use crate::common::scenery::noise;
use crate::common::{Rig, Take, With};

/// Noise in a format, with padded rows.
fn take(format: FrameFormat, (width, height): (u32, u32), seed: u32) -> Take {
    let mut layout = FrameLayout::packed(format, width, height);
    for plane in &mut layout.planes[..format.plane_count()] {
        plane.row_stride += 5;
    }
    let noise = noise(128, 128, seed);
    let mut bytes = noise.rgba().iter().copied().cycle().skip(seed as usize);
    let planes = (0..format.plane_count()).map(|plane| {
        let len = layout.plane_len(plane).unwrap().unwrap();
        bytes.by_ref().take(len).collect()
    });
    Take {
        planes: planes.collect(),
        layout,
    }
}

/// What the frame says of itself, pixel by pixel; its alpha where it has one.
fn expected(take: &Take) -> Picture {
    take.view(|view| {
        let (width, height) = (view.size().width(), view.size().height());
        let mut bytes = vec![0; (width * height * 4) as usize];
        view.to_rgba(&mut bytes, width as usize * 4).unwrap();
        Picture::new(width, height, bytes).unwrap()
    })
}

fn largest(a: &Picture, b: &Picture) -> u8 {
    moretta_golden::Difference::between(a, b).unwrap().largest
}

#[test]
fn packed_frames_come_out_bit_by_bit_in_all_orientations() {
    let Some(rig) = Rig::new() else { return };
    for format in [FrameFormat::Rgba8, FrameFormat::Bgra8] {
        for orientation in Orientation::ALL {
            for size in [(1, 1), (2, 3), (33, 20), (64, 17)] {
                let mut take = take(format, size, 7);
                take.layout.orientation = orientation;
                let drawn = rig.draw(&take, &With::default()).unwrap();
                assert_eq!(
                    drawn.rgba(),
                    expected(&take).rgba(),
                    "{format} {orientation:?} {size:?}"
                );
            }
        }
    }
}

#[test]
fn yuv_frames_are_within_two_levels_of_the_processors_own() {
    let Some(rig) = Rig::new() else { return };
    let mut worst = 0;
    for format in FrameFormat::ALL {
        if matches!(format, FrameFormat::Rgba8 | FrameFormat::Bgra8) {
            continue;
        }
        for orientation in Orientation::ALL {
            for size in [(34, 20), (33, 19)] {
                let mut take = take(format, size, 3);
                take.layout.orientation = orientation;
                let drawn = rig.draw(&take, &With::default()).unwrap();
                let apart = largest(&drawn, &expected(&take));
                assert!(apart <= 2, "{format} {orientation:?} {size:?}: {apart}");
                worst = worst.max(apart);
            }
        }
    }
    assert!(worst >= 1, "the control: noise is not met to the level");
}

#[test]
fn every_colour_definition_is_met_and_no_other() {
    let Some(rig) = Rig::new() else { return };
    let colours = [
        (ColourMatrix::Bt601, ColourRange::Full),
        (ColourMatrix::Bt601, ColourRange::Limited),
        (ColourMatrix::Bt709, ColourRange::Full),
        (ColourMatrix::Bt709, ColourRange::Limited),
    ]
    .map(|(matrix, range)| Colour { matrix, range });
    let takes = colours.map(|colour| {
        let mut take = take(FrameFormat::Nv12, (64, 48), 11);
        take.layout.colour = colour;
        take
    });
    for (i, take) in takes.iter().enumerate() {
        let drawn = rig.draw(take, &With::default()).unwrap();
        for (j, other) in takes.iter().enumerate() {
            let apart = largest(&drawn, &expected(other));
            assert_eq!(
                apart <= 2,
                i == j,
                "{:?} as {:?}: {apart}",
                colours[i],
                colours[j]
            );
        }
    }
}

#[test]
fn chroma_two_bytes_apart_may_overlap_and_end_early() {
    let Some(rig) = Rig::new() else { return };
    // As Android delivers: both chroma planes in one buffer, the last byte of each missing.
    for swapped in [false, true] {
        let mut layout = FrameLayout::packed(FrameFormat::Yuv420_888, 34, 20);
        for plane in &mut layout.planes[1..] {
            plane.pixel_stride = 2;
            plane.row_stride = 40;
        }
        let bytes = noise(64, 64, 5).rgba().to_vec();
        let len = layout.plane_len(1).unwrap().unwrap();
        let pair = &bytes[1000..1000 + len + 1];
        let (first, second) = (pair[..len].to_vec(), pair[1..].to_vec());
        let luma = bytes[..layout.plane_len(0).unwrap().unwrap()].to_vec();
        let planes = if swapped {
            vec![luma, second, first]
        } else {
            vec![luma, first, second]
        };
        let take = Take { layout, planes };
        let drawn = rig.draw(&take, &With::default()).unwrap();
        assert!(largest(&drawn, &expected(&take)) <= 2, "swapped: {swapped}");
    }
}

#[test]
fn the_same_picture_is_the_same_in_every_arrangement_of_its_planes() {
    let Some(rig) = Rig::new() else { return };
    let (width, height) = (34_u32, 20_u32);
    let i420 = take(FrameFormat::I420, (width, height), 21);
    // The samples without padding.
    let plane = |at: usize, columns: usize| -> Vec<u8> {
        let stride = i420.layout.planes[at].row_stride;
        i420.planes[at]
            .chunks(stride)
            .flat_map(|row| row[..columns].to_vec())
            .collect()
    };
    let (y, u, v) = (plane(0, 34), plane(1, 17), plane(2, 17));
    let pairs = |a: &[u8], b: &[u8]| -> Vec<u8> { a.iter().zip(b).flat_map(|(a, b)| [*a, *b]).collect() };
    let draw = |format, planes: Vec<Vec<u8>>| {
        let layout = FrameLayout::packed(format, width, height);
        rig.draw(&Take { layout, planes }, &With::default()).unwrap()
    };
    let first = rig.draw(&i420, &With::default()).unwrap();
    for (format, planes) in [
        (FrameFormat::Yv12, vec![y.clone(), v.clone(), u.clone()]),
        (FrameFormat::Nv12, vec![y.clone(), pairs(&u, &v)]),
        (FrameFormat::Nv21, vec![y.clone(), pairs(&v, &u)]),
        (FrameFormat::Yuv420_888, vec![y, u, v]),
    ] {
        assert_eq!(draw(format, planes).rgba(), first.rgba(), "{format}");
    }
}

#[test]
fn rows_go_where_the_caller_wants_them() {
    let Some(rig) = Rig::new() else { return };
    let take = take(FrameFormat::Rgba8, (9, 4), 2);
    let wanted = expected(&take);
    let stride = 9 * 4 + 12;
    for (order, swap) in [(PixelOrder::Rgba, false), (PixelOrder::Bgra, true)] {
        // The last row may end with its last pixel.
        let mut bytes = vec![0xEE; 3 * stride + 36];
        rig.draw_into(&take, &With::default(), &mut bytes, stride, order)
            .unwrap();
        for (y, row) in bytes.chunks(stride).enumerate() {
            for (x, pixel) in row[..36].chunks(4).enumerate() {
                let [r, g, b, a] = wanted.pixel(x as u32, y as u32);
                let expected = if swap { [b, g, r, a] } else { [r, g, b, a] };
                assert_eq!(pixel, expected, "{order:?} {x} {y}");
            }
            assert!(row[36..].iter().all(|byte| *byte == 0xEE), "padding stays");
        }
    }
}
