//! From consent to the end: pause, revocation, `wipe_all`, the queue, and nothing left behind.

mod common;

use common::{Act, Adder, Ask, adder, child, consent, gate, maps, options, taken, thread, wipe_list};
use moretta_veil::{Extent, FaceBuffer, FaceHeap, Frame, Keep, Options, Outcome, Veil, VeilError, wipe_all};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);
const PAGE: usize = 4096;

fn picture(bytes: &[u8]) -> Frame<'_> {
    Frame::borrowed([bytes]).expect("one plane")
}

fn sum(veil: &Veil<Adder>) -> u64 {
    veil.process(Frame::none(), &mut [], Ask::Sum).expect("a sum")
}

fn donor(veil: &Veil<Adder>) -> u64 {
    veil.process(Frame::none(), &mut [], Ask::Donor).expect("a donor")
}

/// Fills what lives until no face is seen, and what lives until the end.
fn fill(veil: &Veil<Adder>) {
    veil.process(picture(&[9]), &mut [], Ask::KeepDonor)
        .expect("a donor");
    veil.process(picture(&[5]), &mut [], Ask::Add).expect("a face");
    assert_eq!((sum(veil), donor(veil)), (5, 9));
}

#[test]
fn pause_wipes_all_and_resume_builds_anew() {
    let list = wipe_list();
    let builds = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&builds);
    let veil = Veil::new(&consent(), options(), move |access| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(Adder::build(access, list)?)
    })
    .unwrap();
    fill(&veil);
    veil.resume().unwrap();
    assert_eq!(
        (sum(&veil), donor(&veil), builds.load(Ordering::SeqCst)),
        (5, 9, 1),
        "resuming what runs changes nothing"
    );
    taken(list);
    veil.pause().unwrap();
    assert_eq!(taken(list), [Extent::All]);
    veil.resume().unwrap();
    assert_eq!(
        (sum(&veil), donor(&veil), builds.load(Ordering::SeqCst)),
        (0, 0, 2)
    );
    assert_eq!(veil.stats().wipes, 1);
}

#[test]
fn what_is_kept_goes_with_the_face_and_the_donor_stays() {
    let veil = adder(&consent(), wipe_list());
    fill(&veil);
    veil.process(picture(&[0]), &mut [], Ask::Add).expect("no face");
    assert_eq!((sum(&veil), donor(&veil)), (0, 9));
}

#[test]
fn revocation_lets_the_frame_under_way_end_and_is_final() {
    let consent = consent();
    let list = wipe_list();
    let veil = Arc::new(adder(&consent, list));
    let gate = gate();
    let caller = {
        let veil = Arc::clone(&veil);
        thread("caller", move || {
            veil.process(picture(&[1]), &mut [], Ask::Wait(gate))
        })
    };
    gate.wait();
    let revocation = consent.revocation();
    let revoker = thread("revoker", move || revocation.revoke());
    // Busy until the revocation has begun.
    while !matches!(
        veil.process(Frame::none(), &mut [], Ask::Sum),
        Err(VeilError::Revoked)
    ) {
        std::thread::yield_now();
    }
    assert!(!revoker.is_finished(), "it waits for the frame under way");
    gate.wait();
    assert_eq!(caller.join().unwrap().unwrap(), 0);
    revoker.join().unwrap();
    assert_eq!(taken(list), [Extent::Frame, Extent::All]);
    assert!(matches!(veil.resume(), Err(VeilError::Revoked)));
}

#[test]
fn revocation_reaches_every_veil_of_that_consent_and_no_other() {
    let (mine, yours) = (consent(), consent());
    let (first, second, other) = (
        adder(&mine, wipe_list()),
        adder(&mine, wipe_list()),
        adder(&yours, wipe_list()),
    );
    fill(&other);
    mine.revocation().revoke();
    for veil in [&first, &second] {
        assert!(matches!(
            veil.process(picture(&[1]), &mut [], Ask::Add),
            Err(VeilError::Revoked)
        ));
    }
    assert_eq!((sum(&other), donor(&other)), (5, 9));
}

