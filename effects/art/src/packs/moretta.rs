//! The moretta of Venice: a mask of velvet that is held by a button between the teeth, and so falls when its wearer speaks.

use glam::{Affine3A, Vec2, Vec3};
use moretta_geometry::canonical;

use super::{Files, Studio, file};
use crate::Error;
use crate::bust::Mesh;
use crate::glb::{Material, Model};
use crate::preview::Stage;
use crate::solid::{Solid, curve};

/// How far before the skin the mask is, in millimetres.
const OFF: f32 = 6.0;

/// The canonical face without its eyes, lips and wings of the nose: each round a vertex moves to the mean of those next to it.
fn shell() -> Solid {
    const ROUNDS: usize = 36;
    let mut positions: Vec<Vec3> = canonical::positions().iter().map(|it| it.raw()).collect();
    let triangles: Vec<[u32; 3]> = canonical::triangles()
        .iter()
        .map(|it| it.map(u32::from))
        .collect();
    let before = positions.clone();
    for _ in 0..ROUNDS {
        let mut sums = vec![(Vec3::ZERO, 0.0_f32); positions.len()];
        for [a, b, c] in triangles.iter().map(|it| it.map(|it| it as usize)) {
            for (from, to) in [(a, b), (b, c), (c, a), (b, a), (c, b), (a, c)] {
                sums[from].0 += positions[to];
                sums[from].1 += 1.0;
            }
        }
        for (position, (sum, count)) in positions.iter_mut().zip(sums) {
            // Seen from the front everything stays where its texture is: only the depth is smoothed.
            position.z += (sum.z / count.max(1.0) - position.z) * 0.7;
        }
    }
    // Before the face everywhere: where it was smoothed behind it, it is brought forward, softly.
    let lacking = before
        .iter()
        .zip(&positions)
        .map(|(face, mask)| face.z - mask.z)
        .fold(f32::MIN, f32::max);
    for (position, face) in positions.iter_mut().zip(&before) {
        let behind = (face.z - position.z).max(0.0);
        position.z += OFF + 0.25 * lacking.min(8.0) + 0.75 * behind;
    }
    let mut mesh = Mesh::new(
        positions,
        canonical::uvs().iter().map(|it| it.raw()).collect(),
        triangles,
    );
    mesh.refine();
    mesh.solid()
}

/// A button that looks along +z, about the middle of its back: a rim, a hollow, and what the thread goes over.
fn button() -> Solid {
    let profile = [
        [6.0, 0.0],
        [7.4, 0.5],
        [7.8, 1.5],
        [7.2, 2.5],
        [6.2, 2.7],
        [5.4, 2.1],
        [4.6, 1.8],
        [2.4, 1.9],
        [1.9, 2.7],
        [1.2, 3.2],
        [0.0, 3.3],
    ];
    let points: Vec<Vec3> = profile.iter().map(|it| Vec3::new(it[0], it[1], 0.0)).collect();
    let smooth: Vec<Vec2> = curve(&points, 2).iter().map(|it| it.truncate()).collect();
    Solid::lathe(&smooth, 28).moved(Affine3A::from_rotation_x(core::f32::consts::FRAC_PI_2))
}

fn model(studio: &Studio<'_>) -> Result<Model, Error> {
    let mut velvet = Material::new("velvet", 0xffffff, 0.0, 0.72);
    velvet.picture = Some(studio.sources.face("moretta", 512)?);
    let gold = Material::new("gold", 0xe9bd62, 1.0, 0.28);
    let mask = shell();
    // Where the lips meet; the shell has kept the order of the landmarks.
    let mouth = mask.positions[13].midpoint(mask.positions[14]);
    let button = button().moved(Affine3A::from_translation(mouth + Vec3::Z * 4.2));
    let to_bridge = Affine3A::from_translation(-super::landmark(6));
    Ok(Model {
        materials: vec![gold, velvet],
        parts: vec![(0, button.moved(to_bridge)), (1, mask.moved(to_bridge))],
    })
}

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let model = model(studio)?;
    let mut stage = Stage::new(studio, super::WINE, 0.24, 0.0, 2.0, 250.0);
    stage.prop(&model, super::landmark(6));
    Ok(vec![
        file("mask.glb", model.to_glb()?),
        file("preview.png", stage.preview()?),
    ])
}
