//! A captured picture's bytes, read while it is on its way to the veil.

use moretta_veil::{Backing, FrameStore, Policy};

fn main() {
    let mut store = FrameStore::new(4, Policy::BestEffort, Backing::Anonymous).unwrap();
    let mut loan = store.lend(4).unwrap();
    let frame = loan.frame(&[0..4]).unwrap();
    let pixel = loan.bytes()[0];
    drop(frame);
    assert_eq!(pixel, 0);
}
