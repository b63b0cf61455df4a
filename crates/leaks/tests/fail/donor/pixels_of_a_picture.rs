//! A pixel of a donor's picture by its place.

use moretta_veil::GivenUp;

fn main() {
    fn leak(picture: &GivenUp<'_>) -> u8 {
        picture[0]
    }
}
