//! Pictures of artwork as textures: premultiplied and made smaller in linear light. Public data.

/// What the numbers of a picture are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content {
    /// Colours in sRGB with an alpha that says how much is seen: they are premultiplied by it, in linear light.
    Seen,
    /// Colours in sRGB whose alpha is only looked at.
    Solid,
    /// Colours in linear light with such an alpha.
    SeenLinear,
    /// Numbers as they are.
    Plain,
}

impl Content {
    pub(crate) fn is_srgb(self) -> bool {
        matches!(self, Self::Seen | Self::Solid)
    }

    fn premultiplies(self) -> bool {
        matches!(self, Self::Seen | Self::SeenLinear)
    }
}

/// The way from a picture's numbers to light and back.
struct Light {
    content: Content,
    /// The light of each level of a colour.
    of_level: [f32; 256],
    /// The least light of each level but the lowest.
    least: [f32; 255],
}

impl Light {
    fn new(content: Content) -> Self {
        let light = |number: f32| {
            if content.is_srgb() {
                linear_from_srgb(number)
            } else {
                number
            }
        };
        Self {
            content,
            of_level: core::array::from_fn(|level| light(level as f32 / 255.0)),
            least: core::array::from_fn(|level| light((level as f32 + 0.5) / 255.0)),
        }
    }

    /// What the texture's numbers stand for, premultiplied.
    fn decode(&self, [r, g, b, a]: [u8; 4]) -> [f32; 4] {
        let alpha = f32::from(a) / 255.0;
        let weight = if self.content.premultiplies() { alpha } else { 1.0 };
        let colour = |level: u8| self.of_level[usize::from(level)] * weight;
        [colour(r), colour(g), colour(b), alpha]
    }

    fn encode(&self, [r, g, b, a]: [f32; 4]) -> [u8; 4] {
        let level = |light: f32| self.least.partition_point(|least| *least <= light) as u8;
        [level(r), level(g), level(b), (a * 255.0).round() as u8]
    }
}

/// A picture of one size: four bytes a texel, by rows from the top, as the texture holds it.
pub(crate) struct Level {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) texels: Vec<u8>,
}

/// The picture in `rgba`, which begins at its first texel and has rows `stride` bytes apart, in each size from its own
/// down to one texel. Of a picture with a side longer than `longest` only the sizes within.
///
/// Each size is half the one before, rounded down, and each texel the mean of what it covers.
pub(crate) fn levels(
    rgba: &[u8],
    stride: usize,
    (width, height): (u32, u32),
    content: Content,
    longest: u32,
) -> Vec<Level> {
    let light = Light::new(content);
    let texel = |x: usize, y: usize| {
        let at = y * stride + x * 4;
        [rgba[at], rgba[at + 1], rgba[at + 2], rgba[at + 3]]
    };
    let (mut width, mut height) = (width as usize, height as usize);
    let mut found = Vec::new();
    let mut keep = |width: usize, height: usize, texels: Vec<[u8; 4]>| {
        let (width, height) = (width as u32, height as u32);
        if width <= longest && height <= longest {
            found.push(Level {
                width,
                height,
                texels: texels.into_flattened(),
            });
        }
    };
    let places = |width: usize, height: usize| (0..height).flat_map(move |y| (0..width).map(move |x| (x, y)));
    let own = places(width, height).map(|(x, y)| {
        let texel = texel(x, y);
        // Most texels hide all or nothing, and need no way there and back.
        match texel[3] {
            255 => texel,
            _ if !content.premultiplies() => texel,
            _ => light.encode(light.decode(texel)),
        }
    });
    keep(width, height, own.collect());
    // From the second size on the light is kept as it is, not as it was rounded.
    let mut lights: Vec<[f32; 4]> = Vec::new();
    let mut first = true;
    while width > 1 || height > 1 {
        let (w, h) = ((width / 2).max(1), (height / 2).max(1));
        let across: Vec<Covered> = (0..w).map(|x| Covered::new(x, width, w)).collect();
        let mut smaller = Vec::with_capacity(w * h);
        for y in 0..h {
            let down = Covered::new(y, height, h);
            for across in &across {
                let mut sum = [0.0; 4];
                for (row, down) in down.texels() {
                    for (column, across) in across.texels() {
                        let texel = if first {
                            light.decode(texel(column, row))
                        } else {
                            lights[row * width + column]
                        };
                        for (sum, number) in sum.iter_mut().zip(texel) {
                            *sum += number * across * down;
                        }
                    }
                }
                smaller.push(sum);
            }
        }
        (width, height, lights, first) = (w, h, smaller, false);
        keep(width, height, lights.iter().map(|it| light.encode(*it)).collect());
    }
    found
}

