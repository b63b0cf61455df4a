//! A size is made by the function that checks it.

use moretta_space::{FramePx, Size};

fn main() {
    let _ = Size::<FramePx> {
        width: 0,
        height: 0,
        space: std::marker::PhantomData,
    };
}
