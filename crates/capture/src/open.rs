use crate::{CaptureError, CaptureOptions, Clip, Fault, FileFormat, Repeat, Source, StillImage};

/// From one frame of a repeated still picture to the next: 25 a second.
const STILL_FRAME_NS: u64 = 40_000_000;

/// A picture file as the source that fits: a [`Clip`] if it is an animation, else a [`StillImage`], which repeats 25 times
/// a second if it is to repeat.
///
/// # Errors
/// As [`Clip::from_bytes`] and [`StillImage::from_bytes`].
pub fn open(bytes: &[u8], repeat: Repeat, options: &CaptureOptions) -> Result<Box<dyn Source>, CaptureError> {
    if FileFormat::of(bytes)? != FileFormat::Jpeg {
        match Clip::from_bytes(bytes, repeat, options) {
            Err(CaptureError::File {
                fault: Fault::NotAnimated,
                ..
            }) => {}
            other => return Ok(Box::new(other?)),
        }
    }
    let still = StillImage::from_bytes(bytes, options)?;
    Ok(Box::new(match repeat {
        Repeat::Once => still,
        Repeat::Forever => still.repeated(STILL_FRAME_NS),
    }))
}
