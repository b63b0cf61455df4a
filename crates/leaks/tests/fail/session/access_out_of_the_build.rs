//! An access kept by the code that builds a pipeline.

use moretta_veil::{Access, Consent, Options, Pipeline, Veil, VeilError};
use std::cell::Cell;

fn main() {
    thread_local! {
    static LAST: Cell<*const Access<'static>> = const { Cell::new(std::ptr::null()) };
    }
    fn leak<P: Pipeline>(
        consent: &Consent,
        options: Options,
        build: fn() -> P,
    ) -> Result<Veil<P>, VeilError> {
        Veil::new(consent, options, move |access| {
            LAST.set(access);
            Ok(build())
        })
    }
}
