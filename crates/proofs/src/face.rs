//! A made-up face, and what to look for to find it again.
//!
//! A picture of 320 x 240 RGBA pixels on grey, with a patch of noise that stands for skin, and eight marks, each a
//! pixel whose colour says where exactly a landmark lies. All of it follows from one seed, which the prover draws anew
//! for each run: what is found in a process's memory cannot have come from its program.

use crate::needle::{Kind, Needle};
use std::hint::black_box;

/// Width of the picture in pixels.
pub const WIDTH: usize = 320;
/// Height of the picture in pixels.
pub const HEIGHT: usize = 240;
/// Bytes of the picture.
pub const BYTES: usize = WIDTH * HEIGHT * 4;
/// Bytes of a donor's picture.
pub const DONOR_BYTES: usize = 2048;
/// Marks, each a landmark.
pub const MARKS: usize = 8;

const PATCH: (usize, usize) = (30, 100);
const PATCH_ROWS: usize = 8;
const PATCH_ROW_BYTES: usize = 64;
/// Marks lie to the right of this column, the patch to its left.
const MARKS_FROM: usize = 120;
/// What tells a mark from the rest of the picture: its red.
const MARK: u8 = 254;

/// The seed of a face.
#[derive(Clone, Copy)]
pub struct Face {
    seed: u64,
}

/// A small generator (xorshift64*), one byte at a time.
pub(crate) struct Noise(u64);

impl Noise {
    /// One of the streams that follow from `seed`.
    pub(crate) fn new(seed: u64, stream: u64) -> Noise {
        let mut noise = Noise((seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1);
        (0..16).for_each(|_| _ = noise.byte());
        noise
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 56) as u8
    }
}

/// A mark: the pixel, and the landmark's place within it in 1/256 pixel.
struct Mark {
    x: usize,
    y: usize,
    sub_x: u8,
    sub_y: u8,
}

impl Mark {
    /// One coordinate at a time, so that the pair is never in one place.
    fn x(&self) -> f32 {
        black_box(self.x as f32 + f32::from(self.sub_x) / 256.0)
    }

    fn y(&self) -> f32 {
        black_box(self.y as f32 + f32::from(self.sub_y) / 256.0)
    }
}

impl Face {
    /// The face that follows from `seed`.
    #[must_use]
    pub fn from_seed(seed: u64) -> Face {
        Face { seed }
    }

    /// A face that nobody saw before.
    #[must_use]
    pub fn fresh() -> Face {
        use std::hash::{BuildHasher, Hasher, RandomState};
        Face {
            seed: RandomState::new().build_hasher().finish() | 1,
        }
    }

    /// The seed, to hand it to another process.
    #[must_use]
    pub fn seed(self) -> u64 {
        self.seed
    }

    fn marks(self) -> [Mark; MARKS] {
        let mut noise = Noise::new(self.seed, 2);
        std::array::from_fn(|k| Mark {
            x: MARKS_FROM + usize::from(noise.byte()) % 180,
            y: 8 + 28 * k + usize::from(noise.byte()) % 24,
            // Odd, so that the text has all its digits.
            sub_x: noise.byte() | 1,
            sub_y: noise.byte() | 1,
        })
    }

    /// Draws the picture, byte by byte, so that no register ever holds a needle.
    ///
    /// # Panics
    /// If `picture` is not [`BYTES`] long.
    pub fn draw(self, picture: &mut [u8]) {
        assert_eq!(picture.len(), BYTES, "bytes of a picture");
        for byte in &mut *picture {
            *byte = 128;
        }
        let mut noise = Noise::new(self.seed, 1);
        for row in 0..PATCH_ROWS {
            let start = ((PATCH.1 + row) * WIDTH + PATCH.0) * 4;
            for byte in &mut picture[start..start + PATCH_ROW_BYTES] {
                *byte = black_box(noise.byte());
            }
        }
        for (k, mark) in self.marks().into_iter().enumerate() {
            let colour = [MARK, mark.sub_x, mark.sub_y, k as u8 + 1];
            for (byte, value) in picture[(mark.y * WIDTH + mark.x) * 4..].iter_mut().zip(colour) {
                *byte = black_box(value);
            }
        }
    }

    /// Draws the donor's picture.
    ///
    /// # Panics
    /// If `picture` is not [`DONOR_BYTES`] long.
    pub fn draw_donor(self, picture: &mut [u8]) {
        assert_eq!(picture.len(), DONOR_BYTES, "bytes of a donor's picture");
        let mut noise = Noise::new(self.seed, 3);
        for byte in picture {
            *byte = black_box(noise.byte());
        }
    }

