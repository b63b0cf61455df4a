//! A frame's bytes on their way into staging memory: one copy, row by row, as textures take them.

use moretta_frame::{FrameView, SamplePlane, Samples};

use crate::canvas::Shape;
use crate::staging::Writer;

/// How the planes of a frame lie in staging memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Planes {
    pub(crate) first: Plane,
    pub(crate) second: Option<Plane>,
    /// Where they end.
    pub(crate) end: u64,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(crate) start: u64,
    /// From one row to the next.
    pub(crate) row: u32,
    /// Columns and rows of the texture.
    pub(crate) size: (u32, u32),
}

impl Planes {
    /// From `start` on.
    pub(crate) fn new(shape: Shape, start: u64) -> Self {
        let plane = |start: u64, size: (u32, u32), texel: u32| {
            let start = start.next_multiple_of(u64::from(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT));
            let row = (size.0 * texel).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
            let plane = Plane { start, row, size };
            (plane, start + u64::from(row) * u64::from(size.1))
        };
        let sensor = shape.sensor;
        let (first, end) = plane(start, sensor, if shape.yuv { 1 } else { 4 });
        if !shape.yuv {
            return Self {
                first,
                second: None,
                end,
            };
        }
        let (second, end) = plane(end, (sensor.0.div_ceil(2), sensor.1.div_ceil(2)), 2);
        Self {
            first,
            second: Some(second),
            end,
        }
    }

    /// Copies the frame in.
    pub(crate) fn put(&self, writer: &mut Writer, frame: &FrameView<'_>) {
        match frame.samples() {
            Samples::Packed { pixels, .. } => put_rows(writer, self.first, pixels, 4),
            Samples::Yuv { y, u, v, .. } => {
                put_rows(writer, self.first, y, 1);
                let Some(second) = self.second else {
                    return;
                };
                let pairs =
                    frame.layout().planes[1].pixel_stride == 2 && frame.layout().format.plane_count() == 2;
                if pairs {
                    // Whichever comes first: the pair begins with it.
                    let first = if u.bytes.len() > v.bytes.len() { u } else { v };
                    put_rows(writer, second, first, 2);
                } else {
                    put_pairs(writer, second, u, v);
                }
            }
        }
    }
}

/// Rows of samples of `bytes` bytes without gaps.
fn put_rows(writer: &mut Writer, plane: Plane, samples: SamplePlane<'_>, bytes: usize) {
    let row = samples.columns * bytes;
    for (at, y) in (plane.start..).step_by(plane.row as usize).zip(0..samples.rows) {
        let start = y * samples.row_stride;
        writer.put(at, &samples.bytes[start..start + row]);
    }
}

/// Two kinds of samples in turns.
fn put_pairs(writer: &mut Writer, plane: Plane, u: SamplePlane<'_>, v: SamplePlane<'_>) {
    const RUN: usize = 256;
    let mut pairs = [[0; 2]; RUN];
    let rows = (plane.start..).step_by(plane.row as usize).zip(0..u.rows);
    for (start, y) in rows {
        for first in (0..u.columns).step_by(RUN) {
            let run = &mut pairs[..RUN.min(u.columns - first)];
            let sample = |plane: SamplePlane<'_>, x: usize| {
                plane.bytes[y * plane.row_stride + (first + x) * plane.pixel_stride]
            };
            for (x, pair) in run.iter_mut().enumerate() {
                *pair = [sample(u, x), sample(v, x)];
            }
            writer.put(start + first as u64 * 2, run.as_flattened());
        }
    }
}
