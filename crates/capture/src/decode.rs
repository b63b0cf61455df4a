//! Decoding with the `image` crate, in a shelter and within limits.

use std::cell::Cell;
use std::error::Error;
use std::io::{self, Cursor};
use std::rc::Rc;

use image::codecs::png::PngDecoder;
use image::metadata::Orientation as ExifOrientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};
use moretta_space::{Orientation, Rotation};
use moretta_veil::{Shelter, VeilError};

use crate::reading::Noting;
use crate::{CaptureError, CaptureOptions, Fault, FileFormat, riff, webp};

/// Red, green, blue, alpha.
pub(crate) const RGBA_BYTES: usize = 4;

/// What a still picture's file says of it.
pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
}

impl Header {
    /// The bytes of the picture in RGBA.
    pub(crate) fn rgba_len(&self) -> usize {
        rgba_len(self.width, self.height)
    }
}

/// A file whose header was read, to be decoded once.
pub(crate) struct Still<'a> {
    pub(crate) header: Header,
    format: FileFormat,
    decoder: Decoder<'a>,
}

enum Decoder<'a> {
    /// Of the `image` crate, and whether it wanted more bytes than there are.
    Image {
        decoder: Box<dyn ImageDecoder + 'a>,
        starved: Rc<Cell<bool>>,
    },
    /// Of an animation, whose first frame is to be shown.
    WebP(webp::Frames<Cursor<&'a [u8]>>),
}

impl<'a> Still<'a> {
    /// Reads the header and judges the size that it announces.
    pub(crate) fn open(
        bytes: &'a [u8],
        options: &CaptureOptions,
        shelter: &Shelter,
    ) -> Result<Self, CaptureError> {
        let format = FileFormat::of(bytes)?;
        let upright = Orientation {
            rotation: Rotation::Deg0,
            mirror: false,
        };
        let (decoder, [width, height], orientation) = match format {
            FileFormat::WebP => {
                let len = riff::check(bytes)?;
                match webp::Frames::open(Cursor::new(bytes), len, options) {
                    Ok((frames, sides)) => (Decoder::WebP(frames), sides, upright),
                    Err(CaptureError::File {
                        fault: Fault::NotAnimated,
                        ..
                    }) => Self::image(bytes, format, options, shelter)?,
                    Err(error) => return Err(error),
                }
            }
            _ => Self::image(bytes, format, options, shelter)?,
        };
        options.check_size(format, width, height)?;
        reserve(shelter, format, bytes.len(), width, height)?;
        Ok(Self {
            header: Header {
                width,
                height,
                orientation,
            },
            format,
            decoder,
        })
    }

    /// The `image` crate's decoder, the size and the orientation of its picture.
    fn image(
        bytes: &'a [u8],
        format: FileFormat,
        options: &CaptureOptions,
        shelter: &Shelter,
    ) -> Result<(Decoder<'a>, [u32; 2], Orientation), CaptureError> {
        let (reader, starved) = Noting::new(Cursor::new(bytes));
        let opened = sheltered(shelter, format, || {
            if format == FileFormat::Png {
                // What comes before the pixels (a profile, text) may be packed. The limit of a bomb, and of no profile.
                let mut limits = limits(options);
                let packed = (bytes.len() as u64).saturating_add(PNG_UNPACKED_BYTES);
                limits.max_alloc = limits.max_alloc.map(|most| most.min(packed));
                let mut decoder = PngDecoder::with_limits(reader, limits)?;
                let orientation = decoder.orientation()?;
                let decoder: Box<dyn ImageDecoder + 'a> = Box::new(decoder);
                return Ok((decoder, orientation));
            }
            let mut reader = ImageReader::with_format(reader, format.of_image());
            reader.limits(limits(options));
            let mut decoder: Box<dyn ImageDecoder + 'a> = Box::new(reader.into_decoder()?);
            let orientation = decoder.orientation()?;
            Ok((decoder, orientation))
        });
        let (decoder, orientation) = opened.map_err(|error| ended(error, format, &starved))?;
        let (width, height) = decoder.dimensions();
        Ok((
            Decoder::Image { decoder, starved },
            [width, height],
            self::upright(orientation),
        ))
    }

