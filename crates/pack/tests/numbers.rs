//! Numbers: formulas, trees, and what they come to.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{Bench, Head, IOD_MM, assert_close, number, number_on, pack, try_pack};
use moretta_lang::{Anchor, Blendshape, InputGroup, Signal};
use moretta_pack::HostInputKind;
use serde_json::{Value, json};

#[test]
fn formulas_bind_as_arithmetic_does() {
    for (formula, expected) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("2 - 3 - 4", -5.0),
        ("2 - (3 - 4)", 3.0),
        ("12 / 3 / 2", 2.0),
        ("12 / (3 / 2)", 8.0),
        ("-2 * -3", 6.0),
        ("--2", 2.0),
        ("2 * -3 + 1", -5.0),
        ("-(1 + 2)", -3.0),
        ("1.5e1 + .5 + 2.", 17.5),
        ("1e-1", 0.1),
        ("1 < 2", 1.0),
        ("2 <= 2", 1.0),
        ("2 > 2", 0.0),
        ("2 >= 2 and 3 < 2", 0.0),
        ("1 < 2 or 3 < 2 and 3 < 2", 1.0),
        ("(1 < 2 or 3 < 2) and 3 < 2", 0.0),
        ("not 1 < 2", 0.0),
        ("not not 1 < 2", 1.0),
        ("not (1 < 2) or true", 1.0),
        ("not(2 < 1)", 1.0),
        ("1 + not(2 < 1)", 2.0),
        ("1 + 1 < 3", 1.0),
        ("true", 1.0),
        ("false + 2", 2.0),
        ("max(1, 2, 5, 3)", 5.0),
        ("min( 4 ,2 )", 2.0),
        ("1 / 0", 0.0),
        ("select(1 < 2, 7, 8)", 7.0),
        ("select(0.6, 7, 8)", 7.0),
        ("select(0.4, 7, 8)", 8.0),
    ] {
        assert_eq!(number(formula), expected, "{formula}");
    }
}

#[test]
fn each_function_is_what_it_is_called() {
    for (name, arguments, expected) in [
        ("add", json!([1, 2, 3.5]), 6.5),
        ("sub", json!([5, 2]), 3.0),
        ("mul", json!([2, 3, 4]), 24.0),
        ("div", json!([7, 2]), 3.5),
        ("neg", json!(4), -4.0),
        ("min", json!([3, 1, 2]), 1.0),
        ("max", json!([3, 1, 2]), 3.0),
        ("abs", json!([-2.5]), 2.5),
        ("floor", json!([-2.5]), -3.0),
        ("fract", json!([-2.25]), 0.75),
        ("sqrt", json!([6.25]), 2.5),
        ("sin", json!([30]), 0.5),
        ("cos", json!([60]), 0.5),
        ("atan2", json!([1, -1]), 135.0),
        ("mix", json!([2, 6, 0.25]), 3.0),
        ("clamp", json!([7, 0, 5]), 5.0),
        ("smoothstep", json!([2.5, 0, 10]), 0.156_25),
        ("lt", json!([1, 2]), 1.0),
        ("le", json!([2, 2]), 1.0),
        ("gt", json!([1, 2]), 0.0),
        ("ge", json!([2, 2]), 1.0),
        ("and", json!([true, true, false]), 0.0),
        ("or", json!([false, false, true]), 1.0),
        ("not", json!([false]), 1.0),
        ("select", json!([{ "lt": [1, 2] }, 3, 4]), 3.0),
        // What goes by time starts on its target, here in the first frame.
        ("smooth", json!([3, 500]), 3.0),
        ("spring", json!([3, 2, 0.5]), 3.0),
        ("latch", json!([0.5, 0.4, 0.3]), 1.0),
        ("held", json!([true, 99]), 1.0),
        ("held", json!([true, 101]), 0.0),
        ("linger", json!([false, 500]), 0.0),
        ("hold", json!([3, false]), 3.0),
    ] {
        let tree = json!({ name: arguments });
        let found = number_on(&tree, &Head::default());
        assert!((found - expected).abs() < 1e-4, "{tree}: {found}");
        // The same, called in a formula.
        let arguments = arguments.as_array().cloned().unwrap_or_else(|| vec![arguments]);
        if arguments.iter().all(|it| !it.is_object()) {
            let arguments: Vec<String> = arguments.iter().map(Value::to_string).collect();
            let formula = format!("{name}({})", arguments.join(", "));
            assert_eq!(number(formula.as_str()), found, "{formula}");
        }
    }
}

