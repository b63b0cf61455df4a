//! A vault, to look into it.

fn main() {
    use moretta_veil::vault::Vault as Kept;
    let _ = size_of::<Kept>();
}
