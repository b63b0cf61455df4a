//! The byte form of a program: compact, versioned, canonical.
//!
//! Canonical: every program has one byte form, and the decoder accepts no other, so that a
//! signature over the bytes is one over the program. Integers are LEB128 of at most 32 bits in
//! their shortest form, floats are the four bytes of an `f32`, little end first.
//!
//! ```text
//! program   = "MrtP" major:byte minor:byte
//!             count op*  count state*  count draw*
//! op        = 0 float                      constant
//!           | 1 group:byte number          input
//!           | 2 state                      state
//!           | function:byte distance{1,3}  as many as the function has operands
//! state     = float distance               initial, next
//! draw      = kind count slot* count distance*
//! ```
//!
//! A register is written as its distance back from the operation that uses it (from the end of all
//! operations in states and draws): most operands are recent, so most distances fit a byte, and a
//! reference forward cannot be written at all.
//!
//! A reader takes its own major version and no newer minor one. The minor version counts up when
//! operations, inputs or kinds of draw are added; a writer names the oldest that has all that the
//! program uses, so that old readers go on reading new programs that need nothing new. What a code
//! means never changes within a major version.

use alloc::vec::Vec;

use crate::draw::{DrawKind, Sink};
use crate::error::{Code, DecodeError, Part};
use crate::input::InputGroup;
use crate::op::{CODE_CONSTANT, CODE_INPUT, CODE_STATE, Function, Op, Register};
use crate::program::{MAX_DRAWS, MAX_OPS, MAX_STATES, Parts, Program, State};

const MAGIC: [u8; 4] = *b"MrtP";
const MAJOR: u8 = 1;
const MINOR: u8 = 0;

/// The fewest bytes that an operation, a state and a draw take.
const LEAST_OP: usize = 2;
const LEAST_STATE: usize = 5;
const LEAST_DRAW: usize = 3;

impl Program {
    /// Writes the program's byte form.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Parts { ops, states, draws } = self.parts();
        let mut bytes = Vec::with_capacity(16 + 3 * ops.len());
        bytes.extend(MAGIC);
        bytes.extend([MAJOR, MINOR]);
        write_count(&mut bytes, ops.len());
        for (number, op) in ops.iter().enumerate() {
            write_op(&mut bytes, number as Register, *op);
        }
        let end = ops.len() as Register;
        write_count(&mut bytes, states.len());
        for state in states {
            bytes.extend(state.initial.to_le_bytes());
            write_integer(&mut bytes, end - state.next);
        }
        write_count(&mut bytes, draws.len());
        for draw in draws {
            write_integer(&mut bytes, draw.kind.code());
            write_count(&mut bytes, draw.slots.len());
            for slot in &draw.slots {
                write_integer(&mut bytes, *slot);
            }
            write_count(&mut bytes, draw.arguments.len());
            for register in &draw.arguments {
                write_integer(&mut bytes, end - register);
            }
        }
        bytes
    }

    /// Reads a program's byte form. Nothing in the bytes is trusted: the result is as verified as a
    /// recorded program, and memory is taken only for what the bytes can really hold.
    ///
    /// # Errors
    /// [`DecodeError`] for anything but the exact byte form of one valid program.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader { bytes, offset: 0 };
        reader.header()?;

        let count = reader.count(Part::Ops, MAX_OPS, LEAST_OP)?;
        let mut ops = Vec::with_capacity(count);
        for number in 0..count {
            ops.push(reader.op(number as Register)?);
        }
        let end = count as Register;
        let count = reader.count(Part::States, MAX_STATES, LEAST_STATE)?;
        let mut states = Vec::with_capacity(count);
        for _ in 0..count {
            states.push(State {
                initial: reader.float_bits()?,
                next: reader.register(end)?,
            });
        }
        let count = reader.count(Part::Draws, MAX_DRAWS, LEAST_DRAW)?;
        let mut draws = Vec::with_capacity(count);
        for _ in 0..count {
            draws.push(reader.draw(end)?);
        }
        reader.end()?;
        Ok(Self::verified(Parts { ops, states, draws })?)
    }
}

