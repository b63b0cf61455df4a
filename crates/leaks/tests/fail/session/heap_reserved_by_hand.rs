//! A face heap made under a weaker policy before the veil asks for a strict one.

use moretta_veil::{Backing, FaceHeap, Policy};

fn main() {
    let reserved = FaceHeap::reserve(1 << 20, Policy::BestEffort, Backing::Anonymous);
    let _ = reserved;
}
