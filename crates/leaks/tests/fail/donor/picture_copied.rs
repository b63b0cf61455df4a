//! A second picture of a donor.

use moretta_veil::GivenUp;

fn main() {
    fn leak<'a>(picture: &GivenUp<'a>) -> GivenUp<'a> {
        picture.clone()
    }
}
