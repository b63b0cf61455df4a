use std::sync::Arc;

use moretta_pack::{HostInput, Quality};

/// How many cells of a sprite sheet can be drawn: what every adapter takes as the layers of one texture.
pub const MAX_CELLS: u32 = 256;

/// An effect whose assets lie on the device. A handle: a clone is the same. It holds no face data, and goes to the face
/// thread by value.
#[derive(Clone)]
pub struct LoadedEffect {
    loaded: Arc<Loaded>,
}

struct Loaded {}

impl LoadedEffect {
    /// What the host may set, by its place in `params` of a [`Look`](crate::Look).
    #[must_use]
    pub fn inputs(&self) -> &[HostInput] {
        let _ = &self.loaded;
        todo!()
    }

    /// How many faces are drawn at most.
    #[must_use]
    pub fn max_faces(&self, quality: Quality) -> usize {
        let _ = quality;
        todo!()
    }

    /// Whether the program reads blendshapes, so that their network must run.
    #[must_use]
    pub fn needs_blendshapes(&self) -> bool {
        todo!()
    }
}