    /// Everything to look for.
    #[must_use]
    pub fn needles(self) -> Vec<Needle> {
        let mut needles = Vec::new();
        for (kind, stream, bytes) in [
            (Kind::Pixels, 1, PATCH_ROWS * PATCH_ROW_BYTES),
            (Kind::Donor, 3, DONOR_BYTES),
        ] {
            let mut noise = Noise::new(self.seed, stream);
            needles.extend((0..bytes / 16).map(|_| Needle::new(kind, 1, (0..16).map(|_| noise.byte()))));
        }
        for mark in self.marks() {
            for (kind, scale) in [
                (Kind::Landmark, 1.0),
                (Kind::State, STATE_SCALE),
                (Kind::Scratch, SCRATCH_SCALE),
            ] {
                let pair = (0..2).map(|axis| scale * if axis == 0 { mark.x() } else { mark.y() });
                needles.push(Needle::of_numbers(kind, pair));
            }
            needles.push(Needle::new(Kind::Text, 1, text(&mark)));
        }
        needles
    }

    /// The landmarks as text: what nothing may print. For the prover, which is not searched.
    #[must_use]
    pub fn texts(self) -> Vec<String> {
        self.marks().iter().map(|mark| mark.x().to_string()).collect()
    }
}

/// An effect remembers a landmark times this: exact in `f32`, and not the landmark's own bytes.
pub const STATE_SCALE: f32 = 0.25;
/// A library's scratch holds a landmark times this.
pub const SCRATCH_SCALE: f32 = 0.5;

/// The first seven characters of x as text, made one at a time.
fn text(mark: &Mark) -> impl Iterator<Item = u8> {
    let (x, sub_x) = (mark.x, usize::from(mark.sub_x));
    (0..7).map(move |place: u32| {
        let digit = match place {
            0..3 => x / 10usize.pow(2 - place),
            3 => return b'.',
            _ => sub_x * 10usize.pow(place - 3) / 256,
        };
        b'0' + (digit % 10) as u8
    })
}

/// Finds the marks in a picture, as a detector would; returns how many there were.
pub fn find_marks(picture: &[u8], landmarks: &mut [[f32; 2]]) -> usize {
    let mut found = 0;
    for (at, pixel) in picture.chunks_exact(4).enumerate() {
        let of_patch = at % WIDTH < MARKS_FROM; // its noise may look like a mark
        if !of_patch && pixel[0] == MARK && (1..=MARKS as u8).contains(&pixel[3]) {
            let (x, y) = ((at % WIDTH) as f32, (at / WIDTH) as f32);
            let place = [x + f32::from(pixel[1]) / 256.0, y + f32::from(pixel[2]) / 256.0];
            landmarks[usize::from(pixel[3]) - 1] = place;
            found += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needle::count;

    /// Pixels, landmarks, states, texts, donor, scratch; of no other kind.
    fn counted(hay: &[u8], face: Face) -> [usize; 6] {
        let mut counts = [0; 6];
        count(hay, &face.needles(), |kind| counts[kind as usize] += 1);
        counts
    }

    #[test]
    fn every_needle_is_found_where_it_lies_and_nowhere_else() {
        let face = Face::from_seed(7);
        let mut picture = vec![0; BYTES];
        face.draw(&mut picture);
        assert_eq!(counted(&picture, face), [32, 0, 0, 0, 0, 0]);

        let mut landmarks = [[0.0; 2]; MARKS];
        assert_eq!(find_marks(&picture, &mut landmarks), MARKS);
        let bytes = |scale: f32| -> Vec<u8> {
            landmarks
                .iter()
                .flatten()
                .flat_map(|v| (v * scale).to_ne_bytes())
                .collect()
        };
        assert_eq!(counted(&bytes(1.0), face), [0, MARKS, 0, 0, 0, 0]);
        assert_eq!(counted(&bytes(STATE_SCALE), face), [0, 0, MARKS, 0, 0, 0]);
        assert_eq!(counted(&bytes(SCRATCH_SCALE), face), [0, 0, 0, 0, 0, MARKS]);
        let text = format!("{landmarks:?}");
        assert_eq!(counted(text.as_bytes(), face), [0, 0, 0, MARKS, 0, 0]);
        assert!(face.texts().iter().all(|t| text.contains(t)));

        let mut donor = vec![0; DONOR_BYTES];
        face.draw_donor(&mut donor);
        assert_eq!(counted(&donor, face), [0, 0, 0, 0, 128, 0]);
        assert_eq!(
            counted(&picture, Face::from_seed(8)),
            [0; 6],
            "another face is not this one"
        );
    }

    #[test]
    fn who_holds_the_needles_does_not_hold_the_face() {
        let face = Face::from_seed(9);
        let held: Vec<u8> = face.needles().iter().flat_map(|n| n.masked().to_vec()).collect();
        assert_eq!(counted(&held, face), [0; 6]);
    }
}
