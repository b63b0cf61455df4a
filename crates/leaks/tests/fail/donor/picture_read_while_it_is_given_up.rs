//! A donor's picture copied by the app after it gave it up.

use moretta_veil::GivenUp;

fn main() {
    let mut bytes = [7; 4];
    let picture = GivenUp::one(&mut bytes);
    let copy = bytes.to_vec();
    drop(picture);
    drop(copy);
}
