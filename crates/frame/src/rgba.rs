use crate::view::{Axis, Packed, Pixels, Yuv};
use crate::{FrameError, FrameView};

type Rgba = [u8; 4];

/// How many pixels of a row are converted at once. Even, so that each run begins with whole chroma, and some
/// times the widest vectors.
const RUN: usize = 64;

/// The side of the square that is turned at once. Its rows here and its columns there stay in the first
/// cache.
const TILE: usize = RUN;

impl FrameView<'_> {
    /// Writes the whole frame upright, as red, green, blue, alpha, 0 to 255 each, with rows `row_stride`
    /// bytes apart.
    ///
    /// Each pixel is that of [`rgb`](Self::rgb). Alpha is the buffer's, or 255 where the format has none.
    /// Bytes of `out` between and after the rows stay as they are.
    ///
    /// # Errors
    /// [`FrameError::OutputStride`] if `row_stride` is less than four times the width,
    /// [`FrameError::OutputLength`] if `out` ends before the last row does.
    pub fn to_rgba(&self, out: &mut [u8], row_stride: usize) -> Result<(), FrameError> {
        let (width, height) = (self.size().width() as usize, self.size().height() as usize);
        let row = width * size_of::<Rgba>();
        if row_stride < row {
            return Err(FrameError::OutputStride {
                expected: row,
                found: row_stride,
            });
        }
        let expected = (height - 1)
            .checked_mul(row_stride)
            .and_then(|start| start.checked_add(row))
            .unwrap_or(usize::MAX);
        if out.len() < expected {
            return Err(FrameError::OutputLength {
                expected,
                found: out.len(),
            });
        }
        let straight = self
            .axes
            .iter()
            .enumerate()
            .all(|(i, axis)| axis.along == i && !axis.reversed);
        if straight {
            for (y, out) in out.chunks_mut(row_stride).take(height).enumerate() {
                self.pixels.row(0, y, pixels_mut(&mut out[..row]));
            }
        } else {
            self.turned(out, row_stride);
        }
        Ok(())
    }

    /// [`to_rgba`](Self::to_rgba) for a buffer that is not upright, tile by tile: a column of the buffer has
    /// each of its bytes in another cache line, so what is in the cache is used before the next column needs
    /// it again.
    fn turned(&self, out: &mut [u8], row_stride: usize) {
        let [column, row] = self.axes;
        let mut sides = [0; 2];
        sides[column.along] = column.last as usize + 1;
        sides[row.along] = row.last as usize + 1;
        let mut tile = [[Rgba::default(); TILE]; TILE];
        for top in (0..sides[1]).step_by(TILE) {
            for left in (0..sides[0]).step_by(TILE) {
                let start = [left, top];
                let len = [0, 1].map(|along| TILE.min(sides[along] - start[along]));
                for (y, row) in tile[..len[1]].iter_mut().enumerate() {
                    self.pixels.row(left, top + y, &mut row[..len[0]]);
                }
                let (first_x, first_y) = (column.first(start, len), row.first(start, len));
                for y in 0..len[row.along] {
                    let at = (first_y + y) * row_stride + first_x * size_of::<Rgba>();
                    let out = pixels_mut(&mut out[at..][..len[column.along] * size_of::<Rgba>()]);
                    let y = if row.reversed { len[row.along] - 1 - y } else { y };
                    let across = tile[..len[1]].iter().map(|row| &row[y]);
                    let along = &tile[y][..len[0]];
                    match (column.along, column.reversed) {
                        (0, false) => out.copy_from_slice(along),
                        (0, true) => copy(along.iter().rev(), out),
                        (_, false) => copy(across, out),
                        (_, true) => copy(across.rev(), out),
                    }
                }
            }
        }
    }
}

impl Axis {
    /// Where on this axis the part of the buffer begins that has `len` columns and rows from `start` on.
    fn first(self, start: [usize; 2], len: [usize; 2]) -> usize {
        let start = start[self.along];
        if self.reversed {
            self.last as usize + 1 - start - len[self.along]
        } else {
            start
        }
    }
}

fn copy<'a>(pixels: impl Iterator<Item = &'a Rgba>, out: &mut [Rgba]) {
    for (out, pixel) in out.iter_mut().zip(pixels) {
        *out = *pixel;
    }
}

fn pixels_mut(bytes: &mut [u8]) -> &mut [Rgba] {
    bytes.as_chunks_mut().0
}

impl Pixels<'_> {
    /// Converts pixels of the buffer's row `y`, from column `x` on, which is even.
    fn row(&self, x: usize, y: usize, out: &mut [Rgba]) {
        for (run, out) in out.chunks_mut(RUN).enumerate() {
            let x = x + run * RUN;
            match self {
                Self::Packed(packed) => packed.run(x, y, out),
                Self::Yuv(yuv) => yuv.run(x, y, out),
            }
        }
    }
}

impl Packed<'_> {
    fn run(&self, x: usize, y: usize, out: &mut [Rgba]) {
        let start = self.plane.offset([x, y]);
        let pixels = &self.plane.bytes[start..][..size_of_val(out)];
        let pixels = pixels.as_chunks::<4>().0;
        if self.bgra {
            for (out, [blue, green, red, alpha]) in out.iter_mut().zip(pixels) {
                *out = [*red, *green, *blue, *alpha];
            }
        } else {
            out.copy_from_slice(pixels);
        }
    }
}

impl Yuv<'_> {
    fn run(&self, x: usize, y: usize, out: &mut [Rgba]) {
        let mut luma = [0; RUN];
        luma[..out.len()].copy_from_slice(&self.y.bytes[self.y.offset([x, y])..][..out.len()]);
        let (mut u, mut v) = ([0; RUN], [0; RUN]);
        let blocks = out.len().div_ceil(2);
        for (plane, doubled) in [(self.u, &mut u), (self.v, &mut v)] {
            let samples = &plane.bytes[plane.offset([x / 2, y / 2])..];
            let doubled = &mut doubled.as_chunks_mut().0[..blocks];
            // Known at compile time, a stride makes shuffles of vectors of what would be a loop of bytes.
            match plane.strides[0] {
                1 => double::<1>(samples, doubled),
                _ => double::<2>(samples, doubled),
            }
        }
        let [red, green, blue] = self.colour.rgb_from_yuv(&luma, &u, &v);
        // Four bytes as one number, of which the compiler makes vectors, and then as many as there are.
        let mut rgba = [Rgba::default(); RUN];
        for i in 0..RUN {
            let [red, green, blue] = [red[i], green[i], blue[i]].map(u32::from);
            rgba[i] = (red | green << 8 | blue << 16 | 0xff << 24).to_le_bytes();
        }
        out.copy_from_slice(&rgba[..out.len()]);
    }
}

/// Writes each sample twice. There is no byte after the last sample, so it goes apart.
fn double<const STRIDE: usize>(samples: &[u8], out: &mut [[u8; 2]]) {
    let Some((last, out)) = out.split_last_mut() else {
        return;
    };
    *last = [samples[out.len() * STRIDE]; 2];
    for (out, sample) in out.iter_mut().zip(samples.as_chunks::<STRIDE>().0) {
        *out = [sample[0]; 2];
    }
}
