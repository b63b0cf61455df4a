//! Surfaces of models: grids of points, bent, swept and turned. Lengths are in millimetres.

use core::f32::consts::TAU;
use std::collections::BTreeMap;

use glam::{Affine3A, Vec2, Vec3};

/// Triangles with smooth normals. All lists but `triangles` are as long as `positions`.
#[derive(Clone, Debug, Default)]
pub struct Solid {
    /// Where the vertices are.
    pub positions: Vec<Vec3>,
    /// Unit vectors.
    pub normals: Vec<Vec3>,
    /// Places in the material's picture, from the top left.
    pub uvs: Vec<Vec2>,
    /// Three vertices each, counterclockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
}

impl Solid {
    /// A surface over the unit square: `columns` by `rows` cells between the points `place(u, v)`. The front is on
    /// the side from which u runs to the right and v upwards. Where the edges of the square meet, the surface is
    /// smooth.
    pub fn grid(columns: usize, rows: usize, place: impl Fn(f32, f32) -> Vec3) -> Self {
        let mut solid = Self::default();
        for row in 0..=rows {
            for column in 0..=columns {
                let uv = Vec2::new(column as f32 / columns as f32, row as f32 / rows as f32);
                solid.positions.push(place(uv.x, uv.y));
                solid.uvs.push(Vec2::new(uv.x, 1.0 - uv.y));
            }
        }
        let at = |column: usize, row: usize| (row * (columns + 1) + column) as u32;
        for row in 0..rows {
            for column in 0..columns {
                let [a, b] = [at(column, row), at(column + 1, row)];
                let [c, d] = [at(column + 1, row + 1), at(column, row + 1)];
                solid.add_triangle([a, b, c]);
                solid.add_triangle([a, c, d]);
            }
        }
        solid.smooth();
        solid
    }

    /// A surface of revolution about the y axis: `profile` is radius and height, listed so that the outside is to its
    /// right: upwards for an outer wall. Rows lie as dense as the profile's points.
    pub fn lathe(profile: &[Vec2], segments: usize) -> Self {
        Self::grid(segments, profile.len() - 1, |u, v| {
            let point = profile[(v * (profile.len() - 1) as f32).round() as usize];
            let turn = u * TAU;
            Vec3::new(point.x * turn.sin(), point.y, point.x * turn.cos())
        })
    }

    /// A tube along `path`: at its point `i` the section `section(i, around)`, `around` from 0 to 1, is laid out along
    /// `side` and the direction that is square to it and to the path. The ends are closed by flat caps unless the path
    /// is `closed`.
    pub fn sweep(
        path: &[Vec3],
        closed: bool,
        side: impl Fn(usize) -> Vec3,
        around: usize,
        section: impl Fn(usize, f32) -> Vec2,
    ) -> Self {
        let count = path.len();
        let rows = if closed { count } else { count - 1 };
        let point = |row: usize, turn: f32| {
            let row = row % count;
            let (before, after) = if closed {
                (path[(row + count - 1) % count], path[(row + 1) % count])
            } else {
                (path[row.saturating_sub(1)], path[(row + 1).min(count - 1)])
            };
            let along = (after - before).normalize_or_zero();
            let side = side(row);
            let side = (side - along * side.dot(along)).normalize_or_zero();
            let other = along.cross(side);
            let offset = section(row, turn);
            path[row] + side * offset.x + other * offset.y
        };
        let mut tube = Self::grid(around, rows, |u, v| point((v * rows as f32).round() as usize, u));
        if !closed {
            for (row, turned) in [(0, true), (count - 1, false)] {
                let rim: Vec<Vec3> = (0..around)
                    .map(|it| point(row, it as f32 / around as f32))
                    .collect();
                tube.append(&Self::cap(&rim, turned));
            }
        }
        tube
    }

    /// A flat lid on a convex rim that runs counterclockwise seen from outside, or, if `turned`, clockwise.
    fn cap(rim: &[Vec3], turned: bool) -> Self {
        let mut solid = Self::default();
        let middle = rim.iter().sum::<Vec3>() / rim.len() as f32;
        solid.positions.push(middle);
        solid.positions.extend(rim);
        solid.uvs = vec![Vec2::splat(0.5); solid.positions.len()];
        for corner in 0..rim.len() {
            let next = (corner + 1) % rim.len();
            let (b, c) = ((corner + 1) as u32, (next + 1) as u32);
            solid.add_triangle(if turned { [0, c, b] } else { [0, b, c] });
        }
        solid.smooth();
        solid
    }

