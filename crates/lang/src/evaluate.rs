//! The evaluator: a program meets a face, and neither branches nor addresses depend on it.

use crate::arith;
use crate::error::EvaluateError;
use crate::input::{InputGroup, pose, scene};
use crate::op::{Function, Op};
use crate::program::Program;

/// The tables that a program reads, borrowed for one evaluation of one face.
///
/// Each table may be any longer than the program [needs](Program::needs), and empty if it needs
/// nothing of it. A number that is NaN or infinite reads as 0.
pub struct Inputs<'v> {
    /// In `FramePx`; see [`InputGroup::LandmarksPx`].
    pub landmarks_px: &'v [[f32; 2]],
    /// In `CameraMm`; see [`InputGroup::LandmarksMm`].
    pub landmarks_mm: &'v [[f32; 3]],
    /// 0 to 1, by landmark.
    pub visibility: &'v [f32],
    /// In `FramePx`, in the order of [`Anchor`](crate::Anchor).
    pub anchors_px: &'v [[f32; 2]],
    /// In `CameraMm`, in the order of [`Anchor`](crate::Anchor).
    pub anchors_mm: &'v [[f32; 3]],
    /// 0 to 1, in the order of [`Blendshape`](crate::Blendshape).
    pub blendshapes: &'v [f32],
    /// In the order of [`Signal`](crate::Signal).
    pub signals: &'v [f32],
    /// The head's pose.
    pub pose: &'v Pose,
    /// The frame, the time and which face.
    pub scene: &'v Scene,
    /// The host's parameters.
    pub params: &'v [f32],
}

/// A head's pose before the camera (`CameraMm`).
pub struct Pose {
    /// Unit vector from the head's middle to the subject's left: first column of the rotation.
    pub right: [f32; 3],
    /// Unit vector from the head's middle to its top: second column.
    pub up: [f32; 3],
    /// Unit vector from the head's middle out of the face: third column.
    pub forward: [f32; 3],
    /// Origin of the canonical face, in millimetres.
    pub position_mm: [f32; 3],
    /// Turn about y; see [`Face::yaw`](crate::Face::yaw).
    pub yaw_rad: f32,
    /// Nod about x; see [`Face::pitch`](crate::Face::pitch).
    pub pitch_rad: f32,
    /// Lean about z; see [`Face::roll`](crate::Face::roll).
    pub roll_rad: f32,
}

/// The frame, the time and which face.
pub struct Scene {
    /// Seconds since the session began. The host starts over at 0 before 1e4 s, where an `f32` step
    /// is 1 ms.
    pub time_s: f32,
    /// Seconds since the frame before; 0 in the first.
    pub dt_s: f32,
    /// Width of the upright frame.
    pub width_px: f32,
    /// Height of the upright frame.
    pub height_px: f32,
    /// Which of the faces: 0, 1, 2, ...
    pub slot: f32,
    /// How many faces are tracked.
    pub faces: f32,
    /// How sure the tracker is that this is a face, 0 to 1.
    pub presence: f32,
}

impl Program {
    /// Evaluates the program for one face in one frame.
    ///
    /// `state` is the face's own, filled by [`init_state`](Self::init_state) when the face was
    /// found. `registers` is scratch memory; register *i* is left with the result of operation *i*,
    /// from where [`draws`](Self::draws) read their arguments. All three hold face data.
    ///
    /// Branches and addresses depend on the program and on lengths alone, never on a number of the face; how
    /// long a processor takes over one number or another (a subnormal one, say) is its own affair. Nothing is allocated. Every number left in `registers` and `state` is finite,
    /// whatever is put in.
    ///
    /// # Errors
    /// [`EvaluateError`] if a table, the state or the registers have the wrong length; nothing is
    /// touched then.
    pub fn evaluate(
        &self,
        inputs: &Inputs<'_>,
        state: &mut [f32],
        registers: &mut [u32],
    ) -> Result<(), EvaluateError> {
        self.check_state(state)?;
        let (expected, found) = (self.register_count(), registers.len());
        if found < expected {
            return Err(EvaluateError::Registers { expected, found });
        }
        for group in InputGroup::ALL {
            let (expected, found) = (self.needs(*group), inputs.elements(*group));
            if found < expected {
                return Err(EvaluateError::Input {
                    group: *group,
                    expected,
                    found,
                });
            }
        }

        for (number, op) in self.parts().ops.iter().enumerate() {
            let bits = match *op {
                Op::Constant(bits) => bits,
                Op::Input(group, number) => arith::finite(inputs.read(group, number as usize).to_bits()),
                Op::State(number) => arith::finite(state[number as usize].to_bits()),
                Op::Apply(function, operands) => {
                    apply(function, operands.map(|register| registers[register as usize]))
                }
            };
            registers[number] = bits;
        }
        for (value, register) in state.iter_mut().zip(&self.parts().states) {
            *value = f32::from_bits(registers[register.next as usize]);
        }
        Ok(())
    }
}

