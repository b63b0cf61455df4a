//! Face memory given away to another thread.

use moretta_veil::{Access, FaceBuffer, Keep};
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
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        other.elsewhere();
        assert_eq!(buffer.len(), 4);
    }
}
