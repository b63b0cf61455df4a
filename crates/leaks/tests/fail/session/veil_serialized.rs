//! A session in any format that serde knows.

use moretta_veil::{Pipeline, Veil};

fn main() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak<P: Pipeline>(veil: &Veil<P>) {
        wire(veil);
    }
}
