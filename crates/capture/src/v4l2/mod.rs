//! Cameras on Linux, straight from the kernel's Video4Linux2 interface.

#![allow(
    unsafe_code,
    reason = "system calls on structures of the kernel's header, and memory that a driver writes; each block has its \
              SAFETY line"
)]

mod abi;
mod camera;
mod device;
mod negotiate;
mod pixel;

pub use camera::V4l2Camera;
pub use negotiate::{V4l2Memory, V4l2Options};
pub use pixel::V4l2Pixels;
