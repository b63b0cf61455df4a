//! The renderer: a camera's frame and its faces in, the finished picture out.
//!
//! ```text
//! app's thread, no face yet      Gpu ─▶ Renderer (pipelines) ─▶ LoadedEffect (artwork)
//! face thread, each frame        frame, faces ─▶ Stage::draw ─▶ Pixels | Later | Texture | Window
//! ```
//!
//! 1. Make a [`Gpu`] and a [`Renderer`], and load effects, on the app's thread. All of that is public data and moves to
//!    other threads by `clone`.
//! 2. Make a [`Stage`] where a pipeline is built. It owns every byte of a face that drawing needs, on both sides of the
//!    bus, and stays on its thread.
//! 3. In each frame call [`Stage::draw`], and from the pipeline's `wipe` call [`Stage::wipe`] with the same extent.
//!
//! ```no_run
//! use moretta_geometry::Camera;
//! use moretta_render::{FaceInput, LoadedEffect, Look, PixelOrder, Pixels, RenderError, Shot, Stage, Target};
//! # use moretta_frame::FrameView; use moretta_pack::Quality; use moretta_veil::Access;
//!
//! /// On the face thread, in each frame.
//! fn frame<'f>(
//!     stage: &mut Stage,
//!     access: &Access<'_>,
//!     (frame, camera): (&FrameView<'_>, Camera),
//!     faces: impl Iterator<Item = FaceInput<'f>>,
//!     effect: &LoadedEffect,
//!     bytes: &mut [u8],
//! ) -> Result<(), RenderError> {
//!     let shot = Shot { frame, camera, time_s: 0.0, dt_s: 0.0 };
//!     let look = Look { effect, params: &[], quality: Quality::High };
//!     let row_stride = frame.size().width() as usize * 4;
//!     let target = Target::Pixels(Pixels { bytes, row_stride, order: PixelOrder::Rgba });
//!     stage.draw(access, &shot, faces, Some(look), &mut [target])?;
//!     Ok(())
//! }
//! ```
//!
//! # What is drawn
//! The camera's picture is turned upright on the device; RGBA comes out bit by bit where nothing is drawn over it. Over
//! it the effect's nodes are blended in linear light, back to front: stickers, paint on the skin, models, overlays,
//! tables of colours; last the sprites of effects that were recorded in Rust. The face's own mesh and a model of the
//! head hide what is behind them. `shaders/` holds a file a pass. Each face may wear an effect of its own: see [`Looks`].
//!
//! # Face data
//! - One copy in: a frame's rows and a face's numbers are written straight into mapped staging memory, which is zeroed
//!   once the device has read it. `Queue::write_texture` and `write_buffer` keep copies, so they are banned here but
//!   for artwork.
//! - None out, unless a target asks for the finished picture.
//! - Each frame ends by clearing the textures and buffers that it used. [`Stage::wipe`] waits for that, and under
//!   [`Extent::All`](moretta_veil::Extent::All) clears everything once more and lets go of it.
//! - A donor is the exception from frames: [`Stage::add_donor`] keeps the part of a photo with its face in a texture that nothing
//!   reads back, until it is removed or everything is wiped, and overwrites it then.
//! - No size, place or count of a command depends on a face, but for how many faces there are, in which slots if these
//!   wear different effects, and which nodes show; and for a donor's texture, which is as large as its face in the photo, or of one size if there were several.
//!
//! What is out of reach: what a window shows, until the next picture; a device that is lost takes its memory along
//! unwiped; what a driver keeps for itself. A driver in software brings vertices to the screen in this process's memory.
//! What it keeps of them is overwritten by a draw of nobody's face after each frame; what it frees lies there until it
//! is used again, unless the C library overwrites it (`glibc.malloc.perturb`).

#![forbid(unsafe_code)]

mod artwork;
mod block;
mod canvas;
mod compose;
mod decoy;
mod donor;
mod effect;
mod error;
mod figures;
mod formats;
mod gpu;
mod input;
mod looks;
mod mask;
mod memory;
mod mip;
mod numbers;
mod objects;
mod output;
mod pipelines;
mod planes;
mod readback;
mod renderer;
mod shader;
mod stack;
mod stage;
mod staging;
mod swap;
mod target;
mod timing;
mod uploaded;
mod window;
mod write;

pub use donor::MAX_DONORS;
pub use effect::{LoadedEffect, MAX_CELLS};
pub use error::RenderError;
pub use gpu::{Gpu, GpuOptions, GpuReport, Smoothing, Software};
pub use input::{BLENDSHAPES, FaceInput, MAX_FACES, Shot};
pub use looks::{Look, Looks, Wears};
pub use renderer::Renderer;
pub use stage::{Drawn, Stage};
pub use swap::turned as shown_when_turned;
pub use target::{PixelOrder, Pixels, Placement, Receipt, Target};
pub use timing::PassTime;
pub use wgpu;
pub use window::{WindowMaker, WindowSurface};
