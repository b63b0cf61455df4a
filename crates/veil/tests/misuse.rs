//! What a caller can do wrong: a clear error each, and no harm done.

mod common;

use common::{Act, Adder, Ask, adder, child, consent, gate, options, thread, wipe_list};
use moretta_veil::{
    AgeBand, Consent, FaceBuffer, Frame, Guard, GuardianConsent, Keep, Options, Outcome, Purpose, Veil,
    VeilError,
};
use std::error::Error;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The byte that all pictures here are made of. No size or count here has these digits.
const FACE: u8 = 167;
const PATIENCE: Duration = Duration::from_secs(60);

fn picture() -> Frame<'static> {
    Frame::borrowed([&[FACE; 64][..]]).expect("one plane")
}

/// Checks that an error's texts hold `words`, and no face byte in any base that `Debug` knows.
fn says(error: &VeilError, words: &[&str]) {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(inner) = source {
        text += &format!(" {inner} {inner:?}");
        source = inner.source();
    }
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text:?}");
    }
    assert!(!quotes_a_face(&text), "a face byte in {text:?}");
}

fn quotes_a_face(text: &str) -> bool {
    let text = text.to_lowercase();
    [format!("{FACE}"), format!("{FACE:x}"), format!("{FACE:#b}")]
        .iter()
        .any(|face| text.contains(face))
}

/// What `reserve` says, told by a build that fails or succeeds.
fn reserving<T: bytemuck::Pod>(len: usize) -> Result<usize, VeilError> {
    let told = Veil::new(&consent(), options(), move |access| {
        let buffer: FaceBuffer<T> = access.reserve(Keep::Track, len)?;
        let len = buffer.len();
        Ok(Act::new(move |_, _, _| (Outcome::Unchanged, len as u64)))
    });
    match told {
        Ok(veil) => {
            let len = veil.process(Frame::none(), &mut [], 0)?;
            Ok(usize::try_from(len).expect("a length"))
        }
        Err(VeilError::Build { source }) => Err(*source.downcast().expect("the error of `reserve`")),
        Err(other) => Err(other),
    }
}

#[test]
fn a_face_byte_in_a_message_would_be_seen() {
    assert!(quotes_a_face("pixel 167") && quotes_a_face("0xA7"));
    assert!(!quotes_a_face("12 bytes"));
}

#[test]
fn sizes_of_zero_are_refused() {
    for error in [
        reserving::<u8>(0),
        reserving::<[u64; 8]>(0),
        reserving::<[u8; 0]>(5),
        reserving::<()>(usize::MAX),
    ] {
        let error = error.expect_err("no bytes");
        assert!(matches!(
            error,
            VeilError::ZeroSize {
                purpose: Purpose::Track
            }
        ));
        says(&error, &["track memory of 0 bytes", "expected at least 1"]);
    }
    assert_eq!(reserving::<u8>(1).unwrap(), 1);
    assert_eq!(reserving::<[u64; 8]>(3).unwrap(), 3);
}

#[test]
fn sizes_beyond_the_address_space_are_refused() {
    for (error, count, size) in [
        (reserving::<u64>(usize::MAX), usize::MAX, 8),
        (reserving::<u64>(usize::MAX / 8 + 1), usize::MAX / 8 + 1, 8),
        (reserving::<u8>(usize::MAX), usize::MAX, 1),
        (reserving::<u8>(usize::MAX - 4096), usize::MAX - 4096, 1),
        (reserving::<u8>(isize::MAX as usize), isize::MAX as usize, 1),
    ] {
        let error = error.expect_err("no room");
        assert!(
            matches!(error, VeilError::TooLarge { purpose: Purpose::Track, count: c, size: s } if (c, s) == (count, size)),
            "{error:?} for {count} x {size}"
        );
        assert!(error.to_string().contains(&format!("{count} x {size} bytes")));
    }
    let error = reserving::<u8>(1 << 50).expect_err("more than the system maps");
    assert!(matches!(error, VeilError::Map { bytes, .. } if bytes == 1 << 50));
    says(&error, &["1125899906842624 bytes of track memory"]);
}

