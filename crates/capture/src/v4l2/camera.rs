use std::io;
use std::ops::Range;
use std::path::Path;

use moretta_frame::FrameLayout;
use moretta_veil::{Backing, FrameStore, Shelter};

use super::abi;
use super::device::{Device, Filled, Mapped};
use super::negotiate::{Agreed, V4l2Memory, V4l2Options, agree};
use super::pixel::{V4l2Pixels, nv12_from_packed};
use crate::decode::Still;
use crate::source::Planes;
use crate::{CaptureError, CaptureOptions, Fault, FileFormat, Picture, Source, SourceInfo};

/// How many buffers the driver fills in turn: one with the app, one being filled, two for when the app is late.
const BUFFERS: u32 = 4;

/// How many broken frames in a row are let pass.
const BROKEN_FRAMES: u32 = 30;

/// A camera of Linux, straight from its driver.
///
/// Where the driver can, it writes frames into veiled memory itself ([`V4l2Memory::Veiled`]), and no other copy of a
/// frame exists in this process: YUV frames are handed over where they lie, packed ones are converted and their buffer
/// zeroed. A frame is zeroed when its [`Picture`] goes, and always the newest frame is given: older ones that nobody
/// asked for are dropped.
///
/// While it lives, the camera takes pictures, and up to three that nobody asked for lie in its buffers.
/// [`wipe_all`](moretta_veil::wipe_all) zeroes them in veiled memory, and the camera fills them again: to pause is to
/// drop this. Timestamps are the driver's, by the system's monotonic clock. Live: there is no rewinding.
pub struct V4l2Camera {
    device: Device,
    buffers: Buffers,
    /// The buffer that the driver gave last, to be given back to it.
    taken: Option<u32>,
    pixels: V4l2Pixels,
    layout: FrameLayout,
    planes: Planes,
    /// The bytes that a frame of the driver's has at least.
    frame_bytes: usize,
    /// From row to row in a packed frame, in bytes.
    stride: usize,
    /// What is not handed over as the driver wrote it.
    converter: Option<Converter>,
    frame_ns: Option<u64>,
    timeout_ms: u32,
    dropped: u64,
}

/// Where frames are put before they are handed over.
enum Buffers {
    /// By the driver.
    Veiled(Vec<FrameStore>),
    /// By us, out of the driver's.
    Driver { mapped: Vec<Mapped>, store: FrameStore },
}

struct Converter {
    store: FrameStore,
    shelter: Shelter,
    options: CaptureOptions,
}

impl V4l2Camera {
    /// Opens the camera at `path`, such as `/dev/video0`, and starts it.
    ///
    /// # Errors
    /// [`CaptureError::Device`], [`CaptureError::Unsuited`], [`CaptureError::Frame`], [`CaptureError::Memory`].
    pub fn open(path: impl AsRef<Path>, options: &V4l2Options) -> Result<Self, CaptureError> {
        let device = Device::open(path.as_ref())?;
        let Agreed {
            pixels,
            pix,
            frame_ns,
        } = agree(&device, options)?;
        let (layout, places) = pixels.layout(&pix);
        layout.sensor_size()?;
        let stride = pix.bytesperline as usize;
        let planes = if pixels.is_direct() {
            Planes::new(&places)
        } else {
            packed_planes(&layout)?
        };
        let converter = if pixels.is_direct() {
            None
        } else {
            Some(Converter {
                store: options.capture.store(planes.end())?,
                shelter: options.capture.shelter()?,
                options: options.capture,
            })
        };
        let frame_bytes = frame_bytes(pixels, &layout, &places, stride)?;
        let buffer_bytes = frame_bytes.max(pix.sizeimage as usize).max(planes.end());
        let memories: &[V4l2Memory] = match (options.memory, options.capture.backing) {
            (Some(V4l2Memory::Veiled), _) => &[V4l2Memory::Veiled],
            (Some(V4l2Memory::Driver), _) => &[V4l2Memory::Driver],
            // Secret memory cannot be pinned, so no driver can write there.
            (None, Backing::Secret) => &[V4l2Memory::Driver],
            (None, Backing::Anonymous) => &[V4l2Memory::Veiled, V4l2Memory::Driver],
        };
        let mut refused = None;
        for &memory in memories {
            match Buffers::start(&device, memory, buffer_bytes, &options.capture) {
                Ok(buffers) => {
                    return Ok(Self {
                        device,
                        buffers,
                        taken: None,
                        pixels,
                        layout,
                        planes,
                        frame_bytes,
                        stride,
                        converter,
                        frame_ns,
                        timeout_ms: options.timeout_ms,
                        dropped: 0,
                    });
                }
                // Of memory that the driver does not know, or may not write to.
                Err(error @ CaptureError::Device { .. }) => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(strange_index))
    }

    /// The pixel format that the driver delivers.
    pub const fn pixels(&self) -> V4l2Pixels {
        self.pixels
    }

    /// Where the driver puts frames.
    pub const fn memory(&self) -> V4l2Memory {
        match self.buffers {
            Buffers::Veiled(_) => V4l2Memory::Veiled,
            Buffers::Driver { .. } => V4l2Memory::Driver,
        }
    }

    /// Frames that were dropped because a newer one was there, or because they were broken.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    fn queue(&mut self, index: u32) -> Result<(), CaptureError> {
        // SAFETY: dropping this camera ends the buffers before they go. A store is lent for a frame only between the
        // driver's giving it back and the next call here.
        unsafe { self.buffers.queue(&self.device, index) }
    }

