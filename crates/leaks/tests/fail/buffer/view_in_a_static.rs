//! A view kept in a static.

use moretta_veil::{Access, FaceBuffer};
use std::sync::OnceLock;

fn main() {
    static LAST: OnceLock<&'static [f32]> = OnceLock::new();
    fn leak<'v>(buffer: &'v mut FaceBuffer<f32>, access: &'v Access<'v>) {
        LAST.set(buffer.view(access)).unwrap();
        assert_eq!(buffer.len(), 4);
        let _ = access;
    }
}
