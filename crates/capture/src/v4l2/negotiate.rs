//! What is asked of a camera, and what comes of it.

use super::abi;
use super::device::Device;
use super::pixel::{V4l2Pixels, fourcc_text};
use crate::{CaptureError, CaptureOptions};

/// What is wanted of a camera. A driver may give another size and another rate: [`Source::info`](crate::Source::info)
/// says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V4l2Options {
    /// The width wanted, in pixels; 640 unless said otherwise.
    pub width: u32,
    /// The height wanted, in pixels; 480 unless said otherwise.
    pub height: u32,
    /// From one frame to the next, in nanoseconds; a thirtieth of a second unless said otherwise. `None` leaves it to
    /// the driver.
    pub frame_ns: Option<u64>,
    /// The pixel format; `None` for the first of [`V4l2Pixels::ALL`] with which the camera gives the size and the rate.
    pub pixels: Option<V4l2Pixels>,
    /// Where the driver puts frames; `None` for veiled memory if the driver can.
    pub memory: Option<V4l2Memory>,
    /// How long to wait for a frame, in milliseconds; 5000 unless said otherwise.
    pub timeout_ms: u32,
    /// In which memory the frames lie.
    pub capture: CaptureOptions,
}

impl Default for V4l2Options {
    fn default() -> Self {
        Self {
            width: 640,
            height: 480,
            frame_ns: Some(1_000_000_000 / 30),
            pixels: None,
            memory: None,
            timeout_ms: 5000,
            capture: CaptureOptions::default(),
        }
    }
}

/// Where a driver puts frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum V4l2Memory {
    /// Straight into veiled memory (`V4L2_MEMORY_USERPTR`): there is no other copy that this process could see. USB
    /// cameras can. Secret memory cannot be written by drivers.
    Veiled,
    /// Into buffers of its own (`V4L2_MEMORY_MMAP`), from which each frame is moved to veiled memory at once. They are
    /// kernel memory: not swapped, not in core dumps, and zeroed when a frame was moved out; but a frame that nobody asks
    /// for stays there until the camera stops.
    Driver,
}

/// What driver and options agreed on.
pub(super) struct Agreed {
    pub(super) pixels: V4l2Pixels,
    pub(super) pix: abi::PixFormat,
    pub(super) frame_ns: Option<u64>,
}

/// Sets the format that comes nearest to what is wanted.
///
/// 1. Of the formats that are known here, try each that the driver offers: set it, and see which size and rate come
///    of it.
/// 2. The best has the size wanted, or the nearest by area; then a rate that is no more than a tenth too low; then it is
///    the first in the order of [`V4l2Pixels::ALL`].
/// 3. Set that again.
pub(super) fn agree(device: &Device, wanted: &V4l2Options) -> Result<Agreed, CaptureError> {
    let identity = device.identity()?;
    if !identity.captures {
        return Err(CaptureError::Unsuited {
            expected: "a device that captures video by streaming",
            found: identity.card,
        });
    }
    let offered = device.formats();
    let mut best: Option<([u64; 3], V4l2Pixels)> = None;
    for (order, pixels) in V4l2Pixels::ALL.into_iter().enumerate() {
        let asked_for = wanted.pixels.is_none_or(|wanted| wanted == pixels);
        if !asked_for || !offered.contains(&pixels.fourcc()) {
            continue;
        }
        let Ok(set) = set(device, wanted, pixels) else {
            continue;
        };
        let cost = cost(wanted, &set, order as u64);
        if best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, pixels));
        }
    }
    match best {
        Some((_, pixels)) => set(device, wanted, pixels),
        None => Err(CaptureError::Unsuited {
            expected: "whole frames in NV12, YU12, YV12, NV21, YUYV, UYVY or MJPG, or the one asked for",
            found: offered
                .into_iter()
                .map(fourcc_text)
                .collect::<Vec<_>>()
                .join(", "),
        }),
    }
}

fn set(device: &Device, wanted: &V4l2Options, pixels: V4l2Pixels) -> Result<Agreed, CaptureError> {
    let pix = device.set_format(pixels.fourcc(), wanted.width, wanted.height)?;
    // Frames one by one, or both half-pictures woven: `V4L2_FIELD_INTERLACED` and its two orders.
    let whole_frames = matches!(pix.field, abi::FIELD_NONE | 4 | 8 | 9);
    if pix.pixelformat != pixels.fourcc() || !whole_frames {
        return Err(CaptureError::Unsuited {
            expected: "whole frames in the format that was set",
            found: format!("{} with fields {}", fourcc_text(pix.pixelformat), pix.field),
        });
    }
    Ok(Agreed {
        pixels,
        pix,
        frame_ns: device.set_interval(wanted.frame_ns),
    })
}

/// How far this is from what is wanted: less is better, the first number counts before the next.
fn cost(wanted: &V4l2Options, agreed: &Agreed, order: u64) -> [u64; 3] {
    let area = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let off = area(agreed.pix.width, agreed.pix.height).abs_diff(area(wanted.width, wanted.height))
        + u64::from(agreed.pix.width != wanted.width || agreed.pix.height != wanted.height);
    let slow = match (wanted.frame_ns, agreed.frame_ns) {
        (Some(wanted), Some(agreed)) if agreed > wanted.saturating_add(wanted / 10) => agreed - wanted,
        _ => 0,
    };
    [off, slow, order]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(width: u32, height: u32, frame_ns: Option<u64>) -> Agreed {
        let pix = abi::PixFormat {
            width,
            height,
            pixelformat: 0,
            field: 0,
            bytesperline: 0,
            sizeimage: 0,
            colorspace: 0,
            private: 0,
            flags: 0,
            ycbcr_enc: 0,
            quantization: 0,
            xfer_func: 0,
        };
        Agreed {
            pixels: V4l2Pixels::Yuyv,
            pix,
            frame_ns,
        }
    }

    #[test]
    fn size_counts_before_rate_and_rate_before_order() {
        let wanted = V4l2Options {
            width: 1280,
            height: 720,
            frame_ns: Some(33_333_333),
            ..V4l2Options::default()
        };
        let cost = |width, height, frame_ns, order| cost(&wanted, &agreed(width, height, frame_ns), order);
        let whole = cost(1280, 720, Some(33_333_333), 6);
        // Packed pixels at 10 frames a second lose against compressed ones at 30, as with real USB cameras.
        assert!(whole < cost(1280, 720, Some(100_000_000), 4));
        assert!(cost(1280, 720, Some(100_000_000), 6) < cost(640, 480, Some(33_333_333), 0));
        assert!(
            whole < cost(720, 1280, Some(33_333_333), 0),
            "the same area on its side"
        );
        // Within a tenth, or of unknown rate: the order decides.
        assert!(cost(1280, 720, Some(36_000_000), 0) < whole);
        assert!(cost(1280, 720, None, 0) < whole);
    }
}
