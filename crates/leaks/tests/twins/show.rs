//! Beside the attempts in `tests/fail/show`: the same, done rightly.

#![forbid(unsafe_code)]

use moretta_lang::{Anchor, Motion, Program, Signal, Sprite};
use std::error::Error;
use std::fmt;
use std::fmt::Write;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::catch_unwind;

#[test]
fn display_of_a_number() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let text = format!("{}", Anchor::ALL.len());
        out.property(text.len() as u32, 0, yaw);
    })
    .unwrap();
}

#[test]
fn debug_of_a_number() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        println!("{:?}", Anchor::Chin);
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn dbg_of_a_point() {
    Program::record(|face, _| {
        let nose = face.anchor(Anchor::NoseTip);
        eprintln!("{:?}", Anchor::NoseTip);
        let _ = nose;
    })
    .unwrap();
}

#[test]
fn number_as_an_address() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let place = &yaw;
        let text = format!("{place:p}");
        out.property(text.len() as u32, 0, *place);
    })
    .unwrap();
}

#[test]
fn text_of_a_mask() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let text = true.to_string();
        out.property(text.len() as u32, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}

#[test]
fn text_into_a_writer() {
    Program::record(|face, out| {
        let mut text = String::new();
        write!(text, "{:?}", Signal::Smile).unwrap();
        out.property(text.len() as u32, 0, face.yaw());
    })
    .unwrap();
}

#[test]
fn debug_of_a_movement() {
    Program::record(|face, _| {
        let motion = Motion::new(face);
        let text = format!("{:?}", size_of_val(&motion));
        assert!(!text.is_empty());
    })
    .unwrap();
}

#[test]
fn debug_of_a_sprite() {
    Program::record(|face, out| {
        let hat = Sprite::new(face.anchor(Anchor::HeadTop), 9.0, 9.0);
        let text = format!("{:#?}", Anchor::HeadTop);
        out.sprite(text.len() as u32, hat);
    })
    .unwrap();
}

#[test]
fn debug_by_derive() {
    #[derive(Debug)]
    struct Trace<'b> {
        label: &'b str,
        yaw: f32,
    }
    let trace = Trace {
        label: "yaw",
        yaw: 1.5,
    };
    assert_eq!(
        format!("{trace:?}"),
        format!("Trace {{ label: {:?}, yaw: {:?} }}", trace.label, trace.yaw)
    );
}

#[test]
fn display_of_ones_own() {
    struct Label;
    impl fmt::Display for Label {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a label")
        }
    }
    assert_eq!(Label.to_string(), "a label");
}

#[test]
fn text_of_a_panic() {
    let effect = catch_unwind(|| {
        Program::record(|face, out| {
            out.property(0, 0, face.yaw());
            panic!("{}", Anchor::ALL.len());
        })
    });
    assert!(effect.is_err());
}

#[test]
fn number_as_an_error() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let fault: Box<dyn Error + '_> = Box::new(fmt::Error);
        out.property(fault.to_string().len() as u32, 0, yaw);
    })
    .unwrap();
}

#[test]
fn number_into_a_string() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let text = String::from("yaw");
        out.property(text.len() as u32, 0, yaw);
    })
    .unwrap();
}

#[test]
fn hash_of_a_number() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let mut hasher = DefaultHasher::new();
        Hash::hash(&Anchor::Chin, &mut hasher);
        out.property(hasher.finish() as u32, 0, yaw);
    })
    .unwrap();
}

#[test]
fn hash_by_derive() {
    #[derive(Hash)]
    struct Look<'b> {
        label: &'b str,
        open: bool,
    }
    let mut hasher = DefaultHasher::new();
    Look {
        label: "mouth",
        open: true,
    }
    .hash(&mut hasher);
    assert_ne!(hasher.finish(), 0);
}

#[test]
fn list_of_numbers_seen() {
    fn seen<K: Eq>(before: &[K], key: &K) -> bool {
        before.contains(key)
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let again = seen(&[Anchor::Chin], &Anchor::Chin);
        assert!(again);
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn serialized_number() {
    fn wire(_: &impl serde::Serialize) {}
    Program::record(|face, out| {
        let yaw = face.yaw();
        wire(&1.5);
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn serialized_by_derive() {
    #[derive(serde::Serialize)]
    struct Record<'b> {
        label: &'b str,
        nose: [f32; 2],
    }
    let record = Record {
        label: "nose",
        nose: [1.5, 2.5],
    };
    assert!(postcard::to_slice(&record, &mut [0; 64]).is_ok());
}

#[test]
fn serialization_of_ones_own() {
    struct Label;
    impl serde::Serialize for Label {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str("a label")
        }
    }
    assert!(postcard::to_slice(&Label, &mut [0; 64]).is_ok());
}

#[test]
fn number_in_postcard() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let mut bytes = [0; 64];
        let sent = postcard::to_slice(&1.5, &mut bytes);
        out.property(sent.unwrap().len() as u32, 0, yaw);
    })
    .unwrap();
}

#[test]
fn number_in_rkyv() {
    fn archive(_: &impl rkyv::Archive) {}
    Program::record(|face, out| {
        let yaw = face.yaw();
        archive(&1.5_f32);
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn number_in_the_log() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        log::info!("{}", Anchor::ALL.len());
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn number_as_a_trace_field() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        tracing::info!(yaw = 1.5);
        out.property(0, 0, yaw);
    })
    .unwrap();
}

#[test]
fn mask_in_a_trace() {
    fn trace(value: &dyn fmt::Debug) {
        tracing::info!(?value);
    }
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        trace(&Anchor::Mouth);
        out.property(0, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}

#[test]
fn number_in_defmt() {
    fn send(_: &impl defmt::Format) {}
    Program::record(|face, out| {
        let yaw = face.yaw();
        send(&1.5_f32);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
