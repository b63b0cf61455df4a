use std::cell::Cell;
use std::io::{self, BufReader};
use std::rc::Rc;
use std::sync::Arc;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::{AnimationDecoder, Frames, ImageDecoder, ImageError};
use moretta_frame::{FrameFormat, FrameLayout};
use moretta_veil::{FrameStore, Shelter};

use crate::decode::{self, sheltered};
use crate::reading::{KeptFile, Noting};
use crate::source::Planes;
use crate::{
    CaptureError, CaptureOptions, Fault, FileFormat, Picture, Repeat, Source, SourceInfo, apng, riff, webp,
};

/// An animation as a source: animated WebP, APNG or GIF, decoded frame by frame.
///
/// Frames are RGBA, composed as the format says. A frame's time is the sum of the delays before it; a delay of 10 ms or
/// less counts as 100 ms, as in browsers, since files that say 0 do not mean it.
///
/// The file is kept in veiled memory, of a PNG that part which makes its pixels. So is what is remembered from frame to
/// frame (the canvas): of a WebP in a store, of an APNG or a GIF by the decoder, on
/// [`FaceHeap`](moretta_veil::FaceHeap) where that is installed. After [`wipe_all`](moretta_veil::wipe_all) there is
/// no file: [`CaptureError::Wiped`]. What the decoder remembers goes with the next call or the drop.
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
            keeps_copies: None,
        }
    }
}

/// A decoder at work, and what it reads.
struct Decoder {
    /// `None` once it has nothing to give.
    running: Option<Running>,
    file: Arc<FrameStore>,
    file_len: usize,
    shelter: Shelter,
    format: FileFormat,
    options: CaptureOptions,
}

/// A decoder before its next frame.
enum Running {
    /// Of the `image` crate, and whether it wanted more bytes than there are.
    Image {
        frames: Frames<'static>,
        starved: Rc<Cell<bool>>,
    },
    WebP(webp::Frames<KeptFile>),
}

impl Decoder {
    /// A decoder of `bytes`, before its first frame, and the size of its frames.
    fn open(bytes: &[u8], options: &CaptureOptions) -> Result<(Self, [u32; 2]), CaptureError> {
        let format = FileFormat::of(bytes)?;
        let bytes = match format {
            FileFormat::Jpeg => {
                return Err(CaptureError::Format {
                    expected: FileFormat::ANIMATED,
                    found: "JPEG",
                });
            }
            FileFormat::WebP => &bytes[..riff::check(bytes)?],
            FileFormat::Png | FileFormat::Gif => bytes,
        };
        let shelter = options.shelter()?;
        let mut file = options.store(bytes.len())?;
        let mut loan = file.lend(bytes.len())?;
        let file_len = if format == FileFormat::Png {
            let mut len = 0;
            for piece in apng::pixel_chunks(bytes) {
                loan.bytes_mut()[len..][..piece.len()].copy_from_slice(piece);
                len += piece.len();
            }
            len
        } else {
            loan.bytes_mut().copy_from_slice(bytes);
            bytes.len()
        };
        loan.keep();
        let mut decoder = Self {
            running: None,
            file: Arc::new(file),
            file_len,
            shelter,
            format,
            options: *options,
        };
        let [width, height] = decoder.restart()?;
        decode::reserve(&decoder.shelter, format, file_len, width, height)?;
        Ok((decoder, [width, height]))
    }

    /// Begins with the first frame, and says how large the frames are.
    fn restart(&mut self) -> Result<[u32; 2], CaptureError> {
        self.running = None;
        if !self.file.holds() {
            return Err(CaptureError::Wiped);
        }
        let file = KeptFile::new(&self.file, self.file_len);
        let (running, [width, height]) = if self.format == FileFormat::WebP {
            let (frames, sides) = webp::Frames::open(file, self.file_len, &self.options)?;
            (Running::WebP(frames), sides)
        } else {
            self.image(file)?
        };
        self.running = Some(running);
        Ok([width, height])
    }

    /// The `image` crate's decoder, and the size of its frames.
    fn image(&self, file: KeptFile) -> Result<(Running, [u32; 2]), CaptureError> {
        let (format, limits) = (self.format, decode::limits(&self.options));
        let (file, starved) = Noting::new(file);
        let opened = sheltered(&self.shelter, format, || {
            let file = BufReader::new(file);
            if format == FileFormat::Gif {
                let mut decoder = GifDecoder::new(file)?;
                decoder.set_limits(limits)?;
                let (width, height) = decoder.dimensions();
                return Ok(Some((decoder.into_frames(), [width, height])));
            }
            let decoder = PngDecoder::with_limits(file, limits)?;
            let (width, height) = decoder.dimensions();
            Ok(if decoder.is_apng()? {
                Some((decoder.apng()?.into_frames(), [width, height]))
            } else {
                None
            })
        });
        let opened = opened.map_err(|error| decode::ended(error, format, &starved))?;
        let Some((frames, [width, height])) = opened else {
            return Err(format.fault(Fault::NotAnimated));
        };
        self.options.check_size(format, width, height)?;
        Ok((Running::Image { frames, starved }, [width, height]))
    }

    /// Decodes the next frame into `out`, and says for how many nanoseconds it is to be shown; `None` after the last.
    fn next(&mut self, out: &mut [u8]) -> Result<Option<u64>, CaptureError> {
        let Some(mut running) = self.running.take() else {
            return Ok(None);
        };
        if !self.file.holds() {
            return Err(CaptureError::Wiped);
        }
        let decoded = match &mut running {
            Running::Image { frames, starved } => self
                .next_image(frames, out)
                .map_err(|error| decode::ended(error, self.format, starved)),
            Running::WebP(frames) => frames
                .next(&self.shelter, out)
                .map(|shown| shown.map(|duration_ms| u64::from(duration_ms) * 1_000_000)),
        };
        match decoded {
            Ok(Some(delay_ns)) => {
                self.running = Some(running);
                Ok(Some(if delay_ns > NO_DELAY_NS {
                    delay_ns
                } else {
                    INSTEAD_NS
                }))
            }
            Ok(None) => Ok(None),
            Err(_) if !self.file.holds() => Err(CaptureError::Wiped),
            Err(error) => Err(error),
        }
    }

    /// The next frame of the `image` crate's decoder.
    fn next_image(&self, frames: &mut Frames<'_>, out: &mut [u8]) -> Result<Option<u64>, CaptureError> {
        sheltered(&self.shelter, self.format, || {
            let Some(frame) = frames.next().transpose()? else {
                return Ok(None);
            };
            let pixels = frame.buffer().as_raw();
            if pixels.len() != out.len() {
                return Err(ImageError::IoError(io::ErrorKind::InvalidData.into()));
            }
            out.copy_from_slice(pixels);
            let (numerator, denominator) = frame.delay().numer_denom_ms();
            let delay_ns = (u64::from(numerator) * 1_000_000).checked_div(denominator.into());
            Ok(Some(delay_ns.unwrap_or(0)))
        })
    }
}

/// The longest delay that browsers take for a mistake, and what they put in its place.
///
/// # Source
/// Chromium, `third_party/blink/renderer/platform/graphics/bitmap_image.cc`: "We follow Firefox's behavior and use a
/// duration of 100 ms for any frames that specify a duration of <= 10 ms."
const NO_DELAY_NS: u64 = 10_000_000;
const INSTEAD_NS: u64 = 100_000_000;
