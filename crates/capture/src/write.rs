//! Writing animations of finished pictures, for tools. The library itself writes nothing: this goes to an
//! `impl Write`, and only with the feature `write`.

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use image::codecs::gif::{GifEncoder, Repeat as GifRepeat};
use image::{Delay, Frame, ImageError, RgbaImage};
use png::{BitDepth, ColorType, Compression, EncodingError};

use crate::decode::rgba_len;
use crate::{CaptureError, FileFormat, WriteFault};

/// Writes an animation frame by frame, keeping none: an APNG, which is whole, or a GIF of 256 colours a frame. It plays
/// without an end.
///
/// What it is given is the finished picture, which is the app's once it asked for it, and whoever writes it to a file
/// decides to do so.
///
/// ```
/// use moretta_capture::ClipWriter;
///
/// # fn main() -> Result<(), moretta_capture::CaptureError> {
/// let mut file = Vec::new();
/// let mut writer = ClipWriter::apng(&mut file, [2, 1], 2)?;
/// writer.write_frame(&[255, 0, 0, 255, 0, 0, 255, 255], 40_000_000)?;
/// writer.write_frame(&[0, 0, 255, 255, 255, 0, 0, 255], 40_000_000)?;
/// writer.finish()?;
/// assert!(file.starts_with(b"\x89PNG"));
/// # Ok(())
/// # }
/// ```
pub struct ClipWriter<W: Write> {
    encoder: Encoder<W>,
    size: [u32; 2],
    /// How many frames the file announces; only APNG does.
    announced: Option<u32>,
    written: u32,
    /// The time of the frames so far, and how much of it the file has told, in units of the format.
    time_ns: u64,
    told: u64,
}

enum Encoder<W: Write> {
    Apng(Box<png::Writer<W>>),
    Gif {
        encoder: Box<GifEncoder<Noting<W>>>,
        failed: Rc<Cell<Option<io::ErrorKind>>>,
    },
}

/// Notes that a write failed: the GIF encoder writes its last byte when it is dropped, and tells nobody how that went.
struct Noting<W> {
    out: W,
    failed: Rc<Cell<Option<io::ErrorKind>>>,
}

impl<W: Write> Write for Noting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out
            .write(bytes)
            .inspect_err(|error| self.failed.set(Some(error.kind())))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out
            .flush()
            .inspect_err(|error| self.failed.set(Some(error.kind())))
    }
}

impl<W: Write> ClipWriter<W> {
    /// An APNG of `frames` frames of `size` (width and height in pixels): RGBA as it is given.
    ///
    /// # Errors
    /// [`CaptureError::Write`].
    pub fn apng(out: W, size: [u32; 2], frames: u32) -> Result<Self, CaptureError> {
        let [width, height] = checked(FileFormat::Png, size)?;
        if frames == 0 {
            return Err(refused(
                FileFormat::Png,
                WriteFault::Count {
                    expected: 1,
                    found: 0,
                },
            ));
        }
        let write = || {
            let mut encoder = png::Encoder::new(out, width, height);
            encoder.set_color(ColorType::Rgba);
            encoder.set_depth(BitDepth::Eight);
            encoder.set_compression(Compression::Fast);
            encoder.set_animated(frames, 0)?;
            encoder.write_header()
        };
        let writer = write().map_err(png_fault)?;
        Ok(Self::new(Encoder::Apng(Box::new(writer)), size, Some(frames)))
    }

    /// A GIF of `size` (width and height in pixels): 256 colours a frame, chosen for each; alpha is there or not.
    ///
    /// # Errors
    /// [`CaptureError::Write`].
    pub fn gif(out: W, size: [u32; 2]) -> Result<Self, CaptureError> {
        checked(FileFormat::Gif, size)?;
        // 1 is the best choice of colours, 30 the quickest; 10 is the encoder's middle.
        let failed = Rc::default();
        let out = Noting {
            out,
            failed: Rc::clone(&failed),
        };
        let mut encoder = GifEncoder::new_with_speed(out, 10);
        encoder.set_repeat(GifRepeat::Infinite).map_err(gif_fault)?;
        let encoder = Box::new(encoder);
        Ok(Self::new(Encoder::Gif { encoder, failed }, size, None))
    }

    fn new(encoder: Encoder<W>, size: [u32; 2], announced: Option<u32>) -> Self {
        Self {
            encoder,
            size,
            announced,
            written: 0,
            time_ns: 0,
            told: 0,
        }
    }

