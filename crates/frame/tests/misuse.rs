//! Layouts that do not fit: each refused, and told what was expected and what was found.

use moretta_frame::{
    Border, ChannelOrder, CropSpec, FrameFormat, FrameLayout, MAX_SIDE, PlaneLayout, Region, ValueRange,
};
use moretta_space::Size;

/// Says why `layout` and planes of these lengths do not make a view, or `None` if they do.
fn refusal(layout: &FrameLayout, lengths: &[usize]) -> Option<String> {
    let buffers: Vec<Vec<u8>> = lengths.iter().map(|len| vec![0; *len]).collect();
    let planes: Vec<&[u8]> = buffers.iter().map(Vec::as_slice).collect();
    layout.view(&planes).err().map(|error| error.to_string())
}

fn with_plane(
    format: FrameFormat,
    (width, height): (u32, u32),
    plane: usize,
    row_stride: usize,
    pixel_stride: usize,
) -> FrameLayout {
    let mut layout = FrameLayout::packed(format, width, height);
    layout.planes[plane] = PlaneLayout {
        row_stride,
        pixel_stride,
    };
    layout
}

#[test]
fn sizes() {
    let layout = |width, height| FrameLayout::packed(FrameFormat::Rgba8, width, height);
    for (width, height) in [
        (0, 1),
        (1, 0),
        (MAX_SIDE + 1, 1),
        (1, MAX_SIDE + 1),
        (u32::MAX, u32::MAX),
    ] {
        assert_eq!(
            refusal(&layout(width, height), &[64]).unwrap(),
            format!("frame size: expected each side within 1..=16384 pixels, found {width} x {height}")
        );
    }
    assert_eq!(refusal(&layout(MAX_SIDE, 1), &[MAX_SIDE as usize * 4]), None);
    assert_eq!(refusal(&layout(1, MAX_SIDE), &[MAX_SIDE as usize * 4]), None);
}

#[test]
fn plane_counts() {
    for (format, lengths) in [
        (FrameFormat::Rgba8, &[16][..]),
        (FrameFormat::Bgra8, &[16]),
        (FrameFormat::Nv12, &[4, 2]),
        (FrameFormat::Nv21, &[4, 2]),
        (FrameFormat::I420, &[4, 1, 1]),
        (FrameFormat::Yv12, &[4, 1, 1]),
        (FrameFormat::Yuv420_888, &[4, 1, 1]),
    ] {
        let layout = FrameLayout::packed(format, 2, 2);
        let expected = lengths.len();
        assert_eq!(expected, format.plane_count());
        assert_eq!(refusal(&layout, lengths), None);
        let more = [lengths, &[16]].concat();
        for wrong in [&[], &lengths[1..], &more] {
            assert_eq!(
                refusal(&layout, wrong).unwrap(),
                format!("planes of {format}: expected {expected}, found {}", wrong.len())
            );
        }
    }
}

#[test]
fn pixel_strides() {
    for (format, plane, allowed, wrong, words) in [
        (FrameFormat::Rgba8, 0, &[4][..], &[0, 3, 5][..], "4"),
        (FrameFormat::Bgra8, 0, &[4], &[1], "4"),
        (FrameFormat::Nv12, 0, &[1], &[0, 2], "1"),
        (FrameFormat::Nv12, 1, &[2], &[1, 3], "2"),
        (FrameFormat::Nv21, 1, &[2], &[1, 4], "2"),
        (FrameFormat::I420, 2, &[1], &[0, 2], "1"),
        (FrameFormat::Yv12, 1, &[1], &[2], "1"),
        (FrameFormat::Yuv420_888, 0, &[1], &[2], "1"),
        (FrameFormat::Yuv420_888, 1, &[1, 2], &[0, 3, usize::MAX], "1 or 2"),
        (FrameFormat::Yuv420_888, 2, &[1, 2], &[4], "1 or 2"),
    ] {
        let layout = |stride| with_plane(format, (4, 4), plane, 64, stride);
        for stride in allowed {
            assert_eq!(
                refusal(&layout(*stride), &[999, 999, 999][..format.plane_count()]),
                None
            );
        }
        for stride in wrong {
            assert_eq!(
                refusal(&layout(*stride), &[999, 999, 999][..format.plane_count()]).unwrap(),
                format!(
                    "plane {plane} of {format}: expected a pixel stride of {words} bytes, found {stride}"
                )
            );
        }
    }
}

