//! Lists of landmarks by the part of the face that they lie on. Left and right are the subject's own.
//!
//! Rings are listed once round, without the first point again at the end.
//!
//! # Source
//! MediaPipe, `face_landmarks_connections.ts` and, for the blendshapes, `face_blendshapes_graph.cc`
//! (Apache-2.0). There the parts are lists of edges; the order round each ring follows from them.

/// The outline of the face, a ring from the middle of the forehead over the subject's left side. It is the border
/// of the [canonical mesh](crate::canonical).
pub const FACE_OVAL: [u16; 36] = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

/// The outer edge of the lips, a ring from the right corner of the mouth along the lower lip.
pub const LIPS_OUTER: [u16; 20] = [
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
];

/// The inner edge of the lips, a ring from the right corner of the mouth along the lower lip: the mouth's opening.
pub const LIPS_INNER: [u16; 20] = [
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
];

/// The edge of the left eye's lids, a ring from the outer corner along the lower lid.
pub const LEFT_EYE: [u16; 16] = [
    263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466,
];

/// The edge of the right eye's lids, a ring from the outer corner along the lower lid.
pub const RIGHT_EYE: [u16; 16] = [
    33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246,
];

/// The left brow, a ring from its outer end along the lower edge.
pub const LEFT_BROW: [u16; 10] = [276, 283, 282, 295, 285, 336, 296, 334, 293, 300];

/// The right brow, a ring from its outer end along the lower edge.
pub const RIGHT_BROW: [u16; 10] = [46, 53, 52, 65, 55, 107, 66, 105, 63, 70];

/// The left iris: its centre, then four points on its edge.
pub const LEFT_IRIS: [u16; 5] = [473, 474, 475, 476, 477];

/// The right iris: its centre, then four points on its edge.
pub const RIGHT_IRIS: [u16; 5] = [468, 469, 470, 471, 472];

/// The landmarks that the blendshape network is given, in its order.
pub const BLENDSHAPES: [u16; 146] = [
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70,
    78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149,
    150, 152, 153, 154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195,
    197, 234, 246, 249, 251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300,
    308, 310, 311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375,
    377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454,
    466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::LANDMARKS;
    use crate::canonical::{positions, triangles};

    #[test]
    fn no_list_names_a_landmark_twice_or_one_that_is_not() {
        fn check(list: &[u16]) {
            assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len());
            assert!(list.iter().all(|it| usize::from(*it) < LANDMARKS));
        }
        check(&FACE_OVAL);
        check(&LIPS_OUTER);
        check(&LIPS_INNER);
        check(&LEFT_EYE);
        check(&RIGHT_EYE);
        check(&LEFT_BROW);
        check(&RIGHT_BROW);
        check(&BLENDSHAPES);
        let both: Vec<_> = [LEFT_IRIS, RIGHT_IRIS].concat();
        check(&both);
        assert!(both.iter().all(|it| usize::from(*it) >= positions().len()));
        assert!(BLENDSHAPES.is_sorted());
    }

    #[test]
    fn rings_run_along_edges_of_the_mesh() {
        let edges: BTreeSet<_> = triangles()
            .iter()
            .flat_map(|[a, b, c]| [(*a, *b), (*b, *c), (*c, *a)])
            .flat_map(|(a, b)| [(a, b), (b, a)])
            .collect();
        let off = |ring: &[u16]| {
            let next = ring.iter().cycle().skip(1);
            ring.iter()
                .zip(next)
                .filter(|(a, b)| !edges.contains(&(**a, **b)))
                .count()
        };
        assert_eq!(off(&FACE_OVAL), 0);
        assert_eq!(off(&LIPS_OUTER), 0);
        assert_eq!(off(&LIPS_INNER), 0);
        assert_eq!(off(&LEFT_EYE), 0);
        assert_eq!(off(&RIGHT_EYE), 0);
        let mut swapped = LEFT_EYE;
        swapped.swap(3, 7);
        assert!(
            off(&swapped) > 0,
            "the control: points out of order leave the edges"
        );
    }

    #[test]
    fn left_mirrors_right() {
        fn check(left: &[u16], right: &[u16]) {
            for (left, right) in left.iter().zip(right) {
                let [left, right] = [left, right].map(|it| positions()[usize::from(*it)].raw());
                assert!(left.x > 0.0);
                assert!(left.distance(right * glam::Vec3::new(-1.0, 1.0, 1.0)) < 0.01);
            }
        }
        check(&LEFT_EYE, &RIGHT_EYE);
        check(&LEFT_BROW, &RIGHT_BROW);
    }
}
