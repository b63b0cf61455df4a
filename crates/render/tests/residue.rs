//! No copy of a frame or a face is left in the process's memory, which is also the device's memory where the device is
//! software.
//!
//! The needles are never in memory as they are: they are kept under a mask, and looked for under it. Each look has a
//! control that must find them.
//!
//! A software driver brings vertices to the screen in memory of the C library and frees it as it is. That is out of the
//! renderer's reach, so the test lets the C library overwrite what is freed (`glibc.malloc.perturb`). What the driver
//! keeps, it does not free, and that is for the renderer to see to.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod common;

use std::os::unix::fs::FileExt;

use glam::{Mat4, Vec3};
use moretta_frame::{FrameFormat, FrameLayout};
use moretta_geometry::{Camera, MetricLandmarks};
use moretta_pack::{
    Asset, Blend, Exclude, Keep, Lut, NodeKind, Occluder, Occlusion, Property, StickerSpace, SwapSource,
};
use moretta_render::wgpu;
use moretta_render::{LoadedEffect, PixelOrder, Pixels, Target};
use moretta_space::{CameraMm, Point3, Size};
use moretta_veil::{FaceHeap, Frame, Outcome};

use common::face::{FOV_Y_RAD, Head, Turn};
use common::scenery::{material, model, plain, sphere};
use common::{Rig, With, effect, on_stage};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

const SIZE: (u32, u32) = (320, 240);
const MASK: u8 = 0xA5;
const LEN: usize = 48;

/// Bytes to look for, under the mask.
#[derive(Clone)]
struct Needle {
    masked: Vec<u8>,
}

impl Needle {
    /// Bytes that nothing else has.
    fn random(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let masked = (0..LEN).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8 ^ MASK
        });
        Self {
            masked: masked.collect(),
        }
    }

    /// Numbers that lie together.
    fn numbers(numbers: &[f32]) -> Self {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
        Self {
            masked: bytes.map(|byte| byte ^ MASK).collect(),
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.masked[at] ^ MASK
    }

    fn is_at(&self, bytes: &[u8]) -> bool {
        bytes.len() >= self.masked.len()
            && bytes
                .iter()
                .zip(&self.masked)
                .all(|(byte, masked)| byte ^ MASK == *masked)
    }
}

/// How often the needles lie in writable memory, and where.
fn look(needles: &[Needle]) -> (usize, String) {
    const CHUNK: usize = 1 << 20;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut chunk = vec![0; CHUNK];
    let own = chunk.as_ptr() as u64..chunk.as_ptr() as u64 + CHUNK as u64;
    let longest = needles.iter().map(|needle| needle.masked.len()).max().unwrap();
    let mut firsts = [false; 256];
    for needle in needles {
        firsts[usize::from(needle.masked[0])] = true;
    }
    let (mut found, mut places) = (0, String::new());
    for line in maps
        .lines()
        .filter(|line| line.split(' ').nth(1).is_some_and(|it| it.starts_with("rw")))
    {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [start, end] = [start, end].map(|it| u64::from_str_radix(it, 16).unwrap());
        let mut here = 0;
        let mut at = start;
        while at < end {
            let len = (end - at).min(CHUNK as u64) as usize;
            if memory.read_exact_at(&mut chunk[..len], at).is_err() {
                break;
            }
            for offset in 0..len {
                // A chunk overlaps the next by the longest needle; what begins there is counted there.
                if len == CHUNK && offset + longest > len {
                    break;
                }
                let first = chunk[offset] ^ MASK;
                if !firsts[usize::from(first)] || own.contains(&(at + offset as u64)) {
                    continue;
                }
                here += needles
                    .iter()
                    .filter(|needle| needle.is_at(&chunk[offset..len]))
                    .count();
            }
            if len < CHUNK {
                break;
            }
            at += (CHUNK - longest) as u64;
        }
        if here > 0 {
            found += here;
            places += &format!("{here} in {line}; ");
        }
    }
    wipe(&mut chunk);
    (found, places)
}

fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    std::hint::black_box(&bytes);
}

