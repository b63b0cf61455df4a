//! Work with pictures off the face thread.

mod common;

use common::{Ask, adder, consent, thread, wipe_list};
use moretta_veil::{Backing, FaceHeap, Frame, Policy, Shelter, VeilError};
use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The heap is the process's: one test at a time, or their counts would mix.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shelter() -> Shelter {
    Shelter::new(Policy::BestEffort, Backing::Anonymous).expect("a shelter")
}

/// Bytes that the face heap has in use after `work`, over those before.
fn grown<R>(work: impl FnOnce() -> R) -> (R, usize) {
    let before = FaceHeap::live_bytes();
    let result = work();
    (result, FaceHeap::live_bytes() - before)
}

#[test]
fn what_sheltered_work_allocates_lies_on_the_face_heap() {
    let _alone = alone();
    let shelter = shelter();
    let (picture, inside) = grown(|| shelter.run(|| vec![7u8; 100_000]).expect("a picture"));
    assert!(inside >= 100_000, "{inside}");
    let (_, outside) = grown(|| black_box(vec![7u8; 100_000]));
    assert_eq!(outside, 0, "and what others allocate does not");
    let before = FaceHeap::live_bytes();
    thread("elsewhere", move || drop(picture))
        .join()
        .expect("freed by any thread");
    assert_eq!(before - FaceHeap::live_bytes(), inside);
}

#[test]
fn a_shelter_in_a_shelter_and_after_a_panic_ends_where_it_began() {
    let _alone = alone();
    let shelter = shelter();
    let ((), inside) = grown(|| {
        let after = shelter.run(|| {
            shelter.run(|| drop(black_box(vec![7u8; 1000]))).expect("work");
            grown(|| black_box(vec![7u8; 1000])).1
        });
        assert!(after.expect("work") >= 1000, "still inside");
        let panicked = shelter.run(|| panic!("the first byte is 167"));
        assert!(matches!(panicked, Err(VeilError::WorkPanicked)));
    });
    assert_eq!(inside, 0, "nothing is left");
    assert_eq!(grown(|| black_box(vec![7u8; 1000])).1, 0, "outside again");
}

#[test]
fn sheltered_work_may_call_a_veil() {
    let _alone = alone();
    let veil = adder(&consent(), wipe_list());
    let sum = shelter().run(|| {
        let frame = Frame::borrowed([&[1u8, 2, 3][..]]).expect("a plane");
        veil.process(frame, &mut [], Ask::Add)
    });
    assert_eq!(sum.expect("work").expect("a sum"), 6);
}

/// The stack of the work is zero afterwards, as deep as promised.
#[test]
#[allow(unsafe_code, reason = "looks at a dead stack")]
fn the_dead_stack_is_zeroed() {
    const LEN: usize = 64 << 10;
    #[inline(never)]
    fn leave() -> usize {
        let mut left = [0u8; LEN];
        left.fill(black_box(0xA5));
        black_box(&left).as_ptr().expose_provenance()
    }
    fn stains(at: usize) -> usize {
        let start: *const u8 = std::ptr::with_exposed_provenance(at);
        let mut count = 0;
        for n in 0..LEN {
            // SAFETY: a part of this thread's stack that was in use before, and so is mapped.
            let byte = unsafe { start.add(n) };
            // SAFETY: as above.
            count += usize::from(unsafe { byte.read_volatile() } == 0xA5);
        }
        count
    }
    #[inline(never)]
    fn without() -> usize {
        leave()
    }
    let _alone = alone();
    let shelter = shelter();
    let ended = thread("ordinary", move || {
        let control = stains(without());
        let at = shelter.run(leave).expect("work");
        (control, stains(at))
    });
    let (control, found) = ended.join().expect("an ordinary thread");
    assert!(control > LEN / 2, "control: {control} bytes lay there");
    assert_eq!(found, 0);
}
