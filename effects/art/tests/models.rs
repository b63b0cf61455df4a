//! The models as another reader sees them: glTF that says what it means, in metres, turned outwards.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;

use gltf::Gltf;
use gltf::mesh::util::ReadIndices;

fn model(path: &str) -> Gltf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    Gltf::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn size(model: &Gltf) -> [f32; 3] {
    let blob = model.blob.as_deref().unwrap();
    let (mut least, mut most) = ([f32::MAX; 3], [f32::MIN; 3]);
    for mesh in model.meshes() {
        for primitive in mesh.primitives() {
            let reader = primitive.reader(|_| Some(blob));
            let positions: Vec<[f32; 3]> = reader.read_positions().unwrap().collect();
            let normals: Vec<[f32; 3]> = reader.read_normals().unwrap().collect();
            assert_eq!(positions.len(), normals.len());
            for normal in &normals {
                let length = normal.iter().map(|it| it * it).sum::<f32>().sqrt();
                assert!((length - 1.0).abs() < 1e-3, "{length}");
            }
            let Some(ReadIndices::U16(indices)) = reader.read_indices() else {
                panic!("expected short indices");
            };
            let indices: Vec<usize> = indices.map(usize::from).collect();
            assert!(indices.len() > 300 && indices.len().is_multiple_of(3));
            assert!(indices.iter().all(|it| *it < positions.len()));
            // Normals and the front agree.
            let agree = indices
                .chunks_exact(3)
                .filter(|it| {
                    let [a, b, c] = [it[0], it[1], it[2]].map(|it| glam::Vec3::from(positions[it]));
                    let normal: glam::Vec3 = it.iter().map(|it| glam::Vec3::from(normals[*it])).sum();
                    (b - a).cross(c - a).dot(normal) > 0.0
                })
                .count();
            assert!(
                agree * 100 >= 99 * (indices.len() / 3),
                "{agree} of {}",
                indices.len() / 3
            );
            let bounds = primitive.bounding_box();
            for axis in 0..3 {
                let of = |it: &[f32; 3]| it[axis];
                let found = positions.iter().map(of).fold(f32::MAX, f32::min);
                assert_eq!(bounds.min[axis], found);
                least[axis] = least[axis].min(found);
                most[axis] = most[axis].max(positions.iter().map(of).fold(f32::MIN, f32::max));
            }
        }
    }
    [0, 1, 2].map(|axis| most[axis] - least[axis])
}

#[test]
fn glasses_are_as_wide_as_a_head() {
    let model = model("glasses3d/glasses.glb");
    let [width, height, depth] = size(&model);
    assert!((0.155..0.175).contains(&width), "{width}");
    assert!((0.04..0.07).contains(&height), "{height}");
    assert!((0.11..0.14).contains(&depth), "{depth}");
    let materials: Vec<_> = model.materials().collect();
    assert_eq!(materials.len(), 3);
    let clear: Vec<_> = materials
        .iter()
        .filter(|it| it.alpha_mode() == gltf::material::AlphaMode::Blend)
        .collect();
    assert_eq!(clear.len(), 1, "the lenses alone are transparent");
}

#[test]
fn the_hat_goes_round_a_head() {
    let [width, height, depth] = size(&model("hat/hat.glb"));
    assert!((0.2..0.26).contains(&width), "{width}");
    assert!((0.1..0.16).contains(&height), "{height}");
    assert!((0.26..0.33).contains(&depth), "{depth}");
}
