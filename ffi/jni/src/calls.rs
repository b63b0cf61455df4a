//! The calls of the C ABI that take an address, with memory that is known to be there.

#![allow(unsafe_code, reason = "the C ABI takes pointers")]

use std::ffi::{CStr, c_char};
use std::marker::PhantomData;
use std::ptr;

use crate::fault::Fault;
use crate::memory::Memory;
use crate::sys::{self, Donor, Effect, Session};

/// What a call answered, if it did what it was asked: [`sys::STATUS_OK`] or [`sys::STATUS_EMPTY`].
///
/// # Errors
/// [`Fault::Call`].
pub(crate) fn answered(status: i32) -> Result<i32, Fault> {
    if status >= 0 {
        return Ok(status);
    }
    Err(Fault::Call {
        status,
        text: text_at(sys::moretta_last_error()),
    })
}

/// A text of the library's.
fn text_at(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: a text of `moretta_last_error` or `moretta_version`, which ends with a zero and lives until this thread's next
    // call; it is copied before.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

pub(crate) fn version() -> String {
    text_at(sys::moretta_version())
}

pub(crate) fn create(mut options: sys::Options, models: &[Memory<'_>]) -> Result<Session, Fault> {
    let models: Vec<_> = models
        .iter()
        .map(|it| sys::Bytes {
            data: it.start().cast_const(),
            len: it.len(),
        })
        .collect();
    if !models.is_empty() {
        options.models = models.as_ptr();
        options.model_count = models.len();
    }
    let mut session = 0;
    // SAFETY: options and their models lie on this stack, the models' bytes in buffers that are held.
    let status = unsafe { sys::moretta_create(sys::ABI, &raw const options, &raw mut session) };
    answered(status).map(|_| session)
}

pub(crate) fn effect_from_bytes(session: Session, bytes: Memory<'_>) -> Result<Effect, Fault> {
    let mut effect = 0;
    let start = bytes.start().cast_const();
    // SAFETY: a part of a buffer that is held, and a variable.
    let status = unsafe { sys::moretta_effect_from_bytes(session, start, bytes.len(), &raw mut effect) };
    answered(status).map(|_| effect)
}

pub(crate) fn effect_from_path(session: Session, path: &str) -> Result<Effect, Fault> {
    let mut effect = 0;
    let start = path.as_ptr().cast();
    // SAFETY: a text, and a variable.
    let status = unsafe { sys::moretta_effect_from_path(session, start, path.len(), &raw mut effect) };
    answered(status).map(|_| effect)
}

/// None behind the last.
pub(crate) fn effect_input(effect: Effect, index: u32) -> Result<Option<sys::Input>, Fault> {
    let mut input: sys::Input = sys::init();
    // SAFETY: a struct that says its size.
    let status = unsafe { sys::moretta_effect_input(effect, index, &raw mut input) };
    answered(status).map(|status| (status == sys::STATUS_OK).then_some(input))
}

pub(crate) fn set_input(session: Session, slot: u32, name: &str, value: f32) -> Result<(), Fault> {
    // SAFETY: a text.
    let status = unsafe { sys::moretta_set_input(session, slot, name.as_ptr().cast(), name.len(), value) };
    answered(status).map(drop)
}

/// Zeroes the file's bytes.
pub(crate) fn donor_add(session: Session, file: Memory<'_>, face: u32) -> Result<Donor, Fault> {
    let mut donor = 0;
    // SAFETY: a part of a buffer that is held, which the caller looked that it may be written, and a variable.
    let status = unsafe { sys::moretta_donor_add(session, file.start(), file.len(), face, &raw mut donor) };
    answered(status).map(|_| donor)
}

/// Zeroes the files' bytes.
pub(crate) fn donor_add_views(session: Session, files: &[Memory<'_>], face: u32) -> Result<Donor, Fault> {
    let pictures: Vec<_> = files
        .iter()
        .map(|it| sys::Bytes {
            data: it.start().cast_const(),
            len: it.len(),
        })
        .collect();
    let mut donor = 0;
    // SAFETY: an array on this stack of parts of buffers that are held, which the caller looked that they may be written, and a
    // variable.
    let status = unsafe {
        sys::moretta_donor_add_views(session, pictures.as_ptr(), pictures.len(), face, &raw mut donor)
    };
    answered(status).map(|_| donor)
}

/// Zeroes the frame's planes.
pub(crate) fn donor_add_frame(session: Session, frame: &Frame<'_>, face: u32) -> Result<Donor, Fault> {
    let mut donor = 0;
    // SAFETY: a struct that says its size, whose planes are parts of buffers that are held, which the caller looked that they
    // may be written, and a variable.
    let status =
        unsafe { sys::moretta_donor_add_frame(session, &raw const frame.said, face, &raw mut donor) };
    answered(status).map(|_| donor)
}

/// A plane that lies in a buffer that is held; strides in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Plane<'buffer> {
    pub(crate) memory: Memory<'buffer>,
    pub(crate) row_stride: usize,
    pub(crate) pixel_stride: usize,
}

/// A frame whose planes lie in buffers that are held.
pub(crate) struct Frame<'buffers> {
    said: sys::Frame,
    of: PhantomData<&'buffers ()>,
}

impl<'buffers> Frame<'buffers> {
    /// What `said` says, with these planes up to the first that is none.
    pub(crate) fn new(mut said: sys::Frame, planes: [Option<Plane<'buffers>>; sys::MAX_PLANES]) -> Self {
        said.plane_count = 0;
        for (place, plane) in said
            .planes
            .iter_mut()
            .zip(planes.iter().map_while(Option::as_ref))
        {
            *place = sys::Plane {
                data: plane.memory.start().cast_const(),
                len: plane.memory.len(),
                row_stride: plane.row_stride,
                pixel_stride: plane.pixel_stride,
            };
            said.plane_count += 1;
        }
        Self {
            said,
            of: PhantomData,
        }
    }
}

pub(crate) fn process(
    session: Session,
    frame: &Frame<'_>,
    picture: Memory<'_>,
    format: u32,
    row_stride: usize,
) -> Result<sys::Result, Fault> {
    let picture = sys::Picture {
        format,
        data: picture.start(),
        len: picture.len(),
        row_stride,
        ..sys::init()
    };
    let mut result = sys::init();
    // SAFETY: structs that say their sizes; planes and picture are parts of buffers that are held.
    let status = unsafe {
        sys::moretta_process(
            session,
            &raw const frame.said,
            &raw const picture,
            &raw mut result,
        )
    };
    answered(status).map(|_| result)
}

pub(crate) fn present(session: Session, frame: &Frame<'_>) -> Result<sys::Result, Fault> {
    let mut result = sys::init();
    // SAFETY: structs that say their sizes; planes are parts of buffers that are held.
    let status = unsafe { sys::moretta_present(session, &raw const frame.said, &raw mut result) };
    answered(status).map(|_| result)
}

pub(crate) fn submit(session: Session, frame: &Frame<'_>) -> Result<u64, Fault> {
    let mut token = 0;
    // SAFETY: a struct that says its size, whose planes are parts of buffers that are held, and a variable.
    let status = unsafe { sys::moretta_submit(session, &raw const frame.said, &raw mut token) };
    answered(status).map(|_| token)
}

/// None if there is nothing to tell yet.
pub(crate) fn poll(session: Session, timeout_ms: u32) -> Result<Option<sys::Result>, Fault> {
    let mut result = sys::init();
    // SAFETY: a struct that says its size.
    let status = unsafe { sys::moretta_poll(session, timeout_ms, &raw mut result) };
    answered(status).map(|status| (status == sys::STATUS_OK).then_some(result))
}

#[cfg(target_os = "android")]
/// Shows frames in a window.
///
/// # Safety
/// The window is one of its kind and stays one until it is detached.
pub(crate) unsafe fn surface_attach(session: Session, surface: sys::Surface) -> Result<(), Fault> {
    // SAFETY: a struct that says its size; of the window the caller says so.
    let status = unsafe { sys::moretta_surface_attach(session, &raw const surface) };
    answered(status).map(drop)
}

pub(crate) fn statistics(session: Session) -> Result<sys::Statistics, Fault> {
    let mut statistics = sys::init();
    // SAFETY: a struct that says its size.
    let status = unsafe { sys::moretta_statistics_read(session, &raw mut statistics) };
    answered(status).map(|_| statistics)
}

pub(crate) fn report(session: Session, form: u32) -> Result<String, Fault> {
    let mut len = 0;
    // SAFETY: no room at all, and a variable.
    let status = unsafe { sys::moretta_report(session, form, ptr::null_mut(), 0, &raw mut len) };
    if status != sys::STATUS_TOO_SMALL {
        answered(status)?;
    }
    let mut text = vec![0u8; len + 1];
    let start = text.as_mut_ptr().cast();
    // SAFETY: as much room as is said, and a variable.
    let status = unsafe { sys::moretta_report(session, form, start, text.len(), &raw mut len) };
    answered(status)?;
    text.truncate(len);
    Ok(String::from_utf8_lossy(&text).into_owned())
}