#[track_caller]
fn none(what: &str, needles: &[Needle]) {
    let (found, places) = look(needles);
    assert_eq!(found, 0, "{what}: {places}");
}

#[track_caller]
fn some(what: &str, needles: &[Needle]) {
    let (found, _) = look(needles);
    assert!(found > 0, "the control sees nothing: {what}");
}

/// A frame with the needles in it, four times each, where no effect draws.
fn frame(needles: &[Needle]) -> Vec<u8> {
    let mut bytes = vec![90; (SIZE.0 * SIZE.1 * 4) as usize];
    for (place, needle) in needles.iter().cycle().take(needles.len() * 4).enumerate() {
        let at = (place * 7 + 3) * SIZE.0 as usize * 4 + 16;
        for offset in 0..needle.masked.len() {
            bytes[at + offset] = needle.byte(offset);
        }
    }
    bytes
}

/// Something of everything, in the middle of the frame.
fn everything(rig: &Rig) -> LoadedEffect {
    let identity = Lut {
        size: 2,
        rgb: (0..8)
            .map(|at| [at & 1, at >> 1 & 1, at >> 2].map(|it| it as f32))
            .collect(),
    };
    let assets = vec![
        Asset::Image(plain([255, 0, 0, 120])),
        Asset::Model(model(
            vec![sphere(12.0, [0.0; 3], 0)],
            vec![material([0.5, 0.5, 0.5, 1.0], 1.0, 0.3)],
        )),
        Asset::Lut(identity),
    ];
    let sticker = |space| NodeKind::Sticker {
        asset: 0,
        space,
        occlusion: Occlusion::Face,
        blend: Blend::Normal,
    };
    let nodes = vec![
        NodeKind::FacePaint {
            asset: 0,
            exclude: Exclude::default(),
            blend: Blend::SoftLight,
        },
        sticker(StickerSpace::Head),
        NodeKind::Lut { asset: 2 },
        NodeKind::Prop {
            asset: 1,
            occluder: Occluder::Head,
        },
        sticker(StickerSpace::Frame),
        NodeKind::FaceSwap {
            source: SwapSource::NextFace,
            keep: Keep::default(),
        },
    ];
    let look = effect(assets, nodes, |face, out| {
        let smooth = face.state(0.0, |before| before * 0.5 + face.landmark(4).x * 0.5);
        for node in [1, 3, 4] {
            let place = face.landmark_mm(4);
            out.property(node, Property::X.code(), if node == 4 { smooth } else { place.x });
            out.property(
                node,
                Property::Y.code(),
                if node == 4 { face.landmark(4).y } else { place.y },
            );
            out.property(node, Property::Z.code(), place.z);
            out.property(node, Property::Width.code(), 20.0);
            out.property(node, Property::Height.code(), 20.0);
        }
        out.property(0, Property::Lighting.code(), 1.0);
        out.property(5, Property::Shape.code(), 1.0);
        out.property(5, Property::Expression.code(), 1.0);
    });
    rig.load(&look)
}

