//! Camera frames as they really come, made upright and cropped for networks.
//!
//! A [`FrameLayout`] says how a frame lies in memory; [`view`](FrameLayout::view) checks it against the
//! bytes, once and with arithmetic that cannot overflow, and gives a [`FrameView`]. From there on everything
//! is upright and in red, green and blue:
//!
//! - [`rgb`](FrameView::rgb) is one pixel,
//! - [`to_rgba`](FrameView::to_rgba) the whole frame,
//! - [`crop`](FrameView::crop) a turned [`Region`] as the input of a network, without converting the rest.
//!
//! ```
//! use moretta_frame::{Border, ChannelOrder, CropSpec, FrameFormat, FrameLayout, Region, ValueRange};
//! use moretta_space::{Orientation, Rotation, Size};
//!
//! // A grey frame as a phone delivers it: on its side, luma and chroma apart.
//! let (luma, chroma) = ([128; 640 * 480], [128; 640 * 480 / 2]);
//! let mut layout = FrameLayout::packed(FrameFormat::Nv12, 640, 480);
//! layout.orientation = Orientation { rotation: Rotation::Deg90, mirror: false };
//! let frame = layout.view(&[&luma, &chroma])?;
//! assert_eq!((frame.size().width(), frame.size().height()), (480, 640));
//! assert_eq!(frame.rgb(479, 639), Some([128; 3]));
//!
//! // The whole of it, with black bars, for a detector.
//! let spec = CropSpec {
//!     size: Size::new(128, 128)?,
//!     border: Border::Zero,
//!     range: ValueRange::Signed,
//!     order: ChannelOrder::Nchw,
//! };
//! let mut input = [0.0; 3 * 128 * 128];
//! let region = Region::whole(frame.size()).with_aspect_of(spec.size);
//! frame.crop(region, &spec, &mut input)?;
//! assert_eq!(input[0], -1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Face data
//! Frames and crops are face data. This crate allocates nothing and keeps nothing: it reads the slices that
//! it is given and writes into slices that the caller took from the veil, and what it holds in between lies
//! on the stack of the face thread, which is wiped. Errors and `Debug` show sizes and strides, never a byte
//! or a place of a region.
//!
//! # Time
//! A layout carries its timestamp, and a [`Timeline`] tells how frames follow each other. No clock is read.

#![forbid(unsafe_code)]

mod colour;
mod crop;
mod error;
mod format;
mod layout;
mod region;
mod rgba;
mod samples;
mod time;
mod view;

pub use colour::{Colour, ColourMatrix, ColourRange};
pub use crop::{Border, ChannelOrder, CropSpec, ValueRange};
pub use error::FrameError;
pub use format::FrameFormat;
pub use layout::{FrameLayout, MAX_SIDE, PlaneLayout};
pub use region::{Region, point_from_network};
pub use samples::{SamplePlane, Samples};
pub use time::{TimeStep, Timeline};
pub use view::FrameView;
