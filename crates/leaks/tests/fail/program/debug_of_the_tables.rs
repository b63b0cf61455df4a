//! All landmarks as text.

use moretta_lang::Inputs;

fn main() {
    fn leak(inputs: &Inputs<'_>) -> String {
        format!("{inputs:?}")
    }
}
