//! Prints `src/canonical/table.rs`, made from the face model given as JSON:
//!
//! ```text
//! cargo run -p moretta-geometry --example canonical_table -- models/face_geometry.json
//! ```

use std::error::Error;
use std::fmt::{Debug, Write};

use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("expected the path of face_geometry.json")?;
    #[expect(clippy::print_stdout, reason = "printing the table is what this is for")]
    {
        print!("{}", table(&std::fs::read_to_string(path)?)?);
    }
    Ok(())
}

/// The table as Rust, from the model as JSON: `vertices` is x, y, z in centimetres, u, v, for each vertex in
/// turn; `indices` three for each triangle; `procrustes` pairs of a vertex and its weight.
pub(crate) fn table(json: &str) -> Result<String, Box<dyn Error>> {
    let model: Value = serde_json::from_str(json)?;
    let vertices = numbers(&model["vertices"])?;
    let indices = numbers(&model["indices"])?;

    let mut text = String::from(HEADER);
    let positions = vertices.chunks_exact(5).map(|it| point3(&it[..3]));
    list(&mut text, "POSITIONS: [Point3<FaceMm>; 468]", positions)?;
    let uvs = vertices
        .chunks_exact(5)
        .map(|it| format!("uv({:?}, {:?})", it[3] as f32, it[4] as f32));
    list(&mut text, "UVS: [Point2<FaceUv>; 468]", uvs)?;
    let triangles = indices
        .chunks_exact(3)
        .map(|it| compact(&[it[0] as u16, it[1] as u16, it[2] as u16]));
    list(&mut text, "TRIANGLES: [[u16; 3]; 898]", triangles)?;
    let weights = model["procrustes"]
        .as_array()
        .ok_or("expected a list of weights")?;
    let weights = weights.iter().map(numbers).collect::<Result<Vec<_>, _>>()?;
    let weights = weights
        .iter()
        .map(|it| format!("({}, {:?})", it[0], it[1] as f32));
    list(&mut text, "POSE_WEIGHTS: [(u16, f32); 33]", weights)?;
    Ok(text)
}

const HEADER: &str = "\
//! Made from `models/face_geometry.json` by the example `canonical_table`; see there. Not edited by hand.
//!
//! Copyright 2020 The MediaPipe Authors, Apache-2.0; modified: millimetres for centimetres.

use glam::{Vec2, Vec3};
use moretta_space::{FaceMm, FaceUv, Point2, Point3};

const fn mm(x: f32, y: f32, z: f32) -> Point3<FaceMm> {
    Point3::from_raw(Vec3::new(x, y, z))
}

const fn uv(u: f32, v: f32) -> Point2<FaceUv> {
    Point2::from_raw(Vec2::new(u, v))
}
";

/// The one place where the reference's centimetres become millimetres, in `f64` so that each is rounded once.
fn point3(cm: &[f64]) -> String {
    let [x, y, z] = [cm[0], cm[1], cm[2]].map(|it| (it * 10.0) as f32);
    format!("mm({x:?}, {y:?}, {z:?})")
}

fn compact(it: &impl Debug) -> String {
    format!("{it:?}")
}

fn numbers(list: &Value) -> Result<Vec<f64>, Box<dyn Error>> {
    let list = list.as_array().ok_or("expected a list of numbers")?;
    Ok(list
        .iter()
        .map(Value::as_f64)
        .collect::<Option<_>>()
        .ok_or("expected a number")?)
}

/// A static list, as many items in a line as fit into 110 columns.
fn list(text: &mut String, head: &str, items: impl Iterator<Item = String>) -> Result<(), std::fmt::Error> {
    write!(text, "\npub(super) static {head} = [")?;
    let mut column = usize::MAX;
    for item in items {
        if column.saturating_add(item.len() + 2) > 110 {
            write!(text, "\n   ")?;
            column = 3;
        }
        write!(text, " {item},")?;
        column += item.len() + 2;
    }
    writeln!(text, "\n];")
}
