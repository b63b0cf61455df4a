use crate::size::MAX_SIDE;

/// Why a size, rectangle, rotation, camera or inverse could not be made.
///
/// A message names spaces, sizes and camera settings, never a coordinate: coordinates may be face data.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A side of a picture is zero, or so long that pixel centres would be rounded.
    #[error("size in {space}: expected each side within 1..={MAX_SIDE} pixels, found {width} x {height}")]
    Size {
        /// The space the size was meant for.
        space: &'static str,
        /// The width asked for, in pixels.
        width: u32,
        /// The height asked for, in pixels.
        height: u32,
    },
    /// Two corners do not span a rectangle.
    #[error("rectangle in {space}: expected {expected}, found {found}")]
    Rect {
        /// The space of the corners.
        space: &'static str,
        /// What holds for the corners of each rectangle.
        expected: &'static str,
        /// What is wrong with these, without their numbers.
        found: &'static str,
    },
    /// A transform cannot be undone in `f32`.
    #[error("inverse of {dst} from {src}: expected independent axes within the range of f32, found {found}")]
    Singular {
        /// The space the transform leads to.
        dst: &'static str,
        /// The space it comes from.
        src: &'static str,
        /// What is wrong with the matrix, without its numbers.
        found: &'static str,
    },
    /// An angle is not a quarter turn.
    #[error("rotation: expected 0, 90, 180 or 270 degrees clockwise, found {degrees}")]
    Rotation {
        /// The angle asked for, in degrees.
        degrees: u32,
    },
    /// A rotation and a translation do not make a rigid motion.
    #[error("rigid motion to {dst} from {src}: expected {expected}, found {found}")]
    Rigid {
        /// The space the motion leads to.
        dst: &'static str,
        /// The space it comes from.
        src: &'static str,
        /// What holds for each rigid motion.
        expected: &'static str,
        /// What is wrong with this one, without its numbers.
        found: &'static str,
    },
    /// A camera setting is out of its range.
    #[error("camera: expected {parameter} above {above} and below {below}, found {found}")]
    Camera {
        /// The setting, named as the parameter of
        /// [`Projection::perspective`](crate::Projection::perspective).
        parameter: &'static str,
        /// The bound that the setting must exceed, in the unit that its name states.
        above: f32,
        /// The bound that it must stay under, in the same unit.
        below: f32,
        /// The setting asked for, in the same unit.
        found: f32,
    },
}
