use core::fmt;

use crate::{Error, Point2, Space2, Vector2};

// Half of what f32 holds, so that the difference of two coordinates, hence each extent, is finite too.
const MAX_COORDINATE: f32 = f32::MAX / 2.0;

/// A rectangle along the axes of the 2-dimensional space `S`: finite, and wider and higher than zero.
#[derive(Clone, Copy, PartialEq)]
pub struct Rect<S: Space2> {
    min: Point2<S>,
    max: Point2<S>,
}

impl<S: Space2> Rect<S> {
    /// The rectangle from corner `min`, with the smaller coordinates, to corner `max`, with the larger.
    ///
    /// # Errors
    /// [`Error::Rect`] if a coordinate is NaN, infinite, or beyond half of `f32::MAX` (so that extents stay
    /// finite), or if `min` is not below `max` on both axes.
    pub fn new(min: Point2<S>, max: Point2<S>) -> Result<Self, Error> {
        let (low, high) = (min.raw(), max.raw());
        let found = if low.is_nan() || high.is_nan() {
            "a coordinate that is no number"
        } else if low.abs().max_element() > MAX_COORDINATE || high.abs().max_element() > MAX_COORDINATE {
            "a coordinate out of range"
        } else if !low.cmplt(high).all() {
            "a side that is zero or negative"
        } else {
            return Ok(Self::known(min, max));
        };
        let expected = "numbers up to f32::MAX / 2, min below max on both axes";
        Err(Error::Rect {
            space: S::NAME,
            expected,
            found,
        })
    }

    /// The rectangle of width and height `extent` round `centre`.
    ///
    /// # Errors
    /// [`Error::Rect`] as for [`new`](Self::new).
    pub fn from_centre(centre: Point2<S>, extent: Vector2<S>) -> Result<Self, Error> {
        Self::new(centre - extent * 0.5, centre + extent * 0.5)
    }

    /// A rectangle whose corners are known to be in range and in order.
    pub(crate) const fn known(min: Point2<S>, max: Point2<S>) -> Self {
        Self { min, max }
    }

    /// The corner with the smallest coordinates.
    pub const fn min(self) -> Point2<S> {
        self.min
    }

    /// The corner with the largest coordinates.
    pub const fn max(self) -> Point2<S> {
        self.max
    }

    /// The middle.
    pub fn centre(self) -> Point2<S> {
        self.min.midpoint(self.max)
    }

    /// Width and height.
    pub fn extent(self) -> Vector2<S> {
        self.max - self.min
    }

    /// Whether `point` lies inside or on the edges through [`min`](Self::min). The other two edges belong to
    /// the neighbours, so that each point of a tiling lies in one tile.
    pub fn contains(self, point: Point2<S>) -> bool {
        let point = point.raw();
        self.min.raw().cmple(point).all() && point.cmplt(self.max.raw()).all()
    }

    /// What both rectangles cover, or `None` if they only touch or less.
    pub fn intersect(self, other: Self) -> Option<Self> {
        let min = self.min.raw().max(other.min.raw());
        let max = self.max.raw().min(other.max.raw());
        min.cmplt(max)
            .all()
            .then(|| Self::known(Point2::from_raw(min), Point2::from_raw(max)))
    }

    /// The smallest rectangle round both.
    pub fn union(self, other: Self) -> Self {
        let min = self.min.raw().min(other.min.raw());
        let max = self.max.raw().max(other.max.raw());
        Self::known(Point2::from_raw(min), Point2::from_raw(max))
    }

    /// Intersection over union of the areas: 0 if the rectangles do not overlap, 1 if they are equal.
    pub fn iou(self, other: Self) -> f32 {
        let shared = self.intersect(other).map_or(0.0, Self::area);
        (shared / (self.area() + other.area() - shared)) as f32
    }

    /// The four corners, clockwise where y points down, from [`min`](Self::min).
    pub(crate) fn corners(self) -> [Point2<S>; 4] {
        let (min, max) = (self.min.raw(), self.max.raw());
        [min, min.with_x(max.x), max, max.with_x(min.x)].map(Point2::from_raw)
    }

    // In f64, where the product of any two extents is neither infinite nor zero.
    fn area(self) -> f64 {
        let (min, max) = (self.min.raw(), self.max.raw());
        (f64::from(max.x) - f64::from(min.x)) * (f64::from(max.y) - f64::from(min.y))
    }
}

/// The name of the space, never the corners: they may frame a face.
impl<S: Space2> fmt::Debug for Rect<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rect<{}>(..)", S::NAME)
    }
}

