//! Triangles.

use glam::{Mat3, Mat4, Vec3};
use gltf::json::mesh::{Mode, Primitive, Semantic};
use gltf::json::validation::Checked;
use gltf::json::{Accessor, Index};

use super::Source;
use crate::effect::{Mesh, Morph};
use crate::error::PackError;
use crate::limits::{MAX_COORDINATE, MAX_MORPHS};
use crate::read::Pointer;

/// What carries vertices into the model.
pub(super) enum Placement {
    /// One matrix for all.
    Node(Mat4),
    /// One for each joint of a skin; a vertex takes a weighted mean.
    Skin(Vec<Mat4>),
}

impl Source<'_> {
    /// The triangles of a part, carried into the model; `None` for points and lines. Its material is left 0.
    ///
    /// 1. Read the vertices, and the indices as a list of triangles.
    /// 2. Without normals, give each triangle vertices of its own, as glTF wants them flat.
    /// 3. Carry everything into the model; where that mirrors, turn the triangles round.
    /// 4. Check all numbers.
    pub(super) fn primitive(
        &mut self,
        primitive: &Primitive,
        placement: &Placement,
        place: &Pointer<'_>,
    ) -> Result<Option<Mesh>, PackError> {
        let Checked::Valid(mode) = primitive.mode else {
            return Err(self.wrong(&place.key("mode"), "a mode, 0 to 6", "another"));
        };
        if !matches!(mode, Mode::Triangles | Mode::TriangleStrip | Mode::TriangleFan) {
            self.warn("triangles", "points or lines, left out");
            return Ok(None);
        }
        let mut vertices = self.vertices(primitive, place)?;
        let count = vertices.positions.len();
        self.ledger.add_vertices(self.file, count)?;
        let corners = match primitive.indices {
            None => (0..count as u32).collect(),
            Some(indices) => {
                let place = place.key("indices");
                let corners = self.whole_numbers::<1>(indices, &place)?.as_flattened().to_vec();
                if let Some(beyond) = corners.iter().find(|corner| **corner as usize >= count) {
                    let expected = format!("indices under {count}");
                    return Err(self.wrong(&place, expected, beyond));
                }
                corners
            }
        };
        let mut indices = triangles(mode, &corners);
        if indices.is_empty() {
            return Err(self.wrong(place, "three corners for each triangle", corners.len()));
        }
        self.ledger.add_triangles(self.file, indices.len() / 3)?;

        if vertices.normals.is_empty() {
            self.ledger
                .add_vertices(self.file, indices.len().saturating_sub(count))?;
            vertices = vertices.of_corners(&indices);
            indices = (0..indices.len() as u32).collect();
            vertices.make_flat();
        }
        let matrices = vertices.matrices(placement).map_err(|found| {
            let expected = "JOINTS_0 and WEIGHTS_0 for each vertex, within the skin,";
            self.wrong(&place.key("attributes"), expected, found)
        })?;
        vertices.carry(&matrices);
        if matrices.first().is_some_and(|matrix| matrix.determinant() < 0.0) {
            indices
                .as_chunks_mut::<3>()
                .0
                .iter_mut()
                .for_each(|[_, b, c]| core::mem::swap(b, c));
        }
        vertices.check().map_err(|found| {
            let expected = format!("finite numbers within {MAX_COORDINATE}");
            self.wrong(&place.key("attributes"), expected, found)
        })?;
        Ok(Some(vertices.into_mesh(indices)))
    }

    fn vertices(&mut self, primitive: &Primitive, own: &Pointer<'_>) -> Result<Vertices, PackError> {
        let place = own.key("attributes");
        let find = |semantic| primitive.attributes.get(&Checked::Valid(semantic)).copied();
        let Some(positions) = find(Semantic::Positions) else {
            return Err(self.wrong(&place, "POSITION", "none"));
        };
        let positions = self.vectors::<3>(positions, &place.key("POSITION"))?;
        let count = positions.len();
        let normals = match find(Semantic::Normals) {
            None => Vec::new(),
            Some(normals) => self.as_many::<3>(normals, count, &place.key("NORMAL"))?,
        };
        let uvs = match find(Semantic::TexCoords(0)) {
            None => vec![[0.0; 2]; count],
            Some(uvs) => self.as_many::<2>(uvs, count, &place.key("TEXCOORD_0"))?,
        };
        let joints = match (find(Semantic::Joints(0)), find(Semantic::Weights(0))) {
            (Some(joints), Some(weights)) => {
                let joints_place = place.key("JOINTS_0");
                let joints = self.whole_numbers::<4>(joints, &joints_place)?;
                self.check_length(joints.len(), count, &joints_place)?;
                let weights = self.as_many::<4>(weights, count, &place.key("WEIGHTS_0"))?;
                joints.into_iter().zip(weights).collect()
            }
            _ => Vec::new(),
        };
        for (semantic, what) in [
            (Semantic::Colors(0), "vertex colours"),
            (Semantic::TexCoords(1), "further texture coordinates"),
        ] {
            if find(semantic).is_some() {
                self.warn(
                    "positions, normals and one set of coordinates",
                    format!("{what}, left out"),
                );
            }
        }
        let targets = primitive.targets.as_deref().unwrap_or_default();
        if targets.len() > MAX_MORPHS {
            let expected = format!("at most {MAX_MORPHS} morph targets");
            self.warn(expected, format!("{}, the others left out", targets.len()));
        }
        let mut morphs = Vec::new();
        let list = own.key("targets");
        for (item, target) in targets.iter().take(MAX_MORPHS).enumerate() {
            let place = list.item(item);
            let read = |accessor: Option<Index<Accessor>>, key| match accessor {
                None => Ok(vec![[0.0; 3]; count]),
                Some(accessor) => self.as_many::<3>(accessor, count, &place.key(key)),
            };
            morphs.push(Morph {
                positions: read(target.positions, "POSITION")?,
                normals: read(target.normals, "NORMAL")?,
            });
        }
        Ok(Vertices {
            positions,
            normals,
            uvs,
            joints,
            morphs,
        })
    }

    /// The vectors of an accessor that has one for each vertex.
    fn as_many<const N: usize>(
        &self,
        accessor: Index<Accessor>,
        count: usize,
        place: &Pointer<'_>,
    ) -> Result<Vec<[f32; N]>, PackError> {
        let vectors = self.vectors(accessor, place)?;
        self.check_length(vectors.len(), count, place)?;
        Ok(vectors)
    }

    fn check_length(&self, found: usize, expected: usize, place: &Pointer<'_>) -> Result<(), PackError> {
        if found == expected {
            return Ok(());
        }
        let expected = format!("{expected} elements, as POSITION has,");
        Err(self.wrong(place, expected, found))
    }
}

