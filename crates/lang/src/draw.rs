//! What a program can cause: draws, and nothing else.

use crate::arith;
use crate::op::{Register, ValueKind};

/// An argument of a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name, with the unit where there is one.
    pub name: &'static str,
    /// What its register holds.
    pub kind: ValueKind,
}

macro_rules! draw_kinds {
    ($(
        $(#[$inner:meta])*
        $Variant:ident = $code:literal, $name:literal,
        slots [$($slot:literal),*],
        arguments [$($argument:literal: $kind:ident),*];
    )*) => {
        /// What a draw draws.
        ///
        /// A kind's code, slots and arguments never change; a richer one gets a new code, so that an
        /// old program keeps its meaning and an old reader names what it does not know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum DrawKind { $( $(#[$inner])* $Variant, )* }

        impl DrawKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// The code in the byte form.
            #[must_use]
            pub const fn code(self) -> u32 {
                match self { $(Self::$Variant => $code),* }
            }

            /// The name in a program's listing.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name),* }
            }

            /// Names of the public numbers that say what is drawn.
            #[must_use]
            pub const fn slots(self) -> &'static [&'static str] {
                match self { $(Self::$Variant => &[$($slot),*]),* }
            }

            /// The arguments, which may depend on the face.
            #[must_use]
            pub const fn arguments(self) -> &'static [Argument] {
                match self {
                    $(Self::$Variant => &[$(Argument { name: $argument, kind: ValueKind::$kind }),*]),*
                }
            }

            /// The kind with this code, if there is one.
            #[must_use]
            pub fn from_code(code: u32) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }
        }
    };
}

draw_kinds! {
    /// A picture, or a cell of a sprite sheet, in the plane of the frame (`FramePx`).
    ///
    /// The rotation turns x towards y, which is clockwise on the screen since y points down.
    /// Opacity is 0 to 1 and the cell is rounded down; the renderer clamps both.
    Sprite = 0, "sprite",
        slots ["asset"],
        arguments [
            "centre_x_px": Number, "centre_y_px": Number, "width_px": Number, "height_px": Number,
            "rotation_rad": Number, "opacity": Number, "cell": Number
        ];
    /// The value of a numeric property of one of the pack's nodes, in that property's unit.
    Property = 1, "property",
        slots ["node", "property"],
        arguments ["value": Number];
}

/// A draw as a program stores it; its counts fit its kind once the program is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sink {
    pub(crate) kind: DrawKind,
    pub(crate) slots: alloc::vec::Vec<u32>,
    pub(crate) arguments: alloc::vec::Vec<Register>,
}

/// A draw of a [`Program`](crate::Program): what is drawn is public, with which numbers is not.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'p> {
    pub(crate) sink: &'p Sink,
}

impl<'p> Draw<'p> {
    /// What it draws.
    #[must_use]
    pub fn kind(&self) -> DrawKind {
        self.sink.kind
    }

    /// The public numbers that [`DrawKind::slots`] names. Nobody has checked them against a pack.
    #[must_use]
    pub fn slots(&self) -> &'p [u32] {
        &self.sink.slots
    }

    /// The arguments that [`DrawKind::arguments`] names, read out of the registers that
    /// [`Program::evaluate`](crate::Program::evaluate) filled; `None` if there are not `N` or the registers are too few.
    ///
    /// Every number is finite. A mask reads as 1 or 0.
    #[must_use]
    pub fn arguments<const N: usize>(&self, registers: &[u32]) -> Option<[f32; N]> {
        let kinds: &[Argument; N] = self.sink.kind.arguments().try_into().ok()?;
        let mut values = [0.0; N];
        for ((value, argument), register) in values.iter_mut().zip(kinds).zip(&self.sink.arguments) {
            *value = read(argument.kind, *registers.get(*register as usize)?);
        }
        Some(values)
    }
}

/// A register's content as a number.
fn read(kind: ValueKind, bits: u32) -> f32 {
    match kind {
        ValueKind::Number => f32::from_bits(arith::finite(bits)),
        ValueKind::Mask => f32::from_bits(bits & 1.0_f32.to_bits()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_codes() {
        for kind in DrawKind::ALL {
            assert_eq!(DrawKind::from_code(kind.code()), Some(*kind));
        }
        assert_eq!(DrawKind::from_code(2), None);
    }

    #[test]
    fn registers_read_as_finite_numbers() {
        assert_eq!(read(ValueKind::Number, (-2.5_f32).to_bits()), -2.5);
        assert_eq!(read(ValueKind::Number, f32::NAN.to_bits()), 0.0);
        assert_eq!(read(ValueKind::Mask, u32::MAX), 1.0);
        assert_eq!(read(ValueKind::Mask, 0), 0.0);
    }
}
