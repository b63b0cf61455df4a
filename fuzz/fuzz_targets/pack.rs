//! Whatever the bytes of a pack, it is refused with a message or makes an effect that holds together.
//!
//! The first byte says what the others are: a `.mask` file, a manifest, what follows a sound manifest's head, a number,
//! a model, a table of colours, a picture.

#![no_main]
#![allow(
    clippy::disallowed_methods,
    reason = "the macro of the fuzzer can write what it found"
)]

use libfuzzer_sys::fuzz_target;
use moretta_lang::{
    Anchor, Blendshape, DrawKind, Inputs, LANDMARKS, MAX_PARAMS, Pose, Scene, Signal,
};
use moretta_pack::{Asset, Effect, NodeKind, Pack, PackError, Property, write_mask};

const HEAD: &str = r#"{"format":"mask","version":"1.0","id":"a.b","name":"n","author":"a","license":"l",
"params":[{"id":"p"}],"states":["s","t"],"assets":{"i":{"type":"image","path":"i.png"},
"c":{"type":"sprite_sheet","path":"i.png","cols":2,"rows":1,"loop":false},
"m":{"type":"gltf","path":"m.gltf"},"l":{"type":"lut","path":"l.cube"}}"#;

fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let with = |manifest: String| {
        let mut files = sound_files();
        files.push(file("effect.json", manifest.into_bytes()));
        Pack::from_files(files)
    };
    let read = match what % 8 {
        0 => Pack::from_mask(rest),
        1 => {
            let mut files = sound_files();
            files.push(file("effect.json", rest.to_vec()));
            // What the reader takes, the writer writes, and the reader takes again.
            let mut mask = std::io::Cursor::new(Vec::new());
            write_mask(files.clone(), &mut mask).expect("plain files");
            let (read, again) = (Pack::from_files(files), Pack::from_mask(&mask.into_inner()));
            assert_eq!(read.as_ref().map(drop), again.as_ref().map(drop));
            read
        }
        2 | 3 => with(format!("{HEAD},{text}}}")),
        4 => {
            let node = format!(r#"{{"id":"n","kind":"lut","asset":"l","strength":{text}}}"#);
            with(format!("{HEAD},\"nodes\":[{node}]}}"))
        }
        5 => {
            let formula: String = text.chars().map(|it| format!("\\u{:04x}", it as u32 & 0xffff)).collect();
            let node = format!(r#"{{"id":"n","kind":"lut","asset":"l","strength":"{formula}"}}"#);
            with(format!("{HEAD},\"nodes\":[{node}]}}"))
        }
        6 => replaced("m.gltf", rest),
        _ => replaced(if rest.len() % 2 == 0 { "l.cube" } else { "i.png" }, rest),
    };
    match read {
        Ok(pack) => {
            for warning in pack.warnings() {
                assert!(!warning.to_string().is_empty());
            }
            assert!(!format!("{pack:?}").is_empty());
            check(pack.effect());
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(!error.to_string().chars().any(char::is_control), "a pack has no say over a terminal");
            assert!(!error.place().file.is_empty());
        }
    }
});

/// A sound pack that uses each asset, with another file.
fn replaced(path: &str, bytes: &[u8]) -> Result<Pack, PackError> {
    let nodes = r#""nodes":[{"id":"n","kind":"lut","asset":"l"},{"id":"o","kind":"overlay","asset":"c"},
        {"id":"p","kind":"prop3d","asset":"m","anchor":"chin"}]"#;
    let mut files = sound_files();
    files.retain(|(name, _)| name != path);
    files.push(file(path, bytes.to_vec()));
    files.push(file("effect.json", format!("{HEAD},{nodes}}}").into_bytes()));
    Pack::from_files(files)
}

fn file(path: &str, bytes: Vec<u8>) -> (String, Vec<u8>) {
    (path.to_owned(), bytes)
}

/// Two pixels, a triangle, eight colours.
fn sound_files() -> Vec<(String, Vec<u8>)> {
    const PNG: &[u8] = b"\x89PNG\x0d\x0a\x1a\x0a\x00\x00\x00\x0dIHDR\x00\x00\x00\x02\x00\x00\x00\x01\x08\x00\x00\x00\x00\xd1I V\x00\x00\x00\x0bIDATx\xdacp8\x00\x00\x01C\x01\x01\x96\xb5\x00\x9b\x00\x00\x00\x00IEND\xaeB`\x82";
    const MODEL: &str = r#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
        "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
        "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}],
        "bufferViews":[{"buffer":0,"byteLength":36}],
        "buffers":[{"byteLength":36,"uri":"data:;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA"}]}"#;
    const TABLE: &str = "LUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";
    vec![
        file("i.png", PNG.to_vec()),
        file("m.gltf", MODEL.as_bytes().to_vec()),
        file("l.cube", TABLE.as_bytes().to_vec()),
    ]
}

