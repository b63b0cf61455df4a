//! A head's pose in any format that serde knows.

use moretta_lang::Pose;

fn main() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak(pose: &Pose) {
        wire(pose);
    }
}
