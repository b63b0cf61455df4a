//! A point cannot be hashed.

use glam::Vec2;
use moretta_space::{FramePx, Point2};

fn key<T: std::hash::Hash>(_: T) {}

fn main() {
    let in_frame = Point2::<FramePx>::from_raw(Vec2::new(1.0, 2.0));
    key(in_frame == in_frame);
}