#[test]
fn a_consent_revoked_before_builds_nothing() {
    let builds = Arc::new(AtomicUsize::new(0));
    let new = |consent: &moretta_veil::Consent| {
        let counter = Arc::clone(&builds);
        Veil::new(consent, options(), move |access| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(Adder::build(access, wipe_list())?)
        })
        .map(drop)
    };
    let revoked = consent();
    revoked.revocation().revoke();
    assert!(matches!(new(&revoked), Err(VeilError::Revoked)));
    assert_eq!(builds.load(Ordering::SeqCst), 0);
    new(&consent()).unwrap();
    assert_eq!(builds.load(Ordering::SeqCst), 1);
}

#[test]
fn a_consent_revoked_while_building_makes_no_veil() {
    let consent = consent();
    let revocation = consent.revocation();
    let made = Veil::new(&consent, options(), move |access| {
        revocation.revoke();
        Ok(Adder::build(access, wipe_list())?)
    });
    assert!(matches!(made.map(drop), Err(VeilError::Revoked)));
}

#[test]
fn wipe_all_reaches_a_forgotten_veil() {
    child::succeeds("wipe_all_reaches_a_forgotten_veil", || {
        assert_eq!(wipe_all(), 0, "none yet");
        let list = wipe_list();
        let veil: &Veil<Adder> = Box::leak(Box::new(adder(&consent(), list)));
        fill(veil);
        taken(list);
        let buffers = maps::vaults_of(PAGE); // the sum's and the donor's
        let stains = |of: &[maps::Mapping]| of.iter().map(maps::Mapping::stains).sum::<usize>();
        assert_eq!(buffers.len(), 2, "{buffers:?}");
        assert_eq!(stains(&buffers), 2, "control: a sum and a donor of one byte each");
        assert_eq!(wipe_all(), 1);
        assert_eq!(stains(&buffers), 0);
        assert_eq!(taken(list), [Extent::All]);
        assert_eq!((sum(veil), donor(veil)), (0, 0), "wiped, and usable still");
        assert_eq!(veil.stats().wipes, 1);

        veil.pause().unwrap();
        assert_eq!(wipe_all(), 1, "a paused veil has nothing, and stops nobody");
    });
}

#[test]
fn wipe_all_drops_and_counts_the_frame_that_waits() {
    child::succeeds("wipe_all_drops_and_counts_the_frame_that_waits", || {
        for wiping in [false, true] {
            let gate = gate();
            let veil = Veil::new(&consent(), options(), move |_| {
                Ok(Act::new(move |request, _, _| {
                    if request == 1 {
                        gate.wait();
                        gate.wait();
                        // On the face thread it returns at once, and the wish comes before any waiting frame.
                        assert!(!wiping || wipe_all() == 1);
                    }
                    (Outcome::Faces, request)
                }))
            })
            .unwrap();
            veil.submit(Frame::none(), 1).unwrap();
            gate.wait();
            let waiting = 33 * PAGE;
            veil.submit(picture(&vec![0xA5; waiting]), 2).unwrap();
            assert_eq!(
                maps::vaults_of(waiting)[0].stains(),
                waiting,
                "control: it waits there"
            );
            gate.wait();
            assert_eq!(veil.poll(PATIENCE).unwrap().result.unwrap(), 1);
            let second = veil.poll(PATIENCE).map(|f| f.result.unwrap());
            assert_eq!(second, (!wiping).then_some(2));
            assert_eq!(veil.stats().dropped, u64::from(wiping));
            assert_eq!(maps::vaults_of(waiting)[0].stains(), 0);
            if !wiping {
                assert_eq!(veil.process(Frame::none(), &mut [], 3).unwrap(), 3);
            }
        }
    });
}

