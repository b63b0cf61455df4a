//! A frame of memory that was given back.

use moretta_veil::Frame;

fn main() {
    let frame;
    {
        let bytes = [7; 4];
        frame = Frame::borrowed([&bytes[..]]).unwrap();
        assert_eq!(bytes.len(), 4);
    }
    drop(frame);
}
