use std::f64::consts::TAU;

use moretta_frame::{FrameFormat, FrameLayout};
use moretta_veil::FrameStore;

use crate::decode::RGBA_BYTES;
use crate::source::Planes;
use crate::{CaptureError, CaptureOptions, Picture, Source, SourceInfo, StillImage};

/// How a made-up camera moves over a picture. All of it comes back to its start after each `period_ns`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CameraPath {
    /// How far the view's centre leaves the picture's, as a share of the picture's sides: to both sides, and up and
    /// down twice as often, a lying eight. 0 to 0.5.
    pub pan: [f64; 2],
    /// The least and the largest magnification, at the beginning and half way. 1 shows as much of the picture as fits
    /// the frame. 0.1 to 20.
    pub zoom: [f64; 2],
    /// How far the camera rolls to either side, in radians. -pi to pi.
    pub roll_rad: f64,
    /// The time of one round, in nanoseconds; not 0.
    pub period_ns: u64,
}

impl Default for CameraPath {
    /// Hand-held, in 6 seconds: a tenth to the sides, nearer by a half, 10 degrees of roll.
    fn default() -> Self {
        Self {
            pan: [0.1, 0.05],
            zoom: [1.0, 1.5],
            roll_rad: 10.0_f64.to_radians(),
            period_ns: 6_000_000_000,
        }
    }
}

impl CameraPath {
    fn check(&self) -> Result<(), CaptureError> {
        let within = |option, expected, range: std::ops::RangeInclusive<f64>, found: f64| {
            if range.contains(&found) {
                Ok(())
            } else {
                Err(CaptureError::Option {
                    option,
                    expected,
                    found,
                })
            }
        };
        for pan in self.pan {
            within("pan", "within 0 to 0.5", 0.0..=0.5, pan)?;
        }
        for zoom in self.zoom {
            within("zoom", "within 0.1 to 20", 0.1..=20.0, zoom)?;
        }
        let half_turn = TAU / 2.0;
        within(
            "roll_rad",
            "within -pi to pi",
            -half_turn..=half_turn,
            self.roll_rad,
        )?;
        within("period_ns", "above 0", 1.0..=f64::MAX, self.period_ns as f64)
    }

    /// What the camera sees at `time_ns` of a picture of `picture` pixels, in a frame of `frame` pixels.
    ///
    /// 1. The phase is the share of the round that has gone by, from whole numbers, so that each round is the first.
    /// 2. The centre goes round a lying eight, the zoom between its ends in equal ratios, the roll to and fro.
    fn view(&self, time_ns: u64, picture: [u32; 2], frame: [u32; 2]) -> View {
        let phase = TAU * ((time_ns % self.period_ns) as f64 / self.period_ns as f64);
        let [width, height] = picture.map(f64::from);
        let [columns, rows] = frame.map(f64::from);
        let nearness = (1.0 - phase.cos()) / 2.0;
        let zoom = self.zoom[0] * (self.zoom[1] / self.zoom[0]).powf(nearness);
        let scale = (width / columns).min(height / rows) / zoom;
        let (sin, cos) = (self.roll_rad * phase.sin()).sin_cos();
        let centre = [
            width * (0.5 + self.pan[0] * phase.sin()),
            height * (0.5 + self.pan[1] * (2.0 * phase).sin()),
        ];
        let right = [scale * cos, scale * sin];
        let down = [-scale * sin, scale * cos];
        // From the frame's centre to the centre of its first pixel; and half a pixel back, as the picture's first
        // sample lies at 0.5.
        let start = [0, 1].map(|axis| {
            centre[axis] - right[axis] * (columns - 1.0) / 2.0 - down[axis] * (rows - 1.0) / 2.0 - 0.5
        });
        View {
            start: start.map(fixed),
            right: right.map(fixed),
            down: down.map(fixed),
        }
    }
}

/// Where samples lie in the picture, counted from the centre of its first pixel, in 65536ths of a pixel.
struct View {
    start: [i64; 2],
    /// To the next column, and to the next row.
    right: [i64; 2],
    down: [i64; 2],
}

const BITS: u32 = 16;

fn fixed(pixels: f64) -> i64 {
    (pixels * f64::from(1 << BITS)).round() as i64
}

/// A still picture seen by a camera that pans, zooms and rolls along a [`CameraPath`]: a video with known motion.
///
/// Frames are RGBA and upright, sampled between pixels (bilinear, in 256ths); beyond the picture its edge goes on. The
/// same path over the same picture gives the same frames, but for the last bit of `sin` and `powf` on another system.
///
/// There is no end. The picture lies in veiled memory for as long as this lives; after
/// [`wipe_all`](moretta_veil::wipe_all) there is none: [`CaptureError::Wiped`].
pub struct MovingCamera {
    picture: FrameStore,
    /// Its columns and rows.
    sides: [u32; 2],
    store: FrameStore,
    layout: FrameLayout,
    path: CameraPath,
    frame_ns: u64,
    shown: u64,
}