/// A head of which every number is its own.
fn head() -> Head {
    let mut head = Head {
        yaw: 0.3,
        pitch: -0.2,
        roll: 0.1,
        position: [10.0, 20.0, -400.0],
        slot: 2.0,
        faces: 3.0,
        time: 12.5,
        visibility: 0.625,
        ..Head::default()
    };
    for (place, signal) in head.signals.iter_mut().enumerate() {
        *signal = 0.01 * (place + 1) as f32;
    }
    for (place, shape) in head.blendshapes.iter_mut().enumerate() {
        *shape = 0.001 * (place + 1) as f32;
    }
    head
}

#[test]
fn each_value_is_what_it_is_called() {
    let head = head();
    let nose = head.mm(Head::anchor(Anchor::NoseTip));
    let lip = head.mm(Head::landmark(14));
    let mouth = Head::anchor(Anchor::MouthLeft);
    let lip_in_head = Head::landmark(14);
    let gap: f32 = mouth
        .iter()
        .zip(lip_in_head)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f32>()
        .sqrt();
    let values = [
        ("time", json!("time"), 12.5),
        ("age", json!("age"), 0.0),
        ("dt", json!("dt"), 0.1),
        ("slot", json!("slot"), 2.0),
        ("presence", json!("presence"), 0.75),
        ("faces_count", json!({ "signal": "faces_count" }), 3.0),
        ("frame_width", json!("frame_width"), 640.0),
        ("frame_height", json!("frame_height"), 480.0),
        ("iod_mm", json!("iod_mm"), IOD_MM),
        ("face_found", json!({ "signal": "face_found" }), 1.0),
        ("face_lost", json!({ "signal": "face_lost" }), 0.0),
        ("tap", json!({ "signal": "tap" }), 0.0),
        ("param.half", json!({ "param": "half" }), 0.5),
        ("param.on", json!({ "param": "on" }), 1.0),
        ("host.level", json!({ "host": "level" }), 0.0),
        ("state.first", json!({ "state": "first" }), 1.0),
        ("state.second", json!({ "state": "second" }), 0.0),
        ("played.n", json!({ "played": "n" }), 10_000.0),
        ("pose.yaw", json!({ "pose": "yaw" }), 0.3_f32.to_degrees()),
        ("pose.pitch", json!({ "pose": "pitch" }), (-0.2_f32).to_degrees()),
        ("pose.roll", json!({ "pose": "roll" }), 0.1_f32.to_degrees()),
        ("pose.x", json!({ "pose": "x" }), 10.0),
        ("pose.y", json!({ "pose": "y" }), 20.0),
        ("pose.z", json!({ "pose": "z" }), -400.0),
        (
            "anchor_px.nose_tip.x",
            json!({ "anchor_px": ["nose_tip", "x"] }),
            Head::px(nose)[0],
        ),
        (
            "anchor_px.nose_tip.y",
            json!({ "anchor_px": ["nose_tip", "y"] }),
            Head::px(nose)[1],
        ),
        (
            "anchor_mm.nose_tip.x",
            json!({ "anchor_mm": ["nose_tip", "x"] }),
            nose[0],
        ),
        (
            "anchor_mm.nose_tip.z",
            json!({ "anchor_mm": ["nose_tip", "z"] }),
            nose[2],
        ),
        (
            "landmark_px.14.y",
            json!({ "landmark_px": [14, "y"] }),
            Head::px(lip)[1],
        ),
        ("landmark_mm.14.z", json!({ "landmark_mm": [14, "z"] }), lip[2]),
        ("landmark_mm.14.y", json!({ "landmark_mm": ["14", "y"] }), lip[1]),
        ("visibility.477", json!({ "visibility": 477 }), 0.625),
        (
            "distance_mm(mouth_left, 14)",
            json!({ "distance_mm": ["mouth_left", 14] }),
            gap,
        ),
    ];
    let signals = Signal::ALL.iter().map(|it| {
        let value = head.signals[it.index() as usize];
        (it.name(), json!({ "signal": it.name() }), value)
    });
    let shapes: Vec<String> = Blendshape::ALL
        .iter()
        .map(|it| format!("blendshape.{}", it.name()))
        .collect();
    let shapes = Blendshape::ALL.iter().zip(&shapes).map(|(it, formula)| {
        let value = head.blendshapes[it.index() as usize];
        (formula.as_str(), json!({ "blendshape": it.name() }), value)
    });
    for (formula, tree, expected) in values.into_iter().chain(signals).chain(shapes) {
        let found = number_on(&json!(formula), &head);
        assert!(
            (found - expected).abs() < 1e-4 * expected.abs().max(1.0),
            "{formula}: {found}, not {expected}"
        );
        assert_eq!(number_on(&tree, &head), found, "{tree}");
    }
}

