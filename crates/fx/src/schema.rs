//! `moretta-fx schema`: the JSON Schema of manifests.

/// The schema that comes with the reader, made of its types.
pub(crate) const SCHEMA: &str = include_str!("../../pack/schema/mask-1.0.schema.json");

/// Prints it.
pub(crate) fn run() {
    print!("{SCHEMA}");
}
