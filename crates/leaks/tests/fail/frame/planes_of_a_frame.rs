//! The planes of a picture on its way in.

use moretta_veil::Frame;

fn main() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let planes = frame.planes;
    drop(planes);
}