/// One function of the contents of registers.
#[inline(always)]
fn apply(function: Function, [a, b, c]: [u32; 3]) -> u32 {
    let (x, y) = (f32::from_bits(a), f32::from_bits(b));
    let number = match function {
        Function::Neg => arith::neg(x),
        Function::Abs => arith::abs(x),
        Function::Sqrt => arith::sqrt(x),
        Function::Sin => arith::sin(x),
        Function::Cos => arith::cos(x),
        Function::Floor => arith::floor(x),
        Function::Add => x + y,
        Function::Sub => x - y,
        Function::Mul => x * y,
        Function::Div => x / y,
        Function::Min => arith::min(x, y),
        Function::Max => arith::max(x, y),
        Function::Atan2 => arith::atan2(x, y),
        Function::Less => return arith::mask(x < y),
        Function::LessEqual => return arith::mask(x <= y),
        Function::And => return a & b,
        Function::Or => return a | b,
        Function::Xor => return a ^ b,
        Function::Not => return !a,
        Function::Select => return arith::pick_bits(a, b, c),
    };
    arith::finite(number.to_bits())
}

impl Inputs<'_> {
    fn elements(&self, group: InputGroup) -> usize {
        match group {
            InputGroup::LandmarksPx => self.landmarks_px.len(),
            InputGroup::LandmarksMm => self.landmarks_mm.len(),
            InputGroup::Visibility => self.visibility.len(),
            InputGroup::AnchorsPx => self.anchors_px.len(),
            InputGroup::AnchorsMm => self.anchors_mm.len(),
            InputGroup::Blendshapes => self.blendshapes.len(),
            InputGroup::Signals => self.signals.len(),
            InputGroup::Pose | InputGroup::Scene => group.elements() as usize,
            InputGroup::Params => self.params.len(),
        }
    }

    #[inline(always)]
    fn read(&self, group: InputGroup, number: usize) -> f32 {
        match group {
            InputGroup::LandmarksPx => self.landmarks_px.as_flattened()[number],
            InputGroup::LandmarksMm => self.landmarks_mm.as_flattened()[number],
            InputGroup::Visibility => self.visibility[number],
            InputGroup::AnchorsPx => self.anchors_px.as_flattened()[number],
            InputGroup::AnchorsMm => self.anchors_mm.as_flattened()[number],
            InputGroup::Blendshapes => self.blendshapes[number],
            InputGroup::Signals => self.signals[number],
            InputGroup::Pose => self.pose.read(number as u32),
            InputGroup::Scene => self.scene.read(number as u32),
            InputGroup::Params => self.params[number],
        }
    }
}

impl Pose {
    /// The number at a place of [`pose`]; places are public.
    fn read(&self, place: u32) -> f32 {
        match place {
            pose::YAW => self.yaw_rad,
            pose::PITCH => self.pitch_rad,
            pose::ROLL => self.roll_rad,
            vectors => {
                let columns = [&self.right, &self.up, &self.forward, &self.position_mm];
                columns[(vectors / 3) as usize][(vectors % 3) as usize]
            }
        }
    }
}

