//! Ears of animals: a shape, and fur that grows on it towards its tip.

use core::fmt::Write;

use glam::Vec2;

use crate::hair::{Hair, Rgb, between};
use crate::rng::Rng;
use crate::{Error, Picture};

/// An ear between two edges that meet at its tip: each a start, a bend and the tip, in pixels.
pub(super) struct Ear {
    pub(super) size: [usize; 2],
    pub(super) left: [Vec2; 2],
    pub(super) right: [Vec2; 2],
    pub(super) tip: Vec2,
    /// The part of the width, and of the height, that is the inside.
    pub(super) inside: [f32; 2],
    /// How round the tip is, as part of the height.
    pub(super) round: f32,
    pub(super) coat: [Rgb; 3],
    /// Colours of the skin inside: below, and towards the tip.
    pub(super) skin: [&'static str; 2],
    pub(super) tuft: [Rgb; 2],
    /// How long hairs are, in pixels: of the coat, and inside.
    pub(super) length: [f32; 2],
    pub(super) count: [usize; 2],
    pub(super) seed: u64,
}

impl Ear {
    /// The place `across` from the left edge, -1, to the right, 1, and `up` from the base, 0, to the tip, 1.
    fn place(&self, across: f32, up: f32) -> Vec2 {
        let edge = |[start, bend]: [Vec2; 2], t: f32| {
            start * ((1.0 - t) * (1.0 - t)) + bend * (2.0 * t * (1.0 - t)) + self.tip * (t * t)
        };
        // Near the tip the edges go round instead of meeting in a point.
        let far = up * (1.0 - self.round * across * across);
        let left = edge(self.left, far);
        let right = edge(self.right, far);
        left.lerp(right, across * 0.5 + 0.5)
    }

    /// How wide the inside is at `up`, as part of the whole: it narrows to its top.
    fn hollow(&self, up: f32) -> f32 {
        let [width, height] = self.inside;
        width * (1.0 - (up / height).clamp(0.0, 1.0).powf(3.0)).sqrt()
    }

    fn outline(&self, height: f32, width: impl Fn(f32) -> f32) -> String {
        let mut text = String::new();
        let steps = 40;
        for step in 0..=2 * steps {
            let turn = step as f32 / steps as f32 - 1.0;
            // Up the left edge, down the right one.
            let up = (1.0 - turn.abs()) * height;
            let across = if turn == 0.0 {
                0.0
            } else {
                turn.signum() * width(up)
            };
            let point = self.place(across, up);
            let _ = write!(
                text,
                "{}{:.1} {:.1}",
                if step == 0 { "M" } else { "L" },
                point.x,
                point.y
            );
        }
        text + "Z"
    }

    fn base(&self) -> Result<Picture, Error> {
        let [width, height] = self.size;
        let hex = |it: Rgb| {
            let [red, green, blue] = it.map(|it| (it * 255.0) as u8);
            format!("#{red:02x}{green:02x}{blue:02x}")
        };
        let svg = format!(
            concat!(
                r##"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}"><defs>"##,
                r##"<linearGradient id="a" x1="0" y1="1" x2="0" y2="0"><stop offset="0" stop-color="{s0}"/>"##,
                r##"<stop offset="1" stop-color="{s1}"/></linearGradient>"##,
                r##"<filter id="b" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="7"/></filter>"##,
                r##"</defs><path d="{outer}" fill="{coat}"/>"##,
                r##"<path d="{inner}" fill="{dark}" opacity=".55" filter="url(#b)"/>"##,
                r##"<path d="{inner}" fill="url(#a)" filter="url(#b)"/></svg>"##
            ),
            w = width,
            h = height,
            s0 = self.skin[0],
            s1 = self.skin[1],
            coat = hex(self.coat[1]),
            dark = hex(self.coat[0]),
            outer = self.outline(0.97, |_| 0.96),
            inner = self.outline(self.inside[1], |up| self.hollow(up)),
        );
        Picture::from_svg("ear", &svg, width, height)
    }