/// Draws a frame. Returns needles of its faces: those of which nothing may be left, and where landmarks are in the picture and when the
/// head's movement is taken out, which a swap keeps once for each face in case it is lost.
fn draw(
    rig: &Rig,
    effect: &LoadedEffect,
    needles: &[Needle],
    during: fn(&[Needle]),
    faces: usize,
    later: bool,
) -> [Vec<Needle>; 2] {
    let mut bytes = frame(needles);
    let mut target = vec![0; bytes.len()];
    let camera = Camera::from_fov_y(Size::new(SIZE.0, SIZE.1).unwrap(), FOV_Y_RAD).unwrap();
    let layout = FrameLayout::packed(FrameFormat::Rgba8, SIZE.0, SIZE.1);
    let effect = effect.clone();
    let masked: Vec<Needle> = needles.to_vec();
    let result = std::sync::Arc::new(std::sync::Mutex::new(None));
    let there = std::sync::Arc::clone(&result);
    let work: Box<common::Doing> = Box::new(move |stage, io, access| {
        let turn = Turn {
            yaw: 11.0,
            pitch: 3.0,
            roll: -7.0,
        };
        // Of two shapes, so that at rest they differ, also from the canonical face, whose table is in memory.
        let heads =
            [(0, [-60.0, 5.0, -520.0], 0.98), (2, [75.0, -3.0, -580.0], 1.03)].map(|(slot, place, large)| {
                let shape = |_, vertex: Vec3| vertex * large;
                Head::shaped(SIZE, turn, place, shape).in_slot(slot, slot as u64 + 1)
            });
        // Two numbers of a landmark lie together wherever landmarks do.
        let places = heads
            .iter()
            .flat_map(|head| [33, 151, 280, 400].map(|it| (head, it)));
        let in_space = places
            .clone()
            .map(|(head, landmark)| Needle::numbers(&head.mm[landmark][..2]));
        let in_frame = places
            .clone()
            .map(|(head, landmark)| Needle::numbers(&head.px(landmark)));
        let at_rest = places.map(|(head, landmark)| {
            let place = head.pose.face_from_camera() * Point3::from_raw(head.mm[landmark].into());
            Needle::numbers(&place.raw().to_array())
        });
        // Where the other face is, which is where the looks come from, and where its skin is measured.
        let texture = places_in_the_picture(&heads);
        let poses: Vec<_> = heads.iter().flat_map(|head| of_the_pose(head, camera)).collect();
        let of_face: [Vec<_>; 2] = [
            in_space.chain(texture).chain(poses.clone()).collect(),
            in_frame.chain(at_rest).collect(),
        ];
        let with = With::effect(&effect, &heads[..faces]);
        let mut receipt = None;
        let target = if later {
            Target::Later(&mut receipt)
        } else {
            Target::Pixels(Pixels {
                bytes: io.target,
                row_stride: SIZE.0 as usize * 4,
                order: PixelOrder::Rgba,
            })
        };
        on_stage(stage, access, &layout, io.planes, camera, &with, &mut [target]).unwrap();
        during(&masked);
        some("the pose under way", &poses);
        *there.lock().unwrap() = Some(of_face);
        Outcome::Faces
    });
    rig.veil
        .process(Frame::consumed([&mut bytes[..]]).unwrap(), &mut target, work)
        .unwrap();
    wipe(&mut target);
    let found: [Vec<Needle>; 2] = result.lock().unwrap().take().unwrap();
    // Made on the face thread: a copy of ours is left when that one is freed.
    found.each_ref().map(|found| found.to_vec())
}

/// Where a head is and how it is turned, and both as shaders read it: as the columns of a matrix.
fn of_the_pose(head: &Head, camera: Camera) -> impl Iterator<Item = Needle> + use<> {
    let (rotation, position) = head.pose.rigid().raw();
    // What is nearest and farthest for the renderer.
    let clip_from_camera = camera.projection(10.0, 20_000.0).unwrap().raw();
    let clip_from_face = clip_from_camera * Mat4::from(head.pose.camera_from_face().raw());
    let columns = clip_from_face.to_cols_array_2d();
    let whole = [
        Needle::numbers(&rotation.to_array()),
        Needle::numbers(&position.to_array()),
    ];
    whole
        .into_iter()
        .chain(columns.map(|column| Needle::numbers(&column)))
}

/// Landmarks as the texture coordinates of a swap: 0 to 1 from the top-left of the frame.
fn places_in_the_picture(heads: &[Head; 2]) -> impl Iterator<Item = Needle> {
    let places = heads
        .iter()
        .flat_map(|head| [33, 151, 280, 400].map(|it| head.px(it)));
    places.map(|[x, y]| Needle::numbers(&[x / SIZE.0 as f32, y / SIZE.1 as f32]))
}

/// Whether this process is to run `test`. If not, another one, in which the C library overwrites what is freed, has done so.
fn perturbed(test: &str) -> bool {
    const TUNABLES: &str = "GLIBC_TUNABLES";
    const PERTURB: &str = "glibc.malloc.perturb=90";
    if std::env::var(TUNABLES).is_ok_and(|tunables| tunables.contains(PERTURB)) {
        return true;
    }
    let again = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(TUNABLES, PERTURB)
        .status();
    assert!(
        again.unwrap().success(),
        "the process that tested failed: see above"
    );
    false
}

