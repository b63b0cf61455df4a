//! Crops, against those of the reference and against the rule they follow.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use std::path::{Path, PathBuf};

use common::{COLOURS, PACKINGS, Packing, Scene, rgba};
use moretta_frame::{
    Border, ChannelOrder, Colour, CropSpec, FrameFormat, FrameLayout, FrameView, Region, ValueRange,
    point_from_network,
};
use moretta_space::{FramePx, Orientation, Point2, Size, Vector2};
use proptest::prelude::*;

fn spec(width: u32, height: u32, border: Border) -> CropSpec {
    CropSpec {
        size: Size::new(width, height).unwrap(),
        border,
        range: ValueRange::Unit,
        order: ChannelOrder::Nhwc,
    }
}

fn crop(view: &FrameView<'_>, region: Region, spec: &CropSpec) -> Vec<f32> {
    let mut out = vec![f32::NAN; (spec.size.width() * spec.size.height() * 3) as usize];
    view.crop(region, spec, &mut out).unwrap();
    out
}

/// A region in MediaPipe's numbers, which count from the centre of the first pixel.
fn region_of_reference([x, y]: [f32; 2], extent: [f32; 2], angle_rad: f32) -> Region {
    let centre = Point2::from_raw([x + 0.5, y + 0.5].into());
    Region::new(centre, Vector2::from_raw(extent.into()), angle_rad).unwrap()
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn png(name: &str) -> image::RgbImage {
    let bytes = std::fs::read(data(&format!("{name}.png"))).unwrap();
    image::load_from_memory(&bytes).unwrap().into_rgb8()
}

/// A crop of the reference, as `tests/data/make_crops.py` made it.
struct Golden {
    name: String,
    spec: CropSpec,
    region: Region,
    levels: Vec<u8>,
}

fn goldens() -> Vec<Golden> {
    let table = std::fs::read_to_string(data("crops.csv")).unwrap();
    let golden = |line: &str| {
        let [name, columns, rows, border, numbers @ ..] = &line.split(',').collect::<Vec<_>>()[..] else {
            panic!("too few columns: {line}");
        };
        let [x, y, width, height, angle_rad] =
            numbers.iter().map(|n| n.parse().unwrap()).collect::<Vec<f32>>()[..]
        else {
            panic!("expected five numbers at the end: {line}");
        };
        let border = match *border {
            "zero" => Border::Zero,
            "replicate" => Border::Replicate,
            other => panic!("no such border: {other}"),
        };
        let levels = png(name);
        let size = (columns.parse().unwrap(), rows.parse().unwrap());
        assert_eq!(levels.dimensions(), size, "{name}");
        Golden {
            name: (*name).to_owned(),
            spec: spec(size.0, size.1, border),
            region: region_of_reference([x, y], [width, height], angle_rad),
            levels: levels.into_raw(),
        }
    };
    table.lines().skip(1).map(golden).collect()
}

/// The largest difference of a level between a golden and the crop of `region`.
fn distance(golden: &Golden, region: Region) -> u8 {
    let picture = image::DynamicImage::ImageRgb8(png("picture")).into_rgba8();
    let layout = FrameLayout::packed(FrameFormat::Rgba8, picture.width(), picture.height());
    let view = layout.view(&[picture.as_raw()]).unwrap();
    let found = crop(&view, region, &golden.spec);
    let level = |value: f32| (value * 255.0).round() as u8;
    let differences = found
        .iter()
        .zip(&golden.levels)
        .map(|(a, b)| level(*a).abs_diff(*b));
    differences.max().unwrap()
}

#[test]
fn crops_are_those_of_the_reference_to_the_last_bit() {
    let goldens = goldens();
    assert_eq!(goldens.len(), 9);
    for golden in &goldens {
        assert_eq!(distance(golden, golden.region), 0, "{}", golden.name);
    }
}

/// The control: an eighth of a pixel to the side is seen, by more than the reference allows itself (5 of
/// 255).
#[test]
fn another_region_is_not_that_of_the_reference() {
    for golden in goldens() {
        let region = golden.region;
        let aside = region.centre() + Vector2::from_raw([0.125, 0.125].into());
        let moved = Region::new(aside, region.extent(), region.angle_rad()).unwrap();
        assert!(distance(&golden, moved) > 5, "{}", golden.name);
    }
}

/// The whole frame and the letterbox of it are goldens too: the shorthands must say the same.
#[test]
fn the_whole_frame_is_the_region_that_the_reference_takes() {
    let goldens = goldens();
    let named = |name: &str| goldens.iter().find(|golden| golden.name == name).unwrap();
    let frame = Size::<FramePx>::new(61, 47).unwrap();
    let whole = Region::whole(frame);
    let numbers = |region: Region| (region.centre(), region.extent(), region.angle_rad());
    assert_eq!(numbers(whole), numbers(named("whole").region));
    let letterbox = named("letterbox");
    let grown = whole.with_aspect_of(letterbox.spec.size);
    assert_eq!(numbers(grown), numbers(letterbox.region));
    assert_ne!(numbers(whole), numbers(letterbox.region), "the control");
}

/// A frame whose red tells the column and whose green tells the row, in steps of `step` levels.
fn slopes(width: u32, height: u32, step: u32) -> Vec<u8> {
    (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [(x * step) as u8, (y * step) as u8, 0, 255]))
        .collect()
}

