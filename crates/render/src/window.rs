/// A window that pictures are shown in.
///
/// What it shows stays on the screen until the next picture or the window's end: a pause does not wipe it.
pub struct WindowSurface {
    size_px: (u32, u32),
}

impl WindowSurface {
    /// Sets the size in physical pixels, with the next picture. Zero on a side: minimised, and nothing is shown.
    pub fn resize(&mut self, width_px: u32, height_px: u32) {
        self.size_px = (width_px, height_px);
    }

    /// Columns and rows.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        self.size_px
    }
}
