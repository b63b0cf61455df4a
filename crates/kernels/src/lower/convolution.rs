use super::node::Reader;
use super::{Layout, Lowering, View};
use crate::KernelError;
use crate::kernels::Tap;
use crate::simd::LANES;
use crate::step::{Form, Kind, MOST_SIDE, Step, Window};

/// How many windows of `side` values, `stride` apart, fit into `len` values.
fn windows(len: usize, side: usize, stride: usize) -> Option<usize> {
    Some(len.checked_sub(side)?.checked_div(stride)? + 1)
}

impl<'a> Lowering<'_, 'a> {
    /// Input 0 as a picture whose channels are all there.
    pub(super) fn picture(&self, node: &Reader<'_, 'a>) -> Result<View, KernelError> {
        let view = self.view(node, 0)?;
        if view.layout == Layout::Planar && view.channels == self.form(&view).channels {
            return Ok(view);
        }
        node.unsupported(
            "a picture (1, channels, rows, columns)",
            format!("{:?}", view.layout),
        )
    }

    /// Refuses tensors whose pixels are no whole vectors.
    pub(super) fn expect_vectors(&self, node: &Reader<'_, 'a>, view: &View) -> Result<(), KernelError> {
        if self.form(view).stride.is_multiple_of(LANES) {
            return Ok(());
        }
        node.unsupported("a tensor of whole vectors", view.channels)
    }

    fn window(
        &self,
        node: &mut Reader<'_, 'a>,
        sides: [usize; 2],
    ) -> Result<(Window, [usize; 4]), KernelError> {
        let stated = node.ints("kernel_shape", &sides.map(|side| side as i64))?;
        if stated != sides.map(|side| side as i64) || sides.iter().any(|it| !(1..=MOST_SIDE).contains(it)) {
            return node.unsupported("a kernel of at most 8 x 8", format!("{stated:?} for {sides:?}"));
        }
        node.expect_text("auto_pad", "NOTSET", "NOTSET")?;
        node.expect_ints("dilations", &[1, 1])?;
        let strides = node.ints("strides", &[1, 1])?;
        let pads = node.ints("pads", &[0; 4])?;
        let small = |values: &[i64], least| values.iter().all(|it| (least..=MOST_SIDE as i64).contains(it));
        match (strides[..].as_array(), pads[..].as_array()) {
            (Some(strides), Some(pads)) if small(strides, 1) && small(pads, 0) => {
                let pads: [usize; 4] = pads.map(|it| it as usize);
                let strides = strides.map(|it| it as usize);
                let [top, left, ..] = pads;
                let window = Window {
                    sides,
                    strides,
                    top,
                    left,
                };
                Ok((window, pads))
            }
            _ => node.unsupported("small strides and paddings", format!("{strides:?} {pads:?}")),
        }
    }

    pub(super) fn conv(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(2..=3)?;
        let view = self.picture(node)?;
        let (shape, kernel) = self.floats(node, 1)?;
        let [out_channels, group_channels, tall, wide] = shape[..] else {
            return node.unsupported("weights of four sides", format!("{shape:?}"));
        };
        let bias = match node.input(2) {
            Some(_) => self.floats(node, 2)?.1.to_vec(),
            None => vec![0.0; out_channels],
        };
        let kernel = kernel.to_vec();
        let (window, pads) = self.window(node, [tall, wide])?;
        let group = node.int("group", 1)?;
        let depthwise = group != 1;
        let expected = if depthwise { 1 } else { view.channels };
        let groups = if depthwise { out_channels as i64 } else { 1 };
        if group != groups || group_channels != expected || (depthwise && out_channels != view.channels) {
            return node.unsupported(
                "weights for all channels, or for each channel one kernel",
                format!(
                    "{out_channels} x {group_channels} in {group} groups for {}",
                    view.channels
                ),
            );
        }
        if bias.len() != out_channels {
            return node.unsupported("a bias a channel", bias.len());
        }
        let [top, left, bottom, right] = pads;
        let rows = windows(view.rows + top + bottom, tall, window.strides[0]);
        let width = windows(view.width + left + right, wide, window.strides[1]);
        let (Some(rows), Some(width)) = (rows, width) else {
            return node.unsupported("a tensor no smaller than the kernel", format!("{:?}", view.shape));
        };
        let form = Form::new(rows, width, out_channels);
        let kind = if depthwise {
            self.expect_vectors(node, &view)?;
            if [tall, wide] != [3, 3] || window.strides[0] != window.strides[1] {
                return node.unsupported(
                    "a depthwise kernel of 3 x 3 with one stride",
                    format!("{tall} x {wide}"),
                );
            }
            let tap = |tap: usize, channel: usize| {
                let is_there = channel < out_channels;
                if is_there { kernel[channel * 9 + tap] } else { 0.0 }
            };
            let taps: Vec<f32> = (0..9)
                .flat_map(|at| (0..form.stride).map(move |channel| (at, channel)))
                .map(|(at, channel)| tap(at, channel))
                .collect();
            Kind::Depthwise {
                from: view.operand,
                window,
                weights: self.weights.keep(&taps, 0),
                bias: self.weights.keep(&bias, form.stride),
            }
        } else {
            self.pad_rows(&view, &window, width);
            // A window's row is one piece of memory. Of a single pixel only the channels that are there count.
            let stride = self.form(&view).stride;
            let segment_len = if wide == 1 { view.channels } else { wide * stride };
            let value = |row: usize, column: usize| {
                let (y, at) = (row / segment_len, row % segment_len);
                let (x, channel) = if wide == 1 {
                    (0, at)
                } else {
                    (at / stride, at % stride)
                };
                if channel < view.channels {
                    kernel[((column * view.channels + channel) * tall + y) * wide + x]
                } else {
                    0.0
                }
            };
            let single = rows * width == 1;
            Kind::Conv {
                from: view.operand,
                window,
                weights: self
                    .weights
                    .keep_panels([tall, segment_len], out_channels, single, value),
                bias: self.weights.keep(&bias, form.stride),
                segment_len,
            }
        };
        let shape = vec![1, out_channels, rows, width];
        self.give(
            node.output()?,
            Step::new(kind, form),
            Layout::Planar,
            shape,
            &node.place(),
        )
    }

    /// Has the step behind `view` leave room for zeros where `window` reaches beyond its rows, `width` times.
    fn pad_rows(&mut self, view: &View, window: &Window, width: usize) {
        let form = &mut self.steps[view.operand.step].form;
        let reach = (width - 1) * window.strides[1] + window.sides[1];
        form.left = form.left.max(window.left);
        form.right = form.right.max(reach.saturating_sub(window.left + view.width));
    }

    pub(super) fn max_pool(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(1..=1)?;
        let view = self.picture(node)?;
        self.expect_vectors(node, &view)?;
        let (window, pads) = self.window(node, [2, 2])?;
        node.expect_int("ceil_mode", 0)?;
        node.expect_int("storage_order", 0)?;
        if window.strides != [2, 2] || pads != [0; 4] || view.rows < 2 || view.width < 2 {
            return node.unsupported("2 x 2 values, two apart", format!("{window:?}"));
        }
        let form = Form::new(view.rows / 2, view.width / 2, view.channels);
        let shape = vec![1, form.channels, form.rows, form.width];
        let step = Step::new(Kind::Pool { from: view.operand }, form);
        self.give(node.output()?, step, Layout::Planar, shape, &node.place())
    }

    pub(super) fn resize(&mut self, node: &mut Reader<'_, 'a>) -> Result<(), KernelError> {
        node.expect_inputs(3..=3)?;
        let view = self.picture(node)?;
        self.expect_vectors(node, &view)?;
        node.expect_text("mode", "nearest", "linear")?;
        node.expect_text("coordinate_transformation_mode", "half_pixel", "half_pixel")?;
        if node.input(1).is_some() {
            return node.unsupported("no region", "one");
        }
        let (_, scales) = self.floats(node, 2)?;
        let [1.0, 1.0, tall, wide] = *scales else {
            return node.unsupported("a scale for rows and one for columns", format!("{scales:?}"));
        };
        if ![tall, wide].iter().all(|scale| (1.0..=16.0).contains(scale)) {
            return node.unsupported("scales of 1 to 16", format!("{scales:?}"));
        }
        let taps = |len: usize, scale: f32| -> Vec<Tap> {
            let out = (len as f32 * scale) as usize;
            (0..out).map(|index| Tap::half_pixel(index, scale, len)).collect()
        };
        let (rows, columns) = (taps(view.rows, tall), taps(view.width, wide));
        let form = Form::new(rows.len(), columns.len(), view.channels);
        let shape = vec![1, form.channels, form.rows, form.width];
        let kind = Kind::Resize {
            from: view.operand,
            rows,
            columns,
        };
        self.give(
            node.output()?,
            Step::new(kind, form),
            Layout::Planar,
            shape,
            &node.place(),
        )
    }
}
