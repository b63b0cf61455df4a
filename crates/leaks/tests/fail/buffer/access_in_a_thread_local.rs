//! An access kept in the face thread's own memory.

use moretta_veil::{Access, FaceBuffer};
use std::cell::Cell;

fn main() {
    thread_local! {
    static LAST: Cell<*const Access<'static>> = const { Cell::new(std::ptr::null()) };
    }
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        LAST.set(access);
        let _ = (buffer, access);
    }
}
