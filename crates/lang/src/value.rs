//! Names of numbers and of truth values, and what can be done with them.

use core::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Sub};

use crate::op::{Function, Register};
use crate::record::Tape;

/// The name of a number that may depend on the face. It has no value while effect code runs.
///
/// All arithmetic is `f32`, and total: where the result would be NaN or infinite (a division by
/// zero, an overflow) it is 0 instead, so that every number is finite. A number of an input table
/// that is NaN or infinite reads as 0.
#[derive(Clone, Copy)]
#[must_use]
pub struct Num<'b> {
    pub(crate) tape: Tape<'b>,
    pub(crate) register: Register,
}

/// The name of a truth value that may depend on the face.
///
/// Masks can be combined with `&`, `|`, `^`, `!` and [selected](Self::select) on. There is no way to
/// branch on one.
#[derive(Clone, Copy)]
#[must_use]
pub struct Mask<'b> {
    pub(crate) tape: Tape<'b>,
    pub(crate) register: Register,
}

/// A [`Num`] or a public `f32`: what an operation on numbers takes. Sealed.
pub trait Operand<'b>: sealed::Operand<'b> {}
impl<'b> Operand<'b> for Num<'b> {}
impl<'b> Operand<'b> for f32 {}

mod sealed {
    use super::{Num, Register, Tape};

    pub trait Operand<'b>: Copy {
        fn register(self, tape: Tape<'b>) -> Register;
    }

    impl<'b> Operand<'b> for Num<'b> {
        fn register(self, _: Tape<'b>) -> Register {
            self.register
        }
    }

    impl<'b> Operand<'b> for f32 {
        fn register(self, tape: Tape<'b>) -> Register {
            tape.constant(self)
        }
    }
}

impl<'b> Num<'b> {
    /// The smaller of the two.
    pub fn min(self, other: impl Operand<'b>) -> Self {
        self.with(Function::Min, other)
    }

    /// The larger of the two.
    pub fn max(self, other: impl Operand<'b>) -> Self {
        self.with(Function::Max, other)
    }

    /// At least `low`, and at most `high`, which wins where they cross.
    pub fn clamp(self, low: impl Operand<'b>, high: impl Operand<'b>) -> Self {
        self.max(low).min(high)
    }

    /// The magnitude.
    pub fn abs(self) -> Self {
        self.alone(Function::Abs)
    }

    /// The square root, correctly rounded; 0 for a negative number.
    pub fn sqrt(self) -> Self {
        self.alone(Function::Sqrt)
    }

    /// The sine of an angle in radians, within 1e-7 up to +-1e4 rad and 1e-6 up to +-2^30 rad.
    /// Larger angles count as 0.
    pub fn sin(self) -> Self {
        self.alone(Function::Sin)
    }

    /// The cosine of an angle in radians, as exact as [`sin`](Self::sin).
    pub fn cos(self) -> Self {
        self.alone(Function::Cos)
    }

    /// The angle of the vector (`x`, `self`) in radians, -pi to pi, within 3e-7; 0 for the zero
    /// vector. A zero has no sign here, so that there is no angle of -pi.
    pub fn atan2(self, x: impl Operand<'b>) -> Self {
        self.with(Function::Atan2, x)
    }

    /// The largest integer not above the number.
    pub fn floor(self) -> Self {
        self.alone(Function::Floor)
    }

    /// The number less its [`floor`](Self::floor), 0 to 1.
    pub fn fract(self) -> Self {
        self - self.floor()
    }

    /// `self` where `t` is 0, `other` where it is 1, and on the straight line through both elsewhere.
    pub fn mix(self, other: impl Operand<'b>, t: impl Operand<'b>) -> Self {
        let other = self.name(other);
        let t = self.name(t);
        self + (other - self) * t
    }

    /// 0 up to `from`, 1 from `to` on, and 3t^2 - 2t^3 between; 0 everywhere if the two are equal.
    pub fn smoothstep(self, from: impl Operand<'b>, to: impl Operand<'b>) -> Self {
        let from = self.name(from);
        let t = ((self - from) / (self.name(to) - from)).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    /// Whether the number is under `other`. A mask, never a `bool`.
    pub fn lt(self, other: impl Operand<'b>) -> Mask<'b> {
        self.compare(Function::Less, self, self.name(other))
    }

    /// Whether the number is at most `other`.
    pub fn le(self, other: impl Operand<'b>) -> Mask<'b> {
        self.compare(Function::LessEqual, self, self.name(other))
    }

    /// Whether the number is over `other`.
    pub fn gt(self, other: impl Operand<'b>) -> Mask<'b> {
        self.compare(Function::Less, self.name(other), self)
    }

    /// Whether the number is at least `other`.
    pub fn ge(self, other: impl Operand<'b>) -> Mask<'b> {
        self.compare(Function::LessEqual, self.name(other), self)
    }

    fn alone(self, function: Function) -> Self {
        Self {
            register: self.tape.apply(function, [self.register, 0, 0]),
            ..self
        }
    }

    fn with(self, function: Function, other: impl Operand<'b>) -> Self {
        let other = other.register(self.tape);
        Self {
            register: self.tape.apply(function, [self.register, other, 0]),
            ..self
        }
    }

    fn compare(self, function: Function, a: Self, b: Self) -> Mask<'b> {
        let register = self.tape.apply(function, [a.register, b.register, 0]);
        Mask {
            tape: self.tape,
            register,
        }
    }

    pub(crate) fn name(self, operand: impl Operand<'b>) -> Self {
        Self {
            register: operand.register(self.tape),
            ..self
        }
    }
}

impl<'b> Mask<'b> {
    /// `yes` where the mask holds, `no` elsewhere. Both are computed, in every frame.
    pub fn select(self, yes: impl Operand<'b>, no: impl Operand<'b>) -> Num<'b> {
        let yes = yes.register(self.tape);
        let no = no.register(self.tape);
        let register = self.tape.apply(Function::Select, [self.register, yes, no]);
        Num {
            tape: self.tape,
            register,
        }
    }

    fn with(self, function: Function, other: Self) -> Self {
        Self {
            register: self.tape.apply(function, [self.register, other.register, 0]),
            ..self
        }
    }
}

macro_rules! number_operators {
    ($($Trait:ident $method:ident $Function:ident;)*) => { $(
        impl<'b> $Trait for Num<'b> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.with(Function::$Function, other)
            }
        }

        impl<'b> $Trait<f32> for Num<'b> {
            type Output = Self;
            fn $method(self, other: f32) -> Self {
                self.with(Function::$Function, other)
            }
        }

        impl<'b> $Trait<Num<'b>> for f32 {
            type Output = Num<'b>;
            fn $method(self, other: Num<'b>) -> Num<'b> {
                other.name(self).with(Function::$Function, other)
            }
        }
    )* };
}

number_operators! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div Div;
}

impl Neg for Num<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.alone(Function::Neg)
    }
}

macro_rules! mask_operators {
    ($($Trait:ident $method:ident $Function:ident;)*) => { $(
        impl<'b> $Trait for Mask<'b> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.with(Function::$Function, other)
            }
        }
    )* };
}

mask_operators! {
    BitAnd bitand And;
    BitOr bitor Or;
    BitXor bitxor Xor;
}

impl Not for Mask<'_> {
    type Output = Self;
    fn not(self) -> Self {
        Self {
            register: self.tape.apply(Function::Not, [self.register, 0, 0]),
            ..self
        }
    }
}
