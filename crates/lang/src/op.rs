//! The operations of a program, as data.
//!
//! Operation *i* writes register *i* and nothing else does (static single assignment).

use core::fmt;

use crate::input::InputGroup;

/// A register's number, which is also the number of the operation that writes it.
pub(crate) type Register = u32;

/// What a register holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueKind {
    /// A finite number, the bits of an `f32`.
    Number,
    /// A truth value: all bits set or none.
    Mask,
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "a number",
            Self::Mask => "a mask",
        })
    }
}

/// One step of a program. Operands that a function does not have are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Op {
    /// The bits of a finite `f32`; bits, so that 0 and -0 stay apart and equality is exact.
    Constant(u32),
    /// A number of an input table.
    Input(InputGroup, u32),
    /// What a state register held when the frame began.
    State(u32),
    Apply(Function, [Register; 3]),
}

impl Op {
    /// What the operation leaves in its register.
    pub(crate) const fn result(self) -> ValueKind {
        match self {
            Self::Constant(_) | Self::Input(..) | Self::State(_) => ValueKind::Number,
            Self::Apply(function, _) => function.result(),
        }
    }
}

/// Codes of the operations that are no [`Function`].
pub(crate) const CODE_CONSTANT: u8 = 0;
pub(crate) const CODE_INPUT: u8 = 1;
pub(crate) const CODE_STATE: u8 = 2;

macro_rules! functions {
    ($( $Variant:ident = $code:literal, $name:literal, [$($operand:ident),*] -> $result:ident; )*) => {
        /// A pure function of registers. Its code in the byte form never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub(crate) enum Function { $($Variant = $code,)* }

        /// What the functions of registers are called in the listing that `Debug` of a
        /// [`Program`](crate::Program) prints: for tools, and for tests that want to meet every one.
        pub const FUNCTION_NAMES: &[&str] = &[$($name),*];

        impl Function {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$Variant),*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name),* }
            }

            pub(crate) const fn operands(self) -> &'static [ValueKind] {
                match self { $(Self::$Variant => &[$(ValueKind::$operand),*]),* }
            }

            pub(crate) const fn result(self) -> ValueKind {
                match self { $(Self::$Variant => ValueKind::$result),* }
            }

            pub(crate) fn from_code(code: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|function| *function as u8 == code)
            }
        }
    };
}

functions! {
    Neg = 16, "neg", [Number] -> Number;
    Abs = 17, "abs", [Number] -> Number;
    Sqrt = 18, "sqrt", [Number] -> Number;
    Sin = 19, "sin", [Number] -> Number;
    Cos = 20, "cos", [Number] -> Number;
    Floor = 21, "floor", [Number] -> Number;
    Add = 32, "add", [Number, Number] -> Number;
    Sub = 33, "sub", [Number, Number] -> Number;
    Mul = 34, "mul", [Number, Number] -> Number;
    Div = 35, "div", [Number, Number] -> Number;
    Min = 36, "min", [Number, Number] -> Number;
    Max = 37, "max", [Number, Number] -> Number;
    Atan2 = 38, "atan2", [Number, Number] -> Number;
    Less = 48, "lt", [Number, Number] -> Mask;
    LessEqual = 49, "le", [Number, Number] -> Mask;
    And = 50, "and", [Mask, Mask] -> Mask;
    Or = 51, "or", [Mask, Mask] -> Mask;
    Xor = 52, "xor", [Mask, Mask] -> Mask;
    Not = 53, "not", [Mask] -> Mask;
    Select = 54, "select", [Mask, Number, Number] -> Number;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_clear_of_the_other_operations() {
        for function in Function::ALL {
            assert_eq!(Function::from_code(*function as u8), Some(*function));
            assert!(*function as u8 > CODE_STATE);
            assert!((1..=3).contains(&function.operands().len()));
        }
        for code in [CODE_CONSTANT, CODE_INPUT, CODE_STATE, 255] {
            assert_eq!(Function::from_code(code), None);
        }
    }
}