/// Where the pixels of a crop were sampled, as the slopes tell it, and where `frame_from` says so, at most
/// how far apart in pixels of the frame.
fn largest_gap(frame_from: impl Fn(f32, f32, Region, &CropSpec) -> Point2<FramePx>) -> f32 {
    let step = 6;
    let bytes = slopes(40, 40, step);
    let view = FrameLayout::packed(FrameFormat::Rgba8, 40, 40)
        .view(&[&bytes])
        .unwrap();
    let spec = spec(16, 12, Border::Replicate);
    let mut largest = 0.0_f32;
    for angle_rad in [0.0, 0.4, -2.0] {
        let centre = Point2::from_raw([20.5, 19.5].into());
        let region = Region::new(centre, Vector2::from_raw([20.0, 15.0].into()), angle_rad).unwrap();
        for (i, pixel) in crop(&view, region, &spec).chunks(3).enumerate() {
            let (column, row) = ((i % 16) as f32, (i / 16) as f32);
            // Level n lies at the centre of pixel n / step.
            let seen = [pixel[0], pixel[1]].map(|value| value * 255.0 / step as f32 + 0.5);
            let seen = Point2::from_raw(seen.into());
            largest = largest.max(seen.distance(frame_from(column, row, region, &spec)));
        }
    }
    largest
}

#[test]
fn the_transform_tells_where_each_pixel_was_sampled() {
    // The weights' steps of 1/32 and the levels' of 1/6, both rounded, on two axes.
    let tolerance = (0.5 / 32.0 + 0.5 / 6.0) * 2.0_f32.sqrt() + 1e-3;
    let centres = largest_gap(|column, row, region, spec| {
        region.frame_from_crop(spec.size) * Point2::from_raw([column + 0.5, row + 0.5].into())
    });
    assert!(centres < tolerance, "{centres}");
    let network = largest_gap(|column, row, region, spec| {
        region.frame_from_crop(spec.size) * point_from_network(column, row)
    });
    assert_eq!(network, centres, "networks count from the first centre");

    // The control: a crop's pixels counted from the corner where their centres are meant.
    let corners = largest_gap(|column, row, region, spec| {
        region.frame_from_crop(spec.size) * Point2::from_raw([column, row].into())
    });
    assert!(corners > 2.0 * tolerance, "{corners}");
}

