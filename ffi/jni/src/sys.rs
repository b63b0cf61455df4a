//! `moretta.h` as Rust calls it. Tests compare it with the header and with the library.
//!
//! Functions that take handles and numbers alone are safe to call with any of them: a handle is looked up, and never
//! followed. The others rest on their pointers, as the header says.

#![allow(unsafe_code, reason = "the declarations of the C ABI")]
#![allow(
    dead_code,
    reason = "the interface is declared whole; the fuzz target has this file too"
)]
#![allow(missing_docs, reason = "moretta.h says what they are")]

use std::ffi::{c_char, c_void};

pub(crate) const ABI: u32 = 1;
pub(crate) const STATUS_OK: i32 = 0;
pub(crate) const STATUS_EMPTY: i32 = 1;
pub(crate) const STATUS_ARGUMENT: i32 = -1;
pub(crate) const STATUS_DEVICE: i32 = -8;
pub(crate) const STATUS_TOO_SMALL: i32 = -13;
pub(crate) const STATUS_BUG: i32 = -99;
pub(crate) const INPUT_NAME_BYTES: usize = 72;
pub(crate) const MAX_PLANES: usize = 3;
pub(crate) const SURFACE_ANDROID: u32 = 4;

/// `moretta_session *`: a number that is looked up.
pub(crate) type Session = usize;
/// `moretta_effect *`: a number that is looked up.
pub(crate) type Effect = usize;
/// `moretta_donor *`: a number that is looked up.
pub(crate) type Donor = usize;

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Bytes {
    pub(crate) data: *const u8,
    pub(crate) len: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Options {
    pub(crate) struct_size: u32,
    pub(crate) policy: u32,
    pub(crate) backing: u32,
    pub(crate) max_faces: u32,
    pub(crate) range: u32,
    pub(crate) smoothing: u32,
    pub(crate) quality: u32,
    pub(crate) frame_budget_us: u32,
    pub(crate) disclose_presence: u32,
    pub(crate) software: u32,
    pub(crate) fov_y_degrees: f32,
    pub(crate) overlap: u32,
    pub(crate) share_with: Session,
    pub(crate) models: *const Bytes,
    pub(crate) model_count: usize,
    pub(crate) models_path: *const c_char,
    pub(crate) models_path_len: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Plane {
    pub(crate) data: *const u8,
    pub(crate) len: usize,
    pub(crate) row_stride: usize,
    pub(crate) pixel_stride: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) struct_size: u32,
    pub(crate) format: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) plane_count: u32,
    pub(crate) rotation_degrees: u32,
    pub(crate) flags: u32,
    pub(crate) matrix: u32,
    pub(crate) levels: u32,
    pub(crate) reserved: u32,
    pub(crate) timestamp_ns: u64,
    pub(crate) planes: [Plane; MAX_PLANES],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Picture {
    pub(crate) struct_size: u32,
    pub(crate) format: u32,
    pub(crate) data: *mut u8,
    pub(crate) len: usize,
    pub(crate) row_stride: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Result {
    pub(crate) struct_size: u32,
    pub(crate) status: i32,
    pub(crate) token: u64,
    pub(crate) presence: u32,
    pub(crate) presented: u32,
    pub(crate) passed_through: u32,
    pub(crate) reserved: u32,
    pub(crate) track_ns: u64,
    pub(crate) draw_ns: u64,
    pub(crate) whole_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Surface {
    pub(crate) struct_size: u32,
    pub(crate) kind: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fit: u32,
    pub(crate) flags: u32,
    pub(crate) display: usize,
    pub(crate) window: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Input {
    pub(crate) struct_size: u32,
    pub(crate) kind: u32,
    pub(crate) min: f32,
    pub(crate) max: f32,
    pub(crate) initial: f32,
    pub(crate) reserved: u32,
    pub(crate) name: [u8; INPUT_NAME_BYTES],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Statistics {
    pub(crate) struct_size: u32,
    pub(crate) quality: u32,
    pub(crate) frames: u64,
    pub(crate) failed: u64,
    pub(crate) dropped: u64,
    pub(crate) wipes: u64,
    pub(crate) locked_bytes: u64,
    pub(crate) last_track_ns: u64,
    pub(crate) last_draw_ns: u64,
    pub(crate) last_whole_ns: u64,
    pub(crate) mean_track_ns: u64,
    pub(crate) mean_draw_ns: u64,
    pub(crate) mean_whole_ns: u64,
}

/// A struct that begins with its size and of which zeros are a value.
///
/// # Safety
/// It is, and `struct_size: u32` is its first field.
pub(crate) unsafe trait Sized0: Copy {}

macro_rules! sized {
    ($( $Name:ident ),*) => { $(
        // SAFETY: numbers and addresses, the first its size.
        unsafe impl Sized0 for $Name {}
    )* };
}

sized! { Options, Frame, Picture, Result, Surface, Input, Statistics }

/// What the header's `_INIT` macros say: the size, and zeros.
pub(crate) fn init<T: Sized0>() -> T {
    let mut value = std::mem::MaybeUninit::<T>::zeroed();
    // SAFETY: the first field of each of these structs is its size, a `u32`.
    unsafe { value.as_mut_ptr().cast::<u32>().write(size_of::<T>() as u32) };
    // SAFETY: zeros are a value of each of them.
    unsafe { value.assume_init() }
}

pub(crate) type LogCallback = extern "C" fn(user: *mut c_void, level: u32, text: *const c_char, len: usize);

unsafe extern "C" {
    pub(crate) safe fn moretta_abi() -> u32;
    pub(crate) safe fn moretta_version() -> *const c_char;
    pub(crate) safe fn moretta_status_name(status: i32) -> *const c_char;
    pub(crate) safe fn moretta_last_error() -> *const c_char;
    pub(crate) fn moretta_set_log(callback: Option<LogCallback>, user: *mut c_void) -> i32;

    pub(crate) fn moretta_create(abi: u32, options: *const Options, out: *mut Session) -> i32;
    pub(crate) safe fn moretta_destroy(session: Session) -> i32;
    pub(crate) safe fn moretta_check(session: Session) -> i32;

    pub(crate) safe fn moretta_consent_give(session: Session, age_band: u32) -> i32;
    pub(crate) safe fn moretta_consent_revoke(session: Session) -> i32;

    pub(crate) fn moretta_effect_from_bytes(
        session: Session,
        data: *const u8,
        len: usize,
        out: *mut Effect,
    ) -> i32;
    pub(crate) fn moretta_effect_from_path(
        session: Session,
        path: *const c_char,
        len: usize,
        out: *mut Effect,
    ) -> i32;
    pub(crate) safe fn moretta_effect_free(effect: Effect) -> i32;
    pub(crate) fn moretta_effect_input(effect: Effect, index: u32, out: *mut Input) -> i32;
    pub(crate) safe fn moretta_wear(session: Session, slot: u32, effect: Effect) -> i32;
    pub(crate) safe fn moretta_wear_as_everyone(session: Session, slot: u32) -> i32;
    pub(crate) fn moretta_set_input(
        session: Session,
        slot: u32,
        name: *const c_char,
        name_len: usize,
        value: f32,
    ) -> i32;
    pub(crate) safe fn moretta_tap(session: Session) -> i32;

    pub(crate) fn moretta_donor_add(
        session: Session,
        data: *mut u8,
        len: usize,
        face: u32,
        out: *mut Donor,
    ) -> i32;
    pub(crate) fn moretta_donor_add_views(
        session: Session,
        pictures: *const Bytes,
        count: usize,
        face: u32,
        out: *mut Donor,
    ) -> i32;
    pub(crate) fn moretta_donor_add_frame(
        session: Session,
        frame: *const Frame,
        face: u32,
        out: *mut Donor,
    ) -> i32;
    pub(crate) safe fn moretta_donor_free(donor: Donor) -> i32;
    pub(crate) safe fn moretta_donor_give(session: Session, slot: u32, donor: Donor) -> i32;
    pub(crate) safe fn moretta_donor_give_as_everyone(session: Session, slot: u32) -> i32;

    pub(crate) fn moretta_process(
        session: Session,
        frame: *const Frame,
        picture: *const Picture,
        result: *mut Result,
    ) -> i32;
    pub(crate) fn moretta_present(session: Session, frame: *const Frame, result: *mut Result) -> i32;
    pub(crate) fn moretta_submit(session: Session, frame: *const Frame, token: *mut u64) -> i32;
    pub(crate) fn moretta_poll(session: Session, timeout_ms: u32, result: *mut Result) -> i32;

    pub(crate) fn moretta_surface_attach(session: Session, surface: *const Surface) -> i32;
    pub(crate) safe fn moretta_surface_resize(session: Session, width: u32, height: u32) -> i32;
    pub(crate) safe fn moretta_surface_detach(session: Session) -> i32;

    pub(crate) safe fn moretta_pause(session: Session) -> i32;
    pub(crate) safe fn moretta_resume(session: Session) -> i32;
    pub(crate) safe fn moretta_trim_memory(session: Session) -> i32;
    pub(crate) safe fn moretta_wipe_all() -> i32;

    pub(crate) fn moretta_statistics_read(session: Session, out: *mut Statistics) -> i32;
    pub(crate) fn moretta_report(
        session: Session,
        form: u32,
        text: *mut c_char,
        capacity: usize,
        len: *mut usize,
    ) -> i32;
}