#[test]
fn row_strides() {
    for (format, plane, pixel_stride, least) in [
        (FrameFormat::Rgba8, 0, 4, 20),
        (FrameFormat::Nv12, 0, 1, 5),
        (FrameFormat::Nv12, 1, 2, 6),
        (FrameFormat::I420, 1, 1, 3),
        // The gap after the last sample need not be there.
        (FrameFormat::Yuv420_888, 2, 2, 5),
    ] {
        let layout = |stride| with_plane(format, (5, 3), plane, stride, pixel_stride);
        let lengths = &[999, 999, 999][..format.plane_count()];
        assert_eq!(refusal(&layout(least), lengths), None);
        let short = least - 1;
        assert_eq!(
            refusal(&layout(short), lengths).unwrap(),
            format!(
                "plane {plane} of {format}: expected a row stride of at least {least} bytes, found {short}"
            )
        );
    }
}

#[test]
fn planes_that_cannot_be_addressed() {
    for stride in [usize::MAX, usize::MAX / 2, isize::MAX as usize] {
        assert_eq!(
            refusal(&with_plane(FrameFormat::Nv12, (4, 4), 1, stride, 2), &[16, 16]).unwrap(),
            format!(
                "plane 1 of NV12: expected 2 rows within {} bytes, found a row stride of {stride}",
                isize::MAX
            )
        );
    }
    // A single row has no next one to be far from.
    assert_eq!(
        refusal(&with_plane(FrameFormat::Nv12, (4, 2), 1, usize::MAX, 2), &[8, 4]),
        None
    );
}

#[test]
fn plane_lengths() {
    for (format, plane, row_stride, pixel_stride, needed) in [
        (FrameFormat::Bgra8, 0, 32, 4, 2 * 32 + 20),
        (FrameFormat::Nv21, 0, 8, 1, 2 * 8 + 5),
        (FrameFormat::Nv21, 1, 8, 2, 8 + 6),
        (FrameFormat::Yv12, 2, 8, 1, 8 + 3),
        (FrameFormat::Yuv420_888, 1, 8, 2, 8 + 5),
    ] {
        let layout = with_plane(format, (5, 3), plane, row_stride, pixel_stride);
        let mut lengths = vec![999; format.plane_count()];
        lengths[plane] = needed;
        assert_eq!(refusal(&layout, &lengths), None);
        for short in [0, needed - 1] {
            lengths[plane] = short;
            assert_eq!(
                refusal(&layout, &lengths).unwrap(),
                format!("plane {plane} of {format}: expected at least {needed} bytes, found {short}")
            );
        }
    }
}

#[test]
fn results() {
    let layout = FrameLayout::packed(FrameFormat::Rgba8, 3, 2);
    let bytes = [0; 24];
    let view = layout.view(&[&bytes]).unwrap();
    let rgba = |len: usize, stride| {
        let refused = view.to_rgba(&mut vec![0; len], stride).err();
        refused.map(|error| error.to_string())
    };
    assert_eq!(rgba(24, 12), None);
    assert_eq!(
        rgba(24, 11).unwrap(),
        "converted picture: expected a row stride of at least 12 bytes, found 11"
    );
    assert_eq!(
        rgba(23, 12).unwrap(),
        "converted picture: expected at least 24 bytes, found 23"
    );
    assert_eq!(
        rgba(24, usize::MAX).unwrap(),
        format!(
            "converted picture: expected at least {} bytes, found 24",
            usize::MAX
        )
    );

    let crop = |len: usize, side| {
        let spec = CropSpec {
            size: Size::new(side, side).unwrap(),
            border: Border::Zero,
            range: ValueRange::Unit,
            order: ChannelOrder::Nchw,
        };
        let refused = view
            .crop(Region::whole(view.size()), &spec, &mut vec![0.0; len])
            .err();
        refused.map(|error| error.to_string())
    };
    assert_eq!(crop(12, 2), None);
    for len in [0, 11, 13] {
        assert_eq!(
            crop(len, 2).unwrap(),
            format!("crop: expected 12 values, found {len}")
        );
    }
}
