//! Arithmetic without a branch, a table or a call that depends on its operands.
//!
//! `f32::min`, `max`, `floor`, `sin` and their kin compile to jumps or to calls of a maths library
//! full of them, so each is built here from arithmetic and bit picks. `core` has no square root at
//! all. What takes several steps takes them in `f64`, where the error of a step is out of sight of
//! the `f32` result and no intermediate value overflows.
//!
//! Integers wrap, for in a build with checks an ordinary subtraction is a branch too.
//!
//! Every operand must be finite; [`finite`] makes it so.

use core::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};
use core::hint::black_box;

/// All bits set if `condition` holds, else none.
///
/// The `black_box` hides from the optimiser that only two values are possible: it would otherwise be
/// free to turn the picks below back into jumps.
#[inline(always)]
pub(crate) fn mask(condition: bool) -> u32 {
    black_box(u32::from(condition)).wrapping_neg()
}

#[inline(always)]
fn mask64(condition: bool) -> u64 {
    black_box(u64::from(condition)).wrapping_neg()
}

/// The bits `yes` where `mask` is set, `no` elsewhere.
#[inline(always)]
pub(crate) fn pick_bits(mask: u32, yes: u32, no: u32) -> u32 {
    (yes & mask) | (no & !mask)
}

#[inline(always)]
fn pick(mask: u32, yes: f32, no: f32) -> f32 {
    f32::from_bits(pick_bits(mask, yes.to_bits(), no.to_bits()))
}

#[inline(always)]
fn pick64(mask: u64, yes: f64, no: f64) -> f64 {
    f64::from_bits((yes.to_bits() & mask) | (no.to_bits() & !mask))
}

/// The bits of an `f32`, or those of 0 for NaN and the infinities.
#[inline(always)]
pub(crate) fn finite(bits: u32) -> u32 {
    const INFINITY: u32 = f32::INFINITY.to_bits();
    bits & mask((bits & !SIGN) < INFINITY)
}

const SIGN: u32 = 1 << 31;

#[inline(always)]
pub(crate) fn neg(x: f32) -> f32 {
    f32::from_bits(x.to_bits() ^ SIGN)
}

#[inline(always)]
pub(crate) fn abs(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & !SIGN)
}

#[inline(always)]
pub(crate) fn min(a: f32, b: f32) -> f32 {
    pick(mask(a < b), a, b)
}

#[inline(always)]
pub(crate) fn max(a: f32, b: f32) -> f32 {
    pick(mask(a > b), a, b)
}

/// Adding 1.5 x 2^52 leaves an `f64` no bits for a fraction: it rounds to the nearest integer, for
/// magnitudes under 2^51, and the integer's parity is the sum's lowest bit.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The largest integer not above `x`; exact.
#[inline(always)]
pub(crate) fn floor(x: f32) -> f32 {
    /// From here on an `f32` has no fraction.
    const ALL_INTEGERS: f32 = 8_388_608.0;
    let wide = f64::from(x);
    let nearest = (wide + ROUNDER) - ROUNDER;
    let below = nearest - pick64(mask64(nearest > wide), 1.0, 0.0);
    pick(mask(abs(x) < ALL_INTEGERS), below as f32, x)
}

/// The square root, correctly rounded; 0 for a negative number.
///
/// 1. Guess 1/sqrt(x) by halving the exponent; the guess is within 3.5 %.
/// 2. Three Newton steps on it: 1.8e-3, 4.8e-6, 3.5e-11.
/// 3. One Newton step on x / sqrt(x): under 2^-52. A root of an `f32` lies at least 2^-51 from the
///    middle of two `f32`s, so that the last rounding goes the right way.
///
/// # Source
/// The guess: C. Lomont, "Fast inverse square root", 2003; its `f64` constant as refined by M. Robertson,
/// "A brief history of InvSqrt", 2012.
#[inline(always)]
pub(crate) fn sqrt(x: f32) -> f32 {
    let x = f64::from(pick(mask(x > 0.0), x, 0.0));
    let mut inverse = f64::from_bits(0x5fe6_eb50_c7b5_37a9_u64.wrapping_sub(x.to_bits() >> 1));
    for _ in 0..3 {
        inverse *= 1.5 - 0.5 * x * inverse * inverse;
    }
    let root = x * inverse;
    (root + 0.5 * inverse * (x - root * root)) as f32
}

