//! The other's shape and expression on a face: how far each vertex goes from where it is.
//!
//! Both faces are brought to the place and the size of the canonical one, so that their heads' movements are out. What lies between
//! them there is how far a vertex would go:
//!
//! 1. Nothing on the outline, and all of it from [`INSIDE_MM`] on: hair, ears and neck stay where they are.
//! 2. The shape is what of it is known where expressions move little, [spread](super::spread) smoothly over lids, brows and lips.
//! 3. The expression is what these have beyond that.
//! 4. Nothing where something is in front of the face, which does not bend with it.

use glam::{Vec2, Vec3};
use moretta_geometry::canonical::{self, VERTICES};
use moretta_geometry::{Camera, FacePose, MetricLandmarks, region};
use moretta_space::{CameraMm, Vector3};

use super::atlas::{Atlas, Spot, falling, rising};
use super::complexion::Scratch;
use super::spread::{Reach, spread};
use crate::input::FaceInput;

/// How far inside of the outline a vertex goes as far as it would, in millimetres.
const INSIDE_MM: f32 = 25.0;
/// No vertex goes farther, in millimetres: with [`INSIDE_MM`] this keeps the mesh from folding.
const FARTHEST_MM: f32 = 10.0;
/// How much a vertex counts for the shape around the mouth, where jaws and smiles move all skin; elsewhere 1.
const AROUND_MOUTH: f32 = 0.05;
/// How much the outline counts, which stays.
const OUTLINE: f32 = 100.0;

/// How far to go, each 0 to 1.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bend {
    pub(crate) shape: f32,
    pub(crate) expression: f32,
}

impl Bend {
    /// Whether a face stays in its own shape.
    pub(crate) fn is_none(self) -> bool {
        self.shape <= 0.0 && self.expression <= 0.0
    }
}

/// What is known of a vertex before a face was seen.
#[derive(Clone, Copy)]
pub(crate) struct Firm {
    /// 0 on the outline, 1 well inside.
    inside: f32,
    /// How much it says of the shape.
    weight: f32,
}

/// By vertex.
pub(crate) fn table(spots: &[Spot]) -> Vec<Firm> {
    // As seen from in front: the sides of a face turn away, and would come to lie over its outline.
    let place = |vertex: usize| canonical::positions()[vertex].raw().truncate();
    let firm = |vertex: usize| {
        let to = |it: &u16| place(vertex).distance(place(usize::from(*it)));
        let outline_mm = region::FACE_OVAL.iter().map(to).fold(f32::INFINITY, f32::min);
        let uv = canonical::uvs()[vertex].raw();
        // Below the nose all but the groove above the lips.
        let groove = falling((uv.x - 0.5).abs(), 0.03, 0.07) * falling(uv.y, 0.66, 0.69);
        let moved = rising(uv.y, 0.56, 0.66) * (1.0 - groove);
        let bare = 1.0 - spots[vertex].tinted;
        Firm {
            inside: rising(outline_mm, 0.0, INSIDE_MM),
            weight: if region::FACE_OVAL.contains(&(vertex as u16)) {
                OUTLINE
            } else {
                bare * (1.0 + (AROUND_MOUTH - 1.0) * moved)
            },
        }
    };
    (0..VERTICES).map(firm).collect()
}

/// Where a vertex of a face is when its head's movement and size are taken out.
pub(crate) fn resting(pose: FacePose, metric: MetricLandmarks<'_, CameraMm>, vertex: usize) -> Vec3 {
    (pose.face_from_camera() * metric.point(vertex)).raw()
}

/// Where in the frame a vertex of `face` is seen that goes `way_mm` along the axes of the face.
pub(crate) fn moved(camera: Camera, face: &FaceInput<'_>, vertex: usize, way_mm: Vec3) -> Vec2 {
    let place = face.metric.point(vertex);
    let goes_to = place + face.pose.camera_from_face() * Vector3::from_raw(way_mm);
    let seen = face.landmarks.point(vertex).raw();
    match (camera.project(place), camera.project(goes_to)) {
        (Some(from), Some(to)) => seen + (to.raw() - from.raw()),
        _ => seen,
    }
}

