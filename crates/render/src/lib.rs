//! The renderer: a camera's frame and its faces in, the finished picture out.
//!
//! # Face data
//! To be said when it is done.

#![forbid(unsafe_code)]

mod effect;
mod error;
mod gpu;
mod input;
mod renderer;
mod stage;
mod target;
mod window;

pub use effect::{LoadedEffect, MAX_CELLS};
pub use error::RenderError;
pub use gpu::{Gpu, GpuOptions, GpuReport, Software, WindowMaker};
pub use input::{BLENDSHAPES, FaceInput, Look, MAX_FACES, Shot};
pub use renderer::Renderer;
pub use stage::{Drawn, Stage};
pub use target::{PixelOrder, Pixels, Placement, Receipt, Target};
pub use wgpu;
pub use window::WindowSurface;
