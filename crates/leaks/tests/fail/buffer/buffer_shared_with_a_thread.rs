//! Face memory lent to another thread.

use moretta_veil::{Access, FaceBuffer};
use std::thread;

fn main() {
    trait Elsewhere: Send + Sized {
        fn elsewhere(self) {
            thread::scope(|scope| {
                scope.spawn(move || drop(self));
            });
        }
    }
    impl<T: Send> Elsewhere for T {}
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let shared: &FaceBuffer<f32> = buffer;
        shared.elsewhere();
        let _ = access;
    }
}
