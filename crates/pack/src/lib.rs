//! Effect packs, read into what a renderer draws.
//!
//! A pack is data: a manifest, pictures, models, tables. Reading one compiles every number of it that may depend on a face
//! to one verified [`Program`](moretta_lang::Program); what is left is an [`Effect`], which holds no face and no GPU.

#![forbid(unsafe_code)]

mod asset;
mod compile;
mod effect;
mod error;
mod files;
mod json;
pub mod limits;
pub mod manifest;
mod mask;
mod model;
mod number;
mod pack;
mod read;
#[cfg(test)]
mod schema;

pub use effect::{
    AlphaMode, Asset, Blend, Effect, Exclude, Faces, Fit, HostInput, HostInputKind, Image, Keep, Lut,
    Material, Mesh, Model, Morph, Node, NodeKind, Occluder, Occlusion, Property, Quality, SpriteSheet,
    StickerSpace, SwapSource, Texels,
};
pub use error::{PackError, Place, Warning};
pub use files::MANIFEST_PATH;
pub use mask::{read_mask, write_mask};
pub use pack::Pack;

/// The JSON Schema of a manifest, for editors.
pub const SCHEMA: &str = include_str!("../schema/mask-1.0.schema.json");
