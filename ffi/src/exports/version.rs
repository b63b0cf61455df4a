use std::ffi::{c_char, c_void};

use crate::guard::{guard, guard_or};
use crate::logger::Callback;
use crate::status::Status;
use crate::{abi, error_text, logger};

#[unsafe(no_mangle)]
extern "C" fn moretta_abi() -> u32 {
    guard_or(0, || abi::ABI)
}

#[unsafe(no_mangle)]
extern "C" fn moretta_version() -> *const c_char {
    guard_or(std::ptr::null(), || {
        concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_status_name(status: i32) -> *const c_char {
    guard_or(std::ptr::null(), || Status(status).name().as_ptr())
}

#[unsafe(no_mangle)]
extern "C" fn moretta_last_error() -> *const c_char {
    guard_or(std::ptr::null(), error_text::last)
}

#[unsafe(no_mangle)]
extern "C" fn moretta_set_log(callback: Option<Callback>, user: *mut c_void) -> Status {
    guard(|| {
        logger::set(callback, user);
        Ok(())
    })
}
