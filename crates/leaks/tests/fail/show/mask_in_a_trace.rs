//! Whether the mouth is open, printed into a trace event.

use moretta_lang::{Program, Signal};
use std::fmt;

fn main() {
    fn trace(value: &dyn fmt::Debug) {
        tracing::info!(?value);
    }
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        trace(&open);
        out.property(0, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}
