#![allow(clippy::single_range_in_vec_init, reason = "one plane is a list of one place")]

use super::*;

fn store(bytes: usize) -> FrameStore {
    FrameStore::new(bytes, Policy::BestEffort, Backing::Anonymous).unwrap()
}

/// The whole store's content, seen past any loan.
fn content(store: &FrameStore) -> Vec<u8> {
    let start = store.room.vault.base().as_ptr().cast_const();
    let byte = |at| {
        // SAFETY: one of `len` mapped bytes.
        let place = unsafe { start.add(at) };
        // SAFETY: as above; no test writes them while it looks.
        unsafe { place.read_volatile() }
    };
    (0..store.len()).map(byte).collect()
}

fn stains(store: &FrameStore) -> usize {
    content(store).into_iter().filter(|&byte| byte != 0).count()
}

/// Fills `len` bytes, kept.
fn fill(store: &mut FrameStore, len: usize) {
    store.lend_kept(len).unwrap().bytes_mut().fill(0xA5);
}

#[test]
fn a_loan_is_zero_then_what_was_written_then_zero() {
    let mut store = store(5000);
    let len = store.len();
    for _ in 0..2 {
        let mut loan = store.lend(5000).unwrap();
        assert_eq!(loan.bytes(), [0; 5000]);
        loan.bytes_mut().fill(7);
        assert_eq!(loan.bytes(), [7; 5000]);
        drop(loan);
        assert_eq!(content(&store), vec![0; len]);
        assert!(!store.holds());
    }
}

#[test]
fn what_is_kept_stays_until_it_is_wiped_or_lent_for_good() {
    let mut store = store(100);
    fill(&mut store, 90);
    assert!(store.holds());
    assert_eq!(stains(&store), 90);
    assert_eq!(store.lend_kept(100).unwrap().bytes()[88..92], [0xA5, 0xA5, 0, 0]);
    assert_eq!(stains(&store), 90, "a kept loan that only looks");
    store.wipe();
    assert_eq!((stains(&store), store.holds()), (0, false));
    fill(&mut store, 90);
    drop(store.lend(1).unwrap());
    assert_eq!((stains(&store), store.holds()), (0, false));
}

#[test]
fn what_is_whole_can_be_kept_and_a_half_is_not() {
    let mut store = store(100);
    let mut loan = store.lend(100).unwrap();
    loan.bytes_mut().fill(7);
    loan.keep();
    assert_eq!((stains(&store), store.holds()), (100, true));
    let mut half = store.lend(100).unwrap();
    half.bytes_mut()[..50].fill(8);
    drop(half);
    assert_eq!((stains(&store), store.holds()), (0, false));
}

#[test]
fn what_is_kept_can_be_copied_out_bit_by_bit() {
    let mut store = store(10);
    store.lend_kept(5).unwrap().bytes_mut().copy_from_slice(b"abcde");
    let mut into = [b'-'; 3];
    for (at, count, expected) in [
        (0, 3, b"abc"),
        (3, 2, b"de-"),
        (5, 0, b"---"),
        (usize::MAX, 0, b"---"),
    ] {
        into.fill(b'-');
        assert_eq!(store.copy_kept(at, &mut into), Some(count), "{at}");
        assert_eq!(&into, expected);
    }
    store.wipe();
    assert_eq!(store.copy_kept(0, &mut into), None);
}

#[test]
fn a_frame_given_up_leaves_the_whole_loan_zero_and_a_kept_one_does_not() {
    let mut store = store(100);
    let mut loan = store.lend(100).unwrap();
    loan.bytes_mut().fill(7);
    let start = loan.bytes().as_ptr().addr();
    // Luma, padding, chroma twice, of which one begins in the other.
    let frame = loan.frame(&[0..40, 50..69, 51..70]).unwrap();
    let planes: Vec<_> = frame
        .planes()
        .iter()
        .map(|p| (p.start.addr().get() - start, p.len))
        .collect();
    assert_eq!(planes, [(0, 40), (50, 19), (51, 19)]);
    drop(frame);
    assert_eq!(loan.frame(&[0..1]).unwrap().planes().len(), 1, "twice is no harm");
    assert_eq!(loan.bytes(), [0; 100], "padding and rest included");
    assert_eq!(loan.used, 0, "so it need not be zeroed again");
    loan.bytes_mut()[99] = 7;
    drop(loan);
    assert_eq!(stains(&store), 0);

    let mut loan = store.lend_kept(100).unwrap();
    loan.bytes_mut().fill(7);
    drop(loan.frame(&[0..100]).unwrap());
    assert_eq!(loan.bytes(), [7; 100]);
    drop(loan);
    assert_eq!(stains(&store), 100);
}

#[test]
fn a_frame_that_is_forgotten_forgets_no_wipe() {
    let mut store = store(100);
    let mut loan = store.lend(100).unwrap();
    loan.bytes_mut().fill(7);
    std::mem::forget(loan.frame(&[0..100]).unwrap());
    drop(loan);
    assert_eq!(stains(&store), 0);
}

#[test]
fn planes_are_counted() {
    let mut store = store(100);
    let mut loan = store.lend(100).unwrap();
    loan.bytes_mut().fill(7);
    for found in [0, 5] {
        let planes = vec![0..1; found];
        let refused = loan.frame(&planes).map(drop);
        assert!(matches!(refused, Err(VeilError::Planes { found: n, max: 4 }) if n == found));
    }
    assert_eq!(loan.bytes(), [7; 100], "a frame that was not made wipes nothing");
    assert_eq!(loan.frame(&vec![0..1; 4]).unwrap().planes().len(), 4);
}

