//! Calls of the C ABI in any order, with any numbers, with handles that are alive, gone or made up, on two threads at once. What
//! a pointer leads to is as long as is said, and not a byte longer, so that the address sanitizer sees one that is read beyond.
//!
//! Nothing may crash, no call may answer with a fault in Moretta, and a failure says something.

#![no_main]

use std::ffi::{CStr, c_char};
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
// The declarations of `moretta.h`, which tests compare with it. The library is linked by its Rust name.
use moretta_ffi as _;

#[path = "../../ffi/jni/src/sys.rs"]
mod sys;

use sys::{Effect, Session};

/// A handle: one of those that were made, alive or gone, none, or a number.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Handle {
    Made(u8),
    Null,
    Strange(u64),
}

/// A pointer to a struct: none, or one to as many bytes as the struct says it has.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Said {
    Null,
    Right,
    Bytes(u16),
}

#[derive(Arbitrary, Clone, Debug)]
struct Plane {
    /// None is NULL, whatever the length.
    bytes: Option<u16>,
    claimed: u32,
    row_stride: u64,
    /// Mostly what a real one would be.
    is_plain: bool,
    pixel_stride: u8,
}

#[derive(Arbitrary, Clone, Debug)]
struct Frame {
    said: Said,
    format: u8,
    width: u16,
    height: u16,
    plane_count: u8,
    quarter_turns: u8,
    other_angle: Option<u32>,
    flags: u8,
    matrix: u8,
    levels: u8,
    reserved: bool,
    timestamp_ns: u64,
    planes: [Plane; 3],
}

#[derive(Arbitrary, Clone, Debug)]
struct Picture {
    said: Said,
    format: u8,
    bytes: Option<u16>,
    row_stride: Option<u32>,
    /// Where the frame's first plane lies.
    in_place: bool,
}

#[derive(Arbitrary, Clone, Debug)]
struct Options {
    said: Said,
    numbers: [u8; 9],
    fov_y_degrees: f32,
    reserved: bool,
    share_with: Option<Handle>,
    models: Option<Vec<u8>>,
    path: Option<Vec<u8>>,
}

#[derive(Arbitrary, Clone, Debug)]
enum Call {
    Create {
        abi: u32,
        is_right: bool,
        options: Options,
        is_null: bool,
    },
    Share,
    Destroy(Handle),
    Check(Handle),
    Consent(Handle, u8),
    Revoke(Handle),
    Load(Handle, Vec<u8>, bool),
    LoadPath(Handle, Vec<u8>),
    LoadReal(Handle),
    Free(Handle),
    Input(Handle, u8, Said),
    Wear(Handle, u32, Handle),
    AsEveryone(Handle, u32),
    Set(Handle, u32, Option<Vec<u8>>, f32),
    Tap(Handle),
    Process(Handle, Frame, Picture, Said),
    Present(Handle, Frame, Said),
    Submit(Handle, Frame, bool),
    Poll(Handle, u8, Said),
    /// Windows must be real: only what is no window can be tried.
    Attach(Handle, Said, u8, u32, u32, u8, u8),
    Resize(Handle, u32, u32),
    Detach(Handle),
    Pause(Handle),
    PauseTwice(Handle),
    Resume(Handle),
    Trim(Handle),
    WipeAll,
    Statistics(Handle, Said),
    Report(Handle, u8, Option<u16>, bool),
    Log(bool),
    Names(i32),
}

#[derive(Arbitrary, Debug)]
struct Run {
    here: Vec<Call>,
    /// At the same time, on another thread.
    there: Vec<Call>,
}

/// What was made in this run.
#[derive(Default)]
struct Made {
    sessions: Mutex<Vec<Session>>,
    effects: Mutex<Vec<Effect>>,
}

impl Made {
    fn pick(of: &Mutex<Vec<usize>>, handle: Handle) -> usize {
        let of = of.lock().unwrap_or_else(PoisonError::into_inner);
        match handle {
            Handle::Made(at) if !of.is_empty() => of[at as usize % of.len()],
            Handle::Made(_) | Handle::Null => 0,
            Handle::Strange(number) => number as usize,
        }
    }

    fn session(&self, handle: Handle) -> Session {
        Self::pick(&self.sessions, handle)
    }

    fn effect(&self, handle: Handle) -> Effect {
        Self::pick(&self.effects, handle)
    }

    fn keep(of: &Mutex<Vec<usize>>, status: i32, made: usize) {
        assert_eq!(
            status == sys::STATUS_OK,
            made != 0,
            "a handle for a success alone"
        );
        if made != 0 {
            of.lock().unwrap_or_else(PoisonError::into_inner).push(made);
        }
    }
}