fn write_op(bytes: &mut Vec<u8>, number: Register, op: Op) {
    match op {
        Op::Constant(bits) => {
            bytes.push(CODE_CONSTANT);
            bytes.extend(bits.to_le_bytes());
        }
        Op::Input(group, number) => {
            bytes.extend([CODE_INPUT, group as u8]);
            write_integer(bytes, number);
        }
        Op::State(state) => {
            bytes.push(CODE_STATE);
            write_integer(bytes, state);
        }
        Op::Apply(function, operands) => {
            bytes.push(function as u8);
            for operand in &operands[..function.operands().len()] {
                write_integer(bytes, number - operand);
            }
        }
    }
}

/// Counts of a verified program are far under 2^32.
fn write_count(bytes: &mut Vec<u8>, count: usize) {
    write_integer(bytes, count as u32);
}

fn write_integer(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl Reader<'_> {
    fn header(&mut self) -> Result<(), DecodeError> {
        let found = self.take()?;
        if found != MAGIC {
            return Err(DecodeError::Magic {
                expected: MAGIC,
                found,
            });
        }
        let [major, minor] = self.take()?;
        if major != MAJOR || minor > MINOR {
            return Err(DecodeError::Version {
                expected: (MAJOR, MINOR),
                found: (major, minor),
            });
        }
        Ok(())
    }

    fn op(&mut self, number: Register) -> Result<Op, DecodeError> {
        let offset = self.offset;
        match self.byte()? {
            CODE_CONSTANT => Ok(Op::Constant(self.float_bits()?)),
            CODE_INPUT => {
                let offset = self.offset;
                let code = self.byte()?;
                let group = InputGroup::from_code(code);
                Ok(Op::Input(
                    group.ok_or(unknown(offset, Code::InputGroup, code))?,
                    self.integer()?,
                ))
            }
            CODE_STATE => Ok(Op::State(self.integer()?)),
            code => {
                let function = Function::from_code(code).ok_or(unknown(offset, Code::Operation, code))?;
                let mut operands = [0; 3];
                for operand in &mut operands[..function.operands().len()] {
                    *operand = self.register(number)?;
                }
                Ok(Op::Apply(function, operands))
            }
        }
    }

    fn draw(&mut self, end: Register) -> Result<Sink, DecodeError> {
        let offset = self.offset;
        let code = self.integer()?;
        let kind = DrawKind::from_code(code).ok_or(unknown(offset, Code::DrawKind, code))?;
        self.shape(kind.slots().len())?;
        let slots = kind
            .slots()
            .iter()
            .map(|_| self.integer())
            .collect::<Result<_, _>>()?;
        self.shape(kind.arguments().len())?;
        let arguments = kind
            .arguments()
            .iter()
            .map(|_| self.register(end))
            .collect::<Result<_, _>>()?;
        Ok(Sink {
            kind,
            slots,
            arguments,
        })
    }

    /// A count that the kind of draw settles; it is written too, so that a tool can step over a kind
    /// that it does not know.
    fn shape(&mut self, expected: usize) -> Result<(), DecodeError> {
        let offset = self.offset;
        let found = self.integer()? as usize;
        if found == expected {
            Ok(())
        } else {
            Err(DecodeError::DrawShape {
                offset,
                expected,
                found,
            })
        }
    }

    /// A count of things that take at least `least` bytes each.
    fn count(&mut self, part: Part, limit: usize, least: usize) -> Result<usize, DecodeError> {
        let offset = self.offset;
        let found = self.integer()? as usize;
        let expected = limit.min((self.bytes.len() - self.offset) / least);
        if found <= expected {
            Ok(found)
        } else {
            Err(DecodeError::Count {
                offset,
                part,
                expected,
                found,
            })
        }
    }

    /// A register at a distance back from `from`. A distance of 0 is left for the verifier.
    fn register(&mut self, from: Register) -> Result<Register, DecodeError> {
        let offset = self.offset;
        let found = self.integer()?;
        from.checked_sub(found).ok_or(DecodeError::Distance {
            offset,
            expected: from,
            found,
        })
    }

    fn integer(&mut self) -> Result<u32, DecodeError> {
        let offset = self.offset;
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            let low = u32::from(byte & 0x7f);
            // Bits past the 32nd, or a last byte that adds nothing.
            if low << shift >> shift != low || (byte == 0 && shift > 0) {
                break;
            }
            value |= low << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(DecodeError::Integer { offset })
    }

    fn float_bits(&mut self) -> Result<u32, DecodeError> {
        self.take().map(u32::from_le_bytes)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take().map(|[byte]| byte)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let left = &self.bytes[self.offset..];
        let Some(bytes) = left.first_chunk() else {
            return Err(DecodeError::Truncated {
                offset: self.offset,
                expected: N,
                found: left.len(),
            });
        };
        self.offset += N;
        Ok(*bytes)
    }

    fn end(&self) -> Result<(), DecodeError> {
        let found = self.bytes.len() - self.offset;
        if found == 0 {
            Ok(())
        } else {
            Err(DecodeError::TrailingBytes {
                offset: self.offset,
                found,
            })
        }
    }
}

