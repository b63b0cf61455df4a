//! Calls of the C ABI in any order, with any numbers, with handles that are alive, gone or made up, on two threads at once. What
//! a pointer leads to is as long as is said (structs in whole words), and not a byte longer, so that the address sanitizer sees one that is read beyond.
//!
//! Most of what is handed over is right, so that calls get far, and then one thing of it is not. A run may begin with a session
//! that has consent and wears an effect, or with one that a fault has ended.
//!
//! Nothing may crash, no call may answer with a fault in Moretta unless one was asked for, and a failure says something. With
//! `MORETTA_FUZZ_TALLY` set the end of the run prints how often which call was answered how.

#![no_main]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int};
use std::fs;
use std::io::Cursor;
use std::ptr;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;

// The declarations of `moretta.h`, which tests compare with it. The library is linked by its Rust name.
#[path = "../../ffi/jni/src/sys.rs"]
mod sys;

use sys::{Donor, Effect, Session};

/// A handle: mostly one of those that were made, alive or gone.
#[derive(Clone, Copy, Debug)]
enum Handle {
    Made(u8),
    Null,
    Strange(u64),
    /// One of the other kinds.
    Other(u8),
}

impl<'a> Arbitrary<'a> for Handle {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(match u.int_in_range(0..=23)? {
            0 => Self::Null,
            1 => Self::Strange(u.arbitrary()?),
            2 => Self::Other(u.arbitrary()?),
            _ => Self::Made(u.arbitrary()?),
        })
    }
}

/// A pointer to a struct: mostly the right one.
#[derive(Clone, Copy, Debug)]
enum Said {
    Right,
    Null,
    /// To as many bytes as the struct says it has.
    Bytes(u16),
}

impl<'a> Arbitrary<'a> for Said {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(match u.int_in_range(0..=15)? {
            0 => Self::Null,
            1 => Self::Bytes(u.arbitrary()?),
            2 => Self::Bytes(u.int_in_range(0..=160)?),
            _ => Self::Right,
        })
    }
}

#[derive(Arbitrary, Clone, Debug)]
struct Plane {
    /// None is NULL, whatever the length.
    bytes: Option<u16>,
    claimed: u32,
    row_stride: u64,
    pixel_stride: u8,
}

/// What is not right about a frame that is otherwise one.
#[derive(Arbitrary, Clone, Debug)]
enum Wrong {
    Format(u32),
    Width(u32),
    Height(u32),
    PlaneCount(u32),
    Angle(u32),
    Flags(u32),
    Matrix(u32),
    Levels(u32),
    Reserved(u32),
    Plane(u8, Plane),
    /// A plane is shorter by so many bytes.
    Short(u8, u8),
    RowStride(u8, u64),
    /// The second plane lies in the first, and the third in the second.
    Overlap,
}

#[derive(Clone, Debug)]
struct Frame {
    said: Said,
    format: u8,
    width: u8,
    height: u8,
    quarter_turns: u8,
    is_mirrored: bool,
    is_consumed: bool,
    matrix: u8,
    levels: u8,
    timestamp_ns: u64,
    /// Bytes between rows.
    padding: u8,
    /// A face fills it, if it is RGBA or BGRA.
    has_face: bool,
    wrong: Vec<Wrong>,
}

impl<'a> Arbitrary<'a> for Frame {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let has_face = u.ratio(1, 4)?;
        let wrong = match u.int_in_range(0..=7)? {
            0..=4 => Vec::new(),
            5 | 6 => vec![u.arbitrary()?],
            _ => vec![u.arbitrary()?, u.arbitrary()?],
        };
        Ok(Self {
            said: u.arbitrary()?,
            format: if has_face {
                u.int_in_range(1..=2)?
            } else {
                u.int_in_range(1..=7)?
            },
            width: u.int_in_range(1..=130)?,
            height: u.int_in_range(1..=130)?,
            quarter_turns: u.int_in_range(0..=3)?,
            is_mirrored: u.arbitrary()?,
            is_consumed: u.ratio(1, 4)?,
            matrix: u.int_in_range(0..=2)?,
            levels: u.int_in_range(0..=2)?,
            timestamp_ns: u.arbitrary::<u16>()?.into(),
            padding: u.int_in_range(0..=9)?,
            has_face,
            wrong,
        })
    }
}