impl Scene {
    /// The number at a place of [`scene`]; places are public, and verified to be under 7.
    fn read(&self, place: u32) -> f32 {
        match place {
            scene::TIME => self.time_s,
            scene::DT => self.dt_s,
            scene::WIDTH => self.width_px,
            scene::HEIGHT => self.height_px,
            scene::SLOT => self.slot,
            scene::FACES => self.faces,
            _ => self.presence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Anchor, Blendshape, LANDMARKS, MAX_PARAMS, Signal};
    use crate::sample::{self, Tables};
    use crate::{Face, Num, P2, P3};
    use alloc::vec;
    use proptest::prelude::*;

    /// What the documentation promises of a function, said again in the plainest way: every number
    /// is an `f64`, every mask a `bool`. The result's bits, and how far off a number may be.
    fn reference(function: Function, [a, b, c]: [u32; 3]) -> (u32, f64) {
        let [x, y] = [a, b].map(|bits| f64::from(f32::from_bits(bits)));
        let truth = |condition: bool| if condition { u32::MAX } else { 0 };
        let (number, tolerance) = match function {
            Function::Neg => (-x, 0.0),
            Function::Abs => (x.abs(), 0.0),
            Function::Sqrt => (if x > 0.0 { x.sqrt() } else { 0.0 }, 0.0),
            Function::Sin | Function::Cos => {
                let angle = if x.abs() <= 1_073_741_824.0 { x } else { 0.0 };
                let number = if function == Function::Sin {
                    angle.sin()
                } else {
                    angle.cos()
                };
                (number, if angle.abs() <= 1e4 { 1e-7 } else { 1e-6 })
            }
            Function::Floor => (x.floor(), 0.0),
            Function::Add => (x + y, 0.0),
            Function::Sub => (x - y, 0.0),
            Function::Mul => (x * y, 0.0),
            Function::Div => (x / y, 0.0),
            Function::Min => (if x < y { x } else { y }, 0.0),
            Function::Max => (if x > y { x } else { y }, 0.0),
            // Adding 0 takes the sign off a zero.
            Function::Atan2 => ((x + 0.0).atan2(y + 0.0), 3e-7),
            Function::Less => return (truth(x < y), 0.0),
            Function::LessEqual => return (truth(x <= y), 0.0),
            Function::And => return (truth(a != 0 && b != 0), 0.0),
            Function::Or => return (truth(a != 0 || b != 0), 0.0),
            Function::Xor => return (truth((a != 0) != (b != 0)), 0.0),
            Function::Not => return (truth(a == 0), 0.0),
            Function::Select => return (if a != 0 { b } else { c }, 0.0),
        };
        let rounded = number as f32;
        (if rounded.is_finite() { rounded.to_bits() } else { 0 }, tolerance)
    }

    /// Checks every register of an evaluation against the reference, and the state against both.
    fn check(program: &Program, tables: &Tables, before: &[f32], after: &[f32], registers: &[u32]) {
        let finite = |x: f32| if x.is_finite() { x.to_bits() } else { 0 };
        for (number, op) in program.parts().ops.iter().enumerate() {
            let found = registers[number];
            let (expected, tolerance) = match *op {
                Op::Constant(bits) => (bits, 0.0),
                Op::Input(group, number) => (finite(tables.number(group, number)), 0.0),
                Op::State(state) => (finite(before[state as usize]), 0.0),
                Op::Apply(function, operands) => {
                    reference(function, operands.map(|register| registers[register as usize]))
                }
            };
            let [x, y] = [found, expected].map(f32::from_bits);
            // Equal bits, equal zeros, or within the tolerance promised; never NaN.
            let error = (f64::from(x) - f64::from(y)).abs();
            assert!(
                found == expected || error <= tolerance,
                "r{number} = {x:?}, not {y:?}, in\n{program:?}"
            );
        }
        for (state, value) in program.parts().states.iter().zip(after) {
            assert_eq!(value.to_bits(), registers[state.next as usize]);
            assert!(value.is_finite());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn equals_the_reference(program in sample::programs(), tables in sample::tables(), frames in 1..4_usize) {
            let mut registers = vec![0; program.register_count()];
            let mut state = vec![0.0; program.state_count()];
            program.init_state(&mut state).unwrap();
            for _ in 0..frames {
                let before = state.clone();
                program.evaluate(&tables.inputs(), &mut state, &mut registers).unwrap();
                check(&program, &tables, &before, &state, &registers);
            }
        }
    }

    #[test]
    fn thousands_of_operations() {
        let program = Program::record(|face, out| {
            let mut x = face.landmark(1).x;
            for index in 0..1_700 {
                x = (x * 0.5 + face.landmark(index % LANDMARKS).y).sin() * 100.0;
            }
            out.property(0, 0, x);
        })
        .unwrap();
        assert!(program.register_count() > 7_000);
        let tables = Tables::counting();
        let mut registers = vec![0; program.register_count()];
        program
            .evaluate(&tables.inputs(), &mut [], &mut registers)
            .unwrap();
        check(&program, &tables, &[], &[], &registers);
    }

    /// The numbers that a recording makes of the counting tables.
    fn values<const N: usize>(effect: impl for<'b> FnOnce(Face<'b>) -> [Num<'b>; N]) -> [f32; N] {
        let program = Program::record(|face, out| {
            for value in effect(face) {
                out.property(0, 0, value);
            }
        })
        .unwrap();
        let mut registers = vec![0; program.register_count()];
        program
            .evaluate(&Tables::counting().inputs(), &mut [], &mut registers)
            .unwrap();
        let mut draws = program.draws();
        core::array::from_fn(|_| {
            let [value] = draws.next().unwrap().arguments(&registers).unwrap();
            value
        })
    }

    #[test]
    fn every_input_reads_its_own_number() {
        fn flat<'b>(p: P2<'b>, q: P3<'b>) -> [Num<'b>; 5] {
            [p.x, p.y, q.x, q.y, q.z]
        }
        let found = values(|face| flat(face.landmark(477), face.landmark_mm(2)));
        assert_eq!(found, [954.0, 955.0, 2006.0, 2007.0, 2008.0]);
        let found = values(|face| flat(face.anchor(Anchor::HeadCentre), face.anchor_mm(Anchor::BrowLeft)));
        assert_eq!(found, [6062.0, 6063.0, 8003.0, 8004.0, 8005.0]);
        let found = values(|face| {
            let [right, up, forward] = [face.head_right(), face.head_up(), face.head_forward()];
            let at = face.head_position();
            [
                right.x,
                right.z,
                up.x,
                up.z,
                forward.x,
                forward.z,
                at.x,
                at.z,
                face.yaw(),
                face.pitch(),
                face.roll(),
            ]
        });
        assert_eq!(
            found,
            [0, 2, 3, 5, 6, 8, 9, 11, 12, 13, 14].map(|place| (14_000 + place) as f32)
        );
        let found = values(|face| {
            let (width, height) = (face.frame_width(), face.frame_height());
            [
                face.time(),
                face.dt(),
                width,
                height,
                face.slot(),
                face.faces(),
                face.presence(),
            ]
        });
        assert_eq!(found, [0, 1, 2, 3, 4, 5, 6].map(|place| (16_000 + place) as f32));
        let found = values(|face| {
            let shape = face.blendshape(Blendshape::JawOpen);
            let signal = face.signal(Signal::HeadTilt);
            [
                face.visibility(477),
                shape,
                signal,
                face.param(MAX_PARAMS - 1),
                face.constant(-0.5),
            ]
        });
        assert_eq!(found, [4477.0, 10_025.0, 12_012.0, 18_063.0, -0.5]);
    }

    #[test]
    fn wrong_lengths_are_errors_and_touch_nothing() {
        let program = Program::record(|face, out| {
            let x = face.state(0.0, |x| x + face.landmark(10).x + face.param(3));
            out.property(0, 0, x);
        })
        .unwrap();
        let tables = Tables::counting();
        let full = || tables.inputs();
        let run = |inputs: Inputs<'_>, states: usize, registers: usize| {
            let (mut state, mut registers) = (vec![7.0; states], vec![7; registers]);
            let result = program.evaluate(&inputs, &mut state, &mut registers);
            let touched = state.iter().any(|x| *x != 7.0) || registers.iter().any(|x| *x != 7);
            assert_eq!(touched, result.is_ok());
            result
        };
        let count = program.register_count();
        assert_eq!(run(full(), 1, count), Ok(()));
        assert_eq!(run(full(), 1, count + 5), Ok(()));
        assert_eq!(
            run(full(), 0, count),
            Err(EvaluateError::State {
                expected: 1,
                found: 0
            })
        );
        assert_eq!(
            run(full(), 2, count),
            Err(EvaluateError::State {
                expected: 1,
                found: 2
            })
        );
        let (expected, found) = (count, count - 1);
        assert_eq!(
            run(full(), 1, found),
            Err(EvaluateError::Registers { expected, found })
        );

        let short = |landmarks: usize, params: usize| Inputs {
            landmarks_px: &full().landmarks_px[..landmarks],
            params: &full().params[..params],
            ..full()
        };
        assert_eq!(run(short(11, 4), 1, count), Ok(()));
        let group = InputGroup::LandmarksPx;
        assert_eq!(
            run(short(10, 4), 1, count),
            Err(EvaluateError::Input {
                group,
                expected: 11,
                found: 10
            })
        );
        let group = InputGroup::Params;
        assert_eq!(
            run(short(11, 0), 1, count),
            Err(EvaluateError::Input {
                group,
                expected: 4,
                found: 0
            })
        );
        let unused = Inputs {
            blendshapes: &[],
            visibility: &[],
            anchors_mm: &[],
            ..full()
        };
        assert_eq!(run(unused, 1, count), Ok(()));
    }

