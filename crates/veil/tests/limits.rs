//! Where the system grants little: a small `RLIMIT_MEMLOCK`, no `memfd_secret`.

#![cfg(target_os = "linux")]
#![allow(unsafe_code, reason = "asks the kernel what it has")]

mod common;

use common::{Adder, Ask, child, maps, wipe_list};
use moretta_veil::{
    AgeBand, Backing, Consent, Frame, Guard, Held, Options, Policy, Protection, Purpose, Veil, VeilError,
};
use std::collections::BTreeMap;

const PAGE: usize = 4096;

fn made(policy: Policy, backing: Backing) -> Result<Veil<Adder>, VeilError> {
    let options = Options {
        policy,
        backing,
        ..Options::default()
    };
    let list = wipe_list();
    Veil::new(&Consent::given(AgeBand::From14), options, move |access| {
        Ok(Adder::build(access, list)?)
    })
}

fn works(veil: &Veil<Adder>) {
    let frame = Frame::borrowed([&[1u8, 2, 3][..]]).expect("one plane");
    assert_eq!(veil.process(frame, &mut [], Ask::Add).expect("a sum"), 6);
    let frame = Frame::borrowed([&[4u8][..]]).expect("one plane");
    veil.submit(frame, Ask::Add).expect("a ticket");
    let finished = veil.poll(std::time::Duration::from_secs(60)).expect("a result");
    assert_eq!(finished.result.expect("a sum"), 10);
    veil.pause().expect("paused");
    veil.resume().expect("resumed");
}

/// Checks an error of the strict policy, and that it tells what to do.
fn refused_by(error: &VeilError, wanted: Guard) {
    let VeilError::Refused { guard, bytes, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(*guard, wanted);
    let text = error.to_string();
    for word in [
        &wanted.to_string(),
        &bytes.to_string(),
        "RLIMIT_MEMLOCK",
        "Policy::BestEffort",
    ] {
        assert!(text.contains(word), "no {word:?} in {text:?}");
    }
}

fn locks(protection: &Protection) -> Vec<Held> {
    protection.regions.iter().map(|r| r.locked).collect()
}

#[test]
fn strict_refuses_where_little_may_be_locked() {
    child::succeeds("strict_refuses_where_little_may_be_locked", || {
        child::limit_locks(64 << 10);
        let error = made(Policy::Strict, Backing::Anonymous)
            .map(drop)
            .expect_err("64 KiB are not enough");
        refused_by(&error, Guard::Lock);
        assert_eq!(
            maps::status_kb("VmLck"),
            0,
            "what was locked by then was given back"
        );
    });
}

#[test]
fn strict_refuses_a_buffer_too_many() {
    child::succeeds("strict_refuses_a_buffer_too_many", || {
        child::limit_locks(3 << 20); // heap 2 MiB, stack 512 KiB, sum 4 KiB: the picture's 1 MiB goes over
        let error = made(Policy::Strict, Backing::Anonymous)
            .map(drop)
            .expect_err("a megabyte too many");
        let VeilError::Build { source } = error else {
            panic!("{error:?}")
        };
        let error = source.downcast_ref().expect("the error of `reserve`");
        refused_by(error, Guard::Lock);
        assert!(matches!(
            error,
            VeilError::Refused {
                purpose: Purpose::Frame,
                ..
            }
        ));
        assert_eq!(
            maps::status_kb("VmLck"),
            2 << 10,
            "the heap stays, the rest was given back"
        );
    });
}

#[test]
fn strict_runs_where_enough_may_be_locked() {
    child::succeeds("strict_runs_where_enough_may_be_locked", || {
        child::limit_locks(4 << 20);
        let veil = made(Policy::Strict, Backing::Anonymous).expect("4 MiB are enough");
        works(&veil);
        let protection = veil.protection();
        assert!(protection.is_whole(), "{protection}");
        assert!(locks(&protection).iter().all(|&l| l == Held::Yes), "{protection}");
        assert_eq!(protection.locked_bytes(), maps::status_kb("VmLck") << 10);
        assert_eq!(veil.stats().locked_bytes, protection.locked_bytes());
    });
}

#[test]
fn best_effort_runs_where_little_may_be_locked_and_says_so() {
    child::succeeds("best_effort_runs_where_little_may_be_locked_and_says_so", || {
        child::limit_locks(64 << 10);
        let veil = made(Policy::BestEffort, Backing::Anonymous).expect("what there is");
        works(&veil);
        let protection = veil.protection();
        assert!(!protection.is_whole(), "{protection}");
        assert!(protection.to_string().contains("locked: refused (os error"));
        for region in &protection.regions {
            let small = region.bytes <= PAGE;
            let refused = matches!(region.locked, Held::Refused(libc::ENOMEM | libc::EAGAIN));
            assert!(
                if small {
                    region.locked == Held::Yes
                } else {
                    refused
                },
                "{region:?}"
            );
            assert_eq!((region.no_dump, region.no_fork), (Held::Yes, Held::Yes));
        }
        assert_eq!(
            protection.locked_bytes(),
            3 * PAGE,
            "sum, donor and the submitted frame"
        );
        assert_eq!(maps::status_kb("VmLck") << 10, 3 * PAGE, "as the kernel counts");
    });
}

#[test]
fn nothing_may_be_locked_at_all() {
    child::succeeds("nothing_may_be_locked_at_all", || {
        child::limit_locks(0);
        let error = made(Policy::Strict, Backing::Anonymous)
            .map(drop)
            .expect_err("no lock");
        refused_by(&error, Guard::Lock);
        let veil = made(Policy::BestEffort, Backing::Anonymous).expect("what there is");
        works(&veil);
        assert!(
            locks(&veil.protection())
                .iter()
                .all(|l| matches!(l, Held::Refused(_)))
        );
        assert_eq!(veil.stats().locked_bytes, 0);
    });
}

/// From now on `memfd_secret` answers as a kernel that does not have it.
fn forget_memfd_secret() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
    let arch = TargetArch::try_from(std::env::consts::ARCH).expect("an architecture with filters");
    let always = BTreeMap::from([(libc::SYS_memfd_secret, Vec::new())]);
    let missing = SeccompAction::Errno(libc::ENOSYS.cast_unsigned());
    let filter = SeccompFilter::new(always, SeccompAction::Allow, missing, arch).expect("a filter");
    let program: BpfProgram = filter.try_into().expect("a program");
    seccompiler::apply_filter_all_threads(&program).expect("filtered");
}

