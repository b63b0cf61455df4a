//! The one verifier: every program has passed it, recorded or decoded.

use crate::error::{Part, Place, ProgramError};
use crate::op::{Op, Register, ValueKind};
use crate::program::{MAX_DRAWS, MAX_OPS, MAX_STATES, Parts};

/// Checks all that [`Program`](crate::Program) promises, in one pass from front to back.
pub(crate) fn verify(parts: &Parts) -> Result<(), ProgramError> {
    check_count(Part::Ops, MAX_OPS, parts.ops.len())?;
    check_count(Part::States, MAX_STATES, parts.states.len())?;
    check_count(Part::Draws, MAX_DRAWS, parts.draws.len())?;

    for (number, op) in parts.ops.iter().enumerate() {
        let place = Place::Op(number);
        match *op {
            Op::Constant(bits) => check_finite(place, bits)?,
            Op::Input(group, found) => {
                let expected = group.numbers();
                if found >= expected {
                    return Err(ProgramError::NoSuchInput {
                        place,
                        group,
                        expected,
                        found,
                    });
                }
            }
            Op::State(found) => {
                let expected = parts.states.len();
                if found as usize >= expected {
                    return Err(ProgramError::NoSuchState {
                        place,
                        expected,
                        found,
                    });
                }
            }
            Op::Apply(function, operands) => {
                for (kind, register) in function.operands().iter().zip(operands) {
                    check_register(place, &parts.ops[..number], *kind, register)?;
                }
            }
        }
    }
    for (number, state) in parts.states.iter().enumerate() {
        let place = Place::State(number);
        check_finite(place, state.initial)?;
        check_register(place, &parts.ops, ValueKind::Number, state.next)?;
    }
    for (number, draw) in parts.draws.iter().enumerate() {
        let place = Place::Draw(number);
        let arguments = draw.kind.arguments();
        let expected = (draw.kind.slots().len(), arguments.len());
        let found = (draw.slots.len(), draw.arguments.len());
        if found != expected {
            return Err(ProgramError::WrongArity {
                place,
                expected,
                found,
            });
        }
        for (argument, register) in arguments.iter().zip(&draw.arguments) {
            check_register(place, &parts.ops, argument.kind, *register)?;
        }
    }
    Ok(())
}

fn check_count(part: Part, limit: usize, found: usize) -> Result<(), ProgramError> {
    if found <= limit {
        Ok(())
    } else {
        Err(ProgramError::TooMany { part, limit, found })
    }
}

fn check_finite(place: Place, bits: u32) -> Result<(), ProgramError> {
    let found = f32::from_bits(bits);
    if found.is_finite() {
        Ok(())
    } else {
        Err(ProgramError::NotFinite { place, found })
    }
}

