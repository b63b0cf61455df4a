//! A donor's picture handed in again after it was given up.

use moretta_veil::GivenUp;

fn main() {
    let mut bytes = [7; 4];
    let picture = GivenUp::one(&mut bytes);
    drop(picture.into_frame());
    drop(picture.into_frame());
}
