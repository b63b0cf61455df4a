//! The native camera, where there is none: errors. With a camera it is tested by `cargo xtask test-camera`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use moretta_capture::{CaptureError, V4l2Camera, V4l2Options};

fn refused(path: &str) -> CaptureError {
    V4l2Camera::open(path, &V4l2Options::default())
        .map(drop)
        .unwrap_err()
}

#[test]
fn a_camera_that_is_not_there_cannot_be_opened() {
    let error = refused("/dev/no-such-camera");
    assert!(
        matches!(&error, CaptureError::Device { call: "open", source } if source.kind() == std::io::ErrorKind::NotFound),
        "{error:?}"
    );
    assert_eq!(error.to_string(), "camera: open failed");
}

#[test]
fn what_is_no_camera_is_found_out_by_the_first_call() {
    let error = refused("/dev/null");
    assert!(
        matches!(
            &error,
            CaptureError::Device {
                call: "VIDIOC_QUERYCAP",
                ..
            }
        ),
        "{error:?}"
    );
}
