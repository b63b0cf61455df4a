//! What no type that stands for a face implements.
//!
//! Everything here is checked when it compiles. Each list of traits is shown to tell types apart by a public type that
//! implements all of it.

#![allow(
    unsafe_code,
    reason = "a veil has a pipeline, and a pipeline is an unsafe promise"
)]

use moretta_lang::{Face, Inputs, Mask, Motion, Num, Out, P2, P3, Pose, Program, Scene, Sprite};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, FaceBuffer, Frame, FrameIo, FrameStore, GuardianConsent, Loan, Outcome,
    Pipeline, Protection, Revocation, Ticket, Veil,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use static_assertions::{assert_impl_all, assert_not_impl_any};
use std::any::Any;
use std::borrow::{Borrow, BorrowMut};
use std::fmt::{Binary, Debug, Display, LowerExp, LowerHex, Pointer};
use std::hash::Hash;
use std::io::{Read, Write};
use std::ops::{AddAssign, Deref, DerefMut, Index, IndexMut};

/// No type of the list implements any of the traits, and the public type implements all of them.
macro_rules! never {
    ($($Trait:path),+; unlike $Public:ty; $($Type:ty),+ $(,)?) => {
        assert_impl_all!($Public: $($Trait),+);
        never!(@each [$($Trait),+] $($Type),+);
    };
    (@each $traits:tt $($Type:ty),+) => { $( never!(@one $traits $Type); )+ };
    (@one [$($Trait:path),+] $Type:ty) => { assert_not_impl_any!($Type: $($Trait),+); };
}

/// Applies [`never!`] to the names of numbers.
macro_rules! names_never {
    ($($Trait:path),+; unlike $Public:ty) => {
        never!($($Trait),+; unlike $Public; Num<'static>, Mask<'static>, P2<'static>, P3<'static>,
            Face<'static>, Out<'static>, Motion<'static>, Sprite<'static>);
    };
}