#[test]
fn impossible_options_are_refused() {
    let with = |options: Options| {
        Veil::new(&consent(), options, |access| {
            Ok(Adder::build(access, wipe_list())?)
        })
        .map(drop)
    };
    let stack = with(Options {
        stack_bytes: usize::MAX,
        ..options()
    });
    assert!(matches!(
        stack,
        Err(VeilError::TooLarge {
            purpose: Purpose::Stack,
            count: usize::MAX,
            ..
        })
    ));
    let heap = with(Options {
        heap_bytes: usize::MAX,
        ..options()
    });
    assert!(matches!(
        heap,
        Err(VeilError::TooLarge {
            purpose: Purpose::Heap,
            ..
        })
    ));
    with(Options {
        stack_bytes: 0,
        heap_bytes: 0,
        ..options()
    })
    .expect("too small a stack is made large enough, and no heap is ready before it is needed");
}

#[test]
fn frames_have_one_to_four_planes() {
    let (mut a, mut b, mut c, mut d, mut e) = ([FACE; 3], [FACE; 3], [FACE; 3], [FACE; 3], [FACE; 3]);
    let none = Frame::borrowed([]).map(drop).expect_err("no plane");
    says(&none, &["0 planes", "expected 1 to 4"]);
    let five = Frame::borrowed([&a[..], &b, &c, &d, &e])
        .map(drop)
        .expect_err("five planes");
    says(&five, &["5 planes", "expected 1 to 4"]);
    assert_eq!([a, b, c, d, e], [[FACE; 3]; 5], "borrowed ones stay");
    let five = Frame::consumed([&mut a[..], &mut b, &mut c, &mut d, &mut e])
        .map(drop)
        .expect_err("five planes");
    assert!(matches!(five, VeilError::Planes { found: 5, max: 4 }));
    assert_eq!([a, b, c, d, e], [[0; 3]; 5], "all that was given up is gone");

    let veil = adder(&consent(), wipe_list());
    let planes = [&[1u8; 3][..], &[2; 3], &[3; 3], &[4; 3]];
    for count in 1..=4u64 {
        let frame = Frame::borrowed(planes.into_iter().take(usize::try_from(count).unwrap())).unwrap();
        veil.process(frame, &mut [], Ask::Add).unwrap();
    }
    assert_eq!(
        veil.process(Frame::none(), &mut [], Ask::Sum).unwrap(),
        3 * (4 + 3 * 2 + 2 * 3 + 4)
    );
}

#[test]
fn after_revocation_every_call_is_refused() {
    let consent = consent();
    let veil = adder(&consent, wipe_list());
    veil.process(picture(), &mut [], Ask::Add)
        .expect("consent is given");
    assert!(!consent.revocation().is_revoked());
    consent.revocation().revoke();
    assert!(consent.revocation().is_revoked());

    let mut given = [FACE; 64];
    let frame = Frame::consumed([&mut given[..]]).unwrap();
    let calls = [
        veil.process(frame, &mut [], Ask::Add).map(drop),
        veil.submit(picture(), Ask::Add).map(drop),
        veil.pause(),
        veil.resume(),
        Veil::new(&consent, options(), |access| {
            Ok(Adder::build(access, wipe_list())?)
        })
        .map(drop),
    ];
    for call in calls {
        let error = call.expect_err("consent is gone");
        assert!(matches!(error, VeilError::Revoked), "{error:?}");
        says(&error, &["revoked", "a new consent"]);
    }
    assert_eq!(given, [0; 64], "a consumed frame is zeroed on this path too");
    assert!(veil.poll(PATIENCE).is_none());
    consent.revocation().revoke();
    drop(veil);

    let child = Consent::given(AgeBand::Under14(GuardianConsent::given()));
    adder(&child, wipe_list())
        .process(picture(), &mut [], Ask::Add)
        .expect("another person's consent is another matter");
}

#[test]
fn a_second_call_at_once_is_busy() {
    let veil = Arc::new(adder(&consent(), wipe_list()));
    let gate = gate();
    let first = {
        let veil = Arc::clone(&veil);
        thread("first", move || veil.process(picture(), &mut [], Ask::Wait(gate)))
    };
    gate.wait(); // the first is in the pipeline
    let mut given = [FACE; 8];
    let frame = Frame::consumed([&mut given[..]]).unwrap();
    for error in [
        veil.process(frame, &mut [], Ask::Add).map(drop),
        veil.submit(picture(), Ask::Add).map(drop),
    ] {
        let error = error.expect_err("one at a time");
        assert!(matches!(error, VeilError::Busy), "{error:?}");
        says(&error, &["busy", "one at a time"]);
    }
    assert_eq!(given, [0; 8], "a consumed frame is zeroed on this path too");
    gate.wait();
    assert_eq!(first.join().unwrap().unwrap(), 0);
    veil.process(picture(), &mut [], Ask::Add)
        .expect("the first is over");
}

