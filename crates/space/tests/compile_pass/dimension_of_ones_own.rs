//! The dimensions of a space are settled.

use moretta_space::{FaceMm, Space3};

fn main() {
    fn solid<S: Space3>() {}
    solid::<FaceMm>();
}
