//! The part of `<linux/videodev2.h>` that a camera needs, as the kernel lays it out.
//!
//! A test has the C compiler compare every size, offset and number here with the system's header.

use std::ffi::{c_int, c_ulong, c_void};

use libc::{_IOR, _IOW, _IOWR, Ioctl};

pub(super) const CAP_VIDEO_CAPTURE: u32 = 0x1;
pub(super) const CAP_STREAMING: u32 = 0x0400_0000;
pub(super) const CAP_DEVICE_CAPS: u32 = 0x8000_0000;
pub(super) const CAP_TIMEPERFRAME: u32 = 0x1000;

pub(super) const BUF_TYPE_VIDEO_CAPTURE: u32 = 1;
pub(super) const MEMORY_MMAP: u32 = 1;
pub(super) const MEMORY_USERPTR: u32 = 2;
pub(super) const FIELD_NONE: u32 = 1;
pub(super) const BUF_FLAG_ERROR: u32 = 0x40;

pub(super) const COLORSPACE_REC709: u32 = 3;
pub(super) const COLORSPACE_JPEG: u32 = 7;
pub(super) const COLORSPACE_DCI_P3: u32 = 12;
pub(super) const YCBCR_ENC_DEFAULT: u32 = 0;
pub(super) const YCBCR_ENC_709: u32 = 2;
pub(super) const YCBCR_ENC_XV709: u32 = 4;
pub(super) const QUANTIZATION_DEFAULT: u32 = 0;
pub(super) const QUANTIZATION_FULL_RANGE: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Capability {
    pub(super) driver: [u8; 16],
    pub(super) card: [u8; 32],
    pub(super) bus_info: [u8; 32],
    pub(super) version: u32,
    pub(super) capabilities: u32,
    pub(super) device_caps: u32,
    pub(super) reserved: [u32; 3],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct FormatDescription {
    pub(super) index: u32,
    pub(super) kind: u32,
    pub(super) flags: u32,
    pub(super) description: [u8; 32],
    pub(super) pixelformat: u32,
    pub(super) mbus_code: u32,
    pub(super) reserved: [u32; 3],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct PixFormat {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixelformat: u32,
    pub(super) field: u32,
    pub(super) bytesperline: u32,
    pub(super) sizeimage: u32,
    pub(super) colorspace: u32,
    pub(super) private: u32,
    pub(super) flags: u32,
    pub(super) ycbcr_enc: u32,
    pub(super) quantization: u32,
    pub(super) xfer_func: u32,
}

/// As `struct v4l2_format`, whose union holds pointers in a variant that is not used here.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Format {
    pub(super) kind: u32,
    pub(super) of: FormatUnion,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) union FormatUnion {
    pub(super) pix: PixFormat,
    pub(super) raw: [u8; 200],
    pub(super) aligned: [*mut c_void; 0],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Fraction {
    pub(super) numerator: u32,
    pub(super) denominator: u32,
}

/// As `struct v4l2_streamparm` with its variant for capturing, filled up to the union's size.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct StreamParameters {
    pub(super) kind: u32,
    pub(super) capability: u32,
    pub(super) capturemode: u32,
    pub(super) timeperframe: Fraction,
    pub(super) extendedmode: u32,
    pub(super) readbuffers: u32,
    pub(super) reserved: [u32; 4],
    pub(super) rest: [u32; 40],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct RequestBuffers {
    pub(super) count: u32,
    pub(super) kind: u32,
    pub(super) memory: u32,
    pub(super) capabilities: u32,
    pub(super) flags: u8,
    pub(super) reserved: [u8; 3],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Buffer {
    pub(super) index: u32,
    pub(super) kind: u32,
    pub(super) bytesused: u32,
    pub(super) flags: u32,
    pub(super) field: u32,
    pub(super) timestamp: libc::timeval,
    pub(super) timecode: [u32; 4],
    pub(super) sequence: u32,
    pub(super) memory: u32,
    pub(super) m: BufferUnion,
    pub(super) length: u32,
    pub(super) reserved2: u32,
    pub(super) request_fd: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(super) union BufferUnion {
    pub(super) offset: u32,
    pub(super) userptr: c_ulong,
}

/// The group of the requests to video devices.
const GROUP: u32 = b'V' as u32;

pub(super) const QUERYCAP: Ioctl = _IOR::<Capability>(GROUP, 0);
pub(super) const ENUM_FMT: Ioctl = _IOWR::<FormatDescription>(GROUP, 2);
pub(super) const S_FMT: Ioctl = _IOWR::<Format>(GROUP, 5);
pub(super) const REQBUFS: Ioctl = _IOWR::<RequestBuffers>(GROUP, 8);
pub(super) const QUERYBUF: Ioctl = _IOWR::<Buffer>(GROUP, 9);
pub(super) const QBUF: Ioctl = _IOWR::<Buffer>(GROUP, 15);
pub(super) const DQBUF: Ioctl = _IOWR::<Buffer>(GROUP, 17);
pub(super) const STREAMON: Ioctl = _IOW::<c_int>(GROUP, 18);
pub(super) const STREAMOFF: Ioctl = _IOW::<c_int>(GROUP, 19);
pub(super) const G_PARM: Ioctl = _IOWR::<StreamParameters>(GROUP, 21);
pub(super) const S_PARM: Ioctl = _IOWR::<StreamParameters>(GROUP, 22);

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::mem::offset_of;
    use std::process::{Command, Stdio};

    use super::*;

    /// Whether the C compiler finds each of these to be true with the system's header.
    fn compiles(facts: &[String]) -> Result<(), String> {
        let mut source = String::from("#include <linux/videodev2.h>\n#include <stddef.h>\n");
        for fact in facts {
            source += &format!("_Static_assert({fact}, \"no\");\n");
        }
        let mut compiler = Command::new("cc")
            .args(["-std=gnu11", "-fsyntax-only", "-x", "c", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a C compiler, which also links this test");
        let mut stdin = compiler.stdin.take().unwrap();
        stdin.write_all(source.as_bytes()).unwrap();
        drop(stdin);
        let output = compiler.wait_with_output().unwrap();
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    macro_rules! layout {
        ($facts:ident, $Type:ty, $c:literal, $($field:ident: $name:literal),+ $(,)?) => {
            $facts.push(format!("sizeof({}) == {}", $c, size_of::<$Type>()));
            $($facts.push(format!("offsetof({}, {}) == {}", $c, $name, offset_of!($Type, $field)));)+
        };
    }

    fn facts() -> Vec<String> {
        let mut facts = Vec::new();
        layout!(facts, Capability, "struct v4l2_capability", driver: "driver", card: "card", bus_info: "bus_info",
            version: "version", capabilities: "capabilities", device_caps: "device_caps", reserved: "reserved");
        layout!(facts, FormatDescription, "struct v4l2_fmtdesc", index: "index", kind: "type", flags: "flags",
            description: "description", pixelformat: "pixelformat", mbus_code: "mbus_code", reserved: "reserved");
        layout!(facts, PixFormat, "struct v4l2_pix_format", width: "width", height: "height",
            pixelformat: "pixelformat", field: "field", bytesperline: "bytesperline", sizeimage: "sizeimage",
            colorspace: "colorspace", private: "priv", flags: "flags", ycbcr_enc: "ycbcr_enc",
            quantization: "quantization", xfer_func: "xfer_func");
        layout!(facts, Format, "struct v4l2_format", kind: "type", of: "fmt.pix");
        layout!(facts, StreamParameters, "struct v4l2_streamparm", kind: "type",
            capability: "parm.capture.capability", capturemode: "parm.capture.capturemode",
            timeperframe: "parm.capture.timeperframe", extendedmode: "parm.capture.extendedmode",
            readbuffers: "parm.capture.readbuffers", reserved: "parm.capture.reserved");
        layout!(facts, Fraction, "struct v4l2_fract", numerator: "numerator", denominator: "denominator");
        layout!(facts, RequestBuffers, "struct v4l2_requestbuffers", count: "count", kind: "type",
            memory: "memory", capabilities: "capabilities");
        layout!(facts, Buffer, "struct v4l2_buffer", index: "index", kind: "type", bytesused: "bytesused",
            flags: "flags", field: "field", timestamp: "timestamp", timecode: "timecode", sequence: "sequence",
            memory: "memory", m: "m.userptr", length: "length", reserved2: "reserved2", request_fd: "request_fd");
        macro_rules! numbers {
            ($($name:literal: $value:expr),+ $(,)?) => {
                $(facts.push(format!("{} == {:#x}u", $name, $value));)+
            };
        }
        numbers!("V4L2_CAP_VIDEO_CAPTURE": CAP_VIDEO_CAPTURE, "V4L2_CAP_STREAMING": CAP_STREAMING,
            "V4L2_CAP_DEVICE_CAPS": CAP_DEVICE_CAPS, "V4L2_CAP_TIMEPERFRAME": CAP_TIMEPERFRAME,
            "V4L2_BUF_TYPE_VIDEO_CAPTURE": BUF_TYPE_VIDEO_CAPTURE, "V4L2_MEMORY_MMAP": MEMORY_MMAP,
            "V4L2_MEMORY_USERPTR": MEMORY_USERPTR, "V4L2_FIELD_NONE": FIELD_NONE,
            "V4L2_BUF_FLAG_ERROR": BUF_FLAG_ERROR, "V4L2_COLORSPACE_REC709": COLORSPACE_REC709,
            "V4L2_COLORSPACE_JPEG": COLORSPACE_JPEG, "V4L2_COLORSPACE_DCI_P3": COLORSPACE_DCI_P3,
            "V4L2_YCBCR_ENC_DEFAULT": YCBCR_ENC_DEFAULT, "V4L2_YCBCR_ENC_709": YCBCR_ENC_709,
            "V4L2_YCBCR_ENC_XV709": YCBCR_ENC_XV709, "V4L2_QUANTIZATION_DEFAULT": QUANTIZATION_DEFAULT,
            "V4L2_QUANTIZATION_FULL_RANGE": QUANTIZATION_FULL_RANGE,
            "VIDIOC_QUERYCAP": QUERYCAP, "VIDIOC_ENUM_FMT": ENUM_FMT, "VIDIOC_S_FMT": S_FMT,
            "VIDIOC_REQBUFS": REQBUFS, "VIDIOC_QUERYBUF": QUERYBUF, "VIDIOC_QBUF": QBUF, "VIDIOC_DQBUF": DQBUF,
            "VIDIOC_STREAMON": STREAMON, "VIDIOC_STREAMOFF": STREAMOFF, "VIDIOC_G_PARM": G_PARM,
            "VIDIOC_S_PARM": S_PARM);
        for (name, fourcc) in super::super::pixel::NAMES {
            facts.push(format!("V4L2_PIX_FMT_{name} == {fourcc}u"));
        }
        facts
    }

    #[test]
    fn every_size_offset_and_number_is_the_headers() {
        let facts = facts();
        assert!(facts.len() > 80, "{}", facts.len());
        compiles(&facts).unwrap();
    }

    #[test]
    fn a_wrong_fact_does_not_compile() {
        let wrong = |fact: &str| compiles(&[fact.to_owned()]);
        assert!(wrong("sizeof(struct v4l2_capability) == 104").is_ok());
        for fact in [
            "sizeof(struct v4l2_capability) == 105",
            "offsetof(struct v4l2_buffer, bytesused) == 12",
            "VIDIOC_QBUF == VIDIOC_DQBUF",
        ] {
            assert!(
                wrong(fact).unwrap_err().contains("static assertion failed"),
                "{fact}"
            );
        }
    }
}
