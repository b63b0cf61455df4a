//! The made-up camera, over a real picture.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{JPEG, OPTIONS, PORTRAIT, first, psnr_db, same, seen, still};
use moretta_capture::{CameraPath, CaptureError, MovingCamera, Source, SourceInfo, StillImage};
use moretta_frame::FrameError;

const FRAME_NS: u64 = 40_000_000;

fn camera(image: StillImage, path: CameraPath, size: [u32; 2]) -> Result<MovingCamera, CaptureError> {
    MovingCamera::new(image, path, size, FRAME_NS, &OPTIONS)
}

#[test]
fn a_still_picture_becomes_a_video_that_can_be_repeated() {
    let mut camera = camera(still(PORTRAIT).unwrap(), CameraPath::default(), [64, 48]).unwrap();
    let info = SourceInfo {
        width: 64,
        height: 48,
        frame_ns: Some(FRAME_NS),
        live: false,
        keeps_copies: None,
    };
    assert_eq!(camera.info(), info);
    let mut frames = |count| {
        let frames: Vec<_> = (0..count)
            .map(|n| {
                let picture = camera.next_frame().unwrap().unwrap();
                assert_eq!(picture.layout().timestamp_ns, n * FRAME_NS);
                seen(&picture)
            })
            .collect();
        camera.rewind().unwrap();
        frames
    };
    let round = CameraPath::default().period_ns / FRAME_NS;
    let once = frames(round + 2);
    let portrait = first(&mut still(PORTRAIT).unwrap());
    same(&once[0], &portrait, "it begins with the picture as it is");
    assert!(once[..2] == once[round as usize..], "and comes back to it");
    assert!(once == frames(round + 2), "again");
    for (n, pair) in once.windows(2).enumerate() {
        let near = psnr_db(&pair[0], &pair[1]);
        assert!((20.0..60.0).contains(&near), "frames {n}, {}: {near} dB", n + 1);
    }
}

#[test]
fn the_picture_is_upright_as_its_file_says() {
    // Turned on its side by Exif, the picture is 48 x 64.
    let exif = b"Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let turned = [&JPEG[..2], &[0xFF, 0xE1], &length, exif, &JPEG[2..]].concat();
    let expected = first(&mut still(&turned).unwrap());
    assert_eq!(expected.dimensions(), (48, 64));
    let mut camera = camera(still(&turned).unwrap(), CameraPath::default(), [48, 64]).unwrap();
    same(&first(&mut camera), &expected, "upright");
}

#[test]
fn what_cannot_be_is_refused() {
    let path = CameraPath {
        period_ns: 0,
        ..CameraPath::default()
    };
    let refused = |path, size| {
        camera(still(PORTRAIT).unwrap(), path, size)
            .map(drop)
            .unwrap_err()
    };
    let error = refused(path, [64, 48]);
    assert_eq!(error.to_string(), "capture: expected period_ns above 0, found 0");
    let error = refused(CameraPath::default(), [0, 48]);
    assert!(
        matches!(
            error,
            CaptureError::Frame(FrameError::Size { width: 0, height: 48 })
        ),
        "{error:?}"
    );
}
