//! Animated WebP: the `image` crate decodes the picture of each frame, and the canvas is put together here.
//!
//! That crate's own animation (image-webp 0.2.4) does not clear what a frame says is to be cleared after it, and takes a
//! level off every opaque pixel that is blended.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;

use image::codecs::webp::WebPDecoder;
use image::{ColorType, ImageDecoder, ImageError};
use moretta_veil::{FrameStore, Shelter};

use crate::decode::{RGBA_BYTES, rgba_len, sheltered};
use crate::{CaptureError, CaptureOptions, Fault, FileFormat, riff};

/// The frames of an animation, in their order.
///
/// # Source
/// RFC 9649, section 2.7.
pub(crate) struct Frames<R> {
    file: R,
    /// What is left of the file's chunks.
    chunks: Range<u64>,
    sides: [u32; 2],
    /// RGBA; transparent at first, whatever background the file proposes, as in browsers.
    canvas: FrameStore,
    /// What is to be made transparent before the next frame.
    outdated: Option<Area>,
}

/// A rectangle of the canvas, in pixels.
#[derive(Clone, Copy)]
struct Area {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// What a chunk is called, and where its content lies.
struct Chunk {
    name: [u8; 4],
    content: Range<u64>,
}

/// A frame as it is announced.
struct Announced {
    area: Area,
    duration_ms: u32,
    blended: bool,
    disposed: bool,
    /// The chunks of its picture.
    chunks: Range<u64>,
}

/// The name and the length of a chunk.
const HEAD: u64 = 8;

impl<R: Read + Seek> Frames<R> {
    /// The frames of a file that was [checked](crate::riff::check), and their width and height.
    ///
    /// # Errors
    /// [`Fault::NotAnimated`], [`Fault::EndsEarly`]; [`CaptureError`] for a size or memory that cannot be.
    pub(crate) fn open(
        mut file: R,
        len: usize,
        options: &CaptureOptions,
    ) -> Result<(Self, [u32; 2]), CaptureError> {
        let format = FileFormat::WebP;
        // After "RIFF", a length and "WEBP".
        let mut chunks = 12..len as u64;
        let header = (|| {
            let first = next_chunk(&mut file, &mut chunks)?;
            let Some(header) = first.filter(|chunk| chunk.name == *b"VP8X") else {
                return Ok(None);
            };
            file.seek(SeekFrom::Start(header.content.start))?;
            let flags = read::<4>(&mut file)?[0];
            let sides = [three(&mut file)? + 1, three(&mut file)? + 1];
            io::Result::Ok((flags & 0b10 != 0).then_some(sides))
        })();
        let sides = header
            .map_err(|_| format.fault(Fault::EndsEarly))?
            .ok_or_else(|| format.fault(Fault::NotAnimated))?;
        options.check_size(format, sides[0], sides[1])?;
        let frames = Self {
            file,
            chunks,
            sides,
            canvas: options.store(rgba_len(sides[0], sides[1]))?,
            outdated: None,
        };
        Ok((frames, sides))
    }

