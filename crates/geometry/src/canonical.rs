//! The canonical face: the mesh that every landmark is a vertex of.
//!
//! A mean face with a closed mouth that looks along +z, in [`FaceMm`]: x towards the subject's left, the
//! origin between the ears' level and the tip of the nose, some 25 mm below the eyes. Vertex `i` is
//! landmark `i`; the irises, landmarks 468 to 477, have no vertices. The mesh is one sheet bounded by the
//! [face oval](crate::region::FACE_OVAL), with eyes and mouth closed over.
//!
//! # Source
//! MediaPipe, `geometry_pipeline_metadata_landmarks.pbtxt` (Apache-2.0): the mesh in centimetres, here in
//! millimetres, and the weights of its Procrustes fit. The tables are made from `models/face_geometry.json`
//! by the example `canonical_table`, and a test compares the two.

#[rustfmt::skip]
mod table;

use moretta_space::{FaceMm, FaceUv, Point2, Point3};

/// How many landmarks are vertices of the mesh: the first 468.
pub const VERTICES: usize = 468;

/// How many triangles the mesh has.
pub const TRIANGLES: usize = 898;

/// The vertices, in canonical order.
pub fn positions() -> &'static [Point3<FaceMm>; VERTICES] {
    &table::POSITIONS
}

/// Where each vertex lies in the face texture, in canonical order.
pub fn uvs() -> &'static [Point2<FaceUv>; VERTICES] {
    &table::UVS
}

/// The triangles, as indices of vertices, counterclockwise as seen from in front of the face.
pub fn triangles() -> &'static [[u16; 3]; TRIANGLES] {
    &table::TRIANGLES
}

/// The landmarks that the metric pose rests on, each with its weight: those that expressions move least.
///
/// Only their ratios count; they add up to 1.055.
pub fn pose_weights() -> &'static [(u16, f32); 33] {
    &table::POSE_WEIGHTS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use glam::Vec3;

    use super::*;
    use crate::region;

    const FOREHEAD_AND_CHIN: [usize; 2] = [10, 152];

    #[test]
    fn the_mesh_is_one_sheet_bounded_by_the_face_oval() {
        let mut edges = BTreeSet::new();
        for [a, b, c] in *triangles() {
            for edge in [(a, b), (b, c), (c, a)] {
                assert!(
                    edges.insert(edge),
                    "two triangles run the same way along {edge:?}"
                );
            }
        }
        let border: BTreeSet<_> = edges
            .iter()
            .filter(|(from, to)| !edges.contains(&(*to, *from)))
            .map(|(from, to)| (from.min(to), from.max(to)))
            .collect();
        let oval = region::FACE_OVAL;
        let next = oval.iter().cycle().skip(1);
        let expected: BTreeSet<_> = oval
            .iter()
            .zip(next)
            .map(|(from, to)| (from.min(to), from.max(to)))
            .collect();
        assert_eq!(border, expected);
        assert_eq!(
            edges.iter().map(|(from, _)| from).collect::<BTreeSet<_>>().len(),
            VERTICES
        );
    }

    #[test]
    fn triangles_turn_their_front_to_the_camera() {
        let doubled_area = |[a, b, c]: [u16; 3]| {
            let [a, b, c] = [a, b, c].map(|vertex| positions()[usize::from(vertex)]);
            (b - a).cross(c - a).raw()
        };
        let whole: Vec3 = triangles().iter().map(|it| doubled_area(*it)).sum();
        let direction = whole.try_normalize().unwrap();
        assert!(
            direction.z > 0.99,
            "the sheet as a whole faces +z, by {}",
            direction.z
        );
    }

    #[test]
    fn the_face_is_upright_and_its_left_is_at_positive_x() {
        let [forehead, chin] = FOREHEAD_AND_CHIN.map(|it| positions()[it].raw());
        assert!(forehead.y > 80.0 && chin.y < -90.0);
        let left_eye = positions()[usize::from(region::LEFT_EYE[0])].raw();
        assert!(left_eye.x > 40.0);
        let [forehead, chin] = FOREHEAD_AND_CHIN.map(|it| uvs()[it].raw());
        assert!(forehead.y < 0.15 && chin.y > 0.9, "y of the texture runs down");
    }

    #[test]
    fn each_vertex_of_the_pose_counts_once() {
        let sum: f32 = pose_weights().iter().map(|(_, weight)| weight).sum();
        assert!((sum - 1.055).abs() < 1e-5);
        assert!(
            pose_weights()
                .iter()
                .all(|(vertex, weight)| usize::from(*vertex) < VERTICES && *weight > 0.0)
        );
        assert!(pose_weights().is_sorted_by(|a, b| a.0 < b.0));
    }
}
