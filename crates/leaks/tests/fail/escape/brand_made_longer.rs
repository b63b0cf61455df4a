//! A name given a longer life.

use moretta_lang::Num;

fn main() {
    fn longer<'b>(yaw: Num<'b>) -> Num<'static> {
        yaw
    }
}
