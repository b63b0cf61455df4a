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

/// Luma and chroma to red, green and blue, in whole numbers.
///
/// With `y`, `u`, `v` brought to 0..255 and -127.5..127.5, and the shares of red and blue `kr`, `kb`:
///
/// 1. red is `y + 2 (1 - kr) v`, blue is `y + 2 (1 - kb) u`;
/// 2. green is what is left of `y`: `y - (2 kr (1 - kr) v + 2 kb (1 - kb) u) / (1 - kr - kb)`;
/// 3. each is rounded to the nearest level and clamped to 0..=255.
///
/// The factors are held to 13 bits after the point, the most that leaves the largest (2.11) within 16 bits, for
/// which processors multiply fastest. That moves no result by more than 0.05 of a level before it is rounded.
///
/// # Source
/// ITU-R BT.601-7, section 2.5; ITU-R BT.709-6, sections 3 and 4; full range: JFIF (ITU-T T.871),
/// section 7.
#[derive(Clone, Copy)]
pub(crate) struct RgbFromYuv {
    black: i16,
    y: i16,
    red_from_v: i16,
    green_from_u: i16,
    green_from_v: i16,
    blue_from_u: i16,
}

const FRACTION_BITS: u32 = 13;
const HALF: i32 = 1 << (FRACTION_BITS - 1);

impl RgbFromYuv {
    pub(crate) const fn new(colour: Colour) -> Self {
        let (kr, kb) = match colour.matrix {
            ColourMatrix::Bt601 => (0.299, 0.114),
            ColourMatrix::Bt709 => (0.2126, 0.0722),
        };
        let (black, y_gain, uv_gain) = match colour.range {
            ColourRange::Full => (0, 1.0, 1.0),
            ColourRange::Limited => (16, 255.0 / 219.0, 255.0 / 224.0),
        };
        let (red, blue) = (2.0 * (1.0 - kr) * uv_gain, 2.0 * (1.0 - kb) * uv_gain);
        let kg = 1.0 - kr - kb;
        Self {
            black,
            y: fixed(y_gain),
            red_from_v: fixed(red),
            green_from_u: fixed(blue * kb / kg),
            green_from_v: fixed(red * kr / kg),
            blue_from_u: fixed(blue),
        }
    }

    /// Red, green, blue.
    #[inline(always)]
    pub(crate) fn rgb(self, y: u8, u: u8, v: u8) -> [u8; 3] {
        let product = |factor: i16, level: i16| i32::from(factor) * i32::from(level);
        let (u, v) = (i16::from(u) - 128, i16::from(v) - 128);
        let y = product(self.y, i16::from(y) - self.black) + HALF;
        let level = |sum: i32| (sum >> FRACTION_BITS).clamp(0, 255) as u8;
        [
            level(y + product(self.red_from_v, v)),
            level(y - (product(self.green_from_u, u) + product(self.green_from_v, v))),
            level(y + product(self.blue_from_u, u)),
        ]
    }
}

const fn fixed(factor: f64) -> i16 {
    let scaled = (factor * (1 << FRACTION_BITS) as f64).round();
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

    /// The formula in floating point, written from the standards' numbers and apart from the code above. The parts
    /// that hang on one of the levels alone are worked out once.
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
        for colour in ALL {
            let (integer, formula) = (RgbFromYuv::new(colour), Formula::new(colour));
            let mut worst = 0.0_f32;
            for y in 0..=255 {
                for u in 0..=255 {
                    for v in 0..=255 {
                        worst = worst.max(formula.distance([y, u, v], integer.rgb(y, u, v)));
                    }
                }
            }
            // Half a level is rounding's, the rest the factors'.
            assert!((0.5..0.55).contains(&worst), "{colour:?}: {worst}");
        }
    }

    #[test]
    fn the_formula_refuses_another_colour() {
        for (i, colour) in ALL.into_iter().enumerate() {
            let formula = Formula::new(colour);
            for other in ALL.into_iter().skip(i + 1) {
                let yuv = [90, 60, 200];
                let [y, u, v] = yuv;
                let found = RgbFromYuv::new(other).rgb(y, u, v);
                assert!(formula.distance(yuv, found) > 1.0, "{colour:?} as {other:?}");
            }
        }
    }

    #[test]
    fn greys_stay_grey_and_limited_range_is_stretched() {
        for matrix in [ColourMatrix::Bt601, ColourMatrix::Bt709] {
            let full = RgbFromYuv::new(Colour {
                matrix,
                range: ColourRange::Full,
            });
            for y in 0..=255 {
                assert_eq!(full.rgb(y, 128, 128), [y; 3]);
            }
            let limited = RgbFromYuv::new(Colour {
                matrix,
                range: ColourRange::Limited,
            });
            for (y, grey) in [(0, 0), (16, 0), (126, 128), (235, 255), (255, 255)] {
                assert_eq!(limited.rgb(y, 128, 128), [grey; 3]);
            }
        }
    }
}
