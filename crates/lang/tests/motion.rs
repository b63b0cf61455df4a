//! Movements over time: what they settle at, how fast, and that frame rate does not matter.

mod common;

use common::Bench;
use moretta_lang::{Face, Mask, Motion, Num, P2};

fn show<'b>(mask: Mask<'b>) -> Vec<Num<'b>> {
    vec![mask.select(1.0, 0.0)]
}

/// Plays values of parameter 0 and returns the first number shown in each frame.
fn play(
    effect: impl for<'b> FnOnce(Face<'b>, Motion<'b>) -> Vec<Num<'b>>,
    dt_s: f32,
    values: impl IntoIterator<Item = f32>,
) -> Vec<f32> {
    let mut bench = Bench::new(|face| effect(face, Motion::new(face)));
    values
        .into_iter()
        .map(|value| bench.frame(dt_s, &[value])[0])
        .collect()
}

/// 7, then 17 for `frames`.
fn step(frames: usize) -> impl Iterator<Item = f32> {
    core::iter::once(7.0).chain(core::iter::repeat_n(17.0, frames))
}

#[test]
fn the_first_frame_is_the_first() {
    assert_eq!(
        play(|_, motion| show(motion.first_frame()), 0.01, [0.0; 4]),
        [1.0, 0.0, 0.0, 0.0]
    );
}

#[test]
fn smoothing_starts_on_target_and_takes_its_time() {
    let smooth = |dt: f32| {
        let frames = (0.5 / dt).round() as usize;
        play(
            |face, motion| vec![motion.smooth(face.param(0), 0.5)],
            dt,
            step(frames),
        )
    };
    let (slow, fast) = (smooth(1.0 / 30.0), smooth(1.0 / 240.0));
    assert_eq!(slow[0], 7.0);
    assert!(slow.is_sorted() && fast.is_sorted());
    // 1 - 1/e of the way after the time constant; backward Euler lags by a share of the frame time.
    let expected = 7.0 + 10.0 * (1.0 - (-1.0_f32).exp());
    assert!((slow[15] - expected).abs() < 0.15, "{}", slow[15]);
    assert!((fast[120] - expected).abs() < 0.02, "{}", fast[120]);
}

#[test]
fn smoothing_without_a_lag_follows_at_once() {
    assert_eq!(
        play(
            |face, motion| vec![motion.smooth(face.param(0), 0.0)],
            0.01,
            step(1)
        ),
        [7.0, 17.0]
    );
}

#[test]
fn smoothing_stands_while_time_does() {
    assert_eq!(
        play(
            |face, motion| vec![motion.smooth(face.param(0), 0.5)],
            0.0,
            step(2)
        ),
        [7.0; 3]
    );
}

#[test]
fn a_point_is_smoothed_by_its_coordinates() {
    let mut bench = Bench::new(|face| {
        let (motion, target) = (
            Motion::new(face),
            P2 {
                x: face.param(0),
                y: face.param(1),
            },
        );
        let (p, q) = (motion.smooth_p2(target, 0.3), motion.spring_p2(target, 2.0, 0.5));
        vec![
            p.x,
            motion.smooth(target.x, 0.3),
            p.y,
            motion.smooth(target.y, 0.3),
            q.x,
            motion.spring(target.x, 2.0, 0.5),
            q.y,
            motion.spring(target.y, 2.0, 0.5),
        ]
    });
    for frame in 0..5_u8 {
        let found = bench.frame(0.02, &[f32::from(frame), -3.0 * f32::from(frame)]);
        let (pairs, _) = found.as_chunks::<2>();
        assert!(pairs.iter().all(|[a, b]| a == b), "{found:?}");
        assert!(frame == 0 || pairs[0] != pairs[1]);
    }
}

#[test]
fn a_spring_overshoots_as_its_damping_says() {
    let spring = |damping: f32| {
        play(
            |face, motion| vec![motion.spring(face.param(0), 2.0, damping)],
            1e-3,
            step(5_000),
        )
    };
    let (bouncy, critical) = (spring(0.25), spring(1.0));
    for found in [&bouncy, &critical] {
        assert_eq!(found[0], 7.0);
        assert!((found.last().unwrap() - 17.0).abs() < 0.01);
    }
    let peak = |found: &[f32]| found.iter().fold(0.0_f32, |a, b| a.max(*b));
    // exp(-pi d / sqrt(1 - d^2)) of the step for an ideal spring.
    let overshoot = 10.0 * (-core::f32::consts::PI * 0.25 / (1.0_f32 - 0.0625).sqrt()).exp();
    assert!(
        (peak(&bouncy) - 17.0 - overshoot).abs() < 0.15,
        "{}",
        peak(&bouncy)
    );
    assert!(peak(&critical) < 17.01);
}

#[test]
fn what_begins_on_target_stays_there() {
    let spring = play(
        |face, motion| vec![motion.spring(face.param(0), 2.0, 0.1)],
        0.02,
        [7.0; 9],
    );
    let smooth = play(
        |face, motion| vec![motion.smooth(face.param(0), 0.5)],
        0.02,
        [7.0; 9],
    );
    assert_eq!((spring, smooth), (vec![7.0; 9], vec![7.0; 9]));
}

#[test]
fn a_spring_stays_stable_at_any_frame_time() {
    for dt in [0.0, 0.5, 10.0, 1e6] {
        let found = play(
            |face, motion| vec![motion.spring(face.param(0), 8.0, 0.0)],
            dt,
            step(100),
        );
        assert!(found.iter().all(|x| (-3.0..=27.0).contains(x)), "{dt}: {found:?}");
    }
}

#[test]
fn a_latch_has_hysteresis() {
    let values = [0.0, 0.44, 0.45, 0.5, 0.31, 0.30, 0.29, 0.44, 0.6];
    let found = play(
        |face, motion| show(motion.latch(face.param(0), 0.45, 0.30)),
        0.01,
        values,
    );
    assert_eq!(found, [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn a_rise_lasts_one_frame() {
    let values = [0.0, 1.0, 1.0, 1.0, 0.0, 1.0];
    let found = play(
        |face, motion| show(motion.rises(face.param(0).gt(0.5))),
        0.01,
        values,
    );
    assert_eq!(found, [0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
}

#[test]
fn held_for_needs_an_unbroken_time() {
    let values = [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0];
    let found = play(
        |face, motion| show(motion.held_for(face.param(0).gt(0.5), 0.75)),
        0.25,
        values,
    );
    assert_eq!(found, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
}

#[test]
fn lingering_outlasts_its_cause() {
    let values = [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    let found = play(
        |face, motion| show(motion.linger(face.param(0).gt(0.5), 0.75)),
        0.25,
        values,
    );
    assert_eq!(found, [0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
}

#[test]
fn holding_keeps_the_last_number() {
    let mut bench = Bench::new(|face| vec![Motion::new(face).hold(face.param(0), face.param(1).gt(0.5))]);
    let frames = [(3.0, 0.0), (4.0, 0.0), (5.0, 1.0), (6.0, 0.0), (7.0, 1.0)];
    let found = frames.map(|(value, when)| bench.frame(0.01, &[value, when])[0]);
    assert_eq!(found, [3.0, 3.0, 5.0, 5.0, 7.0]);
}
