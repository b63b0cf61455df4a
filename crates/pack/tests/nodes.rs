//! Each kind of node, evaluated on a made-up face and compared with geometry done by hand.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{Bench, CENTRE_PX, Head, IOD_MM, assert_close, nodes, pack, warnings};
use moretta_lang::{Anchor, Signal};
use moretta_pack::Property::{
    Cell, Expression, Feather, Height, Lighting, Morph0, Morph1, Morph3, Opacity, Rotation, RotationX,
    RotationY, RotationZ, Scale, Shape, Width, X, Y, Z,
};
use moretta_pack::{
    Asset, Blend, Exclude, Faces, Fit, HostInputKind, NodeKind, Occluder, Occlusion, Quality, StickerSpace,
    SwapSource,
};
use serde_json::{Value, json};

/// Pixels of an inter-ocular distance for a face that looks into the camera from 500 mm.
const IOD_PX: f32 = 2.0 * IOD_MM;

fn sticker(more: Value) -> Bench {
    let mut node = json!({ "id": "s", "kind": "sticker2d", "asset": "ear", "anchor": "nose_base" });
    node.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    Bench::of_nodes(json!([node]))
}

/// Centre, sides and turn of a sticker on this head.
fn placed(more: Value, head: &Head) -> [f32; 5] {
    let mut bench = sticker(more);
    bench.frame(head, 0.1);
    bench.properties("s", [X, Y, Width, Height, Rotation])
}

#[test]
fn a_sticker_lies_on_its_anchor_as_wide_as_the_eyes_are_apart() {
    // The picture is twice as wide as high.
    let [x, y] = Head::px(Head::default().mm(Head::anchor(Anchor::NoseBase)));
    let expected = [x, y, IOD_PX, IOD_PX / 2.0, 0.0];
    assert_close(placed(json!({}), &Head::default()), expected, 1e-2);
    assert_close(
        placed(json!({ "size": 3 }), &Head::default()),
        [x, y, 3.0 * IOD_PX, 1.5 * IOD_PX, 0.0],
        1e-2,
    );
    assert_close(
        placed(json!({ "size": [1, "1 + 1"] }), &Head::default()),
        [x, y, IOD_PX, 2.0 * IOD_PX, 0.0],
        1e-2,
    );
    let bench = sticker(json!({}));
    let [node] = bench.effect.nodes.as_slice() else {
        panic!("one node")
    };
    assert_eq!(node.faces, Faces::All);
    assert_eq!(node.drawn, [true; 3]);
    assert!(matches!(
        node.kind,
        NodeKind::Sticker {
            asset: 0,
            space: StickerSpace::Frame,
            occlusion: Occlusion::None,
            blend: Blend::Normal
        }
    ));
    assert!(matches!(bench.effect.assets.as_slice(), [Asset::Image(image)] if image.width == 8));
}

#[test]
fn offsets_go_along_the_face_and_pivots_along_the_picture() {
    let [x, y] = Head::px(Head::default().mm(Head::anchor(Anchor::NoseBase)));
    // Left of the subject is right in the picture, up is towards smaller y.
    let found = placed(json!({ "offset": [0.5, 1] }), &Head::default());
    assert_close(
        found,
        [x + IOD_PX / 2.0, y - IOD_PX, IOD_PX, IOD_PX / 2.0, 0.0],
        1e-2,
    );
    // The middle of the lower edge on the anchor: the centre is half the height above.
    let found = placed(json!({ "pivot": [0.5, 1] }), &Head::default());
    assert_close(found, [x, y - IOD_PX / 4.0, IOD_PX, IOD_PX / 2.0, 0.0], 1e-2);
    // The top left corner on the anchor.
    let found = placed(json!({ "pivot": [0, 0] }), &Head::default());
    assert_close(
        found,
        [x + IOD_PX / 2.0, y + IOD_PX / 4.0, IOD_PX, IOD_PX / 2.0, 0.0],
        1e-2,
    );
    // A quarter turn counterclockwise about that corner: what was to the right is now above.
    let found = placed(json!({ "pivot": [0, 0], "rotation": 90 }), &Head::default());
    let quarter = core::f32::consts::FRAC_PI_2;
    assert_close(
        found,
        [x + IOD_PX / 4.0, y - IOD_PX / 2.0, IOD_PX, IOD_PX / 2.0, -quarter],
        1e-2,
    );
}