#[derive(Clone, Debug)]
struct Picture {
    said: Said,
    format: u8,
    /// Shorter by so many bytes.
    short: u8,
    is_null: bool,
    row_stride: Option<u32>,
    /// Where the frame's first plane lies.
    in_place: bool,
}

impl<'a> Arbitrary<'a> for Picture {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(Self {
            said: u.arbitrary()?,
            format: if u.ratio(1, 12)? {
                u.arbitrary()?
            } else {
                u.int_in_range(1..=2)?
            },
            short: if u.ratio(1, 12)? { u.arbitrary()? } else { 0 },
            is_null: u.ratio(1, 16)?,
            row_stride: if u.ratio(1, 12)? {
                Some(u.arbitrary()?)
            } else {
                None
            },
            in_place: u.ratio(1, 4)?,
        })
    }
}

#[derive(Arbitrary, Clone, Debug)]
struct Options {
    said: Said,
    numbers: [u8; 9],
    fov_y_degrees: f32,
    is_plain: bool,
    overlap: bool,
    share_with: Option<Handle>,
    models: Option<Vec<u8>>,
    path: Option<Vec<u8>>,
}

/// A slot, everyone, or any number.
#[derive(Clone, Copy, Debug)]
struct Slot(u32);

impl<'a> Arbitrary<'a> for Slot {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        Ok(Self(match u.int_in_range(0..=7)? {
            0 => u.arbitrary()?,
            1..=3 => u32::MAX,
            _ => u.int_in_range(0..=16)?,
        }))
    }
}

#[derive(Arbitrary, Clone, Debug)]
enum Call {
    Create {
        abi: Option<u32>,
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
    LoadReal(Handle, bool),
    /// A real pack in one file, with some bytes changed.
    LoadMask(Handle, Vec<(u32, u8)>),
    Free(Handle),
    Input(Handle, u8, Said),
    Wear(Handle, Slot, Handle),
    AsEveryone(Handle, Slot),
    Set(Handle, Slot, Option<Vec<u8>>, f32),
    Tap(Handle),
    AddDonor(Handle, Option<Vec<u8>>, u8, bool),
    AddPhoto(Handle, u8, u16),
    AddFrame(Handle, Frame, u8, bool),
    FreeDonor(Handle),
    Give(Handle, Slot, Handle),
    GiveAsEveryone(Handle, Slot),
    Process(Handle, Frame, Picture, Said),
    /// Several frames, one after the other.
    Film(Handle, Frame, u8),
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
    /// Ends the session by a fault.
    Fault(Handle),
}

/// What a run begins with.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Start {
    Nothing,
    Session,
    Consent,
    Worn,
    Poisoned,
}

#[derive(Debug)]
struct Run {
    start: Start,
    here: Vec<Call>,
    /// At the same time, on another thread.
    there: Vec<Call>,
}

impl<'a> Arbitrary<'a> for Run {
    fn arbitrary(u: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let mut run = Self {
            start: u.arbitrary()?,
            here: Vec::new(),
            there: Vec::new(),
        };
        // A list by itself would mostly have one call or two.
        for _ in 0..u.int_in_range(0..=48)? {
            if u.is_empty() {
                break;
            }
            let there = u.ratio(1, 4)?;
            let call = u.arbitrary()?;
            if there { &mut run.there } else { &mut run.here }.push(call);
        }
        Ok(run)
    }
}

