//! One plane given up as two.

use moretta_veil::Frame;

fn main() {
    let mut bytes = [7; 4];
    let frame = Frame::consumed([&mut bytes[..], &mut bytes[..]]).unwrap();
    drop(frame);
}
