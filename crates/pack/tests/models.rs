//! Models in glTF 2.0, written here number by number.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{assert_close, files, png, triangle, with_assets};
use moretta_pack::{AlphaMode, Asset, Model, Pack, Texels};
use serde_json::{Value, json};

/// What a model is made of: JSON, and the bytes that it refers to.
struct Maker {
    json: Value,
    bytes: Vec<u8>,
}

impl Maker {
    fn new() -> Self {
        let json = json!({
            "asset": { "version": "2.0" },
            "scene": 0,
            "scenes": [{ "nodes": [0] }],
            "nodes": [{ "mesh": 0 }],
            "meshes": [{ "primitives": [{ "attributes": {} }] }],
            "accessors": [],
            "bufferViews": [],
            "buffers": [],
        });
        Self {
            json,
            bytes: Vec::new(),
        }
    }

    /// An accessor of these bytes.
    fn accessor(&mut self, bytes: &[u8], component: u32, kind: &str, count: usize) -> usize {
        let view = self.view(bytes);
        let accessors = self.json["accessors"].as_array_mut().unwrap();
        accessors
            .push(json!({ "bufferView": view, "componentType": component, "type": kind, "count": count }));
        accessors.len() - 1
    }

    fn view(&mut self, bytes: &[u8]) -> usize {
        while !self.bytes.len().is_multiple_of(4) {
            self.bytes.push(0);
        }
        let views = self.json["bufferViews"].as_array_mut().unwrap();
        views.push(json!({ "buffer": 0, "byteOffset": self.bytes.len(), "byteLength": bytes.len() }));
        self.bytes.extend(bytes);
        views.len() - 1
    }

    fn floats<const N: usize>(&mut self, vectors: &[[f32; N]]) -> usize {
        let bytes: Vec<u8> = vectors
            .as_flattened()
            .iter()
            .flat_map(|it| it.to_le_bytes())
            .collect();
        let kind = ["", "SCALAR", "VEC2", "VEC3", "VEC4"]
            .get(N)
            .copied()
            .unwrap_or("MAT4");
        self.accessor(&bytes, 5126, kind, vectors.len())
    }

    fn shorts(&mut self, indices: &[u16]) -> usize {
        let bytes: Vec<u8> = indices.iter().flat_map(|it| it.to_le_bytes()).collect();
        self.accessor(&bytes, 5123, "SCALAR", indices.len())
    }

    fn primitive(&mut self) -> &mut Value {
        &mut self.json["meshes"][0]["primitives"][0]
    }

