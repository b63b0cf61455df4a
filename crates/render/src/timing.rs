//! How long the device takes over each pass, where it can tell. The times are of passes, not of faces.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::Gpu;
use crate::staging::{MAPPED, WAITING, tell};

/// The most passes that are timed in a frame; further ones are not.
const PASSES: usize = 32;
const BYTES: u64 = PASSES as u64 * 2 * wgpu::QUERY_SIZE as u64;

/// The time that the device took over a pass.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PassTime {
    /// Which pass.
    pub pass: &'static str,
    /// From its beginning to its end.
    pub ms: f32,
}

/// Times the passes of one frame at a time.
pub(crate) struct Clock {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    read: wgpu::Buffer,
    mapped: Arc<AtomicU8>,
    ns_per_tick: f32,
    passes: Vec<&'static str>,
    asked: bool,
    times: Vec<PassTime>,
}

impl Clock {
    /// `None` if the device does not tell its time.
    pub(crate) fn new(gpu: &Gpu) -> Option<Self> {
        if !gpu.report().timestamps {
            return None;
        }
        let objects = gpu.objects();
        let buffer = |usage| {
            objects.buffer(&wgpu::BufferDescriptor {
                label: Some("times"),
                size: BYTES,
                usage,
                mapped_at_creation: false,
            })
        };
        Some(Self {
            queries: objects.query_set(&wgpu::QuerySetDescriptor {
                label: Some("times"),
                ty: wgpu::QueryType::Timestamp,
                count: PASSES as u32 * 2,
            }),
            resolved: buffer(wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC),
            read: buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST),
            mapped: Arc::default(),
            ns_per_tick: gpu.queue().get_timestamp_period(),
            passes: Vec::with_capacity(PASSES),
            asked: false,
            times: Vec::with_capacity(PASSES),
        })
    }

    /// Begins a frame, unless the times of an earlier one have not come yet: then this one is not timed.
    pub(crate) fn begin(&mut self) {
        self.passes.clear();
    }

    /// The two moments of a pass.
    pub(crate) fn pass(&mut self, label: &'static str) -> Option<wgpu::RenderPassTimestampWrites<'_>> {
        if self.asked || self.passes.len() == PASSES {
            return None;
        }
        let at = self.passes.len() as u32 * 2;
        self.passes.push(label);
        Some(wgpu::RenderPassTimestampWrites {
            query_set: &self.queries,
            beginning_of_pass_write_index: Some(at),
            end_of_pass_write_index: Some(at + 1),
        })
    }

    /// Records that the times are brought to memory.
    pub(crate) fn resolve(&self, encoder: &mut wgpu::CommandEncoder) {
        let count = self.passes.len() as u32 * 2;
        if self.asked || count == 0 {
            return;
        }
        encoder.resolve_query_set(&self.queries, 0..count, &self.resolved, 0);
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.read, 0, BYTES);
    }

    /// Asks for the times, once the commands are submitted.
    pub(crate) fn ask(&mut self) {
        if !self.asked && !self.passes.is_empty() {
            self.read.map_async(wgpu::MapMode::Read, .., tell(&self.mapped));
            self.asked = true;
        }
    }

    /// Takes the times in, if they have come.
    pub(crate) fn collect(&mut self) {
        if !self.asked || self.mapped.load(Ordering::Acquire) == WAITING {
            return;
        }
        self.asked = false;
        if self.mapped.load(Ordering::Acquire) != MAPPED {
            return;
        }
        if let Ok(view) = self.read.get_mapped_range(..) {
            let (ticks, _) = view.as_chunks::<8>();
            let times = self.passes.iter().zip(ticks.as_chunks::<2>().0);
            self.times.clear();
            self.times.extend(times.map(|(pass, [start, end])| {
                let ticks = u64::from_le_bytes(*end).saturating_sub(u64::from_le_bytes(*start));
                PassTime {
                    pass,
                    ms: ticks as f32 * self.ns_per_tick * 1e-6,
                }
            }));
        }
        self.read.unmap();
    }

    /// The times of the last frame that was timed, in the order of its passes.
    pub(crate) fn times(&self) -> &[PassTime] {
        &self.times
    }
}
