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
    (0..SIDE)
        .flat_map(|row| (0..SIDE).map(move |column| Vec2::new(centre(column), centre(row))))
        .flat_map(|place| {
            let shown = smooth_step(face.depth(place, OUTLINE) / OUTLINE);
            let opened = |ring: &Ring| smooth_step(ring.depth(place, OPENING) / OPENING * 0.5 + 0.5);
            let eyes = eyes.iter().map(opened).fold(0.0, f32::max);
            let inside = smooth_step(face.depth(place, BAND) / BAND);
            [shown, 1.0 - eyes, 1.0 - opened(&mouth), inside].map(|share| (share * 255.0).round() as u8)
        })
        .collect()
}

/// A closed line through landmarks.
struct Ring {
    corners: Vec<Vec2>,
    low: Vec2,
    high: Vec2,
}

impl Ring {
    fn of(landmarks: &[u16]) -> Self {
        let uvs = canonical::uvs();
        let corners: Vec<_> = landmarks.iter().map(|it| uvs[usize::from(*it)].raw()).collect();
        Self {
            low: corners.iter().copied().fold(Vec2::INFINITY, Vec2::min),
            high: corners.iter().copied().fold(Vec2::NEG_INFINITY, Vec2::max),
            corners,
        }
    }

    /// How far inside `place` lies, below 0 outside; no farther than `most` either way.
    fn depth(&self, place: Vec2, most: f32) -> f32 {
        if place.cmplt(self.low - most).any() || place.cmpgt(self.high + most).any() {
            return -most;
        }
        let mut nearest = most;
        let mut inside = false;
        let next = self.corners.iter().cycle().skip(1);
        for (a, b) in self.corners.iter().zip(next) {
            let (along, to) = (*b - *a, place - *a);
            let share = (to.dot(along) / along.length_squared()).clamp(0.0, 1.0);
            nearest = nearest.min((to - along * share).length());
            // Each edge that a ray to the right crosses leads in or out.
            if (a.y > place.y) != (b.y > place.y) && place.x < a.x + along.x * (place.y - a.y) / along.y {
                inside = !inside;
            }
        }
        if inside { nearest } else { -nearest }
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
        let square = Ring {
            corners: [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)]
                .map(Vec2::from)
                .to_vec(),
            low: Vec2::splat(0.2),
            high: Vec2::splat(0.8),
        };
        for (place, expected) in [
            ((0.5, 0.5), 0.25),
            ((0.3, 0.5), 0.1),
            ((0.1, 0.5), -0.1),
            ((0.9, 0.9), -0.1_f32.hypot(0.1)),
            ((0.5, 2.0), -0.25),
        ] {
            let found = square.depth(place.into(), 0.25);
            assert!((found - expected).abs() < 1e-6, "{place:?}: {found}");
        }
    }
}