#[cfg(test)]
mod tests {
    use glam::Vec2;

    use super::*;
    use crate::FramePx;

    fn point(x: f32, y: f32) -> Point2<FramePx> {
        Point2::from_raw(Vec2::new(x, y))
    }

    fn rect(min: (f32, f32), max: (f32, f32)) -> Result<Rect<FramePx>, Error> {
        Rect::new(point(min.0, min.1), point(max.0, max.1))
    }

    fn fault(min: (f32, f32), max: (f32, f32)) -> &'static str {
        match rect(min, max) {
            Err(Error::Rect {
                space: "FramePx",
                found,
                ..
            }) => found,
            other => panic!("expected a fault, found {other:?}"),
        }
    }

    #[test]
    fn corners_are_checked() {
        let edge = f32::MAX / 2.0;
        assert!(rect((-edge, -edge), (edge, edge)).unwrap().extent().is_finite());
        assert!(rect((0.0, 0.0), (f32::MIN_POSITIVE, 1.0)).is_ok());
        for bad in [f32::INFINITY, f32::MAX] {
            assert_eq!(fault((0.0, 0.0), (bad, 1.0)), "a coordinate out of range");
            assert_eq!(fault((0.0, -bad), (1.0, 1.0)), "a coordinate out of range");
        }
        for (min, max) in [((f32::NAN, 0.0), (1.0, 1.0)), ((0.0, 0.0), (1.0, f32::NAN))] {
            assert_eq!(fault(min, max), "a coordinate that is no number");
        }
        for (min, max) in [
            ((0.0, 0.0), (0.0, 1.0)),
            ((0.0, 2.0), (1.0, 1.0)),
            ((3.0, 3.0), (3.0, 3.0)),
        ] {
            assert_eq!(fault(min, max), "a side that is zero or negative");
        }
    }

    #[test]
    fn an_error_tells_no_coordinate() {
        assert_eq!(
            rect((123.0, 0.0), (45.0, 1.0)).unwrap_err().to_string(),
            "rectangle in FramePx: expected numbers up to f32::MAX / 2, min below max on both axes, \
             found a side that is zero or negative"
        );
    }

    #[test]
    fn centre_and_extent_make_the_same_rectangle() {
        let original = rect((1.0, 2.0), (5.0, 10.0)).unwrap();
        assert_eq!(original.centre(), point(3.0, 6.0));
        assert_eq!(original.extent().raw(), Vec2::new(4.0, 8.0));
        assert_eq!(
            Rect::from_centre(original.centre(), original.extent()),
            Ok(original)
        );
        assert!(Rect::from_centre(original.centre(), -original.extent()).is_err());
    }

    #[test]
    fn edges_belong_to_one_tile() {
        let left = rect((0.0, 0.0), (1.0, 1.0)).unwrap();
        let right = rect((1.0, 0.0), (2.0, 1.0)).unwrap();
        for (x, y, in_left, in_right) in [
            (0.0, 0.0, true, false),
            (1.0, 0.5, false, true),
            (2.0, 0.5, false, false),
            (0.5, 1.0, false, false),
        ] {
            assert_eq!(left.contains(point(x, y)), in_left);
            assert_eq!(right.contains(point(x, y)), in_right);
        }
        assert!(!left.contains(point(f32::NAN, 0.5)));
        assert_eq!(left.intersect(right), None);
    }

    #[test]
    fn overlap_is_measured() {
        let a = rect((0.0, 0.0), (2.0, 2.0)).unwrap();
        let b = rect((1.0, 0.0), (3.0, 2.0)).unwrap();
        assert_eq!(a.intersect(b), Some(rect((1.0, 0.0), (2.0, 2.0)).unwrap()));
        assert_eq!(a.union(b), rect((0.0, 0.0), (3.0, 2.0)).unwrap());
        assert_eq!(a.iou(b), 1.0 / 3.0);
        assert_eq!(a.iou(rect((5.0, 5.0), (6.0, 6.0)).unwrap()), 0.0);
        let huge = rect((-1e38, -1e38), (1e38, 1e38)).unwrap();
        assert_eq!(huge.iou(huge), 1.0);
        let tiny = rect((0.0, 0.0), (1e-38, 1e-38)).unwrap();
        assert_eq!(tiny.iou(tiny), 1.0);
    }

    #[test]
    fn debug_names_the_space_and_no_number() {
        assert_eq!(
            format!("{:?}", rect((1.0, 2.0), (3.0, 4.0)).unwrap()),
            "Rect<FramePx>(..)"
        );
    }
}
