//! Pictures to show: the portrait, and what can be made of it.

use std::path::Path;

use moretta_frame::{Colour, ColourMatrix, ColourRange, FrameFormat, FrameLayout};
use moretta_space::{Orientation, Rotation};

/// A frame as a camera delivers it.
pub(crate) struct Shot {
    pub(crate) layout: FrameLayout,
    pub(crate) planes: Vec<Vec<u8>>,
}

impl Shot {
    /// The same with `padding` bytes behind each row, which are no pixels.
    pub(crate) fn padded(mut self, padding: usize) -> Self {
        for (plane, layout) in self.planes.iter_mut().zip(&mut self.layout.planes) {
            let rows = plane.chunks(layout.row_stride);
            *plane = rows
                .flat_map(|row| row.iter().copied().chain((0..padding).map(|it| (it * 89) as u8)))
                .collect();
            layout.row_stride += padding;
        }
        self
    }

    /// The same with a byte between the samples of its chroma, as Android may have it.
    pub(crate) fn with_gaps(mut self) -> Self {
        assert_eq!(self.layout.format, FrameFormat::Yuv420_888);
        for (plane, layout) in self.planes.iter_mut().zip(&mut self.layout.planes).skip(1) {
            *plane = plane.iter().flat_map(|sample| [*sample, 0xa5]).collect();
            layout.row_stride *= 2;
            layout.pixel_stride = 2;
        }
        self
    }
}

