//! Operations made of others, and the geometry, against numbers worked out by hand.

mod common;

use common::values;
use core::f32::consts::{FRAC_PI_2, TAU};
use moretta_lang::{Mask, Num, P2, P3};

fn assert_close(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() < 1e-6,
            "value {place} is {found}, not {expected}"
        );
    }
}

#[test]
fn the_helper_tells_close_from_far() {
    assert_close(&[1.0, 2.0], &[1.0, 2.000_000_5]);
    assert!(std::panic::catch_unwind(|| assert_close(&[1.0], &[1.00001])).is_err());
    assert!(std::panic::catch_unwind(|| assert_close(&[f32::NAN], &[1.0])).is_err());
}

#[test]
fn derived_numbers() {
    let found = values(|face| {
        let x = face.constant(-1.25);
        let (step, none) = (x.smoothstep(-2.25, -0.25), x.smoothstep(4.0, 4.0));
        vec![
            x.fract(),
            x.mix(2.75, 0.25),
            x.clamp(-1.0, 1.0),
            x.clamp(3.0, 2.0),
            step,
            none,
        ]
    });
    assert_eq!(found, [0.75, -0.25, -1.0, 2.0, 0.5, 0.0]);
    let found = values(|face| {
        let x = face.constant(0.25);
        vec![
            x.smoothstep(0.0, 1.0),
            x.smoothstep(0.3, 0.4),
            x.smoothstep(0.1, 0.2),
        ]
    });
    assert_close(&found, &[0.156_25, 0.0, 1.0]);
}

#[test]
fn operators_take_a_number_on_either_side() {
    let found = values(|face| {
        let x = face.constant(2.0);
        vec![
            x + 1.0,
            x - 1.0,
            x * 3.0,
            x / 4.0,
            1.0 + x,
            1.0 - x,
            3.0 * x,
            4.0 / x,
            -x,
        ]
    });
    assert_eq!(found, [3.0, 1.0, 6.0, 0.5, 3.0, -1.0, 6.0, 2.0, -2.0]);
}

#[test]
fn arithmetic_is_total() {
    let found = values(|face| {
        let (zero, huge) = (face.constant(0.0), face.constant(f32::MAX));
        vec![
            1.0 / zero,
            zero / zero,
            huge * huge,
            huge + huge,
            -huge - huge,
            (-1.0 + zero).sqrt(),
            huge / 2.0,
        ]
    });
    assert_eq!(found, [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, f32::MAX / 2.0]);
}

#[test]
fn masks() {
    fn show<'b>(mask: Mask<'b>) -> Num<'b> {
        mask.select(1.0, 0.0)
    }
    let found = values(|face| {
        let (one, two) = (face.constant(1.0), face.constant(2.0));
        let comparisons = [
            one.lt(two),
            one.lt(1.0),
            one.le(1.0),
            two.le(one),
            two.gt(one),
            one.gt(1.0),
            one.ge(1.0),
            one.ge(two),
        ];
        comparisons.map(show).to_vec()
    });
    assert_eq!(found, [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    for (a, b) in [(false, false), (false, true), (true, false), (true, true)] {
        let found = values(|face| {
            let zero = face.constant(0.0);
            let [a, b] = [a, b].map(|truth| if truth { zero.le(0.0) } else { zero.lt(0.0) });
            [a & b, a | b, a ^ b, !a].map(show).to_vec()
        });
        assert_eq!(
            found,
            [a & b, a | b, a ^ b, !a].map(|truth| f32::from(u8::from(truth)))
        );
    }
}

#[test]
fn the_plane() {
    let found = values(|face| {
        let (x, y) = (face.constant(3.0), face.constant(4.0));
        let (p, q) = (P2 { x, y }, P2 { x: y, y: x });
        vec![p.dot(q), p.cross(q), p.length(), p.dist(-p), p.angle()]
    });
    assert_close(&found, &[24.0, -7.0, 5.0, 10.0, 0.927_295_2]);
    let found = values(|face| {
        let (x, y) = (face.constant(3.0), face.constant(4.0));
        let (p, q) = (P2 { x, y }, P2 { x: y, y: x });
        let points = [
            p.rotate(FRAC_PI_2),
            p.normalize(),
            (p - p).normalize(),
            p.mid(q),
            p.mix(q, 2.0),
            P2::select(x.lt(y), -p, q),
            P2::select(y.lt(x), -p, q),
        ];
        points.map(|p| [p.x, p.y]).concat()
    });
    let expected = [
        [-4.0, 3.0],
        [0.6, 0.8],
        [0.0, 0.0],
        [3.5, 3.5],
        [5.0, 2.0],
        [-3.0, -4.0],
        [4.0, 3.0],
    ];
    assert_close(&found, expected.as_flattened());
}

#[test]
fn space() {
    let found = values(|face| {
        let [zero, one, two] = [0.0, 1.0, 2.0].map(|x| face.constant(x));
        let p = P3 {
            x: one,
            y: two,
            z: two,
        };
        let up = P3 {
            x: zero,
            y: one,
            z: zero,
        };
        let points = [
            p.cross(up),
            // A quarter turn about y takes z to x and x to -z.
            p.rotate(up, FRAC_PI_2),
            // A third of a turn about the diagonal takes x to y to z to x.
            p.rotate(
                P3 {
                    x: one,
                    y: one,
                    z: one,
                }
                .normalize(),
                TAU / 3.0,
            ),
            p.normalize() * 3.0,
            p.mid(-up),
            P3::select(one.lt(two), p + up, p - up),
        ];
        let mut found = points.map(|p| [p.x, p.y, p.z]).concat();
        found.extend([p.length(), p.dot(up), p.dist(up)]);
        found
    });
    let points = [
        [-2.0, 0.0, 1.0],
        [2.0, 2.0, -1.0],
        [2.0, 1.0, 2.0],
        [1.0, 2.0, 2.0],
        [0.5, 0.5, 1.0],
        [1.0, 3.0, 2.0],
    ];
    let mut expected = points.as_flattened().to_vec();
    expected.extend([3.0, 2.0, 6.0_f32.sqrt()]);
    assert_close(&found, &expected);
}
