//! A size is made by the function that checks it.

use moretta_space::{FramePx, Size};

fn main() {
    assert!(Size::<FramePx>::new(0, 0).is_err());
}