/// `written` are the operations whose registers may be used at `place`.
fn check_register(
    place: Place,
    written: &[Op],
    expected: ValueKind,
    register: Register,
) -> Result<(), ProgramError> {
    let Some(op) = written.get(register as usize) else {
        return Err(ProgramError::NotYetWritten {
            place,
            expected: written.len(),
            found: register,
        });
    };
    let found = op.result();
    if found == expected {
        Ok(())
    } else {
        Err(ProgramError::WrongKind {
            place,
            register,
            expected,
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{DrawKind, Sink};
    use crate::input::InputGroup;
    use crate::op::Function;
    use crate::program::{Program, State};
    use alloc::vec;

    const ONE: u32 = 1.0_f32.to_bits();
    const NAN: u32 = f32::NAN.to_bits();

    /// Registers 0 to 2: a number, a mask, a number; one state; one draw.
    fn sound() -> Parts {
        Parts {
            ops: vec![
                Op::Constant(ONE),
                Op::Apply(Function::Less, [0, 0, 0]),
                Op::Apply(Function::Select, [1, 0, 0]),
            ],
            states: vec![State {
                initial: ONE,
                next: 2,
            }],
            draws: vec![Sink {
                kind: DrawKind::Property,
                slots: vec![0, 0],
                arguments: vec![2],
            }],
        }
    }

    /// Each row breaks the sound program in one way; the last field is what the verifier must say.
    #[test]
    fn a_sound_program_passes_and_each_broken_one_is_named() {
        assert!(Program::verified(sound()).is_ok());
        assert!(
            Program::verified(Parts::default()).is_ok(),
            "doing nothing is fine"
        );

        use ProgramError::{NoSuchInput, NoSuchState, NotFinite, NotYetWritten, WrongArity, WrongKind};
        use ValueKind::{Mask, Number};
        let op = Place::Op(3);
        let broken_ops = [
            (Op::Constant(NAN), None),
            (
                Op::Constant(f32::NEG_INFINITY.to_bits()),
                Some(NotFinite {
                    place: op,
                    found: f32::NEG_INFINITY,
                }),
            ),
            (
                Op::Input(InputGroup::LandmarksPx, 956),
                Some(NoSuchInput {
                    place: op,
                    group: InputGroup::LandmarksPx,
                    expected: 956,
                    found: 956,
                }),
            ),
            (
                Op::State(1),
                Some(NoSuchState {
                    place: op,
                    expected: 1,
                    found: 1,
                }),
            ),
            (
                Op::Apply(Function::Neg, [3, 0, 0]),
                Some(NotYetWritten {
                    place: op,
                    expected: 3,
                    found: 3,
                }),
            ),
            (
                Op::Apply(Function::Add, [0, u32::MAX, 0]),
                Some(NotYetWritten {
                    place: op,
                    expected: 3,
                    found: u32::MAX,
                }),
            ),
            (
                Op::Apply(Function::Sin, [1, 0, 0]),
                Some(WrongKind {
                    place: op,
                    register: 1,
                    expected: Number,
                    found: Mask,
                }),
            ),
            (
                Op::Apply(Function::Not, [0, 0, 0]),
                Some(WrongKind {
                    place: op,
                    register: 0,
                    expected: Mask,
                    found: Number,
                }),
            ),
            (
                Op::Apply(Function::Select, [1, 0, 1]),
                Some(WrongKind {
                    place: op,
                    register: 1,
                    expected: Number,
                    found: Mask,
                }),
            ),
        ];
        for (broken, expected) in broken_ops {
            let mut parts = sound();
            parts.ops.push(broken);
            let error = Program::verified(parts).unwrap_err();
            match expected {
                Some(expected) => assert_eq!(error, expected),
                // A NaN equals nothing, itself included.
                None => assert!(
                    matches!(
                        error,
                        NotFinite {
                            place: Place::Op(3),
                            ..
                        }
                    ),
                    "{error}"
                ),
            }
        }

        let broken_states = [
            (
                State {
                    initial: ONE,
                    next: 3,
                },
                NotYetWritten {
                    place: Place::State(1),
                    expected: 3,
                    found: 3,
                },
            ),
            (
                State {
                    initial: ONE,
                    next: 1,
                },
                WrongKind {
                    place: Place::State(1),
                    register: 1,
                    expected: Number,
                    found: Mask,
                },
            ),
            (
                State {
                    initial: f32::INFINITY.to_bits(),
                    next: 0,
                },
                NotFinite {
                    place: Place::State(1),
                    found: f32::INFINITY,
                },
            ),
        ];
        for (broken, expected) in broken_states {
            let mut parts = sound();
            parts.states.push(broken);
            assert_eq!(Program::verified(parts).unwrap_err(), expected);
        }

        let draw = Place::Draw(1);
        let broken_draws = [
            (
                vec![0, 0],
                vec![3],
                NotYetWritten {
                    place: draw,
                    expected: 3,
                    found: 3,
                },
            ),
            (
                vec![0, 0],
                vec![1],
                WrongKind {
                    place: draw,
                    register: 1,
                    expected: Number,
                    found: Mask,
                },
            ),
            (
                vec![0, 0],
                vec![],
                WrongArity {
                    place: draw,
                    expected: (2, 1),
                    found: (2, 0),
                },
            ),
            (
                vec![0],
                vec![0],
                WrongArity {
                    place: draw,
                    expected: (2, 1),
                    found: (1, 1),
                },
            ),
            (
                vec![0],
                vec![0, 0],
                WrongArity {
                    place: draw,
                    expected: (2, 1),
                    found: (1, 2),
                },
            ),
        ];
        for (slots, arguments, expected) in broken_draws {
            let mut parts = sound();
            parts.draws.push(Sink {
                kind: DrawKind::Property,
                slots,
                arguments,
            });
            assert_eq!(Program::verified(parts).unwrap_err(), expected);
        }
    }

    #[test]
    fn limits_hold_and_not_one_earlier() {
        let grow = |ops, states, draws| {
            let Parts {
                ops: mut o,
                states: mut s,
                draws: mut d,
            } = sound();
            o.resize(ops, Op::Constant(ONE));
            s.resize(states, s[0]);
            d.resize(draws, d[0].clone());
            Program::verified(Parts {
                ops: o,
                states: s,
                draws: d,
            })
            .map(|_| ())
        };
        assert_eq!(grow(MAX_OPS, MAX_STATES, MAX_DRAWS), Ok(()));
        for (found, part, limit) in [
            (grow(MAX_OPS + 1, 1, 1), Part::Ops, MAX_OPS),
            (grow(3, MAX_STATES + 1, 1), Part::States, MAX_STATES),
            (grow(3, 1, MAX_DRAWS + 1), Part::Draws, MAX_DRAWS),
        ] {
            assert_eq!(
                found,
                Err(ProgramError::TooMany {
                    part,
                    limit,
                    found: limit + 1
                })
            );
        }
    }
}
