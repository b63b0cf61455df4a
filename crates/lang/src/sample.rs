//! Random programs and random faces for the property tests.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use proptest::prelude::*;

use crate::draw::{DrawKind, Sink};
use crate::evaluate::{Inputs, Pose, Scene};
use crate::input::InputGroup;
use crate::op::{Function, Op, Register, ValueKind};
use crate::program::{Parts, Program, State};

/// Valid programs of up to 300 operations, in which every operation occurs.
pub(crate) fn programs() -> impl Strategy<Value = Program> {
    let seeds = prop::collection::vec((any::<u32>(), any::<[u32; 3]>(), number()), 0..300);
    let states = prop::collection::vec((number(), any::<u32>()), 0..6);
    let draws = prop::collection::vec(any::<[u32; 8]>(), 0..6);
    (seeds, states, draws).prop_map(|(seeds, states, draws)| {
        let mut ops = Vec::new();
        for (choice, places, constant) in seeds {
            ops.push(op(choice, places, constant, states.len() as u32, &ops));
        }
        // A program without operations has no number for a state to continue with, nor for a draw.
        let state = |&(initial, place): &(f32, u32)| {
            Some(State {
                initial: initial.to_bits(),
                next: pick(&ops, ValueKind::Number, place)?,
            })
        };
        let states = states.iter().filter_map(state).collect();
        let draws = draws.iter().filter_map(|choices| draw(choices, &ops)).collect();
        Program::verified(Parts { ops, states, draws }).unwrap()
    })
}

/// Some register of a kind, if there is one.
fn pick(written: &[Op], kind: ValueKind, place: u32) -> Option<Register> {
    let fitting = written.iter().enumerate().filter(|(_, op)| op.result() == kind);
    let fitting: Vec<_> = fitting.map(|(register, _)| register as Register).collect();
    // Mostly recent ones, so that programs grow deep.
    let near = fitting
        .len()
        .min(if place.is_multiple_of(4) { usize::MAX } else { 12 });
    fitting[fitting.len() - near..]
        .get((place / 4) as usize % near.max(1))
        .copied()
}

fn op(choice: u32, places: [u32; 3], constant: f32, states: u32, written: &[Op]) -> Op {
    let leaf = match places[0] % 4 {
        0 if states > 0 => Op::State(places[1] % states),
        1 => Op::Constant(constant.to_bits()),
        _ => {
            let group = InputGroup::ALL[places[1] as usize % InputGroup::ALL.len()];
            Op::Input(group, places[2] % group.numbers())
        }
    };
    let functions = Function::ALL.len() as u32;
    let Some(function) = Function::ALL.get((choice % (functions + functions / 2)) as usize) else {
        return leaf;
    };
    let mut operands = [0; 3];
    for ((operand, kind), place) in operands.iter_mut().zip(function.operands()).zip(places) {
        match pick(written, *kind, place) {
            Some(register) => *operand = register,
            None => return leaf,
        }
    }
    Op::Apply(*function, operands)
}

fn draw(choices: &[u32; 8], written: &[Op]) -> Option<Sink> {
    let kind = DrawKind::ALL[choices[0] as usize % DrawKind::ALL.len()];
    let slots = choices[1..].iter().copied().take(kind.slots().len()).collect();
    let arguments = kind.arguments().iter().zip(choices[1..].iter());
    let arguments = arguments
        .map(|(argument, place)| pick(written, argument.kind, *place))
        .collect::<Option<_>>()?;
    Some(Sink {
        kind,
        slots,
        arguments,
    })
}

/// Finite numbers of every size, with many of a size that effects use.
fn number() -> impl Strategy<Value = f32> {
    use proptest::num::f32::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![
        6 => -2.0..2.0_f32,
        4 => -2000.0..2000.0_f32,
        2 => POSITIVE | NEGATIVE | NORMAL | SUBNORMAL | ZERO,
        1 => prop::sample::select(vec![0.0, -0.0, 1.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE]),
    ]
}

/// A face's tables, made up: a list of numbers for each input table.
pub(crate) struct Tables {
    numbers: Vec<Vec<f32>>,
    pose: Pose,
    scene: Scene,
}

/// For proptest to show what fails; these numbers are nobody's face.
impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.numbers).finish()
    }
}

impl Tables {
    fn new(number: impl FnMut(InputGroup, u32) -> f32 + Clone) -> Self {
        let table = |group: InputGroup| {
            let mut number = number.clone();
            (0..group.numbers())
                .map(move |place| number(group, place))
                .collect()
        };
        let numbers: Vec<Vec<f32>> = InputGroup::ALL.iter().copied().map(table).collect();
        let vector =
            |first: usize| core::array::from_fn(|axis| numbers[InputGroup::Pose as usize][first + axis]);
        let pose = Pose {
            right: vector(0),
            up: vector(3),
            forward: vector(6),
            position_mm: vector(9),
            yaw_rad: numbers[InputGroup::Pose as usize][12],
            pitch_rad: numbers[InputGroup::Pose as usize][13],
            roll_rad: numbers[InputGroup::Pose as usize][14],
        };
        let &[time_s, dt_s, width_px, height_px, slot, faces, presence] =
            &numbers[InputGroup::Scene as usize][..]
        else {
            panic!("the scene has another length");
        };
        let scene = Scene {
            time_s,
            dt_s,
            width_px,
            height_px,
            slot,
            faces,
            presence,
        };
        Self { numbers, pose, scene }
    }

    /// Every number another one: the table's code times 2000 plus the place in the table.
    pub(crate) fn counting() -> Self {
        Self::new(|group, place| (group as u32 * 2000 + place) as f32)
    }

    pub(crate) fn number(&self, group: InputGroup, place: u32) -> f32 {
        self.numbers[group as usize][place as usize]
    }

    pub(crate) fn inputs(&self) -> Inputs<'_> {
        let numbers = |group| &self.numbers[group as usize][..];
        Inputs {
            landmarks_px: numbers(InputGroup::LandmarksPx).as_chunks().0,
            landmarks_mm: numbers(InputGroup::LandmarksMm).as_chunks().0,
            visibility: numbers(InputGroup::Visibility),
            anchors_px: numbers(InputGroup::AnchorsPx).as_chunks().0,
            anchors_mm: numbers(InputGroup::AnchorsMm).as_chunks().0,
            blendshapes: numbers(InputGroup::Blendshapes),
            signals: numbers(InputGroup::Signals),
            pose: &self.pose,
            scene: &self.scene,
            params: numbers(InputGroup::Params),
        }
    }
}

/// Tables of a few numbers again and again, with some that are NaN or infinite.
pub(crate) fn tables() -> impl Strategy<Value = Tables> {
    let hostile = prop::sample::select(vec![f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY]);
    prop::collection::vec(prop_oneof![9 => number(), 1 => hostile], 97).prop_map(|few| {
        let mut endless = few.into_iter().cycle();
        Tables::new(move |_, _| endless.next().unwrap_or(0.0))
    })
}