#[test]
fn a_call_while_submitted_frames_are_under_way_is_busy() {
    let veil = adder(&consent(), wipe_list());
    let gate = gate();
    veil.submit(picture(), Ask::Wait(gate)).unwrap();
    gate.wait();
    for waiting in [false, true] {
        if waiting {
            veil.submit(picture(), Ask::Add).unwrap();
        }
        let error = veil.process(picture(), &mut [], Ask::Add).expect_err("under way");
        assert!(matches!(error, VeilError::Busy), "{error:?}");
    }
    gate.wait();
    assert_eq!(veil.poll(PATIENCE).unwrap().result.unwrap(), 0);
    assert_eq!(veil.poll(PATIENCE).unwrap().result.unwrap(), 64 * u64::from(FACE));
    veil.process(picture(), &mut [], Ask::Add).expect("all is done");
}

#[test]
fn a_paused_veil_says_how_to_go_on() {
    let veil = adder(&consent(), wipe_list());
    veil.pause().unwrap();
    veil.pause().expect("pausing twice is no mistake");
    for error in [
        veil.process(picture(), &mut [], Ask::Add).map(drop),
        veil.submit(picture(), Ask::Add).map(drop),
    ] {
        let error = error.expect_err("paused");
        assert!(matches!(error, VeilError::Paused), "{error:?}");
        says(&error, &["paused", "call resume"]);
    }
    assert!(veil.poll(PATIENCE).is_none());
    veil.resume().unwrap();
    veil.resume().expect("resuming twice is no mistake");
    veil.process(picture(), &mut [], Ask::Add).expect("resumed");
}

#[test]
fn a_poisoned_veil_says_how_to_go_on() {
    for ask in [Ask::Panic, Ask::PanicInWipe] {
        let veil = adder(&consent(), wipe_list());
        let error = veil.process(picture(), &mut [], ask).expect_err("a panic");
        assert!(matches!(error, VeilError::Panicked), "{error:?}");
        says(&error, &["panicked", "everything was wiped"]);
        for error in [
            veil.process(picture(), &mut [], Ask::Add).map(drop),
            veil.submit(picture(), Ask::Add).map(drop),
        ] {
            let error = error.expect_err("poisoned");
            assert!(matches!(error, VeilError::Poisoned), "{error:?}");
            says(&error, &["poisoned", "pause and resume"]);
        }
        veil.pause().unwrap();
        veil.resume().unwrap();
        veil.process(picture(), &mut [], Ask::Add).expect("built anew");
    }
}

#[test]
fn a_frame_behind_a_panic_is_answered() {
    for panics in [false, true] {
        let gate = gate();
        let veil = Veil::new(&consent(), options(), move |_| {
            Ok(Act::new(move |request, io, _| {
                if request == 1 {
                    gate.wait();
                    gate.wait();
                    assert!(!panics, "the first byte is {}", io.planes[0][0]);
                }
                (Outcome::Faces, request)
            }))
        })
        .unwrap();
        let first = veil.submit(picture(), 1).unwrap();
        gate.wait();
        let behind = veil.submit(picture(), 2).unwrap();
        gate.wait();
        let (one, two) = (veil.poll(PATIENCE).unwrap(), veil.poll(PATIENCE).unwrap());
        assert_eq!((one.ticket, two.ticket), (first, behind));
        if panics {
            assert!(matches!(one.result, Err(VeilError::Panicked)), "{one:?}");
            assert!(matches!(two.result, Err(VeilError::Poisoned)), "{two:?}");
        } else {
            assert_eq!((one.result.unwrap(), two.result.unwrap()), (1, 2));
        }
    }
}

#[test]
fn builds_that_fail_or_panic_are_told_and_leave_nothing_running() {
    let build = |how: u8| {
        Veil::<Adder>::new(&consent(), options(), move |access| {
            let _buffer: FaceBuffer<u8> = access.reserve(Keep::Session, 64)?;
            match how {
                0 => Err("no model".into()),
                1 => panic!("the build itself"),
                _ => Ok(Adder::build(access, wipe_list())?),
            }
        })
        .map(drop)
    };
    let error = build(0).expect_err("a build that fails");
    assert!(matches!(error, VeilError::Build { .. }), "{error:?}");
    says(&error, &["could not be built", "no model"]);
    let error = build(1).expect_err("a build that panics");
    assert!(matches!(error, VeilError::Panicked), "{error:?}");
    says(&error, &["panicked"]);
    build(2).expect("a build that succeeds");
}