/// An upright picture of red, green and blue.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// The portrait that comes with these tests; see `tests/data/README.md`.
    pub(crate) fn portrait() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/astronaut.png");
        let image = image::open(path).unwrap().to_rgb8();
        Self {
            width: image.width() as usize,
            height: image.height() as usize,
            pixels: image.pixels().map(|pixel| pixel.0).collect(),
        }
    }

    pub(crate) fn plain(width: usize, height: usize, colour: [u8; 3]) -> Self {
        Self {
            width,
            height,
            pixels: vec![colour; width * height],
        }
    }

    /// Coloured noise, the same for the same seed.
    pub(crate) fn noise(width: usize, height: usize, seed: u64) -> Self {
        let mut noise = Noise(seed);
        let pixels = (0..width * height)
            .map(|_| [noise.byte(), noise.byte(), noise.byte()])
            .collect();
        Self {
            width,
            height,
            pixels,
        }
    }

    pub(crate) fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }

    /// A picture of `width` by `height` whose pixels `colour` tells by column and row.
    pub(crate) fn draw(width: usize, height: usize, colour: impl Fn(usize, usize) -> [u8; 3]) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        Self {
            width,
            height,
            pixels: places.map(|(x, y)| colour(x, y)).collect(),
        }
    }

    /// The same with `other` laid over it, its upper left corner at `x`, `y`; what lies outside is cut off.
    pub(crate) fn with(mut self, other: &Self, x: i32, y: i32) -> Self {
        for row in 0..other.height {
            for column in 0..other.width {
                let (Ok(to_x), Ok(to_y)) = (
                    usize::try_from(x + column as i32),
                    usize::try_from(y + row as i32),
                ) else {
                    continue;
                };
                if to_x < self.width && to_y < self.height {
                    self.pixels[to_y * self.width + to_x] = other.pixel(column, row);
                }
            }
        }
        self
    }

    /// A part of the picture.
    pub(crate) fn cut(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        Self::draw(width, height, |column, row| self.pixel(x + column, y + row))
    }

    /// The picture in another size: each pixel is the mean of what it covers, sampled four by four.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        let side = |length: usize| (length as f32 * factor).round() as usize;
        let sample = |x: f32, y: f32| -> [f32; 3] {
            // Between the centres of pixels, which lie at 0.5.
            let place = |at: f32, last: usize| {
                let at = (at - 0.5).clamp(0.0, last as f32);
                (at as usize, (at as usize + 1).min(last), at.fract())
            };
            let (left, right, u) = place(x, self.width - 1);
            let (top, bottom, v) = place(y, self.height - 1);
            std::array::from_fn(|channel| {
                let at = |x, y| f32::from(self.pixel(x, y)[channel]);
                let upper = at(left, top) * (1.0 - u) + at(right, top) * u;
                let lower = at(left, bottom) * (1.0 - u) + at(right, bottom) * u;
                upper * (1.0 - v) + lower * v
            })
        };
        Self::draw(side(self.width), side(self.height), |x, y| {
            let mut sum = [0.0; 3];
            for step in 0..16 {
                let [u, v] = [step % 4, step / 4].map(|it| (it as f32 + 0.5) / 4.0);
                let sampled = sample((x as f32 + u) / factor, (y as f32 + v) / factor);
                sum = std::array::from_fn(|channel| sum[channel] + sampled[channel] / 16.0);
            }
            sum.map(|it| it.round() as u8)
        })
    }

    /// Upside down: turned by half a turn.
    pub(crate) fn turned_over(&self) -> Self {
        let (width, height) = (self.width, self.height);
        Self::draw(width, height, |x, y| self.pixel(width - 1 - x, height - 1 - y))
    }

    /// With noise of up to `amplitude` levels on each channel.
    pub(crate) fn shaken(&self, amplitude: f32, seed: u64) -> Self {
        let mut noise = Noise(seed);
        let mut shaken = self.clone();
        for level in shaken.pixels.as_flattened_mut() {
            // The sum of two is nearer to a camera's noise than one.
            let sum = f32::from(noise.byte()) + f32::from(noise.byte()) - 255.0;
            *level = (f32::from(*level) + amplitude * sum / 255.0)
                .round()
                .clamp(0.0, 255.0) as u8;
        }
        shaken
    }

    pub(crate) fn rgba(&self) -> Shot {
        self.delivered(FrameFormat::Rgba8, Orientation::UPRIGHT)
    }

    /// The picture as a camera delivers it that lies as `orientation` says, in `format`. YUV is BT.601 of full range, its
    /// chroma the mean of two by two pixels.
    pub(crate) fn delivered(&self, format: FrameFormat, orientation: Orientation) -> Shot {
        self.delivered_in(format, orientation, Colour::CAMERA)
    }

    /// The same in `colour`.
    pub(crate) fn delivered_in(&self, format: FrameFormat, orientation: Orientation, colour: Colour) -> Shot {
        let yuv = |rgb| yuv(rgb, colour);
        let sensor = Self::lying(self, orientation);
        let (width, height) = (sensor.width, sensor.height);
        let mut layout = FrameLayout::packed(format, width as u32, height as u32);
        layout.orientation = orientation;
        layout.colour = colour;
        let luma = || -> Vec<u8> {
            sensor
                .pixels
                .iter()
                .map(|pixel| yuv(*pixel)[0].round() as u8)
                .collect()
        };
        let chroma = |channel: usize| -> Vec<u8> {
            let blocks = (0..height.div_ceil(2)).flat_map(|y| (0..width.div_ceil(2)).map(move |x| (x, y)));
            let mean = |(x, y): (usize, usize)| {
                let places = [(0, 0), (1, 0), (0, 1), (1, 1)]
                    .map(|(u, v)| ((2 * x + u).min(width - 1), (2 * y + v).min(height - 1)));
                let sum: f32 = places
                    .iter()
                    .map(|(x, y)| yuv(sensor.pixel(*x, *y))[channel])
                    .sum();
                (sum / 4.0).round().clamp(0.0, 255.0) as u8
            };
            blocks.map(mean).collect()
        };
        let pairs = |first: Vec<u8>, second: Vec<u8>| -> Vec<u8> {
            first
                .into_iter()
                .zip(second)
                .flat_map(|(first, second)| [first, second])
                .collect()
        };
        let packed = |order: fn([u8; 3]) -> [u8; 4]| -> Vec<u8> {
            sensor.pixels.iter().flat_map(|pixel| order(*pixel)).collect()
        };
        let planes = match format {
            FrameFormat::Rgba8 => vec![packed(|[r, g, b]| [r, g, b, 255])],
            FrameFormat::Bgra8 => vec![packed(|[r, g, b]| [b, g, r, 255])],
            FrameFormat::Nv12 => vec![luma(), pairs(chroma(1), chroma(2))],
            FrameFormat::Nv21 => vec![luma(), pairs(chroma(2), chroma(1))],
            FrameFormat::I420 | FrameFormat::Yuv420_888 => vec![luma(), chroma(1), chroma(2)],
            FrameFormat::Yv12 => vec![luma(), chroma(2), chroma(1)],
        };
        Shot { layout, planes }
    }

    /// The buffer that `orientation` brings upright to this picture.
    fn lying(&self, orientation: Orientation) -> Self {
        let (width, height) = (self.width, self.height);
        // To bring it upright the buffer is turned clockwise and then mirrored; this is the way back.
        let (sensor_width, sensor_height) = match orientation.rotation {
            Rotation::Deg0 | Rotation::Deg180 => (width, height),
            Rotation::Deg90 | Rotation::Deg270 => (height, width),
        };
        Self::draw(sensor_width, sensor_height, |x, y| {
            let (up_x, up_y) = match orientation.rotation {
                Rotation::Deg0 => (x, y),
                Rotation::Deg90 => (width - 1 - y, x),
                Rotation::Deg180 => (width - 1 - x, height - 1 - y),
                Rotation::Deg270 => (y, height - 1 - x),
            };
            self.pixel(
                if orientation.mirror {
                    width - 1 - up_x
                } else {
                    up_x
                },
                up_y,
            )
        })
    }
}

/// ITU-R BT.601-7 and BT.709-6; full range as ITU-T T.871 has it.
fn yuv(rgb: [u8; 3], colour: Colour) -> [f32; 3] {
    let (red, blue) = match colour.matrix {
        ColourMatrix::Bt601 => (0.299, 0.114),
        ColourMatrix::Bt709 => (0.2126, 0.0722),
    };
    let (black, luma, chroma) = match colour.range {
        ColourRange::Full => (0.0, 1.0, 1.0),
        ColourRange::Limited => (16.0, 219.0 / 255.0, 224.0 / 255.0),
    };
    let [r, g, b] = rgb.map(f32::from);
    let y = red * r + (1.0 - red - blue) * g + blue * b;
    let [u, v] = [(b, blue), (r, red)].map(|(it, share)| (it - y) / (2.0 * (1.0 - share)));
    [black + luma * y, 128.0 + chroma * u, 128.0 + chroma * v]
}

struct Noise(u64);

impl Noise {
    fn byte(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 56) as u8
    }
}
