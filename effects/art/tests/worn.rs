//! The packs on a face: the canonical one, half a metre before a camera, which opens its mouth, blinks and raises its brows.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;

use glam::{Vec2, Vec3};
use moretta_art::packs;
use moretta_geometry::{anchor_weights, canonical};
use moretta_lang::{Anchor, Blendshape, Inputs, LANDMARKS, Pose, Scene, Signal};
use moretta_pack::{Effect, NodeKind, Pack, Property, StickerSpace};

const FOCAL_PX: f32 = 1000.0;
const CENTRE_PX: Vec2 = Vec2::new(640.0, 360.0);
const DISTANCE_MM: f32 = 500.0;
const FRAME_S: f32 = 1.0 / 30.0;
/// From the middle of one eye to that of the other, on the canonical face.
const IOD_MM: f32 = 63.0;

/// An effect that a face wears.
struct Worn {
    effect: Effect,
    params: Vec<f32>,
    state: Vec<f32>,
    registers: Vec<u32>,
    signals: [f32; Signal::ALL.len()],
    time_s: f32,
}

fn landmark_mm(index: usize) -> Vec3 {
    let on_face = match index {
        468..473 => canonical::positions()[33]
            .raw()
            .midpoint(canonical::positions()[133].raw()),
        473.. => canonical::positions()[263]
            .raw()
            .midpoint(canonical::positions()[362].raw()),
        _ => canonical::positions()[index].raw(),
    };
    on_face - Vec3::Z * DISTANCE_MM
}

fn anchor_mm(anchor: Anchor) -> Vec3 {
    anchor_weights(anchor)
        .iter()
        .map(|(index, weight)| landmark_mm(usize::from(*index)) * *weight)
        .sum()
}

fn px(mm: Vec3) -> Vec2 {
    CENTRE_PX + Vec2::new(mm.x, -mm.y) * (FOCAL_PX / -mm.z)
}

impl Worn {
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        let paths = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        let files = paths.filter(|path| path.is_file()).map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        });
        let effect = Pack::from_files(files).unwrap().into_effect();
        let mut state = vec![0.0; effect.program.state_count()];
        effect.program.init_state(&mut state).unwrap();
        Self {
            params: effect.inputs.iter().map(|it| it.default).collect(),
            registers: vec![0; effect.program.register_count()],
            state,
            effect,
            signals: [0.0; Signal::ALL.len()],
            time_s: 0.0,
        }
    }

    /// Lets `seconds` go by.
    fn run(&mut self, seconds: f32) {
        let landmarks_mm: Vec<[f32; 3]> = (0..LANDMARKS as usize)
            .map(|it| landmark_mm(it).to_array())
            .collect();
        let anchors_mm: Vec<[f32; 3]> = Anchor::ALL.iter().map(|it| anchor_mm(*it).to_array()).collect();
        let flat = |it: &[[f32; 3]]| -> Vec<[f32; 2]> {
            it.iter().map(|it| px(Vec3::from(*it)).to_array()).collect()
        };
        let (landmarks_px, anchors_px) = (flat(&landmarks_mm), flat(&anchors_mm));
        let pose = Pose {
            right: [1.0, 0.0, 0.0],
            up: [0.0, 1.0, 0.0],
            forward: [0.0, 0.0, 1.0],
            position_mm: [0.0, 0.0, -DISTANCE_MM],
            yaw_rad: 0.0,
            pitch_rad: 0.0,
            roll_rad: 0.0,
        };
        for _ in 0..(seconds / FRAME_S).round() as usize {
            let scene = Scene {
                time_s: self.time_s,
                dt_s: FRAME_S,
                width_px: 1280.0,
                height_px: 720.0,
                slot: 0.0,
                faces: 1.0,
                presence: 1.0,
            };
            let inputs = Inputs {
                landmarks_px: &landmarks_px,
                landmarks_mm: &landmarks_mm,
                visibility: &[1.0; LANDMARKS as usize],
                anchors_px: &anchors_px,
                anchors_mm: &anchors_mm,
                blendshapes: &[0.0; Blendshape::ALL.len()],
                signals: &self.signals,
                pose: &pose,
                scene: &scene,
                params: &self.params,
            };
            let program = &self.effect.program;
            program
                .evaluate(&inputs, &mut self.state, &mut self.registers)
                .unwrap();
            self.time_s += FRAME_S;
        }
    }

    fn signal(&mut self, signal: Signal, value: f32) {
        self.signals[signal.index() as usize] = value;
    }

    fn node(&self, id: &str) -> usize {
        self.effect.nodes.iter().position(|it| it.id == id).unwrap()
    }

    fn value(&self, id: &str, property: Property) -> f32 {
        let Some(place) = self.effect.draw_of(self.node(id), property) else {
            return property.default();
        };
        let draw = self.effect.program.draws().nth(place).unwrap();
        let [value] = draw.arguments(&self.registers).unwrap();
        value
    }

    fn opacity(&self, id: &str) -> f32 {
        self.value(id, Property::Opacity)
    }

    /// The middle and the size of a sticker in the frame, in pixels.
    fn board(&self, id: &str) -> (Vec2, Vec2) {
        let NodeKind::Sticker { space, .. } = self.effect.nodes[self.node(id)].kind else {
            panic!("{id} is no sticker");
        };
        let [x, y, z, width, height] = [
            Property::X,
            Property::Y,
            Property::Z,
            Property::Width,
            Property::Height,
        ]
        .map(|it| self.value(id, it));
        match space {
            StickerSpace::Frame => (Vec2::new(x, y), Vec2::new(width, height)),
            StickerSpace::Head => (px(Vec3::new(x, y, z)), Vec2::new(width, height) * (FOCAL_PX / -z)),
        }
    }

    /// Whether a place of the face is behind a sticker that is upright.
    fn covers(&self, id: &str, mm: Vec3) -> bool {
        let (middle, size) = self.board(id);
        let away = (px(mm) - middle).abs();
        away.x < size.x / 2.0 && away.y < size.y / 2.0
    }
}