impl MovingCamera {
    /// A camera over `still`, with frames of `width` by `height` pixels, `frame_ns` nanoseconds apart.
    ///
    /// # Errors
    /// [`CaptureError::Option`] for a path out of its ranges, [`CaptureError::Frame`] for a size that no frame has,
    /// [`CaptureError::Memory`], [`CaptureError::Wiped`].
    pub fn new(
        mut still: StillImage,
        path: CameraPath,
        [width, height]: [u32; 2],
        frame_ns: u64,
        options: &CaptureOptions,
    ) -> Result<Self, CaptureError> {
        path.check()?;
        let layout = FrameLayout::packed(FrameFormat::Rgba8, width, height);
        let len = layout.plane_len(0)?.unwrap_or_default();
        let picture = still.picture()?;
        let view = picture.view()?;
        let sides = [view.size().width(), view.size().height()];
        let row = sides[0] as usize * RGBA_BYTES;
        let mut upright = options.store(row * sides[1] as usize)?;
        let mut loan = upright.lend(row * sides[1] as usize)?;
        view.to_rgba(loan.bytes_mut(), row)?;
        loan.keep();
        drop(picture);
        Ok(Self {
            picture: upright,
            sides,
            store: options.store(len)?,
            layout,
            path,
            frame_ns,
            shown: 0,
        })
    }
}

impl Source for MovingCamera {
    fn next_frame(&mut self) -> Result<Option<Picture<'_>>, CaptureError> {
        if !self.picture.holds() {
            return Err(CaptureError::Wiped);
        }
        let mut layout = self.layout;
        layout.timestamp_ns = self.shown.saturating_mul(self.frame_ns);
        self.shown += 1;
        let view = self
            .path
            .view(layout.timestamp_ns, self.sides, [layout.width, layout.height]);
        let [width, height] = self.sides.map(|side| side as usize);
        let picture = self.picture.lend_kept(width * height * RGBA_BYTES)?;
        let mut loan = self.store.lend(layout.plane_len(0)?.unwrap_or_default())?;
        sample(
            &view,
            picture.bytes(),
            [width, height],
            loan.bytes_mut(),
            layout.width as usize,
        );
        let planes = Planes::one(loan.bytes().len());
        Ok(Some(Picture::new(layout, planes, loan)?))
    }

    fn rewind(&mut self) -> Result<(), CaptureError> {
        self.shown = 0;
        Ok(())
    }

    fn info(&self) -> SourceInfo {
        SourceInfo {
            width: self.layout.width,
            height: self.layout.height,
            frame_ns: Some(self.frame_ns),
            live: false,
            keeps_copies: None,
        }
    }
}

/// Fills `out`, rows of `columns` RGBA pixels, with what the view sees of `picture`, rows of `sides[0]`.
fn sample(view: &View, picture: &[u8], sides: [usize; 2], out: &mut [u8], columns: usize) {
    let pixels = picture.as_chunks::<RGBA_BYTES>().0;
    let mut row_start = view.start;
    for row in out.chunks_exact_mut(columns * RGBA_BYTES) {
        let mut at = row_start;
        for pixel in row.as_chunks_mut::<RGBA_BYTES>().0 {
            let [(left, right, x), (top, bottom, y)] = [0, 1].map(|axis| neighbours(at[axis], sides[axis]));
            let [above, below] = [top, bottom].map(|row| &pixels[row * sides[0]..][..sides[0]]);
            let four = [above[left], above[right], below[left], below[right]];
            for (channel, out) in pixel.iter_mut().enumerate() {
                let [a, b, c, d] = four.map(|pixel| u32::from(pixel[channel]));
                let top = a * (256 - x) + b * x;
                let bottom = c * (256 - x) + d * x;
                *out = ((top * (256 - y) + bottom * y + (1 << 15)) >> BITS) as u8;
            }
            at = [at[0] + view.right[0], at[1] + view.right[1]];
        }
        row_start = [row_start[0] + view.down[0], row_start[1] + view.down[1]];
    }
}

