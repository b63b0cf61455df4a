use moretta_pack::Effect;

use crate::{Gpu, LoadedEffect, RenderError};

/// All that drawing needs and that has nothing to do with a face: pipelines, samplers, the canonical face, its masks. A
/// handle: a clone is the same.
///
/// Made on the app's thread, at the start; it takes some tenths of a second.
#[derive(Clone)]
pub struct Renderer {
    gpu: Gpu,
}

impl Renderer {
    /// Builds every pipeline.
    ///
    /// # Errors
    /// [`RenderError::Adapter`] if the adapter lacks a format, [`RenderError::Refused`], [`RenderError::Lost`].
    pub fn new(gpu: &Gpu) -> Result<Self, RenderError> {
        let _ = gpu;
        todo!()
    }

    /// The device that it draws with.
    #[must_use]
    pub fn gpu(&self) -> &Gpu {
        &self.gpu
    }

    /// Brings an effect's assets onto the device and settles what is drawn in which order. On the app's thread.
    ///
    /// # Errors
    /// [`RenderError::Effect`] for a node that names an asset which is not there or of the wrong kind, a sheet of more than
    /// [`MAX_CELLS`](crate::MAX_CELLS) cells, a mesh whose lists do not fit each other;
    /// [`RenderError::Refused`], [`RenderError::Lost`].
    pub fn load(&self, effect: &Effect) -> Result<LoadedEffect, RenderError> {
        let _ = effect;
        todo!()
    }
}
