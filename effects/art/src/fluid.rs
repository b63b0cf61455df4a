//! Fire: hot gas that is blown out of a nozzle, rises, swirls and cools.
//!
//! # Source
//! J. Stam, "Stable Fluids", SIGGRAPH 1999; the swirls that the grid swallows are put back as R. Fedkiw, J. Stam and
//! H. W. Jensen do in "Visual Simulation of Smoke", SIGGRAPH 2001. Lengths are in cells, times in steps.

use glam::Vec2;

use crate::rng::Rng;

/// Gas in a square box, open at all sides.
pub struct Fluid {
    side: usize,
    velocity: Vec<Vec2>,
    /// 0 is cold; what comes out of the nozzle is 1.
    heat: Vec<f32>,
    rng: Rng,
}

/// How the gas behaves.
#[derive(Clone, Copy, Debug)]
pub struct Jet {
    /// The middle of the nozzle, in cells.
    pub nozzle: Vec2,
    /// Half as wide as it is, in cells.
    pub half_width: f32,
    /// In which direction and how fast the gas comes out, in cells a step.
    pub speed: Vec2,
    /// How far the gas spreads: 1 at an eighth of a turn at the edge of the nozzle.
    pub spread: f32,
    /// How fast hot gas is pulled, in cells a step, each step.
    pub rise: Vec2,
    /// How much heat is left after a step.
    pub cooling: f32,
    /// How strongly swirls are put back.
    pub swirl: f32,
}

impl Fluid {
    /// Cold gas at rest in a box of `side` by `side` cells.
    #[must_use]
    pub fn new(side: usize, seed: u64) -> Self {
        Self {
            side,
            velocity: vec![Vec2::ZERO; side * side],
            heat: vec![0.0; side * side],
            rng: Rng::new(seed),
        }
    }

    /// The heat of each cell, by rows from the top.
    #[must_use]
    pub fn heat(&self) -> &[f32] {
        &self.heat
    }

    /// A step in time.
    pub fn step(&mut self, jet: &Jet) {
        self.blow(jet);
        self.swirl(jet.swirl);
        for (velocity, heat) in self.velocity.iter_mut().zip(&self.heat) {
            *velocity += jet.rise * *heat;
        }
        self.project();
        let (velocity, side) = (self.velocity.clone(), self.side);
        self.velocity = carried(&velocity, &self.velocity, side, |it| it * 0.995);
        self.heat = carried(&velocity, &self.heat, side, |it| {
            (it * jet.cooling - 0.0012).max(0.0)
        });
    }

    fn blow(&mut self, jet: &Jet) {
        let flicker = jet.speed * (1.0 + 0.25 * self.rng.about());
        let sway = jet.speed.perp() * 0.22 * self.rng.about();
        let side = self.side;
        for y in 0..side {
            for x in 0..side {
                let away = (Vec2::new(x as f32, y as f32) - jet.nozzle)
                    / Vec2::new(jet.half_width, jet.half_width * 0.6);
                let inside = (1.0 - away.length_squared()).max(0.0);
                if inside > 0.0 {
                    let cell = y * side + x;
                    self.heat[cell] = self.heat[cell].max(inside.sqrt().min(1.0));
                    let aside =
                        jet.speed.perp() * (jet.spread * away.dot(jet.speed.perp().normalize_or_zero()));
                    self.velocity[cell] = self.velocity[cell].lerp(flicker + sway + aside, inside.min(0.6));
                }
            }
        }
    }

    fn curl(&self, x: usize, y: usize) -> f32 {
        let at = |x: usize, y: usize| self.velocity[y * self.side + x];
        (at(x + 1, y).y - at(x - 1, y).y - at(x, y + 1).x + at(x, y - 1).x) / 2.0
    }

