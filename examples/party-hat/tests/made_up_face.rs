//! Effects tested without a host: recorded, then evaluated on a made-up face.

use moretta_example_party_hat::{BLUSH, BLUSH_STRENGTH, CONFETTI, HAT, party_hat, rosy_cheeks, workout};
use moretta_lang::{
    Anchor, Blendshape, DrawKind, FUNCTION_NAMES, Face, InputGroup, Inputs, LANDMARKS, MAX_PARAMS, Out, Pose,
    Program, Scene, Signal,
};

/// One made-up face and everything that an effect may read of it.
struct MadeUpFace {
    anchors_px: [[f32; 2]; Anchor::ALL.len()],
    signals: [f32; Signal::ALL.len()],
    params: [f32; MAX_PARAMS as usize],
    pose: Pose,
    scene: Scene,
}

impl MadeUpFace {
    /// Upright, eyes 100 pixels apart, brows at (320, 200), chin 200 pixels below.
    fn new() -> Self {
        let mut anchors_px = [[320.0, 240.0]; Anchor::ALL.len()];
        let places = [
            (Anchor::EyeLeft, [370.0, 230.0]),
            (Anchor::EyeRight, [270.0, 230.0]),
            (Anchor::BrowCentre, [320.0, 200.0]),
            (Anchor::Chin, [320.0, 400.0]),
        ];
        for (anchor, place) in places {
            anchors_px[anchor.index() as usize] = place;
        }
        let pose = Pose {
            right: [1.0, 0.0, 0.0],
            up: [0.0, 1.0, 0.0],
            forward: [0.0, 0.0, 1.0],
            position_mm: [0.0, 0.0, -400.0],
            yaw_rad: 0.0,
            pitch_rad: 0.0,
            roll_rad: 0.0,
        };
        let scene = Scene {
            time_s: 1.0,
            dt_s: 1.0 / 30.0,
            width_px: 640.0,
            height_px: 480.0,
            slot: 0.0,
            faces: 1.0,
            presence: 1.0,
        };
        let (signals, params) = ([0.0; Signal::ALL.len()], [0.0; MAX_PARAMS as usize]);
        Self {
            anchors_px,
            signals,
            params,
            pose,
            scene,
        }
    }

    fn set(&mut self, signal: Signal, value: f32) {
        self.signals[signal.index() as usize] = value;
    }
}

/// An effect being played.
struct Player {
    program: Program,
    state: Vec<f32>,
    registers: Vec<u32>,
}

impl Player {
    fn new(effect: impl for<'b> FnOnce(Face<'b>, Out<'b>)) -> Self {
        let program = Program::record(effect).expect("a valid effect");
        let mut state = vec![0.0; program.state_count()];
        program.init_state(&mut state).expect("as long as asked for");
        let registers = vec![0; program.register_count()];
        Self {
            program,
            state,
            registers,
        }
    }

    fn frame(&mut self, face: &MadeUpFace) {
        let inputs = Inputs {
            landmarks_px: &[[1.0, 2.0]; LANDMARKS as usize],
            landmarks_mm: &[[1.0, 2.0, -300.0]; LANDMARKS as usize],
            visibility: &[1.0; LANDMARKS as usize],
            anchors_px: &face.anchors_px,
            anchors_mm: &[[0.0, 0.0, -400.0]; Anchor::ALL.len()],
            blendshapes: &[0.1; Blendshape::ALL.len()],
            signals: &face.signals,
            pose: &face.pose,
            scene: &face.scene,
            params: &face.params,
        };
        self.program
            .evaluate(&inputs, &mut self.state, &mut self.registers)
            .expect("tables of full length");
    }

    /// Centre, width, height, rotation, opacity and cell of the sprite of an asset.
    fn sprite(&self, asset: u32) -> [f32; 7] {
        let mut draws = self.program.draws();
        let draw = draws.find(|draw| draw.kind() == DrawKind::Sprite && draw.slots() == [asset]);
        draw.and_then(|draw| draw.arguments(&self.registers))
            .expect("the effect draws this asset")
    }
}

#[test]
fn the_hat_sits_upright_above_the_brows() {
    let mut player = Player::new(party_hat);
    player.frame(&MadeUpFace::new());
    let [x, y, width, height, lean, opacity, _] = player.sprite(HAT);
    assert!((x - 320.0).abs() < 0.01 && (y - 70.0).abs() < 0.01, "at {x}, {y}");
    assert!((width - 180.0).abs() < 0.01 && (height - 216.0).abs() < 0.01);
    assert!(lean.abs() < 1e-5);
    assert_eq!(opacity, 1.0);
}

