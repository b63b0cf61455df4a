//! An operand that names any register it likes.

use moretta_lang::Operand;

fn main() {
    struct Mine;
    impl Operand<'_> for Mine {}
}
