//! What a session shares with its face thread: the frames that wait.

use moretta_veil::{Pipeline, Veil};

fn main() {
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        let shared = &veil.shared;
        let _ = shared;
    }
}
