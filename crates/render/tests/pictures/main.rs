//! What is drawn, pixel by pixel and as golden pictures. Every golden was looked at.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "../common/mod.rs"]
mod common;

mod camera;
mod covers;
mod faces;
mod fronts;
mod glasses;
mod kinds;
mod luts;
mod paints;
mod props;
mod shapes;
mod stickers;
mod swaps;
mod targets;
mod views;
mod wearers;
