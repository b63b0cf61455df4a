use std::ops::Range;

use moretta_frame::{FrameError, FrameLayout, FrameView};
use moretta_veil::{Frame, Loan, VeilError};

use crate::CaptureError;

/// Where frames come from, one after the other.
///
/// ```no_run
/// use moretta_capture::{CaptureError, Source};
/// use moretta_veil::{Pipeline, Veil};
///
/// /// Shows every frame to a pipeline whose requests are layouts.
/// fn play<P>(source: &mut dyn Source, veil: &Veil<P>) -> Result<(), CaptureError>
/// where
///     P: Pipeline<Request = moretta_frame::FrameLayout>,
/// {
///     while let Some(mut picture) = source.next_frame()? {
///         let layout = *picture.layout();
///         veil.process(picture.frame()?, &mut [], layout)?;
///     }
///     Ok(())
/// }
/// ```
pub trait Source {
    /// The next frame, in memory of the source, lent until the [`Picture`] goes; `None` after the last.
    ///
    /// A file's frames come as fast as they are decoded: whoever shows them goes by their timestamps. A camera's
    /// come when they are taken.
    ///
    /// # Errors
    /// [`CaptureError`], by source. A file that is broken in the middle gives the frames before that.
    fn next_frame(&mut self) -> Result<Option<Picture<'_>>, CaptureError>;

    /// Goes back to the first frame and to its time, 0: the same frames follow as at first.
    ///
    /// # Errors
    /// [`CaptureError::Live`] for a camera; [`CaptureError`], by source.
    fn rewind(&mut self) -> Result<(), CaptureError>;

    /// What is known of the frames to come.
    fn info(&self) -> SourceInfo;
}

/// What a source knows of its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// The width of the frames' buffers, in pixels. [`FrameLayout::orientation`] may turn them.
    pub width: u32,
    /// The height of the frames' buffers, in pixels.
    pub height: u32,
    /// From one frame to the next, in nanoseconds; of an animation, how long the frame that came last is to be
    /// shown. `None` where it is not known, or there is one frame only.
    pub frame_ns: Option<u64>,
    /// Whether the frames are taken as they are asked for, so that there is no beginning to go back to.
    pub live: bool,
    /// Whose own copies of frames lie outside of veiled memory until they are overwritten, if anybody's do: those of a library
    /// that decodes or takes them. An app that shows what is protected shows that too.
    pub keeps_copies: Option<&'static str>,
}

/// One frame, lent by its [`Source`].
///
/// Its bytes lie in veiled memory. They are zeroed when it has been handed over ([`frame`](Self::frame)), and at the
/// latest when it goes, on every path; those of a [`StillImage`](crate::StillImage) stay, as that is shown again.
/// There is no `Clone`, no `Debug`, no conversion.
pub struct Picture<'a> {
    layout: FrameLayout,
    planes: Planes,
    loan: Loan<'a>,
}

/// Where the planes of a format lie in a loan.
#[derive(Clone, Default)]
pub(crate) struct Planes {
    places: [Range<usize>; 3],
    count: usize,
}

impl Planes {
    /// One plane of `len` bytes.
    pub(crate) fn one(len: usize) -> Self {
        Self::new(std::slice::from_ref(&(0..len)))
    }

    /// Up to three planes.
    pub(crate) fn new(planes: &[Range<usize>]) -> Self {
        let mut places = Self::default();
        for (place, plane) in places.places.iter_mut().zip(planes) {
            place.clone_from(plane);
            places.count += 1;
        }
        places
    }

    /// Where the last of them ends.
    #[cfg(target_os = "linux")]
    pub(crate) fn end(&self) -> usize {
        self.as_slice().iter().map(|place| place.end).max().unwrap_or(0)
    }

    fn as_slice(&self) -> &[Range<usize>] {
        &self.places[..self.count]
    }
}

impl<'a> Picture<'a> {
    /// The frame of `layout` in `loan`, found to be whole.
    pub(crate) fn new(layout: FrameLayout, planes: Planes, loan: Loan<'a>) -> Result<Self, FrameError> {
        let picture = Self { layout, planes, loan };
        picture.view()?;
        Ok(picture)
    }

    /// Says when it was taken.
    pub(crate) fn at(&mut self, timestamp_ns: u64) {
        self.layout.timestamp_ns = timestamp_ns;
    }

    /// Everything about the frame but its bytes.
    pub fn layout(&self) -> &FrameLayout {
        &self.layout
    }

    /// The frame to be read: to be shown as it is, where nobody has consented to more.
    ///
    /// # Errors
    /// [`FrameError::PlaneLength`] never, as the planes were found whole: the type says so for
    /// [`FrameLayout::view`] alone.
    pub fn view(&self) -> Result<FrameView<'_>, FrameError> {
        let mut slices = [&[][..]; 3];
        for (slice, place) in slices.iter_mut().zip(self.planes.as_slice()) {
            *slice = self.loan.bytes().get(place.clone()).unwrap_or_default();
        }
        self.layout.view(&slices[..self.planes.count])
    }

    /// The bytes of plane `index` of the layout's format; `None` if it has no such plane.
    ///
    /// For who uploads planes by himself; [`view`](Self::view) tells what they mean.
    pub fn plane(&self, index: usize) -> Option<&[u8]> {
        self.loan.bytes().get(self.planes.as_slice().get(index)?.clone())
    }

    /// The frame to be handed to a veil, which zeroes it: [`Frame::consumed`], or where the source keeps the picture
    /// [`Frame::borrowed`].
    ///
    /// Afterwards the picture is black.
    ///
    /// # Errors
    /// [`VeilError::Planes`] never, as a picture has one to three.
    pub fn frame(&mut self) -> Result<Frame<'_>, VeilError> {
        self.loan.frame(self.planes.as_slice())
    }
}
