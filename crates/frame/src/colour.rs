/// How luma and chroma stand for red, green and blue. Formats without chroma ignore it.
///
/// Where a source does not say, [`Default`] is [`CAMERA`](Self::CAMERA).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Colour {
    /// The shares of the primaries in luma.
    pub matrix: ColourMatrix,
    /// The levels that stand for black, white and the strongest colours.
    pub range: ColourRange,
}

/// The shares of the primaries in luma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColourMatrix {
    /// ITU-R BT.601: red 0.299, blue 0.114. JPEG has it too.
    #[default]
    Bt601,
    /// ITU-R BT.709: red 0.2126, blue 0.0722.
    Bt709,
}

/// The levels that stand for black, white and the strongest colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ColourRange {
    /// Luma 0 to 255, chroma 128 plus or minus 127.5: JPEG's.
    #[default]
    Full,
    /// Luma 16 to 235, chroma 128 plus or minus 112: television's.
    Limited,
}

impl Colour {
    /// What the cameras of Android deliver: BT.601, full range.
    pub const CAMERA: Self = Self {
        matrix: ColourMatrix::Bt601,
        range: ColourRange::Full,
    };

    /// What video files of high definition hold: BT.709, limited range.
    pub const HD_VIDEO: Self = Self {
        matrix: ColourMatrix::Bt709,
        range: ColourRange::Limited,
    };
}

impl Colour {
    /// Red, green and blue, 0 to 255, of as many pixels as the arrays hold.
    ///
    /// Each colour has a function of its own: with factors that are known at compile time the compiler
    /// multiplies vectors of 16-bit numbers, with others it widens them first, to four times the
    /// instructions.
    #[inline(always)]
    pub(crate) fn rgb_from_yuv<const N: usize>(self, y: &[u8; N], u: &[u8; N], v: &[u8; N]) -> [[u8; N]; 3] {
        use {ColourMatrix as Matrix, ColourRange as Range};
        match (self.matrix, self.range) {
            (Matrix::Bt601, Range::Full) => RgbFromYuv::<false, false>::convert(y, u, v),
            (Matrix::Bt601, Range::Limited) => RgbFromYuv::<false, true>::convert(y, u, v),
            (Matrix::Bt709, Range::Full) => RgbFromYuv::<true, false>::convert(y, u, v),
            (Matrix::Bt709, Range::Limited) => RgbFromYuv::<true, true>::convert(y, u, v),
        }
    }
}

/// Luma and chroma to red, green and blue, in whole numbers.
///
/// With `y`, `u`, `v` brought to 0..255 and -127.5..127.5, and the shares of red and blue `kr`, `kb`:
///
/// 1. red is `y + 2 (1 - kr) v`, blue is `y + 2 (1 - kb) u`;
/// 2. green is what is left of `y`: `y - (2 kr (1 - kr) v + 2 kb (1 - kb) u) / (1 - kr - kb)`;
/// 3. each is rounded to the nearest level and clamped to 0..=255.
///
/// All in 16 bits, which is as narrow as processors multiply: a level and a factor are scaled so that the
/// upper half of their product has 5 bits after the point, and so has a sum of three, which is then within
/// 17000 either way. What is below the 5 bits is cut off; the rounding makes up for what that takes on
/// average. No result is moved by more than 0.05 of a level before it is rounded.
///
/// # Source
/// ITU-R BT.601-7, section 2.5; ITU-R BT.709-6, sections 3 and 4; full range: JFIF (ITU-T T.871), section 7.
struct RgbFromYuv<const BT709: bool, const LIMITED: bool>;

/// The bits after the point of a sum, of a chroma factor and of a chroma level. Luma has larger levels, by a
/// bit, and smaller factors.
const SUM_BITS: u32 = 5;
const FACTOR_BITS: u32 = 13;
const LEVEL_BITS: u32 = 16 + SUM_BITS - FACTOR_BITS;

const HALF: i16 = 1 << (SUM_BITS - 1);

