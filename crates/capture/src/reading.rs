//! How decoders read.

use std::cell::Cell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::rc::Rc;
use std::sync::Arc;

use moretta_veil::FrameStore;

/// A file that lies in a store.
pub(crate) struct KeptFile {
    file: Arc<FrameStore>,
    len: usize,
    at: u64,
}

impl KeptFile {
    /// The first `len` bytes of the store.
    pub(crate) fn new(file: &Arc<FrameStore>, len: usize) -> Self {
        Self {
            file: Arc::clone(file),
            len,
            at: 0,
        }
    }
}

impl Read for KeptFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let left = self.len.saturating_sub(at).min(into.len());
        let Some(count) = self.file.copy_kept(at, &mut into[..left]) else {
            return Err(io::ErrorKind::NotFound.into()); // wiped
        };
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for KeptFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => (self.len as u64).checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Notes that more was asked for than there is: the GIF decoder has no error of its own for that that others could tell
/// from a broken file.
pub(crate) struct Noting<R> {
    reader: R,
    starved: Rc<Cell<bool>>,
}

impl<R> Noting<R> {
    /// The reader, and where it notes that it had to give nothing.
    pub(crate) fn new(reader: R) -> (Self, Rc<Cell<bool>>) {
        let starved = Rc::new(Cell::new(false));
        let noting = Self {
            reader,
            starved: Rc::clone(&starved),
        };
        (noting, starved)
    }
}

impl<R: Read> Read for Noting<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(into)?;
        if count == 0 && !into.is_empty() {
            self.starved.set(true);
        }
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Noting<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.reader.fill_buf()?;
        if bytes.is_empty() {
            self.starved.set(true);
        }
        Ok(bytes)
    }

    fn consume(&mut self, count: usize) {
        self.reader.consume(count);
    }
}

impl<R: Seek> Seek for Noting<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}
