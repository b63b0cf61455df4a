//! A pipeline with every bad habit of real code, inside the veil; and the same habits without one.

use crate::face::{self, MARKS, SCRATCH_SCALE, STATE_SCALE};
use moretta_lang::{Inputs, P2, Pose, Program, ProgramError, Scene, Sprite};
use moretta_veil::{Access, BuildError, Extent, FaceBuffer, FrameIo, Keep, Outcome, Pipeline, Reserve};
use std::cell::RefCell;
use std::hint::black_box;

/// What a frame does besides its work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Habit {
    /// Vectors that grow, clones, text, small buffers on the stack.
    Careless,
    /// The same, for a long time: to be caught in the middle of it.
    Slow,
    /// Panics, quoting a landmark.
    Panic,
    /// Writes the picture to the file named when the pipeline was built.
    WriteFile,
    /// Keeps its input as the donor's picture, and does no work.
    KeepDonor,
}

/// What effects get to see, and where the face is kept: all of it in vaults.
pub struct Guilty {
    state: FaceBuffer<f32>,
    landmarks: FaceBuffer<[f32; 2]>,
    registers: FaceBuffer<u32>,
    donor: FaceBuffer<u8>,
    picture: FaceBuffer<u8>,
    programs: Vec<Program>,
    /// Whether the state is to be set to what the programs start from.
    fresh: bool,
    file: String,
}

impl Guilty {
    /// Reserves its buffers. `file` is where [`Habit::WriteFile`] writes.
    ///
    /// # Errors
    /// If memory or a program is refused.
    pub fn build(room: &Reserve<'_>, file: &str) -> Result<Guilty, BuildError> {
        let programs = vec![remember()?, busy()?];
        let registers = programs.iter().map(Program::register_count).max().unwrap_or(1);
        let states: usize = programs.iter().map(Program::state_count).sum();
        Ok(Guilty {
            state: room.reserve(Keep::Track, states)?,
            landmarks: room.reserve(Keep::Frame, MARKS)?,
            registers: room.reserve(Keep::Frame, registers)?,
            donor: room.reserve(Keep::Session, face::DONOR_BYTES)?,
            picture: room.reserve(Keep::Frame, face::BYTES)?,
            programs,
            fresh: true,
            file: file.to_owned(),
        })
    }

    fn evaluate(&mut self, time_s: f32, target: &mut [u8], access: &Access<'_>) {
        let scene = Scene {
            time_s,
            dt_s: 1.0 / 30.0,
            width_px: face::WIDTH as f32,
            height_px: face::HEIGHT as f32,
            slot: 0.0,
            faces: 1.0,
            presence: 1.0,
        };
        let pose = Pose {
            right: [1.0, 0.0, 0.0],
            up: [0.0, 1.0, 0.0],
            forward: [0.0, 0.0, 1.0],
            position_mm: [0.0, 0.0, -400.0],
            yaw_rad: 0.0,
            pitch_rad: 0.0,
            roll_rad: 0.0,
        };
        let inputs = Inputs {
            landmarks_px: self.landmarks.view(access),
            landmarks_mm: &[],
            visibility: &[],
            anchors_px: &[],
            anchors_mm: &[],
            blendshapes: &[],
            signals: &[],
            pose: &pose,
            scene: &scene,
            params: &[],
        };
        let mut state = self.state.view_mut(access);
        let registers = self.registers.view_mut(access);
        for program in &self.programs {
            let (own, rest) = state.split_at_mut(program.state_count());
            state = rest;
            if self.fresh {
                let _ = program.init_state(own); // cut to length above
            }
            let Ok(()) = program.evaluate(&inputs, own, registers) else {
                continue;
            };
            for draw in program.draws() {
                if let Some([x, y, width, height, ..]) = draw.arguments::<7>(registers) {
                    paint(target, [x, y], [width, height]);
                }
            }
        }
        self.fresh = false;
    }
}

/// Fills a rectangle; stands for the GPU, which is not part of these proofs.
fn paint(target: &mut [u8], centre: [f32; 2], size: [f32; 2]) {
    for (at, pixel) in target.chunks_exact_mut(4).enumerate() {
        let (x, y) = ((at % face::WIDTH) as f32, (at / face::WIDTH) as f32);
        let inside = (x - centre[0]).abs() <= size[0] * 0.5 && (y - centre[1]).abs() <= size[1] * 0.5;
        if inside {
            pixel.copy_from_slice(&[255, 0, 0, 255]);
        }
    }
}

