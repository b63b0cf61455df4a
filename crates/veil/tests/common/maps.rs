//! This process's memory as the kernel sees it.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

/// One line of `/proc/self/smaps`, and what follows it.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) range: Range<usize>,
    /// `rw-p` and the like.
    pub(crate) access: String,
    /// Two letters each: `lo` locked, `dd` not dumped, `wf` wiped on fork, `dc` absent after fork.
    pub(crate) flags: Vec<String>,
}

impl Mapping {
    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|f| f == flag)
    }

    /// The content, read by the kernel.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut memory = std::fs::File::open("/proc/self/mem").expect("/proc/self/mem");
        memory
            .seek(SeekFrom::Start(self.range.start as u64))
            .expect("an address");
        let mut bytes = vec![0; self.len()];
        memory.read_exact(&mut bytes).expect("readable memory");
        bytes
    }

    /// How many bytes differ from zero.
    pub(crate) fn stains(&self) -> usize {
        self.bytes().into_iter().filter(|&b| b != 0).count()
    }
}

/// All mappings, in order of address.
pub(crate) fn all() -> Vec<Mapping> {
    let text = std::fs::read_to_string("/proc/self/smaps").expect("smaps");
    let mut mappings: Vec<Mapping> = Vec::new();
    for line in text.lines() {
        if let Some(flags) = line.strip_prefix("VmFlags:") {
            let last = mappings.last_mut().expect("flags follow a mapping");
            last.flags = flags.split_whitespace().map(str::to_owned).collect();
        } else if let Some((range, access)) = heading(line) {
            mappings.push(Mapping {
                range,
                access: access.to_owned(),
                flags: Vec::new(),
            });
        }
    }
    assert!(!mappings.is_empty(), "smaps names no mapping");
    mappings
}

/// `7f00-7f10 rw-p ...`, or `None` for a line of another kind.
fn heading(line: &str) -> Option<(Range<usize>, &str)> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let hex = |text| usize::from_str_radix(text, 16).ok();
    Some((hex(start)?..hex(end)?, words.next()?))
}

/// The writable mappings of exactly `len` bytes that are left out of dumps, as every vault is.
pub(crate) fn vaults_of(len: usize) -> Vec<Mapping> {
    let vault = |m: &Mapping| m.len() == len && m.has("dd") && m.access.starts_with("rw");
    all().into_iter().filter(vault).collect()
}

/// A number of kB from `/proc/self/status`, such as `VmLck`.
pub(crate) fn status_kb(name: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").expect("status");
    let line = text.lines().find(|l| l.split(':').next() == Some(name));
    let number = line.and_then(|l| l.split_whitespace().nth(1));
    number
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(|| panic!("status has no {name}"))
}
