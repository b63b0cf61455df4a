//! The log callback: warnings and errors of the call under way, told to the app. Silent unless the app asks for it.
//!
//! Only what is logged on the thread that called, while it is in the call, is handed on. So the callback runs where the
//! app expects it, and nothing of the face thread is heard.

use std::cell::Cell;
use std::ffi::{CString, c_char, c_void};
use std::sync::{Once, PoisonError, RwLock};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::abi;

/// The app's function: its own pointer, the level, the text and its length without the zero at its end.
pub(crate) type Callback = extern "C" fn(user: *mut c_void, level: u32, text: *const c_char, len: usize);

struct Listener {
    callback: Callback,
    /// The app's pointer, as an address: it is handed back and not followed.
    user: usize,
}

static LISTENER: RwLock<Option<Listener>> = RwLock::new(None);

thread_local! {
    static ENTERED: Cell<u32> = const { Cell::new(0) };
    static CALLING_BACK: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as being in a call, until it is dropped.
pub(crate) struct Entered(());

pub(crate) fn enter() -> Entered {
    let _ = ENTERED.try_with(|entered| entered.set(entered.get() + 1));
    Entered(())
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = ENTERED.try_with(|entered| entered.set(entered.get() - 1));
    }
}

/// Whether this thread is in the app's callback.
pub(crate) fn is_calling_back() -> bool {
    CALLING_BACK.try_with(Cell::get).unwrap_or(false)
}

/// Sets the app's function; none for silence. When this returns the former one runs nowhere any more.
pub(crate) fn set(callback: Option<Callback>, user: *mut c_void) {
    static ONCE: Once = Once::new();
    // Nobody else can have set one: this library has the facade for itself. If somebody has, the app hears nothing.
    ONCE.call_once(|| drop(log::set_logger(&Forward)));
    let most = if callback.is_some() {
        LevelFilter::Warn
    } else {
        LevelFilter::Off
    };
    let listener = callback.map(|callback| Listener {
        callback,
        user: user.expose_provenance(),
    });
    *LISTENER.write().unwrap_or_else(PoisonError::into_inner) = listener;
    log::set_max_level(most);
}

struct Forward;

impl Log for Forward {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Warn
            && ENTERED.try_with(Cell::get).is_ok_and(|entered| entered > 0)
            && !is_calling_back()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut text = format!("{}: {}", record.target(), record.args());
        text.retain(|letter| letter != '\0');
        let text = CString::new(text).unwrap_or_default();
        let level = match record.level() {
            Level::Error => abi::LOG_ERROR,
            _ => abi::LOG_WARNING,
        };
        let listener = LISTENER.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(Listener { callback, user }) = &*listener {
            let _ = CALLING_BACK.try_with(|calling| calling.set(true));
            let user = std::ptr::with_exposed_provenance_mut(*user);
            callback(user, level, text.as_ptr(), text.as_bytes().len());
            let _ = CALLING_BACK.try_with(|calling| calling.set(false));
        }
    }

    fn flush(&self) {}
}