    /// The ear. Towards its base it fades: there it is in the hair of who wears it.
    pub(super) fn picture(&self) -> Result<Picture, Error> {
        let mut rng = Rng::new(self.seed);
        let mut whole = self.base()?;
        let mut roots: Vec<[f32; 2]> = Vec::new();
        while roots.len() < self.count[0] {
            let (across, up) = (rng.between(-1.0, 1.0), rng.unit());
            // Only where the inside is not.
            if across.abs() > self.hollow(up) * (0.93 + 0.1 * rng.unit()) {
                roots.push([across, up]);
            }
        }
        // Those nearer to the tip lie under the others.
        roots.sort_by(|a, b| b[1].total_cmp(&a[1]));
        for [across, up] in roots {
            let root = self.place(across, up);
            let along = (self.place(across, (up + 0.04).min(1.0)) - self.place(across, (up - 0.04).max(0.0)))
                .normalize_or_zero();
            let out = Vec2::new(across.signum(), 0.0) * across.abs().powi(2);
            let towards = (along + out * (0.55 + 0.25 * rng.about()) + Vec2::new(0.22, 0.1) * rng.about())
                .normalize_or_zero();
            let length = self.length[0] * rng.between(0.6, 1.15) * (1.0 - 0.6 * up.powi(6));
            let lit = 0.45 - 0.3 * across + 0.35 * rng.about();
            let light = between(self.coat[1], self.coat[2], lit);
            let tip = between(light, self.coat[2], 0.35 + 0.4 * rng.about());
            hair(
                &mut whole,
                root,
                towards,
                along * 0.35,
                length,
                rng.between(1.4, 2.6),
                vec![between(self.coat[0], light, 0.35), light, tip],
            );
        }
        // From the inner edges inwards and up.
        for _ in 0..self.count[1] {
            let side = if rng.unit() < 0.5 { -1.0 } else { 1.0 };
            let up = rng.unit().powf(1.2) * self.inside[1] * 0.97;
            let across = side * self.hollow(up) * rng.between(0.66, 1.1);
            let root = self.place(across, up);
            let along = (self.place(across, up + 0.05) - root).normalize_or_zero();
            let towards = (along + Vec2::new(-side, -0.2) * rng.between(0.25, 0.75)).normalize_or_zero();
            let length = self.length[1] * rng.between(0.5, 1.1) * (1.0 - 0.55 * up);
            let shade = between(self.tuft[0], self.tuft[1], 0.5 + 0.5 * rng.about());
            hair(
                &mut whole,
                root,
                towards,
                along * 0.6,
                length,
                rng.between(1.0, 2.0),
                vec![between(self.tuft[0], shade, 0.4), shade, self.tuft[1]],
            );
        }
        // Over the lower end of the inside: fur of the head that begins before it.
        for _ in 0..self.count[1] {
            let across = rng.about() * 0.62;
            let up = -0.03 + 0.15 * rng.unit() * (1.0 - across * across);
            let root = self.place(across, up);
            let along = (self.place(across, up + 0.05) - root).normalize_or_zero();
            let towards = (along + Vec2::new(0.5, 0.1) * rng.about() + Vec2::new(across * 0.6, 0.0))
                .normalize_or_zero();
            let light = between(self.coat[1], self.coat[2], 0.5 + 0.45 * rng.about());
            let tip = between(light, self.tuft[1], 0.55);
            let length = self.length[0] * rng.between(0.8, 1.7);
            hair(
                &mut whole,
                root,
                towards,
                along * 0.4,
                length,
                rng.between(1.4, 2.4),
                vec![between(self.coat[0], light, 0.7), light, tip],
            );
        }
        let [width, height] = self.size.map(|it| it as f32);
        for (place, pixel) in whole.pixels.iter_mut().enumerate() {
            let (x, y) = (
                (place % self.size[0]) as f32 / width,
                (place / self.size[0]) as f32 / height,
            );
            // Lower in the middle, and uneven like the ends of hair.
            let low = 0.985 - 0.16 * (2.0 * x - 1.0).powi(2) + 0.012 * (x * 61.0).sin() * (x * 23.0).sin();
            let seen = ((low - y) / 0.17).clamp(0.0, 1.0);
            *pixel = pixel.map(|it| it * seen * seen * (3.0 - 2.0 * seen));
        }
        Ok(whole)
    }
}

fn hair(
    picture: &mut Picture,
    root: Vec2,
    towards: Vec2,
    bend: Vec2,
    length: f32,
    width: f32,
    colours: Vec<Rgb>,
) {
    let line = (0..=8)
        .map(|step| {
            let part = step as f32 / 8.0;
            root + (towards * part + bend * (part * part)) * length
        })
        .collect();
    Hair {
        line,
        width,
        colours,
        opacity: 0.95,
        taper: 0.8,
    }
    .draw(picture);
}
