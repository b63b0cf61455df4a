//! A real face for the networks: a portrait, which nobody has to keep secret, shown anew in each run.
//!
//! It is that of the tracker's tests. Where it stands in the picture, and noise over every pixel, follow from a seed that
//! the prover draws anew for each run, so that no number that follows from these pictures has been in any program before.

use crate::face::Noise;
use moretta_frame::{FrameFormat, FrameLayout};
use std::hint::black_box;

/// Width of the picture in pixels.
pub const WIDTH: usize = 320;
/// Height of the picture in pixels.
pub const HEIGHT: usize = 256;
/// Bytes of the picture: RGBA.
pub const BYTES: usize = WIDTH * HEIGHT * 4;
/// Pictures of the portrait that follow each other. In the first all detectors look, and in the last one of them.
pub const FRAMES: usize = 6;

const PORTRAIT: &[u8] = include_bytes!("../../track/tests/data/astronaut.png");
/// Its width and height in pixels.
const SIDE: usize = 256;
const GREY: u8 = 90;
/// Levels of noise, an odd number.
const LEVELS: u8 = 9;
/// Where the portrait's left edge may lie in the first picture.
const LEFT: std::ops::Range<usize> = 8..32;
/// How far it moves from picture to picture, in pixels.
const STEP: usize = 2;
/// How far the second of a pair lies to the right of the first, each of which is half as large.
const APART: usize = 148;
/// Where the upper edge of a pair is.
const TOP: usize = 64;

/// The portrait, and the seed of what is done to it.
pub struct Portrait {
    /// Red, green and blue.
    pixels: Vec<u8>,
    seed: u64,
    faces: usize,
}

impl Portrait {
    /// Reads the portrait.
    ///
    /// # Errors
    /// If it is not the picture that it should be.
    pub fn from_seed(seed: u64) -> Result<Portrait, String> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(PORTRAIT))
            .read_info()
            .map_err(|e| e.to_string())?;
        let mut pixels = vec![0; SIDE * SIDE * 3];
        let info = reader.next_frame(&mut pixels).map_err(|e| e.to_string())?;
        let found = (info.width, info.height, info.color_type, info.bit_depth);
        let expected = (
            SIDE as u32,
            SIDE as u32,
            png::ColorType::Rgb,
            png::BitDepth::Eight,
        );
        if found != expected {
            return Err(format!("the portrait: expected {expected:?}, found {found:?}"));
        }
        Ok(Portrait {
            pixels,
            seed,
            faces: 1,
        })
    }

    /// The portrait twice in each picture, half as large: as it is, and mirrored, which is somebody else to the tracker.
    ///
    /// # Errors
    /// As [`from_seed`](Self::from_seed).
    pub fn pair_from_seed(seed: u64) -> Result<Portrait, String> {
        let one = Portrait::from_seed(seed)?;
        Ok(Portrait { faces: 2, ..one })
    }

    /// How many faces are in each picture.
    #[must_use]
    pub fn faces(&self) -> usize {
        self.faces
    }

    /// Draws picture `frame`, below [`FRAMES`], byte by byte, so that no register ever holds a needle.
    ///
    /// # Panics
    /// If `picture` is not [`BYTES`] long.
    pub fn draw(&self, frame: usize, picture: &mut [u8]) {
        let left = LEFT.start + self.seed as usize % LEFT.len() + STEP * frame;
        self.fill(frame as u64, picture, |x, y, channel| {
            if self.faces == 2 {
                return self.of_pair(left, x, y, channel);
            }
            let inside = x.checked_sub(left).filter(|x| *x < SIDE);
            inside.map_or(GREY, |x| self.pixels[(y * SIDE + x) * 3 + channel])
        });
    }

    /// The level of a pixel of a pair, whose first portrait begins at `left`: the mean of four.
    fn of_pair(&self, left: usize, x: usize, y: usize, channel: usize) -> u8 {
        let inside = |at: usize, start: usize| at.checked_sub(start).filter(|at| *at < SIDE / 2);
        let first = inside(x, left);
        let second = inside(x, left + APART).map(|x| SIDE / 2 - 1 - x);
        let (Some(x), Some(y)) = (first.or(second), inside(y, TOP)) else {
            return GREY;
        };
        let level =
            |dx: usize, dy: usize| u32::from(self.pixels[((2 * y + dy) * SIDE + 2 * x + dx) * 3 + channel]);
        ((level(0, 0) + level(1, 0) + level(0, 1) + level(1, 1)) / 4) as u8
    }

    /// The first picture as a PNG file whose rows lie in it as they are, byte by byte into `file`, for which it says how long
    /// it is.
    ///
    /// # Panics
    /// If `file` is shorter than [`FILE_BYTES`].
    pub fn write_file(&self, picture: &mut [u8], file: &mut [u8]) -> usize {
        self.draw(0, picture);
        let mut at = 0;
        let mut put = |bytes: &mut dyn Iterator<Item = u8>| {
            for byte in bytes {
                file[at] = black_box(byte);
                at += 1;
            }
        };
        let size = [WIDTH, HEIGHT].map(|side| (side as u32).to_be_bytes());
        let header = || {
            let sides = size.as_flattened().iter().copied();
            b"IHDR".iter().copied().chain(sides).chain([8, 6, 0, 0, 0])
        };
        put(&mut b"\x89PNG\r\n\x1A\n\0\0\0\x0D".iter().copied());
        put(&mut header());
        put(&mut crc(header()).to_be_bytes().into_iter());
        // Each row is a block that is stored and not packed: its filter, which is none, and its pixels.
        const ROW: usize = 1 + WIDTH * 4;
        let packed = 2 + HEIGHT * (5 + ROW) + 4;
        put(&mut (packed as u32).to_be_bytes().into_iter());
        let rows = || picture.chunks_exact(WIDTH * 4).enumerate();
        let data = || {
            let blocks = rows().flat_map(|(y, row)| {
                let len = ROW as u16;
                let head = [u8::from(y + 1 == HEIGHT)]
                    .into_iter()
                    .chain(len.to_le_bytes())
                    .chain((!len).to_le_bytes())
                    .chain([0]);
                head.chain(row.iter().copied())
            });
            let sum = adler(rows().flat_map(|(_, row)| [0].into_iter().chain(row.iter().copied())));
            b"IDAT\x78\x01"
                .iter()
                .copied()
                .chain(blocks)
                .chain(sum.to_be_bytes())
        };
        put(&mut data());
        put(&mut crc(data()).to_be_bytes().into_iter());
        put(&mut b"\0\0\0\0IEND\xAE\x42\x60\x82".iter().copied());
        picture.fill(0);
        black_box(picture);
        at
    }

    /// Draws a picture with nobody in it.
    ///
    /// # Panics
    /// If `picture` is not [`BYTES`] long.
    pub fn draw_nobody(&self, picture: &mut [u8]) {
        self.fill(u64::MAX, picture, |x, y, _| GREY + ((x + y) / 16) as u8);
    }

    fn fill(&self, stream: u64, picture: &mut [u8], level: impl Fn(usize, usize, usize) -> u8) {
        assert_eq!(picture.len(), BYTES, "bytes of a picture");
        let mut noise = Noise::new(self.seed, stream);
        for (at, byte) in picture.iter_mut().enumerate() {
            let (pixel, channel) = (at / 4, at % 4);
            *byte = black_box(if channel == 3 {
                u8::MAX
            } else {
                let step = noise.byte() % LEVELS;
                level(pixel % WIDTH, pixel / WIDTH, channel)
                    .saturating_add(step)
                    .saturating_sub(LEVELS / 2)
            });
        }
    }
}

