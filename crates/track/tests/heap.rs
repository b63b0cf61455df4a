//! What a frame takes from the face heap it gives back.

mod common;

use common::Rig;
use common::picture::Picture;
use moretta_track::TrackerOptions;
use moretta_veil::FaceHeap;

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

#[test]
fn a_steady_frame_leaves_nothing_on_the_heap() {
    let rig = Rig::new(TrackerOptions {
        blendshapes: true,
        ..TrackerOptions::default()
    });
    let shot = Picture::portrait().rgba();
    // Networks settle in their first runs: each kind has run by the sixth frame.
    let mut live = Vec::new();
    for frame in 0..16 {
        assert_eq!(rig.see(&shot, 33 * frame).faces.len(), 1);
        live.push(FaceHeap::live_bytes());
    }
    // Frames 5 and 15 let the full range look, 10 the short one; the others only follow.
    assert!(live[6..].iter().all(|bytes| *bytes == live[6]), "{live:?}");
    assert!(
        FaceHeap::peak_bytes() > live[6],
        "the control: networks do take from it"
    );
}