/// Everybody's iod: as long as if the face looked into the camera, however it is turned.
#[test]
fn the_inter_ocular_distance_does_not_shrink_with_a_turn() {
    let frontal = number_on(&json!("iod_px"), &Head::default());
    assert!((frontal - 2.0 * IOD_MM).abs() < 1e-3, "{frontal}");
    for (yaw, pitch, roll) in [
        (0.5, 0.0, 0.0),
        (-0.9, 0.0, 0.0),
        (0.0, 0.6, 0.0),
        (0.0, 0.0, 1.2),
        (0.6, -0.4, 0.3),
        (core::f32::consts::FRAC_PI_2, 0.0, 0.0),
    ] {
        let head = Head {
            yaw,
            pitch,
            roll,
            ..Head::default()
        };
        let turned = number_on(&json!("iod_px"), &head);
        assert!(
            (turned - frontal).abs() < 0.05 * frontal,
            "{yaw} {pitch} {roll}: {turned}"
        );
    }
    // Twice as far, half as long.
    let far = Head {
        position: [0.0, 0.0, -1000.0],
        ..Head::default()
    };
    assert!((number_on(&json!("iod_px"), &far) - frontal / 2.0).abs() < 1e-3);
}

#[test]
fn blendshapes_are_needed_only_where_they_are_used() {
    let needs = |strength: &str| {
        let nodes = json!([{ "id": "n", "kind": "lut", "asset": "warm", "strength": strength }]);
        let program = common::nodes(nodes).into_effect().program;
        (
            program.needs(InputGroup::Blendshapes),
            program.needs(InputGroup::Signals),
        )
    };
    assert_eq!(needs("mouth_open").0, 0);
    assert!(needs("mouth_open").1 > 0);
    assert_eq!(
        needs("blendshape.jawOpen"),
        (Blendshape::JawOpen.index() as usize + 1, 0)
    );
}

#[test]
fn constants_cost_nothing() {
    let pack = common::nodes(json!([{ "id": "n", "kind": "lut", "asset": "warm" }]));
    assert_eq!(pack.effect().program.register_count(), 0);
    let pack =
        common::nodes(json!([{ "id": "n", "kind": "lut", "asset": "warm", "strength": "1 - 0.5 * 0.5" }]));
    assert_eq!(pack.effect().program.register_count(), 1);
}

/// The number that a formula has in each of some frames, 0.1 s apart, while `smile` goes through `values`.
fn over_time(number: Value, values: &[f32]) -> Vec<f32> {
    let mut bench =
        Bench::of_nodes(json!([{ "id": "n", "kind": "lut", "asset": "warm", "strength": number }]));
    let values = values.iter();
    values
        .map(|value| {
            bench.signal(Signal::Smile, *value, 0.1);
            bench.opacity("n")
        })
        .collect()
}

