//! A picture in any format that serde knows.

use moretta_veil::Frame;

fn main() {
    fn wire(_: &impl serde::Serialize) {}
    let bytes = [7_u8; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    wire(&frame);
    drop(frame);
}
