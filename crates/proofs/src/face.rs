//! A made-up face, and what to look for to find it again.
//!
//! A picture of 320 x 240 RGBA pixels on grey, with a patch of noise that stands for skin, and eight marks, each a
//! pixel whose colour says where exactly a landmark lies. All of it follows from one seed, which the prover draws anew
//! for each run: what is found in a process's memory cannot have come from its program.
//!
//! Needles are kept masked, so that whoever looks for them does not hold them.

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

const MASK: u8 = 0xA5;
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

/// What a needle is a piece of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// Sixteen bytes of the patch.
    Pixels,
    /// A landmark: x and y as they come from the detector.
    Landmark,
    /// What an effect remembers of a landmark from frame to frame.
    State,
    /// A landmark as decimal text, as a careless message would hold it.
    Text,
    /// Sixteen bytes of the donor's picture.
    Donor,
    /// What a library keeps of a landmark in memory of its own, as long as its thread lives.
    Scratch,
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Kind; 6] = [
        Kind::Pixels,
        Kind::Landmark,
        Kind::State,
        Kind::Text,
        Kind::Donor,
        Kind::Scratch,
    ];
}

/// Bytes to look for, masked.
pub struct Needle {
    /// What it is a piece of.
    pub kind: Kind,
    /// The bytes, each XOR the mask.
    masked: Vec<u8>,
    /// Where it can lie: multiples of this.
    align: usize,
}

/// A small generator (xorshift64*), one byte at a time.
struct Noise(u64);

impl Noise {
    fn byte(&mut self) -> u8 {
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

    fn noise(self, stream: u64) -> Noise {
        let mut noise = Noise((self.seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15)) | 1);
        (0..16).for_each(|_| _ = noise.byte());
        noise
    }

    fn marks(self) -> [Mark; MARKS] {
        let mut noise = self.noise(2);
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
        let mut noise = self.noise(1);
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
        let mut noise = self.noise(3);
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
            let mut noise = self.noise(stream);
            for _ in 0..bytes / 16 {
                let masked = (0..16).map(|_| black_box(noise.byte() ^ MASK)).collect();
                needles.push(Needle {
                    kind,
                    masked,
                    align: 1,
                });
            }
        }
        for mark in self.marks() {
            let pair = |x: f32, y: f32| {
                x.to_ne_bytes()
                    .into_iter()
                    .chain(y.to_ne_bytes())
                    .map(|b| black_box(b ^ MASK))
            };
            needles.push(Needle {
                kind: Kind::Landmark,
                masked: pair(mark.x(), mark.y()).collect(),
                align: 4,
            });
            let state = pair(mark.x() * STATE_SCALE, mark.y() * STATE_SCALE).collect();
            needles.push(Needle {
                kind: Kind::State,
                masked: state,
                align: 4,
            });
            let scratch = pair(mark.x() * SCRATCH_SCALE, mark.y() * SCRATCH_SCALE).collect();
            needles.push(Needle {
                kind: Kind::Scratch,
                masked: scratch,
                align: 4,
            });
            needles.push(Needle {
                kind: Kind::Text,
                masked: text_masked(&mark),
                align: 1,
            });
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

/// The first seven characters of x as text, made digit by digit behind the mask.
fn text_masked(mark: &Mark) -> Vec<u8> {
    let mut text = Vec::new();
    let mut digit = |d: usize| text.push(black_box((b'0' + d as u8) ^ MASK));
    digit(mark.x / 100);
    digit(mark.x / 10 % 10);
    digit(mark.x % 10);
    let mut rest = usize::from(mark.sub_x);
    let fraction: [usize; 3] = std::array::from_fn(|_| {
        rest *= 10;
        let d = rest / 256;
        rest %= 256;
        d
    });
    fraction.into_iter().for_each(&mut digit);
    text.insert(3, b'.' ^ MASK);
    text
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

/// Counts the needles in `hay`, by kind, without unmasking one. `hay` starts at a multiple of 16.
pub fn count(hay: &[u8], needles: &[Needle], mut found: impl FnMut(Kind)) {
    // Which pairs of bytes a needle starts with, so that nearly every place is passed over at once.
    let mut starts = vec![false; 1 << 16];
    let pair = |a: u8, b: u8| usize::from(a) << 8 | usize::from(b);
    for needle in needles {
        starts[pair(needle.masked[0] ^ MASK, needle.masked[1] ^ MASK)] = true;
    }
    for (at, two) in hay.windows(2).enumerate() {
        if !starts[pair(two[0], two[1])] {
            continue;
        }
        for needle in needles.iter().filter(|n| at.is_multiple_of(n.align)) {
            let there = hay[at..].iter().take(needle.masked.len());
            if there.len() == needle.masked.len() && there.zip(&needle.masked).all(|(h, n)| h ^ MASK == *n) {
                found(needle.kind);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(hay: &[u8], face: Face) -> [usize; Kind::ALL.len()] {
        let mut counts = [0; Kind::ALL.len()];
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
            [0; Kind::ALL.len()],
            "another face is not this one"
        );
    }

    #[test]
    fn who_holds_the_needles_does_not_hold_the_face() {
        let face = Face::from_seed(9);
        let held: Vec<u8> = face.needles().iter().flat_map(|n| n.masked.clone()).collect();
        assert_eq!(counted(&held, face), [0; Kind::ALL.len()]);
    }
}