#[test]
fn borders_are_black_or_the_nearest_pixel() {
    let bytes = [200, 100, 50, 255].repeat(4);
    let view = FrameLayout::packed(FrameFormat::Rgba8, 2, 2);
    let view = view.view(&[&bytes]).unwrap();
    let region = region_of_reference([-100.0, 1e6], [20.0, 20.0], 1.0);
    let black = crop(&view, region, &spec(3, 3, Border::Zero));
    assert!(black.iter().all(|value| *value == 0.0));
    let replicated = crop(&view, region, &spec(3, 3, Border::Replicate));
    for (value, level) in replicated.iter().zip([200.0, 100.0, 50.0].repeat(9)) {
        assert!((value * 255.0 - level).abs() < 1e-4, "{value} for {level}");
    }
}

#[test]
fn order_and_range_change_nothing_else() {
    let scene = Scene::noise(50, 40, 3);
    let packed = scene.pack(Packing::Apart(FrameFormat::Nv21), 0, || 0);
    let view = packed.view(Colour::CAMERA, Orientation::UPRIGHT);
    let region = region_of_reference([20.0, 20.0], [90.0, 60.0], 0.7);
    // Wider and narrower than what is sampled at once, and as wide.
    for (width, height) in [(130, 3), (64, 2), (7, 5), (1, 1)] {
        let plain = spec(width, height, Border::Zero);
        let nhwc = crop(&view, region, &plain);
        let nchw = crop(
            &view,
            region,
            &CropSpec {
                order: ChannelOrder::Nchw,
                ..plain
            },
        );
        let signed = crop(
            &view,
            region,
            &CropSpec {
                range: ValueRange::Signed,
                ..plain
            },
        );
        let channel = (width * height) as usize;
        for (i, value) in nhwc.iter().enumerate() {
            assert_eq!(*value, nchw[i % 3 * channel + i / 3]);
            assert!((value * 2.0 - 1.0 - signed[i]).abs() < 1e-6);
        }
        assert!(nhwc.iter().all(|value| (0.0..=1.0).contains(value)));
    }
}

fn any_region() -> impl Strategy<Value = Region> {
    let far = -60.0_f32..120.0;
    (
        [far.clone(), far],
        [0.1_f32..150.0, 0.1_f32..150.0],
        -7.0_f32..7.0,
    )
        .prop_map(|(centre, extent, angle_rad)| region_of_reference(centre, extent, angle_rad))
}

proptest! {
    /// Straight from the camera's planes, on their side, with padding, in YUV: the same as from the upright
    /// frame in RGBA, bit by bit.
    #[test]
    fn a_crop_does_not_depend_on_how_the_frame_was_delivered(
        (width, height) in (1_usize..70, 1_usize..70),
        seed: u32,
        packing in proptest::sample::select(&PACKINGS[..]),
        colour in proptest::sample::select(&COLOURS[..]),
        orientation in proptest::sample::select(&Orientation::ALL[..]),
        region in any_region(),
        zero: bool,
        (crop_width, crop_height) in (1_u32..90, 1_u32..20),
    ) {
        let scene = Scene::noise(width, height, seed);
        let packed = scene.pack(packing, 3, || 0x77);
        let view = packed.view(colour, orientation);
        let border = if zero { Border::Zero } else { Border::Replicate };
        let spec = spec(crop_width, crop_height, border);
        let direct = crop(&view, region, &spec);

        let upright = rgba(&view);
        let layout = FrameLayout::packed(FrameFormat::Rgba8, view.size().width(), view.size().height());
        prop_assert_eq!(direct, crop(&layout.view(&[&upright]).unwrap(), region, &spec));
    }

    /// Places led to the frame and back are where they were.
    #[test]
    fn the_transform_has_an_inverse(region in any_region(), x in 0.0_f32..256.0, y in 0.0_f32..256.0) {
        let size = Size::new(256, 256).unwrap();
        let frame_from_crop = region.frame_from_crop(size);
        let crop_from_frame = frame_from_crop.inverse().unwrap();
        let place = Point2::from_raw([x, y].into());
        let back = crop_from_frame * (frame_from_crop * place);
        // A pixel of the frame may be as much as 2560 of the crop, and f32 tells 2^-17 of it apart.
        prop_assert!(back.distance(place) < 0.1);
    }
}