    /// Brings a frame of the driver's to where it is handed over from. What it leaves behind is zeroed.
    fn take_in(&mut self, filled: &Filled) -> Result<(), CaptureError> {
        let index = filled.index as usize;
        let raw = match &mut self.buffers {
            Buffers::Veiled(_) if self.converter.is_none() => return Ok(()),
            Buffers::Veiled(stores) => {
                let store = stores.get_mut(index).ok_or_else(strange_index)?;
                store.lend(filled.bytes.min(store.len()))?
            }
            Buffers::Driver { mapped, store } => {
                let mapped = mapped.get_mut(index).ok_or_else(strange_index)?;
                let mut raw = store.lend(filled.bytes.min(store.len()))?;
                mapped.take(raw.bytes_mut());
                raw
            }
        };
        let Some(converter) = &mut self.converter else {
            raw.keep();
            return Ok(());
        };
        let mut frame = converter.store.lend(self.planes.end())?;
        if self.pixels == V4l2Pixels::Mjpeg {
            let still = Still::open(raw.bytes(), &converter.options, &converter.shelter)?;
            if (still.header.width, still.header.height) != (self.layout.width, self.layout.height) {
                return Err(FileFormat::Jpeg.fault(Fault::Malformed));
            }
            still.decode(&converter.shelter, frame.bytes_mut())?;
        } else {
            let sides = [self.layout.width as usize, self.layout.height as usize];
            let luma_first = self.pixels == V4l2Pixels::Yuyv;
            nv12_from_packed(raw.bytes(), self.stride, luma_first, sides, frame.bytes_mut());
        }
        frame.keep();
        Ok(())
    }

    /// The newest filled buffer, which is then `taken`; those before it go back to the driver.
    fn newest(&mut self) -> Result<Filled, CaptureError> {
        if let Some(index) = self.taken.take() {
            self.queue(index)?;
        }
        let mut newest: Option<Filled> = None;
        let mut broken = 0;
        loop {
            let patience = if newest.is_some() { 0 } else { self.timeout_ms };
            if !self.device.wait(patience)? {
                return newest.ok_or(CaptureError::Timeout {
                    timeout_ms: self.timeout_ms,
                });
            }
            let filled = self.device.dequeue(self.buffers.memory())?;
            let whole = filled.filter(|filled| filled.whole && filled.bytes >= self.frame_bytes);
            let spared = match (filled, whole) {
                (_, Some(whole)) => {
                    self.taken = Some(whole.index);
                    newest.replace(whole)
                }
                (spared, None) => {
                    broken += 1;
                    spared
                }
            };
            if let Some(spared) = spared {
                self.queue(spared.index)?;
                self.dropped += 1;
            }
            if broken == BROKEN_FRAMES {
                return Err(CaptureError::Device {
                    call: "VIDIOC_DQBUF",
                    source: io::ErrorKind::InvalidData.into(),
                });
            }
        }
    }
}

impl Source for V4l2Camera {
    fn next_frame(&mut self) -> Result<Option<Picture<'_>>, CaptureError> {
        let mut broken = 0;
        let filled = loop {
            let filled = self.newest()?;
            match self.take_in(&filled) {
                Ok(()) => break filled,
                // A broken JPEG is what USB cameras send first, and now and then.
                Err(CaptureError::File { .. }) if broken < BROKEN_FRAMES => broken += 1,
                Err(error) => return Err(error),
            }
            self.dropped += 1;
        };
        let store = match (&mut self.converter, &mut self.buffers) {
            (Some(converter), _) => &mut converter.store,
            (None, Buffers::Driver { store, .. }) => store,
            (None, Buffers::Veiled(stores)) => {
                stores.get_mut(filled.index as usize).ok_or_else(strange_index)?
            }
        };
        let loan = store.lend(self.planes.end())?;
        let mut layout = self.layout;
        layout.timestamp_ns = filled.timestamp_ns;
        Ok(Some(Picture::new(layout, self.planes.clone(), loan)?))
    }

    fn rewind(&mut self) -> Result<(), CaptureError> {
        Err(CaptureError::Live)
    }

    fn info(&self) -> SourceInfo {
        SourceInfo {
            width: self.layout.width,
            height: self.layout.height,
            frame_ns: self.frame_ns,
            live: true,
            keeps_copies: None,
        }
    }
}

