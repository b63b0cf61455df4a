//! Recording: effect code runs once, and what it does to names becomes a program.

use alloc::collections::BTreeMap;
use core::cell::RefCell;
use core::marker::PhantomData;

use crate::draw::{DrawKind, Sink};
use crate::error::ProgramError;
use crate::face::Face;
use crate::op::{Function, Op, Register};
use crate::out::Out;
use crate::program::{MAX_DRAWS, MAX_OPS, MAX_STATES, Parts, Program, State};

impl Program {
    /// Runs effect code once, while no face exists, and keeps what it recorded.
    ///
    /// Every name in the recording carries the brand `'b`, which belongs to this call alone: a name
    /// can neither outlive it nor be mixed with those of another recording.
    ///
    /// Recording never panics by itself. A bad index, a constant that is not finite or an exceeded
    /// limit is reported at the end.
    ///
    /// # Errors
    /// Whatever the verifier finds; see [`ProgramError`].
    ///
    /// # Example
    /// ```
    /// use moretta_lang::{Anchor, Program, Signal, Sprite};
    ///
    /// const RED_NOSE: u32 = 0;
    /// let clown = Program::record(|face, out| {
    ///     let size = face.eye_distance() * (0.5 + 0.2 * face.signal(Signal::Smile));
    ///     out.sprite(RED_NOSE, Sprite::new(face.anchor(Anchor::NoseTip), size, size));
    /// })?;
    /// assert_eq!(Program::decode(&clown.encode()).as_ref(), Ok(&clown));
    /// # Ok::<(), moretta_lang::ProgramError>(())
    /// ```
    pub fn record(effect: impl for<'b> FnOnce(Face<'b>, Out<'b>)) -> Result<Self, ProgramError> {
        let recorder = Recorder::default();
        let tape = Tape {
            recorder: &recorder,
            brand: PhantomData,
        };
        effect(Face { tape }, Out { tape });
        Self::verified(recorder.tracks.into_inner().parts)
    }
}

/// What a recording has written so far.
///
/// Nothing is checked here but the limits, lest a loop fill the memory: each list stops growing one
/// past its limit, which the verifier then refuses with everything else.
#[derive(Default)]
pub(crate) struct Recorder {
    tracks: RefCell<Tracks>,
}

#[derive(Default)]
struct Tracks {
    parts: Parts,
    /// Constants and inputs already in a register.
    leaves: BTreeMap<Op, Register>,
}

/// A recording in progress, branded. `Copy`, so that names are.
#[derive(Clone, Copy)]
pub struct Tape<'b> {
    recorder: &'b Recorder,
    /// Neither a longer nor a shorter lifetime will do for `'b`.
    brand: PhantomData<fn(&'b ()) -> &'b ()>,
}

impl<'b> Tape<'b> {
    pub(crate) fn constant(self, value: f32) -> Register {
        self.leaf(Op::Constant(value.to_bits()))
    }

    /// The register of a constant or an input; one is enough for all its uses.
    pub(crate) fn leaf(self, op: Op) -> Register {
        let tracks = &mut *self.recorder.tracks.borrow_mut();
        *tracks.leaves.entry(op).or_insert_with(|| tracks.parts.push(op))
    }

    pub(crate) fn apply(self, function: Function, operands: [Register; 3]) -> Register {
        self.recorder
            .tracks
            .borrow_mut()
            .parts
            .push(Op::Apply(function, operands))
    }

    /// A state register that continues with what `step` makes of it; the new content is returned.
    pub(crate) fn state(self, initial: f32, step: impl FnOnce(Register) -> Register) -> Register {
        let (state, before) = {
            let parts = &mut self.recorder.tracks.borrow_mut().parts;
            let state = parts.states.len();
            let before = parts.push(Op::State(state as u32));
            // Until the step is known it keeps what it holds.
            if state <= MAX_STATES {
                parts.states.push(State {
                    initial: initial.to_bits(),
                    next: before,
                });
            }
            (state, before)
        };
        // Effect code, which records in turn: nothing may be borrowed here.
        let next = step(before);
        if let Some(state) = self.recorder.tracks.borrow_mut().parts.states.get_mut(state) {
            state.next = next;
        }
        next
    }

    pub(crate) fn draw(self, kind: DrawKind, slots: &[u32], arguments: &[Register]) {
        let draws = &mut self.recorder.tracks.borrow_mut().parts.draws;
        if draws.len() <= MAX_DRAWS {
            draws.push(Sink {
                kind,
                slots: slots.to_vec(),
                arguments: arguments.to_vec(),
            });
        }
    }
}

