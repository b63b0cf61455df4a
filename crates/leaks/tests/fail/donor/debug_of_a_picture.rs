//! A donor's picture in a message.

use moretta_veil::GivenUp;

fn main() {
    fn leak(picture: &GivenUp<'_>) -> String {
        format!("{picture:?}")
    }
}
