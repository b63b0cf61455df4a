//! Draws the artwork of the packs in `effects`: `cargo run -p moretta-art`.
//!
//! Nothing here is a picture from elsewhere. What is drawn by hand is SVG, in `svg`; what is computed (fire, fur,
//! sparkles, models, tables of colours) is code. The same files come out each time, and a test compares them with those
//! that are committed. Manifests (`effect.json`) are written by hand and lie with the packs.
//!
//! - [`packs`] says which files a pack has.
//! - [`picture`], [`hair`], [`fluid`] draw pictures, [`solid`] and [`glb`] models, [`lut`] tables of colours.
//! - [`face_map`] knows the canonical face texture, on which face paint is drawn.
//! - [`preview`] draws thumbnails: a mannequin ([`bust`]) wears the pack, before a small renderer ([`scene`]).

#![forbid(unsafe_code)]

pub mod bust;
mod error;
pub mod face_map;
pub mod fluid;
pub mod glb;
pub mod hair;
pub mod lut;
pub mod packs;
pub mod picture;
pub mod preview;
pub mod rng;
pub mod scene;
pub mod solid;
mod sources;

pub use error::Error;
pub use picture::Picture;
pub use sources::Sources;