/// The session whose device and networks all others share, for as long as the process lives.
fn first() -> Session {
    static FIRST: OnceLock<Session> = OnceLock::new();
    *FIRST.get_or_init(|| {
        let mut options: sys::Options = sys::init();
        options.policy = 2;
        options.software = 1;
        let mut session = 0;
        // SAFETY: a struct that says its size, and a variable.
        let status = unsafe { sys::moretta_create(sys::ABI, &raw const options, &raw mut session) };
        assert_eq!(status, sys::STATUS_OK, "{}", last_error());
        session
    })
}

fn last_error() -> String {
    // SAFETY: a text of the library's, until this thread's next call.
    unsafe { CStr::from_ptr(sys::moretta_last_error()) }
        .to_string_lossy()
        .into_owned()
}

/// What each call must keep to.
fn judged(status: i32) -> i32 {
    assert!((-15..=1).contains(&status), "status {status}: {}", last_error());
    assert!(
        status >= 0 || !last_error().is_empty(),
        "status {status} without a word"
    );
    status
}

/// The same, of calls whose answer says no more.
fn judge(status: i32) {
    judged(status);
}

/// A struct in memory of its own, which is exactly as long as it says; null, if it is none.
struct Lent {
    words: Vec<u64>,
    is_null: bool,
}

impl Lent {
    fn of<T: sys::Sized0>(said: Said, value: &T) -> Self {
        let size = match said {
            Said::Null => 0,
            Said::Right => size_of::<T>(),
            Said::Bytes(bytes) => usize::from(bytes),
        };
        // The size itself has to be there, and no larger struct than this is looked into.
        let len = size.clamp(4, 4096);
        let mut bytes = vec![0u8; len];
        // SAFETY: as many bytes as both have.
        unsafe {
            ptr::copy_nonoverlapping(
                ptr::from_ref(value).cast::<u8>(),
                bytes.as_mut_ptr(),
                len.min(size_of::<T>()),
            );
        }
        bytes[..4].copy_from_slice(&(size as u32).to_ne_bytes());
        // Whole words, rounded up: what a sanitizer then misses is up to seven bytes.
        let words = bytes.chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_ne_bytes(word)
        });
        Self {
            words: words.collect(),
            is_null: matches!(said, Said::Null),
        }
    }

    fn get<T>(&mut self) -> *mut T {
        if self.is_null {
            ptr::null_mut()
        } else {
            self.words.as_mut_ptr().cast()
        }
    }
}

/// A frame and the memory of its planes.
fn frame(of: &Frame) -> (sys::Frame, Vec<Vec<u8>>) {
    let mut frame: sys::Frame = sys::init();
    frame.format = u32::from(of.format % 9);
    frame.width = u32::from(of.width % 130);
    frame.height = u32::from(of.height % 130);
    frame.plane_count = u32::from(of.plane_count % 5);
    frame.rotation_degrees = of.other_angle.unwrap_or(u32::from(of.quarter_turns % 4) * 90);
    frame.flags = u32::from(of.flags % 5);
    frame.matrix = u32::from(of.matrix % 4);
    frame.levels = u32::from(of.levels % 4);
    frame.reserved = u32::from(of.reserved);
    frame.timestamp_ns = of.timestamp_ns;
    let mut memory = Vec::new();
    for (place, plane) in frame.planes.iter_mut().zip(&of.planes) {
        let mut bytes = vec![119u8; usize::from(plane.bytes.unwrap_or(0))];
        let stride = usize::from(plane.pixel_stride % 5);
        *place = sys::Plane {
            data: if plane.bytes.is_some() {
                bytes.as_mut_ptr()
            } else {
                ptr::null()
            },
            len: if plane.bytes.is_some() {
                bytes.len()
            } else {
                plane.claimed as usize
            },
            row_stride: match plane.is_plain {
                true => frame.width as usize * stride,
                false => plane.row_stride as usize,
            },
            pixel_stride: stride,
        };
        memory.push(bytes);
    }
    (frame, memory)
}

extern "C" fn listen(_user: *mut std::ffi::c_void, level: u32, text: *const c_char, len: usize) {
    assert!((1..=2).contains(&level));
    // SAFETY: a text that ends with a zero.
    assert_eq!(unsafe { CStr::from_ptr(text) }.count_bytes(), len);
    // What a callback must not do is answered, and does nothing.
    assert_eq!(sys::moretta_wipe_all(), -4);
}