    fn swirl(&mut self, strength: f32) {
        let side = self.side;
        let mut curls = vec![0.0; side * side];
        for y in 1..side - 1 {
            for x in 1..side - 1 {
                curls[y * side + x] = self.curl(x, y);
            }
        }
        for y in 2..side - 2 {
            for x in 2..side - 2 {
                let cell = y * side + x;
                let slope = Vec2::new(
                    curls[cell + 1].abs() - curls[cell - 1].abs(),
                    curls[cell + side].abs() - curls[cell - side].abs(),
                );
                let up = slope.normalize_or_zero();
                self.velocity[cell] += Vec2::new(up.y, -up.x) * (curls[cell] * strength);
            }
        }
    }

    /// Takes out what flows together or apart.
    fn project(&mut self) {
        const ROUNDS: usize = 36;
        let side = self.side;
        let mut apart = vec![0.0; side * side];
        for y in 1..side - 1 {
            for x in 1..side - 1 {
                let cell = y * side + x;
                apart[cell] = (self.velocity[cell + 1].x - self.velocity[cell - 1].x
                    + self.velocity[cell + side].y
                    - self.velocity[cell - side].y)
                    / 2.0;
            }
        }
        let mut pressure = vec![0.0_f32; side * side];
        for round in 0..2 * ROUNDS {
            // Like the squares of a chessboard: each colour is computed from the other, overdone a little.
            for y in 1..side - 1 {
                for x in (1 + (y + round) % 2..side - 1).step_by(2) {
                    let cell = y * side + x;
                    let mean = (pressure[cell - 1]
                        + pressure[cell + 1]
                        + pressure[cell - side]
                        + pressure[cell + side]
                        - apart[cell])
                        / 4.0;
                    pressure[cell] += (mean - pressure[cell]) * 1.7;
                }
            }
        }
        for y in 1..side - 1 {
            for x in 1..side - 1 {
                let cell = y * side + x;
                self.velocity[cell] -= Vec2::new(
                    pressure[cell + 1] - pressure[cell - 1],
                    pressure[cell + side] - pressure[cell - side],
                ) / 2.0;
            }
        }
    }
}

/// What was in `field` a step ago where the flow comes from, then changed.
fn carried<T>(velocity: &[Vec2], field: &[T], side: usize, change: impl Fn(T) -> T) -> Vec<T>
where
    T: Copy + core::ops::Add<Output = T> + core::ops::Mul<f32, Output = T>,
{
    let most = side as f32 - 1.001;
    (0..side * side)
        .map(|cell| {
            let from = Vec2::new((cell % side) as f32, (cell / side) as f32) - velocity[cell];
            let from = from.clamp(Vec2::ZERO, Vec2::splat(most));
            let (column, row) = (from.x as usize, from.y as usize);
            let part = from - Vec2::new(column as f32, row as f32);
            let at = row * side + column;
            let upper = field[at] * (1.0 - part.x) + field[at + 1] * part.x;
            let lower = field[at + side] * (1.0 - part.x) + field[at + side + 1] * part.x;
            change(upper * (1.0 - part.y) + lower * part.y)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fire_goes_where_it_is_blown_and_cools() {
        let jet = Jet {
            nozzle: Vec2::new(32.0, 8.0),
            half_width: 5.0,
            speed: Vec2::new(0.0, 2.0),
            spread: 0.0,
            rise: Vec2::ZERO,
            cooling: 0.95,
            swirl: 0.1,
        };
        let mut fluid = Fluid::new(64, 3);
        for _ in 0..30 {
            fluid.step(&jet);
        }
        let row = |y: usize| fluid.heat()[y * 64..(y + 1) * 64].iter().sum::<f32>();
        assert!(row(16) > 1.0, "below the nozzle it is hot");
        assert!(row(62) < row(16) / 2.0, "further away less so");
        assert!(fluid.heat().iter().all(|it| (0.0..=1.0).contains(it)));
        let mut again = Fluid::new(64, 3);
        for _ in 0..30 {
            again.step(&jet);
        }
        assert_eq!(fluid.heat(), again.heat());
    }
}