/// The two pixels of an axis between which `at` lies, and the weight of the second, in 256ths.
fn neighbours(at: i64, side: usize) -> (usize, usize, u32) {
    let last = side as i64 - 1;
    let first = at >> BITS;
    let weight = ((at >> (BITS - 8)) & 0xff) as u32;
    let clamped = |pixel: i64| pixel.clamp(0, last) as usize;
    (clamped(first), clamped(first + 1), weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: CameraPath = CameraPath {
        pan: [0.0; 2],
        zoom: [1.0; 2],
        roll_rad: 0.0,
        period_ns: 1,
    };

    /// A picture of distinct pixels.
    fn picture(width: usize, height: usize) -> Vec<u8> {
        (0..width * height)
            .flat_map(|i| [i as u8, (i * 7) as u8, (i * 13) as u8, 255])
            .collect()
    }

    fn seen(path: &CameraPath, time_ns: u64, sides: [usize; 2], frame: [usize; 2]) -> Vec<u8> {
        let view = path.view(time_ns, sides.map(|n| n as u32), frame.map(|n| n as u32));
        let mut out = vec![0; frame[0] * frame[1] * RGBA_BYTES];
        sample(&view, &picture(sides[0], sides[1]), sides, &mut out, frame[0]);
        out
    }

    #[test]
    fn a_camera_that_stands_still_sees_the_picture_as_it_is() {
        for sides in [[5, 4], [4, 5], [1, 1]] {
            assert_eq!(seen(&STILL, 123, sides, sides), picture(sides[0], sides[1]));
        }
        // The middle of a wider picture.
        let wide = seen(&STILL, 0, [6, 4], [4, 4]);
        let whole = picture(6, 4);
        let rows = whole
            .chunks(6 * RGBA_BYTES)
            .flat_map(|row| row[RGBA_BYTES..][..16].to_vec());
        assert_eq!(wide, rows.collect::<Vec<_>>());
    }

    #[test]
    fn half_a_turn_turns_the_picture_round() {
        let path = CameraPath {
            roll_rad: TAU / 2.0,
            period_ns: 4,
            ..STILL
        };
        // A quarter of the round: the sine is 1.
        let mut turned = seen(&path, 1, [5, 4], [5, 4]);
        let mut pixels = turned.as_chunks::<RGBA_BYTES>().0.to_vec();
        pixels.reverse();
        turned = pixels.concat();
        assert_eq!(turned, picture(5, 4));
    }

    #[test]
    fn between_pixels_the_value_is_between_theirs() {
        let row = [0, 0, 0, 255, 200, 100, 50, 255];
        let at = |quarter: i64| {
            let view = View {
                start: [quarter << 14, 0],
                right: [0; 2],
                down: [0; 2],
            };
            let mut out = [0; RGBA_BYTES];
            sample(&view, &row, [2, 1], &mut out, 1);
            out
        };
        assert_eq!(at(0), [0, 0, 0, 255]);
        assert_eq!(at(1), [50, 25, 13, 255]);
        assert_eq!(at(2), [100, 50, 25, 255]);
        assert_eq!(at(4), [200, 100, 50, 255]);
        // Beyond the picture its edge goes on.
        assert_eq!((at(-9), at(99)), (at(0), at(4)));
    }

    #[test]
    fn each_round_is_the_first_and_within_it_nothing_stands_still() {
        let path = CameraPath {
            period_ns: 1000,
            ..CameraPath::default()
        };
        let frames: Vec<_> = (0..10)
            .map(|n| seen(&path, n * 100, [40, 30], [16, 12]))
            .collect();
        for n in 0..10 {
            assert_eq!(
                seen(&path, 1_000_000 + n * 100, [40, 30], [16, 12]),
                frames[n as usize]
            );
            for other in 0..n {
                assert_ne!(frames[n as usize], frames[other as usize], "{n}, {other}");
            }
        }
    }

    #[test]
    fn a_step_of_the_path_is_small() {
        // 25 frames a second of the default path, over 512 pixels: no sample moves by more than some pixels.
        let path = CameraPath::default();
        let corners = |time_ns: u64| {
            let view = path.view(time_ns, [512; 2], [640, 480]);
            [[0, 0], [639, 0], [0, 479], [639, 479]].map(|[x, y]| {
                [0, 1].map(|axis| {
                    let at = view.start[axis] + x * view.right[axis] + y * view.down[axis];
                    at as f64 / f64::from(1 << BITS)
                })
            })
        };
        for frame in 0..150 {
            let (now, next) = (corners(frame * 40_000_000), corners((frame + 1) * 40_000_000));
            for (a, b) in now.iter().zip(next) {
                let moved = (a[0] - b[0]).hypot(a[1] - b[1]);
                assert!((0.01..8.0).contains(&moved), "frame {frame}: {moved} pixels");
            }
        }
    }

    #[test]
    fn a_path_out_of_its_ranges_is_refused() {
        assert!(CameraPath::default().check().is_ok() && STILL.check().is_ok());
        let changes: [fn(&mut CameraPath); 6] = [
            |path| path.pan[1] = 0.6,
            |path| path.pan[0] = f64::NAN,
            |path| path.zoom[0] = 0.0,
            |path| path.zoom[1] = 21.0,
            |path| path.roll_rad = 4.0,
            |path| path.period_ns = 0,
        ];
        for change in changes {
            let mut path = CameraPath::default();
            change(&mut path);
            assert!(
                matches!(path.check(), Err(CaptureError::Option { .. })),
                "{path:?}"
            );
        }
    }
}
