//! Where and when a face was seen, as text.

use moretta_lang::Scene;

fn main() {
    fn leak(scene: &Scene) -> String {
        format!("{scene:?}")
    }
}