    /// Puts the next frame into `out`, as large as the canvas, and says for how many milliseconds it is to be shown;
    /// `None` after the last.
    ///
    /// 1. The picture is decoded into the start of `out`.
    /// 2. What the frame before left to be cleared is cleared, and the picture drawn, on the canvas.
    /// 3. The canvas is copied to `out`.
    pub(crate) fn next(&mut self, shelter: &Shelter, out: &mut [u8]) -> Result<Option<u32>, CaptureError> {
        let mut canvas = self.canvas.lend(out.len())?;
        let (file, chunks, sides) = (&mut self.file, &mut self.chunks, self.sides);
        let outdated = self.outdated.take();
        let drawn = sheltered(shelter, FileFormat::WebP, || {
            let Some(frame) = next_frame(file, chunks, sides)? else {
                return Ok(None);
            };
            let channels = decode(file, &frame, out)?;
            let width = sides[0] as usize;
            if let Some(outdated) = outdated {
                for row in outdated.rows(canvas.bytes_mut(), width) {
                    row.fill(0);
                }
            }
            let rows = out.chunks_exact(frame.area.width * channels);
            for (picture, onto) in rows.zip(frame.area.rows(canvas.bytes_mut(), width)) {
                draw(picture, channels, frame.blended, onto);
            }
            out.copy_from_slice(canvas.bytes());
            Ok(Some((frame.duration_ms, frame.disposed.then_some(frame.area))))
        })?;
        Ok(drawn.map(|(duration_ms, outdated)| {
            self.outdated = outdated;
            canvas.keep();
            duration_ms
        }))
    }
}

impl Area {
    /// Its rows on a canvas of that width.
    fn rows(self, canvas: &mut [u8], width: usize) -> impl Iterator<Item = &mut [u8]> {
        let rows = canvas.chunks_exact_mut(width * RGBA_BYTES).skip(self.y);
        let columns = self.x * RGBA_BYTES..(self.x + self.width) * RGBA_BYTES;
        rows.take(self.height).map(move |row| &mut row[columns.clone()])
    }
}

fn malformed() -> ImageError {
    ImageError::IoError(io::ErrorKind::InvalidData.into())
}

fn read<const N: usize>(file: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// A number of three bytes.
fn three(file: &mut impl Read) -> io::Result<u32> {
    let [low, middle, high] = read(file)?;
    Ok(u32::from_le_bytes([low, middle, high, 0]))
}

/// Takes the next of these chunks; `None` after the last.
fn next_chunk(file: &mut (impl Read + Seek), chunks: &mut Range<u64>) -> io::Result<Option<Chunk>> {
    let start = chunks.start;
    if chunks.end.saturating_sub(start) < HEAD {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(start))?;
    let name = read(file)?;
    let len = u64::from(u32::from_le_bytes(read(file)?));
    let content = start + HEAD..start + HEAD + len;
    if content.end > chunks.end {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    chunks.start = content.end + len % 2;
    Ok(Some(Chunk { name, content }))
}

/// Takes the chunks up to the next frame's.
fn next_frame(
    file: &mut (impl Read + Seek),
    chunks: &mut Range<u64>,
    sides: [u32; 2],
) -> Result<Option<Announced>, ImageError> {
    let content = loop {
        match next_chunk(file, chunks)? {
            Some(chunk) if chunk.name == *b"ANMF" => break chunk.content,
            Some(_) => {}
            None => return Ok(None),
        }
    };
    file.seek(SeekFrom::Start(content.start))?;
    let [x, y] = [three(file)? * 2, three(file)? * 2];
    let [width, height] = [three(file)? + 1, three(file)? + 1];
    let duration_ms = three(file)?;
    let [flags] = read(file)?;
    if x + width > sides[0] || y + height > sides[1] {
        return Err(malformed());
    }
    let [x, y, width, height] = [x, y, width, height].map(|pixels| pixels as usize);
    Ok(Some(Announced {
        area: Area { x, y, width, height },
        duration_ms,
        blended: flags & 0b10 == 0,
        disposed: flags & 0b1 != 0,
        chunks: content.start + 16..content.end,
    }))
}

/// Decodes a frame's picture to the start of `out`, and says how many bytes a pixel has: 3 or 4.
fn decode(file: &mut (impl Read + Seek), frame: &Announced, out: &mut [u8]) -> Result<usize, ImageError> {
    let still = still(file, frame)?;
    let decoder = WebPDecoder::new(Cursor::new(&still[..]))?;
    let channels = match decoder.color_type() {
        ColorType::Rgb8 => 3,
        ColorType::Rgba8 => 4,
        _ => return Err(malformed()),
    };
    let Area { width, height, .. } = frame.area;
    let (found_width, found_height) = decoder.dimensions();
    if [found_width as usize, found_height as usize] != [width, height] {
        return Err(malformed());
    }
    decoder.read_image(&mut out[..width * height * channels])?;
    Ok(channels)
}

/// A frame's picture as a file of its own.
fn still(file: &mut (impl Read + Seek), frame: &Announced) -> Result<Vec<u8>, ImageError> {
    let mut chunks = frame.chunks.clone();
    let (mut alpha, mut picture) = (None, None);
    while picture.is_none() {
        match next_chunk(file, &mut chunks)?.ok_or_else(malformed)? {
            chunk if chunk.name == *b"ALPH" => alpha = Some(chunk),
            chunk if matches!(&chunk.name, b"VP8 " | b"VP8L") => picture = Some(chunk),
            _ => {} // to be passed over, says the source
        }
    }
    // A lossless picture has its own alpha.
    let alpha = alpha.filter(|_| picture.as_ref().is_some_and(|chunk| chunk.name == *b"VP8 "));
    let mut still = Vec::new();
    still.extend(b"RIFF\0\0\0\0WEBP");
    if alpha.is_some() {
        still.extend(b"VP8X\x0A\0\0\0\x10\0\0\0");
        for side in [frame.area.width, frame.area.height] {
            still.extend(&(side - 1).to_le_bytes()[..3]);
        }
    }
    for chunk in alpha.into_iter().chain(picture) {
        let len = chunk.content.end - chunk.content.start;
        let len = u32::try_from(len).map_err(|_| malformed())?;
        still.extend(chunk.name);
        still.extend(len.to_le_bytes());
        let start = still.len();
        still.resize(start + len as usize, 0);
        file.seek(SeekFrom::Start(chunk.content.start))?;
        file.read_exact(&mut still[start..])?;
        let size = [frame.area.width, frame.area.height];
        let own = riff::picture_size(&chunk.name, &still[start..]);
        if own.is_some_and(|own| own.map(|side| side as usize) != size) {
            return Err(malformed());
        }
        if len % 2 == 1 {
            still.push(0);
        }
    }
    let len = u32::try_from(still.len() - HEAD as usize).map_err(|_| malformed())?;
    still[4..8].copy_from_slice(&len.to_le_bytes());
    Ok(still)
}

/// Draws a row of three or four bytes a pixel over a row of the canvas, or puts it there.
fn draw(picture: &[u8], channels: usize, blended: bool, onto: &mut [u8]) {
    let pixels = picture.chunks_exact(channels);
    for (pixel, below) in pixels.zip(onto.as_chunks_mut::<RGBA_BYTES>().0) {
        match *pixel {
            [red, green, blue] => *below = [red, green, blue, u8::MAX],
            [red, green, blue, alpha] if !blended => *below = [red, green, blue, alpha],
            [red, green, blue, alpha] => *below = over([red, green, blue, alpha], *below),
            _ => {}
        }
    }
}

/// One pixel over another, neither multiplied with its alpha.
fn over(above: [u8; RGBA_BYTES], below: [u8; RGBA_BYTES]) -> [u8; RGBA_BYTES] {
    const FULL: u32 = u8::MAX as u32;
    if above[3] == 0 {
        return below;
    }
    // The share of each in 255ths of 255ths.
    let share_above = u32::from(above[3]) * FULL;
    let share_below = u32::from(below[3]) * (FULL - u32::from(above[3]));
    let both = share_above + share_below;
    let mut pixel = [0; RGBA_BYTES];
    for (channel, level) in pixel.iter_mut().enumerate().take(3) {
        let sum = u32::from(above[channel]) * share_above + u32::from(below[channel]) * share_below;
        *level = ((sum + both / 2) / both) as u8;
    }
    pixel[3] = ((both + FULL / 2) / FULL) as u8;
    pixel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_covers_transparent_leaves_and_between_it_is_the_formula() {
        for level in 0..=255 {
            let pixel = [level, 255 - level, 7, 255];
            assert_eq!(over(pixel, [1, 2, 3, level]), pixel);
            assert_eq!(over([9, 9, 9, 0], [level, 2, 3, level]), [level, 2, 3, level]);
            assert_eq!(over([level, 2, 3, 100], [200; 4].map(|_| 0)), [level, 2, 3, 100]);
        }
        for (a, b) in (0..=255u8)
            .step_by(5)
            .flat_map(|a| (0..=255u8).step_by(3).map(move |b| (a, b)))
        {
            let found = over([200, 10, a, a], [30, 220, b, b]);
            let (a_share, b_share) = (
                f64::from(a) / 255.0,
                f64::from(b) / 255.0 * (1.0 - f64::from(a) / 255.0),
            );
            let alpha = a_share + b_share;
            assert!(
                (f64::from(found[3]) - alpha * 255.0).abs() <= 0.5 + 1e-9,
                "{a}, {b}"
            );
            if alpha > 0.0 {
                for (level, above, below) in [(found[0], 200, 30), (found[1], 10, 220), (found[2], a, b)] {
                    let exact = (f64::from(above) * a_share + f64::from(below) * b_share) / alpha;
                    assert!((f64::from(level) - exact).abs() <= 0.5 + 1e-9, "{a}, {b}");
                }
            }
        }
    }
}
