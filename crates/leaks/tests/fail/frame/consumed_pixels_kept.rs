//! A second reference to pixels that the app gave up.

use moretta_veil::Frame;

fn main() {
    let mut bytes = [7; 4];
    let kept = &bytes[..];
    let frame = Frame::consumed([&mut bytes[..]]).unwrap();
    drop(frame);
    assert_eq!(kept.len(), 4);
}
