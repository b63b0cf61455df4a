//! The edges of a vault are walls, and the kernel's flags are what the report says.

#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "writes where nobody may")]

mod common;

use common::{Act, Ask, adder, child, consent, maps, options};
use maps::Mapping;
use moretta_veil::{Backing, FaceBuffer, Frame, Held, Keep, Options, Outcome, Protection, Veil};

const PAGE: usize = 4096;
/// A whole number of pages, so that the buffer ends where its vault ends.
const LEN: usize = 3 * PAGE;

/// Writes one byte, `offset` bytes from the start of a face buffer of `LEN`, and reads it back.
fn poke(offset: isize, backing: Backing) -> u64 {
    let options = Options { backing, ..options() };
    let veil = Veil::new(&consent(), options, |access| {
        let mut buffer: FaceBuffer<u8> = access.reserve(Keep::Frame, LEN)?;
        Ok(Act::new(move |request, _, access| {
            let offset = isize::try_from(request.cast_signed()).expect("an offset");
            let at = buffer.view_mut(access).as_mut_ptr().wrapping_offset(offset);
            // SAFETY: inside the buffer, or on a guard page, which ends this process before anything is harmed.
            unsafe { at.write_volatile(0xA5) };
            // SAFETY: as above.
            let read = unsafe { at.read_volatile() };
            (Outcome::Faces, read.into())
        }))
    })
    .expect("a veil");
    let request = i64::try_from(offset).expect("an offset").cast_unsigned();
    veil.process(Frame::none(), &mut [], request).expect("a byte")
}

#[test]
fn the_first_and_the_last_byte_may_be_written() {
    for backing in [Backing::Anonymous, Backing::Secret] {
        assert_eq!(poke(0, backing), 0xA5);
        assert_eq!(poke(LEN.cast_signed() - 1, backing), 0xA5);
    }
}

#[test]
fn a_byte_before_faults() {
    child::dies_of(libc::SIGSEGV, "a_byte_before_faults", || {
        poke(-1, Backing::Anonymous);
    });
}

#[test]
fn a_byte_after_faults() {
    child::dies_of(libc::SIGSEGV, "a_byte_after_faults", || {
        poke(LEN.cast_signed(), Backing::Anonymous);
    });
}

#[test]
fn a_byte_before_secret_memory_faults() {
    child::dies_of(libc::SIGSEGV, "a_byte_before_secret_memory_faults", || {
        poke(-1, Backing::Secret);
    });
}

#[test]
fn a_byte_after_secret_memory_faults() {
    child::dies_of(libc::SIGSEGV, "a_byte_after_secret_memory_faults", || {
        poke(LEN.cast_signed(), Backing::Secret);
    });
}

#[test]
fn a_stack_that_overflows_faults() {
    #[inline(never)]
    fn sink(depth: u64) -> u64 {
        let room = std::hint::black_box([depth; 512]);
        if depth == 0 {
            room[0]
        } else {
            sink(depth - 1) + room[511]
        }
    }
    let run = |depth| {
        let veil = Veil::new(&consent(), options(), |_| {
            Ok(Act::new(|depth, _, _| (Outcome::Unchanged, sink(depth))))
        })
        .expect("a veil");
        veil.process(Frame::none(), &mut [], depth).expect("a sum")
    };
    assert_eq!(run(20), (1..=20).sum());
    child::dies_of(libc::SIGSEGV, "a_stack_that_overflows_faults", || {
        run(100_000);
    });
}

/// The kernel's view of what is reported as face memory: `(bytes, locked)`, sorted.
fn seen(mappings: &[Mapping], fork_flag: &str) -> Vec<(usize, bool)> {
    let mut seen: Vec<_> = mappings
        .iter()
        .filter(|m| m.has("dd") && m.has(fork_flag))
        .map(|m| (m.len(), m.has("lo")))
        .collect();
    seen.sort_unstable();
    seen
}

fn reported(protection: &Protection) -> Vec<(usize, bool)> {
    let mut reported: Vec<_> = protection
        .regions
        .iter()
        .map(|r| {
            assert_eq!((r.no_dump, r.no_fork), (Held::Yes, Held::Yes));
            (r.bytes, r.locked == Held::Yes)
        })
        .collect();
    reported.sort_unstable();
    reported
}

/// The kernel shows each reported region, with the flags reported, and no other; and each between two walls.
fn agrees(backing: Backing) {
    for fork_flag in ["wf", "dc"] {
        assert_eq!(seen(&maps::all(), fork_flag), [], "control: no veil yet");
    }
    let options = Options { backing, ..options() };
    let veil = Veil::new(&consent(), options, |access| {
        Ok(common::Adder::build(access, common::wipe_list())?)
    })
    .expect("a veil");
    veil.submit(
        Frame::borrowed([&[1u8; 5 * PAGE][..]]).expect("one plane"),
        Ask::Add,
    )
    .expect("a ticket");
    veil.poll(std::time::Duration::from_secs(60)).expect("a result");
    let mappings = maps::all();
    let protection = veil.protection();
    // Where the kernel has no secret memory, ordinary memory took its place, and is reported as such.
    let secret = protection.regions.iter().all(|r| r.secret == Held::Yes);
    let fork_flag = if secret { "dc" } else { "wf" };
    let reported = reported(&protection);
    assert_eq!(reported.len(), 6, "heap, stack, sum, picture, donor, queue");
    assert_eq!(seen(&mappings, fork_flag), reported);
    let mut walls = 0;
    for three in mappings.windows(3) {
        let [before, vault, after] = three else {
            unreachable!()
        };
        if vault.has("dd") && vault.has(fork_flag) {
            walls += 1;
            assert_eq!((&before.access[..3], &after.access[..3]), ("---", "---"));
            assert_eq!(
                (before.range.end, vault.range.end),
                (vault.range.start, after.range.start)
            );
        }
    }
    assert_eq!(walls, 6);
}

#[test]
fn ordinary_memory_has_the_flags_reported() {
    child::succeeds("ordinary_memory_has_the_flags_reported", || {
        agrees(Backing::Anonymous);
    });
}

#[test]
fn secret_memory_has_the_flags_reported() {
    child::succeeds("secret_memory_has_the_flags_reported", || {
        agrees(Backing::Secret);
    });
}

#[test]
fn refused_locks_have_the_flags_reported() {
    child::succeeds("refused_locks_have_the_flags_reported", || {
        child::limit_locks(64 << 10);
        agrees(Backing::Anonymous);
    });
}

#[test]
fn a_dropped_buffer_leaves_the_report_and_the_map() {
    let veil = adder(&consent(), common::wipe_list());
    let count = |veil: &Veil<_>| veil.protection().regions.len();
    let before = count(&veil);
    let other = Veil::new(&consent(), options(), |access| {
        let mut buffer: Option<FaceBuffer<u8>> = Some(access.reserve(Keep::Session, 41 * PAGE)?);
        Ok(Act::new(move |_, _, _| {
            drop(buffer.take());
            (Outcome::Unchanged, maps::vaults_of(41 * PAGE).len() as u64)
        }))
    })
    .expect("a veil");
    assert_eq!(
        maps::vaults_of(41 * PAGE).len(),
        1,
        "control: it is there at first"
    );
    let reported = other.protection().regions.len();
    assert_eq!(other.process(Frame::none(), &mut [], 0).expect("a count"), 0);
    assert_eq!(other.protection().regions.len(), reported - 1);
    assert_eq!(count(&veil), before, "another veil's report is its own");
}
