//! A captured picture's bytes, kept past its loan, when they are zeroed.

use moretta_veil::{Backing, FrameStore, Policy};

fn main() {
    let mut store = FrameStore::new(4, Policy::BestEffort, Backing::Anonymous).unwrap();
    let loan = store.lend(4).unwrap();
    let kept = loan.bytes();
    drop(loan);
    assert_eq!(kept.len(), 4);
}