/// Everything that a renderer relies on.
fn check(effect: &Effect) {
    for node in &effect.nodes {
        let fits = match node.kind {
            NodeKind::Sticker { asset, .. }
            | NodeKind::FacePaint { asset, .. }
            | NodeKind::Overlay { asset, .. } => {
                matches!(effect.assets[asset], Asset::Image(_) | Asset::SpriteSheet(_))
            }
            NodeKind::Prop { asset, .. } => matches!(effect.assets[asset], Asset::Model(_)),
            NodeKind::Lut { asset } => matches!(effect.assets[asset], Asset::Lut(_)),
            _ => false,
        };
        assert!(fits, "{node:?}");
    }
    for asset in &effect.assets {
        match asset {
            Asset::Image(image) => check_image(image),
            Asset::SpriteSheet(sheet) => {
                check_image(&sheet.image);
                assert!((1..=sheet.columns * sheet.rows).contains(&sheet.count));
                assert!(sheet.image.width % sheet.columns == 0 && sheet.image.height % sheet.rows == 0);
            }
            Asset::Model(model) => {
                model.images.iter().for_each(check_image);
                for mesh in &model.meshes {
                    let count = mesh.positions.len();
                    assert!(mesh.normals.len() == count && mesh.uvs.len() == count);
                    assert!(mesh.indices.len() % 3 == 0 && !mesh.indices.is_empty());
                    assert!(mesh.indices.iter().all(|index| (*index as usize) < count));
                    assert!(mesh.material < model.materials.len());
                    for morph in &mesh.morphs {
                        assert!(morph.positions.len() == count && morph.normals.len() == count);
                    }
                    let vectors = mesh.positions.iter().chain(&mesh.normals);
                    assert!(vectors.flatten().all(|number| number.is_finite()));
                }
                for material in &model.materials {
                    let images = [
                        material.base_colour_image,
                        material.metallic_roughness_image,
                        material.normal_image,
                        material.emissive_image,
                    ];
                    assert!(images.iter().flatten().all(|image| *image < model.images.len()));
                }
            }
            Asset::Lut(lut) => {
                assert_eq!(lut.rgb.len(), (lut.size * lut.size * lut.size) as usize);
                assert!(lut.rgb.as_flattened().iter().all(|number| (0.0..=1.0).contains(number)));
            }
            _ => panic!("{asset:?} is not checked"),
        }
    }
    assert!(effect.inputs.len() <= MAX_PARAMS as usize);
    evaluate(effect);
}

fn check_image(image: &moretta_pack::Image) {
    assert!((1..=4096).contains(&image.width) && (1..=4096).contains(&image.height));
    assert_eq!(image.rgba.len(), image.width as usize * image.height as usize * 4);
}

/// Every draw sets a property of a node.
fn evaluate(effect: &Effect) {
    let program = &effect.program;
    let mut state = vec![0.0; program.state_count()];
    program.init_state(&mut state).expect("as long as asked for");
    let mut registers = vec![0; program.register_count()];
    let params: Vec<f32> = effect.inputs.iter().map(|input| input.default).collect();
    let pose = Pose {
        right: [1.0, 0.0, 0.0],
        up: [0.0, 1.0, 0.0],
        forward: [0.0, 0.0, 1.0],
        position_mm: [0.0, 0.0, -500.0],
        yaw_rad: 0.1,
        pitch_rad: 0.2,
        roll_rad: 0.3,
    };
    for frame in 0..3 {
        let scene = Scene {
            time_s: frame as f32,
            dt_s: 0.04,
            width_px: 640.0,
            height_px: 480.0,
            slot: 0.0,
            faces: 1.0,
            presence: 1.0,
        };
        let inputs = Inputs {
            landmarks_px: &[[1.0, 2.0]; LANDMARKS as usize],
            landmarks_mm: &[[1.0, 2.0, 3.0]; LANDMARKS as usize],
            visibility: &[1.0; LANDMARKS as usize],
            anchors_px: &core::array::from_fn::<_, { Anchor::ALL.len() }, _>(|it| [it as f32, 2.0]),
            anchors_mm: &core::array::from_fn::<_, { Anchor::ALL.len() }, _>(|it| [it as f32, 2.0, 3.0]),
            blendshapes: &[0.5; Blendshape::ALL.len()],
            signals: &[frame as f32 * 0.5; Signal::ALL.len()],
            pose: &pose,
            scene: &scene,
            params: &params,
        };
        program
            .evaluate(&inputs, &mut state, &mut registers)
            .expect("tables as long as asked for");
        for draw in program.draws() {
            assert_eq!(draw.kind(), DrawKind::Property);
            let [node, property] = draw.slots() else { panic!("two slots") };
            assert!((*node as usize) < effect.nodes.len());
            assert!(Property::from_code(*property).is_some());
            let [value] = draw.arguments(&registers).expect("one number");
            assert!(value.is_finite());
        }
    }
}
