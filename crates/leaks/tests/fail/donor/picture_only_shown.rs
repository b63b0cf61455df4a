//! A donor's picture in memory that cannot be zeroed.

use moretta_veil::GivenUp;

fn main() {
    let bytes = [7; 4];
    let picture = GivenUp::one(&bytes);
    drop(picture);
}
