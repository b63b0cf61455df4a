//! What hides props that go behind the head.
//!
//! The face itself is hidden behind by its own surface: the [canonical mesh](crate::canonical) with the landmarks
//! of the frame as vertices. Behind it lies this shell, a closed ellipsoid that the pose carries along.
//!
//! # The ellipsoid
//! In [`FaceMm`]; half axes 76, 122.5 and 97 mm about (0, 24.5, -57).
//!
//! - Its top is as far above the eyes as the chin is below them, 147 mm: the eyes lie half way up a head.
//! - Its back is at -154 mm: from between the brows to the back a head is 1.36 times as long as it is wide from ear
//!   to ear, 208 mm here.
//! - Otherwise it is the largest that has each vertex of the face outside: it never hides what is before the face.
//!
//! # Source
//! C. C. Gordon et al., "1988 Anthropometric Survey of U.S. Army Personnel", NATICK/TR-89/044, men: head length
//! 197 mm, bitragion breadth 145 mm. The half-way rule is the canon of draughtsmen.

use core::f32::consts::{PI, TAU};

use glam::Vec3;
use moretta_space::{FaceMm, Point3};

/// How many vertices the shell has.
pub const HEAD_VERTICES: usize = 2 + RINGS * SEGMENTS;

/// How many triangles it has.
pub const HEAD_TRIANGLES: usize = 2 * RINGS * SEGMENTS;

const RINGS: usize = 11;
const SEGMENTS: usize = 24;
const CENTRE: Vec3 = Vec3::new(0.0, 24.5, -57.0);
const HALF_AXES: Vec3 = Vec3::new(76.0, 122.5, 97.0);

/// The vertices of the shell: the top, the rings from there down, the bottom.
pub fn head_positions() -> [Point3<FaceMm>; HEAD_VERTICES] {
    core::array::from_fn(|vertex| {
        let on_sphere = match vertex.checked_sub(1) {
            None => Vec3::Y,
            Some(below) if below == RINGS * SEGMENTS => Vec3::NEG_Y,
            Some(below) => {
                let from_top = PI * (below / SEGMENTS + 1) as f32 / (RINGS + 1) as f32;
                let round = TAU * (below % SEGMENTS) as f32 / SEGMENTS as f32;
                Vec3::new(
                    from_top.sin() * round.sin(),
                    from_top.cos(),
                    from_top.sin() * round.cos(),
                )
            }
        };
        Point3::from_raw(CENTRE + HALF_AXES * on_sphere)
    })
}

/// The triangles of the shell, as indices of its vertices, counterclockwise as seen from outside.
pub fn head_triangles() -> [[u16; 3]; HEAD_TRIANGLES] {
    const BOTTOM: u16 = (HEAD_VERTICES - 1) as u16;
    // Between two rings and at each pole, one segment has two triangles and one.
    core::array::from_fn(|triangle| {
        let segment = triangle % SEGMENTS;
        let on_ring = |ring: usize, segment: usize| (1 + ring * SEGMENTS + segment % SEGMENTS) as u16;
        match triangle / SEGMENTS {
            0 => [0, on_ring(0, segment), on_ring(0, segment + 1)],
            last if last == 2 * RINGS - 1 => [
                BOTTOM,
                on_ring(RINGS - 1, segment + 1),
                on_ring(RINGS - 1, segment),
            ],
            strip if strip % 2 == 1 => {
                let ring = strip / 2;
                [
                    on_ring(ring, segment),
                    on_ring(ring + 1, segment),
                    on_ring(ring + 1, segment + 1),
                ]
            }
            strip => {
                let ring = strip / 2 - 1;
                [
                    on_ring(ring, segment),
                    on_ring(ring + 1, segment + 1),
                    on_ring(ring, segment + 1),
                ]
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::canonical::positions;

    /// 1 on the ellipsoid, more outside.
    fn level(place: Vec3) -> f32 {
        ((place - CENTRE) / HALF_AXES).length()
    }

    #[test]
    fn the_shell_is_closed_and_turned_outwards() {
        let (vertices, triangles) = (head_positions(), head_triangles());
        let mut edges = BTreeSet::new();
        for [a, b, c] in triangles {
            for edge in [(a, b), (b, c), (c, a)] {
                assert!(
                    edges.insert(edge),
                    "two triangles run the same way along {edge:?}"
                );
            }
            let [a, b, c] = [a, b, c].map(|it| vertices[usize::from(it)].raw());
            assert!((b - a).cross(c - a).dot(a - CENTRE) > 0.0);
        }
        assert!(
            edges.iter().all(|(a, b)| edges.contains(&(*b, *a))),
            "each edge has two sides"
        );
        assert_eq!(
            edges.iter().map(|(a, _)| a).collect::<BTreeSet<_>>().len(),
            HEAD_VERTICES
        );
        assert!(vertices.iter().all(|it| (level(it.raw()) - 1.0).abs() < 1e-5));
    }

    #[test]
    fn the_whole_face_is_outside() {
        let nearest = positions()
            .iter()
            .map(|it| level(it.raw()))
            .fold(f32::MAX, f32::min);
        assert!(nearest >= 1.0, "{nearest}");
        assert!(
            nearest < 1.01,
            "the largest that fits, not a smaller one: {nearest}"
        );
    }

    #[test]
    fn the_head_has_its_proportions() {
        let y = |vertex: usize| positions()[vertex].raw().y;
        let eyes = f32::midpoint(y(33), y(263));
        let top = CENTRE.y + HALF_AXES.y;
        assert!(((top - eyes) - (eyes - y(152))).abs() < 1.0);
        let width = positions()[454].distance(positions()[234]);
        let length = positions()[9].raw().z - (CENTRE.z - HALF_AXES.z);
        assert!(
            (length / width - 197.0 / 145.0).abs() < 0.005,
            "{}",
            length / width
        );
    }
}
