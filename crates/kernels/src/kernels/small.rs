//! What networks do to few values, one after the other.

/// An operator on values one by one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    Neg,
    Sqrt,
    Reciprocal,
}

impl Operator {
    /// `b` is of no account to an operator of one value.
    pub(crate) fn apply(self, a: f32, b: f32) -> f32 {
        match self {
            Self::Add => a + b,
            Self::Sub => a - b,
            Self::Mul => a * b,
            Self::Div => a / b,
            Self::Neg => -a,
            Self::Sqrt => a.sqrt(),
            Self::Reciprocal => 1.0 / a,
        }
    }
}

/// `1 / (1 + exp(-x))`, without a branch: the system's `exp` may have some, by value.
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `exp(x)` to two units in the last place, of `x` clipped to -87..88: `2^n * exp(r)` with `|r| <= ln(2) / 2`.
///
/// # Source
/// The polynomial is that of Cephes' `expf`.
fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    // Adding and taking away 1.5 * 2^23 rounds to a whole number.
    let magic = 12_582_912.0_f32;
    let n = (x * core::f32::consts::LOG2_E + magic) - magic;
    let r = (x - n * 0.693_359_4) - n * -2.121_944_4e-4;
    let coefficients = [
        1.987_569_1e-4,
        1.398_2e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ];
    let polynomial = coefficients.into_iter().fold(0.0, |sum, c| sum * r + c);
    let fraction = polynomial * r * r + r + 1.0;
    fraction * f32::from_bits(((n as i32 + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_the_systems() {
        for i in -8600..=8700 {
            let x = i as f32 / 100.0;
            let part = (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs();
            assert!(part < 3e-7, "{x}: {part}");
        }
    }

    #[test]
    fn sigmoid_stays_between_0_and_1_to_the_ends() {
        assert_eq!(sigmoid(0.0), 0.5);
        assert_eq!(sigmoid(f32::INFINITY), 1.0);
        assert!((0.0..1e-37).contains(&sigmoid(f32::NEG_INFINITY)));
        assert!((sigmoid(2.0) - 0.880_797_1).abs() < 1e-7);
    }
}
