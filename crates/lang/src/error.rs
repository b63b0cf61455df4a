//! What can go wrong, one enum a stage. No message can hold face data: none of these exists where
//! a face does but [`EvaluateError`], which holds lengths alone.

use core::fmt;

use crate::input::InputGroup;
use crate::op::ValueKind;

/// The parts of a program that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Operations.
    Ops,
    /// State registers.
    States,
    /// Draws.
    Draws,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ops => "operations",
            Self::States => "states",
            Self::Draws => "draws",
        })
    }
}

/// A place in a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The operation with this number.
    Op(usize),
    /// The state register with this number.
    State(usize),
    /// The draw with this number.
    Draw(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Op(number) => write!(f, "operation {number}"),
            Self::State(number) => write!(f, "state {number}"),
            Self::Draw(number) => write!(f, "draw {number}"),
        }
    }
}

/// Why a recording or some bytes are no valid program.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramError {
    /// A limit is exceeded. A recording stops one past the limit.
    #[error("too many {part}: at most {limit} expected, at least {found} found")]
    TooMany {
        /// What there are too many of.
        part: Part,
        /// How many there may be.
        limit: usize,
        /// How many there are at least.
        found: usize,
    },
    /// An input table has no such number.
    #[error("{place}: {} has {expected} numbers, number {found} is none of them", group.name())]
    NoSuchInput {
        /// Where it is read.
        place: Place,
        /// The table.
        group: InputGroup,
        /// How many numbers the table has.
        expected: u32,
        /// The number asked for: the element's index times the table's width, plus the axis.
        found: u32,
    },
    /// A state register is read that the program does not have.
    #[error("{place}: the program has {expected} states, state {found} is none of them")]
    NoSuchState {
        /// Where it is read.
        place: Place,
        /// How many there are.
        expected: usize,
        /// The state asked for.
        found: u32,
    },
    /// A constant or an initial state is NaN or infinite.
    #[error("{place}: a finite number expected, {found:?} found")]
    NotFinite {
        /// Where it is.
        place: Place,
        /// The number.
        found: f32,
    },
    /// An operand is not written before it is used.
    #[error("{place}: a register under {expected} expected, {found} found")]
    NotYetWritten {
        /// Where it is used.
        place: Place,
        /// How many registers are written by then.
        expected: usize,
        /// The register asked for.
        found: u32,
    },
    /// An operand is a mask where a number is needed, or the other way round.
    #[error("{place}: {expected} expected in register {register}, {found} found")]
    WrongKind {
        /// Where it is used.
        place: Place,
        /// The register.
        register: u32,
        /// What is needed.
        expected: ValueKind,
        /// What it holds.
        found: ValueKind,
    },
    /// A draw has more or fewer slots or arguments than its kind.
    #[error(
        "{place}: {} slots and {} arguments expected, {} and {} found",
        expected.0, expected.1, found.0, found.1
    )]
    WrongArity {
        /// The draw.
        place: Place,
        /// How many slots and arguments its kind has.
        expected: (usize, usize),
        /// How many slots and arguments it has.
        found: (usize, usize),
    },
}

/// What a byte stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Code {
    /// The first byte of an operation.
    Operation,
    /// An input table.
    InputGroup,
    /// A kind of draw.
    DrawKind,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operation => "operation",
            Self::InputGroup => "input table",
            Self::DrawKind => "kind of draw",
        })
    }
}

/// Why some bytes are no program. Offsets are in bytes from the start.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes do not begin as a program does.
    #[error("not a program: {expected:?} expected at the start, {found:?} found")]
    Magic {
        /// How a program begins.
        expected: [u8; 4],
        /// How the bytes begin.
        found: [u8; 4],
    },
    /// The program is of a version that this reader does not know.
    #[error(
        "version {}.0 to {}.{} expected, {}.{} found",
        expected.0, expected.0, expected.1, found.0, found.1
    )]
    Version {
        /// Major and newest minor version known.
        expected: (u8, u8),
        /// Major and minor version found.
        found: (u8, u8),
    },
    /// The bytes end too early.
    #[error("the bytes end at {offset}: {expected} more expected, {found} found")]
    Truncated {
        /// Where reading stopped.
        offset: usize,
        /// How many bytes were needed there, at least.
        expected: usize,
        /// How many were left.
        found: usize,
    },
    /// Bytes follow the program.
    #[error("the program ends at {offset}, {found} more bytes found")]
    TrailingBytes {
        /// Where the program ends.
        offset: usize,
        /// How many bytes follow.
        found: usize,
    },
    /// A variable-length integer is over 32 bits or longer than it need be.
    #[error("offset {offset}: no shortest form of a 32-bit integer")]
    Integer {
        /// Where it begins.
        offset: usize,
    },
    /// A code that this version does not have.
    #[error("offset {offset}: {found} is no {expected} of this version")]
    Unknown {
        /// Where it stands.
        offset: usize,
        /// What it should be.
        expected: Code,
        /// The code.
        found: u32,
    },
    /// A distance that reaches back past register 0.
    #[error("offset {offset}: a distance of at most {expected} registers expected, {found} found")]
    Distance {
        /// Where it begins.
        offset: usize,
        /// How many registers there are to reach back to.
        expected: u32,
        /// The distance.
        found: u32,
    },
    /// A count over the limit, or over what the bytes left can hold.
    #[error("offset {offset}: at most {expected} {part} expected, {found} found")]
    Count {
        /// Where it begins.
        offset: usize,
        /// What is counted.
        part: Part,
        /// How many there can be.
        expected: usize,
        /// How many are announced.
        found: usize,
    },
    /// A draw announces other counts than its kind has.
    #[error("offset {offset}: {expected} slots or arguments expected, {found} found")]
    DrawShape {
        /// Where the count begins.
        offset: usize,
        /// How many the kind has.
        expected: usize,
        /// How many are announced.
        found: usize,
    },
    /// The bytes are well formed, and what they say is no valid program.
    #[error("not a valid program")]
    Invalid {
        /// What the verifier found.
        #[from]
        source: ProgramError,
    },
}

/// Why a program was not evaluated. Nothing was read or written then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// An input table is shorter than the program needs.
    #[error("{}: at least {expected} elements expected, {found} found", group.name())]
    Input {
        /// The table.
        group: InputGroup,
        /// How many elements the program needs.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The state is not as long as the program's.
    #[error("{expected} state numbers expected, {found} found")]
    State {
        /// How many states the program has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The registers are too few.
    #[error("at least {expected} registers expected, {found} found")]
    Registers {
        /// How many registers the program needs.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}
