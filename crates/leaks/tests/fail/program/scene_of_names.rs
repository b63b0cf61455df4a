//! A table of the evaluator filled with names.

use moretta_lang::{Program, Scene};

fn main() {
    Program::record(|face, _| {
        let scene = Scene {
            time_s: face.time(),
            dt_s: 0.0,
            width_px: 640.0,
            height_px: 480.0,
            slot: 0.0,
            faces: 1.0,
            presence: 1.0,
        };
        let _ = (face, scene.dt_s);
    })
    .unwrap();
}
