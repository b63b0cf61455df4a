//! Face memory in a trace event.

use moretta_veil::{Access, FaceBuffer};
use std::fmt;

fn main() {
    fn trace(value: &dyn fmt::Debug) {
        tracing::info!(?value);
    }
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        trace(buffer);
        let _ = access;
    }
}
