//! A session as text.

use moretta_veil::{Pipeline, Veil};

fn main() {
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        let text = format!("{veil:?}");
        assert!(!text.is_empty());
    }
}
