//! Triggers, states, plays and tweens, frame by frame.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{Bench, Head, assert_close, pack};
use moretta_lang::Signal;
use moretta_pack::HostInputKind;
use serde_json::{Value, json};

/// An effect with a node that counts each play of it, and shows its state and its parameter.
fn bench(triggers: Value) -> Bench {
    Bench::new(&pack(json!({
        "nodes": [
            { "id": "steam", "kind": "overlay", "asset": "steam", "play": "triggered" },
            { "id": "spark", "kind": "overlay", "asset": "spark" },
            { "id": "plays", "kind": "lut", "asset": "warm",
              "strength": { "state": { "init": 0, "next": { "add": ["previous", "played.steam <= 0"] } } } },
            { "id": "state", "kind": "lut", "asset": "warm",
              "strength": "select(state.calm, 0, select(state.angry, 1, 2))" },
            { "id": "param", "kind": "lut", "asset": "warm", "strength": "param.blush" },
            { "id": "played", "kind": "lut", "asset": "warm", "strength": "played.steam" },
        ],
        "params": [{ "id": "blush", "min": 0, "max": 10, "default": 2 }],
        "states": ["calm", "angry", "glad"],
        "triggers": triggers,
    })))
}

/// What a node shows in each frame while `smile` goes through `values`.
fn over(bench: &mut Bench, node: &str, values: &[f32], dt: f32) -> Vec<f32> {
    let values = values.iter();
    values
        .map(|value| {
            bench.signal(Signal::Smile, *value, dt);
            bench.opacity(node)
        })
        .collect()
}

fn smile(more: Value) -> Value {
    let mut trigger = json!({ "on": "smile", "enter": 0.6, "exit": 0.4, "do": [{ "play": "steam" }] });
    trigger
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    json!([trigger])
}

#[test]
fn an_open_mouth_plays_the_sheet_once() {
    let mut bench = bench(json!([
        { "on": "mouth_open", "enter": 0.45, "exit": 0.3, "do": [{ "play": "steam" }] }
    ]));
    let mut shown = Vec::new();
    for frame in 0..14 {
        let open = if frame >= 2 { 0.9 } else { 0.0 };
        bench.signal(Signal::MouthOpen, open, 0.1001);
        shown.push((bench.opacity("steam"), bench.cell("steam")));
    }
    let hidden = |shown: &(f32, f32)| shown.0 == 0.0;
    assert!(shown[..2].iter().all(hidden), "{shown:?}");
    let cells: Vec<f32> = shown[2..8].iter().map(|it| it.1).collect();
    assert_eq!(cells, [0., 1., 2., 3., 4., 5.]);
    assert!(shown[2..8].iter().all(|it| it.0 == 1.0), "{shown:?}");
    assert!(
        shown[8..].iter().all(hidden),
        "once, though the mouth stays open: {shown:?}"
    );
}

#[test]
fn noise_between_the_thresholds_fires_nothing_again() {
    let mut bench = bench(smile(json!({})));
    let values = [0.5, 0.59, 0.61, 0.5, 0.7, 0.41, 0.6, 0.39, 0.5, 0.61, 0.0];
    let plays = over(&mut bench, "plays", &values, 0.1);
    assert_eq!(plays, [0., 0., 1., 1., 1., 1., 1., 1., 1., 2., 2.]);
    // Reaching a threshold is enough to enter, and not to leave.
    let mut at = fresh();
    assert_eq!(
        over(&mut at, "plays", &[0.6, 0.4, 0.6, 0.39, 0.6], 0.1),
        [1., 1., 1., 1., 2.]
    );
}

fn fresh() -> Bench {
    bench(smile(json!({})))
}

fn fresh_of(triggers: Value) -> Bench {
    bench(triggers)
}

#[test]
fn a_hold_has_to_be_held() {
    let mut bench = bench(smile(json!({ "hold_ms": 250 })));
    let plays = over(
        &mut bench,
        "plays",
        &[0.9, 0.9, 0.0, 0.9, 0.9, 0.9, 0.9, 0.9],
        0.1,
    );
    assert_eq!(plays, [0., 0., 0., 0., 0., 1., 1., 1.]);
}

#[test]
fn what_comes_while_it_cools_down_is_lost() {
    let mut bench = bench(smile(json!({ "cooldown_ms": 450 })));
    //            fires               lost          fires
    let values = [0.9, 0.0, 0.0, 0.9, 0.9, 0.9, 0.0, 0.9, 0.9];
    let plays = over(&mut bench, "plays", &values, 0.1);
    assert_eq!(plays, [1., 1., 1., 1., 1., 1., 1., 2., 2.]);
}