#[test]
fn a_waiting_frame_gives_way_to_a_newer_one() {
    let veil = adder(&consent(), wipe_list());
    let gate = gate();
    let first = veil.submit(picture(&[1]), Ask::Wait(gate)).unwrap();
    gate.wait();
    let large = vec![0xA5; 35 * PAGE];
    veil.submit(picture(&large), Ask::Add).unwrap();
    assert_eq!(
        maps::vaults_of(large.len())[0].stains(),
        large.len(),
        "control: it waits there"
    );
    let third = veil.submit(picture(&[7; 10]), Ask::Add).unwrap();
    let slot = &maps::vaults_of(large.len())[0];
    assert_eq!(
        slot.stains(),
        10,
        "the larger one is gone though the smaller one took its place"
    );
    assert_eq!(veil.stats().dropped, 1);
    gate.wait();
    for (ticket, answer) in [(first, 0), (third, 70)] {
        let finished = veil.poll(PATIENCE).unwrap();
        assert_eq!((finished.ticket, finished.result.unwrap()), (ticket, answer));
    }
    assert!(veil.poll(PATIENCE).is_none());
    assert_eq!(slot.stains(), 0);
    assert_eq!(veil.stats().dropped, 1);
}

#[test]
fn of_results_nobody_takes_the_last_four_are_kept() {
    let veil = Veil::new(&consent(), options(), |_| {
        Ok(Act::new(|request, _, _| (Outcome::Unchanged, request)))
    })
    .unwrap();
    for request in 1..=6 {
        veil.submit(Frame::none(), request).unwrap();
        while veil.stats().frames < request {
            std::thread::yield_now();
        }
    }
    let kept: Vec<_> = std::iter::from_fn(|| veil.poll(Duration::ZERO))
        .map(|f| f.result.unwrap())
        .collect();
    assert_eq!(kept, [3, 4, 5, 6]);
}

#[test]
fn dropping_a_veil_whose_frame_waits_unmaps_it() {
    let veil = adder(&consent(), wipe_list());
    let gate = gate();
    veil.submit(picture(&[1]), Ask::Wait(gate)).unwrap();
    gate.wait();
    let waiting = 37 * PAGE;
    veil.submit(picture(&vec![0xA5; waiting]), Ask::Add).unwrap();
    assert_eq!(maps::vaults_of(waiting).len(), 1, "control: it waits there");
    let dropper = thread("dropper", move || drop(veil));
    gate.wait();
    dropper.join().unwrap();
    assert_eq!(maps::vaults_of(waiting).len(), 0);
}

#[test]
fn pause_refuses_the_frame_that_waits_and_says_so() {
    let veil = Arc::new(adder(&consent(), wipe_list()));
    let gate = gate();
    veil.submit(picture(&[1]), Ask::Wait(gate)).unwrap();
    gate.wait();
    let waiting = 39 * PAGE;
    let second = veil.submit(picture(&vec![0xA5; waiting]), Ask::Add).unwrap();
    let pauser = {
        let veil = Arc::clone(&veil);
        thread("pauser", move || veil.pause())
    };
    // Busy until the pause has begun.
    while !matches!(
        veil.process(Frame::none(), &mut [], Ask::Sum),
        Err(VeilError::Paused)
    ) {
        std::thread::yield_now();
    }
    gate.wait();
    pauser.join().unwrap().unwrap();
    assert_eq!(veil.poll(PATIENCE).unwrap().result.unwrap(), 0);
    let refused = veil.poll(PATIENCE).unwrap();
    assert_eq!(refused.ticket, second);
    assert!(matches!(refused.result, Err(VeilError::Paused)));
    assert_eq!(maps::vaults_of(waiting)[0].stains(), 0);
}

