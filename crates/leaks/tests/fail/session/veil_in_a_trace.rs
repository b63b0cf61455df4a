//! A session in a trace event.

use moretta_veil::{Pipeline, Veil};
use std::fmt;

fn main() {
    fn trace(value: &dyn fmt::Debug) {
        tracing::info!(?value);
    }
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        trace(veil);
    }
}
