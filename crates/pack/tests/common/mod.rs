//! Packs made on the spot, and a made-up face to evaluate them on.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::io::Cursor;

use image::{ImageFormat, RgbaImage};
use moretta_lang::{Anchor, Blendshape, Inputs, LANDMARKS, Pose, Scene, Signal};
use moretta_pack::{Effect, HostInputKind, Pack, PackError, Property};
use serde_json::{Value, json};

/// A manifest with nothing in it, and what `more` says.
pub(crate) fn manifest(more: Value) -> Value {
    let mut manifest = json!({
        "format": "mask",
        "version": "1.0",
        "id": "org.example.test",
        "name": "Test",
        "author": "A. Person",
        "license": "CC0-1.0",
    });
    merge(&mut manifest, more);
    manifest
}

fn merge(into: &mut Value, more: Value) {
    let (Value::Object(into), Value::Object(more)) = (into, more) else {
        panic!("two objects");
    };
    into.extend(more);
}

/// A manifest with the assets that [`files`] has, and what `more` says.
pub(crate) fn with_assets(more: Value) -> Value {
    let mut manifest = manifest(json!({
        "assets": {
            "ear": { "type": "image", "path": "ear.png" },
            "steam": { "type": "sprite_sheet", "path": "steam.png", "cols": 4, "rows": 2, "count": 6, "fps": 10, "loop": false },
            "spark": { "type": "sprite_sheet", "path": "spark.png", "cols": 4, "rows": 1, "fps": 10 },
            "hat": { "type": "gltf", "path": "hat.gltf" },
            "warm": { "type": "lut", "path": "warm.cube" },
        }
    }));
    merge(&mut manifest, more);
    manifest
}

/// A PNG of one colour.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    picture(width, height, ImageFormat::Png)
}

pub(crate) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbaImage::from_pixel(width, height, image::Rgba([200, 100, 50, 255]));
    let mut bytes = Vec::new();
    let image = image::DynamicImage::from(image);
    let image = if format == ImageFormat::Jpeg {
        image.to_rgb8().into()
    } else {
        image
    };
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

/// A triangle, as `.gltf` with its numbers in base64.
pub(crate) fn triangle() -> Value {
    json!({
        "asset": { "version": "2.0" },
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": [{ "mesh": 0 }],
        "meshes": [{ "primitives": [{ "attributes": { "POSITION": 0 } }] }],
        "accessors": [{ "bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3" }],
        "bufferViews": [{ "buffer": 0, "byteLength": 36 }],
        // (0, 0, 0), (1, 0, 0), (0, 1, 0)
        "buffers": [{ "byteLength": 36,
            "uri": "data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA" }],
    })
}

pub(crate) const CUBE: &[u8] =
    b"TITLE \"warm\"\nLUT_3D_SIZE 2\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 .9\n1 0 .9\n0 1 .9\n1 1 .9\n";

/// The files of [`with_assets`], but for the manifest.
pub(crate) fn asset_files() -> Vec<(String, Vec<u8>)> {
    [
        ("ear.png", png(8, 4)),
        ("steam.png", png(16, 8)),
        ("spark.png", png(16, 4)),
        ("hat.gltf", triangle().to_string().into_bytes()),
        ("warm.cube", CUBE.to_vec()),
    ]
    .map(|(path, bytes)| (path.to_owned(), bytes))
    .to_vec()
}

/// All files of a pack with this manifest.
pub(crate) fn files(manifest: &Value) -> Vec<(String, Vec<u8>)> {
    let mut files = asset_files();
    files.push(("effect.json".to_owned(), manifest.to_string().into_bytes()));
    files
}

/// A pack with the usual assets and what `more` says.
pub(crate) fn pack(more: Value) -> Pack {
    try_pack(more).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn try_pack(more: Value) -> Result<Pack, PackError> {
    Pack::from_files(files(&with_assets(more)))
}

/// A pack with these nodes.
pub(crate) fn nodes(nodes: Value) -> Pack {
    pack(json!({ "nodes": nodes }))
}

/// What is said about a pack with the usual assets and what `more` says, besides that some assets are not used.
pub(crate) fn warnings(pack: &Pack) -> Vec<String> {
    let all = pack.warnings().iter().map(ToString::to_string);
    all.filter(|warning| !warning.contains("/assets/")).collect()
}

/// A face in space, 500 mm before a camera with a focal length of 1000 pixels and its middle at (320, 240).
#[derive(Clone)]
pub(crate) struct Head {
    /// Radians.
    pub(crate) yaw: f32,
    pub(crate) pitch: f32,
    pub(crate) roll: f32,
    pub(crate) position: [f32; 3],
    pub(crate) signals: [f32; Signal::ALL.len()],
    pub(crate) blendshapes: [f32; Blendshape::ALL.len()],
    pub(crate) slot: f32,
    pub(crate) faces: f32,
    pub(crate) time: f32,
    pub(crate) visibility: f32,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            yaw: 0.0,
            pitch: 0.0,
            roll: 0.0,
            position: [0.0, 0.0, -500.0],
            signals: [0.0; Signal::ALL.len()],
            blendshapes: [0.0; Blendshape::ALL.len()],
            slot: 0.0,
            faces: 1.0,
            time: 0.0,
            visibility: 1.0,
        }
    }
}

