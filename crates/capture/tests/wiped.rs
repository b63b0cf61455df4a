//! `wipe_all` reaches every source of the process, so this is the only test of its program.

mod common;

use common::{DISC_WEBP, OPTIONS, PORTRAIT, clip, still};
use moretta_capture::{CameraPath, CaptureError, MovingCamera, Repeat, Source};
use moretta_veil::wipe_all;

#[test]
fn after_a_wipe_of_everything_sources_have_nothing_to_show() {
    let mut image = still(PORTRAIT).unwrap().repeated(1);
    let mut animation = clip(DISC_WEBP, Repeat::Forever).unwrap();
    let path = CameraPath::default();
    let mut camera = MovingCamera::new(still(PORTRAIT).unwrap(), path, [32, 24], 1, &OPTIONS).unwrap();
    let mut untouched = clip(DISC_WEBP, Repeat::Forever).unwrap();
    for source in [&mut image as &mut dyn Source, &mut animation, &mut camera] {
        assert!(source.next_frame().unwrap().is_some(), "control");
    }
    let lent = image.next_frame().unwrap().unwrap();
    wipe_all();
    assert!(
        common::seen(&lent).iter().any(|&level| level != 0),
        "what is lent stays until it goes"
    );
    drop(lent);
    for source in [
        &mut image as &mut dyn Source,
        &mut animation,
        &mut camera,
        &mut untouched,
    ] {
        let error = source.next_frame().map(drop).unwrap_err();
        assert!(matches!(error, CaptureError::Wiped), "{error:?}");
    }
    assert!(matches!(animation.rewind(), Err(CaptureError::Wiped)));
    // A new one works.
    assert!(still(PORTRAIT).unwrap().next_frame().unwrap().is_some());
}
