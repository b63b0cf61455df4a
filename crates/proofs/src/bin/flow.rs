//! Runs the evaluator under valgrind, with every number of the face undefined.

#![allow(unsafe_code, reason = "talks to valgrind")]

use moretta_lang::{Anchor, Blendshape, Inputs, LANDMARKS, MAX_PARAMS, Pose, Program, Scene, Signal};
use std::error::Error;
use std::hint::black_box;

/// `VG_USERREQ__RUNNING_ON_VALGRIND` of `<valgrind/valgrind.h>`.
const RUNNING_ON_VALGRIND: usize = 0x1001;
/// `VG_USERREQ__MAKE_MEM_UNDEFINED` of `<valgrind/memcheck.h>`.
const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;

/// Asks valgrind, which knows this sequence of instructions; a processor does nothing on it.
#[cfg(target_arch = "x86_64")]
fn request(request: usize, start: usize, len: usize) -> usize {
    let arguments = [request, start, len, 0, 0, 0];
    let mut result = 0usize;
    // SAFETY: rotates rdi by 128 bits in all, which changes nothing.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") &raw const arguments, inout("rdx") result, out("rdi") _,
        );
    }
    black_box(arguments);
    result
}

#[cfg(not(target_arch = "x86_64"))]
fn request(_: usize, _: usize, _: usize) -> usize {
    0
}

/// From here on valgrind takes the value's content for undefined.
fn undefine<T: ?Sized>(value: &mut T) {
    let len = size_of_val(value);
    request(MAKE_MEM_UNDEFINED, (&raw mut *value).addr(), len);
}

fn main() -> Result<(), Box<dyn Error>> {
    if request(RUNNING_ON_VALGRIND, 0, 0) == 0 {
        return Err("expected valgrind (on x86-64) round this program, found none".into());
    }
    let mut landmarks_px = vec![[160.0f32, 120.0]; LANDMARKS as usize];
    let mut landmarks_mm = vec![[1.0f32, 2.0, -400.0]; LANDMARKS as usize];
    let mut visibility = vec![1.0f32; LANDMARKS as usize];
    let mut anchors_px = vec![[160.0f32, 120.0]; Anchor::ALL.len()];
    let mut anchors_mm = vec![[1.0f32, 2.0, -400.0]; Anchor::ALL.len()];
    let mut blendshapes = vec![0.5f32; Blendshape::ALL.len()];
    let mut signals = vec![0.5f32; Signal::ALL.len()];
    let mut pose = Pose {
        right: [1.0, 0.0, 0.0],
        up: [0.0, 1.0, 0.0],
        forward: [0.0, 0.0, 1.0],
        position_mm: [0.0, 0.0, -400.0],
        yaw_rad: 0.1,
        pitch_rad: 0.1,
        roll_rad: 0.1,
    };
    let mut scene = Scene {
        time_s: 1.0,
        dt_s: 0.03,
        width_px: 1280.0,
        height_px: 720.0,
        slot: 0.0,
        faces: 1.0,
        presence: 1.0,
    };
    let params = vec![0.5f32; MAX_PARAMS as usize];
    undefine(&mut landmarks_px[..]);
    undefine(&mut landmarks_mm[..]);
    undefine(&mut visibility[..]);
    undefine(&mut anchors_px[..]);
    undefine(&mut anchors_mm[..]);
    undefine(&mut blendshapes[..]);
    undefine(&mut signals[..]);
    undefine(&mut pose);
    undefine(&mut scene.faces);
    undefine(&mut scene.presence);

    match std::env::args().nth(1).as_deref() {
        Some("evaluate") => {}
        Some("branch") => {
            if black_box(&landmarks_px)[33][0] > 3.0 {
                black_box("a landmark decided");
            }
            return Ok(());
        }
        Some("address") => {
            let table: [u8; 256] = black_box(std::array::from_fn(|k| k as u8));
            let at = black_box(&landmarks_px)[33][0].to_bits() as u8;
            black_box(table[usize::from(at)]);
            return Ok(());
        }
        other => return Err(format!("expected evaluate, branch or address, found {other:?}").into()),
    }

    let programs = [
        Program::record(moretta_example_party_hat::workout)?,
        Program::record(moretta_example_party_hat::party_hat)?,
    ];
    for program in &programs {
        let mut state = vec![0.0; program.state_count()];
        let mut registers = vec![0; program.register_count()];
        program.init_state(&mut state)?;
        for _ in 0..3 {
            let inputs = Inputs {
                landmarks_px: &landmarks_px,
                landmarks_mm: &landmarks_mm,
                visibility: &visibility,
                anchors_px: &anchors_px,
                anchors_mm: &anchors_mm,
                blendshapes: &blendshapes,
                signals: &signals,
                pose: &pose,
                scene: &scene,
                params: &params,
            };
            program.evaluate(&inputs, &mut state, &mut registers)?;
        }
        for draw in program.draws() {
            black_box((draw.arguments::<7>(&registers), draw.arguments::<1>(&registers)));
        }
    }
    Ok(())
}
