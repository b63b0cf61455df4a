//! A store's bytes for two at a time, one of which would not see them zeroed.

use moretta_veil::{Backing, FrameStore, Policy};

fn main() {
    let mut store = FrameStore::new(4, Policy::BestEffort, Backing::Anonymous).unwrap();
    let first = store.lend(4).unwrap();
    let second = store.lend(4).unwrap();
    assert_eq!(first.bytes().len(), second.bytes().len());
}