#[test]
fn what_is_left_for_later_is_gone_when_settled_and_when_the_next_frame_is_drawn() {
    if !perturbed("what_is_left_for_later_is_gone_when_settled_and_when_the_next_frame_is_drawn") {
        return;
    }
    let Some(rig) = Rig::new() else { return };
    let needles: Vec<_> = (21..=24).map(Needle::random).collect();
    let masked: Vec<Needle> = needles.to_vec();
    let frames = [frame(&needles), frame(&[])];
    let camera = Camera::from_fov_y(Size::new(SIZE.0, SIZE.1).unwrap(), FOV_Y_RAD).unwrap();
    let layout = FrameLayout::packed(FrameFormat::Rgba8, SIZE.0, SIZE.1);
    rig.on_stage(&frames, &mut [], move |stage, io, access| {
        let draw = |stage: &mut moretta_render::Stage, which: usize| {
            let plane = [io.planes[which]];
            on_stage(stage, access, &layout, &plane, camera, &With::default(), &mut []).unwrap();
        };
        let apps = look(&masked).0;
        assert!(apps > 0, "the control sees nothing of the app's own frame");

        draw(stage, 0);
        stage.wipe_later();
        assert!(
            look(&masked).0 > apps,
            "the control sees nothing that is left for later"
        );
        stage.settle();
        assert_eq!(look(&masked).0, apps, "after it was settled");

        draw(stage, 0);
        stage.wipe_later();
        assert!(
            look(&masked).0 > apps,
            "the control sees nothing that is left for later"
        );
        draw(stage, 1);
        stage.wipe_later();
        assert_eq!(look(&masked).0, apps, "after the next frame was drawn");
        (Outcome::NoFace, ())
    });
}

#[test]
fn nothing_of_a_frame_or_a_face_is_left() {
    if !perturbed("nothing_of_a_frame_or_a_face_is_left") {
        return;
    }
    let Some(rig) = Rig::new() else { return };
    let gpu = rig.renderer.gpu().clone();
    let needles: Vec<_> = (1..=4).map(Needle::random).collect();
    let mut app = frame(&needles);
    some("the app's own frame", &needles);

    // What is wrong with the library's own way in.
    let texture = common::texture(&gpu, SIZE, wgpu::TextureFormat::Rgba8Unorm);
    upload_carelessly(&gpu, &app);
    wipe(&mut app);
    some("a frame that was uploaded by the queue", &needles);
    drop((texture, app));
    settle(&gpu);

    let effect = everything(&rig);
    // Memory that was freed unwiped by the control is used again sooner or later; these needles are of their own.
    let needles: Vec<_> = (11..=14).map(Needle::random).collect();
    none("before any frame", &needles);
    let [mut of_face, mut places] = draw(
        &rig,
        &effect,
        &needles,
        |needles| some("a frame under way", needles),
        2,
        true,
    );
    none(
        "after a frame whose picture nobody has collected, but for that picture",
        &of_face,
    );
    some("the picture that nobody has collected", &needles);
    assert_eq!(look(&places).0, places.len(), "where the faces were, once");
    rig.veil.pause().unwrap();
    none("after a pause", &needles);
    none("where the faces were, after a pause", &places);
    rig.veil.resume().unwrap();

    for _ in 0..3 {
        [of_face, places] = draw(&rig, &effect, &needles, |_| (), 2, false);
        none("the frame after a frame", &needles);
        none("the face after a frame", &of_face);
        assert_eq!(look(&places).0, places.len(), "where the faces were, once");
    }
    // One has gone, and after three frames that is forgotten.
    for missing in 1..=4 {
        draw(&rig, &effect, &needles, |_| (), 1, false);
        let kept = if missing < 4 {
            places.len()
        } else {
            places.len() / 2
        };
        assert_eq!(look(&places).0, kept, "where they were, {missing} frames later");
    }
    draw(&rig, &effect, &needles, |_| (), 2, false);
    // The frame is in staging memory when the program is found to read a parameter that is not there.
    fail(&rig, &needles);
    none("a frame that failed half way", &needles);
    let camera_alone = effect_of_nothing(&rig);
    draw(&rig, &camera_alone, &needles, |_| (), 2, false);
    none("a frame without an effect", &needles);
    none(
        "where the faces were, after a frame in which nobody swaps",
        &places,
    );
    donors_leave_nothing(&rig);
    views_leave_nothing(&rig);
    given_up_views_leave_nothing(&rig);
    draw(&rig, &effect, &needles, |_| (), 2, false);
    moretta_veil::wipe_all();
    none("the face after everything was wiped", &of_face);
    none("where the faces were, after everything was wiped", &places);
    drop(rig);
    none("the frame at the end", &needles);
    none("the face at the end", &of_face);
}

