//! A second handle to a session, which nobody ends.

use moretta_veil::{Pipeline, Veil};

fn main() {
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        let copy = Veil::clone(veil);
        assert_eq!(copy.stats().frames, veil.stats().frames);
    }
}