    /// Decodes into `out`, which has the header's [`rgba_len`](Header::rgba_len).
    pub(crate) fn decode(self, shelter: &Shelter, out: &mut [u8]) -> Result<(), CaptureError> {
        let Self { format, decoder, .. } = self;
        let (decoder, starved) = match decoder {
            Decoder::Image { decoder, starved } => (decoder, starved),
            Decoder::WebP(mut frames) => {
                let shown = frames.next(shelter, out)?;
                return shown.map(drop).ok_or_else(|| format.fault(Fault::NoFrame));
            }
        };
        let decoded = sheltered(shelter, format, || {
            let channels = match decoder.color_type() {
                ColorType::L8 => 1,
                ColorType::La8 => 2,
                ColorType::Rgb8 => 3,
                ColorType::Rgba8 => 4,
                // More than 8 bits a channel do not fit `out`.
                _ => {
                    let picture = DynamicImage::from_decoder(decoder)?.into_rgba8();
                    out.copy_from_slice(picture.as_raw());
                    return Ok(());
                }
            };
            let decoded = out.len() / RGBA_BYTES * channels;
            decoder.read_image_boxed(&mut out[..decoded])?;
            match channels {
                1 => widen::<1>(out, |[grey]| [grey, grey, grey, u8::MAX]),
                2 => widen::<2>(out, |[grey, alpha]| [grey, grey, grey, alpha]),
                3 => widen::<3>(out, |[red, green, blue]| [red, green, blue, u8::MAX]),
                _ => {}
            }
            Ok(())
        });
        decoded.map_err(|error| ended(error, format, &starved))
    }
}

/// What a PNG's profile and text may unpack to, beyond the file's own length.
const PNG_UNPACKED_BYTES: u64 = 8 << 20;

/// Of a GIF's decoder that wanted more bytes than there are, the error says so: its own does not.
pub(crate) fn ended(error: CaptureError, format: FileFormat, starved: &Cell<bool>) -> CaptureError {
    match error {
        CaptureError::File {
            fault: Fault::Malformed,
            ..
        } if starved.get() && format == FileFormat::Gif => format.fault(Fault::EndsEarly),
        other => other,
    }
}

/// The bytes of a picture in RGBA: as many as there can be, for which there is no memory, where that overflows.
pub(crate) fn rgba_len(width: u32, height: u32) -> usize {
    (width as usize)
        .saturating_mul(height as usize)
        .saturating_mul(RGBA_BYTES)
}

/// Makes four bytes a pixel of `N`, which lie closely at the start of `pixels`, from the last pixel on, so that none is
/// overwritten before it is read.
pub(crate) fn widen<const N: usize>(pixels: &mut [u8], pixel: impl Fn([u8; N]) -> [u8; RGBA_BYTES]) {
    for at in (0..pixels.len() / RGBA_BYTES).rev() {
        let mut narrow = [0; N];
        narrow.copy_from_slice(&pixels[at * N..][..N]);
        pixels[at * RGBA_BYTES..][..RGBA_BYTES].copy_from_slice(&pixel(narrow));
    }
}

/// What decoders may allocate at a time: room for what the most pixels take.
pub(crate) fn limits(options: &CaptureOptions) -> Limits {
    let mut limits = Limits::no_limits();
    // The sides are judged by what the header says, with words of our own.
    limits.max_alloc = Some(u64::from(options.max_pixels).saturating_mul(20).max(1 << 20));
    limits
}

/// Makes sure that the heap has room for a decoder, where that matters: a heap that cannot grow ends the program.
pub(crate) fn reserve(
    shelter: &Shelter,
    format: FileFormat,
    file_len: usize,
    width: u32,
    height: u32,
) -> Result<(), CaptureError> {
    let pixels = (width as usize).saturating_mul(height as usize);
    let picture = pixels.saturating_mul(format.heap_bytes_a_pixel());
    // A decoder's copy of the file, its tables and windows.
    Ok(shelter.reserve(picture.saturating_add(file_len).saturating_add(1 << 20))?)
}

