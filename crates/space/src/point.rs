use core::fmt;
use core::marker::PhantomData;
use core::ops::{Add, Div, Mul, Neg, Sub};

use glam::{Vec2, Vec3};

use crate::{Ndc, Space2, Space3};

macro_rules! point_and_vector {
    ($point:ident, $vector:ident, $raw:ident, $space:ident, $dimensions:literal) => {
        #[doc = concat!("A place in the ", $dimensions, "-dimensional space `S`, in the unit of `S`.")]
        ///
        /// Two places have a difference, a [distance](Self::distance) and places between them, but no sum.
        #[derive(Clone, Copy, PartialEq)]
        #[repr(transparent)]
        pub struct $point<S: $space> {
            raw: $raw,
            space: PhantomData<S>,
        }

        impl<S: $space> $point<S> {
            /// The origin of the space.
            pub const ORIGIN: Self = Self::from_raw($raw::ZERO);

            /// The place with coordinates `raw`, which the caller vows were measured in `S`.
            pub const fn from_raw(raw: $raw) -> Self {
                Self {
                    raw,
                    space: PhantomData,
                }
            }

            /// The coordinates, without their space.
            pub const fn raw(self) -> $raw {
                self.raw
            }

            /// The place at the share `t` of the way to `end`: this place at 0, `end` at 1, beyond them
            /// outside.
            pub fn lerp(self, end: Self, t: f32) -> Self {
                Self::from_raw(self.raw.lerp(end.raw, t))
            }

            /// The place half way to `other`.
            pub fn midpoint(self, other: Self) -> Self {
                Self::from_raw(self.raw.midpoint(other.raw))
            }

            /// How far away `other` is, in the unit of `S`.
            pub fn distance(self, other: Self) -> f32 {
                self.raw.distance(other.raw)
            }

            /// Whether no coordinate is NaN or infinite.
            pub fn is_finite(self) -> bool {
                self.raw.is_finite()
            }
        }

        impl<S: $space> Sub for $point<S> {
            type Output = $vector<S>;
            fn sub(self, from: Self) -> $vector<S> {
                $vector::from_raw(self.raw - from.raw)
            }
        }

        impl<S: $space> Add<$vector<S>> for $point<S> {
            type Output = Self;
            fn add(self, by: $vector<S>) -> Self {
                Self::from_raw(self.raw + by.raw)
            }
        }

        impl<S: $space> Sub<$vector<S>> for $point<S> {
            type Output = Self;
            fn sub(self, by: $vector<S>) -> Self {
                Self::from_raw(self.raw - by.raw)
            }
        }

        /// The name of the space, never the coordinates: they may be a landmark.
        impl<S: $space> fmt::Debug for $point<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($point), "<{}>(..)"), S::NAME)
            }
        }

        #[doc = concat!("A displacement in the ", $dimensions, "-dimensional space `S`, in the unit of `S`.")]
        ///
        /// It has a length and a direction but no place: a translation leaves it alone.
        #[derive(Clone, Copy, PartialEq)]
        #[repr(transparent)]
        pub struct $vector<S: $space> {
            raw: $raw,
            space: PhantomData<S>,
        }

        impl<S: $space> $vector<S> {
            /// The displacement that goes nowhere.
            pub const ZERO: Self = Self::from_raw($raw::ZERO);

            /// The displacement with components `raw`, which the caller vows were measured in `S`.
            pub const fn from_raw(raw: $raw) -> Self {
                Self {
                    raw,
                    space: PhantomData,
                }
            }

            /// The components, without their space.
            pub const fn raw(self) -> $raw {
                self.raw
            }

            /// The length, in the unit of `S`.
            pub fn length(self) -> f32 {
                self.raw.length()
            }

            /// The scalar product, in the square of the unit of `S`.
            pub fn dot(self, other: Self) -> f32 {
                self.raw.dot(other.raw)
            }

            /// The same direction with length 1, or `None` where there is none to tell: the vector is zero,
            /// not finite, or its squared length is out of the range of `f32`.
            pub fn try_normalize(self) -> Option<Self> {
                self.raw.try_normalize().map(Self::from_raw)
            }

            /// Whether no component is NaN or infinite.
            pub fn is_finite(self) -> bool {
                self.raw.is_finite()
            }
        }

        impl<S: $space> Add for $vector<S> {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self::from_raw(self.raw + other.raw)
            }
        }

        impl<S: $space> Sub for $vector<S> {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self::from_raw(self.raw - other.raw)
            }
        }

        impl<S: $space> Neg for $vector<S> {
            type Output = Self;
            fn neg(self) -> Self {
                Self::from_raw(-self.raw)
            }
        }

        impl<S: $space> Mul<f32> for $vector<S> {
            type Output = Self;
            fn mul(self, factor: f32) -> Self {
                Self::from_raw(self.raw * factor)
            }
        }

        impl<S: $space> Div<f32> for $vector<S> {
            type Output = Self;
            fn div(self, divisor: f32) -> Self {
                Self::from_raw(self.raw / divisor)
            }
        }

        /// The name of the space, never the components.
        impl<S: $space> fmt::Debug for $vector<S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($vector), "<{}>(..)"), S::NAME)
            }
        }
    };
}

