//! What varies evenly across a face: a light that rises or falls from one side to the other, and one hue.

use glam::{Mat3, Vec2, Vec3};

use super::atlas::Spot;

/// What differs by so many spreads counts `exp(-1/2)`.
const SCALE: f32 = 1.5;
/// How often what does not fit is given less weight.
const ROUNDS: usize = 8;

/// Of each vertex a level, two numbers of hue, and how much they count: all of them logarithms of light.
pub(crate) type Reading = [f32; 4];

/// What is taken for a spread at least: of levels, and of hues.
#[derive(Clone, Copy)]
pub(crate) struct Floors {
    pub(crate) level: f32,
    pub(crate) hue: f32,
}

/// A level that rises or falls evenly across the face, and one hue.
#[derive(Clone, Copy)]
pub(crate) struct Even {
    /// In the middle, and by how much more it is to the left and upwards.
    level: Vec3,
    pub(crate) hue: Vec2,
    /// How much readings differ from that: of normal ones, three quarters of their standard deviation, for what is far counts less here as
    /// well. It is left at that, and not made larger by a third: whoever goes by it asks what hangs together, and a spread that is as
    /// large as the deviation takes in more of a hand.
    pub(crate) spread_level: f32,
    pub(crate) spread_hue: f32,
}

impl Even {
    /// Fits the `readings` of those `spots` that are `among` what is asked for, by iterated weighting, so that a hand or hair before a
    /// part of them does not count.
    ///
    /// It takes the same steps whatever the readings are.
    ///
    /// # Source
    /// Welsch's weight: J. Dennis, R. Welsch, "Techniques for nonlinear least squares and robust regression", 1978,
    /// doi:10.1080/03610917808812083.
    pub(crate) fn fit(
        readings: &[Reading],
        spots: &[Spot],
        among: impl Fn(&Spot) -> bool,
        floors: Floors,
    ) -> Self {
        let mut fit = Self {
            level: Vec3::ZERO,
            hue: Vec2::ZERO,
            // At first everything counts alike.
            spread_level: 1e3,
            spread_hue: 1e3,
        };
        for _ in 0..ROUNDS {
            // Of what the fit so far leaves.
            let (mut matrix, mut right, mut squares_level) = (Mat3::ZERO, Vec3::ZERO, 0.0);
            let (mut hues, mut squares_hue, mut all) = (Vec2::ZERO, 0.0, 0.0);
            for (reading, spot) in readings.iter().zip(spots).filter(|(_, spot)| among(spot)) {
                let (level, hue) = fit.differences(reading, spot);
                let weight = reading[3] * fit.fits(level, hue);
                let at = Vec3::new(1.0, spot.across, spot.up);
                let weighted = at * weight;
                matrix += Mat3::from_cols(weighted, weighted * at.y, weighted * at.z);
                right += weighted * level;
                squares_level += weight * level * level;
                hues += hue * weight;
                squares_hue += weight * hue.length_squared();
                all += weight;
            }
            // Slopes are drawn towards none, so that few vertices do not tilt the whole.
            let towards_none = Mat3::from_diagonal(Vec3::new(1e-4, 2.0, 2.0));
            let step = (matrix + towards_none).inverse() * (right - towards_none * fit.level);
            let some = all + 1e-6;
            let turn = (hues - fit.hue * 1e-6) / some;
            // What the next one leaves, from what this one did.
            squares_level += step.dot(matrix * step - right * 2.0);
            squares_hue += turn.dot(turn * all - hues * 2.0);
            let spread = |squares: f32| (squares.max(0.0) / some).sqrt();
            fit = Self {
                level: fit.level + step,
                hue: fit.hue + turn,
                spread_level: spread(squares_level).max(floors.level),
                spread_hue: spread(0.5 * squares_hue).max(floors.hue),
            };
        }
        fit
    }

    /// What is left of it if it is certain only so far, 0 to 1.
    pub(crate) fn as_far_as(self, certain: f32, floors: Floors) -> Self {
        let spread = |spread: f32, floor: f32| floor + (spread - floor) * certain;
        Self {
            level: self.level * certain,
            hue: self.hue * certain,
            spread_level: spread(self.spread_level, floors.level),
            spread_hue: spread(self.spread_hue, floors.hue),
        }
    }

    /// The level at a vertex.
    pub(crate) fn level(self, spot: &Spot) -> f32 {
        self.level.dot(Vec3::new(1.0, spot.across, spot.up))
    }

    /// By how much a reading's level and hue are off.
    pub(crate) fn differences(self, reading: &Reading, spot: &Spot) -> (f32, Vec2) {
        (reading[0] - self.level(spot), hue_of(reading) - self.hue)
    }

    /// How much what is off by so much counts while the fit is being found.
    fn fits(self, level: f32, hue: Vec2) -> f32 {
        let level = level / (SCALE * self.spread_level);
        let hue = hue / (SCALE * self.spread_hue);
        (-0.5 * (level * level + hue.length_squared())).exp()
    }
}

fn hue_of(reading: &Reading) -> Vec2 {
    Vec2::new(reading[1], reading[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swap::atlas::Atlas;

    const FLOORS: Floors = Floors {
        level: 0.05,
        hue: 0.05,
    };

    #[test]
    fn a_slope_is_found_whatever_covers_a_third() {
        let spots = Atlas::new().spots;
        let reading = |spot: &Spot| match spot.up < -0.35 {
            true => [1.5, -0.8, 0.9, 1.0],
            false => [0.3 + 0.2 * spot.across, 0.5, -0.25, 1.0],
        };
        let readings: Vec<_> = spots.iter().map(reading).collect();
        let covered = spots.iter().filter(|spot| spot.up < -0.35).count();
        assert!((100..200).contains(&covered), "{covered}");
        let fit = Even::fit(&readings, &spots, |_| true, FLOORS);
        assert!(fit.hue.distance(Vec2::new(0.5, -0.25)) < 0.02, "{:?}", fit.hue);
        let off = spots
            .iter()
            .map(|spot| (fit.level(spot) - 0.3 - 0.2 * spot.across).abs());
        let off = off.fold(0.0, f32::max);
        assert!(off < 0.05, "{off}");
    }

    #[test]
    fn a_spread_is_three_quarters_of_the_standard_deviation_of_what_is_normal() {
        let spots = Atlas::new().spots;
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 16_777_216.0
        };
        // The sum of twelve: a variance of one.
        let mut normal = || (0..12).map(|_| random()).sum::<f32>() - 6.0;
        let readings: Vec<_> = spots
            .iter()
            .map(|_| [0.4 * normal(), 0.2 * normal(), 0.2 * normal(), 1.0])
            .collect();
        let fit = Even::fit(&readings, &spots, |_| true, FLOORS);
        assert!(
            (fit.spread_level / 0.4 - 0.745).abs() < 0.08,
            "{}",
            fit.spread_level
        );
        assert!((fit.spread_hue / 0.2 - 0.745).abs() < 0.08, "{}", fit.spread_hue);
    }

    #[test]
    fn nothing_that_counts_is_nothing() {
        let spots = Atlas::new().spots;
        let fit = Even::fit(&vec![[3.0, 1.0, 1.0, 0.0]; spots.len()], &spots, |_| true, FLOORS);
        assert_eq!((fit.level(&spots[0]), fit.hue), (0.0, Vec2::ZERO));
    }
}
