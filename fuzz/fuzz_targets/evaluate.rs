//! Any program, evaluated on any numbers, leaves finite numbers behind, the same ones every time.
//!
//! The input:
//!
//! ```text
//! 8 floats that the tables repeat
//! 1 byte: how many frames, and whether the rest is a byte form or a recipe
//! 1 byte: how much the tables are cut short
//! the rest: a program's byte form without its header, or a recipe for recording one
//! ```

#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "the macro of the fuzzer can write what it found"
)]

use libfuzzer_sys::fuzz_target;
use moretta_lang::{
    Anchor, Blendshape, DrawKind, Inputs, LANDMARKS, MAX_PARAMS, Motion, Pose, Program, Scene, Signal, Sprite,
};

const HEAD: usize = 8 * 4 + 2;

fuzz_target!(|bytes: &[u8]| {
    let Some((head, body)) = bytes.split_first_chunk::<HEAD>() else {
        return;
    };
    let (floats, rest) = head.split_at(8 * 4);
    let [frames, cut] = rest else { return };
    let program = if frames & 0x80 == 0 {
        recorded(body)
    } else {
        decoded(body)
    };
    let Some(program) = program else { return };
    let (floats, _) = floats.as_chunks::<4>();
    let numbers: Vec<f32> = floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let mut tables = Tables::new(&numbers);
    let mut state = vec![f32::NAN; program.state_count()];
    let mut registers = vec![0xdead_beef; program.register_count()];

    if *cut > 0 {
        tables.cut(usize::from(*cut));
        let untouched = (state.len(), registers.clone());
        if program
            .evaluate(&tables.inputs(), &mut state, &mut registers)
            .is_err()
        {
            assert!(state.iter().all(|number| number.is_nan()));
            assert_eq!((state.len(), registers), untouched);
        }
        return;
    }

    // A forged state first: it may not survive either.
    for round in 0..=(frames % 4) {
        if round == 1 {
            program.init_state(&mut state).expect("as long as asked for");
        }
        let mut again = (state.clone(), vec![0; registers.len()]);
        program
            .evaluate(&tables.inputs(), &mut state, &mut registers)
            .expect("tables of full length");
        program
            .evaluate(&tables.inputs(), &mut again.0, &mut again.1)
            .expect("tables of full length");
        assert_eq!(registers, again.1, "scratch memory or chance took part");

        assert!(state.iter().all(|number| number.is_finite()));
        for register in &registers {
            // A mask is all bits or none, and all bits are a NaN.
            assert!(*register == u32::MAX || f32::from_bits(*register).is_finite());
        }
        for draw in program.draws() {
            let finite = match draw.kind() {
                DrawKind::Sprite => draw
                    .arguments::<7>(&registers)
                    .map(|all| all.iter().all(|it| it.is_finite())),
                DrawKind::Property => draw.arguments::<1>(&registers).map(|[value]| value.is_finite()),
                other => panic!("{other:?} is not checked"),
            };
            assert_eq!(finite, Some(true));
        }
    }
});

fn decoded(body: &[u8]) -> Option<Program> {
    Program::decode(&[b"MrtP\x01\x00", body].concat()).ok()
}