pub(crate) const FOCAL_PX: f32 = 1000.0;
pub(crate) const CENTRE_PX: [f32; 2] = [320.0, 240.0];
/// From the middle of one eye to that of the other.
pub(crate) const IOD_MM: f32 = 63.0;

impl Head {
    /// Columns of the rotation: yaw about y, after pitch about x, after roll about z.
    pub(crate) fn axes(&self) -> [[f32; 3]; 3] {
        let turn = |[x, y, z]: [f32; 3]| {
            let (sin, cos) = self.roll.sin_cos();
            let [x, y, z] = [x * cos - y * sin, x * sin + y * cos, z];
            let (sin, cos) = self.pitch.sin_cos();
            let [x, y, z] = [x, y * cos - z * sin, y * sin + z * cos];
            let (sin, cos) = self.yaw.sin_cos();
            [x * cos + z * sin, y, -x * sin + z * cos]
        };
        [
            turn([1.0, 0.0, 0.0]),
            turn([0.0, 1.0, 0.0]),
            turn([0.0, 0.0, 1.0]),
        ]
    }

    /// From the head's own millimetres to those before the camera.
    pub(crate) fn mm(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let [right, up, forward] = self.axes();
        core::array::from_fn(|it| self.position[it] + right[it] * x + up[it] * y + forward[it] * z)
    }

    pub(crate) fn px([x, y, z]: [f32; 3]) -> [f32; 2] {
        [CENTRE_PX[0] + FOCAL_PX * x / -z, CENTRE_PX[1] - FOCAL_PX * y / -z]
    }

    /// Where an anchor is in the head: flat but for the nose, so that numbers are easy.
    pub(crate) fn anchor(anchor: Anchor) -> [f32; 3] {
        match anchor {
            Anchor::EyeLeft => [IOD_MM / 2.0, 20.0, 0.0],
            Anchor::EyeRight => [-IOD_MM / 2.0, 20.0, 0.0],
            Anchor::BrowCentre => [0.0, 40.0, 0.0],
            Anchor::NoseBase => [0.0, -20.0, 0.0],
            Anchor::NoseTip => [0.0, -10.0, 30.0],
            Anchor::HeadTop => [0.0, 140.0, -40.0],
            Anchor::MouthLeft => [25.0, -50.0, 0.0],
            Anchor::MouthRight => [-25.0, -50.0, 0.0],
            other => [other.index() as f32, 0.0, 0.0],
        }
    }

    /// Where a landmark is in the head.
    pub(crate) fn landmark(index: u32) -> [f32; 3] {
        [index as f32 * 0.1, -(index as f32) * 0.2, 5.0]
    }
}

/// An effect that runs.
pub(crate) struct Bench {
    pub(crate) effect: Effect,
    pub(crate) params: Vec<f32>,
    state: Vec<f32>,
    registers: Vec<u32>,
}

impl Bench {
    pub(crate) fn new(pack: &Pack) -> Self {
        let effect = pack.effect().clone();
        let params = effect.inputs.iter().map(|input| input.default).collect();
        let mut state = vec![0.0; effect.program.state_count()];
        effect.program.init_state(&mut state).unwrap();
        let registers = vec![0; effect.program.register_count()];
        Self {
            effect,
            params,
            state,
            registers,
        }
    }

    pub(crate) fn of_nodes(list: Value) -> Self {
        Self::new(&nodes(list))
    }

    /// What happens when a face is lost and found.
    pub(crate) fn start_over(&mut self) {
        self.effect.program.init_state(&mut self.state).unwrap();
    }

    pub(crate) fn set(&mut self, kind: HostInputKind, name: &str, value: f32) {
        let mut inputs = self.effect.inputs.iter();
        let place = inputs.position(|input| input.kind == kind && input.name == name);
        self.params[place.expect("an input")] = value;
    }

