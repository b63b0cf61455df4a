//! Numbers that are known at some vertices, spread over all of them.

use glam::Vec4;

use super::atlas::Atlas;
use super::complexion::Scratch;

/// How far numbers are carried from where they are known.
#[derive(Clone, Copy)]
pub(crate) enum Reach {
    /// Over the whole face, some twenty vertices across.
    Face,
    /// Some eight vertices far.
    Near,
}

impl Reach {
    /// How often all vertices are gone through, and how far each goes beyond where it should be then. Ten times by 1.6 leave a
    /// half of the error, or less, that twenty times without going beyond leave.
    fn steps(self) -> (usize, f32) {
        match self {
            Self::Face => (10, 1.6),
            Self::Near => (8, 1.0),
        }
    }
}

/// Fills `scratch.spread` with numbers that are near `scratch.known` where `scratch.weights` say so, and smooth over the face: channel
/// by channel the minimum of the sum over vertices of `edges * weight * (spread - known)^2` and over edges of the squared differences,
/// where `edges` is how many a vertex has. It begins at the mean of what is known, and may end a little beyond what is known.
///
/// It takes the same steps whatever the numbers are. Weights are not below 0.
///
/// # Source
/// The screened Poisson equation on a graph: P. Pérez, M. Gangnet, A. Blake, "Poisson Image Editing", 2003,
/// doi:10.1145/882262.882269; its membrane on a mesh: Z. Farbman et al., "Coordinates for Instant Image Cloning", 2009,
/// doi:10.1145/1531326.1531373. By successive over-relaxation: D. Young, "Iterative methods for solving partial difference equations
/// of elliptic type", 1954, doi:10.1090/S0002-9947-1954-0059635-7.
pub(crate) fn spread(atlas: &Atlas, scratch: &mut Scratch<'_>, reach: Reach) {
    let weighed = scratch.known.iter().zip(&*scratch.weights);
    let (mut sum, mut all) = (Vec4::ZERO, Vec4::splat(1e-6));
    for (known, weight) in weighed {
        let weight = Vec4::from(*weight);
        sum += Vec4::from(*known) * weight;
        all += weight;
    }
    let mean = sum / all;
    let weighed = scratch.known.iter().zip(&*scratch.weights);
    for (to, (known, weight)) in scratch.spread.iter_mut().zip(weighed) {
        let share = Vec4::from(*weight).min(Vec4::ONE);
        *to = (mean + (Vec4::from(*known) - mean) * share).to_array();
    }
    let (sweeps, beyond) = reach.steps();
    (0..sweeps).for_each(|_| sweep(atlas, scratch, beyond));
}

fn sweep(atlas: &Atlas, scratch: &mut Scratch<'_>, beyond: f32) {
    let spread = &mut *scratch.spread;
    for vertex in &atlas.apart {
        let vertex = usize::from(*vertex);
        let near = atlas.surface.neighbours(vertex);
        let sum: Vec4 = near.iter().map(|it| Vec4::from(spread[usize::from(*it)])).sum();
        let (known, weight) = (
            Vec4::from(scratch.known[vertex]),
            Vec4::from(scratch.weights[vertex]),
        );
        let edges = near.len() as f32;
        let should = (known * weight * edges + sum) / ((weight + 1.0) * edges);
        let is = Vec4::from(spread[vertex]);
        spread[vertex] = (is + (should - is) * beyond).to_array();
    }
}

#[cfg(test)]
mod tests {
    use moretta_geometry::canonical::{VERTICES, positions};
    use moretta_geometry::region::FACE_OVAL;

    use super::*;

    fn of(known: impl Fn(usize) -> f32, weight: impl Fn(usize) -> f32) -> Vec<f32> {
        after(known, weight, 0)
    }

    /// After `more` sweeps besides.
    fn after(known: impl Fn(usize) -> f32, weight: impl Fn(usize) -> f32, more: usize) -> Vec<f32> {
        let atlas = Atlas::new();
        let mut numbers = vec![[0.0; 4]; Scratch::LEN];
        let mut scratch = Scratch::over(&mut numbers).unwrap();
        for vertex in 0..VERTICES {
            scratch.known[vertex] = [known(vertex); 4];
            scratch.weights[vertex] = [weight(vertex); 4];
        }
        spread(&atlas, &mut scratch, Reach::Face);
        (0..more).for_each(|_| sweep(&atlas, &mut scratch, 1.0));
        let found = scratch.spread.iter();
        assert!(
            found.clone().all(|it| it[1..] == [it[0]; 3]),
            "channels are alike"
        );
        found.map(|it| it[0]).collect()
    }

    #[test]
    fn little_is_left_of_the_error() {
        let spots = Atlas::new().spots;
        let slope = |vertex: usize| spots[vertex].across + 0.5 * spots[vertex].up;
        // Known at the outline alone, and on all skin a little.
        let hem = |vertex: usize| -> f32 { if spots[vertex].on_hem { 3.0 } else { 0.0 } };
        let skin = |vertex: usize| 0.35 * spots[vertex].bare;
        for (weight, most) in [(&hem as &dyn Fn(usize) -> f32, 0.06), (&skin, 0.01)] {
            let [soon, late] = [0, 3000].map(|more| after(slope, weight, more));
            let squares = soon.iter().zip(&late).map(|(soon, late)| (soon - late).powi(2));
            let error = (squares.sum::<f32>() / VERTICES as f32).sqrt();
            assert!(error < most, "{error}");
        }
    }

    #[test]
    fn one_number_everywhere_stays() {
        let found = of(|_| 0.25, |vertex| f32::from(u8::from(vertex % 7 == 0)));
        assert!(found.iter().all(|it| (it - 0.25).abs() < 1e-4));
    }

    #[test]
    fn what_is_not_known_lies_between_what_is() {
        let oval = |vertex: usize| FACE_OVAL.contains(&(vertex as u16));
        let up = |vertex: usize| positions()[vertex].raw().y / 90.0;
        let found = of(up, |vertex| if oval(vertex) { 1e4 } else { 0.0 });
        for (vertex, found) in found.iter().enumerate() {
            assert!((-1.1..1.1).contains(found), "{vertex}: {found}");
            if oval(vertex) {
                assert!((found - up(vertex)).abs() < 1e-2, "{vertex}: {found}");
            }
        }
        assert!(found[151] > found[4] && found[4] > found[199], "up is up");
    }

    #[test]
    fn nothing_known_is_nothing() {
        assert_eq!(of(|_| 3.0, |_| 0.0), [0.0; VERTICES]);
    }

    #[test]
    fn outliers_without_weight_do_nothing() {
        let found = of(
            |vertex| if vertex == 4 { 1e6 } else { 1.0 },
            |vertex| if vertex == 4 { 0.0 } else { 1.0 },
        );
        assert!(found.iter().all(|it| (it - 1.0).abs() < 1e-4));
    }
}