#[test]
fn a_condition_is_asked_when_it_would_fire() {
    let mut bench = bench(smile(json!({ "when": "param.blush > 5" })));
    assert_eq!(over(&mut bench, "plays", &[0.9, 0.0], 0.1), [0., 0.]);
    bench.set(HostInputKind::Param, "blush", 6.0);
    assert_eq!(over(&mut bench, "plays", &[0.9, 0.0, 0.9], 0.1), [1., 1., 2.]);
    // It does not fire because the condition comes to hold: something has to happen.
    bench.set(HostInputKind::Param, "blush", 0.0);
    assert_eq!(over(&mut bench, "plays", &[0.0, 0.9], 0.1), [2., 2.]);
    bench.set(HostInputKind::Param, "blush", 6.0);
    assert_eq!(over(&mut bench, "plays", &[0.9, 0.9], 0.1), [2., 2.]);
}

#[test]
fn states_follow_each_other() {
    let mut bench = bench(json!([
        { "on": "smile", "enter": 0.6, "exit": 0.4, "when": { "state": "calm" }, "do": [{ "set_state": "angry" }] },
        { "on": "smile", "enter": 0.6, "exit": 0.4, "when": { "state": "angry" }, "do": [{ "set_state": "glad" }] },
        { "on": "smile", "enter": 0.6, "exit": 0.4, "when": { "state": "glad" }, "do": [{ "set_state": "calm" }] },
    ]));
    // One step a smile: each sees the state of the frame before.
    let values = [0.0, 0.9, 0.9, 0.0, 0.9, 0.0, 0.9, 0.0];
    assert_eq!(
        over(&mut bench, "state", &values, 0.1),
        [0., 1., 1., 1., 2., 2., 0., 0.]
    );
    bench.signal(Signal::Smile, 0.9, 0.1);
    assert_eq!(bench.opacity("state"), 1.0);
    bench.start_over();
    bench.signal(Signal::Smile, 0.0, 0.1);
    assert_eq!(
        bench.opacity("state"),
        0.0,
        "a new face starts in the first state"
    );
}

#[test]
fn the_last_of_several_in_a_frame_wins() {
    let mut bench = bench(json!([
        { "on": "smile", "enter": 0.6, "exit": 0.4, "do": [{ "set_state": "angry" }, { "play": "steam" }] },
        { "on": "smile", "enter": 0.5, "exit": 0.4, "do": [{ "set_state": "glad" }, { "stop": "steam" }] },
    ]));
    bench.signal(Signal::Smile, 0.9, 0.1);
    assert_eq!((bench.opacity("state"), bench.opacity("steam")), (2.0, 0.0));
    // Control: the other way round.
    let mut bench = fresh_of(json!([
        { "on": "smile", "enter": 0.5, "exit": 0.4, "do": [{ "set_state": "glad" }, { "stop": "steam" }] },
        { "on": "smile", "enter": 0.6, "exit": 0.4, "do": [{ "set_state": "angry" }, { "play": "steam" }] },
    ]));
    bench.signal(Signal::Smile, 0.9, 0.1);
    assert_eq!((bench.opacity("state"), bench.opacity("steam")), (1.0, 1.0));
}

#[test]
fn undo_comes_when_what_fired_ends() {
    let mut bench = bench(smile(json!({
        "hold_ms": 150, "do": [{ "set_state": "angry" }], "undo": [{ "set_state": "glad" }]
    })));
    // Too short to fire: nothing to undo. Then it fires, and ends below 0.4.
    let values = [0.9, 0.0, 0.0, 0.9, 0.9, 0.9, 0.5, 0.3, 0.0];
    assert_eq!(
        over(&mut bench, "state", &values, 0.1),
        [0., 0., 0., 0., 1., 1., 1., 2., 2.]
    );
}

#[test]
fn plays_start_over_and_stop() {
    let mut bench = bench(json!([
        { "on": "smile", "enter": 0.6, "exit": 0.4, "do": [{ "play": "steam" }, { "play": "spark" }] },
        { "on": "pucker", "enter": 0.6, "exit": 0.4, "do": [{ "stop": "steam" }, { "stop": "spark" }] },
    ]));
    let mut frame = |smile: f32, pucker: f32| {
        let mut head = Head::default();
        head.signals[Signal::Smile.index() as usize] = smile;
        head.signals[Signal::Pucker.index() as usize] = pucker;
        bench.frame(&head, 0.1001);
        [
            ("steam", bench.opacity("steam"), bench.cell("steam")),
            ("spark", bench.opacity("spark"), bench.cell("spark")),
        ]
        .map(|(_, opacity, cell)| (opacity, cell))
    };
    assert_eq!(frame(0.0, 0.0), [(0., 0.), (1., 0.)]);
    assert_eq!(frame(0.0, 0.0)[1], (1., 1.));
    assert_eq!(frame(0.9, 0.0), [(1., 0.), (1., 0.)], "both from the start");
    assert_eq!(frame(0.9, 0.0), [(1., 1.), (1., 1.)]);
    assert_eq!(frame(0.0, 0.0), [(1., 2.), (1., 2.)]);
    assert_eq!(frame(0.9, 0.0), [(1., 0.), (1., 0.)], "again");
    assert_eq!(frame(0.9, 0.9).map(|it| it.0), [0., 0.], "stopped");
    assert_eq!(frame(0.9, 0.9).map(|it| it.0), [0., 0.]);
    assert_eq!(frame(0.0, 0.0).map(|it| it.0), [0., 0.]);
    assert_eq!(frame(0.9, 0.0), [(1., 0.), (1., 0.)], "and again");
}

