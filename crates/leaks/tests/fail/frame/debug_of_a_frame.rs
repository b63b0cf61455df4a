//! A picture as text.

use moretta_veil::Frame;

fn main() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let text = format!("{frame:?}");
    assert!(!text.is_empty());
}