#[test]
fn the_looks_of_a_face_are_forgotten() {
    if !perturbed("the_looks_of_a_face_are_forgotten") {
        return;
    }
    let Some(rig) = Rig::new() else { return };
    let swap = effect(
        Vec::new(),
        vec![NodeKind::FaceSwap {
            source: SwapSource::NextFace,
            keep: Keep::default(),
        }],
        |_, _| {},
    );
    let (swap, nothing) = (rig.load(&swap), effect_of_nothing(&rig));
    // Everything is red. What is remembered of each vertex: the logarithms of its luminance, and of red over green, which is
    // not below a thousandth. One by one, so that they do not lie together here.
    let looks =
        [[0.2126_f32.ln()], [1.0_f32.ln() - 1e-3_f32.ln()]].map(|number| Needle::numbers(&number).masked);
    let looks = [Needle {
        masked: looks.concat(),
    }];
    let both = [0, 2];
    type End = fn(&Rig, &LoadedEffect, &LoadedEffect);
    let ends: [(&str, End); 5] = [
        ("a frame in which nothing swaps", |rig, _, nothing| {
            red(rig, nothing, &[0, 2]);
        }),
        // Those of who was lost for three frames, and those of who had them for three more.
        ("seven frames without the other", |rig, swap, _| {
            (0..7).for_each(|_| red(rig, swap, &[0]));
        }),
        ("a frame without a face", |rig, swap, _| red(rig, swap, &[])),
        ("a pause", |rig, _, _| {
            rig.veil.pause().unwrap();
            rig.veil.resume().unwrap();
        }),
        ("a wipe", |_, _, _| {
            moretta_veil::wipe_all();
        }),
    ];
    none("before any frame", &looks);
    for (end, ended) in ends {
        (0..2).for_each(|_| red(&rig, &swap, &both));
        some(&format!("the looks before {end}"), &looks);
        ended(&rig, &swap, &nothing);
        none(&format!("the looks after {end}"), &looks);
    }
}

/// Draws a red frame with faces in these slots.
fn red(rig: &Rig, look: &LoadedEffect, slots: &[usize]) {
    let camera = Camera::from_fov_y(Size::new(SIZE.0, SIZE.1).unwrap(), FOV_Y_RAD).unwrap();
    let layout = FrameLayout::packed(FrameFormat::Rgba8, SIZE.0, SIZE.1);
    let mut bytes = [255, 0, 0, 255].repeat((SIZE.0 * SIZE.1) as usize);
    let (look, slots) = (look.clone(), slots.to_vec());
    let work: Box<common::Doing> = Box::new(move |stage, io, access| {
        let head = |slot: &usize| {
            let place = [*slot as f32 * 60.0 - 60.0, 0.0, -500.0];
            Head::new(SIZE, Turn::default(), place).in_slot(*slot, *slot as u64 + 1)
        };
        let heads: Vec<_> = slots.iter().map(head).collect();
        let with = With::effect(&look, &heads);
        on_stage(stage, access, &layout, io.planes, camera, &with, &mut []).unwrap();
        common::outcome(&with)
    });
    rig.veil
        .process(Frame::consumed([&mut bytes[..]]).unwrap(), &mut [], work)
        .unwrap();
}

fn swap_for_a_photo(rig: &Rig) -> LoadedEffect {
    rig.load(&effect(
        Vec::new(),
        vec![NodeKind::FaceSwap {
            source: SwapSource::Photo,
            keep: Keep::default(),
        }],
        |_, _| {},
    ))
}