#[test]
fn what_remembers_remembers() {
    let steps = [0.0, 1.0, 1.0, 1.0, 0.0, 0.0];
    // Backward Euler: each frame goes dt / (dt + lag) of the way.
    let smooth = over_time(json!("smooth(smile, 100)"), &steps);
    assert_eq!(smooth, [0.0, 0.5, 0.75, 0.875, 0.4375, 0.21875]);
    let latch = over_time(json!("latch(smile, 0.6, 0.4)"), &[0.5, 0.7, 0.5, 0.3, 0.5]);
    assert_eq!(latch, [0.0, 1.0, 1.0, 0.0, 0.0]);
    let held = over_time(json!("held(smile > 0.5, 250)"), &steps);
    assert_eq!(held, [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let linger = over_time(json!("linger(smile > 0.5, 150)"), &steps);
    assert_eq!(linger, [0.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    let hold = over_time(json!("hold(smile, smile > 0.4)"), &[0.5, 0.75, 0.25, 0.0, 1.0]);
    assert_eq!(hold, [0.5, 0.75, 0.75, 0.75, 1.0]);
    let spring = over_time(
        json!("spring(smile, 1, 0.2)"),
        &[0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
    );
    assert!(
        spring[0] == 0.0 && spring.iter().any(|it| *it > 1.0),
        "it bounces: {spring:?}"
    );
    let age = over_time(json!("age"), &[0.0; 4]);
    assert_close(age.try_into().unwrap(), [0.0, 0.1, 0.2, 0.3], 1e-6);
}

#[test]
fn a_register_of_its_own_counts() {
    let count = json!({ "state": { "init": 2, "next": { "min": [4, { "add": ["previous", { "gt": ["smile", 0.5] }] }] } } });
    assert_eq!(
        over_time(count, &[0.0, 1.0, 0.0, 1.0, 1.0]),
        [2.0, 3.0, 3.0, 4.0, 4.0]
    );
    // One within another: each has its own `previous`.
    let inner = json!({ "state": { "init": 0, "next": "previous + 1" } });
    let outer = json!({ "state": { "init": 10, "next": { "add": ["previous", inner] } } });
    assert_eq!(over_time(outer, &[0.0; 3]), [11.0, 13.0, 16.0]);
    let mut bench = Bench::of_nodes(json!([
        { "id": "n", "kind": "lut", "asset": "warm", "strength": { "state": { "init": 0, "next": "previous + 1" } } }
    ]));
    bench.signal(Signal::Smile, 0.0, 0.1);
    bench.signal(Signal::Smile, 0.0, 0.1);
    assert_eq!(bench.opacity("n"), 2.0);
    bench.start_over();
    bench.signal(Signal::Smile, 0.0, 0.1);
    assert_eq!(bench.opacity("n"), 1.0);
}

#[test]
fn the_host_is_held_to_the_range_of_a_parameter() {
    let pack = pack(json!({
        "nodes": [
            { "id": "float", "kind": "lut", "asset": "warm", "strength": "param.a" },
            { "id": "int", "kind": "lut", "asset": "warm", "strength": "param.b" },
            { "id": "inside", "kind": "lut", "asset": "warm", "strength": "param.c" },
            { "id": "host", "kind": "lut", "asset": "warm", "strength": "host.x" },
        ],
        "params": [
            { "id": "a", "min": -2, "max": 3, "default": 1 },
            { "id": "b", "type": "int", "min": 0, "max": 9, "default": 4 },
            { "id": "c", "default": 0.25, "internal": true },
        ],
    }));
    let names: Vec<&str> = pack.effect().inputs.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "x"]);
    let mut bench = Bench::new(&pack);
    let mut shown = |a: f32, b: f32, host: f32| {
        bench.set(HostInputKind::Param, "a", a);
        bench.set(HostInputKind::Param, "b", b);
        bench.set(HostInputKind::Host, "x", host);
        bench.frame(&Head::default(), 0.1);
        ["float", "int", "inside", "host"].map(|node| bench.opacity(node))
    };
    assert_eq!(shown(1.0, 4.0, 0.5), [1.0, 4.0, 0.25, 0.5]);
    assert_eq!(shown(99.0, 4.9, 7.0), [3.0, 4.0, 0.25, 1.0]);
    assert_eq!(shown(-99.0, -1.0, -1.0), [-2.0, 0.0, 0.25, 0.0]);
    assert_eq!(shown(f32::NAN, f32::NAN, f32::NAN), [0.0, 0.0, 0.25, 0.0]);
}

/// Everything that can be wrong with a number, with the message in full.
#[test]
fn what_is_wrong_with_a_number_is_said() {
    let at = |pointer: &str, rest: &str| format!("effect.json: /nodes/0/strength{pointer}: {rest}");
    let deep = "(".repeat(40) + "1" + &")".repeat(40);
    let long = "1+".repeat(500) + "1";
    let mut nested = json!(1);
    for _ in 0..32 {
        nested = json!({ "neg": [nested] });
    }
    let cases = [
        (
            json!(null),
            at("", "a number, a formula or a tree expected, null found"),
        ),
        (
            json!([1]),
            at("", "a number, a formula or a tree expected, a list found"),
        ),
        (
            json!({}),
            at("", "a tree, an object with one key, expected, 0 keys found"),
        ),
        (
            json!({ "add": 1, "sub": 2 }),
            at("", "a tree, an object with one key, expected, 2 keys found"),
        ),
        (json!(1e300), at("", "a number of 32 bits expected, 1e300 found")),
        (
            json!("1e300"),
            at("", "a number of 32 bits expected, \"1e300\" at character 1 found"),
        ),
        (
            json!(""),
            at("", "a value expected, the end of the formula found"),
        ),
        (
            json!("1 +"),
            at("", "a value expected, the end of the formula found"),
        ),
        (
            json!("1 2"),
            at("", "an operator or the end expected, \"2\" at character 3 found"),
        ),
        (
            json!("ä"),
            at(
                "",
                "a number, a name or an operator expected, \"ä\" at character 1 found",
            ),
        ),
        (
            json!("1 < 2 < 3"),
            at(
                "",
                "an operator or the end expected, \"< 3\" at character 7 found",
            ),
        ),
        (
            json!("(1"),
            at("", "\")\" expected, the end of the formula found"),
        ),
        (
            json!("min(1, 2"),
            at("", "\")\" expected, the end of the formula found"),
        ),
        (
            json!("min(1)"),
            at("", "2 to 16 arguments of min expected, 1 at character 1 found"),
        ),
        (
            json!("1 + nose"),
            at(
                "",
                "the name of a value or a function expected, \"nose\" at character 5 found",
            ),
        ),
        (
            json!("nose(1)"),
            at(
                "",
                "the name of a function expected, \"nose\" at character 1 found",
            ),
        ),
        (
            json!("previous"),
            at(
                "",
                "previous within a state's next only expected, it elsewhere at character 1 found",
            ),
        ),
        (
            json!("param.nose"),
            at(
                "",
                "no parameter (there are none) expected, \"nose\" at character 1 found",
            ),
        ),
        (
            json!("state.nose"),
            at(
                "",
                "no state (there are none) expected, \"nose\" at character 1 found",
            ),
        ),
        (
            json!("played.nose"),
            at("", "the id of a node (n) expected, \"nose\" at character 1 found"),
        ),
        (
            json!("anchor_px.nose_tip.z"),
            at("", "one of \"x\", \"y\" expected, \"z\" at character 1 found"),
        ),
        (
            json!("anchor_px.nose.x"),
            at(
                "",
                "the name of an anchor expected, \"nose\" at character 1 found",
            ),
        ),
        (
            json!("anchor_px.nose_tip"),
            at(
                "",
                "the name of a value or a function expected, \"anchor_px.nose_tip\" at character 1 found",
            ),
        ),
        (
            json!("landmark_mm.478.x"),
            at("", "a landmark, 0 to 477 expected, \"478\" at character 1 found"),
        ),
        (
            json!("distance_mm(1, 2, 3)"),
            at("", "\")\" expected, \", 3)\" at character 17 found"),
        ),
        (
            json!("distance_mm(1, nose)"),
            at(
                "",
                "the name of an anchor expected, \"nose\" at character 1 found",
            ),
        ),
        (
            json!("blendshape.jaw"),
            at(
                "",
                "one of the 52 blendshapes expected, \"jaw\" at character 1 found",
            ),
        ),
        (
            json!("pose.nose"),
            at(
                "",
                "one of \"yaw\", \"pitch\", \"roll\", \"x\", \"y\", \"z\" expected, \"nose\" at character 1 found",
            ),
        ),
        (
            json!("host.1"),
            at(
                "",
                "an id of a letter and up to 63 letters, digits, _ and - expected, \"1\" at character 1 found",
            ),
        ),
        (
            json!({ "nose": 1 }),
            at(
                "/nose",
                "the name of a value or a function expected, \"nose.1\" found",
            ),
        ),
        (
            json!({ "add": [1] }),
            at("/add", "2 to 16 arguments of add expected, 1 found"),
        ),
        (
            json!({ "add": vec![1; 17] }),
            at("/add", "2 to 16 arguments of add expected, 17 found"),
        ),
        (
            json!({ "neg": [1, 2] }),
            at("/neg", "1 arguments of neg expected, 2 found"),
        ),
        (
            json!({ "add": [1, { "sub": [1, "nose"] }] }),
            at(
                "/add/1/sub/1",
                "the name of a value or a function expected, \"nose\" at character 1 found",
            ),
        ),
        (
            json!({ "state": { "next": 1 } }),
            at(
                "/state",
                "an object with init, a constant, and next, a number, expected, \"next\" found",
            ),
        ),
        (
            json!({ "state": { "init": "1", "next": 1 } }),
            at("/state/init", "a constant number expected, \"1\" found"),
        ),
        (
            json!({ "state": { "init": 1, "next": "x" } }),
            at(
                "/state/next",
                "the name of a value or a function expected, \"x\" at character 1 found",
            ),
        ),
        (
            json!({ "signal": "time" }),
            at(
                "/signal",
                "one of \"mouth_open\", \"smile\", \"pucker\", \"brow_raise\", \"brow_frown\", \"blink_left\", \"blink_right\", \"blink_both\", \"wink\", \"cheek_puff\", \"head_nod\", \"head_shake\", \"head_tilt\", \"faces_count\", \"face_found\", \"face_lost\", \"tap\" expected, \"time\" found",
            ),
        ),
        (
            json!(deep),
            at("", "a number of at most 32 levels expected, more found"),
        ),
        (
            json!(long),
            at("", "a formula of at most 1000 characters expected, 1001 found"),
        ),
        (
            nested,
            at(
                &"/neg/0".repeat(32),
                "a number of at most 32 levels expected, more found",
            ),
        ),
    ];
    for (strength, expected) in cases {
        let nodes = json!([{ "id": "n", "kind": "lut", "asset": "warm", "strength": strength }]);
        let error = try_pack(json!({ "nodes": nodes })).map(drop).unwrap_err();
        assert_eq!(error.to_string(), expected, "{strength}");
    }
}

#[test]
fn numbers_at_the_limits_are_read() {
    let deep = "(".repeat(31) + "1" + &")".repeat(31);
    assert_eq!(number(deep.as_str()), 1.0);
    let long = "1+".repeat(499) + "01";
    assert_eq!(long.len(), 1000);
    assert_eq!(number(long.as_str()), 500.0);
    let mut nested = json!(1);
    for _ in 0..31 {
        nested = json!({ "neg": [nested] });
    }
    assert_eq!(number(nested), -1.0);
    assert_eq!(number(json!({ "add": vec![1; 16] })), 16.0);
}
