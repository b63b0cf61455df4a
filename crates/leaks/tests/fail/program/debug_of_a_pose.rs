//! A head's pose as text.

use moretta_lang::Pose;

fn main() {
    fn leak(pose: &Pose) -> String {
        format!("{pose:?}")
    }
}
