//! Hair, fur and bristles: thousands of thin strokes that end in a point.

use glam::Vec2;

use crate::Picture;
use crate::rng::Rng;

/// A colour in sRGB, 0 to 1.
pub type Rgb = [f32; 3];

/// A colour given as `0xrrggbb`.
#[must_use]
pub fn rgb(colour: u32) -> Rgb {
    [16, 8, 0].map(|shift| ((colour >> shift) & 0xff) as f32 / 255.0)
}

/// A colour between `a`, at 0, and `b`, at 1.
#[must_use]
pub fn between(a: Rgb, b: Rgb, part: f32) -> Rgb {
    [0, 1, 2].map(|channel| a[channel] + (b[channel] - a[channel]) * part.clamp(0.0, 1.0))
}

/// One hair.
#[derive(Clone, Debug)]
pub struct Hair {
    /// From its root to its tip, in pixels.
    pub line: Vec<Vec2>,
    /// Where it is thickest, in pixels.
    pub width: f32,
    /// From the root to the tip, at even distances: two or more.
    pub colours: Vec<Rgb>,
    /// 0 to 1.
    pub opacity: f32,
    /// How soon it gets thinner towards the tip: 1 from the root on, less later.
    pub taper: f32,
}

impl Hair {
    /// Draws it.
    pub fn draw(&self, picture: &mut Picture) {
        let reach = Vec2::splat(self.width / 2.0 + 1.0);
        let least = self.line.iter().fold(Vec2::INFINITY, |a, b| a.min(*b)) - reach;
        let most = self.line.iter().fold(Vec2::NEG_INFINITY, |a, b| a.max(*b)) + reach;
        let (left, top) = (least.x.max(0.0) as usize, least.y.max(0.0) as usize);
        let right = (most.x.max(0.0) as usize + 1).min(picture.width);
        let bottom = (most.y.max(0.0) as usize + 1).min(picture.height);
        if left >= right || top >= bottom {
            return;
        }
        // How much of each pixel is covered, and how far along the hair: the best of all its pieces.
        let mut cover = vec![(0.0_f32, 0.0_f32); (right - left) * (bottom - top)];
        let pieces = (self.line.len() - 1) as f32;
        for (number, ends) in self.line.windows(2).enumerate() {
            let (from, along) = (ends[0], ends[1] - ends[0]);
            let low = (ends[0].min(ends[1]) - reach).max(Vec2::new(left as f32, top as f32));
            let high = ends[0].max(ends[1]) + reach;
            for y in low.y as usize..(high.y.max(0.0) as usize + 1).min(bottom) {
                for x in low.x as usize..(high.x.max(0.0) as usize + 1).min(right) {
                    let pixel = Vec2::new(x as f32 + 0.5, y as f32 + 0.5);
                    let part = (pixel - from).dot(along) / along.length_squared().max(1e-9);
                    let part = part.clamp(0.0, 1.0);
                    let whole = (number as f32 + part) / pieces;
                    let width = self.width * self.thick(whole);
                    let covered = (width / 2.0 + 0.5 - pixel.distance(from + along * part)).clamp(0.0, 1.0)
                        * width.min(1.0);
                    let best = &mut cover[(y - top) * (right - left) + x - left];
                    if covered > best.0 {
                        *best = (covered, whole);
                    }
                }
            }
        }
        for (place, (covered, along)) in cover.into_iter().enumerate().filter(|(_, it)| it.0 > 0.0) {
            let (x, y) = (left + place % (right - left), top + place / (right - left));
            let alpha = covered * self.opacity;
            let colour = self.colour(along);
            let pixel = &mut picture.pixels[y * picture.width + x];
            for channel in 0..3 {
                pixel[channel] = colour[channel].clamp(0.0, 1.0) * alpha + pixel[channel] * (1.0 - alpha);
            }
            pixel[3] = alpha + pixel[3] * (1.0 - alpha);
        }
    }

    /// How thick it is at `along`, 0 to 1 at its thickest.
    fn thick(&self, along: f32) -> f32 {
        (0.12 + 7.0 * along).min(1.0) * (1.0 - along).max(0.0).powf(self.taper)
    }

    fn colour(&self, along: f32) -> Rgb {
        let last = self.colours.len() - 1;
        let at = along * last as f32;
        let before = (at as usize).min(last.saturating_sub(1));
        between(
            self.colours[before],
            self.colours[last.min(before + 1)],
            at - before as f32,
        )
    }
}