    /// Adds a triangle unless two of its corners are at one place.
    fn add_triangle(&mut self, corners: [u32; 3]) {
        let [a, b, c] = corners.map(|it| self.positions[it as usize]);
        if (b - a).cross(c - a).length_squared() > 1e-12 {
            self.triangles.push(corners);
        }
    }

    /// Computes the normals: at each place the mean over the triangles that meet there, by their angles' areas.
    pub fn smooth(&mut self) {
        // What lies within a thousandth of a millimetre is one place: seams and poles.
        let key = |it: Vec3| (it * 1000.0).round().to_array().map(|it| it as i64);
        let mut sums: BTreeMap<[i64; 3], Vec3> = BTreeMap::new();
        for corners in &self.triangles {
            let [a, b, c] = corners.map(|it| self.positions[it as usize]);
            let area = (b - a).cross(c - a);
            for place in [a, b, c] {
                *sums.entry(key(place)).or_default() += area;
            }
        }
        self.normals = self
            .positions
            .iter()
            .map(|it| {
                let sum = sums.get(&key(*it)).copied().unwrap_or_default();
                sum.try_normalize().unwrap_or(Vec3::Y)
            })
            .collect();
    }

    /// Adds `other`, without smoothing over where they touch.
    pub fn append(&mut self, other: &Self) {
        let first = self.positions.len() as u32;
        self.positions.extend(&other.positions);
        self.normals.extend(&other.normals);
        self.uvs.extend(&other.uvs);
        self.triangles
            .extend(other.triangles.iter().map(|it| it.map(|corner| corner + first)));
    }

    /// Moved, turned or stretched.
    #[must_use]
    pub fn moved(&self, by: Affine3A) -> Self {
        let normals = by.matrix3.inverse().transpose();
        let mut solid = self.clone();
        for position in &mut solid.positions {
            *position = by.transform_point3(*position);
        }
        for normal in &mut solid.normals {
            *normal = (normals * *normal).normalize_or_zero();
        }
        if by.matrix3.determinant() < 0.0 {
            solid.turn();
        }
        solid
    }

    /// Each point moved on its own; the normals are computed anew.
    #[must_use]
    pub fn bent(&self, place: impl Fn(Vec3) -> Vec3) -> Self {
        let mut solid = self.clone();
        for position in &mut solid.positions {
            *position = place(*position);
        }
        solid.smooth();
        solid
    }

    /// With its front outwards: what is closed but was listed the other way round is turned.
    #[must_use]
    pub fn outwards(mut self) -> Self {
        let centre = self.positions.iter().sum::<Vec3>() / self.positions.len() as f32;
        let volume: f32 = self
            .triangles
            .iter()
            .map(|it| {
                let [a, b, c] = it.map(|it| self.positions[it as usize] - centre);
                a.dot(b.cross(c))
            })
            .sum();
        if volume < 0.0 {
            self.turn();
            self.smooth();
        }
        self
    }

    /// With its front towards `direction`, on the whole.
    #[must_use]
    pub fn facing(mut self, direction: Vec3) -> Self {
        let area: Vec3 = self
            .triangles
            .iter()
            .map(|it| {
                let [a, b, c] = it.map(|it| self.positions[it as usize]);
                (b - a).cross(c - a)
            })
            .sum();
        if area.dot(direction) < 0.0 {
            self.turn();
            self.smooth();
        }
        self
    }

    /// Mirrored in the plane between left and right.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        self.moved(Affine3A::from_scale(Vec3::new(-1.0, 1.0, 1.0)))
    }

    /// Changes front and back of the triangles, not the normals.
    fn turn(&mut self) {
        for corners in &mut self.triangles {
            corners.swap(1, 2);
        }
    }
}

/// The point at `turn`, 0 to 1, of a rectangle with round corners about the origin, `half` as wide and high: the
/// more `square`, the smaller its corners; 2 is an ellipse. It runs counterclockwise.
#[must_use]
pub fn rounded(turn: f32, half: Vec2, square: f32) -> Vec2 {
    let (sin, cos) = (turn * TAU).sin_cos();
    let bend = |it: f32| it.signum() * it.abs().powf(2.0 / square);
    Vec2::new(half.x * bend(cos), half.y * bend(sin))
}