/// Beyond this an `f32` step is 64 rad: an angle means nothing, and counts as 0.
pub(crate) const ANGLE_LIMIT: f32 = 1_073_741_824.0;

#[inline(always)]
pub(crate) fn sin(x: f32) -> f32 {
    sin_wide(angle(x))
}

#[inline(always)]
pub(crate) fn cos(x: f32) -> f32 {
    sin_wide(angle(x) + FRAC_PI_2)
}

#[inline(always)]
fn angle(x: f32) -> f64 {
    f64::from(pick(mask(abs(x) <= ANGLE_LIMIT), x, 0.0))
}

/// Sine by its Taylor series on -pi/2..pi/2, where the first term left out, x^15 / 15!, is under
/// 7e-10; each half turn flips the sign.
#[inline(always)]
fn sin_wide(x: f64) -> f32 {
    let turned = x * (1.0 / PI) + ROUNDER;
    let x = x - (turned - ROUNDER) * PI;
    let q = x * x;
    let mut sum = 1.0 / 6_227_020_800.0;
    for coefficient in [
        -1.0 / 39_916_800.0,
        1.0 / 362_880.0,
        -1.0 / 5_040.0,
        1.0 / 120.0,
        -1.0 / 6.0,
        1.0,
    ] {
        sum = sum * q + coefficient;
    }
    let odd_half_turns = (turned.to_bits() & 1) as u32;
    f32::from_bits(((sum * x) as f32).to_bits() ^ (odd_half_turns << 31))
}

