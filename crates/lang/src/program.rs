//! A recorded effect: public data, always verified.

use alloc::vec::Vec;
use core::fmt;

use crate::draw::{Draw, Sink};
use crate::error::{EvaluateError, ProgramError};
use crate::input::InputGroup;
use crate::op::{Op, Register};
use crate::verify;

/// The most operations of a program. Each has a register of 4 bytes, and registers lie in locked
/// memory: 32 KiB, half of what Linux lets a process lock by default before 5.16.
pub const MAX_OPS: usize = 8_192;
/// The most state registers of a program.
pub const MAX_STATES: usize = 1_024;
/// The most draws of a program.
pub const MAX_DRAWS: usize = 256;

/// A recorded effect: a straight line of operations over names, without code and without a face.
///
/// A program is public data, safe to store, print, sign and ship. It is also always verified: it
/// comes only from [`record`](Self::record) and [`decode`](Self::decode), and both go through the
/// same verifier, so that whoever holds one may evaluate it. Verified means that
///
/// - every operand is a register written before, of the kind that the operation takes;
/// - every input exists, every constant and initial state is finite;
/// - every state has a number to continue with, every draw the slots and arguments of its kind;
/// - [`MAX_OPS`], [`MAX_STATES`] and [`MAX_DRAWS`] hold.
///
/// `Debug` prints a listing.
#[derive(Clone, PartialEq, Eq)]
pub struct Program {
    parts: Parts,
    /// By input table: how many elements of it the operations read, see [`Program::needs`].
    needs: [u32; InputGroup::ALL.len()],
}

/// What a program consists of, before anybody has checked it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) ops: Vec<Op>,
    pub(crate) states: Vec<State>,
    pub(crate) draws: Vec<Sink>,
}

/// A delay register: what an operation leaves in one frame can be read in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// The bits of the finite `f32` that it starts with.
    pub(crate) initial: u32,
    /// The register whose content it takes over after each frame.
    pub(crate) next: Register,
}

impl Program {
    /// The one way to make a program.
    pub(crate) fn verified(parts: Parts) -> Result<Self, ProgramError> {
        verify::verify(&parts)?;
        let mut needs = [0; InputGroup::ALL.len()];
        for op in &parts.ops {
            if let Op::Input(group, number) = *op {
                let needed = &mut needs[group as usize];
                *needed = (number / group.width() + 1).max(*needed);
            }
        }
        Ok(Self { parts, needs })
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// How many registers [`evaluate`](Self::evaluate) needs: one an operation.
    #[must_use]
    pub fn register_count(&self) -> usize {
        self.parts.ops.len()
    }

    /// How many numbers the program remembers from frame to frame.
    #[must_use]
    pub fn state_count(&self) -> usize {
        self.parts.states.len()
    }

    /// The draws, back to front.
    pub fn draws(&self) -> impl ExactSizeIterator<Item = Draw<'_>> {
        self.parts.draws.iter().map(|sink| Draw { sink })
    }

    /// How many elements of an input table the program reads at most: its highest index plus one,
    /// 0 if it reads none.
    ///
    /// The blendshape network, say, need not run for programs that read no blendshape.
    #[must_use]
    pub fn needs(&self, group: InputGroup) -> usize {
        self.needs[group as usize] as usize
    }

    /// Fills the state with what the program starts from: when a face is found, and after any wipe.
    ///
    /// # Errors
    /// [`EvaluateError::State`] if `state` is not [`state_count`](Self::state_count) long.
    pub fn init_state(&self, state: &mut [f32]) -> Result<(), EvaluateError> {
        self.check_state(state)?;
        for (value, register) in state.iter_mut().zip(&self.parts.states) {
            *value = f32::from_bits(register.initial);
        }
        Ok(())
    }

    pub(crate) fn check_state(&self, state: &[f32]) -> Result<(), EvaluateError> {
        let (expected, found) = (self.state_count(), state.len());
        if found == expected {
            Ok(())
        } else {
            Err(EvaluateError::State { expected, found })
        }
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { ops, states, draws } = &self.parts;
        writeln!(
            f,
            "program of {} operations, {} states, {} draws",
            ops.len(),
            states.len(),
            draws.len()
        )?;
        for (register, op) in ops.iter().enumerate() {
            write!(f, "  r{register} = ")?;
            match *op {
                Op::Constant(bits) => writeln!(f, "{:?}", f32::from_bits(bits))?,
                Op::State(state) => writeln!(f, "s{state}")?,
                Op::Input(group, number) => {
                    let axes: &[_] = if group.width() == 1 {
                        &[""]
                    } else {
                        &[".x", ".y", ".z"]
                    };
                    let axis = axes[(number % group.width()) as usize];
                    writeln!(f, "{}[{}]{axis}", group.name(), number / group.width())?;
                }
                Op::Apply(function, operands) => {
                    f.write_str(function.name())?;
                    for operand in &operands[..function.operands().len()] {
                        write!(f, " r{operand}")?;
                    }
                    writeln!(f)?;
                }
            }
        }
        for (state, State { initial, next }) in states.iter().enumerate() {
            writeln!(f, "  s{state}: {:?}, then r{next}", f32::from_bits(*initial))?;
        }
        for Sink {
            kind,
            slots,
            arguments,
        } in draws
        {
            write!(f, "  draw {}", kind.name())?;
            for (name, slot) in kind.slots().iter().zip(slots) {
                write!(f, " {name} {slot}")?;
            }
            f.write_str(":")?;
            for (argument, register) in kind.arguments().iter().zip(arguments) {
                write!(f, " {}=r{register}", argument.name)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Anchor, InputGroup, Program};
    use alloc::format;

    #[test]
    fn lists_itself() {
        let program = Program::record(|face, out| {
            let nose = face.anchor(Anchor::NoseTip);
            let x = face.state(-1.5, |before| before + nose.x);
            out.property(3, 4, x);
        })
        .unwrap();
        let expected = "program of 4 operations, 1 states, 1 draws
  r0 = anchor_px[14].x
  r1 = anchor_px[14].y
  r2 = s0
  r3 = add r2 r0
  s0: -1.5, then r3
  draw property node 3 property 4: value=r3
";
        assert_eq!(format!("{program:?}"), expected);
    }

    #[test]
    fn knows_what_it_reads() {
        let program = Program::record(|face, out| {
            out.property(0, 0, face.landmark(33).x + face.landmark_mm(7).z);
        })
        .unwrap();
        assert_eq!(program.needs(InputGroup::LandmarksPx), 34);
        assert_eq!(program.needs(InputGroup::LandmarksMm), 8);
        assert_eq!(program.needs(InputGroup::Blendshapes), 0);
    }

    #[test]
    fn starts_from_its_initial_state() {
        let program = Program::record(|face, _| {
            let _ = face.state(2.5, |before| before);
            let _ = face.state(-7.0, |before| before + 1.0);
        })
        .unwrap();
        let mut state = [9.0; 2];
        program.init_state(&mut state).unwrap();
        assert_eq!(state, [2.5, -7.0]);
        let mut wrong = [9.0; 3];
        assert!(program.init_state(&mut wrong).is_err());
        assert_eq!(wrong, [9.0; 3]);
    }
}