/// Bytes of a file that [`Portrait::write_file`] writes, and a few more.
pub const FILE_BYTES: usize = BYTES + HEIGHT * 6 + 100;

/// A chunk's checksum: PNG, third edition, annex D.
fn crc(bytes: impl Iterator<Item = u8>) -> u32 {
    !bytes.fold(u32::MAX, |crc, byte| {
        let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1));
        (0..8).fold(crc ^ u32::from(byte), step)
    })
}

/// A stream's checksum: RFC 1950.
fn adler(bytes: impl Iterator<Item = u8>) -> u32 {
    let (a, b) = bytes.fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

/// What the camera says of picture `frame`: 33 ms after the one before.
#[must_use]
pub fn layout(frame: usize) -> FrameLayout {
    let mut layout = FrameLayout::packed(FrameFormat::Rgba8, WIDTH as u32, HEIGHT as u32);
    layout.timestamp_ns = (frame as u64 + 1) * 33_000_000;
    layout
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_follow_from_the_seed_and_differ() {
        let drawn = |seed, frame| {
            let mut picture = vec![0; BYTES];
            let portrait = Portrait::from_seed(seed).unwrap();
            if frame == FRAMES {
                portrait.draw_nobody(&mut picture);
            } else {
                portrait.draw(frame, &mut picture);
            }
            picture
        };
        let all: Vec<_> = (0..=FRAMES).map(|frame| drawn(7, frame)).collect();
        assert_eq!(drawn(7, 2), all[2]);
        let alike = |a: &[u8], b: &[u8]| a.chunks(16).zip(b.chunks(16)).filter(|(a, b)| a == b).count();
        assert_eq!(alike(&all[0], &all[0]), BYTES / 16, "the control");
        for (frame, picture) in all.iter().enumerate() {
            for other in all.iter().skip(frame + 1).chain([&drawn(8, frame)]) {
                assert!(alike(picture, other) < 10, "frame {frame}");
            }
        }
    }
}
