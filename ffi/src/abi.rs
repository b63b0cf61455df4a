//! `moretta.h` as Rust has it: every constant and every struct. A test compiles the header and compares, both ways.

use crate::handle::{Donor, Effect, Handle, Session};
use crate::raw::{In, Out};

/// Names the constants, and lists them for the test.
macro_rules! constants {
    ($( $(#[$doc:meta])* $name:ident: $of:ty = $value:expr; )*) => {
        $( $(#[$doc])* pub(crate) const $name: $of = $value; )*

        /// Every constant of the header without its prefix `MORETTA_`, and its value.
        pub const CONSTANTS: &[(&str, i64)] = &[$( (stringify!($name), $name as i64) ),*];
    };
}

constants! {
    /// The major number stands in the upper half: another one is another interface. The minor number counts what was
    /// added.
    ABI: u32 = 1;

    /// Done.
    STATUS_OK: i32 = 0;
    /// Nothing to tell yet.
    STATUS_EMPTY: i32 = 1;
    /// An argument is not what it should be.
    STATUS_ARGUMENT: i32 = -1;
    /// The header that the caller was compiled with is of another interface.
    STATUS_ABI: i32 = -2;
    /// No live object has this handle.
    STATUS_HANDLE: i32 = -3;
    /// Another thread uses the session, or it is in a log callback, or submitted frames are under way.
    STATUS_BUSY: i32 = -4;
    /// Nobody consented, or the consent was revoked.
    STATUS_NO_CONSENT: i32 = -5;
    /// The session is paused.
    STATUS_PAUSED: i32 = -6;
    /// There was a fault before, and everything was wiped.
    STATUS_POISONED: i32 = -7;
    /// The graphics device.
    STATUS_DEVICE: i32 = -8;
    /// The models.
    STATUS_MODEL: i32 = -9;
    /// The effect pack.
    STATUS_PACK: i32 = -10;
    /// The system protects memory less than the policy asks for.
    STATUS_PROTECTION: i32 = -11;
    /// A file cannot be read.
    STATUS_FILE: i32 = -12;
    /// The caller's memory is too small.
    STATUS_TOO_SMALL: i32 = -13;
    /// No surface is attached.
    STATUS_NO_SURFACE: i32 = -14;
    /// A forked child has no face memory.
    STATUS_FORKED: i32 = -15;
    /// A donor's picture shows no face.
    STATUS_NO_FACE: i32 = -16;
    /// It shows several.
    STATUS_SEVERAL_FACES: i32 = -17;
    /// Its face is too small, or looks away.
    STATUS_UNFIT_FACE: i32 = -18;
    /// Its file.
    STATUS_PICTURE: i32 = -19;
    /// A fault in Moretta.
    STATUS_BUG: i32 = -99;

    /// Fourteen or older.
    AGE_FROM_14: u32 = 1;
    /// Younger, and a guardian consented.
    AGE_UNDER_14_WITH_GUARDIAN: u32 = 2;

    /// Refuse to start unless every protection takes hold.
    POLICY_STRICT: u32 = 1;
    /// Take what the system grants.
    POLICY_BEST_EFFORT: u32 = 2;

    /// Private anonymous memory.
    BACKING_ANONYMOUS: u32 = 1;
    /// `memfd_secret`.
    BACKING_SECRET: u32 = 2;

    /// Near faces.
    RANGE_SHORT: u32 = 1;
    /// Smaller ones too.
    RANGE_FULL: u32 = 2;
    /// Both, as needed.
    RANGE_AUTO: u32 = 3;

    /// Landmarks are smoothed over time.
    SMOOTHING_ON: u32 = 1;
    /// They are not.
    SMOOTHING_OFF: u32 = 2;

    /// The cheapest.
    QUALITY_LOW: u32 = 1;
    /// In between.
    QUALITY_MEDIUM: u32 = 2;
    /// All of it.
    QUALITY_HIGH: u32 = 3;
    /// As fits the budget.
    QUALITY_ADAPTIVE: u32 = 4;

    /// A device in software, if there is no other.
    SOFTWARE_ALLOWED: u32 = 1;
    /// No other.
    SOFTWARE_ONLY: u32 = 2;
    /// Rather none.
    SOFTWARE_REFUSED: u32 = 3;

    /// Red, green, blue, alpha.
    FORMAT_RGBA8: u32 = 1;
    /// Blue, green, red, alpha.
    FORMAT_BGRA8: u32 = 2;
    /// Luma; U and V in turns.
    FORMAT_NV12: u32 = 3;
    /// Luma; V and U in turns.
    FORMAT_NV21: u32 = 4;
    /// Luma, U, V.
    FORMAT_I420: u32 = 5;
    /// Luma, V, U.
    FORMAT_YV12: u32 = 6;
    /// Luma, U, V as Android lays them.
    FORMAT_YUV_420_888: u32 = 7;

    /// Left and right change places, after the rotation.
    FRAME_MIRROR: u32 = 1;
    /// The frame's memory is zeroed before the call returns.
    FRAME_CONSUMED: u32 = 2;

    /// ITU-R BT.601.
    MATRIX_BT601: u32 = 1;
    /// ITU-R BT.709.
    MATRIX_BT709: u32 = 2;

    /// 0 to 255.
    LEVELS_FULL: u32 = 1;
    /// 16 to 235.
    LEVELS_LIMITED: u32 = 2;

    /// A frame has at most so many planes.
    MAX_PLANES: u32 = 3;
    /// There are so many face slots.
    MAX_FACES: u32 = 16;
    /// A session has at most so many donors.
    MAX_DONORS: u32 = 8;
    /// A donor is made of at most so many pictures.
    MAX_DONOR_VIEWS: u32 = 4;
    /// The only face of a donor's picture.
    DONOR_ONLY: u32 = 1;
    /// The largest one.
    DONOR_LARGEST: u32 = 2;
    /// In place of a slot: everyone.
    EVERYONE: u32 = u32::MAX;

    /// The app did not ask to learn it.
    PRESENCE_NOT_DISCLOSED: u32 = 0;
    /// No face.
    PRESENCE_NOBODY: u32 = 1;
    /// One face.
    PRESENCE_ONE: u32 = 2;
    /// More than one.
    PRESENCE_MANY: u32 = 3;

    /// A `Display` of Xlib and a window.
    SURFACE_XLIB: u32 = 1;
    /// An `xcb_connection_t` and a window.
    SURFACE_XCB: u32 = 2;
    /// A `wl_display` and a `wl_surface`.
    SURFACE_WAYLAND: u32 = 3;
    /// An `ANativeWindow`.
    SURFACE_ANDROID: u32 = 4;
    /// A `CAMetalLayer`.
    SURFACE_METAL_LAYER: u32 = 5;
    /// An `HWND`.
    SURFACE_WIN32: u32 = 6;

    /// The surface is covered; what is too much is cut.
    FIT_COVER: u32 = 1;
    /// The whole picture is seen.
    FIT_CONTAIN: u32 = 2;
    /// As wide and high as the surface.
    FIT_STRETCH: u32 = 3;

    /// Left and right of what is shown change places.
    SURFACE_MIRROR: u32 = 1;

    /// A parameter.
    INPUT_PARAM: u32 = 1;
    /// The tap.
    INPUT_TAP: u32 = 2;
    /// A trigger of the host's.
    INPUT_TRIGGER: u32 = 3;
    /// Bytes of an input's name, with the zero at its end.
    INPUT_NAME_BYTES: u32 = 72;

    /// For people.
    REPORT_TEXT: u32 = 1;
    /// For machines.
    REPORT_JSON: u32 = 2;

    /// Something went wrong.
    LOG_ERROR: u32 = 1;
    /// Something may go wrong.
    LOG_WARNING: u32 = 2;
}

/// A struct of the header: its name there, its size, and its fields with their offsets and sizes.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// The name without `moretta_`.
    pub name: &'static str,
    /// In bytes.
    pub size: usize,
    /// Name, offset and size of each field, in order.
    pub fields: &'static [(&'static str, usize, usize)],
}

pub(crate) const fn size_of_field<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// Makes the structs as C lays them out, and lists them for the test.
macro_rules! structs {
    ($( $(#[$doc:meta])* $Name:ident = $name:literal { $( $field:ident: $of:ty, )* } )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy)]
            #[repr(C)]
            pub(crate) struct $Name { $( pub(crate) $field: $of, )* }
        )*

        /// Every struct of the header.
        pub const STRUCTS: &[Layout] = &[$(
            Layout {
                name: $name,
                size: size_of::<$Name>(),
                fields: &[$( (
                    stringify!($field),
                    std::mem::offset_of!($Name, $field),
                    size_of_field(|it: &$Name| &it.$field),
                ) ),*],
            }
        ),*];
    };
}

structs! {
    /// Bytes that stay the caller's, unless it is said otherwise.
    Bytes = "bytes" {
        data: In<u8>,
        len: usize,
    }

    /// How a session is made; zero stands for the default.
    Options = "options" {
        struct_size: u32,
        policy: u32,
        backing: u32,
        max_faces: u32,
        range: u32,
        smoothing: u32,
        quality: u32,
        frame_budget_us: u32,
        disclose_presence: u32,
        software: u32,
        fov_y_degrees: f32,
        overlap: u32,
        share_with: Handle<Session>,
        models: In<Bytes>,
        model_count: usize,
        models_path: In<u8>,
        models_path_len: usize,
    }

    /// A plane of a frame.
    Plane = "plane" {
        data: In<u8>,
        len: usize,
        row_stride: usize,
        pixel_stride: usize,
    }

    /// A camera frame.
    Frame = "frame" {
        struct_size: u32,
        format: u32,
        width: u32,
        height: u32,
        plane_count: u32,
        rotation_degrees: u32,
        flags: u32,
        matrix: u32,
        levels: u32,
        reserved: u32,
        timestamp_ns: u64,
        planes: [Plane; MAX_PLANES as usize],
    }

    /// Where a finished picture goes.
    Picture = "picture" {
        struct_size: u32,
        format: u32,
        data: Out<u8>,
        len: usize,
        row_stride: usize,
    }

    /// What became of a frame.
    Result = "result" {
        struct_size: u32,
        status: i32,
        token: u64,
        presence: u32,
        presented: u32,
        passed_through: u32,
        reserved: u32,
        track_ns: u64,
        draw_ns: u64,
        whole_ns: u64,
    }

    /// A window of the system's.
    Surface = "surface" {
        struct_size: u32,
        kind: u32,
        width: u32,
        height: u32,
        fit: u32,
        flags: u32,
        display: usize,
        window: usize,
    }

    /// What the host may set of an effect.
    Input = "input" {
        struct_size: u32,
        kind: u32,
        min: f32,
        max: f32,
        initial: f32,
        reserved: u32,
        name: [u8; INPUT_NAME_BYTES as usize],
    }

    /// What a session counts and measures.
    Statistics = "statistics" {
        struct_size: u32,
        quality: u32,
        frames: u64,
        failed: u64,
        dropped: u64,
        wipes: u64,
        locked_bytes: u64,
        last_track_ns: u64,
        last_draw_ns: u64,
        last_whole_ns: u64,
        mean_track_ns: u64,
        mean_draw_ns: u64,
        mean_whole_ns: u64,
    }
}

/// How a session's handle is passed.
pub(crate) type SessionHandle = Handle<Session>;
/// How an effect's handle is passed.
pub(crate) type EffectHandle = Handle<Effect>;
/// How a donor's handle is passed.
pub(crate) type DonorHandle = Handle<Donor>;