/// The angle of the vector (x, y), in -pi..=pi; 0 for the zero vector. A zero has no sign here.
///
/// 1. Fold into the eighth of the plane between the x axis and the diagonal.
/// 2. Above pi/8 turn back by pi/4, so that the tangent is at most sqrt(2) - 1.
/// 3. Taylor series of the arc tangent; the first term left out, t^17 / 17, is under 2e-8.
/// 4. Unfold.
#[inline(always)]
pub(crate) fn atan2(y: f32, x: f32) -> f32 {
    const TAN_PI_8: f64 = core::f64::consts::SQRT_2 - 1.0;
    let (width, height) = (abs(x), abs(y));
    let steep = height > width;
    let long = f64::from(pick(mask(steep), height, width));
    let short = f64::from(pick(mask(steep), width, height));

    let turn = mask64(short > TAN_PI_8 * long);
    let above = pick64(turn, short - long, short);
    let along = pick64(turn, short + long, long);
    let t = above / pick64(mask64(along > 0.0), along, 1.0);

    let q = t * t;
    let mut sum = -1.0 / 15.0;
    for coefficient in [
        1.0 / 13.0,
        -1.0 / 11.0,
        1.0 / 9.0,
        -1.0 / 7.0,
        1.0 / 5.0,
        -1.0 / 3.0,
        1.0,
    ] {
        sum = sum * q + coefficient;
    }
    let eighth = sum * t + pick64(turn, FRAC_PI_4, 0.0);
    let quarter = pick64(mask64(steep), FRAC_PI_2 - eighth, eighth);
    let half = pick64(mask64(x < 0.0), PI - quarter, quarter);
    f32::from_bits((half as f32).to_bits() ^ (mask(y < 0.0) & SIGN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The largest error of `ours` over `inputs`, and where.
    fn worst(inputs: impl Iterator<Item = f32>, error: impl Fn(f32) -> f64) -> (f64, f32) {
        inputs
            .map(|x| (error(x), x))
            .fold((0.0, 0.0), |worst, it| if it.0 > worst.0 { it } else { worst })
    }

    /// `count` angles over +-`limit`, at odd places.
    fn angles(limit: f64, count: u32) -> impl Iterator<Item = f32> {
        (0..=count).map(move |i| ((f64::from(i) / f64::from(count) * 2.0 - 1.0) * limit) as f32)
    }

    #[test]
    fn sqrt_is_correctly_rounded_for_every_significand() {
        // Two neighbouring exponents: the algorithm sees the others only through the exponent.
        for bits in 1.0_f32.to_bits()..4.0_f32.to_bits() {
            let x = f32::from_bits(bits);
            assert_eq!(sqrt(x), x.sqrt(), "{x}");
        }
    }

    #[test]
    fn sqrt_at_the_edges() {
        for x in [0.0, -0.0, f32::from_bits(1), f32::MIN_POSITIVE, 0.25, f32::MAX] {
            assert_eq!(sqrt(x), x.sqrt(), "{x}");
        }
        assert_eq!(sqrt(-4.0), 0.0);
    }

    #[test]
    fn sine_and_cosine_keep_their_promise() {
        let (error, x) = worst(angles(1e4, 2_000_000), |x| {
            let sine = (f64::from(sin(x)) - f64::from(x).sin()).abs();
            let cosine = (f64::from(cos(x)) - f64::from(x).cos()).abs();
            if sine > cosine { sine } else { cosine }
        });
        assert!(error <= 1e-7, "{error:e} at {x}");
        let (error, x) = worst(angles(f64::from(ANGLE_LIMIT), 2_000_000), |x| {
            (f64::from(sin(x)) - f64::from(x).sin()).abs()
        });
        assert!(error <= 1e-6, "{error:e} at {x}");
    }

    #[test]
    fn an_angle_past_the_limit_is_none() {
        let past = f32::from_bits(ANGLE_LIMIT.to_bits() + 1);
        assert_ne!(sin(ANGLE_LIMIT), 0.0);
        for x in [past, -past, f32::MAX, f32::MIN] {
            assert_eq!((sin(x), cos(x)), (0.0, 1.0), "{x}");
        }
    }

    /// Adding 0 takes the sign off a zero.
    fn atan2_exactly(y: f32, x: f32) -> f64 {
        (f64::from(y) + 0.0).atan2(f64::from(x) + 0.0)
    }

    #[test]
    fn atan2_all_round() {
        for radius in [1e-40_f64, 1e-3, 1.0, 300.0, 3e38] {
            let (error, angle) = worst(angles(core::f64::consts::PI, 100_000), |angle| {
                let (y, x) = (
                    (radius * f64::from(angle).sin()) as f32,
                    (radius * f64::from(angle).cos()) as f32,
                );
                (f64::from(atan2(y, x)) - atan2_exactly(y, x)).abs()
            });
            assert!(error <= 3e-7, "{error:e} at angle {angle}, radius {radius}");
        }
    }

    #[test]
    fn atan2_on_the_axes() {
        let (right, down) = (core::f32::consts::PI, core::f32::consts::FRAC_PI_2);
        for ((y, x), expected) in [
            ((0.0, 0.0), 0.0),
            ((0.0, 1.0), 0.0),
            ((1.0, 0.0), down),
            ((-1.0, 0.0), -down),
            ((0.0, -1.0), right),
        ] {
            assert_eq!(atan2(y, x), expected, "{y} {x}");
        }
        assert_eq!(atan2(-0.0, -1.0), right, "a zero has no sign");
    }

    #[test]
    fn floor_at_the_edges() {
        for x in [
            0.0,
            0.5,
            -0.5,
            0.999_999_94,
            -1.0,
            8_388_607.5,
            -8_388_607.5,
            8_388_609.0,
            -3e38,
            f32::MAX,
            1e-45,
            -1e-45,
        ] {
            assert_eq!(floor(x), x.floor(), "{x}");
        }
    }

    #[test]
    fn only_finite_bits_pass() {
        for x in [0.0, -0.0, 1.0, f32::MAX, f32::MIN, f32::from_bits(1)] {
            assert_eq!(finite(x.to_bits()), x.to_bits());
        }
        for x in [
            f32::NAN,
            -f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::from_bits(0x7f80_0001),
        ] {
            assert_eq!(finite(x.to_bits()), 0);
        }
    }

    fn number() -> impl Strategy<Value = f32> {
        use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
        POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO
    }

    proptest! {
        #[test]
        fn equals_std(a in number(), b in number()) {
            prop_assert_eq!(min(a, b), a.min(b));
            prop_assert_eq!(max(a, b), a.max(b));
            prop_assert_eq!(abs(a), a.abs());
            prop_assert_eq!(neg(a), -a);
            prop_assert_eq!(floor(a), a.floor());
            prop_assert_eq!(sqrt(abs(a)), a.abs().sqrt());
            let exact = atan2_exactly(a, b);
            prop_assert!((f64::from(atan2(a, b)) - exact).abs() <= 3e-7);
        }
    }
}
