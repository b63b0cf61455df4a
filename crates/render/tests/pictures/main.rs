//! What is drawn, pixel by pixel and as golden pictures. Every golden was looked at.

#[path = "../common/mod.rs"]
mod common;

mod camera;
mod faces;
mod luts;
mod paints;
mod props;
mod stickers;
mod targets;
