//! An initial file system for a Linux kernel: a `newc` archive, which the kernel unpacks and starts `/init` of.
//!
//! Written here, so that a device node can be in it without being root.
//!
//! # Source
//! The kernel's `Documentation/driver-api/early-userspace/buffer-format.rst`.

use std::collections::BTreeSet;
use std::path::Path;

/// The archive so far.
pub(crate) struct Initramfs {
    bytes: Vec<u8>,
    /// The folders in it.
    folders: BTreeSet<String>,
    entries: u32,
}

const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const CHARACTER_DEVICE: u32 = 0o020_600;

impl Initramfs {
    pub(crate) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            folders: BTreeSet::new(),
            entries: 0,
        }
    }

    /// Adds an empty folder, and those that it lies in. `path` has no slash in front.
    pub(crate) fn folder(&mut self, path: &str) {
        let mut whole = String::new();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            if !whole.is_empty() {
                whole.push('/');
            }
            whole += name;
            if self.folders.insert(whole.clone()) {
                self.entry(&whole, FOLDER, [0; 2], &[]);
            }
        }
    }

    /// Adds a file that may be executed, and the folders that it lies in.
    pub(crate) fn file(&mut self, path: &str, content: &[u8]) {
        let path = path.trim_start_matches('/');
        if let Some(parent) = Path::new(path).parent().and_then(Path::to_str) {
            self.folder(parent);
        }
        self.entry(path, PROGRAM, [0; 2], content);
    }

    /// Adds a character device.
    pub(crate) fn device(&mut self, path: &str, numbers: [u32; 2]) {
        if let Some(parent) = Path::new(path).parent().and_then(Path::to_str) {
            self.folder(parent);
        }
        self.entry(path, CHARACTER_DEVICE, numbers, &[]);
    }

    /// The whole archive.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, [0; 2], &[]);
        self.bytes
    }

    /// One entry: the magic, thirteen numbers of eight hexadecimal digits, the name, the content; the last two end at
    /// a multiple of four bytes.
    fn entry(&mut self, name: &str, mode: u32, [major, minor]: [u32; 2], content: &[u8]) {
        self.entries += 1;
        let size = content.len() as u32;
        let name_size = name.len() as u32 + 1;
        // Inode, mode, owner, group, links, time, size, device of the file system, of the node, name, check sum.
        let numbers = [
            self.entries,
            mode,
            0,
            0,
            1,
            0,
            size,
            0,
            0,
            major,
            minor,
            name_size,
            0,
        ];
        self.bytes.extend(b"070701");
        for number in numbers {
            self.bytes.extend(format!("{number:08X}").bytes());
        }
        self.bytes.extend(name.bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(content);
        self.pad();
    }

    fn pad(&mut self) {
        let len = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(len, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_as_the_kernel_reads_it() {
        let mut archive = Initramfs::new();
        archive.file("/sbin/a", b"12345");
        archive.device("dev/console", [5, 1]);
        let bytes = archive.finish();
        let mut at = 0;
        let mut seen = Vec::new();
        while at < bytes.len() {
            assert_eq!(&bytes[at..at + 6], b"070701");
            let number = |field: usize| {
                let digits = std::str::from_utf8(&bytes[at + 6 + field * 8..][..8]).unwrap();
                usize::from_str_radix(digits, 16).unwrap()
            };
            let name = std::str::from_utf8(&bytes[at + 110..][..number(11) - 1]).unwrap();
            let content = (at + 110 + number(11)).next_multiple_of(4);
            seen.push((
                name.to_owned(),
                number(1),
                [number(9), number(10)],
                bytes[content..content + number(6)].to_vec(),
            ));
            at = (content + number(6)).next_multiple_of(4);
        }
        let entry =
            |name: &str, mode, numbers, content: &[u8]| (name.to_owned(), mode, numbers, content.to_vec());
        assert_eq!(
            seen,
            [
                entry("sbin", 0o040_755, [0; 2], b""),
                entry("sbin/a", 0o100_755, [0; 2], b"12345"),
                entry("dev", 0o040_755, [0; 2], b""),
                entry("dev/console", 0o020_600, [5, 1], b""),
                entry("TRAILER!!!", 0, [0; 2], b""),
            ]
        );
    }

    #[test]
    fn a_folder_comes_once_and_before_what_lies_in_it() {
        let mut archive = Initramfs::new();
        archive.folder("a/b");
        archive.file("a/b/c", b"");
        archive.folder("a");
        assert_eq!(archive.folders.iter().collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(archive.entries, 3);
    }
}
