//! A session as bytes, by bytemuck.

use moretta_veil::{Pipeline, Veil};

fn main() {
    fn leak<P: Pipeline>(veil: &Veil<P>) -> Vec<u8> {
        bytemuck::bytes_of(veil).to_vec()
    }
}