impl Drop for V4l2Camera {
    fn drop(&mut self) {
        self.buffers.end(&self.device);
    }
}

impl Buffers {
    /// Buffers of `bytes` each in memory of that kind, given to the driver, which has started to fill them.
    fn start(
        device: &Device,
        memory: V4l2Memory,
        bytes: usize,
        options: &CaptureOptions,
    ) -> Result<Self, CaptureError> {
        let mut buffers = match memory {
            V4l2Memory::Veiled => {
                let count = device.request_buffers(abi::MEMORY_USERPTR, BUFFERS)?;
                let stores = (0..count.min(BUFFERS)).map(|_| options.store(bytes));
                Self::Veiled(stores.collect::<Result<_, _>>()?)
            }
            V4l2Memory::Driver => {
                let count = device.request_buffers(abi::MEMORY_MMAP, BUFFERS)?;
                let mapped = (0..count).map(|index| device.map(index));
                Self::Driver {
                    mapped: mapped.collect::<Result<_, _>>()?,
                    store: options.store(bytes)?,
                }
            }
        };
        let mut queued = Ok(());
        for index in 0..buffers.count() {
            // SAFETY: ended below, or by whoever has them from here.
            queued = queued.and_then(|()| unsafe { buffers.queue(device, index) });
        }
        match queued.and_then(|()| device.start()) {
            Ok(()) => Ok(buffers),
            Err(error) => {
                buffers.end(device);
                Err(error)
            }
        }
    }

    /// Gives buffer `index` to the driver.
    ///
    /// # Safety
    /// The buffers must be [ended](Self::end) before they go, and none be lent while the driver has it.
    unsafe fn queue(&mut self, device: &Device, index: u32) -> Result<(), CaptureError> {
        match self {
            Self::Driver { .. } => device.queue_mapped(index),
            Self::Veiled(stores) => {
                let store = stores.get_mut(index as usize).ok_or_else(strange_index)?;
                let (start, len) = (store.device_address(), store.len());
                // SAFETY: the store's own memory, which is the driver's by the caller's promise.
                unsafe { device.queue_memory(index, start, len) }
            }
        }
    }

    /// Has the driver let go of all buffers. If it refuses, it is gone itself.
    fn end(&mut self, device: &Device) {
        let _ = device.stop();
        if let Self::Driver { mapped, .. } = self {
            mapped.clear(); // buffers that are mapped are not given back
        }
        let _ = device.request_buffers(self.memory(), 0);
    }

    const fn memory(&self) -> u32 {
        match self {
            Self::Veiled(_) => abi::MEMORY_USERPTR,
            Self::Driver { .. } => abi::MEMORY_MMAP,
        }
    }

    fn count(&self) -> u32 {
        let count = match self {
            Self::Veiled(stores) => stores.len(),
            Self::Driver { mapped, .. } => mapped.len(),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

/// A driver names a buffer that it was not given.
fn strange_index() -> CaptureError {
    CaptureError::Device {
        call: "VIDIOC_DQBUF",
        source: io::ErrorKind::InvalidData.into(),
    }
}

/// How many bytes a frame of the driver's has at least: up to its last pixel.
fn frame_bytes(
    pixels: V4l2Pixels,
    layout: &FrameLayout,
    places: &[Range<usize>],
    stride: usize,
) -> Result<usize, CaptureError> {
    if let Some(last) = places.last() {
        let plane_len = layout.plane_len(places.len() - 1)?.unwrap_or_default();
        return Ok(last.start.saturating_add(plane_len));
    }
    if pixels == V4l2Pixels::Mjpeg {
        return Ok(1);
    }
    let row = (layout.width as usize).div_ceil(2) * 4;
    if stride < row {
        return Err(CaptureError::Unsuited {
            expected: "rows that hold their pixels",
            found: format!("{stride} bytes for {} pixels", layout.width),
        });
    }
    let rows = layout.height as usize;
    Ok((rows - 1).saturating_mul(stride).saturating_add(row))
}

/// The planes of a frame without padding, one after the other.
fn packed_planes(layout: &FrameLayout) -> Result<Planes, CaptureError> {
    let mut places = Vec::new();
    let mut at = 0usize;
    while let Some(len) = layout.plane_len(places.len())? {
        places.push(at..at.saturating_add(len));
        at = at.saturating_add(len);
    }
    Ok(Planes::new(&places))
}