/// Which texels of a larger row one of a smaller row covers, and how much of it each is.
struct Covered {
    first: usize,
    shares: [f32; 3],
    count: usize,
}

impl Covered {
    fn new(at: usize, many: usize, few: usize) -> Self {
        let mut covered = Self {
            first: many,
            shares: [0.0; 3],
            count: 0,
        };
        for (texel, share) in shares(at, many, few) {
            covered.first = covered.first.min(texel);
            covered.shares[covered.count] = share;
            covered.count += 1;
        }
        covered
    }

    fn texels(&self) -> impl Iterator<Item = (usize, f32)> {
        (self.first..).zip(self.shares[..self.count].iter().copied())
    }
}

/// What the texel at `at` of `few` covers of `many`: up to three texels, each with its share.
pub(crate) fn shares(at: usize, many: usize, few: usize) -> impl Iterator<Item = (usize, f32)> {
    let length = many as f32 / few as f32;
    let (start, end) = (at as f32 * length, (at + 1) as f32 * length);
    (start as usize..many)
        .map(move |texel| {
            let covered = end.min((texel + 1) as f32) - start.max(texel as f32);
            (texel, covered / length)
        })
        .take(4)
        .filter(|(_, share)| *share > 1e-4)
}

/// IEC 61966-2-1.
pub(crate) fn linear_from_srgb(encoded: f32) -> f32 {
    if encoded <= 0.04045 {
        encoded / 12.92
    } else {
        ((encoded + 0.055) / 1.055).powf(2.4)
    }
}

