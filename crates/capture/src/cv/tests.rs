//! Against real files, by real OpenCV: `cargo test -p moretta-capture --features opencv`.

use std::path::{Path, PathBuf};

use image::RgbaImage;
use moretta_frame::FrameFormat;
use moretta_veil::{Backing, Policy};

use super::{Camera, CameraOptions, VideoFile};
use crate::{CaptureError, CaptureOptions, Repeat, Source, SourceInfo};

const OPTIONS: CaptureOptions = CaptureOptions {
    policy: Policy::BestEffort,
    backing: Backing::Anonymous,
    max_pixels: 1 << 25,
};

const FRAME_NS: u64 = 40_000_000;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// The frames of `disc.avi`: those of the animation, on black.
fn disc_frames() -> Vec<RgbaImage> {
    let strip = image::open(data("disc_frames.png")).unwrap().into_rgba8();
    (0..6)
        .map(|n| {
            let mut frame = image::imageops::crop_imm(&strip, 0, n * 24, 32, 24).to_image();
            for pixel in frame.pixels_mut() {
                pixel.0[3] = 255;
            }
            frame
        })
        .collect()
}

fn shown(source: &mut dyn Source) -> Option<(u64, RgbaImage)> {
    let picture = source.next_frame().unwrap()?;
    assert_eq!(picture.layout().format, FrameFormat::Bgra8);
    let view = picture.view().unwrap();
    let mut out = RgbaImage::new(view.size().width(), view.size().height());
    view.to_rgba(&mut out, view.size().width() as usize * 4).unwrap();
    Some((picture.layout().timestamp_ns, out))
}

#[test]
fn a_video_file_gives_its_very_frames_at_their_times_in_memory_of_ours() {
    let known = disc_frames();
    let mut video = VideoFile::open(data("disc.avi"), Repeat::Once, &OPTIONS).unwrap();
    let info = SourceInfo {
        width: 32,
        height: 24,
        frame_ns: Some(FRAME_NS),
        live: false,
        keeps_copies: Some("OpenCV"),
    };
    assert_eq!(video.info(), info);
    for _ in 0..2 {
        for (n, known) in known.iter().enumerate() {
            let (timestamp_ns, frame) = shown(&mut video).unwrap();
            assert_eq!(timestamp_ns, n as u64 * FRAME_NS);
            assert_eq!(&frame, known, "frame {n}");
        }
        assert!(shown(&mut video).is_none());
        assert!(shown(&mut video).is_none());
        assert_eq!(video.strays(), 0, "OpenCV wrote where it was told to");
        video.rewind().unwrap();
    }
}

#[test]
fn a_video_repeats_and_time_goes_on() {
    let known = disc_frames();
    let mut video = VideoFile::open(data("disc.avi"), Repeat::Forever, &OPTIONS).unwrap();
    for n in 0..15 {
        let (timestamp_ns, frame) = shown(&mut video).unwrap();
        assert_eq!(timestamp_ns, n as u64 * FRAME_NS);
        assert_eq!(frame, known[n % 6], "frame {n}");
    }
}

#[test]
fn a_frame_is_zero_when_it_was_given_up() {
    let mut video = VideoFile::open(data("disc.avi"), Repeat::Once, &OPTIONS).unwrap();
    let mut picture = video.next_frame().unwrap().unwrap();
    assert!(picture.plane(0).unwrap().iter().any(|&level| level != 0));
    drop(picture.frame().unwrap());
    assert!(picture.plane(0).unwrap().iter().all(|&level| level == 0));
}

#[test]
fn what_is_no_file_is_not_opened() {
    let refused = |path: &Path| {
        VideoFile::open(path, Repeat::Once, &OPTIONS)
            .map(drop)
            .unwrap_err()
    };
    // An address never reaches OpenCV, which would connect to it.
    for name in [
        "no such file",
        "http://127.0.0.1:9/video.mp4",
        "rtsp://127.0.0.1/",
        "0",
        "",
    ] {
        let error = refused(Path::new(name));
        assert_eq!(
            error.to_string(),
            "picture file: expected a video file, found no file of that name"
        );
    }
    let folder = refused(&data(""));
    assert!(matches!(folder, CaptureError::Format { .. }));
    // A file that is no video.
    let text = refused(&data("make_data.py"));
    assert!(matches!(text, CaptureError::OpenCv { .. }), "{text:?}");
}

#[test]
fn a_camera_that_is_not_there_is_an_error() {
    let error = Camera::open_path("/dev/no-such-camera", &CameraOptions::default()).map(drop);
    assert!(matches!(error, Err(CaptureError::OpenCv { .. })));
    let error = Camera::open(9999, &CameraOptions::default()).map(drop);
    assert!(matches!(error, Err(CaptureError::OpenCv { .. })));
}