/// How a donor ends, by its key.
type End = fn(&Rig, u64);

/// Adds, wears and ends donors: by removal, and by a pause.
fn donors_leave_nothing(rig: &Rig) {
    let swap = swap_for_a_photo(rig);
    let ends: [(&str, End); 2] = [
        ("removal", |rig, key| assert!(rig.take_back(key))),
        ("a pause", |rig, _| {
            rig.veil.pause().unwrap();
            rig.veil.resume().unwrap();
        }),
    ];
    for (key, (end, ended)) in (21..).zip(ends) {
        // In the texture alpha is 255 throughout.
        let mut needles: Vec<_> = (0..4).map(|it| Needle::random(key * 10 + it)).collect();
        for masked in needles.iter_mut().flat_map(|needle| needle.masked.chunks_mut(4)) {
            masked[3] = u8::MAX ^ MASK;
        }
        let of_face = donate(rig, key, &needles);
        wear(rig, &swap, key);
        // A donor outlasts frames, and those without a face.
        some(&format!("the texture before {end}"), &needles);
        some(&format!("the landmarks before {end}"), &of_face);
        ended(rig, key);
        needles.extend(of_face);
        none(&format!("a donor after {end}"), &needles);
    }
}

/// Makes a donor of a photo with the needles in it; returns those of its face.
fn donate(rig: &Rig, key: u64, needles: &[Needle]) -> Vec<Needle> {
    let turn = Turn {
        yaw: 4.0,
        pitch: key as f32 * 0.1,
        roll: 2.0,
    };
    let head = Head::new(SIZE, turn, [0.0, 0.0, -330.0]);
    let [x, y] = head.px(4).map(|it| it as usize);
    let mut photo = vec![120; (SIZE.0 * SIZE.1 * 4) as usize];
    for (row, needle) in needles.iter().enumerate() {
        let at = ((y - 9 + row * 6) * SIZE.0 as usize + x - 6) * 4;
        for offset in 0..needle.masked.len() {
            photo[at + offset] = needle.byte(offset);
        }
    }
    let layout = FrameLayout::packed(FrameFormat::Rgba8, SIZE.0, SIZE.1);
    let result = std::sync::Arc::new(std::sync::Mutex::new(None));
    let there = std::sync::Arc::clone(&result);
    let work: Box<common::Doing> = Box::new(move |stage, io, access| {
        let photo = layout.view(io.planes).unwrap();
        stage.add_donor(access, key, &photo, &head.input()).unwrap();
        // Where they are in the texture: the smallest rectangle with 6 % of the face on each side, in whole pixels.
        let points = || (0..468).map(|vertex| head.px(vertex));
        let side = |axis: usize, most: f32| {
            let (low, high) = points().fold((f32::MAX, 0_f32), |(low, high), it| {
                (low.min(it[axis]), high.max(it[axis]))
            });
            (low, high, most)
        };
        let sides = [side(0, SIZE.0 as f32), side(1, SIZE.1 as f32)];
        let margin = 0.06 * (sides[0].1 - sides[0].0).max(sides[1].1 - sides[1].0);
        let cut = sides.map(|(low, high, most)| {
            let start = (low - margin).floor().max(0.0);
            (start, (high + margin).ceil().min(most) - start)
        });
        let places = [33, 151, 280, 400].map(|landmark| {
            let px = head.px(landmark);
            let place = [0, 1].map(|axis| (px[axis] - cut[axis].0) / cut[axis].1);
            Needle::numbers(&place)
        });
        // And where it is without the head's movement.
        let metric = MetricLandmarks::<CameraMm>::from_raw(&head.mm[..]).unwrap();
        let resting = [33, 151, 280, 400].map(|landmark| {
            let place = head.pose.face_from_camera() * metric.point(landmark);
            Needle::numbers(&place.raw().to_array())
        });
        let needles: Vec<_> = places.into_iter().chain(resting).collect();
        *there.lock().unwrap() = Some(needles);
        Outcome::Unchanged
    });
    rig.veil
        .process(Frame::consumed([&mut photo[..]]).unwrap(), &mut [], work)
        .unwrap();
    assert!(photo.iter().all(|byte| *byte == 0));
    let found: Vec<Needle> = result.lock().unwrap().take().unwrap();
    // Made on the face thread: a copy of ours is left when that one is freed.
    found.to_vec()
}

