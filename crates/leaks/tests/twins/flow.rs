//! Beside the attempts in `tests/fail/flow`: the same, done rightly.

#![forbid(unsafe_code)]

use moretta_lang::{Anchor, Mask, Program, Signal, Sprite};
use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

#[test]
fn if_on_a_mask() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        if LOUD {
            out.property(0, 0, open.select(1.0, 0.0));
        }
    })
    .unwrap();
}

#[test]
fn while_on_a_mask() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let mut turns = 0;
        while turns < 3 {
            out.property(turns, 0, open.select(1.0, 0.0));
            turns += 1;
        }
    })
    .unwrap();
}

#[test]
fn match_on_a_mask() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        match LOUD {
            true => out.property(0, 0, open.select(1.0, 0.0)),
            _ => out.property(1, 0, 1.0),
        }
    })
    .unwrap();
}

#[test]
fn and_with_a_mask() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        if LOUD && Anchor::ALL.len() > 3 {
            out.property(0, 0, open.select(1.0, 0.0));
        }
    })
    .unwrap();
}

#[test]
fn question_mark_on_a_mask() {
    fn gate(open: Mask<'_>) -> Option<Mask<'_>> {
        let _ = Some(open)?;
        Some(open)
    }
    Program::record(|face, _| {
        assert!(gate(face.signal(Signal::MouthOpen).gt(0.5)).is_some());
    })
    .unwrap();
}

#[test]
fn assertion_on_a_mask() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        assert!(Anchor::ALL.len() > 3);
        out.property(0, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}

#[test]
fn equality_of_numbers() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let (yaw, pitch) = (face.yaw(), face.pitch());
        if LOUD {
            out.property(0, 0, yaw - pitch);
        }
    })
    .unwrap();
}

#[test]
fn order_of_numbers() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let (yaw, pitch) = (face.yaw(), face.pitch());
        if LOUD {
            out.property(0, 0, yaw.lt(pitch).select(yaw, pitch));
        }
    })
    .unwrap();
}

#[test]
fn number_against_a_threshold() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let yaw = face.yaw();
        if LOUD {
            out.property(0, 0, yaw.gt(0.5).select(1.0, 0.0));
        }
    })
    .unwrap();
}

#[test]
fn threshold_against_a_number() {
    const LOUD: bool = true;
    Program::record(|face, out| {
        let yaw = face.yaw();
        if LOUD {
            out.property(0, 0, yaw);
        }
    })
    .unwrap();
}

#[test]
fn range_of_a_number() {
    const LOUD: f32 = 0.75;
    Program::record(|face, out| {
        let yaw = face.yaw();
        if let 0.5.. = LOUD {
            out.property(0, 0, yaw * LOUD);
        }
    })
    .unwrap();
}

#[test]
fn sort_of_numbers() {
    Program::record(|face, out| {
        let mut turns = [face.yaw(), face.pitch()];
        turns.sort_by(|_, _| 1.0_f32.partial_cmp(&2.0).unwrap());
        out.property(0, 0, turns[0]);
    })
    .unwrap();
}

#[test]
fn search_among_numbers() {
    Program::record(|face, out| {
        let turns = [face.yaw(), face.pitch()];
        let place = Anchor::ALL.iter().position(|anchor| *anchor == Anchor::Chin);
        out.property(place.unwrap() as u32, 0, turns[0]);
    })
    .unwrap();
}

#[test]
fn filter_of_numbers() {
    Program::record(|face, out| {
        let mut turns = vec![face.yaw(), face.pitch()];
        turns.retain(|turn| size_of_val(turn) > 0);
        out.property(turns.len() as u32, 0, 1.0);
    })
    .unwrap();
}

#[test]
fn index_by_a_number() {
    Program::record(|face, out| {
        let sizes = [1.5, 2.5];
        let slot = face.slot();
        out.property(0, 0, slot * sizes[1]);
    })
    .unwrap();
}

#[test]
fn index_by_a_cast() {
    Program::record(|face, out| {
        let sizes = [1.5, 2.5];
        let slot = face.slot();
        out.property(0, 0, slot * sizes[1_u8 as usize]);
    })
    .unwrap();
}

#[test]
fn size_of_an_allocation() {
    fn room(bytes: usize) -> Vec<u8> {
        Vec::with_capacity(bytes)
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let room = room(16);
        out.property(room.len() as u32, 0, yaw);
    })
    .unwrap();
}

#[test]
fn count_of_a_loop() {
    Program::record(|face, out| {
        let people = face.faces();
        for turn in 0..3 {
            let _ = turn;
            out.property(0, 0, people);
        }
    })
    .unwrap();
}

#[test]
fn loop_over_a_number() {
    Program::record(|face, out| {
        let people = face.faces();
        for turn in [people, people] {
            let _ = turn;
            out.property(0, 0, people);
        }
    })
    .unwrap();
}

#[test]
fn length_of_a_sleep() {
    fn wait(seconds: f32) {
        thread::sleep(Duration::from_secs_f32(seconds));
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        wait(0.0);
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn then_on_a_mask() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        true.then(|| out.property(0, 0, 1.0));
        let _ = open;
    })
    .unwrap();
}

#[test]
fn landmark_by_a_number() {
    Program::record(|face, out| {
        let slot = face.slot();
        let nose = face.landmark(4);
        out.property(0, 0, nose.x * slot);
    })
    .unwrap();
}

#[test]
fn asset_by_a_number() {
    Program::record(|face, out| {
        let slot = face.slot();
        let hat = Sprite::new(face.anchor(Anchor::HeadTop), 9.0, 9.0).cell(slot);
        out.sprite(0, hat);
    })
    .unwrap();
}

#[test]
fn property_by_a_number() {
    Program::record(|face, out| {
        let slot = face.slot();
        out.property(0, 0, slot);
    })
    .unwrap();
}

#[test]
fn start_of_a_state() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let kept = face.state(0.0, |before| before + yaw);
        out.property(0, 0, kept);
    })
    .unwrap();
}

#[test]
fn choice_of_an_anchor() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let place = open.select(face.anchor(Anchor::Chin).x, 0.0);
        out.property(0, 0, place);
    })
    .unwrap();
}

#[test]
fn choice_of_code() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let size = open.select(2.0, 1.0);
        out.property(0, 0, size);
    })
    .unwrap();
}

#[test]
fn map_by_a_number() {
    fn sorted<K: Ord>(keys: Vec<K>) -> BTreeSet<K> {
        keys.into_iter().collect()
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let table = sorted(vec![Anchor::Chin]);
        out.property(table.len() as u32, 0, yaw);
    })
    .unwrap();
}

#[test]
fn depth_of_a_recursion() {
    fn descend(levels: u32) -> u32 {
        if levels == 0 { 0 } else { 1 + descend(levels - 1) }
    }
    Program::record(|face, out| {
        let people = face.faces();
        let depth = descend(3);
        out.property(depth, 0, people);
    })
    .unwrap();
}
