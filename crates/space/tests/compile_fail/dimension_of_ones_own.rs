//! The dimensions of a space are settled.

use moretta_space::{FramePx, Space3};

impl Space3 for FramePx {}

fn main() {}
