//! A network's constants, in the order in which kernels read them.

use std::ops::Range;

use crate::kernels::{Panel, interleave, is_for_eight};
use crate::schedule::LINE;
use crate::simd::LANES;

/// Constants of all steps, one after the other, each from the start of a line of the cache on.
pub(crate) struct Weights {
    values: Vec<f32>,
    /// Where the first line starts.
    start: usize,
    /// Whether panels are for a processor with wide vectors.
    wide: bool,
}

impl Weights {
    pub(crate) fn new(wide: bool) -> Self {
        Self {
            values: Vec::new(),
            start: 0,
            wide,
        }
    }

    /// Keeps `values`, and zeros behind them up to `len`.
    pub(crate) fn keep(&mut self, values: &[f32], len: usize) -> Range<usize> {
        let start = self.values.len();
        self.values.extend_from_slice(values);
        let end = start + len.max(values.len());
        self.values.resize(end.next_multiple_of(LINE), 0.0);
        start..end
    }

    /// Keeps a matrix of so many segments, of so many rows each, and `columns` columns in panels for
    /// [`Chosen::multiply`](crate::path::Chosen::multiply).
    pub(crate) fn keep_panels(
        &mut self,
        [segments, segment_len]: [usize; 2],
        columns: usize,
        single: bool,
        value: impl Fn(usize, usize) -> f32,
    ) -> Range<usize> {
        let depth = segments * segment_len;
        let channels = columns.next_multiple_of(LANES);
        let all = || Panel::all(channels, self.wide, single);
        let mut panels = Vec::with_capacity(all().map(|panel| depth * panel.stride()).sum());
        for panel in all() {
            for row in 0..depth {
                let end = panels.len() + panel.stride();
                let of_panel = (panel.first..columns).take(panel.channels);
                panels.extend(of_panel.map(|column| value(row, column)));
                panels.resize(end, 0.0);
            }
        }
        if is_for_eight(self.wide, channels, segment_len) {
            interleave(&mut panels);
        }
        self.keep(&panels, 0)
    }

    /// Moves the constants to where a line of the cache starts.
    pub(crate) fn align(mut self) -> Self {
        let len = self.values.len();
        let mut values = vec![0.0; len + LINE];
        self.start = line(&values);
        values[self.start..self.start + len].copy_from_slice(&self.values);
        self.values = values;
        self
    }

    pub(crate) fn of(&self, range: &Range<usize>) -> &[f32] {
        &self.values[self.start + range.start..self.start + range.end]
    }
}

/// The first value of `values` that lies at the start of a line of the cache, or 0 if no such value can be told.
pub(crate) fn line(values: &[f32]) -> usize {
    let offset = values.as_ptr().align_offset(LINE * size_of::<f32>());
    if offset < LINE { offset } else { 0 }
}