/// 0, or the kernel's reason to have no secret memory.
fn why_no_secret_memory() -> i32 {
    // SAFETY: makes a file descriptor, or fails.
    let fd = unsafe { libc::syscall(libc::SYS_memfd_secret, libc::O_CLOEXEC) };
    let Ok(fd @ 0..) = libc::c_int::try_from(fd) else {
        return std::io::Error::last_os_error()
            .raw_os_error()
            .expect("an error number");
    };
    // SAFETY: ours, and not used after.
    unsafe { libc::close(fd) };
    0
}

#[test]
fn without_memfd_secret_strict_refuses_and_best_effort_falls_back() {
    child::succeeds(
        "without_memfd_secret_strict_refuses_and_best_effort_falls_back",
        || {
            forget_memfd_secret();
            assert_eq!(
                why_no_secret_memory(),
                libc::ENOSYS,
                "control: the filter is there"
            );
            let error = made(Policy::Strict, Backing::Secret)
                .map(drop)
                .expect_err("no secret memory");
            refused_by(&error, Guard::Secret);

            let veil = made(Policy::BestEffort, Backing::Secret).expect("ordinary memory");
            works(&veil);
            let protection = veil.protection();
            assert!(!protection.is_whole());
            for region in &protection.regions {
                assert_eq!(region.secret, Held::Refused(libc::ENOSYS), "{region:?}");
                assert_eq!(
                    (region.locked, region.no_dump, region.no_fork),
                    (Held::Yes, Held::Yes, Held::Yes)
                );
            }
            drop(veil);
            made(Policy::Strict, Backing::Anonymous).expect("which is not asked for here");
        },
    );
}

#[test]
fn secret_memory_works_whole_where_the_kernel_has_it() {
    child::succeeds("secret_memory_works_whole_where_the_kernel_has_it", || {
        let missing = why_no_secret_memory();
        match made(Policy::Strict, Backing::Secret) {
            Ok(veil) => {
                assert_eq!(missing, 0);
                works(&veil);
                let protection = veil.protection();
                assert!(protection.is_whole(), "{protection}");
                assert!(protection.regions.iter().all(|r| r.secret == Held::Yes));
                veil.process(Frame::borrowed([&[7u8][..]]).unwrap(), &mut [], Ask::Panic)
                    .expect_err("a panic");
                veil.resume().expect("its thread was joined");
                works(&veil);
            }
            Err(error) => {
                assert_ne!(missing, 0, "the kernel has it: {error}");
                refused_by(&error, Guard::Secret);
            }
        }
    });
}

#[test]
fn strict_does_not_use_a_heap_that_a_lenient_veil_made() {
    child::succeeds("strict_does_not_use_a_heap_that_a_lenient_veil_made", || {
        child::limit_locks(1 << 20);
        let lenient = made(Policy::BestEffort, Backing::Anonymous).expect("what there is");
        works(&lenient);
        let error = made(Policy::Strict, Backing::Anonymous)
            .map(drop)
            .expect_err("its heap is open");
        refused_by(&error, Guard::Lock);
        works(&lenient);
    });
}
