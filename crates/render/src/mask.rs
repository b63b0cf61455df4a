//! The parts of the canonical face as a picture in `FaceUv`: what a paint covers and what it leaves free.

use glam::Vec2;
use moretta_geometry::{canonical, region};

/// Columns and rows of the picture.
pub(crate) const SIDE: u32 = 512;

/// How wide the soft edge along the outline of the face is, in `FaceUv`: about a thirtieth of the face.
const OUTLINE: f32 = 0.035;
/// How wide the band along the outline is in which a face may show what is beside it.
const BAND: f32 = 0.1;
/// How wide the soft edges of the openings are: three texels, so that they do not show.
const OPENING: f32 = 3.0 / SIDE as f32;

/// Four bytes a texel, by rows from the top: red, how much of the face, 0 on its outline; green, 0 in the openings of
/// the eyes; blue, 0 in that of the mouth; alpha, how far inside of the band along the outline, 0 there.
pub(crate) fn texels() -> Vec<u8> {
    let face = Ring::of(&region::FACE_OVAL);
    let eyes = [Ring::of(&region::LEFT_EYE), Ring::of(&region::RIGHT_EYE)];
    let mouth = Ring::of(&region::LIPS_INNER);
    let centre = |index: u32| (index as f32 + 0.5) / SIDE as f32;
    let mut texels = Vec::with_capacity((SIDE * SIDE * 4) as usize);
    for y in (0..SIDE).map(centre) {
        let face = face.row(y, BAND);
        let openings = [&eyes[0], &eyes[1], &mouth].map(|ring| ring.row(y, OPENING));
        for x in (0..SIDE).map(centre) {
            let depth = face.depth(x);
            let [left, right, mouth] = openings
                .each_ref()
                .map(|row| smooth_step(row.depth(x) / OPENING * 0.5 + 0.5));
            let shares = [
                smooth_step(depth / OUTLINE),
                1.0 - left.max(right),
                1.0 - mouth,
                smooth_step(depth / BAND),
            ];
            texels.extend(shares.map(|share| (share * 255.0).round() as u8));
        }
    }
    texels
}

/// A closed line through landmarks.
struct Ring {
    edges: Vec<Edge>,
}

#[derive(Clone, Copy)]
struct Edge {
    start: Vec2,
    along: Vec2,
}

/// What of a ring counts for the places of one row.
struct Row {
    y: f32,
    most: f32,
    /// The edges that may be nearer than `most`.
    near: Vec<Edge>,
    /// Where edges cross the row: each leads in or out.
    crossings: Vec<f32>,
}

impl Ring {
    fn of(landmarks: &[u16]) -> Self {
        let uvs = canonical::uvs();
        let corners: Vec<_> = landmarks.iter().map(|it| uvs[usize::from(*it)].raw()).collect();
        Self::through(&corners)
    }

    fn through(corners: &[Vec2]) -> Self {
        let next = corners.iter().cycle().skip(1);
        let edges = corners.iter().zip(next).map(|(start, end)| Edge {
            start: *start,
            along: end - start,
        });
        Self {
            edges: edges.collect(),
        }
    }

    /// Its row at `y`, in which nothing counts that is farther than `most` away.
    fn row(&self, y: f32, most: f32) -> Row {
        let is_near = |edge: &&Edge| {
            let (a, b) = (edge.start.y, edge.start.y + edge.along.y);
            a.min(b) - most <= y && y <= a.max(b) + most
        };
        let crossing = |edge: &Edge| {
            let Edge { start, along } = *edge;
            ((start.y > y) != (start.y + along.y > y)).then(|| start.x + along.x * (y - start.y) / along.y)
        };
        Row {
            y,
            most,
            near: self.edges.iter().filter(is_near).copied().collect(),
            crossings: self.edges.iter().filter_map(crossing).collect(),
        }
    }
}

impl Row {
    /// How far inside the place at `x` lies, below 0 outside; no farther than `most` either way.
    fn depth(&self, x: f32) -> f32 {
        let place = Vec2::new(x, self.y);
        let mut nearest = self.most * self.most;
        for Edge { start, along } in &self.near {
            let to = place - *start;
            let share = (to.dot(*along) / along.length_squared()).clamp(0.0, 1.0);
            nearest = nearest.min((to - *along * share).length_squared());
        }
        let inside = self.crossings.iter().filter(|it| x < **it).count() % 2 == 1;
        if inside { nearest.sqrt() } else { -nearest.sqrt() }
    }
}

fn smooth_step(share: f32) -> f32 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texel under the mean of some landmarks.
    fn under(texels: &[u8], landmarks: &[u16]) -> [u8; 4] {
        let uvs = canonical::uvs();
        let sum: Vec2 = landmarks.iter().map(|it| uvs[usize::from(*it)].raw()).sum();
        let at = sum / landmarks.len() as f32 * SIDE as f32;
        let start = (at.y as usize * SIDE as usize + at.x as usize) * 4;
        core::array::from_fn(|channel| texels[start + channel])
    }

    #[test]
    fn parts_lie_where_their_landmarks_do() {
        let texels = texels();
        assert_eq!(texels.len(), (SIDE * SIDE * 4) as usize);
        for (landmarks, expected) in [
            (&[4][..], [255, 255, 255, 255]),
            (&[9], [255, 255, 255, 255]),
            (&region::LEFT_EYE, [255, 0, 255, 255]),
            (&region::RIGHT_EYE, [255, 0, 255, 255]),
        ] {
            assert_eq!(under(&texels, landmarks), expected, "{landmarks:?}");
        }
        // The canonical mouth is closed but for a narrow gap.
        assert!(under(&texels, &[13, 14])[2] < 128);
        assert!(under(&texels, &[10])[0] < 16, "the outline");
        let in_the_band = under(&texels, &[151])[3];
        assert!((200..255).contains(&in_the_band), "{in_the_band}");
        assert_eq!(texels[..4], [0, 255, 255, 0], "outside");
    }

    #[test]
    fn left_mirrors_right() {
        let texels = texels();
        let mut apart = 0;
        for row in 0..SIDE as usize {
            for column in 0..SIDE as usize / 2 {
                let at = |column: usize| (row * SIDE as usize + column) * 4;
                let (left, right) = (at(column), at(SIDE as usize - 1 - column));
                let far = (0..4).any(|it| texels[left + it].abs_diff(texels[right + it]) > 24);
                apart += usize::from(far);
            }
        }
        assert!(apart < 200, "{apart}");
    }

    #[test]
    fn depth_is_a_distance_with_a_sign() {
        let square = Ring::through(&[(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)].map(Vec2::from));
        for ((x, y), expected) in [
            ((0.5, 0.5), 0.25),
            ((0.3, 0.5), 0.1),
            ((0.1, 0.5), -0.1),
            ((0.9, 0.9), -0.1_f32.hypot(0.1)),
            ((0.5, 2.0), -0.25),
        ] {
            let found = square.row(y, 0.25).depth(x);
            assert!((found - expected).abs() < 1e-6, "{x}, {y}: {found}");
        }
    }
}
