//! Whatever layout is claimed of whatever bytes, a frame is refused with a message or converts and crops
//! without a panic, within the memory given.

#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "the macro of the fuzzer can write what it found"
)]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use moretta_frame::{
    Border, ChannelOrder, Colour, CropSpec, FrameFormat, FrameLayout, PlaneLayout, Region, ValueRange,
};
use moretta_space::{Orientation, Point2, Size, Vector2};

/// What an app might claim of its frame, and ask of it.
#[derive(Arbitrary, Debug)]
struct Claim<'a> {
    format: u32,
    sides: [u16; 2],
    /// Strides as they are, or what is added to those of a packed frame so that they pass the checks.
    strides: [(usize, usize); 3],
    packed: bool,
    orientation: u8,
    hd: bool,
    /// One plane too few or too many.
    miscounted: Option<bool>,
    /// How much longer or shorter each plane is than the layout asks for.
    lengths: [i8; 4],
    row_padding: u8,
    region: [f32; 5],
    crop: [u8; 2],
    zero: bool,
    planar: bool,
    /// What the planes are filled with, over and over.
    bytes: &'a [u8],
}

/// No plane is made longer than this: what the layout asks for may not fit into memory.
const LONGEST: usize = 4 << 20;

const PADDING: u8 = 0xa5;

fuzz_target!(|claim: Claim<'_>| {
    let format = match FrameFormat::from_id(claim.format % 8) {
        Ok(format) => format,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    // Longer than what is converted or sampled at once; still longer would only make the fuzzer slow.
    let [width, height] = claim.sides.map(|side| u32::from(side % 80));
    let mut layout = FrameLayout::packed(format, width, height);
    for (plane, (row, pixel)) in layout.planes.iter_mut().zip(claim.strides) {
        *plane = if claim.packed {
            PlaneLayout {
                row_stride: plane.row_stride * 2 + row % 64,
                pixel_stride: plane.pixel_stride + pixel % 2,
            }
        } else {
            PlaneLayout {
                row_stride: row,
                pixel_stride: pixel,
            }
        };
    }
    layout.orientation = Orientation::ALL[usize::from(claim.orientation % 8)];
    layout.colour = if claim.hd {
        Colour::HD_VIDEO
    } else {
        Colour::CAMERA
    };
    let count = match claim.miscounted {
        None => format.plane_count(),
        Some(false) => format.plane_count() - 1,
        Some(true) => format.plane_count() + 1,
    };
    let buffers: Vec<Vec<u8>> = (0..count)
        .map(|plane| {
            let asked = layout.plane_len(plane).ok().flatten().unwrap_or_default();
            let len = asked.saturating_add_signed(isize::from(claim.lengths[plane]));
            let bytes = claim.bytes.iter().copied().chain([0x3c]).cycle();
            bytes.take(len.min(LONGEST)).collect()
        })
        .collect();
    let planes: Vec<&[u8]> = buffers.iter().map(Vec::as_slice).collect();
    let view = match layout.view(&planes) {
        Ok(view) => view,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };

    let (columns, rows) = (view.size().width() as usize, view.size().height() as usize);
    let row = columns * 4;
    let stride = row + usize::from(claim.row_padding);
    let mut rgba = vec![PADDING; stride * rows];
    view.to_rgba(&mut rgba, stride)
        .expect("the memory is large enough");
    for (y, line) in rgba.chunks(stride).enumerate() {
        let (pixels, padding) = line.split_at(row);
        assert!(
            padding.iter().all(|byte| *byte == PADDING),
            "written beyond the row"
        );
        for x in [0, columns / 2, columns - 1] {
            let pixel = view.rgb(x as u32, y as u32).expect("the pixel is inside");
            assert_eq!(pixels[x * 4..x * 4 + 3], pixel);
        }
    }

    let [x, y, region_width, region_height, angle_rad] = claim.region;
    let centre = Point2::from_raw([x, y].into());
    let extent = Vector2::from_raw([region_width, region_height].into());
    let [crop_width, crop_height] = claim.crop.map(|side| u32::from(side % 80) + 1);
    let spec = CropSpec {
        size: Size::new(crop_width, crop_height).expect("the sides are not zero"),
        border: if claim.zero {
            Border::Zero
        } else {
            Border::Replicate
        },
        range: ValueRange::Unit,
        order: if claim.planar {
            ChannelOrder::Nchw
        } else {
            ChannelOrder::Nhwc
        },
    };
    let region = match Region::new(centre, extent, angle_rad) {
        Ok(region) => region,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            Region::whole(view.size())
        }
    };
    for region in [region, region.with_aspect_of(spec.size)] {
        let mut values = vec![f32::NAN; (crop_width * crop_height * 3) as usize];
        view.crop(region, &spec, &mut values)
            .expect("the memory is as long as the crop");
        assert!(values.iter().all(|value| (0.0..=1.0).contains(value)));
        assert!(region.frame_from_crop(spec.size).is_finite());
    }
});
