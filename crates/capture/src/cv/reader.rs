//! What camera and file have in common: OpenCV decodes into veiled memory.

use std::ffi::c_void;
use std::sync::Once;

use moretta_frame::{FrameFormat, FrameLayout};
use moretta_veil::{FrameStore, Loan};
use opencv::core::{CV_8UC3, LogLevel, Mat, MatTrait, MatTraitConst, set_log_level};
use opencv::videoio::{VideoCapture, VideoCaptureTrait, VideoCaptureTraitConst};

use crate::decode::{RGBA_BYTES, widen};
use crate::source::Planes;
use crate::{CaptureError, CaptureOptions, Picture};

const BGR_BYTES: usize = 3;

/// An open capture, and the memory that it reads into.
pub(super) struct Reader {
    capture: VideoCapture,
    store: FrameStore,
    layout: FrameLayout,
    options: CaptureOptions,
    /// Frames that OpenCV put into memory of its own.
    strays: u64,
}

/// How a frame came.
enum Came {
    /// Into our memory.
    Ours,
    /// Into OpenCV's, since it has another size, from where it was taken.
    Stray,
    /// Not at all.
    Ended,
}

impl Reader {
    /// Takes over a capture that was opened. `None` if OpenCV could not open it.
    pub(super) fn new(capture: VideoCapture, options: CaptureOptions) -> Result<Option<Self>, CaptureError> {
        if !capture.is_opened().map_err(failed("VideoCapture::isOpened"))? {
            return Ok(None);
        }
        let side = |property| -> Result<u32, CaptureError> {
            let pixels = capture.get(property).map_err(failed("VideoCapture::get"))?;
            Ok(pixels.clamp(0.0, f64::from(u32::MAX)) as u32)
        };
        let width = side(opencv::videoio::CAP_PROP_FRAME_WIDTH)?;
        let height = side(opencv::videoio::CAP_PROP_FRAME_HEIGHT)?;
        let layout = layout(width, height)?;
        let store = options.store(frame_len(&layout)?)?;
        Ok(Some(Self {
            capture,
            store,
            layout,
            options,
            strays: 0,
        }))
    }

    pub(super) fn layout(&self) -> &FrameLayout {
        &self.layout
    }

    /// How often OpenCV did not write where it was told to.
    #[cfg(test)]
    pub(super) fn strays(&self) -> u64 {
        self.strays
    }

    /// A number that OpenCV keeps about the capture; `None` if it is none, or not above zero.
    pub(super) fn property(&self, property: i32) -> Option<f64> {
        self.capture
            .get(property)
            .ok()
            .filter(|value| value.is_finite() && *value > 0.0)
    }

    /// Reads the next frame into the store; whether there was one.
    pub(super) fn read(&mut self) -> Result<bool, CaptureError> {
        let mut loan = self.store.lend(frame_len(&self.layout)?)?;
        let (came, mat) = read_into(&mut self.capture, &self.layout, &mut loan)?;
        match came {
            Came::Ended => Ok(false),
            Came::Ours => {
                widen::<BGR_BYTES>(loan.bytes_mut(), opaque);
                loan.keep();
                Ok(true)
            }
            Came::Stray => {
                drop(loan);
                self.strays += 1;
                self.adopt(mat)?;
                Ok(true)
            }
        }
    }

    /// Takes a frame out of a matrix of OpenCV's, and zeroes that.
    fn adopt(&mut self, mut mat: Mat) -> Result<(), CaptureError> {
        let rows = u32::try_from(mat.rows()).unwrap_or(0);
        let columns = u32::try_from(mat.cols()).unwrap_or(0);
        let fits = mat.typ() == CV_8UC3 && mat.is_continuous();
        let bytes = rows as usize * columns as usize * BGR_BYTES;
        let start = mat.data_mut();
        let bgr: &mut [u8] = if fits && !start.is_null() {
            // SAFETY: a continuous matrix of bytes has as many as this, and nobody else knows of this one.
            unsafe { std::slice::from_raw_parts_mut(start, bytes) }
        } else {
            &mut []
        };
        let adopted = layout(columns, rows).and_then(|layout| {
            let mut store = self.options.store(frame_len(&layout)?)?;
            let mut loan = store.lend(frame_len(&layout)?)?;
            if bgr.is_empty() {
                return Err(CaptureError::OpenCv {
                    call: "VideoCapture::read, 8 bits of blue, green, red",
                    code: 0,
                });
            }
            loan.bytes_mut()[..bytes].copy_from_slice(bgr);
            widen::<BGR_BYTES>(loan.bytes_mut(), opaque);
            loan.keep();
            Ok((layout, store))
        });
        bgr.fill(0);
        std::hint::black_box(&mut *bgr); // zeroed although it is dropped
        (self.layout, self.store) = adopted?;
        Ok(())
    }

    /// The frame that was read, taken at `timestamp_ns`.
    pub(super) fn picture(&mut self, timestamp_ns: u64) -> Result<Picture<'_>, CaptureError> {
        let len = frame_len(&self.layout)?;
        let mut layout = self.layout;
        layout.timestamp_ns = timestamp_ns;
        Ok(Picture::new(layout, Planes::one(len), self.store.lend(len)?)?)
    }
}

/// Has OpenCV read a frame of this layout into the start of the loan: blue, green, red, without padding.
fn read_into(
    capture: &mut VideoCapture,
    layout: &FrameLayout,
    loan: &mut Loan<'_>,
) -> Result<(Came, Mat), CaptureError> {
    let (width, height) = (layout.width as usize, layout.height as usize);
    let target = &mut loan.bytes_mut()[..width * height * BGR_BYTES];
    let start = target.as_mut_ptr();
    // Both sides are MAX_SIDE at most.
    let (rows, columns) = (layout.height as i32, layout.width as i32);
    let data: *mut c_void = start.cast();
    // SAFETY: rows times columns times three bytes are `target`, which outlives the matrix's use in this function, and
    // is not touched otherwise until then. The matrix that is returned is used only if it has left that memory.
    let mat = unsafe { Mat::new_rows_cols_with_data_unsafe(rows, columns, CV_8UC3, data, width * BGR_BYTES) };
    let mut mat = mat.map_err(failed("Mat::Mat"))?;
    let read = capture.read(&mut mat).map_err(failed("VideoCapture::read"))?;
    let came = if !read || mat.empty() {
        Came::Ended
    } else if mat.data() == start.cast_const() && mat.rows() == rows && mat.cols() == columns {
        Came::Ours
    } else {
        Came::Stray
    };
    Ok((came, mat))
}

fn opaque([blue, green, red]: [u8; BGR_BYTES]) -> [u8; RGBA_BYTES] {
    [blue, green, red, u8::MAX]
}

fn layout(width: u32, height: u32) -> Result<FrameLayout, CaptureError> {
    let layout = FrameLayout::packed(FrameFormat::Bgra8, width, height);
    layout.sensor_size()?;
    Ok(layout)
}

fn frame_len(layout: &FrameLayout) -> Result<usize, CaptureError> {
    debug_assert_eq!(layout.planes[0].pixel_stride, RGBA_BYTES);
    Ok(layout.plane_len(0)?.unwrap_or_default())
}

/// An error of OpenCV's without its words.
pub(super) fn failed(call: &'static str) -> impl Fn(opencv::Error) -> CaptureError {
    move |error| CaptureError::OpenCv {
        call,
        code: error.code,
    }
}

/// Has OpenCV keep silent: its warnings quote file names. Errors come as errors.
pub(super) fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = set_log_level(LogLevel::LOG_LEVEL_SILENT); // which cannot fail
    });
}
