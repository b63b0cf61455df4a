//! Points and vectors in the plane and in space, as names.

use core::ops::{Add, Mul, Neg, Sub};

use crate::value::{Mask, Num, Operand};

/// A point or vector in the frame (`FramePx`): x right, y down, pixels.
#[derive(Clone, Copy)]
#[must_use]
pub struct P2<'b> {
    /// To the right.
    pub x: Num<'b>,
    /// Down.
    pub y: Num<'b>,
}

/// A point or vector before the camera (`CameraMm`): right-handed, x right, y up, the camera looks
/// along -z; millimetres.
#[derive(Clone, Copy)]
#[must_use]
pub struct P3<'b> {
    /// To the right.
    pub x: Num<'b>,
    /// Up.
    pub y: Num<'b>,
    /// Towards the camera.
    pub z: Num<'b>,
}

macro_rules! points {
    ($Point:ident { $($axis:ident),* }) => {
        impl<'b> $Point<'b> {
            /// The scalar product.
            pub fn dot(self, other: Self) -> Num<'b> {
                let product = $Point { $($axis: self.$axis * other.$axis),* };
                product.sum()
            }

            /// The length.
            pub fn length(self) -> Num<'b> {
                self.dot(self).sqrt()
            }

            /// The distance to another point.
            pub fn dist(self, other: Self) -> Num<'b> {
                (other - self).length()
            }

            /// The vector of the same direction with length 1; the zero vector stays zero.
            pub fn normalize(self) -> Self {
                self * (1.0 / self.length())
            }

            /// Half way to another point.
            pub fn mid(self, other: Self) -> Self {
                (self + other) * 0.5
            }

            /// `self` where `t` is 0, `other` where it is 1, on the straight line through both elsewhere.
            pub fn mix(self, other: Self, t: impl Operand<'b>) -> Self {
                $Point { $($axis: self.$axis.mix(other.$axis, t)),* }
            }

            /// `yes` where the mask holds, `no` elsewhere.
            pub fn select(mask: Mask<'b>, yes: Self, no: Self) -> Self {
                $Point { $($axis: mask.select(yes.$axis, no.$axis)),* }
            }
        }

        impl<'b> Add for $Point<'b> {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                $Point { $($axis: self.$axis + other.$axis),* }
            }
        }

        impl<'b> Sub for $Point<'b> {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                $Point { $($axis: self.$axis - other.$axis),* }
            }
        }

        impl<'b, T: Operand<'b>> Mul<T> for $Point<'b> {
            type Output = Self;
            fn mul(self, scale: T) -> Self {
                let scale = self.x.name(scale);
                $Point { $($axis: self.$axis * scale),* }
            }
        }

        impl Neg for $Point<'_> {
            type Output = Self;
            fn neg(self) -> Self {
                $Point { $($axis: -self.$axis),* }
            }
        }
    };
}

points!(P2 { x, y });
points!(P3 { x, y, z });

impl<'b> P2<'b> {
    /// The z of the cross product: positive if the shorter turn to `other` is clockwise on the screen.
    pub fn cross(self, other: Self) -> Num<'b> {
        self.x * other.y - self.y * other.x
    }

    /// Turned by an angle in radians from x towards y: clockwise on the screen.
    pub fn rotate(self, angle_rad: impl Operand<'b>) -> Self {
        let angle = self.x.name(angle_rad);
        let (sin, cos) = (angle.sin(), angle.cos());
        P2 {
            x: self.x * cos - self.y * sin,
            y: self.x * sin + self.y * cos,
        }
    }

    /// The direction, in radians from x towards y; 0 for the zero vector.
    pub fn angle(self) -> Num<'b> {
        self.y.atan2(self.x)
    }

    fn sum(self) -> Num<'b> {
        self.x + self.y
    }
}

impl<'b> P3<'b> {
    /// The cross product.
    pub fn cross(self, other: Self) -> Self {
        P3 {
            x: self.y * other.z - self.z * other.y,
            y: self.z * other.x - self.x * other.z,
            z: self.x * other.y - self.y * other.x,
        }
    }

    /// Turned about `axis`, a unit vector, by an angle in radians, counterclockwise for whoever
    /// looks against the axis.
    ///
    /// # Source
    /// O. Rodrigues' rotation formula.
    pub fn rotate(self, axis: Self, angle_rad: impl Operand<'b>) -> Self {
        let angle = self.x.name(angle_rad);
        let (sin, cos) = (angle.sin(), angle.cos());
        self * cos + axis.cross(self) * sin + axis * (axis.dot(self) * (1.0 - cos))
    }

    fn sum(self) -> Num<'b> {
        self.x + self.y + self.z
    }
}
