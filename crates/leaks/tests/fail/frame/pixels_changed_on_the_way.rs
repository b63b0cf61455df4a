//! Pixels changed while the face thread may read them.

use moretta_veil::Frame;

fn main() {
    let mut bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    bytes[0] = 8;
    drop(frame);
    assert_eq!(bytes[0], 8);
}
