use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, Frames, ImageDecoder, ImageError, Limits};
use moretta_frame::{FrameFormat, FrameLayout};
use moretta_veil::{FrameStore, Shelter};

use crate::decode::{self, sheltered};
use crate::source::Planes;
use crate::{CaptureError, CaptureOptions, Fault, FileFormat, Picture, Repeat, Source, SourceInfo, riff};

/// An animation as a source: animated WebP, APNG or GIF, decoded frame by frame.
///
/// Frames are RGBA, composed as the format says. A frame's time is the sum of the delays before it; a delay of 10 ms or
/// less counts as 100 ms, as in browsers, since files that say 0 do not mean it.
///
/// The file is kept in veiled memory, and so is what the decoder remembers (the canvas): on
/// [`FaceHeap`](moretta_veil::FaceHeap), where that is installed. After [`wipe_all`](moretta_veil::wipe_all) there is
/// no file: [`CaptureError::Wiped`]. The canvas goes with the next call or the drop.
///
/// After an error there are no more frames, until [`rewind`](Source::rewind).
///
/// Not `Send`, as the decoder is not: make it on the thread that uses it.
pub struct Clip {
    decoder: Decoder,
    store: FrameStore,
    layout: FrameLayout,
    repeat: Repeat,
    /// When the next frame is due.
    due_ns: u64,
    /// How long the last one is to be shown.
    delay_ns: Option<u64>,
    /// Whether there is no further frame, and whether there was one since the beginning.
    ended: bool,
    shown: bool,
}

impl Clip {
    /// Reads the header of `bytes`, a whole file, of which it keeps a copy.
    ///
    /// # Errors
    /// [`CaptureError::Format`], [`CaptureError::File`] (with [`Fault::NotAnimated`] for a still picture),
    /// [`CaptureError::TooLarge`], [`CaptureError::Frame`], [`CaptureError::Memory`].
    pub fn from_bytes(bytes: &[u8], repeat: Repeat, options: &CaptureOptions) -> Result<Self, CaptureError> {
        let (decoder, [width, height]) = Decoder::open(bytes, options)?;
        let layout = FrameLayout::packed(FrameFormat::Rgba8, width, height);
        let len = layout.plane_len(0)?.unwrap_or_default();
        Ok(Self {
            decoder,
            store: options.store(len)?,
            layout,
            repeat,
            due_ns: 0,
            delay_ns: None,
            ended: false,
            shown: false,
        })
    }

    /// The format of the file.
    pub const fn format(&self) -> FileFormat {
        self.decoder.format
    }
}

impl Source for Clip {
    fn next_frame(&mut self) -> Result<Option<Picture<'_>>, CaptureError> {
        if self.ended {
            return Ok(None);
        }
        // Until it is known that there is a frame.
        self.ended = true;
        let mut loan = self.store.lend(self.layout.plane_len(0)?.unwrap_or_default())?;
        let mut delay_ns = self.decoder.next(loan.bytes_mut())?;
        let no_frame = self.decoder.format.fault(Fault::NoFrame);
        if delay_ns.is_none() && self.shown {
            match self.repeat {
                Repeat::Once => return Ok(None),
                Repeat::Forever => {
                    self.decoder.restart()?;
                    delay_ns = self.decoder.next(loan.bytes_mut())?;
                }
            }
        }
        let delay_ns = delay_ns.ok_or(no_frame)?;
        (self.ended, self.shown) = (false, true);
        self.delay_ns = Some(delay_ns);
        let mut layout = self.layout;
        layout.timestamp_ns = self.due_ns;
        self.due_ns = self.due_ns.saturating_add(delay_ns);
        let planes = Planes::one(loan.bytes().len());
        Ok(Some(Picture::new(layout, planes, loan)?))
    }

    fn rewind(&mut self) -> Result<(), CaptureError> {
        self.decoder.restart()?;
        (self.ended, self.shown) = (false, false);
        (self.due_ns, self.delay_ns) = (0, None);
        Ok(())
    }

    fn info(&self) -> SourceInfo {
        SourceInfo {
            width: self.layout.width,
            height: self.layout.height,
            frame_ns: self.delay_ns,
            live: false,
        }
    }
}

/// A decoder at work, and what it reads.
struct Decoder {
    /// `None` once it has nothing to give.
    frames: Option<Frames<'static>>,
    file: Arc<FrameStore>,
    file_len: usize,
    shelter: Shelter,
    format: FileFormat,
    options: CaptureOptions,
}

