//! The recorder, to read what an effect recorded.

fn main() {
    use moretta_lang::record::Recorder as Kept;
    let _ = size_of::<Kept>();
}
