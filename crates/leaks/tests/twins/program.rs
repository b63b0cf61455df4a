//! Beside the attempts in `tests/fail/program`: the same, done rightly.

#![forbid(unsafe_code)]

use moretta_lang::{Draw, DrawKind, InputGroup, Inputs, Operand, Pose, Program, Scene};

#[test]
fn program_forged() {
    let program = Program::record(|face, out| out.property(0, 0, face.yaw())).unwrap();
    let forged = Program::decode(&program.encode()).unwrap();
    assert_eq!(forged.needs(InputGroup::Params), 0);
}

#[test]
fn operations_of_a_program() {
    let program = Program::record(|face, out| out.property(0, 0, face.yaw())).unwrap();
    let operations = program.encode();
    drop(operations);
}

#[test]
fn program_unverified() {
    let program = Program::decode(&Program::record(|_, _| {}).unwrap().encode()).unwrap();
    assert_eq!(program.register_count(), 0);
}

#[test]
fn program_by_default() {
    let program = Program::record(|_, _| {}).unwrap();
    assert_eq!(program.register_count(), 0);
}

#[test]
fn program_deserialized() {
    let bytes = Program::record(|_, _| {}).unwrap().encode();
    let program: Program = Program::decode(&bytes).unwrap();
    assert_eq!(program.register_count(), 0);
}

#[test]
fn program_transmuted() {
    let program = Program::record(|_, _| {}).unwrap();
    let raw = program.encode();
    let _ = raw;
}

#[test]
fn recorder_by_its_path() {
    use moretta_lang::Program as Kept;
    let _ = size_of::<Kept>();
}

#[test]
fn operation_by_its_path() {
    use moretta_lang::DrawKind as Kept;
    let _ = size_of::<Kept>();
}

#[test]
fn operand_of_ones_own() {
    struct Mine;
    impl Mine {}
    fn taken<'b>(_: impl Operand<'b>) {}
    taken(1.5);
    let _ = Mine;
}

#[test]
fn slot_rewritten() {
    let program = Program::record(|face, out| out.property(0, 0, face.yaw())).unwrap();
    let draw = program.draws().next().unwrap();
    assert_eq!(draw.slots()[0], 0);
    assert_eq!(draw.kind(), DrawKind::Property);
}

#[test]
fn draw_forged() {
    let program = Program::record(|face, out| out.property(0, 0, face.yaw())).unwrap();
    let draw = program.draws().next().unwrap();
    let forged: Draw<'_> = draw;
    assert_eq!(forged.slots(), [0, 0]);
}

#[test]
fn code_in_a_draw() {
    Program::record(|face, out| {
        let _ = face.yaw();
        out.property(0, 0, 2.0f32.sqrt());
    })
    .unwrap();
}

#[test]
fn evaluation_by_an_effect() {
    let program = Program::record(|_, _| {}).unwrap();
    Program::record(|face, _| {
        let mut registers = [];
        let evaluated = program.evaluate(&tables(&pose(), &scene()), &mut [], &mut registers);
        let _ = (face, evaluated.is_ok());
    })
    .unwrap();
}

#[test]
fn scene_of_names() {
    Program::record(|face, _| {
        let scene = Scene {
            time_s: 1.5,
            dt_s: 0.0,
            width_px: 640.0,
            height_px: 480.0,
            slot: 0.0,
            faces: 1.0,
            presence: 1.0,
        };
        let _ = (face, scene.dt_s);
    })
    .unwrap();
}

#[test]
fn debug_of_a_pose() {
    fn leak(pose: &Pose) -> String {
        format!("{:?}", size_of_val(pose))
    }
    assert!(!leak(&pose()).is_empty());
}

#[test]
fn debug_of_a_scene() {
    fn leak(scene: &Scene) -> String {
        format!("{:?}", size_of_val(scene))
    }
    assert!(!leak(&scene()).is_empty());
}

#[test]
fn debug_of_the_tables() {
    fn leak(inputs: &Inputs<'_>) -> String {
        format!("{:?}", size_of_val(inputs))
    }
    assert!(!leak(&tables(&pose(), &scene())).is_empty());
}

#[test]
fn pose_copied() {
    fn leak(pose: &Pose) -> f32 {
        let copy: &Pose = pose;
        copy.yaw_rad
    }
    assert_eq!(leak(&pose()), 0.0);
}

#[test]
fn poses_compared() {
    fn leak(pose: &Pose, before: &Pose) -> bool {
        std::ptr::eq(pose, before)
    }
    assert!(!leak(&pose(), &pose()));
}

#[test]
fn pose_serialized() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak(pose: &Pose) {
        wire(&size_of_val(pose));
    }
    leak(&pose());
}

#[test]
fn pose_as_bytes() {
    fn leak(pose: &Pose) -> &[u8] {
        bytemuck::bytes_of(&pose.yaw_rad)
    }
    assert_eq!(leak(&pose()), [0; 4]);
}

fn pose() -> Pose {
    Pose {
        right: [1.0, 0.0, 0.0],
        up: [0.0, 1.0, 0.0],
        forward: [0.0, 0.0, 1.0],
        position_mm: [0.0, 0.0, -400.0],
        yaw_rad: 0.0,
        pitch_rad: 0.0,
        roll_rad: 0.0,
    }
}

fn scene() -> Scene {
    Scene {
        time_s: 1.5,
        dt_s: 0.0,
        width_px: 640.0,
        height_px: 480.0,
        slot: 0.0,
        faces: 1.0,
        presence: 1.0,
    }
}

fn tables<'v>(pose: &'v Pose, scene: &'v Scene) -> Inputs<'v> {
    Inputs {
        landmarks_px: &[],
        landmarks_mm: &[],
        visibility: &[],
        anchors_px: &[],
        anchors_mm: &[],
        blendshapes: &[],
        signals: &[],
        pose,
        scene,
        params: &[],
    }
}