/// What was made in this run.
#[derive(Default)]
struct Made {
    sessions: Mutex<Vec<Session>>,
    effects: Mutex<Vec<Effect>>,
    donors: Mutex<Vec<Donor>>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Made {
    fn pick(&self, of: &Mutex<Vec<usize>>, handle: Handle) -> usize {
        let any = |of: &Mutex<Vec<usize>>, at: u8| {
            let of = lock(of);
            of.get(at as usize % of.len().max(1)).copied().unwrap_or(0)
        };
        match handle {
            Handle::Made(at) => any(of, at),
            Handle::Null => 0,
            Handle::Strange(number) => number as usize,
            Handle::Other(at) => [&self.effects, &self.donors, &self.sessions]
                .iter()
                .filter(|it| !ptr::eq(**it, of))
                .map(|it| any(it, at))
                .max()
                .unwrap_or(0),
        }
    }

    fn session(&self, handle: Handle) -> Session {
        self.pick(&self.sessions, handle)
    }

    fn effect(&self, handle: Handle) -> Effect {
        self.pick(&self.effects, handle)
    }

    fn donor(&self, handle: Handle) -> Donor {
        self.pick(&self.donors, handle)
    }

    fn keep(of: &Mutex<Vec<usize>>, status: i32, made: usize) {
        assert_eq!(
            status == sys::STATUS_OK,
            made != 0,
            "a handle for a success alone"
        );
        if made != 0 {
            lock(of).push(made);
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
        if std::env::var_os("MORETTA_FUZZ_TALLY").is_some() {
            // SAFETY: a function that may be called at the end.
            unsafe { atexit(print_tally) };
        }
        session
    })
}

unsafe extern "C" {
    fn atexit(call: extern "C" fn()) -> c_int;
}

static TALLY: Mutex<BTreeMap<(&str, i32), u64>> = Mutex::new(BTreeMap::new());

extern "C" fn print_tally() {
    for ((call, status), times) in lock(&TALLY).iter() {
        // SAFETY: a text that lives as long as the library.
        let status = unsafe { CStr::from_ptr(sys::moretta_status_name(*status)) };
        eprintln!("{times:8} {call} {}", status.to_string_lossy());
    }
}

fn last_error() -> String {
    // SAFETY: a text of the library's, until this thread's next call.
    unsafe { CStr::from_ptr(sys::moretta_last_error()) }
        .to_string_lossy()
        .into_owned()
}

/// What each call must keep to.
fn judged(call: &'static str, status: i32) -> i32 {
    assert!(
        (-19..=1).contains(&status),
        "{call}: status {status}: {}",
        last_error()
    );
    assert!(
        status >= 0 || !last_error().is_empty(),
        "{call}: status {status} without a word"
    );
    *lock(&TALLY).entry((call, status)).or_default() += 1;
    status
}

/// The same, of calls whose answer says no more.
fn judge(call: &'static str, status: i32) {
    judged(call, status);
}

/// A picture file of a face, and its pixels as RGBA with their width and height.
fn portrait() -> &'static (Vec<u8>, Vec<u8>, [usize; 2]) {
    static PORTRAIT: OnceLock<(Vec<u8>, Vec<u8>, [usize; 2])> = OnceLock::new();
    PORTRAIT.get_or_init(|| {
        const PATH: &str = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../crates/track/tests/data/astronaut.png"
        );
        let file = fs::read(PATH).expect("the portrait");
        let mut decoder = png::Decoder::new(Cursor::new(&file));
        decoder.set_transformations(png::Transformations::ALPHA);
        let mut reader = decoder.read_info().expect("a portrait");
        let mut rgba = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut rgba).expect("a portrait");
        assert_eq!(info.color_type, png::ColorType::Rgba);
        (file, rgba, [info.width as usize, info.height as usize])
    })
}

