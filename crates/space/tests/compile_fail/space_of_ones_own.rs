//! The table of spaces is complete.

use moretta_space::Space;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mine {}

impl Space for Mine {
    const NAME: &'static str = "Mine";
}

fn main() {
    let _ = std::any::type_name::<Mine>();
}
