//! Text of a number, taught to the number from outside.

use moretta_lang::Num;
use std::fmt;

fn main() {
    struct Label;
    impl fmt::Display for Num<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a label")
        }
    }
}
