//! The calls to a camera's driver, one function each.

use std::ffi::{c_int, c_ulong};
use std::fs::{File, OpenOptions};
use std::io;
use std::mem;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::ptr::{self, NonNull};

use super::abi;
use crate::CaptureError;

/// An open camera.
pub(super) struct Device {
    file: File,
}

/// A filled buffer that the driver gave back.
#[derive(Clone, Copy)]
pub(super) struct Filled {
    pub(super) index: u32,
    pub(super) bytes: usize,
    /// Whether the driver found nothing wrong with it.
    pub(super) whole: bool,
    pub(super) timestamp_ns: u64,
}

/// What a driver says when it is asked who it is.
pub(super) struct Identity {
    pub(super) card: String,
    pub(super) captures: bool,
}

impl Device {
    pub(super) fn open(path: &Path) -> Result<Self, CaptureError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(libc::O_NONBLOCK);
        #[expect(
            clippy::disallowed_methods,
            reason = "a camera takes calls from those alone who may write to it"
        )]
        let opened = options.open(path);
        let file = opened.map_err(|source| CaptureError::Device { call: "open", source })?;
        Ok(Self { file })
    }

    pub(super) fn identity(&self) -> Result<Identity, CaptureError> {
        let mut capability: abi::Capability = zeroed();
        // SAFETY: the number is that of this structure.
        unsafe { self.call("VIDIOC_QUERYCAP", abi::QUERYCAP, &mut capability) }?;
        let own = if capability.capabilities & abi::CAP_DEVICE_CAPS != 0 {
            capability.device_caps
        } else {
            capability.capabilities
        };
        let wanted = abi::CAP_VIDEO_CAPTURE | abi::CAP_STREAMING;
        let card = capability
            .card
            .split(|&byte| byte == 0)
            .next()
            .unwrap_or_default();
        Ok(Identity {
            card: String::from_utf8_lossy(card).into_owned(),
            captures: own & wanted == wanted,
        })
    }

    /// The pixel formats that the driver offers.
    pub(super) fn formats(&self) -> Vec<u32> {
        let mut formats = Vec::new();
        // A driver that never ends its list is not believed.
        for index in 0..256 {
            let mut description = abi::FormatDescription {
                index,
                kind: abi::BUF_TYPE_VIDEO_CAPTURE,
                ..zeroed()
            };
            // SAFETY: the number is that of this structure.
            let told = unsafe { self.call("VIDIOC_ENUM_FMT", abi::ENUM_FMT, &mut description) };
            if told.is_err() {
                break; // EINVAL after the last
            }
            formats.push(description.pixelformat);
        }
        formats
    }

    /// Sets the format, and returns what the driver made of it.
    pub(super) fn set_format(
        &self,
        pixelformat: u32,
        width: u32,
        height: u32,
    ) -> Result<abi::PixFormat, CaptureError> {
        let mut format = abi::Format {
            kind: abi::BUF_TYPE_VIDEO_CAPTURE,
            of: abi::FormatUnion { raw: [0; 200] },
        };
        format.of.pix = abi::PixFormat {
            width,
            height,
            pixelformat,
            field: abi::FIELD_NONE,
            ..zeroed()
        };
        // SAFETY: the number is that of this structure.
        unsafe { self.call("VIDIOC_S_FMT", abi::S_FMT, &mut format) }?;
        // SAFETY: the variant of this kind of buffer, and any bytes are one.
        Ok(unsafe { format.of.pix })
    }

    /// Asks for a frame every `wanted_ns` nanoseconds, and returns what comes of it; `None` if the driver does not say.
    pub(super) fn set_interval(&self, wanted_ns: Option<u64>) -> Option<u64> {
        let mut parameters = abi::StreamParameters {
            kind: abi::BUF_TYPE_VIDEO_CAPTURE,
            ..zeroed()
        };
        // SAFETY: the number is that of this structure.
        unsafe { self.call("VIDIOC_G_PARM", abi::G_PARM, &mut parameters) }.ok()?;
        if let Some(wanted_ns) = wanted_ns
            && parameters.capability & abi::CAP_TIMEPERFRAME != 0
        {
            let mut wanted = parameters;
            wanted.timeperframe = abi::Fraction {
                numerator: u32::try_from(wanted_ns / 1000).unwrap_or(u32::MAX),
                denominator: 1_000_000,
            };
            // SAFETY: the number is that of this structure.
            if unsafe { self.call("VIDIOC_S_PARM", abi::S_PARM, &mut wanted) }.is_ok() {
                parameters = wanted;
            }
        }
        let abi::Fraction {
            numerator,
            denominator,
        } = parameters.timeperframe;
        let interval_ns = (u64::from(numerator) * 1_000_000_000).checked_div(denominator.into())?;
        (interval_ns > 0).then_some(interval_ns)
    }

    /// Asks for `count` buffers of this kind of memory, 0 to give them back, and returns how many there are.
    pub(super) fn request_buffers(&self, memory: u32, count: u32) -> Result<u32, CaptureError> {
        let mut request = abi::RequestBuffers {
            count,
            kind: abi::BUF_TYPE_VIDEO_CAPTURE,
            memory,
            ..zeroed()
        };
        // SAFETY: the number is that of this structure.
        unsafe { self.call("VIDIOC_REQBUFS", abi::REQBUFS, &mut request) }?;
        Ok(request.count)
    }

    /// Lets the driver fill the `len` bytes at `start`, as buffer `index`.
    ///
    /// # Safety
    /// They stay mapped, and nobody else touches them, until the driver has given the buffer back, all buffers are
    /// given back or the device is closed.
    pub(super) unsafe fn queue_memory(
        &self,
        index: u32,
        start: NonNull<u8>,
        len: usize,
    ) -> Result<(), CaptureError> {
        let mut buffer = abi::Buffer {
            index,
            kind: abi::BUF_TYPE_VIDEO_CAPTURE,
            memory: abi::MEMORY_USERPTR,
            m: abi::BufferUnion {
                userptr: start.as_ptr().expose_provenance() as c_ulong,
            },
            length: u32::try_from(len).unwrap_or(u32::MAX),
            ..zeroed()
        };
        // SAFETY: the number is that of this structure; the caller vouches for the memory.
        unsafe { self.call("VIDIOC_QBUF", abi::QBUF, &mut buffer) }
    }

    /// Lets the driver fill its own buffer `index`.
    pub(super) fn queue_mapped(&self, index: u32) -> Result<(), CaptureError> {
        let mut buffer = abi::Buffer {
            index,
            kind: abi::BUF_TYPE_VIDEO_CAPTURE,
            memory: abi::MEMORY_MMAP,
            ..zeroed()
        };
        // SAFETY: the number is that of this structure.
        unsafe { self.call("VIDIOC_QBUF", abi::QBUF, &mut buffer) }
    }

    /// The next filled buffer; `None` if there is none yet.
    pub(super) fn dequeue(&self, memory: u32) -> Result<Option<Filled>, CaptureError> {
        let mut buffer = abi::Buffer {
            kind: abi::BUF_TYPE_VIDEO_CAPTURE,
            memory,
            ..zeroed()
        };
        // SAFETY: the number is that of this structure.
        match unsafe { self.call("VIDIOC_DQBUF", abi::DQBUF, &mut buffer) } {
            Ok(()) => {}
            Err(CaptureError::Device { source, .. }) if source.kind() == io::ErrorKind::WouldBlock => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        let seconds = u64::try_from(buffer.timestamp.tv_sec).unwrap_or(0);
        let micros = u64::try_from(buffer.timestamp.tv_usec).unwrap_or(0);
        Ok(Some(Filled {
            index: buffer.index,
            bytes: buffer.bytesused as usize,
            whole: buffer.flags & abi::BUF_FLAG_ERROR == 0,
            timestamp_ns: seconds
                .saturating_mul(1_000_000_000)
                .saturating_add(micros.saturating_mul(1000)),
        }))
    }

    pub(super) fn start(&self) -> Result<(), CaptureError> {
        let mut kind = abi::BUF_TYPE_VIDEO_CAPTURE as c_int;
        // SAFETY: the number is that of an int.
        unsafe { self.call("VIDIOC_STREAMON", abi::STREAMON, &mut kind) }
    }

    /// Has the driver let go of all buffers.
    pub(super) fn stop(&self) -> Result<(), CaptureError> {
        let mut kind = abi::BUF_TYPE_VIDEO_CAPTURE as c_int;
        // SAFETY: the number is that of an int.
        unsafe { self.call("VIDIOC_STREAMOFF", abi::STREAMOFF, &mut kind) }
    }

    /// Maps the driver's own buffer `index`.
    pub(super) fn map(&self, index: u32) -> Result<Mapped, CaptureError> {
        let mut buffer = abi::Buffer {
            index,
            kind: abi::BUF_TYPE_VIDEO_CAPTURE,
            memory: abi::MEMORY_MMAP,
            ..zeroed()
        };
        // SAFETY: the number is that of this structure.
        unsafe { self.call("VIDIOC_QUERYBUF", abi::QUERYBUF, &mut buffer) }?;
        let len = buffer.length as usize;
        // SAFETY: the variant of this kind of memory, and any bytes are one.
        let offset = unsafe { buffer.m.offset };
        let failed = |source| CaptureError::Device { call: "mmap", source };
        let offset = i64::from(offset);
        // SAFETY: a new mapping at an address of the system's choice touches no memory of ours.
        let start = unsafe {
            libc::mmap(
                ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                self.file.as_raw_fd(),
                offset,
            )
        };
        let start = (start != libc::MAP_FAILED)
            .then_some(start)
            .and_then(NonNull::new);
        let Some(start) = start else {
            return Err(failed(io::Error::last_os_error()));
        };
        // Shared memory goes to children unless told otherwise. The kernel keeps it out of dumps by itself.
        // SAFETY: a mapping of ours, whose content stays.
        unsafe { libc::madvise(start.as_ptr(), len, libc::MADV_DONTFORK) };
        Ok(Mapped {
            start: start.cast(),
            len,
        })
    }

    /// Whether a buffer is filled, waiting for at most `timeout_ms`. A device that is gone counts as ready: the next
    /// call says why.
    pub(super) fn wait(&self, timeout_ms: u32) -> Result<bool, CaptureError> {
        let mut poll = libc::pollfd {
            fd: self.file.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        let timeout = c_int::try_from(timeout_ms).unwrap_or(c_int::MAX);
        loop {
            // SAFETY: one structure, as the count says.
            let ready = unsafe { libc::poll(&raw mut poll, 1, timeout) };
            if ready >= 0 {
                return Ok(ready > 0);
            }
            let source = io::Error::last_os_error();
            if source.kind() != io::ErrorKind::Interrupted {
                return Err(CaptureError::Device { call: "poll", source });
            }
        }
    }

    /// # Safety
    /// `request` is the number of a call whose argument is a `T`.
    unsafe fn call<T>(
        &self,
        call: &'static str,
        request: c_ulong,
        argument: &mut T,
    ) -> Result<(), CaptureError> {
        loop {
            // SAFETY: the argument is what the request's number says, by the caller's promise.
            let status = unsafe { libc::ioctl(self.file.as_raw_fd(), request, ptr::from_mut(argument)) };
            if status >= 0 {
                return Ok(());
            }
            let source = io::Error::last_os_error();
            if source.kind() != io::ErrorKind::Interrupted {
                return Err(CaptureError::Device { call, source });
            }
        }
    }
}

/// A buffer of the driver's, in its memory.
pub(super) struct Mapped {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: a mapping of the process, which this value owns.
unsafe impl Send for Mapped {}

impl Mapped {
    /// Moves the first bytes to `out`, as many as fit both, and zeroes the whole buffer. Only while the driver has
    /// given it back.
    pub(super) fn take(&mut self, out: &mut [u8]) {
        let count = self.len.min(out.len());
        // SAFETY: both are `count` bytes long at least, and apart.
        unsafe {
            out.as_mut_ptr()
                .copy_from_nonoverlapping(self.start.as_ptr(), count);
        };
        // The driver's memory, so no write may be left out.
        let words = self.len / size_of::<u64>();
        for at in 0..words {
            // SAFETY: within the mapping, which begins at a page.
            let word = unsafe { self.start.cast::<u64>().add(at) };
            // SAFETY: as above, and nobody else has a reference.
            unsafe { word.write_volatile(0) };
        }
        for at in words * size_of::<u64>()..self.len {
            // SAFETY: within the mapping.
            let byte = unsafe { self.start.add(at) };
            // SAFETY: as above.
            unsafe { byte.write_volatile(0) };
        }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: the whole mapping, owned by this value that goes away.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}

/// A structure of the kernel's with nothing in it.
fn zeroed<T: Plain>() -> T {
    // SAFETY: `Plain` structures are valid with all bytes zero.
    unsafe { mem::zeroed() }
}

/// Structures for which zeros are a value.
///
/// # Safety
/// They are.
unsafe trait Plain {}
// SAFETY: numbers, arrays of numbers and unions of these.
unsafe impl Plain for abi::Capability {}
// SAFETY: as above.
unsafe impl Plain for abi::FormatDescription {}
// SAFETY: as above.
unsafe impl Plain for abi::PixFormat {}
// SAFETY: as above.
unsafe impl Plain for abi::StreamParameters {}
// SAFETY: as above.
unsafe impl Plain for abi::RequestBuffers {}
// SAFETY: as above.
unsafe impl Plain for abi::Buffer {}
