//! The list of all face memory.

fn main() {
    use moretta_veil::buffer::Registry as Kept;
    let _ = size_of::<Kept>();
}