/// A pack in one file: the smallest that there is.
fn mask() -> &'static [u8] {
    static MASK: OnceLock<Vec<u8>> = OnceLock::new();
    MASK.get_or_init(|| {
        const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../effects/photo/effect.json");
        let manifest = fs::read_to_string(PATH).expect("a manifest");
        // Its preview and its golden pictures are files that are not here.
        let plain = manifest
            .lines()
            .filter(|line| !line.contains("preview") && !line.contains("golden"));
        let plain = plain.collect::<Vec<_>>().join("\n");
        let files = [("effect.json".to_owned(), plain.into_bytes())];
        let mut mask = Cursor::new(Vec::new());
        moretta_pack::write_mask(files, &mut mask).expect("a pack");
        mask.into_inner()
    })
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
    let (width, height) = (usize::from(of.width), usize::from(of.height));
    let half = |side: usize| side.div_ceil(2);
    // Width and height in samples, and bytes from one to the next.
    let planes: &[[usize; 3]] = match of.format {
        1 | 2 => &[[width, height, 4]],
        3 | 4 => &[[width, height, 1], [half(width), half(height), 2]],
        _ => &[
            [width, height, 1],
            [half(width), half(height), 1],
            [half(width), half(height), 1],
        ],
    };
    let mut frame: sys::Frame = sys::init();
    frame.format = of.format.into();
    frame.width = of.width.into();
    frame.height = of.height.into();
    frame.plane_count = planes.len() as u32;
    frame.rotation_degrees = u32::from(of.quarter_turns) * 90;
    frame.flags = u32::from(of.is_mirrored) | u32::from(of.is_consumed) << 1;
    frame.matrix = of.matrix.into();
    frame.levels = of.levels.into();
    frame.timestamp_ns = of.timestamp_ns * 1_000_000;
    let mut memory = Vec::new();
    for (place, [columns, rows, pixel_stride]) in frame.planes.iter_mut().zip(planes) {
        let row_stride = columns * pixel_stride + usize::from(of.padding);
        let mut bytes = vec![119u8; row_stride * rows];
        if of.has_face {
            let (_, rgba, [from_width, from_height]) = portrait();
            // Large enough for a donor.
            let (left, top, side) = (from_width * 9 / 32, from_height * 5 / 64, from_width * 5 / 16);
            for row in 0..*rows {
                for column in 0..*columns {
                    let (x, y) = (left + column * side / columns, top + row * side / rows);
                    let pixel = &rgba[(y * from_width + x) * 4..][..4];
                    bytes[row * row_stride + column * 4..][..4].copy_from_slice(pixel);
                }
            }
        }
        *place = sys::Plane {
            data: bytes.as_mut_ptr(),
            len: bytes.len(),
            row_stride,
            pixel_stride: *pixel_stride,
        };
        memory.push(bytes);
    }
    for wrong in &of.wrong {
        spoil(&mut frame, &mut memory, wrong);
    }
    (frame, memory)
}

fn spoil(frame: &mut sys::Frame, memory: &mut Vec<Vec<u8>>, wrong: &Wrong) {
    let place = |at: &u8| usize::from(*at) % sys::MAX_PLANES;
    match wrong {
        Wrong::Format(it) => frame.format = *it,
        Wrong::Width(it) => frame.width = *it,
        Wrong::Height(it) => frame.height = *it,
        Wrong::PlaneCount(it) => {
            // What is zeroed then must be there.
            frame.plane_count = *it;
        }
        Wrong::Angle(it) => frame.rotation_degrees = *it,
        Wrong::Flags(it) => frame.flags = *it,
        Wrong::Matrix(it) => frame.matrix = *it,
        Wrong::Levels(it) => frame.levels = *it,
        Wrong::Reserved(it) => frame.reserved = *it,
        Wrong::Plane(at, plane) => {
            let mut bytes = vec![119u8; usize::from(plane.bytes.unwrap_or(0))];
            frame.planes[place(at)] = sys::Plane {
                data: match plane.bytes {
                    Some(_) => bytes.as_mut_ptr(),
                    None => ptr::null(),
                },
                len: match plane.bytes {
                    Some(_) => bytes.len(),
                    None => plane.claimed as usize,
                },
                row_stride: plane.row_stride as usize,
                pixel_stride: usize::from(plane.pixel_stride % 5),
            };
            memory.push(bytes);
        }
        Wrong::Short(at, by) => {
            let plane = &mut frame.planes[place(at)];
            plane.len = plane.len.saturating_sub(usize::from(*by));
        }
        Wrong::RowStride(at, it) => frame.planes[place(at)].row_stride = *it as usize,
        Wrong::Overlap => {
            for at in 1..sys::MAX_PLANES {
                let (before, len) = (frame.planes[at - 1].data, frame.planes[at].len);
                if len > 0 && frame.planes[at - 1].len > len {
                    frame.planes[at].data = before.wrapping_add(1);
                }
            }
        }
    }
}

