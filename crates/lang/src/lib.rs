//! The staged effect language: all that an effect author ever sees.
//!
//! Effect code never runs while a face exists. It runs once, through [`Program::record`], over
//! *names*: [`Face`] gives names of numbers that will depend on a face, arithmetic on names makes more
//! names, and [`Out`] takes names as arguments of draws. What it did becomes a [`Program`], which is
//! data, and which the renderer [evaluates](Program::evaluate) in every frame.
//!
//! So there is nothing that effect code could carry out: a [`Num`] has no value to print, compare,
//! store or send, and a [`Mask`] can only be selected on. No branch, panic, clock or thread of an
//! effect can depend on a face, for none of them runs when there is one. What is left is the program,
//! and a program can do nothing but compute and draw:
//!
//! - it is always verified: every register is written before it is read and has one kind, everything
//!   is within public limits;
//! - its evaluation takes the same steps and touches the same addresses whatever the face does;
//! - its byte form is canonical, so that who signs the bytes has signed the program.
//!
//! ```
//! use moretta_lang::{Anchor, Motion, Program, Signal, Sprite};
//!
//! const HAT: u32 = 0;
//! let effect = Program::record(|face, out| {
//!     let motion = Motion::new(face);
//!     let eyes = face.eye_distance();
//!     let open = motion.latch(face.signal(Signal::MouthOpen), 0.45, 0.30);
//!     let size = motion.spring(eyes * open.select(2.4, 2.0), 3.0, 0.4);
//!     let hat = Sprite::new(face.anchor(Anchor::HeadTop), size, size).rotation(-face.roll());
//!     out.sprite(HAT, hat);
//! })?;
//! assert_eq!(effect.draws().len(), 1);
//! # Ok::<(), moretta_lang::ProgramError>(())
//! ```
//!
//! # What is public and what is not
//! An effect's own choices are public: which landmark, which asset, how many operations, every
//! constant. They are plain integers and floats here. Whatever the camera decides is a name. The
//! types keep the two apart, and there is no way from the second to the first.
//!
//! # Limits
//! Constant flow is about jumps and addresses. It holds where the processor has floating point
//! hardware; that an addition takes as long for one number as for another (a subnormal one, say) is
//! up to the processor.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod arith;
mod codec;
mod draw;
mod error;
mod evaluate;
mod face;
mod input;
mod motion;
mod op;
mod out;
mod point;
mod program;
mod record;
#[cfg(test)]
mod sample;
mod value;
mod verify;

pub use draw::{Argument, Draw, DrawKind};
pub use error::{Code, DecodeError, EvaluateError, Part, Place, ProgramError};
pub use evaluate::{Inputs, Pose, Scene};
pub use face::Face;
pub use input::{Anchor, Blendshape, InputGroup, LANDMARKS, MAX_PARAMS, Signal};
pub use motion::Motion;
pub use op::{FUNCTION_NAMES, ValueKind};
pub use out::{Out, Sprite};
pub use point::{P2, P3};
pub use program::{MAX_DRAWS, MAX_OPS, MAX_STATES, Program};
pub use value::{Mask, Num, Operand};
