//! What is drawn, pixel by pixel and as golden pictures. Every golden was looked at.

#[path = "../common/mod.rs"]
mod common;

mod camera;
mod stickers;
