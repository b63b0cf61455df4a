//! A pipeline that was built, and is known, outside of its face thread.

use moretta_veil::{BuildError, Pipeline, Reserve};
use std::cell::Cell;
use std::rc::Rc;

fn main() {
    fn built<P: Pipeline>(build: impl FnMut(&Reserve<'_>) -> Result<P, BuildError> + Send + 'static) {
        let _ = build;
    }
    fn leak<P: Pipeline>(build: fn(Rc<Cell<u8>>) -> P) {
        let known = Rc::new(Cell::new(7));
        built(move |_| Ok(build(Rc::clone(&known))));
    }
}
