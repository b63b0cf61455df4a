use moretta_frame::{FrameFormat, FrameLayout};
use moretta_veil::FrameStore;

use crate::decode::Still;
use crate::source::Planes;
use crate::{CaptureError, CaptureOptions, Picture, Source, SourceInfo};

/// A picture file as a source: one frame, or the same one again and again.
///
/// JPEG, PNG, WebP or GIF; of an animation, its first frame, or the picture that an APNG has for viewers that show no
/// animations. The frame is RGBA, and [`FrameLayout::orientation`] is what the Exif data of a still picture say.
///
/// The decoded picture lies in veiled memory for as long as this lives, so its frames are lent and not given up.
/// After [`wipe_all`](moretta_veil::wipe_all) there is none: [`CaptureError::Wiped`].
pub struct StillImage {
    store: FrameStore,
    layout: FrameLayout,
    /// From one frame to the next; `None` for a single frame.
    frame_ns: Option<u64>,
    shown: u64,
}

impl StillImage {
    /// Decodes `bytes`, a whole file. Nothing of the file is kept.
    ///
    /// A JPEG that ends early is taken as far as it goes, as browsers do; any other file must be whole.
    ///
    /// # Errors
    /// [`CaptureError::Format`], [`CaptureError::File`], [`CaptureError::TooLarge`], [`CaptureError::Frame`],
    /// [`CaptureError::Memory`].
    pub fn from_bytes(bytes: &[u8], options: &CaptureOptions) -> Result<Self, CaptureError> {
        let shelter = options.shelter()?;
        let still = Still::open(bytes, options, &shelter)?;
        let mut layout = FrameLayout::packed(FrameFormat::Rgba8, still.header.width, still.header.height);
        layout.orientation = still.header.orientation;
        let len = still.header.rgba_len();
        let mut store = options.store(len)?;
        let mut loan = store.lend(len)?;
        still.decode(&shelter, loan.bytes_mut())?;
        loan.keep();
        Ok(Self {
            store,
            layout,
            frame_ns: None,
            shown: 0,
        })
    }

    /// The same frame without an end, `frame_ns` nanoseconds apart.
    #[must_use]
    pub fn repeated(mut self, frame_ns: u64) -> Self {
        self.frame_ns = Some(frame_ns);
        self
    }

    /// The picture, whatever was shown before, at time 0.
    ///
    /// # Errors
    /// [`CaptureError::Wiped`].
    pub(crate) fn picture(&mut self) -> Result<Picture<'_>, CaptureError> {
        if !self.store.holds() {
            return Err(CaptureError::Wiped);
        }
        let len = self.layout.plane_len(0)?.unwrap_or_default();
        let loan = self.store.lend_kept(len)?;
        Ok(Picture::new(self.layout, Planes::one(len), loan)?)
    }
}

impl Source for StillImage {
    fn next_frame(&mut self) -> Result<Option<Picture<'_>>, CaptureError> {
        let timestamp_ns = match self.frame_ns {
            Some(frame_ns) => self.shown.saturating_mul(frame_ns),
            None if self.shown == 0 => 0,
            None => return Ok(None),
        };
        self.shown += 1;
        let mut picture = self.picture()?;
        picture.at(timestamp_ns);
        Ok(Some(picture))
    }

    fn rewind(&mut self) -> Result<(), CaptureError> {
        self.shown = 0;
        Ok(())
    }

    fn info(&self) -> SourceInfo {
        SourceInfo {
            width: self.layout.width,
            height: self.layout.height,
            frame_ns: self.frame_ns,
            live: false,
            keeps_copies: None,
        }
    }
}
