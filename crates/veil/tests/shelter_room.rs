//! Room for work with pictures, made ahead. A program of its own: the heap is the process's, and what other work left of it
//! decides what still fits.

mod common;

use common::{adder, consent, wipe_list};
use moretta_veil::{Backing, Policy, Shelter, VeilError};
use std::hint::black_box;

#[test]
fn room_is_made_ahead() {
    let shelter = Shelter::new(Policy::BestEffort, Backing::Anonymous).expect("a shelter");
    shelter.reserve(3 << 20).expect("room");
    let reserved = |veil: &moretta_veil::Veil<_>| -> usize {
        let regions = veil.protection().regions;
        let heap = regions
            .iter()
            .filter(|r| r.purpose == moretta_veil::Purpose::Heap);
        heap.map(|r| r.bytes).sum()
    };
    let veil = adder(&consent(), wipe_list());
    let before = reserved(&veil);
    assert!(before >= 3 << 20);
    shelter.run(|| drop(black_box(vec![7u8; 3 << 20]))).expect("work");
    assert_eq!(reserved(&veil), before, "it fitted");

    // Plenty of room, and none of it in one piece.
    shelter
        .run(|| drop(black_box((0..16).map(|_| vec![7u8; 1 << 20]).collect::<Vec<_>>())))
        .expect("work");
    let before = reserved(&veil);
    // The newest piece is half of all, as each is as large as those before it together.
    let bytes = before / 10 * 6;
    shelter.reserve(bytes).expect("room");
    let made = reserved(&veil);
    assert!(made > before, "control: small blocks do not make a large one");
    shelter.run(|| drop(black_box(vec![7u8; bytes]))).expect("work");
    assert_eq!(reserved(&veil), made, "it fitted");
    assert!(matches!(
        shelter.reserve(usize::MAX),
        Err(VeilError::TooLarge { .. })
    ));
}
