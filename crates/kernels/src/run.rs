//! A turn: some rows of a step, computed.

use std::ops::Range;

use crate::KernelError;
use crate::kernels::{Depthwise, Gemm, Left, Norm, Pool, Resize, Segment, sigmoid};
use crate::path::Chosen;
use crate::plan::Plan;
use crate::schedule::{Place, Turn};
use crate::step::{After, Form, Kind, MOST_SIDE, Operand, Part, Source, Step, StepId};

/// All that a run reads and writes.
pub(crate) struct Memory<'m, 'o> {
    /// The scratch.
    pub(crate) values: &'m mut [f32],
    pub(crate) input: &'m [f32],
    pub(crate) outputs: &'m mut [&'o mut [f32]],
}

/// The rows of a tensor that are in the scratch.
#[derive(Clone, Copy)]
struct Rows<'r> {
    values: &'r [f32],
    form: Form,
    ring: usize,
    first: usize,
}

impl<'r> Rows<'r> {
    /// Where row `row` of the operand begins.
    fn start(&self, row: usize) -> usize {
        (row + self.first) % self.ring * self.form.pitch()
    }

    /// The pixels of row `row` of the operand.
    fn row(&self, row: usize) -> &'r [f32] {
        let inside = self.form.inside();
        let start = self.start(row);
        &self.values[start + inside.start..start + inside.end]
    }

    /// How many rows from `row` on lie one after the other.
    fn run(&self, row: usize) -> usize {
        self.ring - (row + self.first) % self.ring
    }
}

impl Plan {
    fn place(&self, step: StepId) -> Place {
        self.schedule.places[step]
    }

    /// The pixels of row `row` of `step`, if they lie in the scratch: an output's do not.
    pub(crate) fn row<'m>(&self, step: StepId, row: usize, values: &'m [f32]) -> &'m [f32] {
        let (step, place) = (&self.steps[step], self.place(step));
        if matches!(step.kind, Kind::Output { .. }) {
            return &[];
        }
        &values[place.range()][span(&step.form, place.ring, row)][step.form.inside()]
    }

    fn rows<'r>(&self, operand: Operand, values: &'r [f32]) -> Rows<'r> {
        Rows {
            values,
            form: self.steps[operand.step].form,
            ring: self.place(operand.step).ring,
            first: operand.first,
        }
    }

    /// The memory of step `out`, and the rows of the two operands.
    fn borrow<'m>(
        &self,
        values: &'m mut [f32],
        out: StepId,
        a: Operand,
        b: Option<Operand>,
    ) -> Result<(&'m mut [f32], Rows<'m>, Option<Rows<'m>>), KernelError> {
        let [out, of_a] = [out, a.step].map(|step| self.place(step).range());
        let bug = |_| KernelError::Bug;
        match b {
            Some(b) if b.step != a.step => {
                let of_b = self.place(b.step).range();
                let [out, of_a, of_b] = values.get_disjoint_mut([out, of_a, of_b]).map_err(bug)?;
                Ok((out, self.rows(a, of_a), Some(self.rows(b, of_b))))
            }
            _ => {
                let [out, of_a] = values.get_disjoint_mut([out, of_a]).map_err(bug)?;
                let of_a: &[f32] = of_a;
                let b = b.map(|b| self.rows(b, of_a));
                Ok((out, self.rows(a, of_a), b))
            }
        }
    }

    /// The slope of what is negative, a channel each.
    fn slopes(&self, after: &After) -> &[f32] {
        match after {
            After::Nothing | After::Sigmoid => &self.ones,
            After::Relu => &self.zeros,
            After::Prelu(slopes) => self.weights.of(slopes),
        }
    }
}

/// Where row `row` of a step lies in its memory: the zeros around it included.
fn span(form: &Form, ring: usize, row: usize) -> Range<usize> {
    let start = row % ring * form.pitch();
    start..start + form.pitch()
}

