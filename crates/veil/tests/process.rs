//! One frame after another: answers, wipes, and what is kept for how long.

mod common;

use common::{Ask, adder, consent, taken, wipe_list};
use moretta_veil::{Extent, Frame, VeilError};
use std::time::Duration;

fn picture(bytes: &[u8]) -> Frame<'_> {
    Frame::borrowed([bytes]).expect("one plane")
}

#[test]
fn a_frame_is_seen_answered_and_forgotten() {
    let list = wipe_list();
    let veil = adder(&consent(), list);
    let mut target = [0u8; 4];
    assert_eq!(
        veil.process(picture(&[1, 2, 3, 4]), &mut target, Ask::Add)
            .unwrap(),
        10
    );
    assert_eq!(target, [1, 2, 3, 4]);
    assert_eq!(
        veil.process(picture(&[5]), &mut [], Ask::Add).unwrap(),
        15,
        "state survives while a face is seen"
    );
    assert_eq!(taken(list), [Extent::Frame, Extent::Frame]);

    assert_eq!(veil.process(picture(&[0; 9]), &mut [], Ask::Add).unwrap(), 0);
    assert_eq!(taken(list), [Extent::Track]);
    assert_eq!(
        veil.process(Frame::none(), &mut [], Ask::Sum).unwrap(),
        0,
        "the face went, and its state with it"
    );
    assert_eq!(veil.stats().frames, 4);
}

#[test]
fn a_consumed_frame_is_zeroed_and_a_borrowed_one_is_not() {
    let veil = adder(&consent(), wipe_list());
    let (mut y, mut uv) = ([7u8; 100], [9u8; 50]);
    veil.process(Frame::borrowed([&y[..], &uv[..]]).unwrap(), &mut [], Ask::Add)
        .unwrap();
    assert_eq!((y, uv), ([7; 100], [9; 50]));
    let sum = veil
        .process(
            Frame::consumed([&mut y[..], &mut uv[..]]).unwrap(),
            &mut [],
            Ask::Add,
        )
        .unwrap();
    assert_eq!(sum, 2 * (700 + 450));
    assert_eq!((y, uv), ([0; 100], [0; 50]));
}

#[test]
fn a_panic_is_an_error_then_the_veil_is_poisoned_then_resumed() {
    let list = wipe_list();
    let veil = adder(&consent(), list);
    veil.process(picture(&[200]), &mut [], Ask::Add).unwrap();
    let (mut secret, mut target) = ([251u8; 16], [1u8; 16]);
    let frame = Frame::consumed([&mut secret[..]]).unwrap();
    assert!(matches!(
        veil.process(frame, &mut target, Ask::Panic),
        Err(VeilError::Panicked)
    ));
    assert_eq!(
        (secret, target),
        ([0; 16], [0; 16]),
        "the frame given up and the half picture are gone"
    );
    assert_eq!(taken(list), [Extent::Frame, Extent::All, Extent::All]);
    assert!(matches!(
        veil.process(picture(&[1]), &mut [], Ask::Add),
        Err(VeilError::Poisoned)
    ));
    veil.resume().unwrap();
    assert_eq!(veil.process(picture(&[1]), &mut [], Ask::Add).unwrap(), 1);
}

#[test]
fn submitted_frames_are_answered_in_order() {
    let veil = adder(&consent(), wipe_list());
    for n in 1..=20u8 {
        let mut bytes = [n; 1000];
        let ticket = veil
            .submit(Frame::consumed([&mut bytes[..]]).unwrap(), Ask::Add)
            .unwrap();
        assert_eq!(bytes, [0; 1000]);
        let finished = veil.poll(Duration::from_secs(20)).unwrap();
        assert_eq!(finished.ticket, ticket);
        assert_eq!(
            finished.result.unwrap(),
            (1..=u64::from(n)).map(|k| 1000 * k).sum::<u64>()
        );
    }
    assert!(veil.poll(Duration::ZERO).is_none());
    assert_eq!(veil.stats().dropped, 0);
}