point_and_vector!(Point2, Vector2, Vec2, Space2, "two");
point_and_vector!(Point3, Vector3, Vec3, Space3, "three");

impl<S: Space2> Vector2<S> {
    /// The area of the parallelogram from this vector to `other`, in the square of the unit of `S`; positive
    /// where the turn leads from the x axis towards the y axis.
    pub fn cross(self, other: Self) -> f32 {
        self.raw.perp_dot(other.raw)
    }
}

impl<S: Space3> Vector3<S> {
    /// The vector product, by the right-hand rule. Its length is an area, in the square of the unit of `S`.
    pub fn cross(self, other: Self) -> Self {
        Self::from_raw(self.raw.cross(other.raw))
    }
}

impl Point2<Ndc> {
    /// This place on the picture at `depth`, from 0 (near) to 1 (far).
    pub fn at_depth(self, depth: f32) -> Point3<Ndc> {
        Point3::from_raw(self.raw.extend(depth))
    }
}

impl Point3<Ndc> {
    /// The place on the picture, without its depth.
    pub fn on_picture(self) -> Point2<Ndc> {
        Point2::from_raw(self.raw.truncate())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CameraMm, FramePx};

    #[test]
    fn points_and_vectors_keep_their_arithmetic_apart() {
        let a = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
        let b = Point2::<FramePx>::from_raw(Vec2::new(4.0, 6.0));
        let step = b - a;
        assert_eq!(step.raw(), Vec2::new(3.0, 4.0));
        assert_eq!(step.length(), 5.0);
        assert_eq!(a.distance(b), 5.0);
        assert_eq!(a + step, b);
        assert_eq!(b - step, a);
        assert_eq!(a.midpoint(b).raw(), Vec2::new(2.5, 4.0));
        assert_eq!(a.lerp(b, 0.25).raw(), Vec2::new(1.75, 3.0));
        assert_eq!(
            (-step * 2.0 / 4.0 + step - Vector2::ZERO).raw(),
            Vec2::new(1.5, 2.0)
        );
        assert_eq!(step.dot(Vector2::from_raw(Vec2::new(2.0, 1.0))), 10.0);
    }

    #[test]
    fn cross_products_follow_the_axes() {
        let (x, y) = (Vector2::<FramePx>::from_raw(Vec2::X), Vector2::from_raw(Vec2::Y));
        assert_eq!(x.cross(y), 1.0);
        assert_eq!(y.cross(x), -1.0);
        let (x, y) = (Vector3::<CameraMm>::from_raw(Vec3::X), Vector3::from_raw(Vec3::Y));
        assert_eq!(x.cross(y).raw(), Vec3::Z);
    }

    #[test]
    fn a_vector_without_direction_has_no_unit() {
        assert_eq!(
            Vector2::<FramePx>::from_raw(Vec2::new(3.0, 4.0))
                .try_normalize()
                .unwrap()
                .length(),
            1.0
        );
        for hopeless in [Vec2::ZERO, Vec2::NAN, Vec2::INFINITY, Vec2::splat(f32::MAX)] {
            assert_eq!(Vector2::<FramePx>::from_raw(hopeless).try_normalize(), None);
        }
    }

    #[test]
    fn a_single_bad_coordinate_is_seen() {
        assert!(Point3::<CameraMm>::ORIGIN.is_finite() && Vector3::<CameraMm>::ZERO.is_finite());
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(!Point3::<CameraMm>::from_raw(Vec3::new(0.0, 0.0, bad)).is_finite());
            assert!(!Vector3::<CameraMm>::from_raw(Vec3::new(bad, 0.0, 0.0)).is_finite());
        }
    }

    #[test]
    fn depth_is_put_on_and_taken_off() {
        let on_picture = Point2::<Ndc>::from_raw(Vec2::new(-0.5, 0.25));
        let deep = on_picture.at_depth(0.75);
        assert_eq!(deep.raw(), Vec3::new(-0.5, 0.25, 0.75));
        assert_eq!(deep.on_picture(), on_picture);
    }

    #[test]
    fn debug_names_the_space_and_no_number() {
        assert_eq!(
            format!("{:?}", Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0))),
            "Point2<FramePx>(..)"
        );
        assert_eq!(
            format!("{:#?}", Vector3::<CameraMm>::from_raw(Vec3::ONE)),
            "Vector3<CameraMm>(..)"
        );
    }
}
