//! A donor's picture that outlives its memory, and so is zeroed too late.

use moretta_veil::GivenUp;

fn main() {
    fn leak(bytes: &mut [u8]) -> GivenUp<'static> {
        GivenUp::one(bytes)
    }
}
