//! The nodes of a model, from the roots of its scene to the meshes.

use glam::{Mat4, Quat, Vec3, Vec4};
use gltf::json::scene::Node;

use super::Source;
use super::geometry::Placement;
use super::material::Materials;
use crate::effect::Model;
use crate::error::PackError;
use crate::files::Files;
use crate::limits::{MAX_MESHES, MAX_MODEL_DEPTH, MAX_MODEL_NODES};
use crate::read::Pointer;

/// Reads the default scene: where each node stands, then the meshes of those that have one.
pub(super) fn read(source: &mut Source<'_>, files: &Files) -> Result<Model, PackError> {
    let root = source.root;
    source.too_many("nodes of a model", MAX_MODEL_NODES, root.nodes.len())?;
    let scenes = Pointer::Root.key("scenes");
    let default = root.scene.map_or(0, |scene| scene.value());
    let scene = source.element(&root.scenes, "scenes", default, &Pointer::Root.key("scene"))?;

    let mut world = vec![None; root.nodes.len()];
    let mut order = Vec::new();
    let place = scenes.item(default);
    let place = place.key("nodes");
    let mut walk = Walk {
        source,
        world: &mut world,
        order: &mut order,
    };
    for (item, node) in scene.nodes.iter().enumerate() {
        walk.node(node.value(), &place.item(item), Mat4::IDENTITY, 1)?;
    }

    let mut meshes = Vec::new();
    let mut materials = Materials::default();
    let nodes = Pointer::Root.key("nodes");
    for index in order {
        let Some(mesh) = root.nodes[index].mesh else {
            continue;
        };
        let place = nodes.item(index);
        let placement = placement(source, index, &world, &place)?;
        let mesh_place = place.key("mesh");
        let mesh_index = mesh.value();
        let mesh = source.element(&root.meshes, "meshes", mesh_index, &mesh_place)?;
        let weights = root.nodes[index].weights.as_ref().or(mesh.weights.as_ref());
        if weights.is_some_and(|weights| weights.iter().any(|weight| *weight != 0.0)) {
            source.warn("morph targets at rest", "weights of the model's own, left out");
        }
        let list = Pointer::Root.key("meshes");
        let mesh_place = list.item(mesh_index);
        let list = mesh_place.key("primitives");
        for (item, primitive) in mesh.primitives.iter().enumerate() {
            let place = list.item(item);
            let Some(part) = source.primitive(primitive, &placement, &place)? else {
                continue;
            };
            let material = primitive.material.map(|it| it.value());
            let material = materials.place(source, files, material, &place.key("material"))?;
            meshes.push(crate::effect::Mesh { material, ..part });
            source.too_many("parts of a model", MAX_MESHES, meshes.len())?;
        }
    }
    if meshes.is_empty() {
        return Err(source.wrong(&place, "a scene with triangles", "none"));
    }
    let (materials, images) = materials.finish();
    Ok(Model {
        meshes,
        materials,
        images,
    })
}

/// A walk down from the roots.
struct Walk<'w, 'm> {
    source: &'w Source<'m>,
    /// Where each node that was met stands in the model.
    world: &'w mut Vec<Option<Mat4>>,
    order: &'w mut Vec<usize>,
}

impl Walk<'_, '_> {
    fn node(
        &mut self,
        index: usize,
        place: &Pointer<'_>,
        parent: Mat4,
        depth: usize,
    ) -> Result<(), PackError> {
        let source = self.source;
        let node = source.element(&source.root.nodes, "nodes", index, place)?;
        if depth > MAX_MODEL_DEPTH {
            let expected = format!("at most {MAX_MODEL_DEPTH} levels of nodes");
            return Err(source.wrong(place, expected, "more"));
        }
        if self.world[index].is_some() {
            return Err(source.wrong(place, "each node once", format_args!("node {index} again")));
        }
        let list = Pointer::Root.key("nodes");
        let own = list.item(index);
        let model_from_node = parent * transform(source, node, &own)?;
        if !model_from_node.is_finite() {
            return Err(source.wrong(&own, "finite transforms", "one that is not"));
        }
        self.world[index] = Some(model_from_node);
        self.order.push(index);
        let place = own.key("children");
        for (item, child) in node.children.iter().flatten().enumerate() {
            self.node(child.value(), &place.item(item), model_from_node, depth + 1)?;
        }
        Ok(())
    }
}

/// `parent_from_node`.
fn transform(source: &Source<'_>, node: &Node, place: &Pointer<'_>) -> Result<Mat4, PackError> {
    if let Some(matrix) = node.matrix {
        return Ok(Mat4::from_cols_array(&matrix));
    }
    let rotation = match node.rotation {
        None => Quat::IDENTITY,
        Some(rotation) => {
            let unit = Vec4::from_array(rotation.0).try_normalize();
            let wrong = || {
                source.wrong(
                    &place.key("rotation"),
                    "a unit quaternion",
                    "one without a length",
                )
            };
            Quat::from_vec4(unit.ok_or_else(wrong)?)
        }
    };
    Ok(Mat4::from_scale_rotation_translation(
        node.scale.map_or(Vec3::ONE, Vec3::from_array),
        rotation,
        node.translation.map_or(Vec3::ZERO, Vec3::from_array),
    ))
}

/// What carries the vertices of a node's mesh into the model: the node itself, or the joints of its skin, at rest.
fn placement(
    source: &mut Source<'_>,
    index: usize,
    world: &[Option<Mat4>],
    place: &Pointer<'_>,
) -> Result<Placement, PackError> {
    let root = source.root;
    let Some(skin) = root.nodes[index].skin else {
        return Ok(Placement::Node(world[index].unwrap_or_default()));
    };
    source.warn("a model without skins", "a skin, which stays at rest");
    let place = place.key("skin");
    let skin = source.element(&root.skins, "skins", skin.value(), &place)?;
    let bound: Vec<[f32; 16]> = match skin.inverse_bind_matrices {
        None => vec![Mat4::IDENTITY.to_cols_array(); skin.joints.len()],
        Some(accessor) => source.vectors(accessor, &place)?,
    };
    if skin.joints.is_empty() || bound.len() < skin.joints.len() {
        let expected = "joints, with an inverse bind matrix each";
        return Err(source.wrong(
            &place,
            expected,
            format_args!("{} of {}", bound.len(), skin.joints.len()),
        ));
    }
    let mut joints = Vec::with_capacity(skin.joints.len());
    for (joint, bound) in skin.joints.iter().zip(&bound) {
        source.element(&root.nodes, "nodes", joint.value(), &place)?;
        let Some(model_from_joint) = world[joint.value()] else {
            return Err(source.wrong(&place, "joints in the scene", "one that is not"));
        };
        joints.push(model_from_joint * Mat4::from_cols_array(bound));
    }
    Ok(Placement::Skin(joints))
}