/// IEC 61966-2-1.
pub(crate) fn srgb_from_linear(light: f32) -> f32 {
    let light = light.clamp(0.0, 1.0);
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(rgba: &[u8], size: (u32, u32), content: Content) -> Vec<Level> {
        levels(rgba, size.0 as usize * 4, size, content, u32::MAX)
    }

    #[test]
    fn sizes_go_down_to_one() {
        let rgba = vec![7; 20 * 5 * 4];
        let sizes: Vec<_> = all(&rgba, (20, 5), Content::Plain)
            .iter()
            .map(|it| (it.width, it.height, it.texels.len()))
            .collect();
        assert_eq!(
            sizes,
            [(20, 5, 400), (10, 2, 80), (5, 1, 20), (2, 1, 8), (1, 1, 4)]
        );
        let within = levels(&rgba, 80, (20, 5), Content::Plain, 6);
        assert_eq!(within[0].width, 5);
        assert_eq!(within.len(), 3);
    }

    #[test]
    fn one_colour_stays_that_colour() {
        for content in [Content::Seen, Content::Solid, Content::Plain] {
            let rgba: Vec<_> = (0..15).flat_map(|_| [200, 100, 3, 255]).collect();
            for level in all(&rgba, (5, 3), content) {
                for texel in level.texels.chunks(4) {
                    assert_eq!(texel, [200, 100, 3, 255], "{content:?}");
                }
            }
        }
    }

    #[test]
    fn light_is_averaged_not_its_numbers() {
        let black_and_white = [0, 0, 0, 255, 255, 255, 255, 255];
        let grey = |content| all(&black_and_white, (2, 1), content)[1].texels[0];
        assert_eq!(grey(Content::Seen), 188, "half the light");
        assert_eq!(grey(Content::Plain), 128);
    }

    #[test]
    fn what_is_not_seen_lends_no_colour() {
        // A red texel beside a green one that nobody sees.
        let rgba = [255, 0, 0, 255, 0, 255, 0, 0];
        let seen = all(&rgba, (2, 1), Content::Seen);
        assert_eq!(seen[0].texels, [255, 0, 0, 255, 0, 0, 0, 0]);
        assert_eq!(seen[1].texels, [188, 0, 0, 128]);
        let solid = all(&rgba, (2, 1), Content::Solid);
        assert_eq!(solid[0].texels, rgba);
        assert_eq!(solid[1].texels, [188, 188, 0, 128]);
    }

    #[test]
    fn half_of_white_is_half_the_light() {
        assert_eq!(
            all(&[255, 255, 255, 128], (1, 1), Content::Seen)[0].texels,
            [188, 188, 188, 128]
        );
        assert_eq!(
            all(&[255, 255, 255, 128], (1, 1), Content::SeenLinear)[0].texels,
            [128, 128, 128, 128]
        );
    }

    #[test]
    fn odd_sides_are_covered_evenly() {
        // 3 to 1: each a third.
        let rgba = [30, 0, 0, 0, 60, 0, 0, 0, 90, 0, 0, 0];
        assert_eq!(all(&rgba, (3, 1), Content::Plain)[1].texels[0], 60);
        for (many, few) in [(3, 1), (5, 2), (7, 3), (8, 4), (4095, 2047)] {
            for at in [0, few / 2, few - 1] {
                let sum: f32 = shares(at, many, few).map(|(_, share)| share).sum();
                assert!((sum - 1.0).abs() < 1e-3, "{many} to {few} at {at}: {sum}");
                assert!(shares(at, many, few).count() <= 3);
            }
        }
    }

    #[test]
    fn rows_may_be_part_of_a_larger_picture() {
        // The right half of a 4 by 1 picture.
        let rgba = [1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255, 4, 4, 4, 255];
        let right = levels(&rgba[8..], 16, (2, 1), Content::Plain, 9);
        assert_eq!(right[0].texels, [3, 3, 3, 255, 4, 4, 4, 255]);
    }

    #[test]
    fn numbers_survive_the_way_to_light_and_back() {
        for level in 0..=255_u8 {
            let back = srgb_from_linear(linear_from_srgb(f32::from(level) / 255.0));
            assert_eq!((back * 255.0).round() as u8, level);
        }
    }

    #[test]
    fn shaders_have_nearly_the_same_light() {
        // The numbers of their polynomial, as they stand there.
        let source = include_str!("../shaders/lib/colour.wgsl");
        let lines = source
            .lines()
            .filter(|line| line.contains("high = ") && line.contains("encoded"));
        let numbers: Vec<f64> = lines
            .flat_map(|line| line.split([' ', ';']))
            .filter_map(|word| word.parse().ok())
            .collect();
        assert_eq!(numbers.len(), 6, "{numbers:?}");
        // The second stands behind a minus.
        let of = |encoded: f64| {
            let first = numbers[0] * encoded - numbers[1];
            numbers[2..]
                .iter()
                .fold(first, |sum, number| sum * encoded + number)
        };
        for step in 0..=10_000 {
            let encoded = 0.040_45 + (1.0 - 0.040_45) * f64::from(step) / 10_000.0;
            let exact = ((encoded + 0.055) / 1.055).powf(2.4);
            let slope = 2.4 / 1.055 * ((encoded + 0.055) / 1.055).powf(1.4);
            let levels = (of(encoded) - exact).abs() / slope * 255.0;
            assert!(levels < 0.013, "{encoded}: {levels} of 255");
        }
    }
}
