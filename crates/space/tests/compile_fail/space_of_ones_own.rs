//! The table of spaces is complete.

use moretta_space::Space;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mine {}

impl Space for Mine {
    const NAME: &'static str = "Mine";
}

fn main() {
    let _ = std::any::type_name::<Mine>();
}
