//! Black acetate glasses with smoked lenses. All in `FaceMm`, moved to the bridge of the nose at the end.

use glam::{Affine3A, Vec2, Vec3};

use super::{Files, Studio, file};
use crate::Error;
use crate::glb::{Material, Model};
use crate::preview::Stage;
use crate::solid::{Solid, closed_curve, curve, rounded};

/// The middle of the left lens, and its outline about that, from the outer side upwards.
const LENS: Vec2 = Vec2::new(33.5, 23.0);
const INSIDE: [[f32; 2]; 12] = [
    [26.0, 5.0],
    [24.0, 16.5],
    [12.0, 20.5],
    [-4.0, 20.0],
    [-18.0, 17.5],
    [-24.5, 9.0],
    [-24.0, -3.0],
    [-18.0, -14.5],
    [-6.0, -20.5],
    [8.0, -21.0],
    [20.0, -14.5],
    [25.5, -4.0],
];
const OUTSIDE: [[f32; 2]; 12] = [
    [32.0, 7.0],
    [35.0, 21.0],
    [16.0, 26.5],
    [-5.0, 25.5],
    [-21.5, 22.5],
    [-29.8, 11.5],
    [-28.6, -3.5],
    [-21.4, -18.0],
    [-7.0, -24.6],
    [9.0, -25.2],
    [23.8, -17.8],
    [30.4, -4.0],
];
const STEPS: usize = 5;

/// The place in the front of the frame at `at`, `depth` before its middle: curved round the face, and leaning, the
/// lower edge nearer to the cheeks.
fn front(at: Vec2, depth: f32) -> Vec3 {
    let curved = 61.5 - 0.0017 * at.x * at.x + 0.085 * (at.y - 25.0);
    Vec3::new(at.x, at.y, curved + depth)
}

fn outline(points: &[[f32; 2]]) -> Vec<Vec2> {
    let points: Vec<Vec2> = points.iter().map(|it| LENS + Vec2::from_array(*it)).collect();
    closed_curve(&points, STEPS)
}

fn rim() -> Solid {
    let (inside, outside) = (outline(&INSIDE), outline(&OUTSIDE));
    let count = inside.len();
    Solid::grid(14, count, |u, v| {
        let at = (v * count as f32).round() as usize % count;
        let (a, b) = (inside[at], outside[at]);
        let section = rounded(u, Vec2::new(0.5, 2.3), 3.4);
        front(a.lerp(b, 0.5 + section.x), section.y)
    })
    .outwards()
}

fn lens() -> Solid {
    let inside = outline(&INSIDE);
    let count = inside.len();
    Solid::grid(count, 3, |u, v| {
        let at = (u * count as f32).round() as usize % count;
        let edge = 1.02 * v;
        front(LENS.lerp(inside[at], edge), 1.4 * (1.0 - edge * edge) - 0.4)
    })
    .facing(Vec3::Z)
}

fn bridge() -> Solid {
    let points: Vec<Vec3> = [[-9.0, 34.5], [-4.5, 37.2], [0.0, 38.2], [4.5, 37.2], [9.0, 34.5]]
        .iter()
        .map(|it| front(Vec2::from_array(*it), 0.3))
        .collect();
    let path = curve(&points, 5);
    Solid::sweep(
        &path,
        false,
        |_| Vec3::Z,
        18,
        |_, turn| rounded(turn, Vec2::new(2.3, 3.6), 3.0),
    )
    .outwards()
}

fn temple() -> Solid {
    let points = [
        [63.0, 41.5, 54.8],
        [68.5, 41.3, 52.6],
        [72.0, 41.0, 48.5],
        [73.6, 40.4, 40.0],
        [76.0, 38.6, 18.0],
        [79.0, 36.0, -8.0],
        [81.0, 32.5, -30.0],
        [80.8, 25.0, -46.0],
        [79.6, 11.0, -58.0],
        [78.2, -6.0, -65.0],
    ]
    .map(Vec3::from_array);
    let path = curve(&points, 5);
    let last = (path.len() - 1) as f32;
    Solid::sweep(
        &path,
        false,
        |_| Vec3::Y,
        12,
        |row, turn| {
            let along = row as f32 / last;
            // High at the hinge, slim before the ear, broader again at the end, which is round.
            let high = 4.1 - 2.0 * (along / 0.55).min(1.0) + 0.9 * ((along - 0.6) / 0.3).clamp(0.0, 1.0);
            let end = (1.0 - ((along - 0.95) / 0.05).max(0.0).powi(2) * 0.8).max(0.2);
            rounded(turn, Vec2::new(high * end, 1.75 * end), 3.2)
        },
    )
    .outwards()
}

/// A pin at the corner of the front, as an oval.
fn pin(at: Vec2) -> Solid {
    Solid::grid(20, 6, |u, v| {
        let (round, high) = (u * core::f32::consts::TAU, v * core::f32::consts::FRAC_PI_2);
        let flat = Vec2::new(2.2 * round.cos(), 1.1 * round.sin()) * high.cos();
        front(at + flat, 2.2 + 0.55 * high.sin())
    })
    .facing(Vec3::Z)
}

pub(crate) fn model() -> Model {
    let acetate = Material::new("acetate", 0x121214, 0.0, 0.16);
    let gold = Material::new("gold", 0xe9c06a, 1.0, 0.25);
    let mut smoke = Material::new("smoke", 0x1b1d22, 0.0, 0.04);
    smoke.colour[3] = 0.46;
    let mut parts = Vec::new();
    for solid in [rim(), temple()] {
        parts.push((0, solid.mirrored()));
        parts.push((0, solid));
    }
    parts.push((0, bridge()));
    let pin = pin(Vec2::new(62.3, 41.6));
    parts.push((1, pin.mirrored()));
    parts.push((1, pin));
    let lens = lens();
    parts.push((2, lens.mirrored()));
    parts.push((2, lens));
    let to_bridge = Affine3A::from_translation(-super::landmark(6));
    for (_, solid) in &mut parts {
        *solid = solid.moved(to_bridge);
    }
    Model {
        materials: vec![acetate, gold, smoke],
        parts,
    }
}

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let model = model();
    let mut stage = Stage::new(studio, super::BLUE, 0.42, -0.04, 24.0, 255.0);
    stage.prop(&model, super::landmark(6));
    Ok(vec![
        file("glasses.glb", model.to_glb()?),
        file("preview.png", stage.preview()?),
    ])
}