/// Remembers every landmark, scaled: the face that outlives a frame.
fn remember() -> Result<Program, ProgramError> {
    Program::record(|face, out| {
        for k in 0..MARKS as u32 {
            let landmark = face.landmark(k);
            let x = face.state(0.0, |_| landmark.x * STATE_SCALE);
            let y = face.state(0.0, |_| landmark.y * STATE_SCALE);
            out.sprite(
                k,
                Sprite::new(
                    P2 {
                        x: x / STATE_SCALE,
                        y: y / STATE_SCALE,
                    },
                    5.0,
                    5.0,
                ),
            );
        }
    })
}

/// Thousands of operations, to keep a face in memory for a while.
fn busy() -> Result<Program, ProgramError> {
    Program::record(|face, out| {
        let landmark = face.landmark(0);
        let mut x = landmark.x;
        for _ in 0..2000 {
            x = x * 0.5 + landmark.y * 0.25;
        }
        out.sprite(9, Sprite::new(P2 { x, y: landmark.y }, 3.0, 3.0));
    })
}

// SAFETY: what it keeps lies in face buffers, and what else it makes on the face thread's heap and stack, whose wiping
// is what the proofs watch. The two habits that break the vow are the controls.
#[allow(unsafe_code, reason = "the pipeline under observation joins the trusted base")]
unsafe impl Pipeline for Guilty {
    type Request = (Habit, f32);
    type Reply = ();

    fn run(&mut self, (habit, time_s): (Habit, f32), io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, ()) {
        let Some(plane) = io.planes.first() else {
            return (Outcome::Unchanged, ());
        };
        if habit == Habit::KeepDonor {
            self.donor.first_mut(plane.len(), access).copy_from_slice(plane);
            return (Outcome::Unchanged, ());
        }
        self.picture.first_mut(plane.len(), access).copy_from_slice(plane);
        if io.target.len() == plane.len() {
            io.target.copy_from_slice(self.picture.view(access));
        }
        let found = face::find_marks(self.picture.view(access), self.landmarks.view_mut(access));
        let rounds = if habit == Habit::Slow { 20 } else { 1 };
        match habit {
            Habit::Panic => panic!("bad landmarks {:?}", self.landmarks.view(access)),
            #[expect(
                clippy::disallowed_methods,
                reason = "the control: a pipeline that writes the face to a file"
            )]
            Habit::WriteFile => _ = black_box(std::fs::write(&self.file, self.picture.view(access))),
            Habit::Careless | Habit::Slow => _ = black_box(careless(self.picture.view(access))),
            Habit::KeepDonor => {}
        }
        if found < MARKS {
            return (Outcome::NoFace, ());
        }
        for _ in 0..rounds {
            let held = held(self.picture.view(access)); // as a library holds its copies while it works
            self.evaluate(time_s, io.target, access);
            black_box(&held);
        }
        (Outcome::Faces, ())
    }

    fn wipe(&mut self, extent: Extent) {
        if extent >= Extent::Track {
            self.fresh = true;
        }
    }
}

thread_local! {
    /// What an inference library keeps from run to run: nobody but the end of its thread can wipe it.
    static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// What ordinary libraries do with a picture: vectors that grow, clones, text, small buffers on the stack.
#[inline(never)]
pub fn careless(picture: &[u8]) -> u64 {
    let copy = picture.to_vec();
    let mut landmarks = vec![[0.0f32; 2]; MARKS];
    face::find_marks(&copy, &mut landmarks);
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.clear();
        scratch.extend(landmarks.iter().flatten().map(|v| v * SCRATCH_SCALE));
    });
    let mut grown = Vec::new();
    for landmark in &landmarks {
        grown.push(*landmark); // each doubling leaves its last memory behind
    }
    let crop: Vec<u8> = copy
        .chunks(face::WIDTH * 4)
        .skip(98)
        .take(12)
        .flatten()
        .copied()
        .collect();
    let text = format!("{landmarks:?}");
    let twin = (grown.clone(), crop.clone(), text.clone());
    let on_stack = stack_user(&crop, &landmarks);
    black_box((&copy, &grown, &crop, &text, &twin));
    on_stack + u64::from(crop[0])
}

/// The landmarks once more, on the heap.
fn held(picture: &[u8]) -> Vec<[f32; 2]> {
    let mut landmarks = vec![[0.0; 2]; MARKS];
    face::find_marks(picture, &mut landmarks);
    landmarks
}

/// Small buffers on the stack, as every library has.
#[inline(never)]
fn stack_user(crop: &[u8], landmarks: &[[f32; 2]]) -> u64 {
    let mut pixels = [0u8; 8 << 10];
    pixels.copy_from_slice(&crop[..8 << 10]);
    let points: [[f32; 2]; 32] = std::array::from_fn(|k| landmarks[k % MARKS]);
    black_box((&pixels, &points));
    pixels.iter().map(|&b| u64::from(b)).sum::<u64>() + points[3][0] as u64
}
