//! What the types that hold or lend a face in the renderer do not implement. Checked when it compiles; each list of traits
//! is shown to tell types apart by a public type that implements all of it.

use std::borrow::Borrow;
use std::fmt::{Debug, Display, LowerExp};
use std::hash::Hash;
use std::ops::{Deref, Index};

use moretta_render::{FaceInput, LoadedEffect, Look, Looks, Pixels, Receipt, Stage};
use serde::Serialize;
use serde::de::DeserializeOwned;
use static_assertions::{assert_impl_all, assert_not_impl_any};

/// None of the types implements any of the traits, and the public type implements all of them.
macro_rules! never {
    ($($Trait:path),+; unlike $Public:ty; $($Type:ty),+ $(,)?) => {
        assert_impl_all!($Public: $($Trait),+);
        never!(@each [$($Trait),+] $($Type),+);
    };
    (@each $traits:tt $($Type:ty),+) => { $( never!(@one $traits $Type); )+ };
    (@one [$($Trait:path),+] $Type:ty) => { assert_not_impl_any!($Type: $($Trait),+); };
}

// Neither copied, printed, compared, made of nothing, stored nor sent.
never!(Clone, Copy, Debug, Display, LowerExp, PartialEq, PartialOrd, Default; unlike f32;
    Stage, FaceInput<'static>, Pixels<'static>);
never!(Eq, Ord, Hash; unlike u32; Stage, FaceInput<'static>, Pixels<'static>);
never!(Serialize, DeserializeOwned; unlike f32; Stage, FaceInput<'static>, Pixels<'static>, Receipt);
never!(bytemuck::NoUninit, bytemuck::AnyBitPattern; unlike f32; Stage, FaceInput<'static>);
never!(Deref, AsRef<[f32]>, Borrow<[f32]>, Into<Vec<f32>>, Index<usize>, IntoIterator; unlike Vec<f32>;
    Stage, FaceInput<'static>);

// A stage stays on its thread.
never!(Send, Sync; unlike f32; Stage);

// A picture that was asked for is collected once.
never!(Clone, Copy; unlike f32; Receipt);

// What is worn holds no face.
assert_impl_all!(LoadedEffect: Clone, Debug, Send, Sync);
assert_impl_all!(Look<'static>: Clone, Copy, Send, Sync);
assert_impl_all!(Looks<'static>: Clone, Copy, Send, Sync);