    #[test]
    fn a_forged_state_does_not_survive() {
        let program = Program::record(|face, _| {
            let _ = (face.state(0.0, |x| x), face.state(0.0, |x| x * 2.0));
        })
        .unwrap();
        let tables = Tables::counting();
        let mut registers = vec![0; program.register_count()];
        for (forged, expected) in [
            (f32::NAN, [0.0, 0.0]),
            (f32::INFINITY, [0.0, 0.0]),
            (f32::MAX, [f32::MAX, 0.0]),
            (3.0, [3.0, 6.0]),
        ] {
            let mut state = [forged; 2];
            program
                .evaluate(&tables.inputs(), &mut state, &mut registers)
                .unwrap();
            assert_eq!(state, expected);
        }
    }

    #[test]
    fn draws_read_only_as_many_arguments_as_they_have() {
        let program = Program::record(|face, out| out.property(0, 0, face.time())).unwrap();
        let mut registers = [0];
        program
            .evaluate(&Tables::counting().inputs(), &mut [], &mut registers)
            .unwrap();
        let draw = program.draws().next().unwrap();
        assert_eq!(draw.arguments(&registers), Some([16_000.0]));
        assert_eq!(draw.arguments::<2>(&registers), None);
        assert_eq!(draw.arguments::<1>(&[]), None);
    }
}
