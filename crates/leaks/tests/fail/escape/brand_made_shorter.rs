//! A name given a shorter life, to fit in with another recording's.

use moretta_lang::{Face, Num};

fn main() {
    fn shorter<'long: 'short, 'short>(yaw: Num<'long>, _: Face<'short>) -> Num<'short> {
        yaw
    }
}
