//! A mannequin to show effects on: the canonical face, made smooth, on a head, a neck and shoulders, in `FaceMm`.

use std::collections::BTreeMap;

use glam::{Affine3A, Vec2, Vec3, Vec3Swizzles};
use moretta_geometry::{canonical, region};

use crate::solid::Solid;

/// A mannequin.
pub struct Bust {
    /// The canonical face with its texture coordinates.
    pub face: Solid,
    /// The rest of the head, from the rim of the face backwards, and the ears.
    pub head: Solid,
    /// The neck.
    pub neck: Solid,
    /// What it wears.
    pub shirt: Solid,
}

impl Bust {
    /// Builds it.
    #[must_use]
    pub fn new() -> Self {
        let mut positions: Vec<Vec3> = canonical::positions().iter().map(|it| it.raw()).collect();
        let uvs: Vec<Vec2> = canonical::uvs().iter().map(|it| it.raw()).collect();
        let mut triangles: Vec<[u32; 3]> = canonical::triangles()
            .iter()
            .map(|it| it.map(u32::from))
            .collect();
        let rim: Vec<Vec3> = region::FACE_OVAL
            .iter()
            .map(|it| positions[usize::from(*it)])
            .collect();
        let skull = skull(&rim);
        // The face and the back of the head share the rim, so that light goes smoothly over it.
        let mut uvs = uvs;
        let face_triangles = triangles.len();
        let mut ring: Vec<u32> = region::FACE_OVAL.iter().map(|it| u32::from(*it)).collect();
        for row in &skull {
            let next: Vec<u32> = (0..row.len()).map(|it| (positions.len() + it) as u32).collect();
            positions.extend(row);
            uvs.extend(row.iter().map(|_| Vec2::ZERO));
            for at in 0..ring.len() {
                let after = (at + 1) % ring.len();
                triangles.push([ring[at], next[after], next[at]]);
                triangles.push([ring[at], ring[after], next[after]]);
            }
            ring = next;
        }
        let mut mesh = Mesh {
            positions,
            uvs,
            triangles,
            of_face: face_triangles,
        };
        mesh.refine();
        mesh.refine();
        let whole = mesh.solid();
        let mut face = whole.clone();
        let mut head = whole;
        head.triangles = head.triangles.split_off(mesh.of_face);
        face.triangles.truncate(mesh.of_face);
        for ear in ears() {
            head.append(&ear);
        }
        Self {
            face,
            head,
            neck: torso(&NECK),
            shirt: torso(&SHIRT),
        }
    }
}

impl Default for Bust {
    fn default() -> Self {
        Self::new()
    }
}

/// Rings from the rim of the face to the back of the head, each as long as `rim`.
fn skull(rim: &[Vec3]) -> Vec<Vec<Vec3>> {
    const ROWS: usize = 7;
    let centre = Vec3::new(0.0, 22.0, -58.0);
    let half = Vec3::new(79.0, 116.0, 99.0);
    // Rounder than an ellipsoid, as skulls are: |x|^p + |y|^p + |z|^p = 1.
    let level =
        |it: Vec3| (it.x.abs().powf(2.3) + it.y.abs().powf(2.3) + it.z.abs().powf(2.3)).powf(1.0 / 2.3);
    (1..=ROWS)
        .map(|row| {
            let part = row as f32 / ROWS as f32;
            rim.iter()
                .map(|start| {
                    // Along the great circle from the rim to the back of the skull.
                    let from = ((*start - centre) / half).normalize_or_zero();
                    let back = Vec3::new(0.0, -0.25, -1.0).normalize_or_zero();
                    let angle = from.dot(back).clamp(-1.0, 1.0).acos();
                    let (a, b) = (((1.0 - part) * angle).sin(), (part * angle).sin());
                    let on = (from * a + back * b) / angle.sin();
                    let first = level((*start - centre) / half);
                    let smooth = part * part * (3.0 - 2.0 * part);
                    let swell = first + (1.0 - first) * (smooth * 2.2).min(1.0);
                    centre + half * (on / level(on) * swell)
                })
                .collect()
        })
        .collect()
}

fn ears() -> [Solid; 2] {
    let ear = Solid::grid(28, 14, |u, v| {
        let (round, high) = (u * core::f32::consts::TAU, (v - 0.5) * core::f32::consts::PI);
        let shell = Vec3::new(high.cos() * round.sin(), high.sin(), high.cos() * round.cos());
        // Flat, narrower below, hollow outside.
        let narrow = 0.78 + 0.22 * shell.y;
        let hollow = if shell.x > 0.0 {
            1.0 - 0.9 * (shell.y.powi(2) + shell.z.powi(2) - 1.0).abs()
        } else {
            1.0
        };
        Vec3::new(shell.x * 7.0 * hollow, shell.y * 31.0, shell.z * 17.0 * narrow)
    });
    let left = ear.moved(
        Affine3A::from_translation(Vec3::new(79.0, 10.0, -42.0))
            * Affine3A::from_rotation_y(0.5)
            * Affine3A::from_rotation_x(0.18)
            * Affine3A::from_rotation_z(-0.12),
    );
    [left.mirrored(), left]
}

const NECK: [[f32; 2]; 6] = [
    [104.0, -190.0],
    [84.0, -165.0],
    [66.0, -142.0],
    [58.0, -110.0],
    [57.0, -80.0],
    [58.0, -30.0],
];

