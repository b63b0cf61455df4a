//! A program that did not install `FaceHeap`: this one. So it does not use the tests' common module, which does.

#![allow(unsafe_code, reason = "the test's pipeline joins the trusted base")]

use moretta_veil::{
    Access, AgeBand, Backing, Consent, Extent, FaceHeap, Frame, FrameIo, Options, Outcome, Pipeline, Policy,
    Purpose, Shelter, Veil, VeilError,
};

/// Counts the bytes it is shown, by way of a vector.
struct Counter;

// SAFETY: keeps nothing; the count it answers with is of a picture that is made up.
unsafe impl Pipeline for Counter {
    type Request = ();
    type Reply = usize;

    fn run(&mut self, (): (), io: FrameIo<'_>, _: &Access<'_>) -> (Outcome, usize) {
        (Outcome::Faces, io.planes.concat().len())
    }

    fn wipe(&mut self, _: Extent) {}
}

fn made(policy: Policy) -> Result<Veil<Counter>, VeilError> {
    let options = Options {
        policy,
        ..Options::default()
    };
    Veil::new(&Consent::given(AgeBand::From14), options, |_| Ok(Counter))
}

#[test]
fn strict_refuses_and_names_the_line_to_add() {
    assert!(!FaceHeap::is_installed());
    let error = made(Policy::Strict).map(drop).expect_err("no face heap");
    assert!(matches!(error, VeilError::HeapNotInstalled));
    assert!(
        error
            .to_string()
            .contains("#[global_allocator] static HEAP: moretta_veil::FaceHeap")
    );
}

#[test]
fn best_effort_runs_and_says_so() {
    let veil = made(Policy::BestEffort).expect("what there is");
    let frame = Frame::borrowed([&[1u8; 10][..], &[2; 5]]).expect("two planes");
    assert_eq!(veil.process(frame, &mut [], ()).expect("a count"), 15);
    let protection = veil.protection();
    assert!(!protection.heap_installed);
    assert!(!protection.is_whole());
    assert!(protection.to_string().contains("face heap installed: no"));
    assert!(protection.regions.iter().all(|r| r.purpose != Purpose::Heap));
    assert_eq!(FaceHeap::live_bytes(), 0);
}

#[test]
fn a_shelter_is_as_strict() {
    let refused = Shelter::new(Policy::Strict, Backing::Anonymous).map(drop);
    assert!(matches!(refused, Err(VeilError::HeapNotInstalled)));
    let shelter = Shelter::new(Policy::BestEffort, Backing::Anonymous).expect("what there is");
    shelter.reserve(1 << 20).expect("nothing to do");
    assert_eq!(shelter.run(|| vec![7u8; 10].len()).expect("work"), 10);
    let panicked = shelter.run(|| panic!("the first byte is 167"));
    assert!(matches!(panicked, Err(VeilError::WorkPanicked)));
    assert_eq!(FaceHeap::live_bytes(), 0);
}