#[test]
fn a_sticker_leans_with_the_head_or_stays_upright() {
    // A quarter turn counterclockwise in the picture: up along the face is left in the picture.
    let head = Head {
        roll: core::f32::consts::FRAC_PI_2,
        ..Head::default()
    };
    let [x, y] = Head::px(head.mm(Head::anchor(Anchor::NoseBase)));
    let found = placed(json!({ "offset": [0, 1], "pivot": [0.5, 1] }), &head);
    let quarter = core::f32::consts::FRAC_PI_2;
    assert_close(
        found,
        [x - IOD_PX - IOD_PX / 4.0, y, IOD_PX, IOD_PX / 2.0, -quarter],
        2e-2,
    );
    let found = placed(
        json!({ "offset": [0, 1], "pivot": [0.5, 1], "rotate": "none" }),
        &head,
    );
    assert_close(
        found,
        [x, y - IOD_PX - IOD_PX / 4.0, IOD_PX, IOD_PX / 2.0, 0.0],
        2e-2,
    );
}

#[test]
fn a_sticker_knows_how_deep_it_is_if_something_may_hide_it() {
    let depth = |more: Value| {
        let mut bench = sticker(more);
        bench.frame(&Head::default(), 0.1);
        let NodeKind::Sticker { occlusion, .. } = bench.effect.nodes[0].kind else {
            panic!("a sticker")
        };
        (occlusion, bench.property("s", Z))
    };
    assert_eq!(depth(json!({})), (Occlusion::None, 0.0));
    assert_eq!(depth(json!({ "occlude": "face" })), (Occlusion::Face, -500.0));
    let (occlusion, z) = depth(json!({ "occlude": "behind_head", "offset": [0, 0, 2] }));
    assert_eq!(occlusion, Occlusion::BehindHead);
    assert!((z - (-500.0 + 2.0 * IOD_MM)).abs() < 1e-2, "{z}");
}

#[test]
fn a_sticker_in_the_plane_of_the_face_is_placed_in_millimetres() {
    let head = Head {
        yaw: 0.4,
        pitch: -0.3,
        roll: 0.2,
        ..Head::default()
    };
    let mut bench = sticker(json!({
        "rotate": "full3d", "size": 2, "offset": [0.5, 1, 0.25], "pivot": [0, 1], "rotation": 90
    }));
    bench.frame(&head, 0.1);
    // Where the picture's middle is, from the anchor, in the head. Its lower left corner lies on the offset place; turned a
    // quarter, its width goes up and its height to the left of the picture.
    let [width, height] = [2.0 * IOD_MM, IOD_MM];
    let [x, y, z] = Head::anchor(Anchor::NoseBase);
    let middle = [
        x + 0.5 * IOD_MM - height / 2.0,
        y + IOD_MM + width / 2.0,
        z + 0.25 * IOD_MM,
    ];
    assert_close(bench.properties("s", [X, Y, Z]), head.mm(middle), 1e-2);
    let found = bench.properties("s", [Width, Height, Rotation]);
    assert_close(found, [width, height, core::f32::consts::FRAC_PI_2], 1e-3);
    let NodeKind::Sticker { space, .. } = bench.effect.nodes[0].kind else {
        panic!("a sticker")
    };
    assert_eq!(space, StickerSpace::Head);
}

#[test]
fn a_place_may_be_made_of_landmarks() {
    let landmarks = json!({ "anchor": { "landmarks": [[10, 0.25], [20, 0.75]] }, "rotate": "full3d" });
    let mut bench = sticker(landmarks);
    let head = Head {
        yaw: 0.4,
        ..Head::default()
    };
    bench.frame(&head, 0.1);
    let mean: [f32; 3] =
        core::array::from_fn(|it| 0.25 * Head::landmark(10)[it] + 0.75 * Head::landmark(20)[it]);
    assert_close(bench.properties("s", [X, Y, Z]), head.mm(mean), 1e-2);

    let mut bench = sticker(json!({ "anchor": { "landmarks": [[10, 0.25], [20, 0.75]] } }));
    bench.frame(&head, 0.1);
    let [a, b] = [10, 20].map(|it| Head::px(head.mm(Head::landmark(it))));
    let mean = [0, 1].map(|it| 0.25 * a[it] + 0.75 * b[it]);
    assert_close(bench.properties("s", [X, Y]), mean, 1e-2);
}