/// The corners of separate triangles.
///
/// # Source
/// glTF 2.0, section 3.7.2.1: every second triangle of a strip is wound the other way.
fn triangles(mode: Mode, corners: &[u32]) -> Vec<u32> {
    match mode {
        Mode::TriangleStrip => {
            let windows = corners.windows(3).enumerate();
            windows
                .flat_map(|(number, window)| match number % 2 {
                    0 => [window[0], window[1], window[2]],
                    _ => [window[1], window[0], window[2]],
                })
                .collect()
        }
        Mode::TriangleFan => {
            let rim = corners.get(1..).unwrap_or_default().windows(2);
            rim.flat_map(|pair| [pair[0], pair[1], corners[0]]).collect()
        }
        _ => corners[..corners.len() / 3 * 3].to_vec(),
    }
}

/// The vertices of a part. Empty are the normals of one that has none, and the joints of one without a skin.
struct Vertices {
    positions: Vec<[f32; 3]>,
    normals: Vec<[f32; 3]>,
    uvs: Vec<[f32; 2]>,
    joints: Vec<([u32; 4], [f32; 4])>,
    morphs: Vec<Morph>,
}

impl Vertices {
    /// A vertex for each corner.
    fn of_corners(&self, corners: &[u32]) -> Self {
        fn of<T: Copy>(list: &[T], corners: &[u32]) -> Vec<T> {
            corners
                .iter()
                .filter_map(|corner| list.get(*corner as usize).copied())
                .collect()
        }
        Self {
            positions: of(&self.positions, corners),
            normals: of(&self.normals, corners),
            uvs: of(&self.uvs, corners),
            joints: of(&self.joints, corners),
            morphs: self
                .morphs
                .iter()
                .map(|morph| Morph {
                    positions: of(&morph.positions, corners),
                    normals: of(&morph.normals, corners),
                })
                .collect(),
        }
    }