#[test]
fn a_thousand_veils_leave_nothing_behind() {
    child::succeeds("a_thousand_veils_leave_nothing_behind", || {
        let small = Options {
            stack_bytes: 64 << 10,
            ..options()
        };
        let live = || {
            let veil = Veil::new(&consent(), small, |access| {
                let mut buffer: FaceBuffer<u8> = access.reserve(Keep::Session, 1)?;
                let forgotten: FaceBuffer<u8> = access.reserve(Keep::Session, 1)?;
                drop(forgotten);
                Ok(Act::new(move |request, _, access| {
                    buffer.view_mut(access)[0] = 1;
                    let kept = vec![1u8; 1000].len() as u64;
                    (Outcome::Faces, request + kept)
                }))
            })
            .unwrap();
            assert_eq!(veil.process(Frame::none(), &mut [], 1).unwrap(), 1001);
            veil
        };
        let count = || {
            let live = FaceHeap::live_bytes();
            (maps::all().len(), maps::status_kb("VmLck"), live)
        };
        (0..8).for_each(|_| drop(live()));
        let before = count();
        let held = live();
        let during = count();
        assert!(
            during.0 > before.0 && during.1 > before.1 && during.2 > before.2,
            "control: a veil that lives is seen in each count"
        );
        drop(held);
        (0..1000).for_each(|_| drop(live()));
        assert_eq!(count(), before, "mappings, kB locked, bytes of the heap in use");
    });
}

#[test]
fn veils_in_parallel_do_not_mix() {
    let threads: Vec<_> = (1..=4u8)
        .map(|n| {
            thread("app", move || {
                let veil = adder(&consent(), wipe_list());
                for round in 1..=100 {
                    let total = veil.process(picture(&[n; 100]), &mut [], Ask::Add).unwrap();
                    assert_eq!(total, 100 * u64::from(n) * round);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn what_the_face_thread_made_stays_veiled_in_other_hands() {
    let shelf: Arc<Mutex<Vec<u8>>> = Arc::default();
    let on_face = Arc::clone(&shelf);
    let veil = Veil::new(&consent(), options(), move |_| {
        let shelf = Arc::clone(&on_face);
        Ok(Act::new(move |_, _, _| {
            let mut fresh = Vec::with_capacity(100);
            fresh.resize(100, 0xA5);
            *shelf.lock().unwrap() = fresh;
            (Outcome::Faces, 0)
        }))
    })
    .unwrap();
    let veiled = |at: usize| {
        let mappings = maps::all();
        let mapping = mappings.iter().find(|m| m.range.contains(&at));
        mapping.expect("a mapped address").has("dd")
    };
    let open = b"made on this thread".to_vec();
    assert!(!veiled(open.as_ptr().addr()), "control: open memory");
    veil.process(Frame::none(), &mut [], 0).unwrap();
    let mut made = std::mem::take(&mut *shelf.lock().unwrap());
    let before = made.as_ptr().addr();
    assert!(veiled(before));
    made.extend_from_slice(&[0xA5; 10_000]); // on this thread
    assert_ne!(made.as_ptr().addr(), before, "control: it moved");
    assert!(
        veiled(made.as_ptr().addr()),
        "grown on the app's thread, and still in a vault"
    );
    assert_eq!(made, [0xA5; 10_100]);
}

#[test]
fn a_steady_frame_leaves_the_heap_as_it_was() {
    child::succeeds("a_steady_frame_leaves_the_heap_as_it_was", || {
        let mut hoard = Vec::new();
        let veil = Veil::new(&consent(), options(), move |_| {
            let mut hoard = std::mem::take(&mut hoard);
            Ok(Act::new(move |request, io, _| {
                let copy = io.planes[0].to_vec();
                let boxes: Vec<_> = copy.chunks(7).map(Box::<[u8]>::from).collect();
                if request == 2 {
                    hoard.push(copy);
                }
                (Outcome::Faces, boxes.len() as u64)
            }))
        })
        .unwrap();
        let frame = [0xA5; 5000];
        let live = |request| {
            veil.process(picture(&frame), &mut [], request).unwrap();
            FaceHeap::live_bytes()
        };
        let steady = live(1);
        assert_eq!([live(1), live(1)], [steady; 2]);
        assert!(live(2) > steady, "control: what is kept is counted");
        assert!(FaceHeap::peak_bytes() > steady + frame.len());
    });
}
