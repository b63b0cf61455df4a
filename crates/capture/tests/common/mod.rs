//! Files to decode, and what must come of them.
#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use image::RgbaImage;
use moretta_capture::{CaptureError, CaptureOptions, Clip, Picture, Repeat, Source, StillImage};
use moretta_veil::{FaceHeap, Policy};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

/// Takes what protection it gets: the tests also run where locks are scarce.
pub(crate) const OPTIONS: CaptureOptions = CaptureOptions {
    policy: Policy::BestEffort,
    backing: moretta_veil::Backing::Anonymous,
    max_pixels: 1 << 25,
};

/// A file of `tests/data`.
macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../data/", $name)).as_slice()
    };
}

pub(crate) const PORTRAIT: &[u8] = data!("portrait.png");
pub(crate) const JPEG: &[u8] = data!("portrait.jpg");
pub(crate) const JPEG_DECODED: &[u8] = data!("portrait_jpg_decoded.png");
pub(crate) const PROGRESSIVE: &[u8] = data!("portrait_progressive.jpg");
pub(crate) const PROGRESSIVE_DECODED: &[u8] = data!("portrait_progressive_jpg_decoded.png");
pub(crate) const GREY: &[u8] = data!("portrait_grey.jpg");
pub(crate) const GREY_DECODED: &[u8] = data!("portrait_grey_jpg_decoded.png");
pub(crate) const WEBP: &[u8] = data!("portrait.webp");
pub(crate) const WEBP_DECODED: &[u8] = data!("portrait_webp_decoded.png");
pub(crate) const LOSSLESS: &[u8] = data!("portrait_lossless.webp");
pub(crate) const DISC_FRAMES: &[u8] = data!("disc_frames.png");
pub(crate) const DISC_PNG: &[u8] = data!("disc.png");
pub(crate) const DISC_BACKGROUND: &[u8] = data!("disc_background.png");
pub(crate) const DISC_WEBP: &[u8] = data!("disc.webp");
pub(crate) const DISC_GIF: &[u8] = data!("disc.gif");
pub(crate) const LAYERS: &[u8] = data!("layers.webp");
pub(crate) const LAYERS_FRAMES: &[u8] = data!("layers_frames.png");
pub(crate) const ONE_FRAME_GIF: &[u8] = data!("one_frame.gif");
pub(crate) const ONE_FRAME_WEBP: &[u8] = data!("one_frame.webp");
pub(crate) const NO_DELAY: &[u8] = data!("no_delay.gif");
pub(crate) const HASTY: &[u8] = data!("hasty.gif");
pub(crate) const DEMO: &[u8] = include_bytes!("../../../../examples/media/webcam.webp");
pub(crate) const DEMO_FRAMES: &[u8] = data!("webcam_frames.png");

/// How long the frames of the `disc` animations are shown, in milliseconds.
pub(crate) const DISC_DELAYS_MS: [u64; 6] = [40, 80, 120, 200, 40, 60];

pub(crate) fn still(bytes: &[u8]) -> Result<StillImage, CaptureError> {
    StillImage::from_bytes(bytes, &OPTIONS)
}

pub(crate) fn clip(bytes: &[u8], repeat: Repeat) -> Result<Clip, CaptureError> {
    Clip::from_bytes(bytes, repeat, &OPTIONS)
}

/// The picture as it is seen: upright, RGBA.
pub(crate) fn seen(picture: &Picture<'_>) -> RgbaImage {
    let view = picture.view().unwrap();
    let (width, height) = (view.size().width(), view.size().height());
    let mut out = RgbaImage::new(width, height);
    view.to_rgba(&mut out, width as usize * 4).unwrap();
    out
}

/// The first frame.
pub(crate) fn first(source: &mut dyn Source) -> RgbaImage {
    seen(&source.next_frame().unwrap().unwrap())
}

/// An expected picture, decoded by the `image` crate.
pub(crate) fn expected(png: &[u8]) -> RgbaImage {
    image::load_from_memory_with_format(png, image::ImageFormat::Png)
        .unwrap()
        .into_rgba8()
}

/// The known frames of the `disc` animations.
pub(crate) fn disc_frames() -> Vec<RgbaImage> {
    strip(DISC_FRAMES, DISC_DELAYS_MS.len() as u32)
}

/// So many frames, one below the other in a picture.
pub(crate) fn strip(png: &[u8], frames: u32) -> Vec<RgbaImage> {
    let strip = expected(png);
    let height = strip.height() / frames;
    (0..frames)
        .map(|n| image::imageops::crop_imm(&strip, 0, n * height, strip.width(), height).to_image())
        .collect()
}

/// What a viewer sees: colours count only where they are not transparent.
pub(crate) fn visible(picture: &RgbaImage) -> RgbaImage {
    let mut picture = picture.clone();
    for pixel in picture.pixels_mut().filter(|pixel| pixel.0[3] == 0) {
        pixel.0 = [0; 4];
    }
    picture
}

/// Wants both pictures to be equal, without printing them.
#[track_caller]
pub(crate) fn same(found: &RgbaImage, expected: &RgbaImage, what: impl std::fmt::Display) {
    assert_eq!(found.dimensions(), expected.dimensions(), "{what}");
    let differ = found
        .pixels()
        .zip(expected.pixels())
        .filter(|(a, b)| a != b)
        .count();
    let far = farthest(found, expected);
    assert!(
        differ == 0,
        "{what}: {differ} pixels differ, by up to {far} levels"
    );
}

/// The largest distance of two levels.
pub(crate) fn farthest(a: &RgbaImage, b: &RgbaImage) -> u8 {
    assert_eq!(a.dimensions(), b.dimensions());
    let distances = a.iter().zip(b.iter()).map(|(a, b)| a.abs_diff(*b));
    distances.max().unwrap()
}

/// Peak signal-to-noise ratio of red, green and blue, in dB.
pub(crate) fn psnr_db(a: &RgbaImage, b: &RgbaImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let squares = a
        .pixels()
        .zip(b.pixels())
        .flat_map(|(a, b)| (0..3).map(|channel| f64::from(a.0[channel].abs_diff(b.0[channel])).powi(2)));
    let count = f64::from(a.width() * a.height() * 3);
    10.0 * (255.0_f64.powi(2) / (squares.sum::<f64>() / count)).log10()
}

/// PNG's check sum.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let step = |mut crc: u32, byte: &u8| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    };
    !bytes.iter().fold(u32::MAX, step)
}
