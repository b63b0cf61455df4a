use glam::{Affine2, Vec2};

use crate::{Error, FramePx, SensorPx, Size, Transform2};

/// Quarter turns clockwise, as seen on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rotation {
    /// No turn.
    #[default]
    Deg0,
    /// A quarter turn clockwise: the left edge goes to the top.
    Deg90,
    /// Upside down.
    Deg180,
    /// A quarter turn counterclockwise: the right edge goes to the top.
    Deg270,
}

impl Rotation {
    /// All four, by rising angle.
    pub const ALL: [Self; 4] = [Self::Deg0, Self::Deg90, Self::Deg180, Self::Deg270];

    /// The rotation by `degrees` clockwise: 0, 90, 180 or 270.
    ///
    /// # Errors
    /// [`Error::Rotation`] for any other angle.
    pub const fn from_degrees(degrees: u32) -> Result<Self, Error> {
        match degrees {
            0 => Ok(Self::Deg0),
            90 => Ok(Self::Deg90),
            180 => Ok(Self::Deg180),
            270 => Ok(Self::Deg270),
            _ => Err(Error::Rotation { degrees }),
        }
    }

    /// The angle in degrees clockwise: 0, 90, 180 or 270.
    pub const fn degrees(self) -> u32 {
        self as u32 * 90
    }

    /// This rotation and then `next`.
    pub const fn then(self, next: Self) -> Self {
        Self::ALL[(self as usize + next as usize) % 4]
    }

    /// The rotation back.
    pub const fn inverse(self) -> Self {
        Self::ALL[(4 - self as usize) % 4]
    }

    const fn swaps_sides(self) -> bool {
        matches!(self, Self::Deg90 | Self::Deg270)
    }
}

/// How a camera buffer is brought upright: turned clockwise by `rotation`, then, if `mirror`, flipped left to
/// right as it will be seen.
///
/// The eight orientations form a group: [`then`](Self::then) and [`inverse`](Self::inverse) lead to no ninth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Orientation {
    /// The turn, applied first.
    pub rotation: Rotation,
    /// Whether left and right of the turned picture change places, as in a mirror.
    pub mirror: bool,
}

impl Orientation {
    /// A buffer that is upright already.
    pub const UPRIGHT: Self = Self {
        rotation: Rotation::Deg0,
        mirror: false,
    };

    /// All eight: the four rotations without mirror, then with.
    pub const ALL: [Self; 8] = {
        let mut all = [Self::UPRIGHT; 8];
        let mut i = 0;
        while i < 8 {
            all[i] = Self {
                rotation: Rotation::ALL[i % 4],
                mirror: i >= 4,
            };
            i += 1;
        }
        all
    };

    /// This orientation and then `next`.
    pub const fn then(self, next: Self) -> Self {
        // A turn moved past a mirror changes its sense.
        let turn = if self.mirror {
            next.rotation.inverse()
        } else {
            next.rotation
        };
        Self {
            rotation: self.rotation.then(turn),
            mirror: self.mirror != next.mirror,
        }
    }

    /// The orientation that brings the upright picture back to the buffer.
    pub const fn inverse(self) -> Self {
        let rotation = if self.mirror {
            self.rotation
        } else {
            self.rotation.inverse()
        };
        Self {
            rotation,
            mirror: self.mirror,
        }
    }

    /// The size of the upright picture made of a buffer of size `sensor`.
    pub const fn upright(self, sensor: Size<SensorPx>) -> Size<FramePx> {
        if self.rotation.swaps_sides() {
            Size::known(sensor.height(), sensor.width())
        } else {
            Size::known(sensor.width(), sensor.height())
        }
    }

    /// Carries places in a buffer of size `sensor` to the upright picture. Exact: corners meet corners, and
    /// centres of pixels meet centres of pixels.
    pub fn frame_from_sensor(self, sensor: Size<SensorPx>) -> Transform2<FramePx, SensorPx> {
        Transform2::from_raw(self.within(sensor.sides()))
    }

    /// Carries places in the upright picture to the buffer of size `sensor` that it was made of; just as
    /// exact.
    pub fn sensor_from_frame(self, sensor: Size<SensorPx>) -> Transform2<SensorPx, FramePx> {
        Transform2::from_raw(self.inverse().within(self.upright(sensor).sides()))
    }

    /// The matrix for a picture with these `sides` before it is turned.
    fn within(self, sides: Vec2) -> Affine2 {
        let (right, down) = (Vec2::X, Vec2::Y);
        // Where the x axis, the y axis and the origin go. A turn clockwise leads from x, right, to y, down.
        let (x, y, origin) = match self.rotation {
            Rotation::Deg0 => (right, down, Vec2::ZERO),
            Rotation::Deg90 => (down, -right, Vec2::new(sides.y, 0.0)),
            Rotation::Deg180 => (-right, -down, sides),
            Rotation::Deg270 => (-down, right, Vec2::new(0.0, sides.x)),
        };
        let turned = Affine2::from_cols(x, y, origin);
        if !self.mirror {
            return turned;
        }
        let width = if self.rotation.swaps_sides() {
            sides.y
        } else {
            sides.x
        };
        Affine2::from_cols(-right, down, Vec2::new(width, 0.0)) * turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_quarter_turns() {
        for (rotation, degrees) in Rotation::ALL.into_iter().zip([0, 90, 180, 270]) {
            assert_eq!(rotation.degrees(), degrees);
            assert_eq!(Rotation::from_degrees(degrees), Ok(rotation));
        }
        for degrees in [1, 45, 360, u32::MAX] {
            let error = Rotation::from_degrees(degrees).unwrap_err();
            assert_eq!(error, Error::Rotation { degrees });
            assert_eq!(
                error.to_string(),
                format!("rotation: expected 0, 90, 180 or 270 degrees clockwise, found {degrees}")
            );
        }
    }

    #[test]
    fn all_eight_differ() {
        for (i, a) in Orientation::ALL.iter().enumerate() {
            assert!(Orientation::ALL[i + 1..].iter().all(|b| a != b));
        }
        assert_eq!(Orientation::ALL[0], Orientation::default());
    }
}
