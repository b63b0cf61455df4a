use crate::{GoldenError, Picture};

/// How far a picture may be from its golden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// No channel of any pixel may be off by more, alpha included.
    pub max_channel: u8,
    /// No more pixels than these may be off at all.
    pub pixels: usize,
}

impl Tolerance {
    /// Bit by bit.
    pub const EXACT: Self = Self {
        max_channel: 0,
        pixels: 0,
    };
}

/// How far two pictures are apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The largest one of any channel, alpha included.
    pub largest: u8,
    /// How many pixels are off.
    pub pixels: usize,
}

impl Difference {
    /// Compares two pictures pixel by pixel.
    ///
    /// # Errors
    /// [`GoldenError::Size`] if they are of different sizes.
    pub fn between(expected: &Picture, actual: &Picture) -> Result<Self, GoldenError> {
        if expected.size() != actual.size() {
            return Err(GoldenError::Size {
                expected: expected.size(),
                found: actual.size(),
            });
        }
        let mut difference = Self::default();
        for (a, b) in expected.pixels().iter().zip(actual.pixels()) {
            let largest = apart(*a, *b).into_iter().fold(0, u8::max);
            difference.largest = difference.largest.max(largest);
            difference.pixels += usize::from(largest > 0);
        }
        Ok(difference)
    }

    /// Whether that is near enough.
    #[must_use]
    pub fn is_within(self, tolerance: Tolerance) -> bool {
        self.largest <= tolerance.max_channel && self.pixels <= tolerance.pixels
    }

    /// How many pixels are off by more than `slack`, alpha included: for pictures that another graphics device may draw,
    /// where nearly every pixel is off by a little.
    ///
    /// # Errors
    /// [`GoldenError::Size`] if they are of different sizes.
    pub fn beyond(slack: u8, expected: &Picture, actual: &Picture) -> Result<usize, GoldenError> {
        Self::between(expected, actual)?;
        let pixels = expected.pixels().iter().zip(actual.pixels());
        let far = pixels.filter(|(a, b)| apart(**a, **b).into_iter().any(|level| level > slack));
        Ok(far.count())
    }

    /// The differences as a picture: black where there are none, made strong enough to be seen. A difference of alpha
    /// alone shows as grey. Both are of one size.
    #[must_use]
    pub fn picture(self, expected: &Picture, actual: &Picture) -> Picture {
        let gain = 255 / u16::from(self.largest.max(1));
        let pixels = expected.pixels().iter().zip(actual.pixels());
        let shown = pixels.flat_map(|(a, b)| {
            let [red, green, blue, alpha] = apart(*a, *b).map(|level| (u16::from(level) * gain) as u8);
            let floor = alpha / 2;
            [red.max(floor), green.max(floor), blue.max(floor), 255]
        });
        Picture::known(expected.size(), shown.collect())
    }
}

fn apart(a: [u8; 4], b: [u8; 4]) -> [u8; 4] {
    core::array::from_fn(|channel| a[channel].abs_diff(b[channel]))
}