#[test]
fn all_numbers_of_all_packs_are_sane() {
    let mut stickers = 0;
    for name in packs::names() {
        let mut worn = Worn::new(name);
        for signal in [0.0, 1.0] {
            worn.signals = [signal; Signal::ALL.len()];
            worn.run(1.0);
            for node in &worn.effect.nodes {
                for property in Property::ALL {
                    assert!(worn.value(&node.id, *property).is_finite(), "{name}: {}", node.id);
                }
                if matches!(node.kind, NodeKind::Sticker { .. }) {
                    let (middle, size) = worn.board(&node.id);
                    // In distances of the eyes, where the face is.
                    let iod = IOD_MM * FOCAL_PX / DISTANCE_MM;
                    assert!(
                        (0.2..4.5).contains(&(size.x / iod)),
                        "{name}: {} is {size} pixels",
                        node.id
                    );
                    assert!(
                        middle.distance(CENTRE_PX) / iod < 5.0,
                        "{name}: {} is at {middle}",
                        node.id
                    );
                    stickers += 1;
                }
                if matches!(node.kind, NodeKind::Prop { .. }) {
                    assert!(
                        (900.0..1200.0).contains(&worn.value(&node.id, Property::Scale)),
                        "{name}"
                    );
                }
            }
        }
    }
    assert!(stickers > 40);
}

#[test]
fn glasses_sit_before_both_eyes() {
    let mut worn = Worn::new("glasses");
    worn.run(0.1);
    for eye in [Anchor::PupilLeft, Anchor::PupilRight] {
        assert!(worn.covers("glasses", anchor_mm(eye)));
    }
    for other in [Anchor::NoseBase, Anchor::Forehead, Anchor::JawLeft] {
        assert!(!worn.covers("glasses", anchor_mm(other)), "{}", other.name());
    }
}

#[test]
fn a_moustache_grows_between_nose_and_mouth() {
    let mut worn = Worn::new("moustache");
    worn.run(0.1);
    assert!(worn.covers("moustache", anchor_mm(Anchor::LipUpper)));
    assert!(worn.covers("moustache", landmark_mm(164)));
    assert!(!worn.covers("moustache", anchor_mm(Anchor::NoseTip)));
    assert!(!worn.covers("moustache", anchor_mm(Anchor::Chin)));
}

#[test]
fn fire_needs_an_open_mouth() {
    let mut worn = Worn::new("fire");
    worn.run(1.0);
    assert_eq!([worn.opacity("fire"), worn.opacity("glow")], [0.0, 0.0]);
    worn.signal(Signal::MouthOpen, 0.8);
    worn.run(0.6);
    assert!(worn.opacity("fire") > 0.9 && worn.opacity("glow") > 0.3);
    assert!(worn.covers("fire", anchor_mm(Anchor::Mouth)));
    assert!(worn.covers("fire", anchor_mm(Anchor::Chin)));
    assert!(!worn.covers("fire", anchor_mm(Anchor::EyesCentre)));
    worn.signal(Signal::MouthOpen, 0.1);
    worn.run(0.6);
    assert_eq!([worn.opacity("fire"), worn.opacity("glow")], [0.0, 0.0]);
}