impl Decoder {
    /// A decoder of `bytes`, before its first frame, and the size of its frames.
    fn open(bytes: &[u8], options: &CaptureOptions) -> Result<(Self, [u32; 2]), CaptureError> {
        let format = FileFormat::of(bytes)?;
        match format {
            FileFormat::Jpeg => {
                return Err(CaptureError::Format {
                    expected: FileFormat::ANIMATED,
                    found: "JPEG",
                });
            }
            FileFormat::WebP => riff::check(bytes)?,
            FileFormat::Png | FileFormat::Gif => {}
        }
        let shelter = options.shelter()?;
        let mut file = options.store(bytes.len())?;
        let mut loan = file.lend(bytes.len())?;
        loan.bytes_mut().copy_from_slice(bytes);
        loan.keep();
        let mut decoder = Self {
            frames: None,
            file: Arc::new(file),
            file_len: bytes.len(),
            shelter,
            format,
            options: *options,
        };
        let [width, height] = decoder.restart()?;
        decode::reserve(&decoder.shelter, format, bytes.len(), width, height)?;
        Ok((decoder, [width, height]))
    }

    /// Begins with the first frame, and says how large the frames are.
    fn restart(&mut self) -> Result<[u32; 2], CaptureError> {
        self.frames = None;
        if !self.file.holds() {
            return Err(CaptureError::Wiped);
        }
        let (format, limits) = (self.format, decode::limits(&self.options));
        let kept = KeptFile {
            file: Arc::clone(&self.file),
            len: self.file_len,
            at: 0,
        };
        let opened = sheltered(&self.shelter, format, || {
            animation(format, BufReader::new(kept), limits)
        })?;
        let Some((frames, [width, height])) = opened else {
            return Err(format.fault(Fault::NotAnimated));
        };
        self.options.check_size(format, width, height)?;
        self.frames = Some(frames);
        Ok([width, height])
    }

    /// Decodes the next frame into `out`, and says for how many nanoseconds it is to be shown; `None` after the last.
    fn next(&mut self, out: &mut [u8]) -> Result<Option<u64>, CaptureError> {
        let Some(mut frames) = self.frames.take() else {
            return Ok(None);
        };
        if !self.file.holds() {
            return Err(CaptureError::Wiped);
        }
        let decoded = sheltered(&self.shelter, self.format, || {
            let Some(frame) = frames.next().transpose()? else {
                return Ok(None);
            };
            let pixels = frame.buffer().as_raw();
            if pixels.len() != out.len() {
                return Err(ImageError::IoError(io::ErrorKind::InvalidData.into()));
            }
            out.copy_from_slice(pixels);
            let (numerator, denominator) = frame.delay().numer_denom_ms();
            Ok(Some(
                (u64::from(numerator) * 1_000_000).checked_div(denominator.into()),
            ))
        });
        match decoded {
            Ok(Some(delay_ns)) => {
                self.frames = Some(frames);
                Ok(Some(
                    delay_ns
                        .filter(|&delay_ns| delay_ns > NO_DELAY_NS)
                        .unwrap_or(INSTEAD_NS),
                ))
            }
            Ok(None) => Ok(None),
            Err(_) if !self.file.holds() => Err(CaptureError::Wiped),
            Err(error) => Err(error),
        }
    }
}

/// The longest delay that browsers take for a mistake, and what they put in its place.
///
/// # Source
/// Chromium, `third_party/blink/renderer/platform/graphics/bitmap_image.cc`: "We follow Firefox's behavior and use a
/// duration of 100 ms for any frames that specify a duration of <= 10 ms."
const NO_DELAY_NS: u64 = 10_000_000;
const INSTEAD_NS: u64 = 100_000_000;

/// The frames of a file, and their size; `None` if it is no animation.
fn animation(
    format: FileFormat,
    reader: BufReader<KeptFile>,
    limits: Limits,
) -> Result<Option<(Frames<'static>, [u32; 2])>, ImageError> {
    Ok(match format {
        FileFormat::Jpeg => None,
        FileFormat::Png => {
            let decoder = PngDecoder::with_limits(reader, limits)?;
            let (width, height) = decoder.dimensions();
            if decoder.is_apng()? {
                Some((decoder.apng()?.into_frames(), [width, height]))
            } else {
                None
            }
        }
        FileFormat::WebP => {
            let decoder = WebPDecoder::new(reader)?;
            let (width, height) = decoder.dimensions();
            decoder
                .has_animation()
                .then(|| (decoder.into_frames(), [width, height]))
        }
        FileFormat::Gif => {
            let mut decoder = GifDecoder::new(reader)?;
            decoder.set_limits(limits)?;
            let (width, height) = decoder.dimensions();
            Some((decoder.into_frames(), [width, height]))
        }
    })
}

/// A file in a store, as decoders read files.
struct KeptFile {
    file: Arc<FrameStore>,
    len: usize,
    at: u64,
}

impl Read for KeptFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let left = self.len.saturating_sub(at).min(into.len());
        let Some(count) = self.file.copy_kept(at, &mut into[..left]) else {
            return Err(io::ErrorKind::NotFound.into()); // wiped
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for KeptFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => (self.len as u64).checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