impl Parts {
    fn push(&mut self, op: Op) -> Register {
        // Past the limit nothing is kept, so it does not matter which register is named.
        let register = self.ops.len() as Register;
        if self.ops.len() <= MAX_OPS {
            self.ops.push(op);
        }
        register
    }
}

#[cfg(test)]
mod tests {
    use crate::*;
    use core::hint::black_box;

    #[test]
    fn a_constant_and_an_input_take_one_register_each() {
        let program = Program::record(|face, out| {
            let sum = face.landmark(5).x + 2.0 + face.landmark(5).x * 2.0;
            out.property(0, 0, sum);
        })
        .unwrap();
        // x, y, 2, x + 2, x * 2, their sum
        assert_eq!(program.register_count(), 6);
    }

    #[test]
    fn zero_and_minus_zero_are_two_constants() {
        let program = Program::record(|face, _| {
            let _ = (face.constant(0.0), face.constant(-0.0), face.constant(0.0));
        })
        .unwrap();
        assert_eq!(program.register_count(), 2);
    }

    #[test]
    fn bad_indices_and_constants_are_reported_at_the_end() {
        fn error(effect: impl for<'b> Fn(Face<'b>)) -> ProgramError {
            Program::record(|face, _| effect(face)).unwrap_err()
        }
        use InputGroup::{LandmarksMm, LandmarksPx, Params, Visibility};
        let place = Place::Op(0);
        let none = |group, expected, found| ProgramError::NoSuchInput {
            place,
            group,
            expected,
            found,
        };
        assert_eq!(error(|face| _ = face.landmark(478)), none(LandmarksPx, 956, 956));
        assert_eq!(
            error(|face| _ = face.landmark(u32::MAX)),
            none(LandmarksPx, 956, u32::MAX)
        );
        assert_eq!(
            error(|face| _ = face.landmark_mm(478)),
            none(LandmarksMm, 1434, 1434)
        );
        assert_eq!(error(|face| _ = face.visibility(478)), none(Visibility, 478, 478));
        assert_eq!(error(|face| _ = face.param(64)), none(Params, 64, 64));
        assert!(matches!(
            error(|face| _ = face.constant(f32::NAN)),
            ProgramError::NotFinite { .. }
        ));
        let infinite = ProgramError::NotFinite {
            place: Place::State(0),
            found: f32::INFINITY,
        };
        assert_eq!(error(|face| _ = face.state(f32::INFINITY, |x| x)), infinite);

        let last_ones = Program::record(|face, _| {
            let _ = (
                face.landmark(477),
                face.landmark_mm(477),
                face.visibility(477),
                face.param(63),
            );
        });
        assert!(last_ones.is_ok());
    }

    #[test]
    fn a_recording_stops_at_the_limits() {
        let ops = |count: usize| {
            Program::record(|face, _| {
                let mut sum = face.time();
                for _ in 1..count {
                    sum = -sum;
                }
            })
            .map(|program| program.register_count())
        };
        assert_eq!(ops(MAX_OPS), Ok(MAX_OPS));
        let error = ProgramError::TooMany {
            part: Part::Ops,
            limit: MAX_OPS,
            found: MAX_OPS + 1,
        };
        assert_eq!(ops(black_box(1_000_000)), Err(error));

        let states = |count: usize| {
            let recording = Program::record(|face, _| (0..count).for_each(|_| _ = face.state(0.0, |x| x)));
            recording.map(|program| program.state_count())
        };
        assert_eq!(states(MAX_STATES), Ok(MAX_STATES));
        let error = ProgramError::TooMany {
            part: Part::States,
            limit: MAX_STATES,
            found: MAX_STATES + 1,
        };
        assert_eq!(states(MAX_STATES + 100), Err(error));

        let draws = |count: usize| {
            let recording = Program::record(|_, out| (0..count).for_each(|_| out.property(0, 0, 1.0)));
            recording.map(|program| program.draws().len())
        };
        assert_eq!(draws(MAX_DRAWS), Ok(MAX_DRAWS));
        let error = ProgramError::TooMany {
            part: Part::Draws,
            limit: MAX_DRAWS,
            found: MAX_DRAWS + 1,
        };
        assert_eq!(draws(MAX_DRAWS + 100), Err(error));
    }

    #[test]
    fn a_recording_may_hold_another() {
        let outer = Program::record(|face, out| {
            let inner = Program::record(|face, out| out.property(0, 0, face.time())).unwrap();
            assert_eq!(inner.register_count(), 1);
            out.property(0, 0, face.time() + 1.0);
        });
        assert_eq!(outer.unwrap().register_count(), 3);
    }
}