/// Writes the zeros around the pixels of `row`, and gives the pixels.
fn pixels<'r>(form: &Form, row: &'r mut [f32]) -> &'r mut [f32] {
    let inside = form.inside();
    if form.is_padded() {
        row[..inside.start].fill(0.0);
        row[inside.end..].fill(0.0);
    }
    &mut row[inside]
}

/// Computes the rows of `turn`.
pub(crate) fn turn(
    plan: &Plan,
    path: Chosen,
    memory: &mut Memory<'_, '_>,
    turn: Turn,
) -> Result<(), KernelError> {
    let id = turn.step();
    let step = &plan.steps[id];
    let now = Now {
        plan,
        path,
        id,
        step,
        form: &step.form,
        ring: plan.place(id).ring,
        rows: turn.rows(),
    };
    match &step.kind {
        Kind::Input { planar } => now.input(memory, *planar),
        Kind::Conv { from, .. } => now.conv(memory, *from),
        Kind::Depthwise { from, .. } => now.depthwise(memory, *from),
        Kind::Pool { from } => now.pool(memory, *from),
        Kind::Resize { from, .. } => now.resize(memory, *from),
        Kind::Left { from, .. } => now.left(memory, *from),
        Kind::Norm { from, .. } => now.norm(memory, *from),
        Kind::Small { .. } => now.small(memory),
        Kind::Reduce { from, .. } => now.reduce(memory, *from),
        Kind::Concat(parts) => now.concat(memory, parts),
        Kind::Output { from, .. } => {
            now.output(memory, *from);
            Ok(())
        }
    }
}

/// A turn under way.
struct Now<'p> {
    plan: &'p Plan,
    path: Chosen,
    id: StepId,
    step: &'p Step,
    form: &'p Form,
    ring: usize,
    rows: Range<usize>,
}