#[test]
fn the_hat_leans_with_the_head() {
    let mut player = Player::new(party_hat);
    let mut face = MadeUpFace::new();
    // The chin to the left of the brows: the head leans to the right of the picture, clockwise.
    face.anchors_px[Anchor::Chin.index() as usize] = [120.0, 400.0];
    player.frame(&face);
    let [x, y, .., lean, _, _] = player.sprite(HAT);
    assert!(x > 400.0 && y < 120.0);
    assert!((lean - core::f32::consts::FRAC_PI_4).abs() < 1e-5, "{lean}");
}

#[test]
fn the_hat_rises_with_the_brows_and_bounces() {
    let mut player = Player::new(party_hat);
    let mut face = MadeUpFace::new();
    player.frame(&face);
    face.set(Signal::BrowRaise, 1.0);
    let heights: Vec<f32> = (0..90)
        .map(|_| {
            player.frame(&face);
            player.sprite(HAT)[1]
        })
        .collect();
    let highest = heights.iter().copied().fold(f32::MAX, f32::min);
    let last = heights[89];
    assert!((last - 20.0).abs() < 1.0, "settles 50 pixels higher: {last}");
    assert!(highest < last - 2.0, "overshoots on the way: {highest}");
}

#[test]
fn an_opening_mouth_pops_the_hat_and_throws_confetti_once() {
    let mut player = Player::new(party_hat);
    let mut face = MadeUpFace::new();
    player.frame(&face);
    let ([_, _, calm, ..], [.., before, _]) = (player.sprite(HAT), player.sprite(CONFETTI));
    assert_eq!(before, 0.0, "no confetti before the mouth opens");

    face.set(Signal::MouthOpen, 0.9);
    let mut shown = 0;
    let mut largest = calm;
    for _ in 0..60 {
        player.frame(&face);
        let [.., opacity, cell] = player.sprite(CONFETTI);
        assert!((0.0..12.0).contains(&cell));
        shown += u32::from(opacity > 0.0);
        largest = largest.max(player.sprite(HAT)[2]);
    }
    assert!(largest > calm * 1.25, "{largest} {calm}");
    // 0.8 s at 30 frames a second, though the mouth stays open for 2 s.
    assert!((23..=25).contains(&shown), "{shown}");
}

#[test]
fn cheeks_redden_with_a_smile_if_the_host_allows() {
    let strength = |allowed: f32, smile: f32| {
        let mut player = Player::new(rosy_cheeks);
        let mut face = MadeUpFace::new();
        face.params[0] = allowed;
        face.set(Signal::Smile, smile);
        player.frame(&face);
        let draw = player.program.draws().next().expect("one property");
        assert_eq!(
            (draw.kind(), draw.slots()),
            (DrawKind::Property, &[BLUSH, BLUSH_STRENGTH][..])
        );
        let [value] = draw.arguments(&player.registers).expect("one value");
        value
    };
    assert_eq!(strength(1.0, 0.0), 0.0);
    assert_eq!(strength(1.0, 1.0), 1.0);
    assert_eq!(strength(0.5, 1.0), 0.5);
    assert_eq!(strength(9.0, 1.0), 1.0);
}

/// What a program lacks of all that there is to use.
fn missing(program: &Program) -> Vec<String> {
    let listing = format!("{program:?}");
    let mut missing = Vec::new();
    for function in FUNCTION_NAMES {
        if !listing.contains(&format!(" = {function} r")) {
            missing.push(format!("function {function}"));
        }
    }
    for group in InputGroup::ALL {
        if program.needs(*group) != group.elements() as usize {
            missing.push(format!("input {}", group.name()));
        }
    }
    for kind in DrawKind::ALL {
        if !program.draws().any(|draw| draw.kind() == *kind) {
            missing.push(format!("draw {}", kind.name()));
        }
    }
    missing
}

#[test]
fn the_workout_leaves_nothing_out() {
    let program = Program::record(workout).expect("a valid effect");
    assert_eq!(missing(&program), [""; 0]);
    assert!(program.state_count() > 0);

    let lazy = Program::record(|face, out| out.property(0, 0, face.visibility(LANDMARKS - 1) + 1.0));
    let lazy = missing(&lazy.expect("a valid effect"));
    assert_eq!(
        lazy.len(),
        FUNCTION_NAMES.len() - 1 + InputGroup::ALL.len() - 1 + DrawKind::ALL.len() - 1
    );
}

#[test]
fn the_workout_shows_the_face() {
    let mut player = Player::new(workout);
    let mut face = MadeUpFace::new();
    let mut play = |face: &MadeUpFace| {
        for _ in 0..10 {
            player.frame(face);
        }
        player.sprite(0)
    };
    let before = play(&face);
    face.anchors_px[Anchor::Chin.index() as usize] = [9_000.0, -9_000.0];
    assert_ne!(play(&face), before);
}