// A name has no value: nothing to print, compare, convert or send.
names_never!(Debug, Display, LowerExp; unlike f32);
names_never!(Binary, LowerHex; unlike u32);
names_never!(Pointer; unlike &'static f32);
names_never!(PartialEq, PartialOrd, Default; unlike f32);
names_never!(Eq, Ord, Hash; unlike u32);
names_never!(Send, Sync; unlike f32);
names_never!(Into<f32>, Into<f64>, Into<u32>, Into<usize>; unlike u8);
names_never!(Into<bool>, Into<u8>, Into<i64>; unlike bool);
names_never!(AddAssign<f32>, Borrow<f32>; unlike f32);
names_never!(PartialEq<f32>, PartialOrd<f32>; unlike f32);
names_never!(Deref, DerefMut, AsRef<[u8]>, Borrow<[u8]>, Index<usize>, IntoIterator; unlike Vec<u8>);
names_never!(Iterator; unlike std::ops::Range<u8>);
names_never!(Serialize, DeserializeOwned, rkyv::Archive, defmt::Format, tracing::Value; unlike f32);
names_never!(bytemuck::NoUninit, bytemuck::AnyBitPattern, zerocopy::IntoBytes, zerocopy::FromBytes; unlike f32);
names_never!(std::error::Error; unlike std::fmt::Error);

// The evaluator's tables hold a face in the open: they are lent, not copied, shown or compared.
never!(Debug, LowerExp, PartialEq, PartialOrd, Clone, Copy, Default; unlike f32;
    Inputs<'static>, Pose, Scene);
never!(Eq, Ord, Hash; unlike u32; Inputs<'static>, Pose, Scene);
never!(Deref, AsRef<[f32]>, Borrow<[f32]>, Into<Vec<f32>>, Index<usize>, IntoIterator; unlike Vec<f32>;
    Inputs<'static>, Pose, Scene);
never!(Serialize, DeserializeOwned, rkyv::Archive, defmt::Format, tracing::Value; unlike f32;
    Inputs<'static>, Pose, Scene);
never!(bytemuck::NoUninit, bytemuck::AnyBitPattern, zerocopy::IntoBytes; unlike f32; Inputs<'static>, Pose, Scene);

// A program comes from the recorder or the decoder, and stays as they left it.
never!(Default, DeserializeOwned, rkyv::Archive; unlike f32; Program);
never!(DerefMut, IndexMut<usize>, BorrowMut<[u8]>, AsMut<[u8]>, Extend<u8>, FromIterator<u8>; unlike Vec<u8>; Program);
never!(From<Vec<u8>>, From<&'static [u8]>; unlike std::rc::Rc<[u8]>; Program);
never!(bytemuck::NoUninit, bytemuck::AnyBitPattern, zerocopy::FromBytes; unlike f32; Program);
assert_impl_all!(Program: Clone, Debug, PartialEq, Send, Sync);

/// Applies [`never!`] to face memory.
macro_rules! buffers_never {
    ($($Trait:path),+; unlike $Public:ty) => {
        never!($($Trait),+; unlike $Public; FaceBuffer<u8>, FaceBuffer<f32>, FaceBuffer<[f32; 3]>);
    };
}

// Face memory is reached through an access, on its thread, and in no other way.
buffers_never!(Debug, Display, LowerExp; unlike f32);
buffers_never!(Pointer; unlike &'static f32);
buffers_never!(Clone, Copy, Default, PartialEq, PartialOrd; unlike f32);
buffers_never!(Eq, Ord, Hash; unlike u32);
buffers_never!(Send, Sync; unlike f32);
buffers_never!(
    Deref, DerefMut, AsRef<[u8]>, AsMut<[u8]>, Borrow<[u8]>, BorrowMut<[u8]>, Index<usize>, IndexMut<usize>;
    unlike Vec<u8>
);
buffers_never!(AsRef<[f32]>, Borrow<[f32]>, Into<Vec<f32>>, Into<Box<[f32]>>, FromIterator<f32>; unlike Vec<f32>);
buffers_never!(Into<Vec<u8>>, Into<Box<[u8]>>, From<Vec<u8>>, FromIterator<u8>, Extend<u8>; unlike Vec<u8>);
buffers_never!(IntoIterator, Write; unlike Vec<u8>);
buffers_never!(Iterator; unlike std::ops::Range<u8>);
buffers_never!(Read; unlike &'static [u8]);
buffers_never!(Serialize, DeserializeOwned, rkyv::Archive, defmt::Format, tracing::Value; unlike f32);
buffers_never!(bytemuck::NoUninit, bytemuck::AnyBitPattern, zerocopy::IntoBytes, zerocopy::FromBytes; unlike f32);
never!(IntoIterator; unlike &'static Vec<u8>; &'static FaceBuffer<u8>, &'static mut FaceBuffer<u8>);
// A handle may be kept by a pipeline from call to call, and in nothing else.
assert_impl_all!(FaceBuffer<u8>: Any);

// An access is lent for one call: it is not made, copied, kept elsewhere or sent.
never!(Debug, Clone, Copy, Default, PartialEq, Send, Sync; unlike f32; Access<'static>);
never!(Eq, Hash; unlike u32; Access<'static>);
never!(Deref, DerefMut, AsRef<[u8]>, Borrow<[u8]>; unlike Vec<u8>; Access<'static>);
never!(Serialize, DeserializeOwned, rkyv::Archive, defmt::Format; unlike f32; Access<'static>);

// A picture on its way in is handed in once, and is not looked at by anyone else.
never!(Debug, Clone, Copy, Default, PartialEq, Send, Sync; unlike f32; Frame<'static>);
never!(Debug, Clone, Copy, Default, PartialEq; unlike f32; FrameIo<'static>);
never!(Eq, Hash; unlike u32; Frame<'static>, FrameIo<'static>);
never!(Deref, AsRef<[u8]>, Borrow<[u8]>, Into<Vec<u8>>, Index<usize>, IntoIterator; unlike Vec<u8>;
    Frame<'static>, FrameIo<'static>);
never!(Read; unlike &'static [u8]; Frame<'static>, FrameIo<'static>);
never!(Serialize, DeserializeOwned, rkyv::Archive, defmt::Format, tracing::Value; unlike f32;
    Frame<'static>, FrameIo<'static>);

// Nor is one that a camera or a decoder puts into veiled memory: its source reaches it by name, and hands it on.
never!(Debug, Clone, Copy, Default, PartialEq; unlike f32; FrameStore, Loan<'static>);
never!(Eq, Ord, Hash; unlike u32; FrameStore, Loan<'static>);
never!(
    Deref, DerefMut, AsRef<[u8]>, AsMut<[u8]>, Borrow<[u8]>, BorrowMut<[u8]>, Index<usize>, Into<Vec<u8>>,
    From<Vec<u8>>, FromIterator<u8>, Extend<u8>, IntoIterator, Write; unlike Vec<u8>; FrameStore, Loan<'static>
);
never!(Read; unlike &'static [u8]; FrameStore, Loan<'static>);
never!(Serialize, DeserializeOwned, rkyv::Archive, defmt::Format, tracing::Value; unlike f32;
    FrameStore, Loan<'static>);
never!(bytemuck::NoUninit, bytemuck::AnyBitPattern, zerocopy::IntoBytes, zerocopy::FromBytes; unlike f32;
    FrameStore, Loan<'static>);
// A source may run on a thread of its own, but one loan is of one thread at a time.
assert_impl_all!(FrameStore: Send, Sync);
assert_impl_all!(Loan<'static>: Send);
never!(Sync; unlike f32; Loan<'static>);

/// A pipeline to name a veil by; nothing runs it.
struct Mirror;

// SAFETY: it keeps nothing and answers nothing.
unsafe impl Pipeline for Mirror {
    type Request = ();
    type Reply = ();

    fn run(&mut self, (): (), _: FrameIo<'_>, _: &Access<'_>) -> (Outcome, ()) {
        (Outcome::NoFace, ())
    }

    fn wipe(&mut self, _: Extent) {}
}

// A session may be shared between threads. It is one handle, and shows nothing of its inside.
assert_impl_all!(Veil<Mirror>: Send, Sync);
never!(Debug, Clone, Copy, Default, PartialEq; unlike f32; Veil<Mirror>);
never!(Eq, Hash; unlike u32; Veil<Mirror>);
never!(Deref, AsRef<[u8]>, Borrow<[u8]>; unlike Vec<u8>; Veil<Mirror>);
never!(Serialize, DeserializeOwned, rkyv::Archive, defmt::Format, bytemuck::NoUninit; unlike f32; Veil<Mirror>);

// A consent is given by a person, once, and is neither copied nor restored nor guessed.
never!(Debug, PartialEq; unlike f32; Consent);
never!(Clone, Copy, Default, Serialize, DeserializeOwned, rkyv::Archive, defmt::Format; unlike f32;
    Consent, GuardianConsent, AgeBand);
never!(Hash, Ord, From<bool>, From<u8>, bytemuck::AnyBitPattern, zerocopy::FromBytes; unlike u32;
    Consent, GuardianConsent, AgeBand);
never!(Into<Consent>; unlike Consent; Revocation, AgeBand, GuardianConsent, bool);
never!(Default, Serialize, DeserializeOwned; unlike f32; Revocation, Ticket, Protection);
never!(From<u64>, Into<u64>; unlike u64; Ticket);
assert_impl_all!(Revocation: Clone, Send, Sync);