#[test]
fn a_spring_lets_the_place_swing_and_nothing_else() {
    let mut bench = sticker(json!({ "spring": { "hertz": 2, "damping": 0.2 }, "pivot": [0, 0.5] }));
    let at = |x: f32| Head {
        position: [x, 0.0, -500.0],
        ..Head::default()
    };
    bench.frame(&at(0.0), 0.02);
    let start = bench.property("s", X);
    assert!(
        (start - (CENTRE_PX[0] + IOD_PX / 2.0)).abs() < 1e-2,
        "at rest in the first frame: {start}"
    );
    let mut path = Vec::new();
    for _ in 0..200 {
        bench.frame(&at(50.0), 0.02);
        assert!((bench.property("s", Width) - IOD_PX).abs() < 1e-2);
        path.push(bench.property("s", X) - start);
    }
    let most = path.iter().copied().fold(0.0, f32::max);
    assert!(path[0] < 20.0, "it lags: {}", path[0]);
    assert!(most > 110.0, "it overshoots: {most}");
    assert!((path[199] - 100.0).abs() < 0.5, "it settles: {}", path[199]);
}

#[test]
fn paint_covers_the_face_but_for_eyes_and_mouth() {
    let of = |more: Value| {
        let mut node = json!({ "id": "p", "kind": "face_paint", "asset": "ear" });
        node.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let mut bench = Bench::of_nodes(json!([node]));
        bench.signal(Signal::Smile, 0.5, 0.1);
        bench
    };
    let kind = |bench: &Bench| match bench.effect.nodes[0].kind {
        NodeKind::FacePaint { exclude, blend, .. } => (exclude.eyes, exclude.mouth, blend),
        _ => panic!("a paint"),
    };
    let plain = of(json!({}));
    assert_eq!(kind(&plain), (true, true, Blend::Normal));
    assert_eq!(plain.properties("p", [Opacity, Lighting, Cell]), [1.0, 0.0, 0.0]);
    let other =
        of(json!({ "exclude": ["mouth"], "blend": "soft_light", "opacity": "smile", "lighting": 0.75 }));
    assert_eq!(kind(&other), (false, true, Blend::SoftLight));
    assert_eq!(other.properties("p", [Opacity, Lighting]), [0.5, 0.75]);
    assert_eq!(kind(&of(json!({ "exclude": [] }))), (false, false, Blend::Normal));
    assert_eq!(
        Exclude::default(),
        Exclude {
            eyes: false,
            mouth: false
        }
    );
}

#[test]
fn a_swap_is_whole_and_in_the_light_of_the_face_unless_said_otherwise() {
    let of = |more: Value| {
        let mut node = json!({ "id": "s", "kind": "face_swap" });
        node.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let mut bench = Bench::of_nodes(json!([node]));
        bench.signal(Signal::Smile, 0.5, 0.1);
        bench
    };
    let kind = |bench: &Bench| match bench.effect.nodes[0].kind {
        NodeKind::FaceSwap { source, keep } => (source, keep.eyes, keep.mouth),
        _ => panic!("a swap"),
    };
    let plain = of(json!({}));
    assert_eq!(kind(&plain), (SwapSource::NextFace, true, true));
    assert_eq!(
        plain.properties("s", [Opacity, Lighting, Feather, Shape, Expression]),
        [1.0, 1.0, 1.0, 0.0, 0.0]
    );
    assert!(plain.effect.assets.is_empty() && !plain.effect.nodes[0].kind.is_of_frame());
    let other = of(json!({
        "source": "first_face", "keep": ["eyes"], "amount": "smile", "lighting": 0.25, "feather": "smile / 2",
        "shape": "2 * smile", "expression": 0.75, "faces": "first"
    }));
    assert_eq!(kind(&other), (SwapSource::FirstFace, true, false));
    assert_eq!(
        other.properties("s", [Opacity, Lighting, Feather, Shape, Expression]),
        [0.5, 0.25, 0.25, 1.0, 0.75]
    );
    assert_eq!(other.effect.nodes[0].faces, Faces::First);
    assert_eq!(
        kind(&of(json!({ "keep": [] }))),
        (SwapSource::NextFace, false, false)
    );
    let photo = of(json!({ "source": "photo" }));
    assert_eq!(kind(&photo), (SwapSource::Photo, true, true));
    assert!(photo.effect.assets.is_empty(), "a pack brings no photo");
}