/// A closed curve through `points` (Catmull and Rom's), with `steps` points from each to the next.
#[must_use]
pub fn closed_curve(points: &[Vec2], steps: usize) -> Vec<Vec2> {
    let count = points.len();
    let mut curve = Vec::new();
    for at in 0..count {
        let four = [count - 1, 0, 1, 2].map(|it| points[(at + it) % count]);
        curve.extend((0..steps).map(|step| catmull_rom(four, step as f32 / steps as f32)));
    }
    curve
}

/// An open curve through `points`, with `steps` points from each to the next, the last one included.
#[must_use]
pub fn curve(points: &[Vec3], steps: usize) -> Vec<Vec3> {
    let last = points.len() - 1;
    let mut curve = Vec::new();
    for at in 0..last {
        let four = [at.saturating_sub(1), at, at + 1, (at + 2).min(last)].map(|it| points[it]);
        curve.extend((0..steps).map(|step| {
            let t = step as f32 / steps as f32;
            let flat = catmull_rom(four.map(Vec3::truncate), t);
            let depth = catmull_rom(four.map(|it| Vec2::new(it.z, 0.0)), t);
            flat.extend(depth.x)
        }));
    }
    curve.push(points[last]);
    curve
}

fn catmull_rom([a, b, c, d]: [Vec2; 4], t: f32) -> Vec2 {
    let (leave, arrive) = ((c - a) / 2.0, (d - b) / 2.0);
    let (t2, t3) = (t * t, t * t * t);
    b * (2.0 * t3 - 3.0 * t2 + 1.0)
        + leave * (t3 - 2.0 * t2 + t)
        + c * (3.0 * t2 - 2.0 * t3)
        + arrive * (t3 - t2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six times the volume between the surface and the origin: above 0 if it is turned outwards.
    fn volume(solid: &Solid) -> f32 {
        solid
            .triangles
            .iter()
            .map(|it| {
                let [a, b, c] = it.map(|it| solid.positions[it as usize]);
                a.dot(b.cross(c))
            })
            .sum()
    }

    fn agree(solid: &Solid) -> bool {
        solid.triangles.iter().all(|it| {
            let [a, b, c] = it.map(|it| solid.positions[it as usize]);
            let front = (b - a).cross(c - a);
            it.iter().all(|it| solid.normals[*it as usize].dot(front) > 0.0)
        })
    }

    #[test]
    fn a_lathe_turns_its_front_outwards() {
        let profile: Vec<Vec2> = (0..=12)
            .map(|it| Vec2::from_angle((it as f32 / 12.0 - 0.5) * TAU / 2.0) * 10.0)
            .collect();
        let ball = Solid::lathe(&profile, 24);
        let expected = 6.0 * 4.0 / 3.0 * TAU / 2.0 * 1000.0;
        assert!((volume(&ball) / expected - 1.0).abs() < 0.05);
        assert!(agree(&ball));
        for (position, normal) in ball.positions.iter().zip(&ball.normals) {
            assert!(
                position.normalize_or_zero().dot(*normal) > 0.98,
                "poles and seam as well"
            );
        }
    }

    #[test]
    fn a_tube_is_closed_and_turned_outwards() {
        let path = [0.0, 1.0, 2.0].map(|it| Vec3::new(0.0, 0.0, it * 10.0));
        let tube = Solid::sweep(
            &path,
            false,
            |_| Vec3::X,
            16,
            |_, turn| rounded(turn, Vec2::splat(2.0), 2.0),
        );
        let expected = 6.0 * 20.0 * TAU / 2.0 * 4.0;
        assert!(
            (volume(&tube) / expected - 1.0).abs() < 0.05,
            "{}",
            volume(&tube) / expected
        );
        assert!(agree(&tube));
        let mirrored = tube.moved(Affine3A::from_translation(Vec3::X * 5.0)).mirrored();
        assert!(volume(&mirrored) > 0.0 && agree(&mirrored));
        assert!(mirrored.positions.iter().all(|it| it.x < 0.0));
    }

    #[test]
    fn curves_go_through_their_points() {
        let points = [Vec2::ZERO, Vec2::X, Vec2::ONE, Vec2::Y];
        let curve = closed_curve(&points, 4);
        assert_eq!(curve.len(), 16);
        assert!(
            points
                .iter()
                .enumerate()
                .all(|(at, point)| curve[4 * at].distance(*point) < 1e-6)
        );
        let points = [Vec3::ZERO, Vec3::X, Vec3::ONE];
        let open = super::curve(&points, 3);
        assert_eq!(open.len(), 7);
        assert!(
            points
                .iter()
                .enumerate()
                .all(|(at, point)| open[3 * at].distance(*point) < 1e-6)
        );
    }
}