#[test]
fn hearts_fly_at_a_blink_and_on_one_side_at_a_wink() {
    let mut worn = Worn::new("blink");
    let seen = |worn: &Worn| {
        [
            worn.opacity("hearts_left") > 0.0,
            worn.opacity("hearts_right") > 0.0,
        ]
    };
    worn.run(1.0);
    assert_eq!(seen(&worn), [false, false]);
    let blink = |worn: &mut Worn, left: f32, right: f32| {
        worn.signal(Signal::BlinkLeft, left);
        worn.signal(Signal::BlinkRight, right);
        worn.signal(Signal::BlinkBoth, left.min(right));
        worn.run(0.2);
        worn.signals = [0.0; Signal::ALL.len()];
        worn.run(0.1);
    };
    blink(&mut worn, 1.0, 1.0);
    assert_eq!(seen(&worn), [true, true]);
    worn.run(2.0);
    assert_eq!(seen(&worn), [false, false], "the burst ends");
    blink(&mut worn, 1.0, 0.0);
    assert_eq!(seen(&worn), [true, false]);
    worn.run(2.0);
    blink(&mut worn, 0.0, 1.0);
    assert_eq!(seen(&worn), [false, true]);
}

#[test]
fn the_hat_sits_on_the_head_and_jumps_with_the_brows() {
    let mut worn = Worn::new("hat");
    worn.run(1.0);
    let rest = worn.value("hat", Property::Y);
    let hairline = landmark_mm(10).y;
    assert!((hairline - 5.0..hairline + 30.0).contains(&rest), "{rest}");
    worn.signal(Signal::BrowRaise, 0.9);
    worn.run(0.25);
    assert!(worn.value("hat", Property::Y) > rest + 15.0);
    worn.signal(Signal::BrowRaise, 0.0);
    worn.run(2.0);
    assert!((worn.value("hat", Property::Y) - rest).abs() < 1.0);
}

#[test]
fn the_moretta_falls_from_an_open_mouth() {
    let mut worn = Worn::new("moretta");
    worn.run(0.5);
    let rest = worn.value("mask", Property::Y);
    assert_eq!(worn.opacity("mask"), 1.0);
    worn.signal(Signal::MouthOpen, 0.7);
    worn.run(0.35);
    assert!(worn.value("mask", Property::Y) < rest - 80.0);
    worn.run(0.5);
    assert_eq!(worn.opacity("mask"), 0.0);
    worn.signal(Signal::MouthOpen, 0.0);
    worn.run(1.0);
    assert_eq!(worn.opacity("mask"), 1.0);
    assert!((worn.value("mask", Property::Y) - rest).abs() < 0.5);
}

#[test]
fn the_butterfly_rests_on_the_nose_and_flies_up() {
    let mut worn = Worn::new("butterfly");
    worn.run(1.0);
    let nose = px(anchor_mm(Anchor::NoseTip));
    let iod = IOD_MM * FOCAL_PX / DISTANCE_MM;
    assert!(worn.board("butterfly").0.distance(nose) < 0.3 * iod);
    worn.signal(Signal::MouthOpen, 0.7);
    worn.run(2.0);
    assert!(worn.board("butterfly").0.y < nose.y - iod);
    worn.signal(Signal::MouthOpen, 0.0);
    worn.run(4.0);
    assert!(worn.board("butterfly").0.distance(nose) < 0.3 * iod);
}

#[test]
fn sparkles_go_round_the_head() {
    let mut worn = Worn::new("crown");
    worn.run(0.1);
    let ids: Vec<String> = (0..10).map(|it| format!("sparkle_{it}")).collect();
    let behind = |worn: &Worn| -> Vec<bool> {
        let centre = anchor_mm(Anchor::HeadCentre).z;
        ids.iter()
            .map(|it| worn.value(it, Property::Z) < centre)
            .collect()
    };
    let before = behind(&worn);
    assert!((4..=6).contains(&before.iter().filter(|it| **it).count()));
    // Half a turn later the others are behind.
    worn.run(5.0);
    let after = behind(&worn);
    assert!(before.iter().zip(&after).filter(|(a, b)| a != b).count() >= 8);
    let cells: Vec<u32> = ids
        .iter()
        .map(|it| worn.value(it, Property::Cell) as u32)
        .collect();
    assert!(cells.iter().all(|it| *it < 16));
    assert!(
        cells.iter().collect::<std::collections::BTreeSet<_>>().len() > 5,
        "{cells:?}"
    );
}

#[test]
fn eyes_of_fire_need_raised_brows() {
    let mut worn = Worn::new("monkey-king");
    worn.run(0.5);
    assert_eq!(worn.opacity("glint_left"), 0.0);
    worn.signal(Signal::BrowRaise, 0.9);
    worn.run(1.0);
    assert!(worn.opacity("glint_left") > 0.9);
    worn.signal(Signal::BlinkBoth, 1.0);
    worn.run(0.1);
    assert_eq!(worn.opacity("glint_left"), 0.0, "not through closed lids");
}
