//! Still pictures: what is decoded, and what is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::io::Cursor;

use common::{
    DEMO, DISC_GIF, DISC_PNG, DISC_WEBP, GREY, GREY_DECODED, JPEG, JPEG_DECODED, LOSSLESS, ONE_FRAME_GIF,
    OPTIONS, PORTRAIT, PROGRESSIVE, PROGRESSIVE_DECODED, WEBP, WEBP_DECODED, crc32, expected, farthest,
    first, psnr_db, same, seen, still, visible,
};
use image::{DynamicImage, ExtendedColorType, ImageFormat, Rgba, RgbaImage};
use moretta_capture::{CaptureError, CaptureOptions, Fault, FileFormat, Source, SourceInfo, StillImage};
use moretta_frame::{FrameError, FrameFormat};
use moretta_space::{Orientation, Rotation};
use moretta_veil::{FaceHeap, VeilError};

fn refused(bytes: &[u8]) -> CaptureError {
    still(bytes).map(drop).unwrap_err()
}

fn fault(bytes: &[u8]) -> Fault {
    match refused(bytes) {
        CaptureError::File { fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn formats_without_loss_give_the_very_pixels() {
    let portrait = expected(PORTRAIT);
    assert_eq!(portrait.dimensions(), (64, 48));
    same(&first(&mut still(PORTRAIT).unwrap()), &portrait, "PNG");
    same(&first(&mut still(LOSSLESS).unwrap()), &portrait, "WebP");
}

#[test]
fn formats_with_loss_give_what_other_decoders_give() {
    let portrait = expected(PORTRAIT);
    for (file, decoded, tolerance) in [
        // Decoders differ in how they round, and in how they interpolate chroma that has half the size.
        (JPEG, JPEG_DECODED, 6),
        (PROGRESSIVE, PROGRESSIVE_DECODED, 3),
        (GREY, GREY_DECODED, 2),
        (WEBP, WEBP_DECODED, 2),
    ] {
        let found = first(&mut still(file).unwrap());
        let far = farthest(&found, &expected(decoded));
        assert!(far <= tolerance, "{} bytes: {far} levels", file.len());
        assert!(farthest(&found, &portrait) > tolerance, "control: with loss");
    }
    let found = first(&mut still(JPEG).unwrap());
    let near = psnr_db(&found, &portrait);
    assert!(near > 30.0, "{near} dB");
}

#[test]
fn an_animation_is_its_first_frame() {
    let disc = &common::disc_frames()[0];
    for file in [DISC_PNG, DISC_WEBP, DISC_GIF, ONE_FRAME_GIF] {
        same(&visible(&first(&mut still(file).unwrap())), disc, file.len());
    }
    assert_eq!(first(&mut still(DEMO).unwrap()).dimensions(), (400, 300));
}

/// `picture` as a PNG of another colour type.
fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

#[test]
fn every_colour_type_becomes_rgba() {
    let picture = RgbaImage::from_fn(5, 3, |x, y| {
        Rgba([x as u8 * 50, y as u8 * 100, 7, 255 - x as u8 * 40])
    });
    let picture = DynamicImage::ImageRgba8(picture);
    for other in [
        DynamicImage::ImageLuma8(picture.to_luma8()),
        DynamicImage::ImageLumaA8(picture.to_luma_alpha8()),
        DynamicImage::ImageRgb8(picture.to_rgb8()),
        DynamicImage::ImageLuma16(picture.to_luma16()),
        DynamicImage::ImageLumaA16(picture.to_luma_alpha16()),
        DynamicImage::ImageRgb16(picture.to_rgb16()),
        DynamicImage::ImageRgba16(picture.to_rgba16()),
        picture.clone(),
    ] {
        let mut source = still(&png(&other)).unwrap();
        assert_eq!(
            source.next_frame().unwrap().unwrap().layout().format,
            FrameFormat::Rgba8
        );
        source.rewind().unwrap();
        same(
            &first(&mut source),
            &other.to_rgba8(),
            format_args!("{:?}", other.color()),
        );
    }
}

/// The JPEG with an Exif block that says how the camera was held.
fn held(orientation: u8, big_endian: bool) -> Vec<u8> {
    let tiff: &[u8] = if big_endian {
        &[
            b'M',
            b'M',
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            orientation,
            0,
            0,
            0,
            0,
            0,
            0,
        ]
    } else {
        &[
            b'I',
            b'I',
            42,
            0,
            8,
            0,
            0,
            0,
            1,
            0,
            0x12,
            1,
            3,
            0,
            1,
            0,
            0,
            0,
            orientation,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ]
    };
    let block = [b"Exif\0\0", tiff].concat();
    let length = (block.len() as u16 + 2).to_be_bytes();
    [&JPEG[..2], &[0xFF, 0xE1], &length, &block, &JPEG[2..]].concat()
}

#[test]
fn exif_says_how_the_camera_was_held() {
    let upright = first(&mut still(JPEG).unwrap());
    for orientation in 1..=8 {
        for big_endian in [false, true] {
            let mut expected = DynamicImage::ImageRgba8(upright.clone());
            let exif = image::metadata::Orientation::from_exif(orientation).unwrap();
            expected.apply_orientation(exif);
            let mut source = still(&held(orientation, big_endian)).unwrap();
            let info = source.info();
            assert_eq!((info.width, info.height), (64, 48), "the buffer as it is");
            same(&first(&mut source), &expected.into_rgba8(), orientation);
        }
    }
    let mut turned = still(&held(6, false)).unwrap();
    let picture = turned.next_frame().unwrap().unwrap();
    assert_eq!(
        picture.layout().orientation,
        Orientation {
            rotation: Rotation::Deg90,
            mirror: false
        }
    );
    // A camera that says nonsense says nothing.
    let mut nonsense = still(&held(9, false)).unwrap();
    same(&first(&mut nonsense), &upright, "nonsense");
}

/// Where the segments of a JPEG's header lie, from marker to marker, up to the first scan.
fn segments(jpeg: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut segments = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        segments.push(at..end);
        at = end;
    }
    segments
}

/// As many cameras send them: without the tables that are always the same.
#[test]
fn a_jpeg_of_a_camera_may_leave_out_its_huffman_tables() {
    let mut short = JPEG[..2].to_vec();
    short.extend(b"\xFF\xE0\0\x10AVI1\0\0\0\0\0\0\0\0\0\0");
    let segments = segments(JPEG);
    let tables = segments
        .iter()
        .filter(|place| JPEG[place.start + 1] == 0xC4)
        .count();
    assert!(tables > 0, "control: there are some");
    for place in &segments {
        if !matches!(JPEG[place.start + 1], 0xC4 | 0xE0) {
            short.extend(&JPEG[place.clone()]);
        }
    }
    short.extend(&JPEG[segments[segments.len() - 1].end..]);
    same(
        &first(&mut still(&short).unwrap()),
        &first(&mut still(JPEG).unwrap()),
        "without tables",
    );
}

#[test]
fn it_is_shown_once_or_at_a_rate() {
    let mut once = still(PORTRAIT).unwrap();
    let info = SourceInfo {
        width: 64,
        height: 48,
        frame_ns: None,
        live: false,
        keeps_copies: None,
    };
    assert_eq!(once.info(), info);
    for _ in 0..2 {
        assert_eq!(once.next_frame().unwrap().unwrap().layout().timestamp_ns, 0);
        assert!(once.next_frame().unwrap().is_none());
        assert!(once.next_frame().unwrap().is_none());
        once.rewind().unwrap();
    }
    let mut again = still(PORTRAIT).unwrap().repeated(40);
    assert_eq!(again.info().frame_ns, Some(40));
    for _ in 0..2 {
        for n in 0..3 {
            let picture = again.next_frame().unwrap().unwrap();
            assert_eq!(picture.layout().timestamp_ns, 40 * n);
            same(&seen(&picture), &expected(PORTRAIT), "it stays");
        }
        again.rewind().unwrap();
    }
}

#[test]
fn a_frame_of_it_is_lent_and_not_given_up() {
    let mut source = still(PORTRAIT).unwrap();
    let mut picture = source.next_frame().unwrap().unwrap();
    drop(picture.frame().unwrap());
    same(&seen(&picture), &expected(PORTRAIT), "it stays");
}

#[test]
fn what_is_no_picture_file_is_named() {
    for (bytes, found) in [
        (&b""[..], "no bytes"),
        (b"BM\0\0", "BMP"),
        (b"%PDF-1.4", "none of them"),
        (b"\x89PNX\r\n\x1A\n", "none of them"),
    ] {
        let error = refused(bytes);
        assert!(
            matches!(error, CaptureError::Format { found: f, .. } if f == found),
            "{error}"
        );
        assert!(error.to_string().contains("JPEG, PNG, WebP or GIF"));
    }
}

#[test]
fn files_that_end_early_are_refused_but_for_jpeg() {
    for whole in [PORTRAIT, WEBP, LOSSLESS, ONE_FRAME_GIF] {
        assert!(still(whole).is_ok());
        // From after the magic on. A PNG may miss its end mark, a GIF its trailer.
        for len in (16..whole.len() - 20).step_by(41) {
            let found = fault(&whole[..len]);
            assert!(
                matches!(found, Fault::EndsEarly | Fault::Malformed),
                "{} of {}: {found:?}",
                len,
                whole.len()
            );
        }
    }
    for len in (3..JPEG.len()).step_by(23) {
        match still(&JPEG[..len]) {
            Ok(mut source) => assert_eq!(first(&mut source).dimensions(), (64, 48)),
            Err(CaptureError::File { fault, .. }) => {
                assert!(
                    matches!(fault, Fault::EndsEarly | Fault::Malformed),
                    "{len}: {fault:?}"
                );
            }
            Err(other) => panic!("{len}: {other:?}"),
        }
    }
    // Half of it is a picture, of which the first rows are the portrait's.
    let half = first(&mut still(&JPEG[..JPEG.len() * 3 / 4]).unwrap());
    let whole = first(&mut still(JPEG).unwrap());
    let rows =
        |picture: &RgbaImage, y, height| image::imageops::crop_imm(picture, 0, y, 64, height).to_image();
    same(&rows(&half, 0, 8), &rows(&whole, 0, 8), "the first rows");
    assert!(rows(&half, 40, 8) != rows(&whole, 40, 8), "the last are missing");
}

#[test]
fn broken_bytes_are_no_panic_and_no_flood() {
    // Deterministic noise over every format: an answer each, and the heap does not grow without bound.
    let mut state = 1u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    let (mut decoded, mut refused) = (0, 0);
    for file in [
        PORTRAIT,
        JPEG,
        PROGRESSIVE,
        GREY,
        WEBP,
        LOSSLESS,
        ONE_FRAME_GIF,
        DISC_PNG,
    ] {
        for _ in 0..60 {
            let mut bytes = file.to_vec();
            for _ in 0..1 + random(4) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            match still(&bytes) {
                Ok(_) => decoded += 1,
                Err(error) => {
                    refused += 1;
                    assert!(!matches!(error, CaptureError::Memory(_)), "{error:?}");
                }
            }
        }
    }
    assert!(
        decoded > 20 && refused > 100,
        "{decoded} decoded, {refused} refused"
    );
    assert!(
        FaceHeap::peak_bytes() < 256 << 20,
        "{} bytes",
        FaceHeap::peak_bytes()
    );
}

/// A PNG header for that size, and as good as no pixels.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
    let _ = &mut encoder;
    image::ImageEncoder::write_image(encoder, &[1, 2, 3], 1, 1, ExtendedColorType::Rgb8).unwrap();
    // Length, name, and then the two sides; the check sum covers name and content.
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

#[test]
fn a_bomb_is_judged_by_its_header() {
    assert!(
        still(&png_claiming(1, 1)).is_ok(),
        "control: the check sums are right"
    );
    let peak = FaceHeap::peak_bytes();
    let error = refused(&png_claiming(60_000, 60_000));
    assert_eq!(
        error.to_string(),
        "PNG file: expected at most 33554432 pixels, found 60000 x 60000"
    );
    assert!(matches!(
        refused(&png_claiming(0x7FFF_FFFF, 1)),
        CaptureError::TooLarge { .. } | CaptureError::File { .. }
    ));
    // Few pixels, and a side that no frame has.
    let error = refused(&png_claiming(16_385, 2));
    assert!(
        matches!(
            error,
            CaptureError::Frame(FrameError::Size {
                width: 16_385,
                height: 2
            })
        ),
        "{error}"
    );
    for (width, height) in [(0, 1), (1, 0)] {
        let error = refused(&png_claiming(width, height));
        assert!(
            matches!(error, CaptureError::File { .. } | CaptureError::Frame(_)),
            "{error}"
        );
    }
    // A screen of 65535 x 65535, and a frame of one pixel on it.
    let mut gif =
        b"GIF89a\xFF\xFF\xFF\xFF\x80\0\0\0\0\0\xFF\xFF\xFF,\0\0\0\0\x01\0\x01\0\0\x02\x02\x4C\x01\0;"
            .to_vec();
    assert!(matches!(
        refused(&gif),
        CaptureError::TooLarge {
            format: FileFormat::Gif,
            ..
        }
    ));
    gif[6..10].fill(0);
    assert!(matches!(
        refused(&gif),
        CaptureError::Frame(FrameError::Size { width: 0, .. })
    ));
    // An extended WebP of 2^14 by 2^14 pixels.
    let mut body =
        b"WEBPVP8X\x0A\0\0\0\0\0\0\0\xFF\x3F\0\xFF\x3F\0VP8L\x06\0\0\0\x2F\xFF\xFF\xFF\x0F\0".to_vec();
    let mut webp = b"RIFF".to_vec();
    webp.extend((body.len() as u32).to_le_bytes());
    webp.append(&mut body);
    let error = refused(&webp);
    assert!(
        matches!(
            error,
            CaptureError::TooLarge {
                width: 16_384,
                height: 16_384,
                ..
            }
        ),
        "{error:?}"
    );
    // One whose picture is larger than its canvas, and its twin.
    let extended = |picture: &[u8]| {
        let body = [&b"WEBPVP8X\x0A\0\0\0\0\0\0\0\x3F\0\0\x2F\0\0"[..], &picture[12..]].concat();
        [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
    };
    for (file, width) in [(WEBP, 27), (LOSSLESS, 21)] {
        assert!(still(&extended(file)).is_ok(), "control");
        let mut larger = file.to_vec();
        larger[width] ^= 0x3F;
        assert_eq!(fault(&extended(&larger)), Fault::Malformed);
    }
    // JPEG's header says its size too.
    let mut jpeg = JPEG.to_vec();
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    assert!(matches!(
        refused(&jpeg),
        CaptureError::TooLarge {
            width: 65_535,
            height: 65_535,
            ..
        }
    ));
    assert!(
        FaceHeap::peak_bytes() < peak + (8 << 20),
        "and nothing was taken for any"
    );
}

#[test]
fn the_options_set_the_limit() {
    let with = |max_pixels| {
        let options = CaptureOptions {
            max_pixels,
            ..OPTIONS
        };
        StillImage::from_bytes(PORTRAIT, &options).map(drop)
    };
    assert!(with(64 * 48).is_ok());
    assert!(matches!(
        with(64 * 48 - 1),
        Err(CaptureError::TooLarge { max_pixels: 3071, .. })
    ));
}

#[test]
fn memory_errors_come_through() {
    let error = CaptureError::from(VeilError::Busy);
    assert!(error.to_string().starts_with("capture: memory for pictures"));
}
