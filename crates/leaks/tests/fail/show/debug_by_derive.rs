//! A struct of one's own that prints the number in it.

use moretta_lang::Num;

fn main() {
    #[derive(Debug)]
    struct Trace<'b> {
        label: &'b str,
        yaw: Num<'b>,
    }
}