impl<const BT709: bool, const LIMITED: bool> RgbFromYuv<BT709, LIMITED> {
    const KR: f64 = if BT709 { 0.2126 } else { 0.299 };
    const KB: f64 = if BT709 { 0.0722 } else { 0.114 };
    const KG: f64 = 1.0 - Self::KR - Self::KB;
    const BLACK: i16 = if LIMITED { 16 } else { 0 };
    const Y_GAIN: f64 = if LIMITED { 255.0 / 219.0 } else { 1.0 };
    const UV_GAIN: f64 = if LIMITED { 255.0 / 224.0 } else { 1.0 };
    const RED: f64 = 2.0 * (1.0 - Self::KR) * Self::UV_GAIN;
    const BLUE: f64 = 2.0 * (1.0 - Self::KB) * Self::UV_GAIN;

    const Y: i16 = fixed(Self::Y_GAIN, FACTOR_BITS + 1);
    const RED_FROM_V: i16 = fixed(Self::RED, FACTOR_BITS);
    const GREEN_FROM_V: i16 = fixed(Self::RED * Self::KR / Self::KG, FACTOR_BITS);
    const GREEN_FROM_U: i16 = fixed(Self::BLUE * Self::KB / Self::KG, FACTOR_BITS);
    const BLUE_FROM_U: i16 = fixed(Self::BLUE, FACTOR_BITS);

    fn convert<const N: usize>(y: &[u8; N], u: &[u8; N], v: &[u8; N]) -> [[u8; N]; 3] {
        let (mut red, mut green, mut blue) = ([0; N], [0; N], [0; N]);
        for i in 0..N {
            let y = upper_half((i16::from(y[i]) - Self::BLACK) << (LEVEL_BITS - 1), Self::Y);
            let u = (i16::from(u[i]) - 128) << LEVEL_BITS;
            let v = (i16::from(v[i]) - 128) << LEVEL_BITS;
            // Two products that were cut off are added here, so a sum is one short on average, ...
            red[i] = level(y + upper_half(v, Self::RED_FROM_V) + (HALF + 1));
            blue[i] = level(y + upper_half(u, Self::BLUE_FROM_U) + (HALF + 1));
            // ... and here one is added and two are taken away.
            let rest = y - upper_half(u, Self::GREEN_FROM_U) - upper_half(v, Self::GREEN_FROM_V);
            green[i] = level(rest + (HALF - 1));
        }
        [red, green, blue]
    }
}

#[inline(always)]
fn upper_half(level: i16, factor: i16) -> i16 {
    ((i32::from(level) * i32::from(factor)) >> 16) as i16
}

#[inline(always)]
fn level(sum: i16) -> u8 {
    (sum >> SUM_BITS).clamp(0, 255) as u8
}

