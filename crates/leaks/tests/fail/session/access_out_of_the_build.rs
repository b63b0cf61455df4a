//! The leave to make buffers kept by the code that builds a pipeline.

use moretta_veil::{Consent, Options, Pipeline, Reserve, Veil, VeilError};
use std::cell::Cell;

fn main() {
    thread_local! {
    static LAST: Cell<*const Reserve<'static>> = const { Cell::new(std::ptr::null()) };
    }
    fn leak<P: Pipeline>(
        consent: &Consent,
        options: Options,
        build: fn() -> P,
    ) -> Result<Veil<P>, VeilError> {
        Veil::new(consent, options, move |room| {
            LAST.set(room);
            Ok(build())
        })
    }
}
