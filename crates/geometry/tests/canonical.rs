//! The tables of the canonical face against the model they were made from.

#[path = "../examples/canonical_table.rs"]
#[expect(dead_code, reason = "an example has a main")]
mod canonical_table;

use moretta_geometry::canonical;
use serde_json::Value;

const MODEL: &str = include_str!("../../../models/face_geometry.json");
const TABLE: &str = include_str!("../src/canonical/table.rs");

#[test]
fn the_table_is_what_the_model_makes() {
    assert!(
        canonical_table::table(MODEL).unwrap() == TABLE,
        "make it anew: cargo run -p moretta-geometry --example canonical_table -- models/face_geometry.json"
    );
    let changed = MODEL.replacen("-3.4064040184020996", "-3.5064040184020996", 1);
    assert_ne!(changed, MODEL);
    assert!(canonical_table::table(&changed).unwrap() != TABLE, "the control");
}

#[test]
fn the_table_holds_millimetres_where_the_model_holds_centimetres() {
    let model: Value = serde_json::from_str(MODEL).unwrap();
    let numbers = |name: &str| -> Vec<f64> {
        model[name]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_f64().unwrap())
            .collect()
    };
    let vertices = numbers("vertices");
    assert_eq!(vertices.len(), 5 * canonical::VERTICES);
    for (index, vertex) in vertices.chunks_exact(5).enumerate() {
        let mm = canonical::positions()[index].raw().to_array();
        for axis in 0..3 {
            assert!(
                (f64::from(mm[axis]) - vertex[axis] * 10.0).abs() < 1e-5,
                "vertex {index}"
            );
        }
        let uv = canonical::uvs()[index].raw().to_array();
        assert_eq!(uv, [vertex[3] as f32, vertex[4] as f32], "vertex {index}");
    }
    let indices: Vec<f64> = canonical::triangles()
        .as_flattened()
        .iter()
        .map(|it| f64::from(*it))
        .collect();
    assert_eq!(indices, numbers("indices"));
    let weights = model["procrustes"].as_array().unwrap();
    assert_eq!(weights.len(), canonical::pose_weights().len());
    for (weight, (vertex, expected)) in weights.iter().zip(canonical::pose_weights()) {
        assert_eq!(weight[0], *vertex);
        assert_eq!(weight[1].as_f64().unwrap() as f32, *expected, "vertex {vertex}");
    }
}
