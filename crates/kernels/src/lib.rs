//! Runs the bundled face networks: reads their ONNX files, fuses their operators and streams rows through the cache.
//!
//! [`Plan::load`] reads a file (operators, and weights in half precision) and settles everything that does not depend on
//! an input: which operators become one step, in which order weights are read, in which order rows are computed, and
//! where each of them lies. A plan holds no face, and threads share it. [`Plan::run`] takes all the memory that it
//! writes from its caller, as one slice of `f32`, so that who guards faces knows where their activations are.
//!
//! ```
//! use moretta_kernels::Plan;
//!
//! # fn main() -> Result<(), moretta_kernels::KernelError> {
//! let blendshapes = include_bytes!("../../../models/face_blendshapes.onnx");
//! let plan = Plan::load(blendshapes)?;
//!
//! let mut scratch = vec![0.0; plan.scratch_len()];
//! let points = [0.5; 146 * 2];
//! let mut weights = [0.0; 52];
//! plan.run(&mut scratch, &points, &mut [&mut weights])?;
//! assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
//! # Ok(())
//! # }
//! ```
//!
//! # What is computed
//! Inputs and outputs are `f32`, in the shape and order that the file says: pictures are NCHW. Between them rows lie as
//! NHWC, the channels of a pixel padded to a multiple of eight. A step is one of these, with what it takes in:
//!
//! | step | what becomes part of it |
//! |---|---|
//! | `Conv` of kernels up to 8 x 8, with strides and zeros around | bias, an addition, `PRelu`, `Relu` or `Sigmoid`; as skip a tensor of fewer channels (`Pad`) |
//! | `Conv` of 3 x 3 a channel | bias, an activation |
//! | `MatMul` by constants, on rows or across them (`Transpose`, `MatMul`, `Transpose`) | bias, an addition, `Relu` or `Sigmoid` |
//! | `MaxPool` of 2 x 2, `Resize` (bilinear, half pixels) | the latter: an addition, an activation |
//! | the twelve operators of a normalisation over channels | all of them |
//! | sums, products, roots and means of few values | nothing; one after the other, not fast |
//!
//! `Transpose`, `Reshape`, `Slice`, `Pad`, `Cast` and `Concat` at the end are views, and cost nothing. Of a sliced tensor
//! only the rows that are left are computed, and only what these need. **Whatever is not known is refused:** operators,
//! attributes, values of attributes, shapes and types that are not listed here are [`KernelError::Unsupported`] when
//! the file is read. Results are within 1e-5 of an output's largest magnitude of those of
//! [tract](https://github.com/sonos/tract), but for the logit of a face's presence, which is within 1e-4; tests compare
//! the tensors between as well.
//!
//! # How rows stream
//! Outputs ask steps for rows, and steps ask the steps before them, so that a row is used soon after it was computed.
//! Of most tensors three to six rows exist at a time. The landmark network, whose tensors have 1 MB each, runs in
//! 1.3 MB altogether, and reads each weight once for some 50 pixels.
//!
//! # Paths
//! [`Path`]: AVX-512, or AVX2 with FMA, on x86-64, NEON on 64-bit ARM, and plain Rust on every processor, chosen when a
//! network is loaded. The kernels are written once, over a trait of eight or sixteen lanes. `unsafe` are the intrinsics of
//! that trait, in one module a path, and the calls of what is compiled for AVX2 and AVX-512. Not chosen is AVX-512 on
//! processors that lower their clock for it, and NEON was not run on hardware.
//!
//! # What a run shows
//! It allocates nothing, logs nothing, starts no thread and asks the system for nothing. Which addresses it reads and
//! writes, and what it branches on, depends on shapes. So a run on other input overwrites all that a run left.
//!
//! # Sources
//! - File format: <https://github.com/onnx/onnx/blob/v1.18.0/onnx/onnx.proto3>; operators: ONNX operator set 15.
//! - Broadcast products from packed panels, some pixels by some vectors: Goto and van de Geijn, "Anatomy of
//!   High-Performance Matrix Multiplication", 2008, doi:10.1145/1356052.1356053.

#![deny(unsafe_code)]

mod error;
mod kernels;
mod lower;
mod onnx;
mod path;
mod plan;
mod run;
mod schedule;
mod simd;
mod step;
mod weights;
mod wire;

pub use error::KernelError;
pub use path::Path;
pub use plan::{Plan, tensors};