/// Runs a decoder in the shelter; what it says is reduced to a fault, in there.
pub(crate) fn sheltered<R>(
    shelter: &Shelter,
    format: FileFormat,
    work: impl FnOnce() -> Result<R, ImageError>,
) -> Result<R, CaptureError> {
    match shelter.run(|| work().map_err(|error| fault(&error))) {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(fault)) => Err(format.fault(fault)),
        Err(VeilError::WorkPanicked) => Err(format.fault(Fault::Panicked)),
        Err(error) => Err(error.into()),
    }
}

fn fault(error: &ImageError) -> Fault {
    match error {
        ImageError::Unsupported(_) => Fault::Unsupported,
        ImageError::Limits(_) => Fault::Demanding,
        _ if ends_early(error) => Fault::EndsEarly,
        _ => Fault::Malformed,
    }
}

/// Whether the reason, or a reason's reason, is that the bytes ended.
fn ends_early(error: &ImageError) -> bool {
    // As its source this one names the source of what it holds.
    if let ImageError::IoError(io) = error {
        return io.kind() == io::ErrorKind::UnexpectedEof;
    }
    let mut reason = error.source();
    while let Some(error) = reason {
        if let Some(io) = error.downcast_ref::<io::Error>() {
            return io.kind() == io::ErrorKind::UnexpectedEof;
        }
        reason = error.source();
    }
    false
}

/// Exif's eight ways to hold a camera, as we say it: the turn, then the mirror.
///
/// # Source
/// Exif 2.32 (CIPA DC-008), section 4.6.4, tag 274; [`ExifOrientation`] says in which order its two steps are meant.
fn upright(orientation: ExifOrientation) -> Orientation {
    let (rotation, mirror) = match orientation {
        ExifOrientation::NoTransforms => (Rotation::Deg0, false),
        ExifOrientation::FlipHorizontal => (Rotation::Deg0, true),
        ExifOrientation::Rotate180 => (Rotation::Deg180, false),
        ExifOrientation::FlipVertical => (Rotation::Deg180, true),
        ExifOrientation::Rotate90FlipH => (Rotation::Deg90, true),
        ExifOrientation::Rotate90 => (Rotation::Deg90, false),
        ExifOrientation::Rotate270FlipH => (Rotation::Deg270, true),
        ExifOrientation::Rotate270 => (Rotation::Deg270, false),
    };
    Orientation { rotation, mirror }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_widened_in_place() {
        let mut grey = [1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        widen::<1>(&mut grey, |[grey]| [grey, grey, grey, 255]);
        assert_eq!(grey, [1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255]);
        let mut rgb = [1, 2, 3, 4, 5, 6, 0, 0];
        widen::<3>(&mut rgb, |[r, g, b]| [b, g, r, 255]);
        assert_eq!(rgb, [3, 2, 1, 255, 6, 5, 4, 255]);
        widen::<3>(&mut [], |_| [0; 4]);
    }

    /// Each orientation is what `image` does to the picture of six pixels.
    #[test]
    fn exif_orientations_are_what_the_image_crate_makes_of_them() {
        use image::{GrayImage, Luma};
        use moretta_frame::{FrameFormat, FrameLayout};
        let buffer = GrayImage::from_fn(3, 2, |x, y| Luma([(y * 3 + x) as u8]));
        let rgba = DynamicImage::ImageLuma8(buffer.clone()).into_rgba8();
        let mut seen = Vec::new();
        for exif in 1..=8 {
            let orientation = ExifOrientation::from_exif(exif).unwrap();
            let mut expected = DynamicImage::ImageLuma8(buffer.clone());
            expected.apply_orientation(orientation);
            let mut layout = FrameLayout::packed(FrameFormat::Rgba8, 3, 2);
            layout.orientation = upright(orientation);
            let view = layout.view(&[rgba.as_raw()]).unwrap();
            let size = (view.size().width(), view.size().height());
            assert_eq!(size, (expected.width(), expected.height()), "{exif}");
            for (x, y, pixel) in expected.to_luma8().enumerate_pixels() {
                assert_eq!(view.rgb(x, y), Some([pixel.0[0]; 3]), "{exif}: {x}, {y}");
            }
            assert!(!seen.contains(&layout.orientation), "{exif}");
            seen.push(layout.orientation);
        }
    }
}