    /// Gives each three vertices the normal of their triangle.
    fn make_flat(&mut self) {
        let (triangles, _) = self.positions.as_chunks::<3>();
        self.normals = triangles
            .iter()
            .flat_map(|corners| {
                let [a, b, c] = corners.map(Vec3::from_array);
                [unit((b - a).cross(c - a)); 3]
            })
            .collect();
    }

    /// `model_from_vertex`: one for all, or one for each.
    fn matrices(&self, placement: &Placement) -> Result<Vec<Mat4>, &'static str> {
        let joints = match placement {
            Placement::Node(matrix) => return Ok(vec![*matrix]),
            Placement::Skin(joints) => joints,
        };
        if self.joints.len() != self.positions.len() {
            return Err("none");
        }
        let mean = |(indices, weights): &([u32; 4], [f32; 4])| {
            let total: f32 = weights.iter().sum();
            let mut sum = Mat4::ZERO;
            for (index, weight) in indices.iter().zip(weights) {
                // What weighs nothing may name nothing.
                if *weight != 0.0 {
                    sum += *joints.get(*index as usize).ok_or("a joint beyond it")? * (*weight / total);
                }
            }
            if sum.is_finite() && total > 0.0 {
                Ok(sum)
            } else {
                Err("weights without a sum")
            }
        };
        self.joints.iter().map(mean).collect()
    }

    /// Carries positions, normals and morph targets by one matrix, or by one for each vertex.
    fn carry(&mut self, matrices: &[Mat4]) {
        let matrix = |vertex: usize| matrices[vertex.min(matrices.len() - 1)];
        for vertex in 0..self.positions.len() {
            let model_from_vertex = matrix(vertex);
            let linear = Mat3::from_mat4(model_from_vertex);
            // The inverse transposed but for its scale, which is lost in what follows; it exists for flat scales too.
            let across = Mat3::from_cols(
                linear.y_axis.cross(linear.z_axis),
                linear.z_axis.cross(linear.x_axis),
                linear.x_axis.cross(linear.y_axis),
            ) * linear.determinant().signum();
            let position = Vec3::from_array(self.positions[vertex]);
            self.positions[vertex] = model_from_vertex.transform_point3(position).to_array();
            let normal = across * Vec3::from_array(self.normals[vertex]);
            let scale = normal.length_recip();
            self.normals[vertex] = unit(normal);
            for morph in &mut self.morphs {
                let moved = linear * Vec3::from_array(morph.positions[vertex]);
                morph.positions[vertex] = moved.to_array();
                let turned = across * Vec3::from_array(morph.normals[vertex]) * scale;
                morph.normals[vertex] = if scale.is_finite() {
                    turned.to_array()
                } else {
                    [0.0; 3]
                };
            }
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        let morphs = self.morphs.iter();
        let moved = morphs.flat_map(|morph| morph.positions.iter().chain(&morph.normals));
        let vectors = self.positions.iter().chain(&self.normals).chain(moved);
        let numbers = vectors.flatten().chain(self.uvs.iter().flatten());
        let mut numbers = numbers.filter(|it| !(it.abs() <= MAX_COORDINATE));
        match numbers.next() {
            None => Ok(()),
            Some(number) if number.is_nan() => Err("NaN"),
            Some(_) => Err("a larger one"),
        }
    }

    fn into_mesh(self, indices: Vec<u32>) -> Mesh {
        Mesh {
            positions: self.positions,
            normals: self.normals,
            uvs: self.uvs,
            indices,
            material: 0,
            morphs: self.morphs,
        }
    }
}

/// The vector with length 1; any direction is as good for one without a length.
fn unit(vector: Vec3) -> [f32; 3] {
    vector.try_normalize().unwrap_or(Vec3::Z).to_array()
}
