//! Leave to reach face memory on another thread.

use moretta_veil::{Access, FaceBuffer, Keep};
use std::thread;

fn main() {
    fn beside(work: impl FnOnce() + Send) {
        thread::scope(|scope| scope.spawn(work).join().unwrap());
    }
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        beside(|| drop(access.reserve::<f32>(Keep::Frame, 4)));
        let _ = (buffer, access);
    }
}