    /// Writes a frame, rows of RGBA without padding, that is to be shown for `duration_ns` nanoseconds.
    ///
    /// APNG tells time in milliseconds and GIF in hundredths of a second: what is lost by that is made up for by the
    /// next frame. GIF's frames are shown for 20 ms at least, as viewers slow down what is quicker.
    ///
    /// # Errors
    /// [`CaptureError::Write`].
    pub fn write_frame(&mut self, rgba: &[u8], duration_ns: u64) -> Result<(), CaptureError> {
        let format = self.format();
        let [width, height] = self.size;
        let expected = rgba_len(width, height);
        if rgba.len() != expected {
            return Err(refused(
                format,
                WriteFault::Length {
                    expected,
                    found: rgba.len(),
                },
            ));
        }
        if let Some(announced) = self.announced
            && self.written == announced
        {
            return Err(refused(
                format,
                WriteFault::Count {
                    expected: announced,
                    found: announced.saturating_add(1),
                },
            ));
        }
        self.time_ns = self.time_ns.saturating_add(duration_ns);
        match &mut self.encoder {
            Encoder::Apng(writer) => {
                let due_ms = self.time_ns.saturating_add(500_000) / 1_000_000;
                let delay_ms = u16::try_from(due_ms - self.told).unwrap_or(u16::MAX);
                self.told += u64::from(delay_ms);
                // After the last frame's the encoder takes no more delays, and before the first it takes them too.
                writer.set_frame_delay(delay_ms, 1000).map_err(png_fault)?;
                writer.write_image_data(rgba).map_err(png_fault)?;
            }
            Encoder::Gif { encoder, .. } => {
                let due = self.time_ns.saturating_add(5_000_000) / 10_000_000;
                let hundredths = due.saturating_sub(self.told).clamp(2, u16::MAX.into());
                self.told += hundredths;
                let delay = Delay::from_numer_denom_ms(u32::try_from(hundredths * 10).unwrap_or(u32::MAX), 1);
                let Some(picture) = RgbaImage::from_raw(width, height, rgba.to_vec()) else {
                    return Err(refused(format, WriteFault::Size { width, height }));
                };
                encoder
                    .encode_frame(Frame::from_parts(picture, 0, 0, delay))
                    .map_err(gif_fault)?;
            }
        }
        self.written += 1;
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`CaptureError::Write`], also if fewer frames were written than announced, or none.
    pub fn finish(self) -> Result<(), CaptureError> {
        let format = self.format();
        let expected = self.announced.unwrap_or(self.written.max(1));
        if self.written != expected {
            return Err(refused(
                format,
                WriteFault::Count {
                    expected,
                    found: self.written,
                },
            ));
        }
        match self.encoder {
            Encoder::Apng(writer) => writer.finish().map_err(png_fault),
            Encoder::Gif { encoder, failed } => {
                failed.set(None); // an interrupted write was tried again
                drop(encoder);
                match failed.get() {
                    Some(kind) => Err(refused(format, WriteFault::Io(kind.into()))),
                    None => Ok(()),
                }
            }
        }
    }

    const fn format(&self) -> FileFormat {
        match self.encoder {
            Encoder::Apng(_) => FileFormat::Png,
            Encoder::Gif { .. } => FileFormat::Gif,
        }
    }
}

/// The sides that GIF can say, which do for APNG.
fn checked(format: FileFormat, [width, height]: [u32; 2]) -> Result<[u32; 2], CaptureError> {
    let sides = 1..=u32::from(u16::MAX);
    if sides.contains(&width) && sides.contains(&height) {
        Ok([width, height])
    } else {
        Err(refused(format, WriteFault::Size { width, height }))
    }
}

fn refused(format: FileFormat, reason: WriteFault) -> CaptureError {
    CaptureError::Write { format, reason }
}

fn png_fault(error: EncodingError) -> CaptureError {
    let io = match error {
        EncodingError::IoError(io) => io,
        other => io::Error::other(other),
    };
    refused(FileFormat::Png, WriteFault::Io(io))
}

fn gif_fault(error: ImageError) -> CaptureError {
    let io = match error {
        ImageError::IoError(io) => io,
        other => io::Error::other(other),
    };
    refused(FileFormat::Gif, WriteFault::Io(io))
}