    /// Three corners at the origin and at 1 along x and y.
    fn triangle() -> Self {
        let mut maker = Self::new();
        let positions = maker.floats(&[[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
        maker.primitive()["attributes"]["POSITION"] = json!(positions);
        maker
    }

    fn glb(&self) -> Vec<u8> {
        let mut json = self.json.clone();
        json["buffers"] = json!([{ "byteLength": self.bytes.len() }]);
        let mut text = json.to_string().into_bytes();
        while !text.len().is_multiple_of(4) {
            text.push(b' ');
        }
        let mut binary = self.bytes.clone();
        while !binary.len().is_multiple_of(4) {
            binary.push(0);
        }
        let mut bytes = b"glTF\x02\0\0\0".to_vec();
        bytes.extend((28 + text.len() as u32 + binary.len() as u32).to_le_bytes());
        for (kind, content) in [(b"JSON", &text), (b"BIN\0", &binary)] {
            bytes.extend((content.len() as u32).to_le_bytes());
            bytes.extend(kind);
            bytes.extend(content);
        }
        bytes
    }

    fn read(&self) -> Result<Model, String> {
        read(&self.glb()).map(|(model, _)| model)
    }

    fn model(&self) -> Model {
        self.read().unwrap_or_else(|error| panic!("{error}"))
    }

    fn warnings(&self) -> Vec<String> {
        read(&self.glb()).map(|(_, warnings)| warnings).unwrap()
    }
}

/// The model of these bytes, and what is said about it.
fn read(bytes: &[u8]) -> Result<(Model, Vec<String>), String> {
    read_with(bytes, &[])
}

fn read_with(bytes: &[u8], more: &[(&str, Vec<u8>)]) -> Result<(Model, Vec<String>), String> {
    let manifest = with_assets(json!({
        "nodes": [{ "id": "n", "kind": "prop3d", "asset": "x", "anchor": "head_top" }],
        "assets": { "x": { "type": "gltf", "path": "props/x.glb" } },
    }));
    let mut all = files(&manifest);
    all.retain(|(path, _)| path == "effect.json");
    all.push(("props/x.glb".to_owned(), bytes.to_vec()));
    all.extend(
        more.iter()
            .map(|(path, bytes)| ((*path).to_owned(), bytes.clone())),
    );
    let pack = Pack::from_files(all).map_err(|error| error.to_string())?;
    let warnings = pack.warnings().iter().map(ToString::to_string).collect();
    match pack.into_effect().assets.remove(0) {
        Asset::Model(model) => Ok((model, warnings)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_simplest_model_is_read() {
    let model = Maker::triangle().model();
    let [mesh] = model.meshes.as_slice() else {
        panic!("one mesh")
    };
    assert_eq!(mesh.positions, [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    // Flat, counterclockwise seen from +z.
    assert_eq!(mesh.normals, [[0.0, 0.0, 1.0]; 3]);
    assert_eq!(mesh.uvs, [[0.0; 2]; 3]);
    assert_eq!(mesh.indices, [0, 1, 2]);
    assert!(mesh.morphs.is_empty() && mesh.material == 0);
    let [material] = model.materials.as_slice() else {
        panic!("one material")
    };
    assert_eq!(
        (material.base_colour, material.metallic, material.roughness),
        ([1.0; 4], 1.0, 1.0)
    );
    assert_eq!(
        (material.alpha, material.double_sided),
        (AlphaMode::Opaque, false)
    );
    assert!(Maker::triangle().warnings().is_empty());
    // The same as JSON with base64, and with a file of the pack.
    let (same, warnings) = read(triangle().to_string().as_bytes()).unwrap();
    assert_eq!(same.meshes[0].positions, mesh.positions);
    assert!(warnings.is_empty());
    let mut json = triangle();
    json["buffers"][0]["uri"] = json!("data/x.bin");
    let bytes = Maker::triangle().bytes;
    let (same, warnings) = read_with(json.to_string().as_bytes(), &[("props/data/x.bin", bytes)]).unwrap();
    assert_eq!(same.meshes[0].positions, mesh.positions);
    assert!(warnings.is_empty());
}

#[test]
fn vertices_keep_their_normals_coordinates_and_indices() {
    let mut maker = Maker::new();
    let positions = maker.floats(&[[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]]);
    // Not of length 1: that is mended.
    let normals = maker.floats(&[[0.0, 0.0, 2.0], [0.0, 3.0, 0.0], [0.0; 3], [1.0, 0.0, 0.0]]);
    let uvs = maker.accessor(&[0, 0, 255, 0, 0, 255, 255, 255], 5121, "VEC2", 4);
    maker.json["accessors"][uvs]["normalized"] = json!(true);
    let indices = maker.shorts(&[0, 1, 2, 2, 1, 3]);
    let primitive = maker.primitive();
    primitive["attributes"] = json!({ "POSITION": positions, "NORMAL": normals, "TEXCOORD_0": uvs });
    primitive["indices"] = json!(indices);
    let model = maker.model();
    let mesh = &model.meshes[0];
    assert_eq!(mesh.positions.len(), 4);
    assert_eq!(
        mesh.normals,
        [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    );
    assert_eq!(mesh.uvs, [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    assert_eq!(mesh.indices, [0, 1, 2, 2, 1, 3]);
}

#[test]
fn strips_and_fans_become_triangles() {
    let of = |mode: u32| {
        let mut maker = Maker::new();
        let positions: Vec<[f32; 3]> = (0..5).map(|it| [it as f32, 0.0, (it * it) as f32]).collect();
        let normals = maker.floats(&[[0.0, 0.0, 1.0]; 5]);
        let positions = maker.floats(&positions);
        let primitive = maker.primitive();
        primitive["attributes"] = json!({ "POSITION": positions, "NORMAL": normals });
        primitive["mode"] = json!(mode);
        maker
    };
    assert_eq!(of(5).model().meshes[0].indices, [0, 1, 2, 2, 1, 3, 2, 3, 4]);
    assert_eq!(of(6).model().meshes[0].indices, [1, 2, 0, 2, 3, 0, 3, 4, 0]);
    assert_eq!(of(4).model().meshes[0].indices, [0, 1, 2]);
    // Points and lines are left out; a model of nothing else is none.
    let error = "props/x.glb: /scenes/0/nodes: a scene with triangles expected, none found";
    assert_eq!(of(1).read().map(drop), Err(error.to_owned()));
    let mut both = of(4);
    let line = json!({ "attributes": both.primitive()["attributes"], "mode": 3 });
    both.json["meshes"][0]["primitives"]
        .as_array_mut()
        .unwrap()
        .push(line);
    assert_eq!(both.model().meshes.len(), 1);
    assert_eq!(
        both.warnings(),
        ["props/x.glb: triangles expected, points or lines, left out found"]
    );
}

#[test]
fn transforms_of_nodes_carry_the_model() {
    let mut maker = Maker::triangle();
    let half = core::f32::consts::FRAC_1_SQRT_2;
    maker.json["scenes"][0]["nodes"] = json!([1, 2]);
    maker.json["nodes"] = json!([
        // A quarter turn about z, twice as large.
        { "mesh": 0, "rotation": [0, 0, half, half], "scale": [2, 2, 2] },
        { "translation": [10, 0, 0], "children": [0] },
        // Mirrored at x, by columns.
        { "mesh": 0, "matrix": [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 5, 1] },
    ]);
    let model = maker.model();
    let [turned, mirrored] = model.meshes.as_slice() else {
        panic!("two meshes")
    };
    for (found, expected) in
        turned
            .positions
            .iter()
            .zip([[10.0, 0.0, 0.0], [10.0, 2.0, 0.0], [8.0, 0.0, 0.0]])
    {
        assert_close(*found, expected, 1e-5);
    }
    assert_close(turned.normals[0], [0.0, 0.0, 1.0], 1e-5);
    assert_eq!(turned.indices, [0, 1, 2]);
    assert_eq!(
        mirrored.positions,
        [[0.0, 0.0, 5.0], [-1.0, 0.0, 5.0], [0.0, 1.0, 5.0]]
    );
    // Mirrored, the other order is counterclockwise; the normal still points to +z.
    assert_eq!(mirrored.indices, [0, 2, 1]);
    assert_eq!(mirrored.normals[0], [0.0, 0.0, 1.0]);
    // Both parts share the default material.
    assert_eq!(
        (model.materials.len(), turned.material, mirrored.material),
        (1, 0, 0)
    );
}

/// A normal stays across its surface when the surface is stretched.
#[test]
fn normals_stay_across_what_is_stretched() {
    let mut maker = Maker::triangle();
    let slope = core::f32::consts::FRAC_1_SQRT_2;
    let normals = maker.floats(&[[slope, 0.0, slope]; 3]);
    maker.primitive()["attributes"]["NORMAL"] = json!(normals);
    maker.json["nodes"][0]["scale"] = json!([1, 1, 3]);
    // Along the surface is (1, 0, -1), stretched (1, 0, -3): across is (3, 0, 1).
    let expected = [3.0 / 10.0_f32.sqrt(), 0.0, 1.0 / 10.0_f32.sqrt()];
    assert_close(maker.model().meshes[0].normals[0], expected, 1e-6);
    // Flattened to nothing along z, all that is left points along z.
    maker.json["nodes"][0]["scale"] = json!([1, 1, 0]);
    assert_close(maker.model().meshes[0].normals[0], [0.0, 0.0, 1.0], 1e-6);
}

#[test]
fn morph_targets_go_along() {
    let mut maker = Maker::triangle();
    let normals = maker.floats(&[[0.0, 0.0, 1.0]; 3]);
    let moved = maker.floats(&[[1.0, 0.0, 0.0], [0.0; 3], [0.0, 0.0, 2.0]]);
    let turned = maker.floats(&[[0.5, 0.0, 0.0]; 3]);
    let primitive = maker.primitive();
    primitive["attributes"]["NORMAL"] = json!(normals);
    primitive["targets"] = json!([{ "POSITION": moved, "NORMAL": turned }, {}, {}, {}]);
    maker.json["nodes"][0]["scale"] = json!([2, 2, 2]);
    maker.json["nodes"][0]["translation"] = json!([0, 0, 9]);
    let model = maker.model();
    let morphs = &model.meshes[0].morphs;
    assert_eq!(morphs.len(), 4);
    assert_eq!(morphs[0].positions, [[2.0, 0.0, 0.0], [0.0; 3], [0.0, 0.0, 4.0]]);
    assert_close(morphs[0].normals[0], [0.5, 0.0, 0.0], 1e-6);
    assert_eq!(morphs[1].positions, [[0.0; 3]; 3]);
    assert!(maker.warnings().is_empty());
    let five = json!([{ "POSITION": moved }, {}, {}, {}, {}]);
    maker.primitive()["targets"] = five;
    assert_eq!(maker.model().meshes[0].morphs.len(), 4);
    assert_eq!(
        maker.warnings(),
        ["props/x.glb: at most 4 morph targets expected, 5, the others left out found"]
    );
    maker.primitive()["targets"] = json!([{ "POSITION": moved }]);
    maker.json["meshes"][0]["weights"] = json!([0.5]);
    assert_eq!(
        maker.warnings(),
        ["props/x.glb: morph targets at rest expected, weights of the model's own, left out found"]
    );
}

#[test]
fn sparse_accessors_are_filled_in() {
    let mut maker = Maker::triangle();
    let indices = maker.view(&[1]);
    let values: Vec<u8> = [7.0_f32, 8.0, 9.0]
        .iter()
        .flat_map(|it| it.to_le_bytes())
        .collect();
    let values = maker.view(&values);
    maker.json["accessors"][0]["sparse"] = json!({
        "count": 1, "indices": { "bufferView": indices, "componentType": 5121 }, "values": { "bufferView": values }
    });
    assert_eq!(maker.model().meshes[0].positions[1], [7.0, 8.0, 9.0]);
    // Without a view the others are 0.
    maker.json["accessors"][0]
        .as_object_mut()
        .unwrap()
        .remove("bufferView");
    assert_eq!(
        maker.model().meshes[0].positions,
        [[0.0; 3], [7.0, 8.0, 9.0], [0.0; 3]]
    );
    maker.json["accessors"][0]["count"] = json!(1);
    let error = "props/x.glb: /accessors/0/sparse/indices: indices under 1 expected, 1 found";
    assert_eq!(maker.read().map(drop), Err(error.to_owned()));
}

#[test]
fn strides_and_offsets_are_followed() {
    let mut maker = Maker::new();
    let mut bytes = vec![0xff; 4];
    for corner in [[0.0_f32; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]] {
        bytes.extend(corner.iter().flat_map(|it| it.to_le_bytes()));
        bytes.extend([0xff; 8]);
    }
    // The last element needs no room behind it.
    bytes.truncate(bytes.len() - 8);
    let accessor = maker.accessor(&bytes, 5126, "VEC3", 3);
    maker.json["accessors"][accessor]["byteOffset"] = json!(4);
    maker.json["bufferViews"][0]["byteStride"] = json!(20);
    maker.primitive()["attributes"]["POSITION"] = json!(accessor);
    assert_eq!(maker.model().meshes[0].positions[2], [0.0, 1.0, 0.0]);
}

#[test]
fn a_skin_stays_at_rest() {
    let mut maker = Maker::triangle();
    let joints = maker.accessor(&[0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 9], 5121, "VEC4", 3);
    let weights = maker.floats(&[[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]]);
    let identity: [f32; 16] = core::array::from_fn(|it| if it % 5 == 0 { 1.0 } else { 0.0 });
    let bound = maker.floats(&[identity; 2]);
    let attributes = &mut maker.primitive()["attributes"];
    attributes["JOINTS_0"] = json!(joints);
    attributes["WEIGHTS_0"] = json!(weights);
    maker.json["nodes"] = json!([
        // What the node itself says does not count for a skin.
        { "mesh": 0, "skin": 0, "translation": [100, 0, 0] },
        { "translation": [0, 0, 2] },
        { "translation": [0, 0, 4] },
    ]);
    maker.json["scenes"][0]["nodes"] = json!([0, 1, 2]);
    maker.json["skins"] = json!([{ "joints": [1, 2], "inverseBindMatrices": bound }]);
    let model = maker.model();
    assert_eq!(
        model.meshes[0].positions,
        [[0.0, 0.0, 2.0], [1.0, 0.0, 4.0], [0.0, 1.0, 3.0]]
    );
    assert_eq!(
        maker.warnings(),
        ["props/x.glb: a model without skins expected, a skin, which stays at rest found"]
    );
    // What weighs something has to be there.
    maker.json["skins"][0]["joints"] = json!([1]);
    let error = "props/x.glb: /meshes/0/primitives/0/attributes: JOINTS_0 and WEIGHTS_0 for each vertex, within the skin, expected, a joint beyond it found";
    assert_eq!(maker.read().map(drop), Err(error.to_owned()));
}

#[test]
fn materials_and_their_images_are_read() {
    let mut maker = Maker::triangle();
    let image = maker.view(&png(4, 2));
    maker.json["images"] = json!([{ "bufferView": image, "mimeType": "image/png" }, { "uri": "t/n.png" }]);
    maker.json["textures"] = json!([{ "source": 0 }, { "source": 1 }]);
    maker.json["materials"] = json!([{
        "pbrMetallicRoughness": {
            "baseColorFactor": [1, 0.5, 0.25, 0.125], "metallicFactor": 0.5, "roughnessFactor": 7,
            "baseColorTexture": { "index": 0 }, "metallicRoughnessTexture": { "index": 0 }
        },
        "normalTexture": { "index": 1, "scale": 0.5 },
        "emissiveTexture": { "index": 0 }, "emissiveFactor": [0, 1, 0],
        "occlusionTexture": { "index": 0 },
        "alphaMode": "MASK", "alphaCutoff": 0.25, "doubleSided": true
    }]);
    maker.primitive()["material"] = json!(0);
    let (model, warnings) = read_with(&maker.glb(), &[("props/t/n.png", png(1, 1))]).unwrap();
    let [material] = model.materials.as_slice() else {
        panic!("one material")
    };
    assert_eq!(material.base_colour, [1.0, 0.5, 0.25, 0.125]);
    assert_eq!(
        (material.metallic, material.roughness, material.normal_scale),
        (0.5, 1.0, 0.5)
    );
    assert_eq!(material.emissive, [0.0, 1.0, 0.0]);
    assert_eq!(
        (material.alpha, material.double_sided),
        (AlphaMode::Mask(0.25), true)
    );
    // One image as colours, for base and emission, and as numbers; and another.
    assert_eq!(material.base_colour_image, Some(0));
    assert_eq!(material.metallic_roughness_image, Some(1));
    assert_eq!(material.normal_image, Some(2));
    assert_eq!(material.emissive_image, Some(0));
    let images: Vec<_> = model.images.iter().map(|it| (it.width, it.texels)).collect();
    assert_eq!(
        images,
        [(4, Texels::Srgb), (4, Texels::Linear), (1, Texels::Linear)]
    );
    assert_eq!(
        warnings,
        ["props/x.glb: materials without occlusion maps expected, one, left out found"]
    );
    let missing = read(&maker.glb()).map(drop).unwrap_err();
    let expected =
        "props/x.glb: /images/1/uri: a file of the pack, relative to this one, expected, \"t/n.png\" found";
    assert_eq!(missing, expected);
}

#[test]
fn what_is_left_out_is_said() {
    let mut maker = Maker::triangle();
    let colours = maker.floats(&[[1.0; 4]; 3]);
    let uvs = maker.floats(&[[0.5; 2]; 3]);
    let attributes = &mut maker.primitive()["attributes"];
    attributes["COLOR_0"] = json!(colours);
    attributes["TEXCOORD_0"] = json!(uvs);
    attributes["TEXCOORD_1"] = json!(uvs);
    attributes["_MINE"] = json!(uvs);
    maker.json["animations"] = json!([{ "channels": [], "samplers": [] }]);
    maker.json["cameras"] = json!([{ "type": "perspective", "perspective": { "yfov": 1, "znear": 1 } }]);
    maker.json["extensionsUsed"] = json!(["KHR_lights_punctual", "KHR_mesh_quantization"]);
    maker.json["extensionsRequired"] = json!(["KHR_mesh_quantization"]);
    maker.json["extensions"] = json!({ "KHR_lights_punctual": { "lights": [] } });
    maker.json["extras"] = json!({ "any": "thing" });
    maker.json["materials"] = json!([{
        "pbrMetallicRoughness": { "baseColorTexture": { "index": 0, "texCoord": 1 } },
        "emissiveTexture": { "index": 0 }
    }]);
    maker.json["textures"] = json!([{ "extensions": { "EXT_texture_webp": { "source": 0 } } }]);
    maker.primitive()["material"] = json!(0);
    assert_eq!(
        maker.warnings(),
        [
            "props/x.glb: glTF without extensions expected, the extension \"KHR_lights_punctual\", left out found",
            "props/x.glb: a model at rest expected, animations, left out found",
            "props/x.glb: a model at rest expected, cameras, left out found",
            "props/x.glb: positions, normals and one set of coordinates expected, vertex colours, left out found",
            "props/x.glb: positions, normals and one set of coordinates expected, further texture coordinates, left out found",
            "props/x.glb: textures by the first coordinates expected, one by others, left out found",
            "props/x.glb: textures with an image expected, one without, left out found",
        ]
    );
}

/// One change each to the JSON of a sound model.
#[test]
fn a_model_that_lies_is_refused() {
    let sound = || {
        let mut maker = Maker::triangle();
        let indices = maker.shorts(&[0, 1, 2]);
        maker.primitive()["indices"] = json!(indices);
        maker.json["materials"] = json!([{}]);
        maker.primitive()["material"] = json!(0);
        maker
    };
    assert!(sound().read().is_ok());
    for (pointer, value, expected) in [
        (
            "/asset/version",
            json!("1.0"),
            "/asset/version: glTF 2.0 expected, \"1.0\" found",
        ),
        (
            "/asset/version",
            json!(2),
            "/asset/version: a string expected, 2 found",
        ),
        (
            "/asset/minVersion",
            json!("2.1"),
            "/asset/version: glTF 2.0 expected, \"2.1\" found",
        ),
        (
            "/extensionsRequired",
            json!(["KHR_draco_mesh_compression"]),
            "/extensionsRequired/0: none but \"KHR_mesh_quantization\" expected, \"KHR_draco_mesh_compression\" found",
        ),
        (
            "/scene",
            json!(1),
            "/scene: the index of one of 1 scenes expected, 1 found",
        ),
        (
            "/scenes/0/nodes/0",
            json!(1),
            "/scenes/0/nodes/0: the index of one of 1 nodes expected, 1 found",
        ),
        (
            "/scenes/0/nodes",
            json!([0, 0]),
            "/scenes/0/nodes/1: each node once expected, node 0 again found",
        ),
        (
            "/nodes/0/children",
            json!([0]),
            "/nodes/0/children/0: each node once expected, node 0 again found",
        ),
        (
            "/nodes/0/mesh",
            json!(9),
            "/nodes/0/mesh: the index of one of 1 meshes expected, 9 found",
        ),
        (
            "/nodes/0/mesh",
            json!(-1),
            "/nodes/0/mesh: a whole number that is not negative expected, -1 found",
        ),
        (
            "/nodes/0/skin",
            json!(0),
            "/nodes/0/skin: the index of one of 0 skins expected, 0 found",
        ),
        (
            "/nodes/0/rotation",
            json!([0, 0, 0, 0]),
            "/nodes/0/rotation: a unit quaternion expected, one without a length found",
        ),
        (
            "/nodes/0/rotation",
            json!([0, 0, 0]),
            "/nodes/0/rotation: a list of 4 expected, a list of 3 found",
        ),
        (
            "/nodes/0/scale",
            json!([1e39, 1, 1]),
            "/nodes/0/scale/0: a constant number expected, 1e39 found",
        ),
        (
            "/nodes/0/scale",
            json!([3e38, 3e38, 1]),
            "/meshes/0/primitives/0/attributes: finite numbers within 1000000 expected, a larger one found",
        ),
        (
            "/nodes/0/translation",
            json!([1e7, 0, 0]),
            "/meshes/0/primitives/0/attributes: finite numbers within 1000000 expected, a larger one found",
        ),
        (
            "/meshes/0/primitives/0/attributes/POSITION",
            json!(7),
            "/meshes/0/primitives/0/attributes/POSITION: the index of one of 2 accessors expected, 7 found",
        ),
        (
            "/meshes/0/primitives/0/attributes",
            json!({}),
            "/meshes/0/primitives/0/attributes: POSITION expected, none found",
        ),
        (
            "/meshes/0/primitives/0/attributes/NORMAL",
            json!(1),
            "/accessors/1/type: 3 numbers an element, for /meshes/0/primitives/0/attributes/NORMAL, expected, 1 found",
        ),
        (
            "/meshes/0/primitives/0/mode",
            json!(7),
            "/meshes/0/primitives/0/mode: a mode, 0 to 6 expected, another found",
        ),
        (
            "/meshes/0/primitives/0/indices",
            json!(0),
            "/meshes/0/primitives/0/indices: an accessor of unsigned whole numbers expected, another found",
        ),
        (
            "/meshes/0/primitives/0/material",
            json!(1),
            "/meshes/0/primitives/0/material: the index of one of 1 materials expected, 1 found",
        ),
        (
            "/meshes/0/primitives/0/targets",
            json!([{ "POSITION": 1 }]),
            "/accessors/1/type: 3 numbers an element, for /meshes/0/primitives/0/targets/0/POSITION, expected, 1 found",
        ),
        (
            "/materials/0/alphaMode",
            json!("SOME"),
            "/materials/0/alphaMode: one of \"OPAQUE\", \"MASK\", \"BLEND\" expected, another found",
        ),
        (
            "/materials/0/emissiveTexture",
            json!({ "index": 0 }),
            "/materials/0/emissiveTexture: the index of one of 0 textures expected, 0 found",
        ),
        (
            "/accessors/0/count",
            json!(4),
            "/accessors/0: 48 bytes in the bufferView expected, 36 found",
        ),
        (
            "/accessors/0/count",
            json!(0),
            "/accessors/0/count: 1 to 600000 elements expected, 0 found",
        ),
        (
            "/accessors/0/count",
            json!(u64::MAX),
            "/accessors/0/count: 1 to 600000 elements expected, 18446744073709551615 found",
        ),
        (
            "/accessors/0/byteOffset",
            json!(1),
            "/accessors/0: 37 bytes in the bufferView expected, 36 found",
        ),
        (
            "/accessors/0/byteOffset",
            json!(u64::MAX),
            "/accessors/0: 18446744073709551651 bytes in the bufferView expected, 36 found",
        ),
        (
            "/accessors/0/componentType",
            json!(5124),
            "/accessors/0: a type and a componentType of glTF 2.0 expected, another found",
        ),
        (
            "/accessors/0/type",
            json!("MAT3"),
            "/accessors/0/type: 3 numbers an element, for /meshes/0/primitives/0/attributes/POSITION, expected, 9 found",
        ),
        (
            "/accessors/0/bufferView",
            json!(5),
            "/accessors/0/bufferView: the index of one of 2 bufferViews expected, 5 found",
        ),
        (
            "/bufferViews/0/buffer",
            json!(1),
            "/bufferViews/0/buffer: the index of one of 1 buffers expected, 1 found",
        ),
        (
            "/bufferViews/0/byteLength",
            json!(9999),
            "/bufferViews/0: bytes within the 44 of the buffer expected, 9999 from 0 on found",
        ),
        (
            "/bufferViews/0/byteOffset",
            json!(u64::MAX),
            "/bufferViews/0: bytes within the 44 of the buffer expected, 36 from 18446744073709551615 on found",
        ),
        (
            "/bufferViews/0/byteStride",
            json!(4),
            "/accessors/0: a byteStride of 12 or more expected, 4 found",
        ),
        (
            "/bufferViews/0/byteStride",
            json!(u64::MAX),
            "/accessors/0: 36893488147419103242 bytes in the bufferView expected, 36 found",
        ),
    ] {
        let mut maker = sound();
        let (outer, key) = pointer.rsplit_once('/').unwrap();
        match maker.json.pointer_mut(outer).unwrap() {
            Value::Object(object) => _ = object.insert(key.to_owned(), value.clone()),
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = value.clone(),
            other => panic!("{other}"),
        }
        let error = maker.read().map(drop).unwrap_err();
        assert_eq!(error, format!("props/x.glb: {expected}"), "{pointer} {value}");
    }
}

#[test]
fn numbers_of_a_model_are_finite_and_indices_within() {
    let with = |bytes: [u8; 4]| {
        let mut maker = Maker::triangle();
        maker.bytes[12..16].copy_from_slice(&bytes);
        maker.read().map(drop)
    };
    assert_eq!(with(1e6_f32.to_le_bytes()), Ok(()));
    for (number, found) in [
        (f32::NAN, "NaN"),
        (f32::INFINITY, "a larger one"),
        (1.1e6, "a larger one"),
    ] {
        let expected = format!(
            "props/x.glb: /meshes/0/primitives/0/attributes: finite numbers within 1000000 expected, {found} found"
        );
        assert_eq!(with(number.to_le_bytes()), Err(expected));
    }
    let mut maker = Maker::triangle();
    let indices = maker.shorts(&[0, 1, 3]);
    maker.primitive()["indices"] = json!(indices);
    let error = "props/x.glb: /meshes/0/primitives/0/indices: indices under 3 expected, 3 found";
    assert_eq!(maker.read().map(drop), Err(error.to_owned()));
}

#[test]
fn nodes_of_a_model_have_limits() {
    let chain = |length: usize| {
        let mut maker = Maker::triangle();
        let mut nodes: Vec<Value> = (0..length - 1)
            .map(|it| json!({ "children": [it + 1] }))
            .collect();
        nodes.push(json!({ "mesh": 0 }));
        maker.json["nodes"] = json!(nodes);
        maker.read().map(drop)
    };
    assert_eq!(chain(32), Ok(()));
    let error = "props/x.glb: /nodes/31/children/0: at most 32 levels of nodes expected, more found";
    assert_eq!(chain(33), Err(error.to_owned()));
    let many = |count: usize| {
        let mut maker = Maker::triangle();
        let mut nodes = vec![json!({}); count];
        nodes[0] = json!({ "mesh": 0 });
        maker.json["nodes"] = json!(nodes);
        maker.read().map(drop)
    };
    assert_eq!(many(1024), Ok(()));
    let error = "props/x.glb: at most 1024 nodes of a model expected, 1025 found";
    assert_eq!(many(1025), Err(error.to_owned()));
}

#[test]
fn triangles_and_vertices_of_all_models_have_a_limit() {
    // Flat triangles get three vertices each.
    let of = |triangles: usize| {
        let mut maker = Maker::triangle();
        let indices: Vec<u16> = [0, 1, 2].repeat(triangles);
        let indices = maker.shorts(&indices);
        maker.primitive()["indices"] = json!(indices);
        maker.read().map(|model| model.meshes[0].indices.len() / 3)
    };
    assert_eq!(of(133_333), Ok(133_333));
    let error = "props/x.glb: at most 400000 vertices in all expected, 400002 found";
    assert_eq!(of(133_334), Err(error.to_owned()));
    let mut maker = Maker::triangle();
    let normals = maker.floats(&[[0.0, 0.0, 1.0]; 3]);
    let indices = maker.shorts(&[0, 1, 2].repeat(200_000));
    maker.primitive()["indices"] = json!(indices);
    maker.primitive()["attributes"]["NORMAL"] = json!(normals);
    assert_eq!(maker.model().meshes[0].indices.len(), 600_000);
    let again = maker.primitive().clone();
    maker.json["meshes"][0]["primitives"]
        .as_array_mut()
        .unwrap()
        .push(again);
    let error = "props/x.glb: at most 200000 triangles in all expected, 400000 found";
    assert_eq!(maker.read().map(drop), Err(error.to_owned()));
}

#[test]
fn buffers_are_what_they_say() {
    for (buffer, expected) in [
        (
            json!({ "byteLength": 36 }),
            "/buffers/0: a uri, or the binary part of a .glb expected, none found",
        ),
        (
            json!({ "byteLength": 36, "uri": "x.bin" }),
            "/buffers/0/uri: a file of the pack, relative to this one, expected, \"x.bin\" found",
        ),
        (
            json!({ "byteLength": 36, "uri": "../effect.json" }),
            "/buffers/0/uri: a file of the pack, relative to this one, expected, \"../effect.json\" found",
        ),
        (
            json!({ "byteLength": 36, "uri": "https://example.org/x.bin" }),
            "/buffers/0/uri: a file of the pack, relative to this one, expected, \"https://example.org/x.bin\" found",
        ),
        (
            json!({ "byteLength": 36, "uri": "data:text/plain,abc" }),
            "/buffers/0/uri: base64 expected, \"data:text/plain,abc\" found",
        ),
        (
            json!({ "byteLength": 36, "uri": "data:;base64,AAAA" }),
            "/buffers/0: 36 bytes expected, 3 found",
        ),
    ] {
        let mut json = triangle();
        json["buffers"] = json!([buffer]);
        let error = read(json.to_string().as_bytes()).map(drop).unwrap_err();
        assert_eq!(error, format!("props/x.glb: {expected}"));
    }
}
