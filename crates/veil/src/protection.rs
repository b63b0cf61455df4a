//! What was asked of the operating system, and what it granted.

use std::fmt;

/// What to do when the system refuses a protection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Policy {
    /// Refuse to run unless every protection that the system offers took hold.
    Strict,
    /// Take what the system grants, and report it.
    BestEffort,
}

/// What kind of memory holds the faces.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backing {
    /// Private anonymous memory.
    Anonymous,
    /// `memfd_secret(2)`: gone from the kernel's own map, so that not even `/proc/self/mem` reads it.
    /// Linux 5.14 and later; elsewhere not offered. Refused by the strict policy where it is missing.
    Secret,
}

/// What a piece of face memory is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The face thread's stack.
    Stack,
    /// The [`FaceHeap`](crate::FaceHeap).
    Heap,
    /// A [`FaceBuffer`](crate::FaceBuffer) that is wiped after every frame.
    Frame,
    /// A [`FaceBuffer`](crate::FaceBuffer) that is wiped as soon as no face is seen.
    Track,
    /// A [`FaceBuffer`](crate::FaceBuffer) that lives until it is dropped or the veil is wiped.
    Session,
    /// A submitted frame on its way to the face thread.
    Queue,
    /// A [`FrameStore`](crate::FrameStore): a picture on its way in, as a camera or a decoder filled it.
    Capture,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Purpose::Stack => "stack",
            Purpose::Heap => "heap",
            Purpose::Frame => "frame",
            Purpose::Track => "track",
            Purpose::Session => "session",
            Purpose::Queue => "queue",
            Purpose::Capture => "capture",
        })
    }
}

/// A protection of memory by the operating system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Guard {
    /// The pages are never written to swap.
    Lock,
    /// The pages are left out of core dumps.
    NoDump,
    /// A forked child does not see the content.
    NoFork,
    /// The memory is absent from the kernel's own map ([`Backing::Secret`]).
    Secret,
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Guard::Lock => "the lock against swapping",
            Guard::NoDump => "the exclusion from core dumps",
            Guard::NoFork => "the exclusion from forked children",
            Guard::Secret => "secret backing (memfd_secret)",
        })
    }
}

/// Whether a protection took hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Held {
    /// It did.
    Yes,
    /// The system offers it and refused, with this error number.
    Refused(i32),
    /// This system has no such protection.
    NotOffered,
    /// It was not asked for.
    NotAsked,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Held::Yes => f.write_str("yes"),
            Held::Refused(errno) => write!(f, "refused (os error {errno})"),
            Held::NotOffered => f.write_str("not offered"),
            Held::NotAsked => f.write_str("not asked"),
        }
    }
}

/// One mapping that holds face data, and the protections that took hold on it.
///
/// Every mapping lies between two guard pages; without them there is no mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegionReport {
    /// What the memory is for.
    pub purpose: Purpose,
    /// Bytes, whole pages, guard pages not counted.
    pub bytes: usize,
    /// Locked against swapping.
    pub locked: Held,
    /// Left out of core dumps.
    pub no_dump: Held,
    /// Not seen by a forked child.
    pub no_fork: Held,
    /// Absent from the kernel's own map.
    pub secret: Held,
}

/// What protects face data in this process. Holds no face data: safe to log, show and send.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Protection {
    /// The policy that the veil was made with.
    pub policy: Policy,
    /// The memory that the veil asked for.
    pub backing: Backing,
    /// Whether the platform's protections are tested by Moretta's own proofs (Linux), or only written
    /// from the platform's documentation (Android, macOS, iOS, Windows).
    pub platform_proven: bool,
    /// Whether [`FaceHeap`](crate::FaceHeap) is the global allocator, so that memory which libraries
    /// allocate on the face thread is protected and wiped as well.
    pub heap_installed: bool,
    /// Every mapping that holds or held face data.
    pub regions: Vec<RegionReport>,
}

impl Protection {
    /// Bytes that are locked against swapping.
    #[must_use]
    pub fn locked_bytes(&self) -> usize {
        let locked = |r: &&RegionReport| r.locked == Held::Yes;
        self.regions.iter().filter(locked).map(|r| r.bytes).sum()
    }

    /// Whether every protection that this system offers took hold everywhere.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let refused = |h: Held| matches!(h, Held::Refused(_));
        // The heap is the process's: an earlier veil may have made it of ordinary memory.
        let open = |r: &RegionReport| self.backing == Backing::Secret && r.secret == Held::NotAsked;
        self.heap_installed
            && !self.regions.iter().any(open)
            && !self.regions.iter().any(|r| {
                [r.locked, r.no_dump, r.no_fork, r.secret]
                    .into_iter()
                    .any(refused)
            })
    }
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes_no = |b| if b { "yes" } else { "no" };
        writeln!(
            f,
            "policy {:?}; whole: {}; platform proven: {}; face heap installed: {}",
            self.policy,
            yes_no(self.is_whole()),
            yes_no(self.platform_proven),
            yes_no(self.heap_installed)
        )?;
        for r in &self.regions {
            writeln!(
                f,
                "{:8} {:>10} bytes; locked: {}; out of dumps: {}; out of children: {}; secret: {}",
                r.purpose, r.bytes, r.locked, r.no_dump, r.no_fork, r.secret
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: RegionReport = RegionReport {
        purpose: Purpose::Frame,
        bytes: 8192,
        locked: Held::Yes,
        no_dump: Held::Yes,
        no_fork: Held::NotOffered,
        secret: Held::NotAsked,
    };

    fn protection(regions: &[RegionReport]) -> Protection {
        Protection {
            backing: Backing::Anonymous,
            policy: Policy::Strict,
            platform_proven: true,
            heap_installed: true,
            regions: regions.to_vec(),
        }
    }

    #[test]
    fn one_refusal_anywhere_is_not_whole() {
        assert!(protection(&[REGION, REGION]).is_whole());
        let changes: [fn(&mut RegionReport); 4] = [
            |r| r.locked = Held::Refused(1),
            |r| r.no_dump = Held::Refused(1),
            |r| r.no_fork = Held::Refused(1),
            |r| r.secret = Held::Refused(1),
        ];
        for change in changes {
            let mut region = REGION;
            change(&mut region);
            assert!(!protection(&[REGION, region]).is_whole(), "{region:?}");
        }
        let open = Protection {
            heap_installed: false,
            ..protection(&[REGION])
        };
        assert!(!open.is_whole());
    }

    #[test]
    fn only_what_is_locked_is_counted() {
        let unlocked = RegionReport {
            locked: Held::Refused(1),
            ..REGION
        };
        assert_eq!(protection(&[]).locked_bytes(), 0);
        assert_eq!(protection(&[REGION, unlocked, REGION]).locked_bytes(), 16384);
    }

    #[test]
    fn the_report_in_words() {
        let refused = RegionReport {
            purpose: Purpose::Stack,
            locked: Held::Refused(12),
            secret: Held::Yes,
            ..REGION
        };
        let text = protection(&[REGION, refused]).to_string();
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines: Vec<_> = text.lines().map(words).collect();
        assert_eq!(
            lines,
            [
                "policy Strict; whole: no; platform proven: yes; face heap installed: yes",
                "frame 8192 bytes; locked: yes; out of dumps: yes; out of children: not offered; \
                 secret: not asked",
                "stack 8192 bytes; locked: refused (os error 12); out of dumps: yes; \
                 out of children: not offered; secret: yes",
            ]
        );
    }
}
