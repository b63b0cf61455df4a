//! Numbers that are known at some vertices, spread over all of them.

use glam::Vec4;
use moretta_geometry::Surface;

/// How often all vertices are gone through. From the mean of what is known, which is where it begins, what is left of an
/// error halves every few times; a face is some twenty vertices across.
pub(crate) const SWEEPS: usize = 20;

/// Fills `spread` with numbers that are near `known` where `weights` say so, and smooth over `surface`: channel by channel
/// the minimum of the sum over vertices of `weight * (spread - known)^2` and over edges of the squared differences, each
/// vertex's edges together counting 1. [`SWEEPS`] carry over the whole face, fewer as many vertices far.
///
/// It takes the same steps whatever the numbers are. Weights are not below 0.
///
/// # Source
/// The screened Poisson equation on a graph, by Gauss-Seidel: P. Pérez, M. Gangnet, A. Blake, "Poisson Image Editing", 2003,
/// doi:10.1145/882262.882269; its membrane on a mesh: Z. Farbman et al., "Coordinates for Instant Image Cloning", 2009,
/// doi:10.1145/1531326.1531373.
pub(crate) fn spread(
    surface: &Surface,
    known: &[[f32; 4]],
    weights: &[[f32; 4]],
    spread: &mut [[f32; 4]],
    sweeps: usize,
) {
    let (mut sum, mut all) = (Vec4::ZERO, Vec4::splat(1e-6));
    for (known, weight) in known.iter().zip(weights) {
        let weight = Vec4::from(*weight);
        sum += Vec4::from(*known) * weight;
        all += weight;
    }
    let mean = sum / all;
    for ((to, known), weight) in spread.iter_mut().zip(known).zip(weights) {
        let share = Vec4::from(*weight).min(Vec4::ONE);
        *to = (mean + (Vec4::from(*known) - mean) * share).to_array();
    }
    for _ in 0..sweeps {
        for vertex in 0..spread.len() {
            let near = surface.neighbours(vertex);
            let sum: Vec4 = near.iter().map(|it| Vec4::from(spread[usize::from(*it)])).sum();
            let (known, weight) = (Vec4::from(known[vertex]), Vec4::from(weights[vertex]));
            let smooth = sum / near.len() as f32;
            spread[vertex] = ((known * weight + smooth) / (weight + 1.0)).to_array();
        }
    }
}

#[cfg(test)]
mod tests {
    use moretta_geometry::canonical::{VERTICES, positions};
    use moretta_geometry::region::FACE_OVAL;

    use super::*;

    fn of(known: impl Fn(usize) -> f32, weight: impl Fn(usize) -> f32) -> Vec<f32> {
        let known: Vec<_> = (0..VERTICES).map(|it| [known(it); 4]).collect();
        let weights: Vec<_> = (0..VERTICES).map(|it| [weight(it); 4]).collect();
        let mut found = vec![[0.0; 4]; VERTICES];
        spread(&Surface::new(), &known, &weights, &mut found, SWEEPS);
        assert!(found.iter().all(|it| it[1..] == [it[0]; 3]), "channels are alike");
        found.into_iter().map(|it| it[0]).collect()
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
