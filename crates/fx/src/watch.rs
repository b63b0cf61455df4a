//! Whether a pack was saved.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::folder::Fingerprint;

/// How often the files are looked at. Twice this is how long a save takes to be seen.
pub(crate) const EVERY: Duration = Duration::from_millis(150);

/// Looks at a pack's files every now and then.
pub(crate) struct Watch {
    root: PathBuf,
    /// As they were when the pack was read.
    known: Fingerprint,
    /// As they were at the last look, if that was another.
    pending: Option<Fingerprint>,
    next: Instant,
}

impl Watch {
    /// Of the pack at `root`, as it is now.
    pub(crate) fn new(root: &Path, now: Instant) -> Self {
        Self {
            root: root.to_owned(),
            known: Fingerprint::of(root),
            pending: None,
            next: now + EVERY,
        }
    }

    /// When to look again.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// Whether the files are others than before, and the same as at the look before this: programs save in more than
    /// one step.
    pub(crate) fn changed(&mut self, now: Instant) -> bool {
        if now < self.next {
            return false;
        }
        self.next = now + EVERY;
        let seen = Fingerprint::of(&self.root);
        if seen == self.known {
            self.pending = None;
            return false;
        }
        if self.pending.as_ref() == Some(&seen) {
            self.known = seen;
            self.pending = None;
            return true;
        }
        self.pending = Some(seen);
        false
    }
}
