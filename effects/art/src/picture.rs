//! Pictures: drawn from SVG, laid over each other, encoded.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::Error;

/// Red, green, blue in sRGB times alpha, and alpha: 0 to 1, rows from the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` pixels.
    pub pixels: Vec<[f32; 4]>,
}

/// How far colours run into what is transparent: enough for three levels of a mip chain.
const BLEED: usize = 10;

impl Picture {
    /// One that is transparent.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            pixels: vec![[0.0; 4]; width * height],
        }
    }

    /// One whose pixels are `pixel(x, y)`, at their centres, in pixels.
    pub fn from_fn(width: usize, height: usize, mut pixel: impl FnMut(f32, f32) -> [f32; 4]) -> Self {
        let pixels = (0..width * height)
            .map(|it| pixel((it % width) as f32 + 0.5, (it / width) as f32 + 0.5))
            .collect();
        Self {
            width,
            height,
            pixels,
        }
    }

    /// A drawing, stretched to `width` by `height`. It is drawn twice as large first, for smooth edges. `name` is
    /// for messages.
    ///
    /// # Errors
    /// [`Error::Svg`] if `svg` is no SVG, [`Error::Size`] if the picture has no pixel or is too large.
    pub fn from_svg(name: &str, svg: &str, width: usize, height: usize) -> Result<Self, Error> {
        let tree = Tree::from_str(svg, &Options::default()).map_err(|source| Error::Svg {
            name: name.to_owned(),
            source,
        })?;
        let mut canvas = canvas(2 * width, 2 * height)?;
        let scale = Transform::from_scale(
            (2 * width) as f32 / tree.size().width(),
            (2 * height) as f32 / tree.size().height(),
        );
        resvg::render(&tree, scale, &mut canvas.as_mut());
        Ok(Self::from_canvas(&canvas).reduced(2))
    }

    /// What was drawn.
    #[must_use]
    pub fn from_canvas(canvas: &Pixmap) -> Self {
        let pixels = canvas
            .data()
            .chunks_exact(4)
            .map(|it| [0, 1, 2, 3].map(|channel| f32::from(it[channel]) / 255.0))
            .collect();
        Self {
            width: canvas.width() as usize,
            height: canvas.height() as usize,
            pixels,
        }
    }

    /// `factor` times less wide and high: each pixel the mean of a square.
    #[must_use]
    pub fn reduced(&self, factor: usize) -> Self {
        let (width, height) = (self.width / factor, self.height / factor);
        let share = 1.0 / (factor * factor) as f32;
        let mut reduced = Self::new(width, height);
        for (place, pixel) in reduced.pixels.iter_mut().enumerate() {
            let corner = place / width * factor * self.width + place % width * factor;
            for row in 0..factor {
                for it in &self.pixels[corner + row * self.width..][..factor] {
                    *pixel = [0, 1, 2, 3].map(|channel| pixel[channel] + it[channel] * share);
                }
            }
        }
        reduced
    }

    /// Lays `above` over this one, its top left corner at `left`, `top`.
    pub fn lay(&mut self, above: &Self, left: usize, top: usize) {
        for y in 0..above.height.min(self.height.saturating_sub(top)) {
            for x in 0..above.width.min(self.width.saturating_sub(left)) {
                let pixel = above.pixels[y * above.width + x];
                let below = &mut self.pixels[(top + y) * self.width + left + x];
                *below = [0, 1, 2, 3].map(|channel| pixel[channel] + below[channel] * (1.0 - pixel[3]));
            }
        }
    }

    /// The pixel at `x`, `y` in pixels, between the centres of pixels linearly; transparent outside.
    #[must_use]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right_part, lower_part) = (x - left, y - top);
        let at = |x: f32, y: f32| {
            if x < 0.0 || y < 0.0 || x >= self.width as f32 || y >= self.height as f32 {
                [0.0; 4]
            } else {
                self.pixels[y as usize * self.width + x as usize]
            }
        };
        let corners = [
            at(left, top),
            at(left + 1.0, top),
            at(left, top + 1.0),
            at(left + 1.0, top + 1.0),
        ];
        [0, 1, 2, 3].map(|channel| {
            let [a, b, c, d] = corners.map(|it| it[channel]);
            let upper = a + (b - a) * right_part;
            let lower = c + (d - c) * right_part;
            upper + (lower - upper) * lower_part
        })
    }

    /// The part of `width` by `height` pixels from `left`, `top`.
    #[must_use]
    pub fn part(&self, left: usize, top: usize, width: usize, height: usize) -> Self {
        let pixels = (top..top + height)
            .flat_map(|y| &self.pixels[y * self.width + left..y * self.width + left + width])
            .copied()
            .collect();
        Self {
            width,
            height,
            pixels,
        }
    }

    /// Left and right changed.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let pixels = self
            .pixels
            .chunks_exact(self.width)
            .flat_map(|row| row.iter().rev())
            .copied()
            .collect();
        Self {
            width: self.width,
            height: self.height,
            pixels,
        }
    }

    /// All pixels times `factor`: less of the picture is seen.
    #[must_use]
    pub fn faded(mut self, factor: f32) -> Self {
        for pixel in &mut self.pixels {
            *pixel = pixel.map(|it| it * factor);
        }
        self
    }

    /// The picture as PNG: straight alpha, 8 bits, the colours run on under what is transparent, so that no dark
    /// edge shows where pixels are mixed. Without alpha if nothing is transparent.
    ///
    /// # Errors
    /// [`Error::Png`] if the picture has no pixels.
    pub fn to_png(&self) -> Result<Vec<u8>, Error> {
        self.to_png_in_steps(2.0)
    }

    /// The same for a picture without smooth surfaces, like fur: its colours may be in coarser steps.
    ///
    /// # Errors
    /// [`Error::Png`] if the picture has no pixels.
    pub fn to_rough_png(&self) -> Result<Vec<u8>, Error> {
        self.to_png_in_steps(3.0)
    }

    fn to_png_in_steps(&self, step: f32) -> Result<Vec<u8>, Error> {
        let straight = self.straight(step);
        let opaque = straight.iter().all(|it| it[3] == 255);
        let (kind, channels) = if opaque {
            (png::ColorType::Rgb, 3)
        } else {
            (png::ColorType::Rgba, 4)
        };
        let data: Vec<u8> = straight.iter().flat_map(|it| &it[..channels]).copied().collect();
        // Which filter packs best depends on the picture.
        let mut best: Option<Vec<u8>> = None;
        for filter in [png::Filter::Adaptive, png::Filter::Up, png::Filter::Paeth] {
            let mut bytes = Vec::new();
            let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
            encoder.set_color(kind);
            encoder.set_depth(png::BitDepth::Eight);
            encoder.set_compression(png::Compression::High);
            encoder.set_filter(filter);
            let mut writer = encoder.write_header()?;
            writer.write_image_data(&data)?;
            writer.finish()?;
            if best.as_ref().is_none_or(|it| bytes.len() < it.len()) {
                best = Some(bytes);
            }
        }
        Ok(best.unwrap_or_default())
    }

    fn straight(&self, step: f32) -> Vec<[u8; 4]> {
        // Too little alpha has no colour of its own worth keeping.
        const LEAST: f32 = 4.0 / 255.0;
        let mut colours: Vec<Option<[f32; 3]>> = self
            .pixels
            .iter()
            .map(|it| {
                (it[3] >= LEAST).then(|| [0, 1, 2].map(|channel| (it[channel] / it[3]).clamp(0.0, 1.0)))
            })
            .collect();
        let mut rim: Vec<usize> = (0..colours.len()).filter(|it| colours[*it].is_some()).collect();
        for _ in 0..BLEED {
            let mut next: Vec<usize> = rim
                .iter()
                .flat_map(|place| self.around(*place))
                .filter(|place| colours[*place].is_none())
                .collect();
            next.sort_unstable();
            next.dedup();
            let found: Vec<Option<[f32; 3]>> = next
                .iter()
                .map(|place| self.mean_around(&colours, *place))
                .collect();
            for (place, colour) in next.iter().zip(found) {
                colours[*place] = colour;
            }
            rim = next;
        }
        let known: Vec<[f32; 3]> = colours.iter().flatten().copied().collect();
        let mean = [0, 1, 2]
            .map(|channel| known.iter().map(|it| it[channel]).sum::<f32>() / known.len().max(1) as f32);
        colours
            .iter()
            .zip(&self.pixels)
            .map(|(colour, pixel)| {
                let alpha = pixel[3].clamp(0.0, 1.0);
                let [red, green, blue] = colour.unwrap_or(mean).map(|it| coarse(it, alpha, step));
                [red, green, blue, (alpha * 255.0).round() as u8]
            })
            .collect()
    }

    /// The pixels round a pixel, and itself.
    fn around(&self, place: usize) -> impl Iterator<Item = usize> + use<> {
        let (x, y, width) = (place % self.width, place / self.width, self.width);
        let (left, right) = (x.saturating_sub(1), (x + 2).min(self.width));
        let (top, bottom) = (y.saturating_sub(1), (y + 2).min(self.height));
        (top..bottom).flat_map(move |y| (left..right).map(move |x| y * width + x))
    }

    fn mean_around(&self, colours: &[Option<[f32; 3]>], place: usize) -> Option<[f32; 3]> {
        let (mut sum, mut count) = ([0.0; 3], 0.0);
        for colour in self.around(place).filter_map(|it| colours[it]) {
            sum = [0, 1, 2].map(|channel| sum[channel] + colour[channel]);
            count += 1.0;
        }
        (count > 0.0).then(|| sum.map(|it| it / count))
    }
}

