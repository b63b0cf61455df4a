//! Evaluates recordings over a made-up frame with no face tables at all.

use moretta_lang::{Face, Inputs, Num, Pose, Program, Scene};

/// A program that shows some numbers, and what it remembers.
pub(crate) struct Bench {
    program: Program,
    state: Vec<f32>,
    registers: Vec<u32>,
}

impl Bench {
    pub(crate) fn new(effect: impl for<'b> FnOnce(Face<'b>) -> Vec<Num<'b>>) -> Self {
        let program = Program::record(|face, out| {
            for value in effect(face) {
                out.property(0, 0, value);
            }
        })
        .expect("a valid recording");
        let mut state = vec![0.0; program.state_count()];
        program.init_state(&mut state).expect("as long as asked for");
        let registers = vec![0; program.register_count()];
        Self {
            program,
            state,
            registers,
        }
    }

    /// The numbers shown `dt_s` after the frame before, with these parameters.
    pub(crate) fn frame(&mut self, dt_s: f32, params: &[f32]) -> Vec<f32> {
        let zero = [0.0; 3];
        let pose = Pose {
            right: zero,
            up: zero,
            forward: zero,
            position_mm: zero,
            yaw_rad: 0.0,
            pitch_rad: 0.0,
            roll_rad: 0.0,
        };
        let scene = Scene {
            time_s: 0.0,
            dt_s,
            width_px: 640.0,
            height_px: 480.0,
            slot: 0.0,
            faces: 1.0,
            presence: 1.0,
        };
        let inputs = Inputs {
            landmarks_px: &[],
            landmarks_mm: &[],
            visibility: &[],
            anchors_px: &[],
            anchors_mm: &[],
            blendshapes: &[],
            signals: &[],
            pose: &pose,
            scene: &scene,
            params,
        };
        self.program
            .evaluate(&inputs, &mut self.state, &mut self.registers)
            .expect("as long as asked for");
        let shown = self
            .program
            .draws()
            .map(|draw| draw.arguments(&self.registers).expect("one value"));
        shown.map(|[value]| value).collect()
    }
}

/// The numbers that a recording without a state or a parameter shows.
#[allow(dead_code, reason = "each test file takes what it needs")]
pub(crate) fn values(effect: impl for<'b> FnOnce(Face<'b>) -> Vec<Num<'b>>) -> Vec<f32> {
    Bench::new(effect).frame(0.0, &[])
}