/// Leaves in `scratch.known` how far each vertex goes, in millimetres along the axes of the face; `to` and `from` say where a vertex
/// of the face and of the other [rests](resting), `near` how far something is in front of it, 0 to 1.
///
/// It takes the same steps whatever the numbers are.
pub(crate) fn bend(
    atlas: &Atlas,
    bend: Bend,
    scratch: &mut Scratch<'_>,
    (to, from): (impl Fn(usize) -> Vec3, impl Fn(usize) -> Vec3),
    near: impl Fn(usize) -> f32,
) {
    for (vertex, firm) in atlas.firm.iter().enumerate() {
        let whole = (from(vertex) - to(vertex)).clamp_length_max(FARTHEST_MM) * firm.inside;
        scratch.known[vertex] = whole.extend(0.0).to_array();
        scratch.weights[vertex] = [firm.weight; 4];
    }
    spread(atlas, scratch, Reach::Face);
    for (vertex, (known, smooth)) in scratch.known.iter_mut().zip(&*scratch.spread).enumerate() {
        let firm = atlas.firm[vertex];
        let whole = Vec3::from_slice(known);
        let smooth = Vec3::from_slice(smooth) * rising(firm.inside, 0.0, 0.1);
        let far = smooth * bend.shape + (whole - smooth) * bend.expression;
        *known = (far * (1.0 - near(vertex))).extend(0.0).to_array();
    }
}

#[cfg(test)]
mod tests {
    use moretta_geometry::canonical::triangles;

    use super::*;

    /// How far each vertex goes from the canonical face to one that is `other` there.
    fn ways(other: impl Fn(usize, Vec3) -> Vec3, by: [f32; 2], near: impl Fn(usize) -> f32) -> Vec<Vec3> {
        let atlas = Atlas::new();
        let mut numbers = vec![[0.0; 4]; Scratch::LEN];
        let mut scratch = Scratch::over(&mut numbers).unwrap();
        let place = |vertex: usize| canonical::positions()[vertex].raw();
        let [shape, expression] = by;
        bend(
            &atlas,
            Bend { shape, expression },
            &mut scratch,
            (place, |vertex| other(vertex, place(vertex))),
            near,
        );
        scratch.known.iter().map(|way| Vec3::from_slice(way)).collect()
    }

    fn lower(_: usize, place: Vec3) -> Vec3 {
        place - Vec3::Y * 6.0
    }

    #[test]
    fn the_outline_stays_and_what_is_well_inside_goes_all_the_way() {
        for by in [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]] {
            let ways = ways(lower, by, |_| 0.0);
            for vertex in region::FACE_OVAL {
                assert!(ways[usize::from(vertex)].length() < 1e-3, "{vertex}");
            }
            assert!(ways.iter().all(|it| it.is_finite()));
        }
        let whole = ways(lower, [1.0, 1.0], |_| 0.0);
        for vertex in [4, 6, 13, 50, 133, 362] {
            assert!((whole[vertex].y + 6.0).abs() < 0.1, "{vertex}: {}", whole[vertex]);
        }
    }

    #[test]
    fn lids_brows_and_lips_are_the_expression() {
        let raised = |vertex: usize, place: Vec3| {
            let brow = region::LEFT_BROW.contains(&(vertex as u16));
            if brow { place + Vec3::Y * 6.0 } else { place }
        };
        let shape = ways(raised, [1.0, 0.0], |_| 0.0);
        let expression = ways(raised, [0.0, 1.0], |_| 0.0);
        for vertex in [282, 334] {
            assert!(shape[vertex].y < 1.0, "{vertex}: {}", shape[vertex]);
            assert!(expression[vertex].y > 4.0, "{vertex}: {}", expression[vertex]);
        }
        // And the nose is the shape.
        let long = |vertex: usize, place: Vec3| match vertex {
            1 | 2 | 4 | 5 | 19 | 94 => place - Vec3::Y * 5.0,
            _ => place,
        };
        assert!(ways(long, [1.0, 0.0], |_| 0.0)[4].y < -2.5);
    }

    #[test]
    fn nothing_folds_and_nothing_goes_far() {
        // Larger by more than anybody's is.
        let ways = ways(|_, place| place * 1.3, [1.0, 1.0], |_| 0.0);
        assert!(ways.iter().all(|it| it.length() < FARTHEST_MM + 0.1));
        assert!(
            ways.iter().any(|it| it.length() > FARTHEST_MM * 0.8),
            "the control"
        );
        let up = |at: [Vec3; 3]| (at[1] - at[0]).cross(at[2] - at[0]).z;
        let mut folded = 0;
        for corners in triangles() {
            let vertex = corners.map(usize::from);
            let own = vertex.map(|it| canonical::positions()[it].raw());
            let moved = vertex.map(|it| canonical::positions()[it].raw() + ways[it]);
            // Those that are seen from in front, and are not slivers.
            folded += usize::from(up(own) > 8.0 && up(moved) < 0.0);
        }
        assert_eq!(folded, 0);
    }

    #[test]
    fn what_is_in_front_does_not_bend() {
        let covered = ways(lower, [1.0, 1.0], |vertex| f32::from(u8::from(vertex == 50)));
        assert_eq!(covered[50], Vec3::ZERO);
        assert!(covered[280].y < -5.0, "the control");
    }
}