extern "C" fn listen(_user: *mut std::ffi::c_void, level: u32, text: *const c_char, len: usize) {
    assert!((1..=2).contains(&level));
    // SAFETY: a text that ends with a zero.
    assert_eq!(unsafe { CStr::from_ptr(text) }.count_bytes(), len);
    // What a callback must not do is answered, and does nothing.
    assert_eq!(sys::moretta_wipe_all(), -4);
    assert_eq!(sys::moretta_destroy(first()), -4);
}

fn create(made: &Made, abi: Option<u32>, of: &Options, is_null: bool) {
    let mut options: sys::Options = sys::init();
    options.policy = 2;
    if !of.is_plain {
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
        options.overlap = u32::from(of.overlap);
    }
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
    if options.share_with == 0 && of.models.is_none() && of.path.as_ref().is_none_or(Vec::is_empty) {
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
    let status = unsafe { sys::moretta_create(abi.unwrap_or(sys::ABI), options.get(), out) };
    judge("create", status);
    if is_null {
        assert_ne!(status, sys::STATUS_OK);
    } else {
        Made::keep(&made.sessions, status, session);
    }
}

/// Another session with the first one's device.
fn share(made: &Made) {
    let mut options: sys::Options = sys::init();
    options.policy = 2;
    options.share_with = first();
    let mut session = 0;
    // SAFETY: a struct that says its size, and a variable.
    let status = unsafe { sys::moretta_create(sys::ABI, &raw const options, &raw mut session) };
    Made::keep(&made.sessions, judged("share", status), session);
}

fn load_real(made: &Made, handle: Handle, swaps: bool) {
    const GLASSES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../effects/glasses");
    const PHOTO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../effects/photo");
    let path = if swaps { PHOTO } else { GLASSES };
    let mut effect = 0;
    let start = path.as_ptr().cast();
    // SAFETY: a text, and a variable.
    let status =
        unsafe { sys::moretta_effect_from_path(made.session(handle), start, path.len(), &raw mut effect) };
    Made::keep(&made.effects, judged("load a real one", status), effect);
}

fn process(made: &Made, handle: Handle, of: &Frame, onto: &Picture, said: Said) {
    let (it, mut memory) = frame(of);
    let turned = it.rotation_degrees % 180 != 0;
    let (width, height) = if turned {
        (of.height, of.width)
    } else {
        (of.width, of.height)
    };
    let row_stride = usize::from(width) * 4 + usize::from(of.padding);
    let mut own = vec![3u8; row_stride * usize::from(height)];
    let place = if onto.in_place { &mut memory[0] } else { &mut own };
    let picture = sys::Picture {
        struct_size: 0,
        format: onto.format.into(),
        data: if onto.is_null {
            ptr::null_mut()
        } else {
            place.as_mut_ptr()
        },
        len: place.len().saturating_sub(onto.short.into()),
        row_stride: onto.row_stride.map_or(row_stride, |it| it as usize),
    };
    let (mut it, mut picture) = (Lent::of(of.said, &it), Lent::of(onto.said, &picture));
    let mut result = Lent::of(said, &sys::init::<sys::Result>());
    let session = made.session(handle);
    // SAFETY: what is lent is as long as it says, and planes and picture as well.
    let status = unsafe { sys::moretta_process(session, it.get(), picture.get(), result.get()) };
    judge("process", status);
}

/// Whether memory that was given up is zeroed.
fn zeroed(memory: &[u8]) -> bool {
    memory.iter().all(|byte| *byte == 0)
}

/// Adds a donor of a file's bytes.
fn add(made: &Made, call: &'static str, handle: Handle, file: &mut [u8], face: u8, is_null: bool) {
    let mut donor = 0;
    let out = if is_null { ptr::null_mut() } else { &raw mut donor };
    let session = made.session(handle);
    // SAFETY: as many bytes as there are, and a variable.
    let status =
        unsafe { sys::moretta_donor_add(session, file.as_mut_ptr(), file.len(), u32::from(face % 4), out) };
    judge(call, status);
    assert!(zeroed(file), "what was given up is there still");
    if !is_null {
        Made::keep(&made.donors, status, donor);
    }
}

fn call(made: &Made, call: &Call) {
    let session = |handle: &Handle| made.session(*handle);
    // SAFETY, of all below: what is lent is as long as it says, and texts as long as is said; the rest are numbers.
    match call {
        Call::Create {
            abi,
            options,
            is_null,
        } => create(made, *abi, options, *is_null),
        Call::Share => share(made),
        Call::Destroy(it) => {
            let handle = session(it);
            // The first one is in no list, and a number that happens to be its is left alone.
            if handle != first() {
                judge("destroy", sys::moretta_destroy(handle));
                assert!(
                    handle == 0 || sys::moretta_check(handle) == -3,
                    "destroyed, and not gone"
                );
            }
        }
        Call::Check(it) => judge("check", sys::moretta_check(session(it))),
        Call::Consent(it, band) => judge(
            "consent",
            sys::moretta_consent_give(session(it), u32::from(band % 4)),
        ),
        Call::Revoke(it) => judge("revoke", sys::moretta_consent_revoke(session(it))),
        Call::Load(it, pack, is_null) => {
            let mut effect = 0;
            let out = if *is_null {
                ptr::null_mut()
            } else {
                &raw mut effect
            };
            let status =
                unsafe { sys::moretta_effect_from_bytes(session(it), pack.as_ptr(), pack.len(), out) };
            judge("load", status);
            if !is_null {
                Made::keep(&made.effects, status, effect);
            }
        }
        Call::LoadPath(it, path) => {
            // A path that leads somewhere would lead to what is the machine's.
            let path: Vec<u8> = path
                .iter()
                .copied()
                .filter(|byte| !b"./".contains(byte))
                .collect();
            let mut effect = 0;
            let status = unsafe {
                sys::moretta_effect_from_path(session(it), path.as_ptr().cast(), path.len(), &raw mut effect)
            };
            Made::keep(&made.effects, judged("load a path", status), effect);
        }
        Call::LoadReal(it, swaps) => load_real(made, *it, *swaps),
        Call::LoadMask(it, changes) => {
            let mut pack = mask().to_vec();
            for (at, by) in changes {
                let at = *at as usize % pack.len();
                pack[at] ^= by;
            }
            let mut effect = 0;
            let status = unsafe {
                sys::moretta_effect_from_bytes(session(it), pack.as_ptr(), pack.len(), &raw mut effect)
            };
            Made::keep(&made.effects, judged("load a mask", status), effect);
        }
        Call::Free(it) => judge("free", sys::moretta_effect_free(made.effect(*it))),
        Call::Input(it, index, said) => {
            let mut input = Lent::of(*said, &sys::init::<sys::Input>());
            let index = u32::from(index % 8);
            judge("input", unsafe {
                sys::moretta_effect_input(made.effect(*it), index, input.get())
            });
        }
        Call::Wear(it, slot, effect) => judge(
            "wear",
            sys::moretta_wear(session(it), slot.0, made.effect(*effect)),
        ),
        Call::AsEveryone(it, slot) => judge(
            "wear as everyone",
            sys::moretta_wear_as_everyone(session(it), slot.0),
        ),
        Call::Set(it, slot, name, value) => {
            let (start, len) = name
                .as_ref()
                .map_or((ptr::null(), 7), |it| (it.as_ptr(), it.len()));
            judge("set", unsafe {
                sys::moretta_set_input(session(it), slot.0, start.cast(), len, *value)
            });
        }
        Call::Tap(it) => judge("tap", sys::moretta_tap(session(it))),
        Call::AddDonor(it, file, face, is_null) => match file {
            Some(file) => add(made, "add a donor", *it, &mut file.clone(), *face, *is_null),
            None => {
                let mut donor = 0;
                let session = session(it);
                judge("add a donor", unsafe {
                    sys::moretta_donor_add(session, ptr::null_mut(), 7, 1, &raw mut donor)
                });
                assert_eq!(donor, 0);
            }
        },
        Call::AddPhoto(it, face, cut) => {
            let mut file = portrait().0.clone();
            // Mostly whole.
            if *cut < 9000 {
                file.truncate(file.len() - usize::from(*cut));
            }
            add(made, "add a photo", *it, &mut file, 1 + face % 2, false);
        }
        Call::AddFrame(it, of, face, is_null) => {
            let (frame, memory) = frame(of);
            let mut lent = Lent::of(of.said, &frame);
            let mut donor = 0;
            let out = if *is_null { ptr::null_mut() } else { &raw mut donor };
            let status =
                unsafe { sys::moretta_donor_add_frame(session(it), lent.get(), u32::from(face % 4), out) };
            judge("add a frame", status);
            if matches!(of.said, Said::Right) && of.wrong.is_empty() {
                assert!(
                    memory.iter().all(|it| zeroed(it)),
                    "what was given up is there still"
                );
            }
            if !is_null {
                Made::keep(&made.donors, status, donor);
            }
        }
        Call::FreeDonor(it) => judge("free a donor", sys::moretta_donor_free(made.donor(*it))),
        Call::Give(it, slot, donor) => judge(
            "give",
            sys::moretta_donor_give(session(it), slot.0, made.donor(*donor)),
        ),
        Call::GiveAsEveryone(it, slot) => judge(
            "give as everyone",
            sys::moretta_donor_give_as_everyone(session(it), slot.0),
        ),
        Call::Process(it, of, onto, said) => process(made, *it, of, onto, *said),
        Call::Film(it, of, count) => {
            let onto = Picture {
                said: Said::Right,
                format: 1,
                short: 0,
                is_null: false,
                row_stride: None,
                in_place: false,
            };
            for at in 0..u64::from(count % 6) {
                let next = Frame {
                    timestamp_ns: of.timestamp_ns + at * 33,
                    ..of.clone()
                };
                process(made, *it, &next, &onto, Said::Right);
            }
        }
        Call::Present(it, of, said) => {
            let (frame, _memory) = frame(of);
            let mut frame = Lent::of(of.said, &frame);
            let mut result = Lent::of(*said, &sys::init::<sys::Result>());
            judge("present", unsafe {
                sys::moretta_present(session(it), frame.get(), result.get())
            });
        }
        Call::Submit(it, of, is_null) => {
            let (frame, _memory) = frame(of);
            let mut frame = Lent::of(of.said, &frame);
            let mut token = 0;
            let out = if *is_null { ptr::null_mut() } else { &raw mut token };
            judge("submit", unsafe {
                sys::moretta_submit(session(it), frame.get(), out)
            });
        }
        Call::Poll(it, timeout, said) => {
            let mut result = Lent::of(*said, &sys::init::<sys::Result>());
            judge("poll", unsafe {
                sys::moretta_poll(session(it), u32::from(timeout % 4), result.get())
            });
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
            judge("attach", unsafe {
                sys::moretta_surface_attach(session(it), surface.get())
            });
        }
        Call::Resize(it, width, height) => judge(
            "resize",
            sys::moretta_surface_resize(session(it), *width, *height),
        ),
        Call::Detach(it) => judge("detach", sys::moretta_surface_detach(session(it))),
        Call::Pause(it) => judge("pause", sys::moretta_pause(session(it))),
        Call::PauseTwice(it) => {
            judge("pause", sys::moretta_pause(session(it)));
            judge("pause", sys::moretta_pause(session(it)));
        }
        Call::Resume(it) => judge("resume", sys::moretta_resume(session(it))),
        Call::Trim(it) => judge("trim", sys::moretta_trim_memory(session(it))),
        Call::WipeAll => assert_eq!(sys::moretta_wipe_all(), sys::STATUS_OK),
        Call::Statistics(it, said) => {
            let mut statistics = Lent::of(*said, &sys::init::<sys::Statistics>());
            judge("statistics", unsafe {
                sys::moretta_statistics_read(session(it), statistics.get())
            });
        }
        Call::Report(it, form, room, is_null) => {
            let mut text = vec![0u8; usize::from(room.unwrap_or(0))];
            let start = match room {
                Some(_) => text.as_mut_ptr().cast(),
                None => ptr::null_mut(),
            };
            let mut len = 0;
            let out = if *is_null { ptr::null_mut() } else { &raw mut len };
            judge("report", unsafe {
                sys::moretta_report(session(it), u32::from(form % 4), start, text.len(), out)
            });
        }
        Call::Log(on) => {
            let callback: Option<sys::LogCallback> = if *on { Some(listen) } else { None };
            judge("log", unsafe { sys::moretta_set_log(callback, ptr::null_mut()) });
        }
        Call::Names(status) => {
            assert!(!sys::moretta_status_name(*status).is_null() && !sys::moretta_version().is_null());
            assert_eq!(sys::moretta_abi() >> 16, sys::ABI >> 16);
        }
        Call::Fault(it) => {
            let handle = session(it);
            if handle != first() {
                fault(handle);
            }
        }
    }
}

/// Ends a session by a fault, if it is there and nobody is in it.
fn fault(session: Session) {
    let status = moretta_ffi::fault(session);
    assert!([-99, -7, -4, -3, -1].contains(&status), "status {status}");
    *lock(&TALLY).entry(("fault", status)).or_default() += 1;
}

fn start(made: &Made, how: Start) {
    let own = Handle::Made(0);
    if !matches!(how, Start::Nothing) {
        share(made);
    }
    if matches!(how, Start::Consent | Start::Worn | Start::Poisoned) {
        assert_eq!(sys::moretta_consent_give(made.session(own), 1), sys::STATUS_OK);
    }
    match how {
        Start::Worn => {
            load_real(made, own, true);
            assert_eq!(
                sys::moretta_wear(made.session(own), u32::MAX, made.effect(own)),
                sys::STATUS_OK
            );
        }
        Start::Poisoned => fault(made.session(own)),
        Start::Nothing | Start::Session | Start::Consent => {}
    }
}

fuzz_target!(|run: Run| {
    let made = Made::default();
    first();
    start(&made, run.start);
    std::thread::scope(|scope| {
        scope.spawn(|| run.there.iter().for_each(|it| call(&made, it)));
        run.here.iter().for_each(|it| call(&made, it));
    });
    for donor in lock(&made.donors).iter() {
        sys::moretta_donor_free(*donor);
    }
    for effect in lock(&made.effects).iter() {
        sys::moretta_effect_free(*effect);
    }
    for session in lock(&made.sessions).iter() {
        sys::moretta_destroy(*session);
    }
});