/// Every four bytes of the recipe record something, with operands among the latest results.
fn recorded(recipe: &[u8]) -> Option<Program> {
    let program = Program::record(|face, out| {
        let motion = Motion::new(face);
        let mut numbers = vec![face.time()];
        let mut masks = vec![motion.first_frame()];
        for [operation, a, b, c] in recipe.as_chunks::<4>().0 {
            let [x, y, z] =
                [a, b, c].map(|place| numbers[numbers.len() - 1 - usize::from(*place) % numbers.len()]);
            let [p, q] = [a, b].map(|place| masks[masks.len() - 1 - usize::from(*place) % masks.len()]);
            let place = u32::from(*a) | u32::from(*b) << 8;
            match operation % 32 {
                0 => numbers.push(-x),
                1 => numbers.push(x.abs()),
                2 => numbers.push(x.sqrt()),
                3 => numbers.push(x.sin()),
                4 => numbers.push(x.cos()),
                5 => numbers.push(x.floor()),
                6 => numbers.push(x + y),
                7 => numbers.push(x - y),
                8 => numbers.push(x * y),
                9 => numbers.push(x / y),
                10 => numbers.push(x.min(y)),
                11 => numbers.push(x.max(y)),
                12 => numbers.push(x.atan2(y)),
                13 => masks.push(x.lt(y)),
                14 => masks.push(x.le(y)),
                15 => masks.push(p & q),
                16 => masks.push(p | q),
                17 => masks.push(p ^ q),
                18 => masks.push(!p),
                19 => numbers.push(p.select(y, z)),
                20 => numbers.push(face.state(f32::from(*c) - 100.0, |before| before * y + z)),
                21 => numbers.push(motion.spring(x, y, z)),
                22 => masks.push(motion.latch(x, y, z)),
                23 => numbers.push(face.constant(f32::from_bits(place << 16 | u32::from(*c)))),
                24 => numbers.push(face.landmark(place).x),
                25 => numbers.push(face.landmark_mm(place).z),
                26 => numbers.push(face.param(place)),
                27 => numbers.push(face.head_right().y),
                28 => numbers.push(face.dt()),
                29 => numbers.push(face.visibility(place)),
                30 => out.property(place, u32::from(*c), z),
                _ => out.sprite(
                    place,
                    Sprite::new(face.anchor(Anchor::Mouth), x, y).rotation(z).cell(y),
                ),
            }
        }
    });
    // An index or a constant out of range is the verifier's business; what it passes has a byte form.
    let program = program.ok()?;
    assert_eq!(Program::decode(&program.encode()).as_ref(), Ok(&program));
    Some(program)
}

/// Tables that repeat a few numbers.
struct Tables {
    plane: Vec<[f32; 2]>,
    space: Vec<[f32; 3]>,
    line: Vec<f32>,
    pose: Pose,
    scene: Scene,
    left: [usize; 6],
}

impl Tables {
    fn new(numbers: &[f32]) -> Self {
        let at = |place: usize| numbers[place % numbers.len()];
        let vector = |place: usize| [at(place), at(place + 1), at(place + 2)];
        let landmarks = LANDMARKS as usize;
        Self {
            plane: (0..landmarks).map(|i| [at(i), at(3 * i + 1)]).collect(),
            space: (0..landmarks).map(|i| vector(i + 2)).collect(),
            line: (0..landmarks).map(|i| at(5 * i)).collect(),
            pose: Pose {
                right: vector(0),
                up: vector(3),
                forward: vector(6),
                position_mm: vector(1),
                yaw_rad: at(4),
                pitch_rad: at(5),
                roll_rad: at(6),
            },
            scene: Scene {
                time_s: at(0),
                dt_s: at(1),
                width_px: at(2),
                height_px: at(3),
                slot: at(4),
                faces: at(5),
                presence: at(6),
            },
            left: [
                landmarks,
                Anchor::ALL.len(),
                Blendshape::ALL.len(),
                Signal::ALL.len(),
                MAX_PARAMS as usize,
                landmarks,
            ],
        }
    }

    /// Takes a part of one table away, or of all.
    fn cut(&mut self, by: usize) {
        for (place, left) in self.left.iter_mut().enumerate() {
            if place == by % 7 || by % 7 == 6 {
                *left = left.saturating_sub(by);
            }
        }
    }

    fn inputs(&self) -> Inputs<'_> {
        let [landmarks, anchors, blendshapes, signals, params, visibility] = self.left;
        Inputs {
            landmarks_px: &self.plane[..landmarks],
            landmarks_mm: &self.space[..landmarks],
            visibility: &self.line[..visibility],
            anchors_px: &self.plane[..anchors],
            anchors_mm: &self.space[..anchors],
            blendshapes: &self.line[..blendshapes],
            signals: &self.line[..signals],
            pose: &self.pose,
            scene: &self.scene,
            params: &self.line[..params],
        }
    }
}
