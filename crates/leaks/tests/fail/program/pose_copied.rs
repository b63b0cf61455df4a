//! A second pose, which nobody wipes.

use moretta_lang::Pose;

fn main() {
    fn leak(pose: &Pose) -> f32 {
        let copy: Pose = pose.clone();
        copy.yaw_rad
    }
}
