//! `moretta-fx schema`: the JSON Schema of manifests.

/// Prints it.
pub(crate) fn run() {
    print!("{}", moretta_pack::SCHEMA);
}
