//! Face memory in the log.

use moretta_veil::{Access, FaceBuffer};

fn main() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        log::info!("{}", buffer);
        let _ = access;
    }
}
