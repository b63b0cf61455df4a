use moretta_frame::{FrameFormat, FrameLayout};
use moretta_veil::Shelter;

use crate::decode::Still;
use crate::{CaptureError, CaptureOptions};

/// A picture file whose header was read, to be decoded once, into memory of the caller's: for a face thread, which has its
/// own.
///
/// What [`StillImage`](crate::StillImage) says of files holds here too.
pub struct EncodedPicture<'a> {
    still: Still<'a>,
    shelter: Shelter,
}

impl<'a> EncodedPicture<'a> {
    /// Reads the header of `bytes`, a whole file, and judges the size that it announces.
    ///
    /// # Errors
    /// [`CaptureError::Format`], [`CaptureError::File`], [`CaptureError::TooLarge`], [`CaptureError::Frame`],
    /// [`CaptureError::Memory`].
    pub fn open(bytes: &'a [u8], options: &CaptureOptions) -> Result<Self, CaptureError> {
        let shelter = options.shelter()?;
        Ok(Self {
            still: Still::open(bytes, options, &shelter)?,
            shelter,
        })
    }

    /// What the decoded picture is: one plane of RGBA, its rows without gaps, turned as the file says.
    #[must_use]
    pub fn layout(&self) -> FrameLayout {
        let header = &self.still.header;
        let mut layout = FrameLayout::packed(FrameFormat::Rgba8, header.width, header.height);
        layout.orientation = header.orientation;
        layout
    }

    /// The bytes of the decoded picture.
    #[must_use]
    pub fn decoded_len(&self) -> usize {
        self.still.header.rgba_len()
    }

    /// Decodes into `out`, which has [`decoded_len`](Self::decoded_len) bytes. On an error it may hold a part of the picture.
    ///
    /// # Errors
    /// [`CaptureError::File`], [`CaptureError::Memory`].
    ///
    /// # Panics
    /// If `out` is of another length.
    pub fn decode(self, out: &mut [u8]) -> Result<(), CaptureError> {
        assert_eq!(out.len(), self.decoded_len(), "bytes for the decoded picture");
        self.still.decode(&self.shelter, out)
    }
}
