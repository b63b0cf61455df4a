//! The renderer: a camera's frame and its faces in, the finished picture out.
//!
//! # Face data
//! To be said when it is done.

#![forbid(unsafe_code)]

mod artwork;
mod block;
mod canvas;
mod compose;
mod decoy;
mod effect;
mod error;
mod figures;
mod formats;
mod gpu;
mod input;
mod mask;
mod memory;
mod mip;
mod numbers;
mod objects;
mod pipelines;
mod planes;
mod readback;
mod renderer;
mod shader;
mod stage;
mod staging;
mod target;
mod timing;
mod window;

pub use effect::{LoadedEffect, MAX_CELLS};
pub use error::RenderError;
pub use gpu::{Gpu, GpuOptions, GpuReport, Software};
pub use input::{BLENDSHAPES, FaceInput, Look, MAX_FACES, Shot};
pub use renderer::Renderer;
pub use stage::{Drawn, Stage};
pub use target::{PixelOrder, Pixels, Placement, Receipt, Target};
pub use timing::PassTime;
pub use wgpu;
pub use window::{WindowMaker, WindowSurface};