/// A bundle of hair along a curve.
pub struct Lock<'a> {
    /// The middle of the bundle, from the roots on: many points, in pixels.
    pub guide: &'a [Vec2],
    /// Half as wide as the bundle is at 0 to 1 of the guide.
    pub half_width: &'a dyn Fn(f32) -> f32,
    /// Where a hair begins at the latest, of the guide.
    pub latest: f32,
    /// How long hairs are, of the guide: from, to.
    pub length: [f32; 2],
    /// How wide a hair is, in pixels: from, to.
    pub width: [f32; 2],
    /// How far hairs wander across the bundle, of its half width.
    pub stray: f32,
    /// The colours of a hair: by its place across the bundle, -1 to 1, and where it begins, 0 to 1.
    pub colours: &'a dyn Fn(f32, f32, &mut Rng) -> Vec<Rgb>,
    /// 0 to 1.
    pub opacity: f32,
}

impl Lock<'_> {
    /// Draws `count` hairs, those that begin last first, as they lie under the others.
    pub fn draw(&self, picture: &mut Picture, rng: &mut Rng, count: usize) {
        let mut starts: Vec<f32> = (0..count).map(|_| rng.unit() * self.latest).collect();
        starts.sort_by(|a, b| b.total_cmp(a));
        for start in starts {
            let across = rng.between(-1.0, 1.0);
            let drift = across + rng.about() * self.stray;
            let end = (start + rng.between(self.length[0], self.length[1])).min(1.0);
            let bow = rng.about() * self.stray * 0.5;
            let line = (0..=12)
                .map(|step| {
                    let part = step as f32 / 12.0;
                    let along = start + (end - start) * part;
                    let side = across + (drift - across) * part + bow * (part * (1.0 - part) * 4.0);
                    self.place(along, side)
                })
                .collect();
            Hair {
                line,
                width: rng.between(self.width[0], self.width[1]),
                colours: (self.colours)(across, start, rng),
                opacity: self.opacity,
                taper: 0.6,
            }
            .draw(picture);
        }
    }

    /// The place at `along` the guide, `side` half widths to its right.
    fn place(&self, along: f32, side: f32) -> Vec2 {
        let last = self.guide.len() - 1;
        let at = (along * last as f32).clamp(0.0, last as f32);
        let before = (at as usize).min(last.saturating_sub(1));
        let point = self.guide[before].lerp(self.guide[before + 1], at - before as f32);
        let (from, to) = (before.saturating_sub(2), (before + 3).min(last));
        let direction = (self.guide[to] - self.guide[from]).normalize_or_zero();
        point + direction.perp() * (side * (self.half_width)(along))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hair_is_thick_at_its_root_and_ends_in_a_point() {
        let mut drawn = Picture::new(100, 40);
        Hair {
            line: (0..10)
                .map(|it| Vec2::new(10.0 + 8.0 * it as f32, 20.0))
                .collect(),
            width: 8.0,
            colours: vec![rgb(0xff0000), rgb(0x0000ff)],
            opacity: 1.0,
            taper: 1.0,
        }
        .draw(&mut drawn);
        let cover = |x: usize| (0..40).map(|y| drawn.pixels[y * 100 + x][3]).sum::<f32>();
        assert!(cover(25) > 5.0 && cover(70) < 3.0 && cover(70) > 0.2);
        assert_eq!(cover(3) + cover(95), 0.0);
        let at = |x: usize| drawn.pixels[20 * 100 + x];
        assert!(at(15)[0] > at(15)[2] && at(70)[2] > at(70)[0], "from red to blue");
    }

    #[test]
    fn hair_off_the_picture_is_not_drawn() {
        let mut drawn = Picture::new(10, 10);
        let hair = |x: f32| Hair {
            line: vec![Vec2::new(x, 5.0), Vec2::new(x + 4.0, 5.0)],
            width: 2.0,
            colours: vec![rgb(0xffffff), rgb(0xffffff)],
            opacity: 1.0,
            taper: 1.0,
        };
        hair(-50.0).draw(&mut drawn);
        hair(60.0).draw(&mut drawn);
        assert_eq!(drawn, Picture::new(10, 10));
        hair(8.0).draw(&mut drawn);
        assert_ne!(
            drawn,
            Picture::new(10, 10),
            "what is on it in part is drawn in part"
        );
    }

    #[test]
    fn a_lock_stays_in_its_width() {
        let mut drawn = Picture::new(120, 60);
        let guide: Vec<Vec2> = (0..20)
            .map(|it| Vec2::new(10.0 + 5.0 * it as f32, 30.0))
            .collect();
        let lock = Lock {
            guide: &guide,
            half_width: &|_| 10.0,
            latest: 0.5,
            length: [0.3, 0.5],
            width: [1.0, 2.0],
            stray: 0.0,
            colours: &|_, _, _| vec![rgb(0), rgb(0)],
            opacity: 1.0,
        };
        lock.draw(&mut drawn, &mut Rng::new(1), 500);
        let row = |y: usize| {
            drawn.pixels[y * 120..(y + 1) * 120]
                .iter()
                .map(|it| it[3])
                .sum::<f32>()
        };
        assert!(row(30) > 40.0);
        assert_eq!((0..18).chain(42..60).map(row).sum::<f32>(), 0.0);
    }
}
