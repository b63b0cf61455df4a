//! Pixels given up by somebody who may only read them.

use moretta_veil::Frame;

fn main() {
    let bytes = [7; 4];
    let frame = Frame::consumed([&bytes[..]]).unwrap();
    drop(frame);
}
