//! Whether a head is where it was.

use moretta_lang::Pose;

fn main() {
    fn leak(pose: &Pose, before: &Pose) -> bool {
        *pose == *before
    }
}