    /// One frame, `dt` seconds after the one before.
    pub(crate) fn frame(&mut self, head: &Head, dt: f32) {
        let anchors_mm: Vec<[f32; 3]> = Anchor::ALL.iter().map(|it| head.mm(Head::anchor(*it))).collect();
        let landmarks_mm: Vec<[f32; 3]> = (0..LANDMARKS).map(|it| head.mm(Head::landmark(it))).collect();
        let anchors_px: Vec<[f32; 2]> = anchors_mm.iter().map(|it| Head::px(*it)).collect();
        let landmarks_px: Vec<[f32; 2]> = landmarks_mm.iter().map(|it| Head::px(*it)).collect();
        let [right, up, forward] = head.axes();
        let pose = Pose {
            right,
            up,
            forward,
            position_mm: head.position,
            yaw_rad: head.yaw,
            pitch_rad: head.pitch,
            roll_rad: head.roll,
        };
        let scene = Scene {
            time_s: head.time,
            dt_s: dt,
            width_px: 640.0,
            height_px: 480.0,
            slot: head.slot,
            faces: head.faces,
            presence: 0.75,
        };
        let inputs = Inputs {
            landmarks_px: &landmarks_px,
            landmarks_mm: &landmarks_mm,
            visibility: &[head.visibility; LANDMARKS as usize],
            anchors_px: &anchors_px,
            anchors_mm: &anchors_mm,
            blendshapes: &head.blendshapes,
            signals: &head.signals,
            pose: &pose,
            scene: &scene,
            params: &self.params,
        };
        let program = &self.effect.program;
        program
            .evaluate(&inputs, &mut self.state, &mut self.registers)
            .unwrap();
    }

    /// A frame without a face.
    pub(crate) fn frame_without_face(&mut self, dt: f32) {
        let zero = [0.0; 3];
        let pose = Pose {
            right: zero,
            up: zero,
            forward: zero,
            position_mm: zero,
            yaw_rad: 0.0,
            pitch_rad: 0.0,
            roll_rad: 0.0,
        };
        let scene = Scene {
            time_s: 0.0,
            dt_s: dt,
            width_px: 640.0,
            height_px: 480.0,
            slot: 0.0,
            faces: 0.0,
            presence: 0.0,
        };
        let inputs = Inputs {
            landmarks_px: &[[0.0; 2]; LANDMARKS as usize],
            landmarks_mm: &[zero; LANDMARKS as usize],
            visibility: &[0.0; LANDMARKS as usize],
            anchors_px: &[[0.0; 2]; Anchor::ALL.len()],
            anchors_mm: &[zero; Anchor::ALL.len()],
            blendshapes: &[0.0; Blendshape::ALL.len()],
            signals: &[0.0; Signal::ALL.len()],
            pose: &pose,
            scene: &scene,
            params: &self.params,
        };
        let program = &self.effect.program;
        program
            .evaluate(&inputs, &mut self.state, &mut self.registers)
            .unwrap();
    }

    /// A frame with one signal.
    pub(crate) fn signal(&mut self, signal: Signal, value: f32, dt: f32) {
        let mut head = Head::default();
        head.signals[signal.index() as usize] = value;
        self.frame(&head, dt);
    }

    /// A property of a node in the frame that was evaluated last.
    pub(crate) fn property(&self, node: &str, property: Property) -> f32 {
        let mut nodes = self.effect.nodes.iter();
        let place = nodes.position(|it| it.id == node).expect("a node");
        match self.effect.draw_of(place, property) {
            None => property.default(),
            Some(draw) => {
                let draw = self.effect.program.draws().nth(draw).unwrap();
                let [value] = draw.arguments(&self.registers).unwrap();
                value
            }
        }
    }

    pub(crate) fn opacity(&self, node: &str) -> f32 {
        self.property(node, Property::Opacity)
    }

    pub(crate) fn cell(&self, node: &str) -> f32 {
        self.property(node, Property::Cell)
    }

    pub(crate) fn properties<const N: usize>(&self, node: &str, properties: [Property; N]) -> [f32; N] {
        properties.map(|property| self.property(node, property))
    }
}

#[track_caller]
pub(crate) fn assert_close<const N: usize>(found: [f32; N], expected: [f32; N], tolerance: f32) {
    for (found_one, expected_one) in found.iter().zip(&expected) {
        assert!(
            (found_one - expected_one).abs() <= tolerance,
            "{found:?} is not {expected:?} within {tolerance}"
        );
    }
}

/// The number that a formula or tree has on this head: read off the strength of a table of colours.
pub(crate) fn number_on(number: &Value, head: &Head) -> f32 {
    let pack = pack(json!({
        "nodes": [{ "id": "n", "kind": "lut", "asset": "warm", "strength": number }],
        "params": [
            { "id": "half", "default": 0.5 },
            { "id": "on", "type": "bool", "default": true },
        ],
        "states": ["first", "second"],
    }));
    let mut bench = Bench::new(&pack);
    bench.frame(head, 0.1);
    bench.opacity("n")
}

pub(crate) fn number(number: impl Into<Value>) -> f32 {
    number_on(&number.into(), &Head::default())
}