#[test]
fn a_prop_stands_on_the_head_in_millimetres() {
    let mut bench = Bench::of_nodes(json!([{
        "id": "hat", "kind": "prop3d", "asset": "hat", "anchor": "head_top",
        "offset": [1, "2 * 5", -3], "rotation": [10, "90 * smile", -30], "scale": 25, "occluder": "face",
        "morphs": ["smile", 0.25]
    }]));
    let mut head = Head {
        yaw: -0.5,
        roll: 0.3,
        ..Head::default()
    };
    head.signals[Signal::Smile.index() as usize] = 0.5;
    bench.frame(&head, 0.1);
    let [x, y, z] = Head::anchor(Anchor::HeadTop);
    assert_close(
        bench.properties("hat", [X, Y, Z]),
        head.mm([x + 1.0, y + 10.0, z - 3.0]),
        1e-2,
    );
    let turns = [10.0_f32, 45.0, -30.0].map(f32::to_radians);
    assert_close(
        bench.properties("hat", [RotationX, RotationY, RotationZ]),
        turns,
        1e-5,
    );
    assert_eq!(
        bench.properties("hat", [Scale, Morph0, Morph1, Morph3, Opacity]),
        [25.0, 0.5, 0.25, 0.0, 1.0]
    );
    assert!(matches!(
        bench.effect.nodes[0].kind,
        NodeKind::Prop {
            occluder: Occluder::Face,
            ..
        }
    ));

    // glTF's metre.
    let mut bench =
        Bench::of_nodes(json!([{ "id": "hat", "kind": "prop3d", "asset": "hat", "anchor": "head_top" }]));
    bench.frame(&head, 0.1);
    assert_eq!(bench.property("hat", Scale), 1000.0);
    assert!(matches!(
        bench.effect.nodes[0].kind,
        NodeKind::Prop {
            occluder: Occluder::Head,
            ..
        }
    ));
    assert_close(bench.properties("hat", [X, Y, Z]), head.mm([x, y, z]), 1e-2);
}

#[test]
fn overlays_and_tables_go_on_without_a_face() {
    let mut bench = Bench::of_nodes(json!([
        { "id": "frame", "kind": "overlay", "asset": "spark", "fit": "contain", "blend": "screen", "opacity": "0.25 + smile" },
        { "id": "grade", "kind": "lut", "asset": "warm", "strength": "0.5 + 0.25 * face_lost" },
    ]));
    assert!(
        bench
            .effect
            .nodes
            .iter()
            .all(|node| node.kind.is_of_frame() && node.faces == Faces::All)
    );
    assert!(matches!(
        bench.effect.nodes[0].kind,
        NodeKind::Overlay {
            fit: Fit::Contain,
            blend: Blend::Screen,
            ..
        }
    ));
    bench.signal(Signal::Smile, 0.5, 0.1);
    assert_eq!(bench.properties("frame", [Opacity, Cell]), [0.75, 0.0]);
    assert_eq!(bench.opacity("grade"), 0.5);
    bench.start_over();
    for frame in 0..6 {
        bench.frame_without_face(0.1);
        let cell = (frame % 4) as f32;
        assert_eq!(
            bench.properties("frame", [Opacity, Cell]),
            [0.25, cell],
            "frame {frame}"
        );
        assert_eq!(bench.opacity("grade"), 0.75);
    }
}

#[test]
fn nodes_are_drawn_by_z_and_then_in_order() {
    let node = |id: &str, z: i32| json!({ "id": id, "kind": "lut", "asset": "warm", "z": z });
    let pack = nodes(json!([
        node("a", 5),
        node("b", -1000),
        node("c", 0),
        node("d", 5),
        node("e", 0)
    ]));
    let order: Vec<&str> = pack.effect().nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(order, ["b", "c", "e", "a", "d"]);
}

