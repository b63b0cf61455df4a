//! What the last failed call of a thread said.

use std::cell::RefCell;
use std::ffi::{CStr, CString};

use crate::Fault;

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// Keeps what `fault` says for this thread.
pub(crate) fn keep(fault: &Fault) {
    let mut text = fault.to_string();
    let mut source = std::error::Error::source(fault);
    while let Some(error) = source {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = error.source();
    }
    text.retain(|letter| letter != '\0');
    let text = CString::new(text).unwrap_or_default();
    // A thread that ends keeps nothing more.
    let _ = LAST.try_with(|last| *last.borrow_mut() = text);
}

/// Where the text lies until this thread's next call; empty if none failed.
pub(crate) fn last() -> *const core::ffi::c_char {
    LAST.try_with(|last| last.borrow().as_ptr())
        .unwrap_or_else(|_| CStr::as_ptr(c""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_has_its_own() {
        let text = || LAST.with(|last| last.borrow().to_str().unwrap().to_owned());
        assert_eq!(text(), "");
        keep(&Fault::Null { what: "a\0b" });
        assert_eq!(text(), "ab: expected a pointer, found NULL");
        let other = std::thread::Builder::new().spawn(move || LAST.with(|last| last.borrow().is_empty()));
        assert!(other.unwrap().join().unwrap());
    }
}
