//! Whether two pictures show the same.

use moretta_veil::Frame;

fn main() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let before = Frame::borrowed([&bytes[..]]).unwrap();
    let same = frame == before;
    assert!(same);
}
