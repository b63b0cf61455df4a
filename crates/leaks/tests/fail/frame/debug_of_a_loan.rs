//! A captured picture in a log line.

use moretta_veil::{Backing, FrameStore, Policy};

fn main() {
    let mut store = FrameStore::new(4, Policy::BestEffort, Backing::Anonymous).unwrap();
    let loan = store.lend(4).unwrap();
    let text = format!("{loan:?}");
    assert!(!text.is_empty());
}
