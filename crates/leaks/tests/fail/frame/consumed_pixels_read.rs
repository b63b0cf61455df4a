//! Pixels read after the app gave them up.

use moretta_veil::Frame;

fn main() {
    let mut bytes = [7; 4];
    let frame = Frame::consumed([&mut bytes[..]]).unwrap();
    let pixel = bytes[0];
    drop(frame);
    assert_eq!(pixel, 7);
}