/// From the shoulders up to the inside of the collar.
const SHIRT: [[f32; 2]; 9] = [
    [330.0, -350.0],
    [300.0, -272.0],
    [245.0, -228.0],
    [165.0, -200.0],
    [105.0, -178.0],
    [80.0, -150.0],
    [74.0, -143.0],
    [69.0, -147.0],
    [70.0, -170.0],
];

/// A surface round the neck: radius and height, from below.
fn torso(profile: &[[f32; 2]]) -> Solid {
    let points: Vec<Vec3> = profile.iter().map(|it| Vec3::new(it[0], it[1], 0.0)).collect();
    let smooth: Vec<Vec2> = crate::solid::curve(&points, 6)
        .iter()
        .map(|it| it.truncate())
        .collect();
    Solid::lathe(&smooth, 64).bent(|it| {
        // Shoulders are wide, not deep, and the collar lies lower in front.
        let wide = ((it.xz().length() - 75.0) / 120.0).clamp(0.0, 1.0);
        let front = (it.z / 70.0).clamp(-1.0, 1.0) * (1.0 - wide);
        let lower = if profile.len() == SHIRT.len() {
            9.0 * front
        } else {
            0.0
        };
        Vec3::new(it.x, it.y - lower, it.z * (1.0 - 0.5 * wide) - 60.0)
    })
}

/// A mesh to be made finer: C. T. Loop, "Smooth Subdivision Surfaces Based on Triangles", 1987.
pub(crate) struct Mesh {
    positions: Vec<Vec3>,
    uvs: Vec<Vec2>,
    triangles: Vec<[u32; 3]>,
    /// How many triangles, the first ones, are the face.
    of_face: usize,
}

impl Mesh {
    /// One whose triangles all are the face. `uvs` is as long as `positions`.
    pub(crate) fn new(positions: Vec<Vec3>, uvs: Vec<Vec2>, triangles: Vec<[u32; 3]>) -> Self {
        let of_face = triangles.len();
        Self {
            positions,
            uvs,
            triangles,
            of_face,
        }
    }

    /// Four triangles for each.
    pub(crate) fn refine(&mut self) {
        // Each edge with the corners across it.
        let mut edges: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
        for [a, b, c] in &self.triangles {
            for (from, to, across) in [(a, b, c), (b, c, a), (c, a, b)] {
                edges
                    .entry((*from.min(to), *from.max(to)))
                    .or_default()
                    .push(*across);
            }
        }
        let old = self.positions.clone();
        let at = |it: u32| old[it as usize];
        let mut around: Vec<(Vec3, f32, bool)> = vec![(Vec3::ZERO, 0.0, false); old.len()];
        let mut middles: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for ((a, b), across) in &edges {
            let open = across.len() != 2;
            let middle = if open {
                (at(*a) + at(*b)) / 2.0
            } else {
                (at(*a) + at(*b)) * 0.375 + (at(across[0]) + at(across[1])) * 0.125
            };
            middles.insert((*a, *b), self.positions.len() as u32);
            self.positions.push(middle);
            self.uvs
                .push((self.uvs[*a as usize] + self.uvs[*b as usize]) / 2.0);
            for (here, there) in [(a, b), (b, a)] {
                let it = &mut around[*here as usize];
                it.0 += at(*there);
                it.1 += 1.0;
                it.2 |= open;
            }
        }
        for (place, (sum, count, open)) in around.iter().enumerate() {
            if *count > 0.0 && !open {
                let weight = if *count > 3.0 { 0.375 / count } else { 0.1875 };
                self.positions[place] = old[place] * (1.0 - count * weight) + *sum * weight;
            }
        }
        let middle = |a: u32, b: u32| middles[&(a.min(b), a.max(b))];
        self.triangles = self
            .triangles
            .iter()
            .flat_map(|&[a, b, c]| {
                let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
                [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
            })
            .collect();
        self.of_face *= 4;
    }

    /// The surface, with its normals.
    pub(crate) fn solid(&self) -> Solid {
        let mut solid = Solid {
            positions: self.positions.clone(),
            normals: Vec::new(),
            uvs: self.uvs.clone(),
            triangles: self.triangles.clone(),
        };
        solid.smooth();
        solid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_keeps_its_texture_and_its_place() {
        let bust = Bust::new();
        assert_eq!(bust.face.triangles.len(), 16 * canonical::TRIANGLES);
        for (place, uv) in canonical::uvs().iter().enumerate() {
            assert_eq!(bust.face.uvs[place], uv.raw());
            let moved = bust.face.positions[place].distance(canonical::positions()[place].raw());
            assert!(moved < 5.0, "vertex {place} moved by {moved} mm");
        }
    }

    #[test]
    fn the_head_is_turned_outwards() {
        let bust = Bust::new();
        let centre = Vec3::new(0.0, 20.0, -50.0);
        let solid = &bust.face;
        let outwards = solid
            .triangles
            .iter()
            .filter(|it| {
                let [a, b, c] = it.map(|it| solid.positions[it as usize]);
                (b - a).cross(c - a).dot(a - centre) > 0.0
            })
            .count();
        assert!(outwards * 100 > solid.triangles.len() * 95);
        let skull: Vec<_> = bust.head.triangles.iter().take(2 * 7 * 36 * 16).collect();
        let outwards = skull
            .iter()
            .filter(|it| {
                let [a, b, c] = it.map(|it| bust.head.positions[it as usize]);
                (b - a).cross(c - a).dot(a - centre) >= 0.0
            })
            .count();
        assert!(outwards * 100 > skull.len() * 95, "{outwards} of {}", skull.len());
    }
}