#[test]
fn faces_quality_and_conditions_choose_what_is_drawn() {
    let pack = pack(json!({
        "nodes": [
            { "id": "first", "kind": "face_paint", "asset": "ear", "faces": "first", "quality": "medium" },
            { "id": "slot", "kind": "face_paint", "asset": "ear", "faces": { "slot": 3 }, "quality": "high" },
            { "id": "all", "kind": "face_paint", "asset": "ear", "when": "smile > 0.5 and param.on", "opacity": 0.75 },
        ],
        "params": [{ "id": "on", "type": "bool", "default": true }],
        "requires": { "faces": { "min": 0, "max": 6 } },
        "quality": { "low": { "disable": ["all"], "max_faces": 1 }, "medium": { "max_faces": 9 } },
    }));
    let effect = pack.effect();
    assert_eq!(effect.nodes[0].faces, Faces::First);
    assert_eq!(effect.nodes[1].faces, Faces::Slot(3));
    let drawn = |node: usize| Quality::ALL.map(|it| effect.nodes[node].drawn[it.index()]);
    assert_eq!(drawn(0), [false, true, true]);
    assert_eq!(drawn(1), [false, false, true]);
    assert_eq!(drawn(2), [false, true, true]);
    assert_eq!(effect.max_faces, [1, 6, 6]);

    let mut bench = Bench::new(&pack);
    let mut shown = |smile: f32, on: f32| {
        bench.set(HostInputKind::Param, "on", on);
        bench.signal(Signal::Smile, smile, 0.1);
        bench.opacity("all")
    };
    assert_eq!(shown(0.6, 1.0), 0.75);
    assert_eq!(shown(0.4, 1.0), 0.0);
    assert_eq!(shown(0.6, 0.0), 0.0);
}

/// The cells and opacities of a node over frames of 0.1 s, one cell each, from when a face is found.
fn run(more: Value, frames: usize) -> Vec<(f32, f32)> {
    let mut node = json!({ "id": "n", "kind": "overlay" });
    node.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let mut bench = Bench::of_nodes(json!([node]));
    (0..frames)
        .map(|_| {
            // A little over a cell, so that rounding decides nothing.
            bench.signal(Signal::Smile, 0.0, 0.1001);
            (bench.opacity("n"), bench.cell("n"))
        })
        .collect()
}

#[test]
fn sheets_run_by_themselves() {
    let cells = |run: Vec<(f32, f32)>| -> Vec<f32> { run.into_iter().map(|(_, cell)| cell).collect() };
    let seen = |run: Vec<(f32, f32)>| -> Vec<f32> { run.into_iter().map(|(opacity, _)| opacity).collect() };
    assert_eq!(
        cells(run(json!({ "asset": "spark" }), 9)),
        [0., 1., 2., 3., 0., 1., 2., 3., 0.]
    );
    assert_eq!(seen(run(json!({ "asset": "spark" }), 9)), [1.0; 9]);
    // Six cells, once: hidden after that, or held.
    let once = run(json!({ "asset": "steam" }), 8);
    assert_eq!(seen(once.clone()), [1., 1., 1., 1., 1., 1., 0., 0.]);
    assert_eq!(cells(once)[..6], [0., 1., 2., 3., 4., 5.]);
    let held = run(json!({ "asset": "steam", "after": "hold" }), 8);
    assert_eq!(seen(held.clone()), [1.0; 8]);
    assert_eq!(cells(held), [0., 1., 2., 3., 4., 5., 5., 5.]);
    // A duration ends a loop, and an image.
    let short = run(json!({ "asset": "spark", "duration_ms": 250 }), 4);
    assert_eq!(seen(short), [1., 1., 1., 0.]);
    let short = run(
        json!({ "asset": "spark", "duration_ms": 250, "after": "hold" }),
        5,
    );
    assert_eq!(seen(short.clone()), [1.0; 5]);
    assert_eq!(cells(short), [0., 1., 2., 2., 2.]);
    assert_eq!(
        seen(run(json!({ "asset": "ear", "duration_ms": 250 }), 4)),
        [1., 1., 1., 0.]
    );
    // A given cell stops the clock.
    let given = run(json!({ "asset": "spark", "cell": "2 + smile" }), 3);
    assert_eq!(given, [(1., 2.); 3]);
    // Never played.
    assert_eq!(
        seen(run(json!({ "asset": "spark", "play": "triggered" }), 3)),
        [0.0; 3]
    );
    assert_eq!(
        seen(run(
            json!({ "asset": "spark", "play": "triggered", "after": "hold" }),
            3
        )),
        [0.0; 3]
    );
}

