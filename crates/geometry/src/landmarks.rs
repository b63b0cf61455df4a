use core::fmt;
use core::marker::PhantomData;

use glam::{Vec2, Vec3};
use moretta_space::{FramePx, Point2, Point3, Space3};

use crate::Error;

/// How many landmarks a face has: 468 of the mesh and, behind them, 2 x 5 of the irises.
///
/// # Source
/// MediaPipe Face Landmarker, `face_landmarks_detector`, canonical order.
pub const LANDMARKS: usize = moretta_lang::LANDMARKS as usize;

/// The landmarks of a face as the network sees them, over memory that somebody else owns.
///
/// Each is x and y in [`FramePx`] and, third, how much farther away than the others it is, growing away
/// from the camera, in the unit of x: only differences of depth mean anything. [`LANDMARKS`] of them, in
/// canonical order, all finite.
#[derive(Clone, Copy)]
pub struct FrameLandmarks<'a> {
    points: &'a [[f32; 3]; LANDMARKS],
}

impl<'a> FrameLandmarks<'a> {
    /// The landmarks in `points`, which the caller vows were measured in [`FramePx`].
    ///
    /// # Errors
    /// [`Error::Count`] unless there are [`LANDMARKS`] of them, [`Error::Landmarks`] if a number is not
    /// finite.
    pub fn from_raw(points: &'a [[f32; 3]]) -> Result<Self, Error> {
        check(points).map(|points| Self { points })
    }

    /// Where landmark `index` lies in the frame.
    ///
    /// # Panics
    /// If `index` is [`LANDMARKS`] or more.
    pub fn point(self, index: usize) -> Point2<FramePx> {
        let [x, y, _] = self.points[index];
        Point2::from_raw(Vec2::new(x, y))
    }

    /// How much farther away landmark `index` is than the others, in pixels.
    ///
    /// # Panics
    /// If `index` is [`LANDMARKS`] or more.
    pub fn depth_px(self, index: usize) -> f32 {
        self.points[index][2]
    }
}

/// The landmarks of a face in the space `S`, in millimetres, over memory that somebody else owns.
///
/// [`LANDMARKS`] of them, in canonical order, all finite.
#[derive(Clone, Copy)]
pub struct MetricLandmarks<'a, S: Space3> {
    points: &'a [[f32; 3]; LANDMARKS],
    space: PhantomData<S>,
}

impl<'a, S: Space3> MetricLandmarks<'a, S> {
    /// The landmarks in `points`, which the caller vows were measured in `S`.
    ///
    /// # Errors
    /// [`Error::Count`] unless there are [`LANDMARKS`] of them, [`Error::Landmarks`] if a number is not
    /// finite.
    pub fn from_raw(points: &'a [[f32; 3]]) -> Result<Self, Error> {
        check(points).map(Self::known)
    }

    /// Landmarks that are known to be finite.
    pub(crate) const fn known(points: &'a [[f32; 3]; LANDMARKS]) -> Self {
        Self {
            points,
            space: PhantomData,
        }
    }

    /// Where landmark `index` lies.
    ///
    /// # Panics
    /// If `index` is [`LANDMARKS`] or more.
    pub fn point(self, index: usize) -> Point3<S> {
        Point3::from_raw(Vec3::from_array(self.points[index]))
    }
}

/// The name, never the points.
impl fmt::Debug for FrameLandmarks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameLandmarks(..)")
    }
}

/// The name and the space, never the points.
impl<S: Space3> fmt::Debug for MetricLandmarks<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MetricLandmarks<{}>(..)", S::NAME)
    }
}

fn check(points: &[[f32; 3]]) -> Result<&[[f32; 3]; LANDMARKS], Error> {
    let all = points.try_into().map_err(|_| Error::Count {
        expected: LANDMARKS,
        found: points.len(),
    })?;
    if points.as_flattened().iter().all(|number| number.is_finite()) {
        Ok(all)
    } else {
        Err(Error::Landmarks {
            expected: "finite numbers",
            found: "one that is not",
        })
    }
}

#[cfg(test)]
mod tests {
    use moretta_space::CameraMm;

    use super::*;

    #[test]
    fn a_face_has_all_its_landmarks_and_each_is_finite() {
        let mut points = [[1.0, 2.0, 3.0]; LANDMARKS + 1];
        assert!(FrameLandmarks::from_raw(&points[..LANDMARKS]).is_ok());
        for wrong in [0, LANDMARKS - 1, LANDMARKS + 1] {
            let expected = Err(Error::Count {
                expected: 478,
                found: wrong,
            });
            assert_eq!(FrameLandmarks::from_raw(&points[..wrong]).map(|_| ()), expected);
        }
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            points[LANDMARKS - 1][2] = bad;
            assert!(matches!(
                MetricLandmarks::<CameraMm>::from_raw(&points[..LANDMARKS]),
                Err(Error::Landmarks { .. })
            ));
        }
    }

    #[test]
    fn debug_names_no_number() {
        let points = [[1.0, 2.0, 3.0]; LANDMARKS];
        let flat = FrameLandmarks::from_raw(&points).unwrap();
        assert_eq!(format!("{flat:?}"), "FrameLandmarks(..)");
        let solid = MetricLandmarks::<CameraMm>::known(&points);
        assert_eq!(format!("{solid:#?}"), "MetricLandmarks<CameraMm>(..)");
    }
}