/// A number as a byte, in steps of `step` where the pixel is opaque, coarser where little of it is seen: nobody sees
/// them, but they compress. Black and white stay.
fn coarse(it: f32, alpha: f32, step: f32) -> u8 {
    let step = match alpha {
        0.6.. => step,
        0.2.. => step.max(4.0),
        _ => 8.0,
    };
    ((it * 255.0 / step).round() * step).min(255.0) as u8
}

/// A transparent canvas.
///
/// # Errors
/// [`Error::Size`] if it has no pixel or is too large.
pub fn canvas(width: usize, height: usize) -> Result<Pixmap, Error> {
    (width.max(height) <= 8192)
        .then(|| Pixmap::new(width as u32, height as u32))
        .flatten()
        .ok_or(Error::Size { width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOT: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">
        <circle cx="5" cy="5" r="2.5" fill="#f00"/></svg>"##;

    fn decoded(picture: &Picture) -> (png::ColorType, Vec<u8>) {
        let bytes = picture.to_png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        data.truncate(info.buffer_size());
        (info.color_type, data)
    }

    #[test]
    fn colours_run_on_under_what_is_transparent() {
        let picture = Picture::from_svg("dot", DOT, 40, 40).unwrap();
        let (kind, data) = decoded(&picture);
        assert_eq!(kind, png::ColorType::Rgba);
        let alphas: Vec<u8> = data.chunks_exact(4).map(|it| it[3]).collect();
        assert!(alphas.contains(&0) && alphas.contains(&255));
        assert!(alphas.iter().any(|it| (1..255).contains(it)), "edges are smooth");
        for pixel in data.chunks_exact(4) {
            assert_eq!(pixel[..3], [255, 0, 0], "no other colour than the dot's");
        }
    }

    #[test]
    fn a_picture_without_holes_has_no_alpha() {
        let picture = Picture::from_fn(4, 2, |x, _| [x / 4.0, 0.0, 0.5, 1.0]);
        let (kind, data) = decoded(&picture);
        assert_eq!(kind, png::ColorType::Rgb);
        assert_eq!(data.len(), 4 * 2 * 3);
    }

    #[test]
    fn samples_lie_between_pixels() {
        let picture = Picture::from_fn(2, 1, |x, _| [x.floor(), 0.0, 0.0, 1.0]);
        assert_eq!(picture.sample(0.5, 0.5)[0], 0.0);
        assert_eq!(picture.sample(1.0, 0.5)[0], 0.5);
        assert_eq!(picture.sample(1.5, 0.5)[0], 1.0);
        assert_eq!(picture.sample(-3.0, 0.5), [0.0; 4]);
    }

    #[test]
    fn what_is_no_svg_is_refused() {
        assert!(Picture::from_svg("dot", DOT, 8, 8).is_ok());
        assert!(matches!(
            Picture::from_svg("text", "no", 8, 8),
            Err(Error::Svg { .. })
        ));
        assert!(matches!(
            Picture::from_svg("dot", DOT, 0, 8),
            Err(Error::Size { .. })
        ));
    }
}
