//! The table of spaces is complete.

use moretta_space::{FramePx, Space};

type Mine = FramePx;

fn name<S: Space>() -> &'static str {
    S::NAME
}

fn main() {
    let _ = std::any::type_name::<Mine>();
    assert_eq!(name::<FramePx>(), "FramePx");
}
