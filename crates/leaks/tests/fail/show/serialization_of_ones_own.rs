//! A number's serial form, taught to the number from outside.

use moretta_lang::Num;

fn main() {
    struct Label;
    impl serde::Serialize for Num<'_> {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str("a label")
        }
    }
}
