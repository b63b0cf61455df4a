//! Reading another process's memory, mapping by mapping.

use crate::needle::{Kind, Needle, count};
use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// One writable mapping of a process.
pub struct Mapping {
    /// Addresses.
    pub range: Range<u64>,
    /// Its line in the list of mappings.
    pub name: String,
    /// The kernel's flags, such as `lo` (locked) and `dd` (not dumped).
    pub flags: Vec<String>,
}

impl Mapping {
    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|f| f == flag)
    }

    /// Whether it is locked and kept out of dumps: what every vault is.
    #[must_use]
    pub fn is_vault(&self) -> bool {
        self.has("lo") && self.has("dd")
    }
}

/// The writable mappings of a process.
///
/// # Errors
/// If the process is gone or may not be read.
pub fn mappings(pid: u32) -> io::Result<Vec<Mapping>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps"))?;
    let mut all = Vec::new();
    for line in text.lines() {
        if let Some(range) = address_range(line) {
            all.push(Mapping {
                range,
                name: line.to_owned(),
                flags: Vec::new(),
            });
        } else if let (Some(flags), Some(last)) = (line.strip_prefix("VmFlags:"), all.last_mut()) {
            last.flags = flags.split_whitespace().map(str::to_owned).collect();
        }
    }
    all.retain(|m| m.has("wr"));
    if all.is_empty() {
        return Err(io::Error::other(
            "no writable mapping: the process is gone, or smaps has changed",
        ));
    }
    Ok(all)
}

/// The addresses at the start of a line such as `7f12-7f34 rw-p ...`.
pub(crate) fn address_range(line: &str) -> Option<Range<u64>> {
    let (start, end) = line.split_whitespace().next()?.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    Some(number(start)?..number(end)?)
}

/// What was found in one mapping.
pub struct Hit {
    /// Of which kind.
    pub kind: Kind,
    /// How often.
    pub times: usize,
    /// Whether the mapping is a vault.
    pub in_vault: bool,
    /// The mapping.
    pub place: String,
}

/// What a search of a whole process found.
#[derive(Default)]
pub struct Scan {
    /// Each kind in each mapping.
    pub hits: Vec<Hit>,
    /// Mappings that even the kernel could not read.
    pub unreadable: usize,
    /// Bytes that were read.
    pub bytes: u64,
}

impl Scan {
    /// How often any of `kinds` was found.
    #[must_use]
    pub fn times(&self, kinds: &[Kind]) -> usize {
        self.hits
            .iter()
            .filter(|h| kinds.contains(&h.kind))
            .map(|h| h.times)
            .sum()
    }

    /// How often any of `kinds` was found outside of the vaults.
    #[must_use]
    pub fn times_outside(&self, kinds: &[Kind]) -> usize {
        self.hits
            .iter()
            .filter(|h| kinds.contains(&h.kind) && !h.in_vault)
            .map(|h| h.times)
            .sum()
    }
}

impl fmt::Display for Scan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} KiB searched, {} mappings unreadable",
            self.bytes >> 10,
            self.unreadable
        )?;
        for hit in &self.hits {
            write!(f, "\n    {:?} x{} in {}", hit.kind, hit.times, hit.place)?;
        }
        Ok(())
    }
}

/// Looks for `needles` in all writable memory of a process, but for the ranges in `apart`.
///
/// # Errors
/// If the process is gone or may not be read.
pub fn scan(pid: u32, needles: &[Needle], apart: &[Range<u64>]) -> io::Result<Scan> {
    let memory = File::open(format!("/proc/{pid}/mem"))?;
    let mut result = Scan::default();
    for mapping in mappings(pid)? {
        let mut content = vec![0; (mapping.range.end - mapping.range.start) as usize];
        if memory.read_exact_at(&mut content, mapping.range.start).is_err() {
            result.unreadable += 1;
            continue;
        }
        for range in apart
            .iter()
            .filter(|r| r.start < mapping.range.end && mapping.range.start < r.end)
        {
            let from = range.start.max(mapping.range.start) - mapping.range.start;
            let to = range.end.min(mapping.range.end) - mapping.range.start;
            content[from as usize..to as usize].fill(0);
        }
        result.bytes += content.len() as u64;
        let mut times = [0usize; Kind::ALL.len()];
        count(&content, needles, |kind| times[kind as usize] += 1);
        for kind in Kind::ALL {
            if times[kind as usize] > 0 {
                let place = format!("{} [{}]", mapping.name, mapping.flags.join(" "));
                result.hits.push(Hit {
                    kind,
                    times: times[kind as usize],
                    in_vault: mapping.is_vault(),
                    place,
                });
            }
        }
    }
    Ok(result)
}
