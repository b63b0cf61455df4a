use moretta_veil::{Access, Extent, Reserve};

use crate::{FaceInput, Look, Pixels, Receipt, RenderError, Renderer, Shot, Target};

/// Where frames are drawn: all face data that drawing needs, on both sides of the bus. It lives on the face thread.
pub struct Stage {
    renderer: Renderer,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drawn {
    /// How many windows show it. One that is minimised, covered or slow does not.
    pub presented: usize,
}

impl Stage {
    /// Makes the face memory that every effect needs. More is made when an effect or a frame needs it first.
    ///
    /// # Errors
    /// [`RenderError::Memory`], [`RenderError::Refused`], [`RenderError::Lost`].
    pub fn new(room: &Reserve<'_>, renderer: &Renderer) -> Result<Self, RenderError> {
        let _ = (room, renderer);
        todo!()
    }

    /// Draws a frame into `targets`: the camera's picture, and `look` over it if there is one.
    ///
    /// Faces in slots of [`MAX_FACES`](crate::MAX_FACES) or more are not drawn, nor is one whose numbers are none.
    ///
    /// After it the device still works, unless a target was [`Target::Pixels`]; the frame lies in staging memory until
    /// [`settle`](Self::settle) or the next frame.
    ///
    /// # Errors
    /// [`RenderError::Camera`], [`RenderError::TooLarge`], [`RenderError::OtherDevice`], [`RenderError::Program`],
    /// [`RenderError::Memory`]; those of the targets; [`RenderError::Refused`], [`RenderError::Stalled`],
    /// [`RenderError::Lost`].
    pub fn draw<'f>(
        &mut self,
        access: &Access<'_>,
        shot: &Shot<'_>,
        faces: impl IntoIterator<Item = FaceInput<'f>>,
        look: Option<Look<'_>>,
        targets: &mut [Target<'_>],
    ) -> Result<Drawn, RenderError> {
        let _ = (access, shot, faces.into_iter().count(), look.is_some(), targets);
        todo!()
    }

    /// Whether a picture that was asked for by [`Target::Later`] can be collected without waiting.
    ///
    /// # Errors
    /// [`RenderError::Expired`], [`RenderError::Lost`].
    pub fn is_ready(&mut self, receipt: &Receipt) -> Result<bool, RenderError> {
        let _ = receipt;
        todo!()
    }

    /// Writes a picture that was asked for by [`Target::Later`], and wipes it on the device.
    ///
    /// # Errors
    /// [`RenderError::Expired`], [`RenderError::TargetStride`], [`RenderError::TargetLength`] (the receipt is gone then
    /// too), [`RenderError::Stalled`], [`RenderError::Lost`].
    pub fn collect(&mut self, receipt: Receipt, pixels: Pixels<'_>) -> Result<(), RenderError> {
        let _ = (receipt, pixels);
        todo!()
    }

    /// Waits for the device and clears what belongs to frames: for [`Pipeline::wipe`](moretta_veil::Pipeline::wipe), whose
    /// extent it takes. After [`Extent::All`] nothing of a face is left, pictures that nobody collected included.
    pub fn wipe(&mut self, extent: Extent) {
        let _ = extent;
        todo!()
    }

    /// What it draws with.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.renderer
    }
}
