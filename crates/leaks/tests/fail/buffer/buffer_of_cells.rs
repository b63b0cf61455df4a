//! A buffer of cells, which can be written through a shared view.

use moretta_veil::FaceBuffer;
use std::cell::Cell;

fn main() {
    struct Tensors {
        other: FaceBuffer<Cell<f32>>,
    }
}