#[test]
fn a_stopped_node_may_hold_what_it_shows() {
    let pack = pack(json!({
        "nodes": [{ "id": "spark", "kind": "overlay", "asset": "spark", "after": "hold" }],
        "triggers": [{ "on": "smile", "enter": 0.6, "exit": 0.4, "do": [{ "stop": "spark" }] }],
    }));
    let mut bench = Bench::new(&pack);
    let mut cells = Vec::new();
    for smile in [0.0, 0.0, 0.0, 0.9, 0.0, 0.0] {
        bench.signal(Signal::Smile, smile, 0.1001);
        assert_eq!(bench.opacity("spark"), 1.0);
        cells.push(bench.cell("spark"));
    }
    assert_eq!(cells, [0., 1., 2., 2., 2., 2.]);
}

#[test]
fn a_node_knows_when_it_was_played() {
    let mut bench = bench(smile(json!({})));
    let played = over(&mut bench, "played", &[0.0, 0.9, 0.0, 0.0, 0.9, 0.9], 0.25);
    assert_eq!(played, [10_000.0, 0.0, 0.25, 0.5, 0.0, 0.25]);
}

#[test]
fn triggers_see_plays_as_the_frame_before_left_them() {
    let mut bench = bench(json!([
        { "on": "smile", "enter": 0.6, "exit": 0.4, "do": [{ "play": "steam" }] },
        { "on": "played.steam < 0.15 and played.steam > 0.05", "enter": 0.5, "exit": 0.4, "do": [{ "set_state": "glad" }] },
    ]));
    assert_eq!(
        over(&mut bench, "state", &[0.0, 0.9, 0.0, 0.0, 0.0], 0.1),
        [0., 0., 0., 2., 2.]
    );
}

/// A tween of `blush`, which the host has at 2, when a smile begins.
fn tween(tween: Value) -> Bench {
    bench(smile(json!({ "do": [{ "tween": tween }] })))
}

#[test]
fn a_tween_goes_its_way_and_stays() {
    let smiles = [0.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9];
    let mut linear = tween(json!({ "param": "blush", "to": 10, "ms": 400, "ease": "linear" }));
    let found = over(&mut linear, "param", &smiles, 0.1);
    assert_close(
        found.try_into().unwrap(),
        [2.0, 2.0, 4.0, 6.0, 8.0, 10.0, 10.0],
        1e-4,
    );
    let mut smooth = tween(json!({ "param": "blush", "to": 10, "ms": 400 }));
    let found = over(&mut smooth, "param", &smiles, 0.1);
    // 3 t^2 - 2 t^3 at quarters.
    let expected = [
        2.0,
        2.0,
        2.0 + 8.0 * 0.15625,
        6.0,
        2.0 + 8.0 * 0.84375,
        10.0,
        10.0,
    ];
    assert_close(found.try_into().unwrap(), expected, 1e-4);
    let mut at_once = tween(json!({ "param": "blush", "to": 7, "ms": 0 }));
    assert_eq!(over(&mut at_once, "param", &smiles[..3], 0.1), [2.0, 7.0, 7.0]);
    // What the host does meanwhile does not count.
    at_once.set(HostInputKind::Param, "blush", 9.0);
    assert_eq!(over(&mut at_once, "param", &[0.0], 0.1), [7.0]);
}

#[test]
fn a_tween_takes_over_from_another_and_gives_back() {
    let mut bench = bench(json!([
        { "on": "smile", "enter": 0.6, "exit": 0.4,
          "do": [{ "tween": { "param": "blush", "to": 10, "ms": 400, "ease": "linear" } }],
          "undo": [{ "tween": { "param": "blush", "ms": 200, "ease": "linear" } }] },
    ]));
    let found = over(&mut bench, "param", &[0.9, 0.9, 0.9, 0.0, 0.0, 0.0, 0.0], 0.1);
    // To 6 of 10, and back to what the host says, from there.
    assert_close(
        found.try_into().unwrap(),
        [2.0, 4.0, 6.0, 6.0, 4.0, 2.0, 2.0],
        1e-4,
    );
    bench.set(HostInputKind::Param, "blush", 5.0);
    assert_eq!(
        over(&mut bench, "param", &[0.0], 0.1),
        [5.0],
        "the host has it again"
    );
}

