//! An operation, to write one that no effect could.

fn main() {
    use moretta_lang::op::Op as Kept;
    let _ = size_of::<Kept>();
}