#[test]
fn a_build_that_fails_at_resume_can_be_tried_again() {
    let mut builds = 0;
    let veil = Veil::new(&consent(), options(), move |access| {
        builds += 1;
        if builds == 2 {
            return Err("not now".into());
        }
        Ok(Adder::build(access, wipe_list())?)
    })
    .unwrap();
    veil.pause().unwrap();
    says(&veil.resume().expect_err("the second build"), &["not now"]);
    assert!(matches!(
        veil.process(picture(), &mut [], Ask::Add),
        Err(VeilError::Paused)
    ));
    veil.resume().expect("the third build");
    veil.process(picture(), &mut [], Ask::Add).expect("built");
}

#[test]
fn a_pipeline_cannot_wait_for_itself() {
    static VEIL: OnceLock<Arc<Veil<Act>>> = OnceLock::new();
    let veil = Veil::new(&consent(), options(), |_| {
        Ok(Act::new(|_, _, _| {
            let veil = VEIL.get().expect("set before the first frame");
            let calls = [
                veil.process(picture(), &mut [], 0).map(drop),
                veil.submit(picture(), 0).map(drop),
                veil.pause(),
                veil.resume(),
                Veil::new(&consent(), options(), |access| {
                    Ok(Adder::build(access, wipe_list())?)
                })
                .map(drop),
            ];
            let refused = |call: &Result<(), VeilError>| matches!(call, Err(VeilError::FaceThread));
            (
                Outcome::Unchanged,
                calls.iter().filter(|c| refused(c)).count() as u64,
            )
        }))
    })
    .unwrap();
    let veil = VEIL.get_or_init(|| Arc::new(veil));
    assert_eq!(veil.process(picture(), &mut [], 0).unwrap(), 5);
    says(
        &VeilError::FaceThread,
        &["from the face thread", "wait for itself"],
    );
    veil.pause().expect("from here it is allowed");
    veil.resume().expect("from here it is allowed");
}

#[test]
fn a_forked_child_has_no_veil() {
    let veil = adder(&consent(), wipe_list());
    let expected = |call: Result<(), VeilError>| match call {
        Err(error @ VeilError::Forked) => error.to_string().contains("belongs to the parent process"),
        _ => false,
    };
    let mut given = [FACE; 64];
    let code = child::forked(|| {
        let frame = Frame::consumed([&mut given[..]]).unwrap();
        let calls = [
            expected(veil.process(frame, &mut [], Ask::Add).map(drop)),
            expected(veil.submit(picture(), Ask::Add).map(drop)),
            expected(veil.pause()),
            expected(veil.resume()),
            given == [0; 64],
        ];
        calls.into_iter().map(i32::from).sum()
    });
    assert_eq!(code, 5, "calls that were refused as they should be");
    assert_eq!(given, [FACE; 64], "the child's copy was zeroed, not this one");
    veil.process(picture(), &mut [], Ask::Add)
        .expect("the parent's goes on");
    veil.pause().expect("the parent's goes on");
}

#[test]
fn dropping_a_veil_in_a_forked_child_waits_for_nobody() {
    let veil = adder(&consent(), wipe_list());
    let mut veil = Some(veil);
    let code = child::forked(|| {
        drop(veil.take());
        7
    });
    assert_eq!(code, 7);
    veil.expect("the parent's")
        .process(picture(), &mut [], Ask::Add)
        .expect("it goes on");
}

#[test]
fn every_message_says_what_to_do_and_holds_no_face() {
    let os = || io::Error::from_raw_os_error(libc::ENOMEM);
    let purpose = Purpose::Frame;
    let (bytes, guard) = (4096, Guard::Lock);
    let refused = VeilError::Refused {
        purpose,
        guard,
        bytes,
        source: os(),
    };
    says(
        &refused,
        &["the lock", "4096 bytes", "RLIMIT_MEMLOCK", "Policy::BestEffort"],
    );
    let map = VeilError::Map {
        purpose,
        bytes,
        source: os(),
    };
    says(&map, &["4096 bytes of frame memory", "Cannot allocate memory"]);
    says(
        &VeilError::HeapNotInstalled,
        &["#[global_allocator]", "moretta_veil::FaceHeap"],
    );
    says(
        &VeilError::Spawn { source: os() },
        &["could not be started", "Cannot allocate memory"],
    );
    says(&VeilError::Planes { found: 9, max: 4 }, &["9 planes", "1 to 4"]);
}