#[test]
fn a_long_loop_stays_on_its_cells() {
    let mut bench = Bench::of_nodes(json!([{ "id": "n", "kind": "overlay", "asset": "spark" }]));
    bench.signal(Signal::Smile, 0.0, 0.1);
    for step in 1..2000 {
        bench.signal(Signal::Smile, 0.0, 1.6001);
        let cell = bench.cell("n");
        assert!(
            (0.0..=3.0).contains(&cell) && cell.fract() == 0.0,
            "step {step}: {cell}"
        );
    }
}

#[test]
fn an_unknown_kind_falls_back_or_is_left_out() {
    let pack = nodes(json!([
        { "id": "melt", "kind": "face_melt", "source": "next_face", "strange": { "er": 1 } },
        { "id": "glow", "kind": "glow", "fallback": { "kind": "lut", "asset": "warm", "strength": 0.5, "colour": "red" } },
        { "id": "deep", "kind": "glow", "fallback": { "kind": "shine", "fallback": { "kind": "face_paint", "asset": "ear" } } },
        { "id": "plain", "kind": "lut", "asset": "warm", "fallback": { "kind": "overlay", "asset": "ear" } },
    ]));
    let effect = pack.effect();
    let ids: Vec<&str> = effect.nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["glow", "deep", "plain"]);
    assert!(matches!(effect.nodes[0].kind, NodeKind::Lut { .. }));
    assert!(matches!(effect.nodes[1].kind, NodeKind::FacePaint { .. }));
    assert!(matches!(effect.nodes[2].kind, NodeKind::Lut { .. }));
    let mut bench = Bench::new(&pack);
    bench.frame(&Head::default(), 0.1);
    assert_eq!(bench.opacity("glow"), 0.5);
    assert_eq!(
        warnings(&pack),
        [
            "effect.json: /nodes/0/kind: a kind that this version knows expected, \"face_melt\", and the node left out found",
            "effect.json: /nodes/1/kind: a kind that this version knows expected, \"glow\", and the node replaced by its fallback found",
            "effect.json: /nodes/1/fallback/colour: a key that this version knows expected, another, left out found",
            "effect.json: /nodes/2/kind: a kind that this version knows expected, \"glow\", and the node replaced by its fallback found",
            "effect.json: /nodes/2/fallback/kind: a kind that this version knows expected, \"shine\", and the node replaced by its fallback found",
        ]
    );
}

#[test]
fn a_node_falls_back_from_an_asset_of_an_unknown_type() {
    let pack = pack(json!({
        "assets": {
            "film": { "type": "video", "path": "film.mp4" },
            "ear": { "type": "image", "path": "ear.png" },
        },
        "nodes": [
            { "id": "a", "kind": "overlay", "asset": "film", "fallback": { "kind": "overlay", "asset": "ear" } },
            { "id": "b", "kind": "overlay", "asset": "film" },
        ],
        "triggers": [{ "on": "tap", "do": [{ "play": "b" }, { "play": "a" }] }],
    }));
    let ids: Vec<&str> = pack.effect().nodes.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(ids, ["a"]);
    let said: Vec<String> = pack.warnings().iter().map(ToString::to_string).take(3).collect();
    assert_eq!(
        said,
        [
            "effect.json: /assets/film/type: a type that this version knows expected, another, and the asset left out found",
            "effect.json: /nodes/0/asset: an asset of a type that this version knows expected, another, and the node replaced by its fallback found",
            "effect.json: /nodes/1/asset: an asset of a type that this version knows expected, another, and the node left out found",
        ]
    );
}