fn create(made: &Made, abi: u32, of: &Options, is_null: bool) {
    let mut options: sys::Options = sys::init();
    let [
        policy,
        backing,
        faces,
        range,
        smoothing,
        quality,
        budget,
        presence,
        software,
    ] = of.numbers;
    options.policy = u32::from(policy % 4);
    options.backing = u32::from(backing % 3);
    options.max_faces = u32::from(faces % 19);
    options.range = u32::from(range % 5);
    options.smoothing = u32::from(smoothing % 4);
    options.quality = u32::from(quality % 6);
    options.frame_budget_us = u32::from(budget) * 200;
    options.disclose_presence = u32::from(presence % 3);
    options.software = u32::from(software % 5);
    options.fov_y_degrees = of.fov_y_degrees;
    options.reserved = u32::from(of.reserved);
    // Without another's device a session takes a second: only with models or a path, which are refused before.
    options.share_with = of.share_with.map_or_else(first, |handle| made.session(handle));
    let models = of.models.as_ref().map(|bytes| sys::Bytes {
        data: bytes.as_ptr(),
        len: bytes.len(),
    });
    if let Some(models) = &models {
        options.models = models;
        options.model_count = 1;
    }
    if let Some(path) = &of.path {
        options.models_path = path.as_ptr().cast();
        options.models_path_len = path.len();
    }
    if options.share_with == 0 && (of.models.is_none() && of.path.is_none()) {
        return;
    }
    let mut options = Lent::of(of.said, &options);
    if options.is_null {
        return; // the defaults: a device of its own
    }
    let mut session = 0;
    let out = if is_null {
        ptr::null_mut()
    } else {
        &raw mut session
    };
    // SAFETY: what is lent is as long as it says, and what it points to as well.
    let status = judged(unsafe { sys::moretta_create(abi, options.get(), out) });
    if is_null {
        assert_ne!(status, sys::STATUS_OK);
    } else {
        Made::keep(&made.sessions, status, session);
    }
}

fn process(made: &Made, handle: Handle, of: &Frame, onto: &Picture, said: Said) {
    let (it, mut memory) = frame(of);
    let mut own = vec![3u8; usize::from(onto.bytes.unwrap_or(0))];
    let place = if onto.in_place { &mut memory[0] } else { &mut own };
    let picture = sys::Picture {
        struct_size: 0,
        format: u32::from(onto.format % 4),
        data: if onto.bytes.is_some() {
            place.as_mut_ptr()
        } else {
            ptr::null_mut()
        },
        len: place.len(),
        row_stride: onto.row_stride.map_or(it.width as usize * 4, |it| it as usize),
    };
    let (mut it, mut picture) = (Lent::of(of.said, &it), Lent::of(onto.said, &picture));
    let mut result = Lent::of(said, &sys::init::<sys::Result>());
    // SAFETY: what is lent is as long as it says, and planes and picture as well.
    judged(unsafe { sys::moretta_process(made.session(handle), it.get(), picture.get(), result.get()) });
}