fn unknown(offset: usize, expected: Code, found: impl Into<u32>) -> DecodeError {
    DecodeError::Unknown {
        offset,
        expected,
        found: found.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Place, ProgramError};
    use crate::op::ValueKind;
    use crate::sample;
    use alloc::vec;
    use proptest::prelude::*;

    /// The header and what follows it.
    fn bytes(body: &[u8]) -> Vec<u8> {
        [&MAGIC[..], &[MAJOR, MINOR], body].concat()
    }

    fn error(body: &[u8]) -> DecodeError {
        Program::decode(&bytes(body)).unwrap_err()
    }

    /// r0 = time, r1 = -r0; s0 from 1.0, then r1; draw property 300 of node 5 = r1.
    const SOUND: [u8; 21] = [
        2, 1, 8, 0, 16, 1, 1, 0, 0, 0x80, 0x3f, 1, 1, 1, 2, 5, 0xac, 2, 1, 1, 0,
    ];

    #[test]
    fn the_byte_form_is_what_the_documentation_says() {
        let program = Program::record(|face, out| {
            let minus = -face.time();
            let _ = minus;
            out.property(5, 300, minus);
        })
        .unwrap();
        assert_eq!(
            program.encode(),
            bytes(&[2, 1, 8, 0, 16, 1, 0, 1, 1, 2, 5, 0xac, 2, 1, 1])
        );

        let with_state = Program::decode(&bytes(&SOUND[..20])).unwrap();
        assert_eq!((with_state.register_count(), with_state.state_count()), (2, 1));
        assert_eq!(with_state.encode(), bytes(&SOUND[..20]));
    }

    #[test]
    fn the_empty_program_has_a_form() {
        let program = Program::decode(&bytes(&[0, 0, 0])).unwrap();
        assert_eq!(Ok(program), Program::record(|_, _| {}));
    }

    #[test]
    fn headers() {
        let with_header =
            |magic: &[u8], version: [u8; 2]| Program::decode(&[magic, &version, &[0, 0, 0]].concat());
        assert!(with_header(b"MrtP", [1, 0]).is_ok());
        assert_eq!(
            with_header(b"MrtQ", [1, 0]),
            Err(DecodeError::Magic {
                expected: *b"MrtP",
                found: *b"MrtQ"
            })
        );
        for found in [(0, 0), (1, 1), (2, 0)] {
            let expected = Err(DecodeError::Version {
                expected: (1, 0),
                found,
            });
            assert_eq!(with_header(b"MrtP", found.into()), expected);
        }
        assert_eq!(
            Program::decode(b"Mr"),
            Err(DecodeError::Truncated {
                offset: 0,
                expected: 4,
                found: 2
            })
        );
    }

    #[test]
    fn each_malformation_is_named_with_its_offset() {
        use DecodeError::{Count, Distance, DrawShape, Integer, TrailingBytes, Truncated, Unknown};
        assert_eq!(error(&SOUND), TrailingBytes { offset: 26, found: 1 });
        assert_eq!(
            error(&SOUND[..19]),
            Truncated {
                offset: 25,
                expected: 1,
                found: 0
            }
        );
        assert_eq!(
            error(&[1, 0, 0, 0]),
            Truncated {
                offset: 8,
                expected: 4,
                found: 2
            }
        );
        let rows: [(&[u8], DecodeError); 10] = [
            (
                &[1, 3, 0, 0, 0],
                Unknown {
                    offset: 7,
                    expected: Code::Operation,
                    found: 3,
                },
            ),
            (
                &[1, 1, 10, 0, 0, 0],
                Unknown {
                    offset: 8,
                    expected: Code::InputGroup,
                    found: 10,
                },
            ),
            (
                &[0, 0, 1, 0x80, 1, 0, 0],
                Unknown {
                    offset: 9,
                    expected: Code::DrawKind,
                    found: 128,
                },
            ),
            (
                &[2, 1, 8, 0, 16, 2, 0, 0],
                Distance {
                    offset: 11,
                    expected: 1,
                    found: 2,
                },
            ),
            (&[2, 1, 8, 0, 16, 0x81, 0, 0, 0], Integer { offset: 11 }),
            (&[0x80, 0x80, 0x80, 0x80, 0x10], Integer { offset: 6 }),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0], Integer { offset: 6 }),
            (
                &[0, 0, 1, 1, 1, 0, 0],
                DrawShape {
                    offset: 10,
                    expected: 2,
                    found: 1,
                },
            ),
            (
                &[1, 1, 8, 0, 0, 1, 1, 2, 0, 0, 2, 1],
                DrawShape {
                    offset: 16,
                    expected: 1,
                    found: 2,
                },
            ),
            (
                &[0, 1, 0, 0],
                Count {
                    offset: 7,
                    part: Part::States,
                    expected: 0,
                    found: 1,
                },
            ),
        ];
        for (body, expected) in rows {
            assert_eq!(error(body), expected, "{body:?}");
        }
    }

    #[test]
    fn the_verifier_reads_along() {
        let invalid = |body, source| assert_eq!(error(body), DecodeError::Invalid { source });
        let place = Place::Op(1);
        invalid(
            &[2, 1, 8, 0, 16, 0, 0, 0],
            ProgramError::NotYetWritten {
                place,
                expected: 1,
                found: 1,
            },
        );
        invalid(
            &[2, 1, 8, 0, 53, 1, 0, 0],
            ProgramError::WrongKind {
                place,
                register: 0,
                expected: ValueKind::Mask,
                found: ValueKind::Number,
            },
        );
        let place = Place::Op(0);
        invalid(
            &[1, 2, 0, 0, 0],
            ProgramError::NoSuchState {
                place,
                expected: 0,
                found: 0,
            },
        );
        invalid(
            &[1, 1, 8, 7, 0, 0],
            ProgramError::NoSuchInput {
                place,
                group: InputGroup::Scene,
                expected: 7,
                found: 7,
            },
        );
        let found = f32::INFINITY;
        invalid(
            &[1, 0, 0, 0, 0x80, 0x7f, 0, 0],
            ProgramError::NotFinite { place, found },
        );
    }

    #[test]
    fn a_forged_count_takes_no_memory() {
        // 2^32 - 1 operations, then as many as the bytes could hold but the limit forbids.
        let expected = DecodeError::Count {
            offset: 6,
            part: Part::Ops,
            expected: 0,
            found: u32::MAX as usize,
        };
        assert_eq!(error(&[0xff, 0xff, 0xff, 0xff, 0x0f]), expected);
        let mut body = vec![0x81, 0x40];
        body.resize(100_000, 0);
        let expected = DecodeError::Count {
            offset: 6,
            part: Part::Ops,
            expected: MAX_OPS,
            found: MAX_OPS + 1,
        };
        assert_eq!(error(&body), expected);
    }

    #[test]
    fn integers_of_every_length() {
        for value in [
            0,
            1,
            0x7f,
            0x80,
            0x3fff,
            0x4000,
            0x1f_ffff,
            0x20_0000,
            0xfff_ffff,
            0x1000_0000,
            u32::MAX,
        ] {
            let mut bytes = Vec::new();
            write_integer(&mut bytes, value);
            let mut reader = Reader {
                bytes: &bytes,
                offset: 0,
            };
            assert_eq!(reader.integer(), Ok(value));
            assert_eq!(reader.offset, bytes.len());
        }
    }

    proptest! {
        #[test]
        fn every_program_comes_back(program in sample::programs()) {
            prop_assert_eq!(Program::decode(&program.encode()), Ok(program));
        }

        #[test]
        fn mangled_bytes_fail_cleanly_or_are_canonical(
            program in sample::programs(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = program.encode();
            for (place, byte) in changes {
                // The header is left alone, or little else would ever be reached.
                let place = 6 + place.index(bytes.len() - 6);
                bytes[place] = byte;
            }
            for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
                if let Ok(program) = Program::decode(bytes) {
                    prop_assert_eq!(&program.encode(), bytes);
                }
            }
        }

        #[test]
        fn no_prefix_of_a_program_is_one(program in sample::programs(), cut in any::<prop::sample::Index>()) {
            let bytes = program.encode();
            prop_assert!(Program::decode(&bytes[..cut.index(bytes.len())]).is_err());
        }
    }
}
