//! The list of all veils, to strike one off before `wipe_all`.

fn main() {
    use moretta_veil::live::dismiss as kept;
    let _ = size_of_val(&kept);
}
