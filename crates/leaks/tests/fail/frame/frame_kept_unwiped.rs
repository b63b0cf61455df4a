//! A frame given up that is left as it is after all.

use moretta_veil::Frame;

fn main() {
    let mut bytes = [7; 4];
    let frame = Frame::consumed([&mut bytes[..]]).unwrap();
    frame.consumed = false;
    drop(frame);
}
