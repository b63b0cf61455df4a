//! No leak at all: the suite must notice that this compiles.

use moretta_lang::Anchor;

fn main() {
    println!("{:?}", Anchor::Chin);
}
