//! A frame handed in twice, and wiped under the second one's hands.

use moretta_veil::Frame;

fn main() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let copy = Frame::clone(&frame);
    drop((frame, copy));
}