#[test]
#[should_panic(expected = "101 out of range")]
fn a_plane_beyond_the_loan_is_refused() {
    let mut store = store(4096);
    let mut loan = store.lend(100).unwrap();
    drop(loan.frame(&[0..100]).unwrap());
    let beyond = 1..101;
    drop(loan.frame(&[beyond]));
}

#[test]
#[should_panic(expected = "bytes of a store of")]
fn more_than_there_is_cannot_be_lent() {
    let mut store = store(100);
    let len = store.len();
    assert_eq!(
        store.lend(len).unwrap().bytes().len(),
        len,
        "control: all of it can"
    );
    drop(store.lend(len + 1));
}

#[test]
fn a_panic_forgets_no_wipe() {
    let mut store = store(100);
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut loan = store.lend(100).unwrap();
        loan.bytes_mut().fill(7);
        std::panic::resume_unwind(Box::new("the decoder's"));
    }));
    assert!(unwound.is_err());
    assert_eq!(stains(&store), 0);
}

#[test]
fn a_forgotten_loan_is_made_up_for() {
    let mut store = store(5000);
    let forget = |store: &mut FrameStore| {
        let mut loan = store.lend(5000).unwrap();
        loan.bytes_mut().fill(7);
        std::mem::forget(loan);
        assert_eq!(stains(store), 5000, "control");
    };
    forget(&mut store);
    assert_eq!(store.lend(5000).unwrap().bytes(), [0; 5000]);
    forget(&mut store);
    store.wipe();
    assert_eq!(stains(&store), 0);
}

#[test]
fn a_wipe_from_elsewhere_takes_what_is_kept_and_waits_for_a_loan_to_end() {
    let mut store = store(100);
    fill(&mut store, 100);
    store.room.wipe_or_note();
    assert_eq!((stains(&store), store.holds()), (0, false));

    let room = Arc::clone(&store.room);
    let mut loan = store.lend_kept(100).unwrap();
    loan.bytes_mut().fill(7);
    room.wipe_or_note();
    assert_eq!(loan.bytes(), [7; 100], "lent");
    drop(loan);
    assert_eq!((stains(&store), store.holds()), (0, false));
    // That wish is fulfilled.
    fill(&mut store, 100);
    assert_eq!(stains(&store), 100);
}

#[test]
fn what_a_device_writes_is_lent_once() {
    let mut store = store(100);
    let len = store.len();
    let device = store.device_address();
    assert_eq!(device, store.room.vault.base());
    // SAFETY: the store's own memory, of which nobody holds a reference.
    let written = |byte| unsafe { device.write_bytes(byte, len) };
    written(7);
    assert!(store.holds());
    let loan = store.lend(100).unwrap();
    assert_eq!(loan.bytes(), [7; 100]);
    drop(loan);
    assert_eq!(stains(&store), 0, "also what lies after what was lent");
    let _ = store.device_address();
    written(7);
    store.room.wipe_or_note();
    assert_eq!(stains(&store), 0);
    // A loan that was forgotten does not take the next picture with it.
    std::mem::forget(store.lend(100).unwrap());
    let _ = store.device_address();
    written(7);
    assert_eq!(store.lend(100).unwrap().bytes(), [7; 100]);
}

#[test]
fn reports_follow_the_stores_of_the_process() {
    // A size that no other test has.
    let bytes = 77 * os::page_size();
    let count = || {
        reports()
            .iter()
            .filter(|r| (r.bytes, r.purpose) == (bytes, Purpose::Capture))
            .count()
    };
    let first = store(bytes);
    assert_eq!(first.len(), bytes);
    let second = store(bytes - 1);
    assert_eq!(count(), 2);
    assert_eq!(first.report(), second.report());
    drop(first);
    assert_eq!(count(), 1);
    drop(second);
    assert_eq!(count(), 0);
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    let made = |bytes| FrameStore::new(bytes, Policy::BestEffort, Backing::Anonymous).map(drop);
    let purpose = Purpose::Capture;
    assert!(matches!(made(0), Err(VeilError::ZeroSize { purpose: p }) if p == purpose));
    assert!(matches!(made(usize::MAX), Err(VeilError::TooLarge { purpose: p, .. }) if p == purpose));
    assert!(made(1).is_ok());
}

/// Lends that overlap with wipes, from two threads: a loan's bytes are never changed by others.
#[test]
fn loans_and_wipes_do_not_meet() {
    let mut store = store(1 << 16);
    let room = Arc::clone(&store.room);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let wiper = std::thread::Builder::new().name("wiper".into());
        let wipes = wiper
            .spawn_scoped(scope, || {
                let mut wipes = 0u32;
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    room.wipe_or_note();
                    wipes += 1;
                }
                wipes
            })
            .unwrap();
        for round in 0..2000 {
            let mut loan = if round % 2 == 0 {
                store.lend(1 << 16)
            } else {
                store.lend_kept(1 << 16)
            }
            .unwrap();
            loan.bytes_mut().fill(7);
            assert!(loan.bytes().iter().all(|&byte| byte == 7));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(wipes.join().unwrap() > 0);
    });
}
