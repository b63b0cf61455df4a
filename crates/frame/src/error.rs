use crate::{FrameFormat, MAX_SIDE};

/// Why a frame could not be taken in, or not be converted.
///
/// A message names the shape of buffers and never what lies in them; a [`Region`](crate::Region) that is
/// refused is described without its numbers, because it may tell where a face is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// No pixel format has this id.
    #[error("pixel format: expected an id within 1..={last}, found {found}", last = FrameFormat::ALL.len())]
    Format {
        /// The id given.
        found: u32,
    },
    /// The id belongs to a pixel format that is known and not taken in yet.
    #[error("pixel format: expected one of 8 bits a channel in memory, found {name} (id {found})")]
    ReservedFormat {
        /// The id given.
        found: u32,
        /// What the id is reserved for.
        name: &'static str,
    },
    /// A side of the frame is zero or too long.
    #[error("frame size: expected each side within 1..={MAX_SIDE} pixels, found {width} x {height}")]
    Size {
        /// The width given, in pixels.
        width: u32,
        /// The height given, in pixels.
        height: u32,
    },
    /// More or fewer planes were given than the format has.
    #[error("planes of {format}: expected {expected}, found {found}")]
    PlaneCount {
        /// The format of the frame.
        format: FrameFormat,
        /// How many planes it has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// Neighbours in a row of a plane lie at a distance that the format does not have.
    #[error("plane {plane} of {format}: expected a pixel stride of {expected} bytes, found {found}")]
    PixelStride {
        /// The format of the frame.
        format: FrameFormat,
        /// The plane, counted from 0.
        plane: usize,
        /// The distances in bytes that the format allows.
        expected: &'static str,
        /// The distance given, in bytes.
        found: usize,
    },
    /// The rows of a plane would overlap.
    #[error("plane {plane} of {format}: expected a row stride of at least {expected} bytes, found {found}")]
    RowStride {
        /// The format of the frame.
        format: FrameFormat,
        /// The plane, counted from 0.
        plane: usize,
        /// The length of a row, in bytes.
        expected: usize,
        /// The distance from row to row that was given, in bytes.
        found: usize,
    },
    /// A plane would end beyond what can be addressed.
    #[error(
        "plane {plane} of {format}: expected {rows} rows within {max} bytes, found a row stride of {found}",
        max = isize::MAX
    )]
    Overflow {
        /// The format of the frame.
        format: FrameFormat,
        /// The plane, counted from 0.
        plane: usize,
        /// How many rows the plane has.
        rows: usize,
        /// The distance from row to row that was given, in bytes.
        found: usize,
    },
    /// A plane is shorter than its layout says.
    #[error("plane {plane} of {format}: expected at least {expected} bytes, found {found}")]
    PlaneLength {
        /// The format of the frame.
        format: FrameFormat,
        /// The plane, counted from 0.
        plane: usize,
        /// The bytes up to the end of the last pixel of the last row.
        expected: usize,
        /// The bytes given.
        found: usize,
    },
    /// The rows of the converted picture would overlap.
    #[error("converted picture: expected a row stride of at least {expected} bytes, found {found}")]
    OutputStride {
        /// The length of a row, in bytes.
        expected: usize,
        /// The distance from row to row that was given, in bytes.
        found: usize,
    },
    /// The converted picture does not fit into the memory given for it.
    #[error("converted picture: expected at least {expected} bytes, found {found}")]
    OutputLength {
        /// The bytes up to the end of the last pixel of the last row; `usize::MAX` if that cannot be counted.
        expected: usize,
        /// The bytes given.
        found: usize,
    },
    /// The memory given for a crop is not as long as the crop.
    #[error("crop: expected {expected} values, found {found}")]
    CropLength {
        /// Width times height times three channels; `usize::MAX` if that cannot be counted.
        expected: usize,
        /// The values given.
        found: usize,
    },
    /// The numbers do not make a region.
    #[error("region: expected {expected}, found {found}")]
    Region {
        /// What holds for each region.
        expected: &'static str,
        /// What is wrong with this one, without its numbers.
        found: &'static str,
    },
}
