//! Stores of pictures on their way in, together with a veil and the kernel.

#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "asks the kernel, and forks")]
#![allow(clippy::single_range_in_vec_init, reason = "one plane is a list of one place")]

mod common;

use common::{Ask, adder, child, consent, maps, wipe_list};
use moretta_veil::{Backing, FrameStore, Held, Loan, Policy, Purpose, VeilError, wipe_all};
use std::time::Duration;

const PAGE: usize = 4096;
const BACKINGS: [Backing; 2] = [Backing::Anonymous, Backing::Secret];

fn store(bytes: usize, backing: Backing) -> FrameStore {
    FrameStore::new(bytes, Policy::BestEffort, backing).expect("a store")
}

fn filled(store: &mut FrameStore, len: usize) -> Loan<'_> {
    let mut loan = store.lend(len).expect("a loan");
    loan.bytes_mut().fill(3);
    loan
}

#[test]
fn a_veil_takes_a_loan_and_leaves_it_zero() {
    let veil = adder(&consent(), wipe_list());
    let mut store = store(100, Backing::Anonymous);
    let mut loan = filled(&mut store, 100);
    let frame = loan.frame(&[0..50, 60..100]).expect("two planes");
    assert_eq!(veil.process(frame, &mut [], Ask::Add).expect("a sum"), 90 * 3);
    assert_eq!(loan.bytes(), [0; 100], "what lies between the planes too");

    loan.bytes_mut().fill(3);
    let frame = loan.frame(&[0..10]).expect("a plane");
    veil.submit(frame, Ask::Add).expect("a ticket");
    assert_eq!(loan.bytes(), [0; 100], "copied, and zeroed at once");
    let finished = veil.poll(Duration::from_secs(60)).expect("a result");
    assert_eq!(finished.result.expect("a sum"), 100 * 3);
}

#[test]
fn the_kernel_sees_what_is_reported() {
    child::succeeds("the_kernel_sees_what_is_reported", || {
        let veil = adder(&consent(), wipe_list());
        let reported = |bytes| {
            let of = veil.protection().regions;
            let of = of
                .into_iter()
                .filter(|r| r.purpose == Purpose::Capture && r.bytes == bytes);
            of.collect::<Vec<_>>()
        };
        for (backing, fork_flag, secret) in [
            (Backing::Anonymous, "wf", Held::NotAsked),
            (Backing::Secret, "dc", Held::Yes),
        ] {
            let bytes = 123 * PAGE;
            assert_eq!(reported(bytes), []);
            let locked_before = veil.stats().locked_bytes;
            let store = store(bytes, backing);
            let report = store.report();
            assert_eq!(reported(bytes), [report]);
            assert_eq!((report.purpose, report.bytes), (Purpose::Capture, bytes));
            assert_eq!(
                (report.locked, report.no_dump, report.no_fork),
                (Held::Yes, Held::Yes, Held::Yes)
            );
            if report.secret != secret {
                // A kernel without secret memory.
                assert!(matches!(report.secret, Held::Refused(_)), "{report:?}");
                assert!(!veil.protection().is_whole());
                continue;
            }
            let seen = maps::vaults_of(bytes);
            let [vault] = &seen[..] else { panic!("{seen:?}") };
            assert!(vault.has("lo") && vault.has(fork_flag), "{vault:?}");
            assert_eq!(veil.stats().locked_bytes, locked_before + bytes);
            drop(store);
            assert_eq!(maps::vaults_of(bytes).len(), 0);
        }
    });
}

#[test]
fn an_ordinary_store_beside_a_veil_on_secret_memory_is_not_whole() {
    child::succeeds(
        "an_ordinary_store_beside_a_veil_on_secret_memory_is_not_whole",
        || {
            let options = moretta_veil::Options {
                backing: Backing::Secret,
                ..common::options()
            };
            let list = wipe_list();
            let veil = moretta_veil::Veil::new(&consent(), options, move |room| {
                Ok(common::Adder::build(room, list)?)
            })
            .expect("a veil");
            let whole = veil.protection().is_whole();
            let secret = store(100, Backing::Secret);
            assert_eq!(veil.protection().is_whole(), whole);
            let ordinary = store(100, Backing::Anonymous);
            assert!(!veil.protection().is_whole());
            drop((ordinary, secret));
            assert_eq!(veil.protection().is_whole(), whole);
        },
    );
}

#[test]
fn wipe_all_reaches_forgotten_stores_and_no_loan() {
    child::succeeds("wipe_all_reaches_forgotten_stores_and_no_loan", || {
        for (backing, pages) in BACKINGS.into_iter().zip([201, 203]) {
            let bytes = pages * PAGE;
            let mut forgotten = store(bytes, backing);
            forgotten.lend_kept(bytes).expect("a loan").bytes_mut().fill(3);
            let address = forgotten.device_address();
            std::mem::forget(forgotten);
            // SAFETY: the last byte of a store that is forgotten and so stays mapped.
            let last = unsafe { address.add(bytes - 1) };
            // SAFETY: as above, and nothing writes it now.
            let byte = || unsafe { last.read_volatile() };
            let mut lent = store(100, backing);
            let loan = filled(&mut lent, 100);
            assert_eq!(byte(), 3, "control");
            assert_eq!(wipe_all(), 0, "no veil");
            assert_eq!(byte(), 0);
            assert_eq!(loan.bytes(), [3; 100], "in use");
        }
    });
}

#[test]
fn a_forked_child_sees_no_picture_and_does_no_harm() {
    child::succeeds("a_forked_child_sees_no_picture_and_does_no_harm", || {
        for backing in BACKINGS {
            let mut kept = store(100, backing);
            kept.lend_kept(100).expect("a loan").bytes_mut().fill(3);
            let mut lent = store(100, backing);
            let loan = filled(&mut lent, 100);
            let code = child::forked(|| {
                let mut byte = [7];
                if kept.copy_kept(0, &mut byte).is_some() || byte != [7] || kept.holds() {
                    return 1;
                }
                if !matches!(kept.lend(1).map(drop), Err(VeilError::Forked)) {
                    return 2;
                }
                if !matches!(
                    FrameStore::new(1, Policy::BestEffort, backing).map(drop),
                    Err(VeilError::Forked)
                ) {
                    return 3;
                }
                if backing == Backing::Anonymous && loan.bytes() != [0; 100] {
                    return 4;
                }
                kept.wipe();
                drop(kept);
                drop(loan);
                0
            });
            assert_eq!(code, 0, "{backing:?}");
        }
    });
}
