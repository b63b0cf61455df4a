use moretta_pack::Fit;

use crate::WindowSurface;

/// Where the finished picture goes: the one way out.
pub enum Target<'t> {
    /// Into the caller's memory, before the call returns.
    Pixels(Pixels<'t>),
    /// Onto its way to the caller's memory; [`Stage::collect`](crate::Stage::collect) waits for it and writes it, while the
    /// next frame may be under way. The call sets the place to `Some`.
    Later(&'t mut Option<Receipt>),
    /// Into the caller's texture.
    Texture {
        /// A view of the texture: one mip level, one layer, one sample; usable as a render attachment.
        view: &'t wgpu::TextureView,
        /// The view's format. In one that is not sRGB the colours are encoded as in sRGB all the same.
        format: wgpu::TextureFormat,
        /// Columns and rows.
        size_px: (u32, u32),
        /// How the picture lies in it.
        placement: Placement,
    },
    /// Into a window, which shows it. A window without a size shows nothing, and that is no error.
    Window {
        /// The window.
        surface: &'t mut WindowSurface,
        /// How the picture lies in it.
        placement: Placement,
    },
}

/// A picture in the caller's memory, as large as the upright frame.
pub struct Pixels<'t> {
    /// The rows, from the top. Bytes between and after them stay as they are.
    pub bytes: &'t mut [u8],
    /// From one row to the next, in bytes.
    pub row_stride: usize,
    /// Which channel comes first.
    pub order: PixelOrder,
}

/// The order of the channels, 8 bits each, colours in sRGB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PixelOrder {
    /// Red, green, blue, alpha.
    #[default]
    Rgba,
    /// Blue, green, red, alpha.
    Bgra,
}

/// How a picture lies in something of another size. What it leaves free is black.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Placement {
    /// How it fills: [`Fit::Cover`] unless said otherwise.
    pub fit: Fit,
    /// Whether left and right change places, as in a mirror: for a preview of a front camera whose frames are not mirrored.
    pub mirror: bool,
}

/// A claim to a picture under way. It holds none of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    pub(crate) stage: u64,
    pub(crate) number: u64,
}

impl Target<'_> {
    /// How the picture lies in the target and how large that is; `None` for what takes the picture as it is.
    pub(crate) fn placement(&self) -> Option<(Placement, (u32, u32))> {
        match self {
            Self::Pixels(_) | Self::Later(_) => None,
            Self::Texture {
                size_px, placement, ..
            } => Some((*placement, *size_px)),
            Self::Window { surface, placement } => Some((*placement, surface.size_px())),
        }
    }
}

impl Pixels<'_> {
    pub(crate) fn reborrow(&mut self) -> Pixels<'_> {
        Pixels {
            bytes: self.bytes,
            row_stride: self.row_stride,
            order: self.order,
        }
    }
}
