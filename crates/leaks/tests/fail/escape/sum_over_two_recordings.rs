//! Numbers of two effects in one sum.

use moretta_lang::Num;

fn main() {
    fn sum<'long: 'short, 'short>(yaw: Num<'long>, other: Num<'short>) -> Num<'short> {
        other + yaw
    }
}
