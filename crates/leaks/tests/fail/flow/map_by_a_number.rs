//! A table by keys that the face makes.

use moretta_lang::Program;
use std::collections::BTreeSet;

fn main() {
    fn sorted<K: Ord>(keys: Vec<K>) -> BTreeSet<K> {
        keys.into_iter().collect()
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let table = sorted(vec![yaw]);
        out.property(table.len() as u32, 0, yaw);
    })
    .unwrap();
}