impl Now<'_> {
    fn out<'m>(&self, memory: &'m mut Memory<'_, '_>) -> &'m mut [f32] {
        &mut memory.values[self.plan.place(self.id).range()]
    }

    fn finish(&self, pixels: &mut [f32]) {
        if self.step.after == After::Sigmoid {
            for value in pixels {
                *value = sigmoid(*value);
            }
        }
    }

    fn input(&self, memory: &mut Memory<'_, '_>, planar: bool) -> Result<(), KernelError> {
        let input = memory.input;
        let form = self.form;
        let values = self.out(memory);
        let (stride, channels) = (form.stride, form.channels);
        for row in self.rows.clone() {
            let out = pixels(form, &mut values[span(form, self.ring, row)]);
            if planar && stride == 3 {
                let plane = |channel: usize| {
                    let at = (channel * form.rows + row) * form.width;
                    &input[at..at + form.width]
                };
                let planes = plane(0).iter().zip(plane(1)).zip(plane(2));
                for (pixel, ((a, b), c)) in out.as_chunks_mut().0.iter_mut().zip(planes) {
                    *pixel = [*a, *b, *c];
                }
            } else if planar {
                for channel in 0..channels {
                    let at = (channel * form.rows + row) * form.width;
                    let plane = &input[at..at + form.width];
                    for (pixel, value) in out.chunks_exact_mut(stride).zip(plane) {
                        pixel[channel] = *value;
                    }
                }
                if stride > channels {
                    for pixel in out.chunks_exact_mut(stride) {
                        pixel[channels..].fill(0.0);
                    }
                }
            } else {
                let from = &input[row * form.width * channels..][..form.width * channels];
                for (pixel, values) in out.chunks_exact_mut(stride).zip(from.chunks_exact(channels)) {
                    pixel[..channels].copy_from_slice(values);
                    pixel[channels..].fill(0.0);
                }
            }
        }
        Ok(())
    }

    fn conv(&self, memory: &mut Memory<'_, '_>, from: Operand) -> Result<(), KernelError> {
        let Kind::Conv {
            window,
            weights,
            bias,
            segment_len,
            ..
        } = &self.step.kind
        else {
            return Err(KernelError::Bug);
        };
        let plan = self.plan;
        let form = self.form;
        let (out, a, residual) = plan.borrow(memory.values, self.id, from, self.step.residual)?;
        let weights = plan.weights.of(weights);
        let bias = plan.weights.of(bias);
        let slopes = plan.slopes(&self.step.after);
        let single = form.rows * form.width == 1;
        let depth = window.sides[0] * segment_len;
        let is_plain = window.sides == [1, 1]
            && window.strides == [1, 1]
            && window.top + window.left == 0
            && !a.form.is_padded()
            && !form.is_padded()
            && residual.is_none_or(|it| !it.form.is_padded());
        let mut row = self.rows.start;
        while row < self.rows.end {
            let mut segments = [Segment::default(); MOST_SIDE];
            // Rows that lie one after the other everywhere are one row to a kernel of one pixel.
            let (count, used) = if is_plain {
                let count = (self.rows.end - row)
                    .min(a.run(row))
                    .min(residual.map_or(usize::MAX, |it| it.run(row)));
                segments[0].start = a.start(row);
                (count, 1)
            } else {
                let len = a.form.rows - a.first;
                let (covered, first) = window.rows(row, len);
                let used = covered.len();
                for (index, (segment, row)) in segments.iter_mut().zip(covered).enumerate() {
                    *segment = Segment {
                        start: a.start(row) + (a.form.left - window.left) * a.form.stride,
                        weights: (first + index) * segment_len,
                    };
                }
                (1, used)
            };
            let span = span(form, self.ring, row).start..span(form, self.ring, row + count - 1).end;
            let out = if count == 1 {
                pixels(form, &mut out[span])
            } else {
                &mut out[span]
            };
            let added = residual.map(|it| {
                let start = it.start(row) + it.form.inside().start;
                (&it.values[start..], it.form.stride)
            });
            self.path.multiply(Gemm {
                pixels: count * form.width,
                a: a.values,
                a_step: window.strides[1] * a.form.stride,
                segments: &segments[..used],
                segment_len: *segment_len,
                weights,
                depth,
                bias,
                residual: added,
                slopes,
                out,
                channels: form.stride,
                single,
            });
            self.finish(out);
            row += count;
        }
        Ok(())
    }

    fn depthwise(&self, memory: &mut Memory<'_, '_>, from: Operand) -> Result<(), KernelError> {
        let Kind::Depthwise {
            window,
            weights,
            bias,
            ..
        } = &self.step.kind
        else {
            return Err(KernelError::Bug);
        };
        let plan = self.plan;
        let form = self.form;
        let (values, a, _) = plan.borrow(memory.values, self.id, from, None)?;
        let zeros = &plan.zeros[..a.form.width * a.form.stride];
        for row in self.rows.clone() {
            let (covered, first) = window.rows(row, a.form.rows - a.first);
            let mut rows = [zeros; 3];
            for (slot, row) in rows[first.min(3)..].iter_mut().zip(covered) {
                *slot = a.row(row);
            }
            let out = pixels(form, &mut values[span(form, self.ring, row)]);
            self.path.depthwise(Depthwise {
                rows,
                weights: plan.weights.of(weights),
                bias: plan.weights.of(bias),
                slopes: plan.slopes(&self.step.after),
                out,
                channels: form.stride,
                stride: window.strides[1],
                left: window.left,
            });
            self.finish(out);
        }
        Ok(())
    }

    fn pool(&self, memory: &mut Memory<'_, '_>, from: Operand) -> Result<(), KernelError> {
        let (values, a, _) = self.plan.borrow(memory.values, self.id, from, None)?;
        for row in self.rows.clone() {
            self.path.pool(Pool {
                rows: [a.row(2 * row), a.row(2 * row + 1)],
                out: pixels(self.form, &mut values[span(self.form, self.ring, row)]),
                channels: self.form.stride,
            });
        }
        Ok(())
    }

    fn resize(&self, memory: &mut Memory<'_, '_>, from: Operand) -> Result<(), KernelError> {
        let Kind::Resize {
            rows: taps, columns, ..
        } = &self.step.kind
        else {
            return Err(KernelError::Bug);
        };
        let plan = self.plan;
        let (values, a, residual) = plan.borrow(memory.values, self.id, from, self.step.residual)?;
        for row in self.rows.clone() {
            let tap = taps[row];
            let out = pixels(self.form, &mut values[span(self.form, self.ring, row)]);
            self.path.resize(Resize {
                above: a.row(tap.first),
                below: a.row(tap.second),
                part: tap.part,
                columns,
                residual: residual.map(|it| it.row(row)),
                slopes: plan.slopes(&self.step.after),
                out,
                channels: self.form.stride,
            });
            self.finish(out);
        }
        Ok(())
    }

    fn left(&self, memory: &mut Memory<'_, '_>, from: Operand) -> Result<(), KernelError> {
        let Kind::Left {
            depth, weights, bias, ..
        } = &self.step.kind
        else {
            return Err(KernelError::Bug);
        };
        let plan = self.plan;
        let (values, a, residual) = plan.borrow(memory.values, self.id, from, self.step.residual)?;
        let channels = self.form.stride;
        let rows = &a.values[from.first * channels..][..depth * channels];
        let (weights, bias) = (plan.weights.of(weights), plan.weights.of(bias));
        let mut row = self.rows.start;
        while row < self.rows.end {
            let count = (self.rows.end - row).min(residual.map_or(usize::MAX, |it| it.run(row)));
            let start = span(self.form, self.ring, row).start;
            let out = &mut values[start..start + count * channels];
            self.path.left(Left {
                weights: &weights[row * depth..(row + count) * depth],
                bias: &bias[row..row + count],
                rows,
                residual: residual.map(|it| &it.values[it.start(row)..]),
                relu: self.step.after == After::Relu,
                out,
                channels,
            });
            self.finish(out);
            row += count;
        }
        Ok(())
    }

    fn norm(&self, memory: &mut Memory<'_, '_>, from: Operand) -> Result<(), KernelError> {
        let Kind::Norm { factors, epsilon, .. } = &self.step.kind else {
            return Err(KernelError::Bug);
        };
        let (values, a, _) = self.plan.borrow(memory.values, self.id, from, None)?;
        for row in self.rows.clone() {
            self.path.norm(Norm {
                rows: a.row(row),
                factors: self.plan.weights.of(factors),
                epsilon: *epsilon,
                out: &mut values[span(self.form, self.ring, row)],
                channels: self.form.stride,
            });
        }
        Ok(())
    }

    fn small<'m>(&'m self, memory: &'m mut Memory<'_, '_>) -> Result<(), KernelError> {
        let Kind::Small { operator, a, b } = &self.step.kind else {
            return Err(KernelError::Bug);
        };
        let plan = self.plan;
        let form = self.form;
        let operand = |source: &Source| match source {
            Source::Rows(operand) => Some(*operand),
            Source::Weights(_) => None,
        };
        let b = b.as_ref().unwrap_or(a);
        let operands = [operand(a), operand(b)];
        let (values, of_a, of_b) = match operands {
            [Some(a), b] => {
                let (out, a, b) = plan.borrow(memory.values, self.id, a, b)?;
                (out, Some(a), b)
            }
            [None, Some(b)] => {
                let (out, b, _) = plan.borrow(memory.values, self.id, b, None)?;
                (out, None, Some(b))
            }
            [None, None] => return Err(KernelError::Bug),
        };
        // A row's values, and from one to the next pixel's and channel's: none where there is one for all.
        let reach = |source: &Source, rows: Option<Rows<'m>>, row: usize| match (source, rows) {
            (Source::Rows(_), Some(rows)) => {
                let row = if rows.form.rows == 1 { 0 } else { row };
                (
                    rows.row(row),
                    rows.form.stride,
                    usize::from(rows.form.channels > 1),
                )
            }
            (Source::Weights(range), _) => {
                let weights = plan.weights.of(range);
                (weights, 0, usize::from(weights.len() > 1))
            }
            _ => (&[][..], 0, 0),
        };
        for row in self.rows.clone() {
            let out = pixels(form, &mut values[span(form, self.ring, row)]);
            let (a, a_pixel, a_channel) = reach(a, of_a, row);
            let (b, b_pixel, b_channel) = reach(b, of_b, row);
            for (column, pixel) in out.chunks_exact_mut(form.stride).enumerate() {
                pixel[form.channels..].fill(0.0);
                for (channel, value) in pixel[..form.channels].iter_mut().enumerate() {
                    *value = operator.apply(
                        a[column * a_pixel + channel * a_channel],
                        b[column * b_pixel + channel * b_channel],
                    );
                }
            }
        }
        Ok(())
    }

    fn reduce(&self, memory: &mut Memory<'_, '_>, from: Operand) -> Result<(), KernelError> {
        let Kind::Reduce {
            count,
            over_rows,
            mean,
            ..
        } = self.step.kind
        else {
            return Err(KernelError::Bug);
        };
        let (values, a, _) = self.plan.borrow(memory.values, self.id, from, None)?;
        let divisor = if mean { count as f32 } else { 1.0 };
        for row in self.rows.clone() {
            let out = &mut values[span(self.form, self.ring, row)];
            out.fill(0.0);
            if over_rows {
                for row in 0..count {
                    for (sum, value) in out.iter_mut().zip(a.row(row)) {
                        *sum += value;
                    }
                }
            } else {
                out[0] = a.row(row)[..count].iter().sum();
            }
            for sum in &mut out[..self.form.channels] {
                *sum /= divisor;
            }
        }
        Ok(())
    }

    fn concat(&self, memory: &mut Memory<'_, '_>, parts: &[Part]) -> Result<(), KernelError> {
        let channels = self.form.channels;
        for row in self.rows.clone() {
            let span = span(self.form, self.ring, row);
            let mut start = 0;
            for part in parts {
                let end = start + part.rows();
                if (start..end).contains(&row) {
                    match part {
                        Part::Rows(from, _) => {
                            let (out, a, _) = self.plan.borrow(memory.values, self.id, *from, None)?;
                            out[span.clone()].copy_from_slice(a.row(row - start));
                        }
                        Part::Weights(range, _) => {
                            let weights = self.plan.weights.of(range);
                            let out = &mut self.out(memory)[span.clone()];
                            out[..channels].copy_from_slice(&weights[(row - start) * channels..][..channels]);
                            out[channels..].fill(0.0);
                        }
                    }
                }
                start = end;
            }
        }
        Ok(())
    }

    fn output(&self, memory: &mut Memory<'_, '_>, from: Operand) {
        let Kind::Output {
            output, at, planar, ..
        } = self.step.kind
        else {
            return;
        };
        let a = self
            .plan
            .rows(from, &memory.values[self.plan.place(from.step).range()]);
        let Form {
            rows,
            width,
            channels,
            ..
        } = *self.form;
        let out = &mut memory.outputs[output][at..at + rows * width * channels];
        for row in self.rows.clone() {
            let pixels = a.row(row).chunks_exact(a.form.stride);
            if planar {
                for (column, pixel) in pixels.enumerate() {
                    for (channel, value) in pixel[..channels].iter().enumerate() {
                        out[(channel * rows + row) * width + column] = *value;
                    }
                }
            } else {
                let out = &mut out[row * width * channels..][..width * channels];
                for (out, pixel) in out.chunks_exact_mut(channels).zip(pixels) {
                    out.copy_from_slice(&pixel[..channels]);
                }
            }
        }
    }
}