const fn fixed(factor: f64, bits: u32) -> i16 {
    let scaled = (factor * (1 << bits) as f64).round();
    assert!(scaled <= i16::MAX as f64, "the factor needs more than 16 bits");
    scaled as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Colour; 4] = [
        Colour::CAMERA,
        Colour::HD_VIDEO,
        Colour {
            matrix: ColourMatrix::Bt601,
            range: ColourRange::Limited,
        },
        Colour {
            matrix: ColourMatrix::Bt709,
            range: ColourRange::Full,
        },
    ];

    #[test]
    fn the_default_is_that_of_cameras() {
        assert_eq!(Colour::default(), Colour::CAMERA);
        assert_ne!(Colour::default(), Colour::HD_VIDEO);
    }

    /// The formula in floating point, written from the standards' numbers and apart from the code above. The
    /// parts that hang on one of the levels alone are worked out once.
    struct Formula {
        y: [f32; 256],
        red_from_v: [f32; 256],
        green_from_v: [f32; 256],
        green_from_u: [f32; 256],
        blue_from_u: [f32; 256],
    }

    impl Formula {
        fn new(colour: Colour) -> Self {
            let [kr, kb]: [f64; 2] = if colour.matrix == ColourMatrix::Bt601 {
                [0.299, 0.114]
            } else {
                [0.2126, 0.0722]
            };
            let limited = colour.range == ColourRange::Limited;
            let luma = |level: f64| {
                if limited {
                    (level - 16.0) * 255.0 / 219.0
                } else {
                    level
                }
            };
            let chroma = |level: f64| (level - 128.0) * if limited { 255.0 / 224.0 } else { 1.0 };
            let table = |of: &dyn Fn(f64) -> f64| core::array::from_fn(|level| of(level as f64) as f32);
            Self {
                y: table(&luma),
                red_from_v: table(&|v| chroma(v) * (2.0 - 2.0 * kr)),
                green_from_v: table(&|v| -chroma(v) * (2.0 - 2.0 * kr) * kr / (1.0 - kr - kb)),
                green_from_u: table(&|u| -chroma(u) * (2.0 - 2.0 * kb) * kb / (1.0 - kr - kb)),
                blue_from_u: table(&|u| chroma(u) * (2.0 - 2.0 * kb)),
            }
        }

        /// How far `found` is from the formula, at most.
        fn distance(&self, [y, u, v]: [u8; 3], found: [u8; 3]) -> f32 {
            let (y_at, u_at, v_at) = (usize::from(y), usize::from(u), usize::from(v));
            let rgb = [
                self.y[y_at] + self.red_from_v[v_at],
                self.y[y_at] + self.green_from_u[u_at] + self.green_from_v[v_at],
                self.y[y_at] + self.blue_from_u[u_at],
            ];
            let far = |at: usize| (f32::from(found[at]) - rgb[at].clamp(0.0, 255.0)).abs();
            far(0).max(far(1)).max(far(2))
        }
    }

    #[test]
    fn every_triple_is_within_rounding_of_the_formula() {
        let every_y = core::array::from_fn(|y| y as u8);
        for colour in ALL {
            let formula = Formula::new(colour);
            let mut worst = 0.0_f32;
            for (u, v) in (0..=255).flat_map(|u| (0..=255).map(move |v| (u, v))) {
                let [red, green, blue] = colour.rgb_from_yuv::<256>(&every_y, &[u; 256], &[v; 256]);
                for (at, y) in every_y.into_iter().enumerate() {
                    worst = worst.max(formula.distance([y, u, v], [red[at], green[at], blue[at]]));
                }
            }
            // Half a level is rounding's, the rest what was cut off.
            assert!((0.5..0.55).contains(&worst), "{colour:?}: {worst}");
        }
    }

    /// A single pixel.
    fn rgb(colour: Colour, [y, u, v]: [u8; 3]) -> [u8; 3] {
        colour.rgb_from_yuv(&[y], &[u], &[v]).map(|[level]| level)
    }

    #[test]
    fn the_formula_refuses_another_colour() {
        for (i, colour) in ALL.into_iter().enumerate() {
            let formula = Formula::new(colour);
            for other in ALL.into_iter().skip(i + 1) {
                let yuv = [90, 60, 200];
                assert!(formula.distance(yuv, rgb(colour, yuv)) < 1.0, "{colour:?}");
                assert!(
                    formula.distance(yuv, rgb(other, yuv)) > 1.0,
                    "{colour:?} as {other:?}"
                );
            }
        }
    }

    #[test]
    fn greys_stay_grey_and_limited_range_is_stretched() {
        for matrix in [ColourMatrix::Bt601, ColourMatrix::Bt709] {
            let [full, limited] =
                [ColourRange::Full, ColourRange::Limited].map(|range| Colour { matrix, range });
            for y in 0..=255 {
                assert_eq!(rgb(full, [y, 128, 128]), [y; 3]);
            }
            for (y, grey) in [(0, 0), (16, 0), (126, 128), (235, 255), (255, 255)] {
                assert_eq!(rgb(limited, [y, 128, 128]), [grey; 3]);
            }
        }
    }
}
