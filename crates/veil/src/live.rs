//! Every veil of the process, forgotten ones too.

use crate::{os, store};
use std::sync::{Arc, Mutex, PoisonError};

/// A veil as seen by those who must reach it without knowing its pipeline.
pub(crate) trait Live: Send + Sync {
    /// Wipes all face data and returns when that is done.
    fn wipe(&self);
    /// Wipes all face data, ends the face thread for good and returns when that is done.
    fn revoke(&self);
}

static VEILS: Mutex<Vec<Arc<dyn Live>>> = Mutex::new(Vec::new());

fn veils() -> std::sync::MutexGuard<'static, Vec<Arc<dyn Live>>> {
    VEILS.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn enlist(veil: Arc<dyn Live>) {
    veils().push(veil);
}

pub(crate) fn dismiss(veil: &Arc<dyn Live>) {
    veils().retain(|v| !Arc::ptr_eq(v, veil));
}

/// Wipes all face data of every veil and every [`FrameStore`](crate::FrameStore) in the process, and returns when that
/// is done; both stay usable.
///
/// For memory warnings, for the background and for exit. It reaches veils whose handle was forgotten, since a
/// handle holds no face data. A frame under way is finished first; one that waits is dropped and counted. Called on
/// a face thread it returns at once, and that veil is wiped when its frame ends.
///
/// Returns the number of veils wiped: none in a forked child, which has no face memory.
pub fn wipe_all() -> usize {
    if os::is_child() {
        return 0; // a child sees no face; and the list may be locked by a thread that is not here
    }
    // Not under the lock: a veil may be dropped by another thread while this one waits for a frame to end.
    let now: Vec<_> = veils().clone();
    now.iter().for_each(|v| v.wipe());
    store::wipe_all();
    now.len()
}
