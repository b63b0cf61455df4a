//! A view kept in the face thread's own memory.

use moretta_veil::{Access, FaceBuffer};
use std::cell::Cell;

fn main() {
    thread_local! {
    static LAST: Cell<&'static [f32]> = const { Cell::new(&[]) };
    }
    fn leak<'v>(buffer: &'v mut FaceBuffer<f32>, access: &'v Access<'v>) {
        LAST.set(buffer.view(access));
        assert_eq!(buffer.len(), 4);
        let _ = access;
    }
}
