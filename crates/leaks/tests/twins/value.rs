//! Beside the attempts in `tests/fail/value`: the same, done rightly.

#![forbid(unsafe_code)]

use moretta_lang::{Anchor, Mask, Num, Program, Signal, Sprite};
use std::borrow::Borrow;
use zerocopy::IntoBytes;

#[test]
fn number_into_a_float() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = yaw.sin();
        out.property(0, 0, exit);
    })
    .unwrap();
}

#[test]
fn number_cast_to_a_float() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = yaw.abs();
        out.property(0, 0, exit);
    })
    .unwrap();
}

#[test]
fn number_dereferenced() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = -yaw;
        out.property(0, 0, exit);
    })
    .unwrap();
}

#[test]
fn register_of_a_number() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = yaw.floor();
        out.property(0, 0, exit);
    })
    .unwrap();
}

#[test]
fn number_taken_apart() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let register: Num<'_> = yaw;
        let _ = register;
    })
    .unwrap();
}

#[test]
fn number_forged() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let any: Num<'_> = yaw + face.landmark(7).x;
        out.property(0, 0, any);
    })
    .unwrap();
}

#[test]
fn bits_of_a_number() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = 1.5_f32.to_bits() as f32 * yaw;
        out.property(0, 0, exit);
    })
    .unwrap();
}

#[test]
fn bytes_of_a_number() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let bytes = bytemuck::bytes_of(&1.5_f32);
        let _ = (yaw, bytes.len());
    })
    .unwrap();
}

#[test]
fn bytes_of_a_point() {
    fn wire(_: &impl IntoBytes) {}
    Program::record(|face, out| {
        let nose = face.anchor(Anchor::NoseTip);
        wire(&1.5_f32);
        out.property(0, 0, nose.x);
    })
    .unwrap();
}

#[test]
fn number_transmuted() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let words: [u64; 2] = [size_of_val(&yaw) as u64, 0];
        let _ = words;
    })
    .unwrap();
}

#[test]
fn number_behind_a_pointer() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let pointer = std::ptr::from_ref(&yaw).cast::<f32>();
        let exit = f32::from(u8::from(pointer.is_null()));
        out.property(0, 0, exit);
    })
    .unwrap();
}

#[test]
fn number_in_a_union() {
    union Pun<'b> {
        number: Num<'b>,
        bytes: [u8; 16],
    }
    Program::record(|face, _| {
        let pun = Pun { number: face.yaw() };
        let exit = Pun { bytes: [0; 16] };
        let _ = (&pun, &exit);
    })
    .unwrap();
}

#[test]
fn sum_as_a_float() {
    Program::record(|face, out| {
        let turns = [face.yaw(), face.pitch()];
        let sum: f32 = [1.5, 2.5].into_iter().fold(0.0, |sum, turn| sum + turn);
        out.property(0, 0, turns[0] + sum);
    })
    .unwrap();
}

#[test]
fn number_added_to_a_float() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let mut sum = 1.5_f32;
        sum = sum.powi(2);
        out.property(0, 0, yaw + sum);
    })
    .unwrap();
}

#[test]
fn float_of_a_mixed_sum() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let rest: Num<'_> = 1.0 - yaw;
        out.property(0, 0, rest);
    })
    .unwrap();
}

#[test]
fn mask_into_a_bool() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let exit: Mask<'_> = !open;
        let _ = (out, exit);
    })
    .unwrap();
}

#[test]
fn mask_cast_to_an_integer() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let exit = u8::from(true);
        let _ = (out, open, exit);
    })
    .unwrap();
}

#[test]
fn mask_into_a_float() {
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        let exit = open.select(1.0, f32::from(0_u8));
        out.property(0, 0, exit);
    })
    .unwrap();
}

#[test]
fn point_into_an_array() {
    Program::record(|face, out| {
        let nose = face.anchor(Anchor::NoseTip);
        let [x, y]: [Num<'_>; 2] = [nose.x, nose.y];
        out.property(0, 0, x);
        out.property(0, 1, y);
    })
    .unwrap();
}

#[test]
fn coordinate_as_a_float() {
    Program::record(|face, out| {
        let nose = face.anchor_mm(Anchor::NoseTip);
        let depth: Num<'_> = nose.z;
        out.property(0, 0, depth);
    })
    .unwrap();
}

#[test]
fn opacity_of_a_sprite() {
    Program::record(|face, out| {
        let smile = face.signal(Signal::Smile);
        let hat = Sprite::new(face.anchor(Anchor::HeadTop), 9.0, 9.0).opacity(smile);
        let opacity: Num<'_> = hat.opacity;
        out.property(0, 0, opacity);
    })
    .unwrap();
}

#[test]
fn recording_read_back() {
    Program::record(|face, out| {
        out.property(0, 0, face.yaw());
        let recording = out;
        let _ = recording;
    })
    .unwrap();
}

#[test]
fn number_of_people() {
    Program::record(|face, out| {
        let people: Num<'_> = face.faces();
        let _ = (out, people);
    })
    .unwrap();
}

#[test]
fn float_borrowed_from_a_number() {
    Program::record(|face, _| {
        let yaw = face.yaw();
        let exit = <Num<'_> as Borrow<Num<'_>>>::borrow(&yaw);
        let _ = exit;
    })
    .unwrap();
}

#[test]
fn function_of_a_number() {
    fn squared(x: f32) -> f32 {
        x * x
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let exit = squared(1.5) * yaw;
        out.property(0, 0, exit);
    })
    .unwrap();
}