fn call(made: &Made, call: &Call) {
    let session = |handle: &Handle| made.session(*handle);
    // SAFETY, of all below: what is lent is as long as it says, and texts as long as is said; the rest are numbers.
    match call {
        Call::Create {
            abi,
            is_right,
            options,
            is_null,
        } => {
            create(made, if *is_right { sys::ABI } else { *abi }, options, *is_null);
        }
        Call::Share => {
            let mut options: sys::Options = sys::init();
            options.policy = 2;
            options.share_with = first();
            let mut session = 0;
            let status =
                judged(unsafe { sys::moretta_create(sys::ABI, &raw const options, &raw mut session) });
            Made::keep(&made.sessions, status, session);
        }
        Call::Destroy(it) => {
            let handle = session(it);
            judged(sys::moretta_destroy(handle));
            assert!(
                handle == 0 || sys::moretta_check(handle) == -3,
                "destroyed, and not gone"
            );
        }
        Call::Check(it) => judge(sys::moretta_check(session(it))),
        Call::Consent(it, band) => judge(sys::moretta_consent_give(session(it), u32::from(band % 4))),
        Call::Revoke(it) => judge(sys::moretta_consent_revoke(session(it))),
        Call::Load(it, pack, is_null) => {
            let mut effect = 0;
            let out = if *is_null {
                ptr::null_mut()
            } else {
                &raw mut effect
            };
            let status = judged(unsafe {
                sys::moretta_effect_from_bytes(session(it), pack.as_ptr(), pack.len(), out)
            });
            if !is_null {
                Made::keep(&made.effects, status, effect);
            }
        }
        Call::LoadPath(it, path) => {
            let mut effect = 0;
            let status = judged(unsafe {
                sys::moretta_effect_from_path(session(it), path.as_ptr().cast(), path.len(), &raw mut effect)
            });
            Made::keep(&made.effects, status, effect);
        }
        Call::LoadReal(it) => {
            const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../effects/glasses");
            let mut effect = 0;
            let status = judged(unsafe {
                sys::moretta_effect_from_path(session(it), PATH.as_ptr().cast(), PATH.len(), &raw mut effect)
            });
            Made::keep(&made.effects, status, effect);
        }
        Call::Free(it) => judge(sys::moretta_effect_free(made.effect(*it))),
        Call::Input(it, index, said) => {
            let mut input = Lent::of(*said, &sys::init::<sys::Input>());
            judged(unsafe { sys::moretta_effect_input(made.effect(*it), u32::from(*index), input.get()) });
        }
        Call::Wear(it, slot, effect) => {
            judged(sys::moretta_wear(session(it), *slot, made.effect(*effect)));
        }
        Call::AsEveryone(it, slot) => judge(sys::moretta_wear_as_everyone(session(it), *slot)),
        Call::Set(it, slot, name, value) => {
            let (start, len) = name
                .as_ref()
                .map_or((ptr::null(), 7), |it| (it.as_ptr(), it.len()));
            judged(unsafe { sys::moretta_set_input(session(it), *slot, start.cast(), len, *value) });
        }
        Call::Tap(it) => judge(sys::moretta_tap(session(it))),
        Call::Process(it, of, onto, said) => process(made, *it, of, onto, *said),
        Call::Present(it, of, said) => {
            let (frame, _memory) = frame(of);
            let mut frame = Lent::of(of.said, &frame);
            let mut result = Lent::of(*said, &sys::init::<sys::Result>());
            judged(unsafe { sys::moretta_present(session(it), frame.get(), result.get()) });
        }
        Call::Submit(it, of, is_null) => {
            let (frame, _memory) = frame(of);
            let mut frame = Lent::of(of.said, &frame);
            let mut token = 0;
            let out = if *is_null { ptr::null_mut() } else { &raw mut token };
            judged(unsafe { sys::moretta_submit(session(it), frame.get(), out) });
        }
        Call::Poll(it, timeout, said) => {
            let mut result = Lent::of(*said, &sys::init::<sys::Result>());
            judged(unsafe { sys::moretta_poll(session(it), u32::from(timeout % 4), result.get()) });
        }
        Call::Attach(it, said, kind, width, height, fit, flags) => {
            let surface = sys::Surface {
                struct_size: 0,
                kind: u32::from(kind % 9),
                width: *width,
                height: *height,
                fit: u32::from(fit % 5),
                flags: u32::from(flags % 4),
                display: 0,
                window: 0,
            };
            let mut surface = Lent::of(*said, &surface);
            judged(unsafe { sys::moretta_surface_attach(session(it), surface.get()) });
        }
        Call::Resize(it, width, height) => judge(sys::moretta_surface_resize(session(it), *width, *height)),
        Call::Detach(it) => judge(sys::moretta_surface_detach(session(it))),
        Call::Pause(it) => judge(sys::moretta_pause(session(it))),
        Call::PauseTwice(it) => {
            judged(sys::moretta_pause(session(it)));
            judged(sys::moretta_pause(session(it)));
        }
        Call::Resume(it) => judge(sys::moretta_resume(session(it))),
        Call::Trim(it) => judge(sys::moretta_trim_memory(session(it))),
        Call::WipeAll => assert_eq!(sys::moretta_wipe_all(), sys::STATUS_OK),
        Call::Statistics(it, said) => {
            let mut statistics = Lent::of(*said, &sys::init::<sys::Statistics>());
            judged(unsafe { sys::moretta_statistics_read(session(it), statistics.get()) });
        }
        Call::Report(it, form, room, is_null) => {
            let mut text = vec![0u8; usize::from(room.unwrap_or(0))];
            let start = if room.is_some() {
                text.as_mut_ptr().cast()
            } else {
                ptr::null_mut()
            };
            let mut len = 0;
            let out = if *is_null { ptr::null_mut() } else { &raw mut len };
            judged(unsafe { sys::moretta_report(session(it), u32::from(form % 4), start, text.len(), out) });
        }
        Call::Log(on) => {
            let callback: Option<sys::LogCallback> = if *on { Some(listen) } else { None };
            judged(unsafe { sys::moretta_set_log(callback, ptr::null_mut()) });
        }
        Call::Names(status) => {
            assert!(!sys::moretta_status_name(*status).is_null() && !sys::moretta_version().is_null());
            assert_eq!(sys::moretta_abi() >> 16, sys::ABI >> 16);
        }
    }
}

fuzz_target!(|run: Run| {
    let made = Made::default();
    first();
    std::thread::scope(|scope| {
        scope.spawn(|| run.there.iter().for_each(|it| call(&made, it)));
        run.here.iter().for_each(|it| call(&made, it));
    });
    for effect in made.effects.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        sys::moretta_effect_free(*effect);
    }
    for session in made
        .sessions
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
    {
        sys::moretta_destroy(*session);
    }
});