/// A photo of one colour for a view, and how far the head in it is turned to the side, in degrees.
fn view(rgb: [u8; 3], yaw: f32) -> (f32, Needle) {
    // Of more texels than a driver in software takes at a time: those it leaves in its threads' registers and on their stacks.
    let texels = [rgb[0], rgb[1], rgb[2], u8::MAX].repeat(48);
    let masked = texels.iter().map(|byte| byte ^ MASK).collect();
    (yaw, Needle { masked })
}

/// Takes in a view of a donor to be, and gives how its face rests.
fn take_view(rig: &Rig, first: bool, (yaw, needle): &(f32, Needle)) -> Vec<Needle> {
    let turn = Turn {
        yaw: *yaw,
        pitch: 1.3,
        roll: 2.0,
    };
    let head = Head::new(SIZE, turn, [0.0, 0.0, -330.0]);
    let metric = MetricLandmarks::<CameraMm>::from_raw(&head.mm[..]).unwrap();
    let rests = [33, 151, 280, 400].map(|landmark| {
        let place = head.pose.face_from_camera() * metric.point(landmark);
        Needle::numbers(&place.raw().to_array())
    });
    let pixels = (SIZE.0 * SIZE.1 * 4) as usize;
    let mut photo: Vec<u8> = (0..pixels).map(|at| needle.byte(at % 4)).collect();
    let layout = FrameLayout::packed(FrameFormat::Rgba8, SIZE.0, SIZE.1);
    let masked = needle.masked.clone();
    let work: Box<common::Doing> = Box::new(move |stage, io, access| {
        let photo = layout.view(io.planes).unwrap();
        let needle = [Needle { masked }];
        let (before, _) = look(&needle);
        stage
            .add_donor_view(access, first, &photo, &head.input())
            .unwrap();
        let (after, _) = look(&needle);
        assert!(before > 0, "the control: the photo itself");
        assert_eq!(
            after, before,
            "the part with the face is given back within the call"
        );
        Outcome::Unchanged
    });
    rig.veil
        .process(Frame::consumed([&mut photo[..]]).unwrap(), &mut [], work)
        .unwrap();
    assert!(photo.iter().all(|byte| *byte == 0));
    none("a view that has been taken in", std::slice::from_ref(needle));
    rests.into()
}

/// Makes, wears and removes a donor of two photos, each of one colour, which the second takes over from the first.
fn views_leave_nothing(rig: &Rig) {
    let swap = swap_for_a_photo(rig);
    let key = 31;
    let views = [view([157, 113, 91], 0.0), view([203, 147, 129], -40.0)];
    let mut of_face = take_view(rig, true, &views[0]);
    some("how the first view's face rests", &of_face);
    take_view(rig, false, &views[1]);
    some("how the first view's face rests", &of_face);
    let work: Box<common::Doing> = Box::new(move |stage, _, access| {
        stage.add_donor_of_views(access, key).unwrap();
        Outcome::Unchanged
    });
    rig.veil.process(Frame::none(), &mut [], work).unwrap();
    wear(rig, &swap, key);
    let [(_, first), (_, second)] = views;
    some("the texture of two views", std::slice::from_ref(&first));
    some("how its face rests", &of_face);
    none("the second view's own colour", std::slice::from_ref(&second));
    assert!(rig.take_back(key));
    of_face.extend([first, second]);
    none("a donor of two views after removal", &of_face);
}

