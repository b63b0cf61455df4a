//! A panic on the face thread, or in a shelter, may quote a face: it is not printed.

use crate::heap;
use crate::wipe::wipe;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// Puts a hook in front of the process's panic hook that keeps silent on face threads and in shelters.
///
/// A hook that the app installs later stands in front of this one: PRIVACY.md names that limit.
pub(crate) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !heap::handles_faces() {
                previous(info);
            }
        }));
    });
}

/// Runs `f`; a panic becomes `None`, and its words are wiped.
pub(crate) fn quietly<R>(f: impl FnOnce() -> R) -> Option<R> {
    match panic::catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => Some(result),
        Err(payload) => {
            silence(payload);
            None
        }
    }
}

/// Wipes a panic's text where it lies: without FaceHeap, freeing would not.
fn silence(mut payload: Box<dyn Any + Send>) {
    wipe_text(&mut payload);
    // A payload may panic when it is dropped, and that panic's payload as well: that one is forgotten.
    if let Err(mut second) = panic::catch_unwind(AssertUnwindSafe(move || drop(payload))) {
        wipe_text(&mut second);
        std::mem::forget(second);
    }
}

fn wipe_text(payload: &mut Box<dyn Any + Send>) {
    if let Some(text) = payload.downcast_mut::<String>() {
        // SAFETY: the string's own bytes, its whole capacity; zeros are valid text.
        unsafe { wipe(text.as_mut_ptr(), text.capacity()) };
    }
}