#[test]
fn taps_count_each() {
    let mut bench = bench(json!([{ "on": "tap", "do": [{ "play": "steam" }] }]));
    let mut plays = Vec::new();
    for tap in [0.0, 1.0, 1.0, 0.0, 1.0] {
        bench.set(HostInputKind::Tap, "tap", tap);
        bench.signal(Signal::Smile, 0.0, 0.1);
        plays.push(bench.opacity("plays"));
    }
    assert_eq!(plays, [0., 1., 2., 2., 3.]);
}

#[test]
fn the_host_triggers_by_name() {
    let mut bench = bench(json!([
        { "on": "host:beat", "do": [{ "play": "steam" }] },
        { "on": "host:drop", "enter": 0.9, "exit": 0.1, "do": [{ "set_state": "glad" }] },
    ]));
    let names: Vec<&str> = bench
        .effect
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .collect();
    assert_eq!(names, ["blush", "beat", "drop"]);
    let mut frame = |beat: f32, drop: f32| {
        bench.set(HostInputKind::Host, "beat", beat);
        bench.set(HostInputKind::Host, "drop", drop);
        bench.signal(Signal::Smile, 0.0, 0.1);
        [bench.opacity("plays"), bench.opacity("state")]
    };
    assert_eq!(frame(0.59, 0.89), [0., 0.]);
    assert_eq!(frame(0.61, 0.89), [1., 0.]);
    assert_eq!(frame(0.41, 0.91), [1., 2.]);
    assert_eq!(frame(0.39, 0.0), [1., 2.]);
    assert_eq!(frame(1.0, 0.0), [2., 2.]);
}

#[test]
fn timers_go_off() {
    let mut every = bench(json!([{ "on": "timer", "every_ms": 300, "do": [{ "play": "steam" }] }]));
    let plays = over(&mut every, "plays", &[0.0; 10], 0.1001);
    assert_eq!(plays, [0., 0., 0., 1., 1., 1., 2., 2., 2., 3.]);
    // A frame that takes longer than several alarms is one.
    let plays = over(&mut every, "plays", &[0.0; 2], 1.0);
    assert_eq!(plays, [4., 5.]);
    let mut after = bench(json!([{ "on": "timer", "after_ms": 250, "do": [{ "play": "steam" }] }]));
    let plays = over(&mut after, "plays", &[0.0; 6], 0.1);
    assert_eq!(plays, [0., 0., 0., 1., 1., 1.]);
    let mut at_once = bench(json!([{ "on": "timer", "after_ms": 0, "do": [{ "play": "steam" }] }]));
    assert_eq!(over(&mut at_once, "plays", &[0.0; 3], 0.1), [1., 1., 1.]);
}

#[test]
fn faces_come_and_go() {
    let mut bench = bench(json!([
        { "on": "face_found", "do": [{ "set_state": "angry" }] },
        { "on": "face_lost", "do": [{ "set_state": "glad" }, { "play": "spark" }] },
        { "on": "faces_count", "enter": 2, "exit": 1.5, "do": [{ "play": "steam" }] },
    ]));
    bench.signal(Signal::Smile, 0.0, 0.1);
    assert_eq!([bench.opacity("state"), bench.opacity("plays")], [1., 0.]);
    let two = Head {
        faces: 2.0,
        ..Head::default()
    };
    bench.frame(&two, 0.1);
    assert_eq!(bench.opacity("plays"), 1.0);
    // Once.
    bench.frame(&two, 0.1);
    assert_eq!(bench.opacity("plays"), 1.0);
    bench.start_over();
    bench.frame_without_face(0.1);
    assert_eq!(bench.opacity("state"), 2.0);
}

#[test]
fn any_number_may_trigger() {
    let mut bench = bench(json!([
        { "on": { "mul": ["smile", 2] }, "enter": 1, "exit": 0.5, "do": [{ "play": "steam" }] },
        { "on": "min(smile, 1 - pucker)", "enter": 0.3, "exit": 0.2, "do": [{ "set_state": "glad" }] },
    ]));
    assert_eq!(over(&mut bench, "plays", &[0.49, 0.51, 0.0], 0.1), [0., 1., 1.]);
    assert_eq!(over(&mut bench, "state", &[0.0], 0.1), [2.0]);
}

#[test]
fn each_face_has_its_own() {
    // Two states of one program.
    let mut one = bench(smile(json!({ "do": [{ "set_state": "angry" }] })));
    let mut other = bench(smile(json!({ "do": [{ "set_state": "angry" }] })));
    one.signal(Signal::Smile, 0.9, 0.1);
    other.signal(Signal::Smile, 0.0, 0.1);
    assert_eq!([one.opacity("state"), other.opacity("state")], [1.0, 0.0]);
}