/// Takes in views of a donor that is not to be, and gives them up: by a word, by views of another, and by a wipe of everything.
fn given_up_views_leave_nothing(rig: &Rig) {
    let forget = || {
        let work: Box<common::Doing> = Box::new(|stage, _, _| {
            stage.forget_views();
            Outcome::Unchanged
        });
        rig.veil.process(Frame::none(), &mut [], work).unwrap();
    };
    let rests = take_view(rig, true, &view([151, 109, 83], 7.0));
    some("a view that waits", &rests);
    forget();
    none("a view that was given up", &rests);

    let before = take_view(rig, true, &view([149, 107, 89], 9.0));
    let rests = take_view(rig, true, &view([167, 127, 97], 11.0));
    none("a view that another's took the place of", &before);
    some("that one", &rests);
    moretta_veil::wipe_all();
    none("a view after a wipe", &rests);
    forget();
}

/// Draws frames whose face has the looks of a donor, and one without a face.
fn wear(rig: &Rig, swap: &LoadedEffect, key: u64) {
    let camera = Camera::from_fov_y(Size::new(SIZE.0, SIZE.1).unwrap(), FOV_Y_RAD).unwrap();
    let layout = FrameLayout::packed(FrameFormat::Rgba8, SIZE.0, SIZE.1);
    for faces in [1, 1, 0] {
        let mut bytes = vec![128; (SIZE.0 * SIZE.1 * 4) as usize];
        let mut target = bytes.clone();
        let before = bytes.clone();
        let swap = swap.clone();
        let work: Box<common::Doing> = Box::new(move |stage, io, access| {
            let head = Head::new(SIZE, Turn::default(), [10.0, 0.0, -400.0]).in_slot(0, 1);
            let with = With {
                donors: vec![(0, key)],
                dt_s: 0.0,
                ..With::effect(&swap, &[head][..faces])
            };
            let pixels = Target::Pixels(Pixels {
                bytes: io.target,
                row_stride: SIZE.0 as usize * 4,
                order: PixelOrder::Rgba,
            });
            on_stage(stage, access, &layout, io.planes, camera, &with, &mut [pixels]).unwrap();
            common::outcome(&with)
        });
        let frame = Frame::consumed([&mut bytes[..]]).unwrap();
        rig.veil.process(frame, &mut target, work).unwrap();
        assert_eq!(target != before, faces == 1, "it is worn");
        wipe(&mut target);
    }
}

/// Draws a frame that fails once it has been taken in.
fn fail(rig: &Rig, needles: &[Needle]) {
    let look = rig.load(&effect(Vec::new(), Vec::new(), |face, out| {
        out.property(0, Property::Opacity.code(), face.param(0));
    }));
    let mut bytes = frame(needles);
    let camera = Camera::from_fov_y(Size::new(SIZE.0, SIZE.1).unwrap(), FOV_Y_RAD).unwrap();
    let layout = FrameLayout::packed(FrameFormat::Rgba8, SIZE.0, SIZE.1);
    let work: Box<common::Doing> = Box::new(move |stage, io, access| {
        let with = With::effect(&look, &[]);
        let drawn = on_stage(stage, access, &layout, io.planes, camera, &with, &mut []);
        assert!(matches!(drawn, Err(moretta_render::RenderError::Program(_))));
        Outcome::Unchanged
    });
    rig.veil
        .process(Frame::consumed([&mut bytes[..]]).unwrap(), &mut [], work)
        .unwrap();
}

fn effect_of_nothing(rig: &Rig) -> LoadedEffect {
    rig.load(&effect(Vec::new(), Vec::new(), |_, _| {}))
}

#[allow(
    clippy::disallowed_methods,
    reason = "the control: this is what leaves copies"
)]
fn upload_carelessly(gpu: &moretta_render::Gpu, bytes: &[u8]) {
    let texture = gpu.device().create_texture(&wgpu::TextureDescriptor {
        label: None,
        size: wgpu::Extent3d {
            width: SIZE.0,
            height: SIZE.1,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: wgpu::TextureFormat::Rgba8Unorm,
        usage: wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    });
    gpu.queue().write_texture(
        texture.as_image_copy(),
        bytes,
        wgpu::TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(SIZE.0 * 4),
            rows_per_image: None,
        },
        texture.size(),
    );
    settle(gpu);
    texture.destroy();
    settle(gpu);
}

fn settle(gpu: &moretta_render::Gpu) {
    gpu.queue().submit([]);
    gpu.device().poll(wgpu::PollType::wait_indefinitely()).unwrap();
}
