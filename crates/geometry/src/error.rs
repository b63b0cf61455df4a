/// Why a camera, a set of landmarks or a pose could not be made.
///
/// A message names settings, counts and kinds of fault, never a coordinate: coordinates are face data.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting of a camera is out of its range.
    #[error("camera: expected {parameter} above {above} and below {below}, found {found}")]
    Camera {
        /// The setting, named as it is in [`Camera`](crate::Camera).
        parameter: &'static str,
        /// The bound that it must exceed, in the unit that its name states.
        above: f32,
        /// The bound that it must stay under, in the same unit.
        below: f32,
        /// What it was set to, in the same unit.
        found: f32,
    },
    /// A list of landmarks has the wrong length.
    #[error("landmarks: expected {expected}, found {found}")]
    Count {
        /// How many points a face has.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// The points cannot be those of a face.
    #[error("landmarks: expected {expected}, found {found}")]
    Landmarks {
        /// What holds for the points of each face.
        expected: &'static str,
        /// What is wrong with these, without their numbers.
        found: &'static str,
    },
    /// The numbers of a pose do not make one.
    #[error("pose: expected a scale above 0 and finite, found {found}")]
    Scale {
        /// What is wrong with the scale, without its number.
        found: &'static str,
    },
    /// A transform could not be made or undone.
    #[error("pose: {0}")]
    Space(#[from] moretta_space::Error),
}
