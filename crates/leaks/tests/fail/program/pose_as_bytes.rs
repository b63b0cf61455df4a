//! A head's pose as bytes.

use moretta_lang::Pose;

fn main() {
    fn leak(pose: &Pose) -> &[u8] {
        bytemuck::bytes_of(pose)
    }
}
