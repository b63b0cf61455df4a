//! A fingerprint of a struct with a mask in it.

use moretta_lang::Mask;

fn main() {
    #[derive(Hash)]
    struct Look<'b> {
        label: &'b str,
        open: Mask<'b>,
    }
}
