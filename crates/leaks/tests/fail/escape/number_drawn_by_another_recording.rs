//! A number of one effect, drawn by another that is recorded within it.

use moretta_lang::{Num, Out};

fn main() {
    fn drawn<'long: 'short, 'short>(yaw: Num<'long>, out: Out<'short>) {
        out.property(0, 0, yaw);
    }
}
