use moretta_frame::FrameError;
use moretta_veil::{Backing, FrameStore, Policy, Shelter};

use crate::{CaptureError, FileFormat};

/// In which memory a source puts its pictures, and how large they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureOptions {
    /// What to do when the system refuses a protection. [`Policy::Strict`] unless said otherwise; decoders then need
    /// [`FaceHeap`](moretta_veil::FaceHeap) installed, as a veil does. Room for what a decoder takes is made before it
    /// runs, and if there is none that is an error; but a file that was made to make its decoder take more can still ask
    /// for more than may be locked, and that ends the program. Decode what strangers send with much room, or with
    /// [`Policy::BestEffort`].
    pub policy: Policy,
    /// What kind of memory holds the pictures. [`Backing::Anonymous`] unless said otherwise.
    pub backing: Backing,
    /// The most pixels that a picture file may have: 2^25 unless said otherwise, which is 8K video's 7680 x 4320 and a
    /// little. What a file says of its size is judged before memory is taken. No side may be longer than
    /// [`MAX_SIDE`](moretta_frame::MAX_SIDE) in any case.
    pub max_pixels: u32,
}

impl Default for CaptureOptions {
    fn default() -> Self {
        Self {
            policy: Policy::Strict,
            backing: Backing::Anonymous,
            max_pixels: 1 << 25,
        }
    }
}

impl CaptureOptions {
    pub(crate) fn store(&self, bytes: usize) -> Result<FrameStore, CaptureError> {
        Ok(FrameStore::new(bytes, self.policy, self.backing)?)
    }

    pub(crate) fn shelter(&self) -> Result<Shelter, CaptureError> {
        Ok(Shelter::new(self.policy, self.backing)?)
    }

    /// Judges the size that a file announces.
    pub(crate) fn check_size(&self, format: FileFormat, width: u32, height: u32) -> Result<(), CaptureError> {
        let max_side = moretta_frame::MAX_SIDE;
        if width == 0 || height == 0 {
            return Err(FrameError::Size { width, height }.into());
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels.into() {
            return Err(CaptureError::TooLarge {
                format,
                max_pixels: self.max_pixels,
                width,
                height,
            });
        }
        if width > max_side || height > max_side {
            return Err(FrameError::Size { width, height }.into());
        }
        Ok(())
    }
}

/// What follows the last frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// The end.
    #[default]
    Once,
    /// The first, at the time at which the last has been shown: time goes on.
    Forever,
}
