//! A top hat. All in millimetres about the middle of its opening, y up.

use core::f32::consts::TAU;

use glam::{Affine3A, Vec2, Vec3};

use super::{Files, Studio, file};
use crate::Error;
use crate::glb::{Material, Model};
use crate::preview::Stage;
use crate::solid::{Solid, curve};

/// Half as wide and long as the opening is.
const HALF: Vec2 = Vec2::new(83.0, 101.0);
const HEIGHT: f32 = 112.0;
const AROUND: usize = 60;

/// A place on the hat: `turn` round it from the front, `out` times as far out as the opening, `high` above it.
fn place(turn: f32, out: f32, high: f32) -> Vec3 {
    let (sin, cos) = (turn * TAU).sin_cos();
    Vec3::new(HALF.x * out * sin, high, HALF.y * out * cos)
}

/// A surface through rings that are given as out and height, from below upwards on an outer wall.
fn rings(points: &[[f32; 2]], steps: usize, bend: impl Fn(f32, Vec2) -> Vec2) -> Solid {
    let points: Vec<Vec3> = points.iter().map(|it| Vec3::new(it[0], it[1], 0.0)).collect();
    let profile = curve(&points, steps);
    let last = profile.len() - 1;
    Solid::grid(AROUND, last, |u, v| {
        let at = profile[(v * last as f32).round() as usize].truncate();
        let bent = bend(u, at);
        place(u, bent.x, bent.y)
    })
}

/// The brim rises at the sides, more towards its edge, and falls a little before and behind.
fn brim_bend(turn: f32, at: Vec2) -> Vec2 {
    let (sin, cos) = (turn * TAU).sin_cos();
    let far = ((at.x - 1.0) / 0.52).max(0.0);
    let side = sin * sin;
    // As wide in front as at the sides, although the opening is longer.
    let out = 1.0 + (at.x - 1.0) * (1.0 - 0.16 * cos * cos);
    Vec2::new(
        out - 0.10 * far * far * side,
        at.y + 27.0 * far * far * side - 7.0 * far * far * cos * cos,
    )
}

fn crown() -> Solid {
    let mut wall = Vec::new();
    for step in 0..=6 {
        let part = step as f32 / 6.0;
        // A waist: narrower half way up, wider at the top.
        let out = 1.0 - 0.065 * (part * core::f32::consts::PI).sin() + 0.035 * part * part;
        wall.push([out, part * (HEIGHT - 5.0)]);
    }
    let top = 1.035;
    wall.extend([
        [top + 0.004, HEIGHT - 3.0],
        [top - 0.006, HEIGHT - 0.8],
        [top - 0.035, HEIGHT],
        [top - 0.3, HEIGHT + 1.5],
        [0.35, HEIGHT + 3.5],
        [0.0, HEIGHT + 4.0],
    ]);
    rings(&wall, 2, |_, at| at)
}

fn brim() -> Solid {
    // From the crown out over the upper side, round the bound edge, and back below: seen from outside in one piece.
    let over = [
        [0.96, -2.6],
        [1.10, -3.0],
        [1.30, -2.8],
        [1.49, -2.2],
        [1.525, -2.2],
        [1.545, 0.4],
        [1.525, 3.0],
        [1.49, 2.6],
        [1.30, 1.4],
        [1.10, 1.0],
        [0.99, 1.2],
    ];
    rings(&over, 2, brim_bend)
}

/// The wall inside, as far as one can look in.
fn lining() -> Solid {
    rings(&[[0.955, 60.0], [0.965, 30.0], [0.97, -2.4]], 2, |_, at| at)
}

fn band() -> Solid {
    let wall: Vec<[f32; 2]> = (0..=7)
        .map(|step| {
            let high = 1.0 + 27.0 * step as f32 / 7.0;
            let part = high / (HEIGHT - 5.0);
            let out = 1.0 - 0.065 * (part * core::f32::consts::PI).sin() + 0.035 * part * part;
            let edge = if step == 0 || step == 7 { 0.002 } else { 0.016 };
            [out + edge, high]
        })
        .collect();
    rings(&wall, 1, |turn, at| {
        // Folds of satin, which run round unevenly.
        let fold = (at.y * 0.72 + 0.9 * (turn * TAU * 2.0).sin()).sin();
        Vec2::new(at.x + 0.0035 * fold, at.y)
    })
}

/// A bow on the side of the band: two loops and a knot.
fn bow() -> Vec<Solid> {
    let wing = |side: f32| {
        Solid::grid(22, 14, |u, v| {
            let (round, high) = (u * TAU, (v - 0.5) * core::f32::consts::PI);
            let ball = Vec3::new(high.cos() * round.sin(), high.sin(), high.cos() * round.cos());
            let along = ball.x * 0.5 + 0.5;
            let spread = 0.30 + 0.95 * (along * 2.4).min(1.0) - 0.12 * along;
            let fold = 1.0 + 0.14 * (ball.y * 9.0).sin() * (1.0 - along);
            Vec3::new(
                side * (3.0 + along * 27.0),
                ball.y * 12.5 * spread,
                ball.z * 4.2 * fold,
            )
        })
        .outwards()
    };
    let knot = Solid::grid(20, 12, |u, v| {
        let (round, high) = (u * TAU, (v - 0.5) * core::f32::consts::PI);
        Vec3::new(
            5.2 * high.cos() * round.sin(),
            6.8 * high.sin(),
            5.4 * high.cos() * round.cos(),
        )
    });
    // On the right side of the head, a little to the front.
    let turn = -0.165;
    let at = place(turn, 0.985, 14.5);
    let outwards = Vec3::new(at.x / HALF.x.powi(2), 0.0, at.z / HALF.y.powi(2)).normalize_or_zero();
    let upright = Affine3A::from_translation(at + outwards * 3.5)
        * Affine3A::from_rotation_y(outwards.x.atan2(outwards.z))
        * Affine3A::from_rotation_z(0.06);
    [wing(1.0), wing(-1.0), knot]
        .iter()
        .map(|it| it.moved(upright))
        .collect()
}

pub(crate) fn model() -> Model {
    let silk = Material::new("silk", 0x1f1b2e, 0.0, 0.42);
    let satin = Material::new("satin", 0xa3143a, 0.0, 0.34);
    let dark = Material::new("lining", 0x120c12, 0.0, 0.9);
    let mut parts = vec![(0, crown()), (0, brim()), (1, band()), (2, lining())];
    parts.extend(bow().into_iter().map(|it| (1, it)));
    Model {
        materials: vec![silk, satin, dark],
        parts,
    }
}

/// Where the opening's middle sits, from the middle between the ears, and how far it leans forwards, in degrees.
pub(crate) const SEAT: Vec3 = Vec3::new(0.0, 83.0, -20.0);
pub(crate) const LEAN: f32 = 9.0;

pub(super) fn files(studio: &Studio<'_>) -> Result<Files, Error> {
    let model = model();
    let mut stage = Stage::new(studio, super::PLUM, 0.38, 0.03, 62.0, 350.0);
    let ears = (super::landmark(454) + super::landmark(234)) / 2.0;
    stage.prop_turned(&model, ears + SEAT, Vec3::new(LEAN.to_radians(), 0.0, 0.0));
    Ok(vec![
        file("hat.glb", model.to_glb()),
        file("preview.png", stage.preview()),
    ])
}
