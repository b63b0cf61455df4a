//! The way in: mapped memory that frames are written to where they lie, and that is zeroed when the device has read it.
//!
//! The library's own ways, `Queue::write_texture` and `write_buffer`, keep copies of what they are given in memory that is
//! not wiped. Here there is one copy, and it ends under our hands.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::{Gpu, RenderError};

/// How many frames may be under way at once.
pub(crate) const DEPTH: usize = 2;

/// A ring of buffers, as many as frames may be under way.
pub(crate) struct Staging {
    gpu: Gpu,
    slots: Vec<Slot>,
    bytes: u64,
}

/// A slot of the ring that was taken for a frame.
#[derive(Clone, Copy)]
pub(crate) struct Taken(usize);

struct Slot {
    buffer: wgpu::Buffer,
    state: State,
    /// Bytes from the start that may differ from zero.
    dirty: u64,
    mapped: Arc<AtomicU8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Ours.
    Mapped,
    /// Handed over, and not yet asked back for.
    Given,
    /// The device's, until it is done.
    Recalled,
}

/// What a mapping came to.
pub(crate) const WAITING: u8 = 0;
pub(crate) const MAPPED: u8 = 1;
pub(crate) const FAILED: u8 = 2;

/// Tells `mapped` what became of a mapping.
pub(crate) fn tell(
    mapped: &Arc<AtomicU8>,
) -> impl FnOnce(Result<(), wgpu::BufferAsyncError>) + Send + 'static {
    mapped.store(WAITING, Ordering::Release);
    let mapped = Arc::clone(mapped);
    move |outcome| mapped.store(if outcome.is_ok() { MAPPED } else { FAILED }, Ordering::Release)
}

/// A slot's memory, to be written to.
pub(crate) struct Writer {
    view: wgpu::BufferViewMut,
}

impl Writer {
    /// Writes `bytes` at `at`.
    pub(crate) fn put(&mut self, at: u64, bytes: &[u8]) {
        let at = at as usize;
        self.view.slice(at..at + bytes.len()).copy_from_slice(bytes);
    }
}

impl Staging {
    pub(crate) fn new(gpu: &Gpu) -> Self {
        Self {
            gpu: gpu.clone(),
            slots: Vec::with_capacity(DEPTH),
            bytes: 0,
        }
    }

    /// Takes a slot of at least `bytes` bytes, zeroed, waiting for the device if none is free.
    ///
    /// # Errors
    /// [`RenderError::Stalled`], [`RenderError::Lost`], [`RenderError::Refused`].
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(Taken, Writer), RenderError> {
        self.clean();
        if bytes > self.bytes {
            self.finish()?;
            self.slots.clear();
            self.bytes = bytes;
        }
        let free = |slots: &[Slot]| slots.iter().position(|slot| slot.state == State::Mapped);
        let at = match free(&self.slots) {
            Some(at) => at,
            None if self.slots.len() < DEPTH => {
                self.slots.push(Slot::new(&self.gpu, self.bytes));
                self.slots.len() - 1
            }
            None => {
                self.finish()?;
                free(&self.slots).ok_or_else(|| self.gpu.trouble())?
            }
        };
        let slot = &mut self.slots[at];
        slot.dirty = bytes;
        let view = slot.buffer.get_mapped_range_mut(..bytes);
        match view {
            Ok(view) => Ok((Taken(at), Writer { view })),
            Err(_) => {
                self.slots.clear();
                Err(self.gpu.trouble())
            }
        }
    }

    /// Hands a slot that was written over to the device, to be read by commands.
    pub(crate) fn give(&mut self, taken: Taken, writer: Writer) -> &wgpu::Buffer {
        drop(writer);
        let slot = &mut self.slots[taken.0];
        slot.buffer.unmap();
        slot.state = State::Given;
        &slot.buffer
    }

    /// Asks back for what was handed over, once the commands that read it are submitted.
    pub(crate) fn recall(&mut self) {
        for slot in self.slots.iter_mut().filter(|slot| slot.state == State::Given) {
            slot.buffer
                .map_async(wgpu::MapMode::Write, .., tell(&slot.mapped));
            slot.state = State::Recalled;
        }
    }

    /// Zeroes what came back.
    pub(crate) fn clean(&mut self) {
        self.slots.retain_mut(|slot| {
            if slot.state == State::Recalled {
                match slot.mapped.load(Ordering::Acquire) {
                    WAITING => return true,
                    MAPPED => slot.state = State::Mapped,
                    // The device is gone, and its memory with it.
                    _ => return false,
                }
            }
            if slot.state == State::Mapped && slot.dirty > 0 {
                match slot.buffer.get_mapped_range_mut(..slot.dirty) {
                    Ok(mut view) => view.slice(..).fill(0),
                    Err(_) => return false,
                }
                slot.dirty = 0;
            }
            true
        });
    }

    /// Waits until everything has come back, and zeroes it.
    ///
    /// # Errors
    /// [`RenderError::Stalled`], [`RenderError::Lost`], [`RenderError::Refused`].
    pub(crate) fn finish(&mut self) -> Result<(), RenderError> {
        // Handed over and never submitted: it comes back at once.
        self.recall();
        let under_way = self.slots.iter().any(|slot| slot.state == State::Recalled);
        let waited = if under_way { self.gpu.wait() } else { Ok(()) };
        self.clean();
        waited
    }

    /// Lets go of the memory, which is zero by then unless the device is gone.
    pub(crate) fn release(&mut self) {
        self.slots.clear();
        self.bytes = 0;
    }
}

impl Slot {
    fn new(gpu: &Gpu, bytes: u64) -> Self {
        Self {
            buffer: gpu.objects().buffer(&wgpu::BufferDescriptor {
                label: Some("staging"),
                size: bytes,
                usage: wgpu::BufferUsages::MAP_WRITE | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: true,
            }),
            state: State::Mapped,
            dirty: 0,
            mapped: Arc::default(),
        }
    }
}
