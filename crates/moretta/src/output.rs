use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use moretta_render::{PixelOrder, Placement, WindowSurface, wgpu};

/// Where the finished picture goes: the one way out.
pub enum Output<'a> {
    /// Into the caller's memory, before the call returns: as large as the upright frame.
    Memory {
        /// The rows, from the top. Bytes between and after them stay as they are.
        bytes: &'a mut [u8],
        /// From one row to the next, in bytes.
        row_stride: usize,
        /// Which channel comes first.
        order: PixelOrder,
    },
    /// Into the caller's texture on the session's device.
    Texture {
        /// A view of the texture: one mip level, one layer, one sample; usable as a render attachment.
        view: &'a wgpu::TextureView,
        /// The view's format.
        format: wgpu::TextureFormat,
        /// Columns and rows.
        size_px: (u32, u32),
        /// How the picture lies in it.
        placement: Placement,
    },
    /// Into a window, which shows it.
    Window {
        /// The window.
        window: &'a Window,
        /// How the picture lies in it.
        placement: Placement,
    },
}

impl<'a> Output<'a> {
    /// The picture as red, green, blue, alpha, without padding, `width_px` columns wide.
    #[must_use]
    pub fn rgba(bytes: &'a mut [u8], width_px: u32) -> Self {
        Self::Memory {
            bytes,
            row_stride: width_px as usize * 4,
            order: PixelOrder::Rgba,
        }
    }

    /// What the face thread is told of it, and the memory that the veil lends it.
    pub(crate) fn split(self) -> (Sink, &'a mut [u8]) {
        match self {
            Self::Memory {
                bytes,
                row_stride,
                order,
            } => (Sink::Memory { row_stride, order }, bytes),
            Self::Texture {
                view,
                format,
                size_px,
                placement,
            } => (
                Sink::Texture {
                    view: view.clone(),
                    format,
                    size_px,
                    placement,
                },
                &mut [],
            ),
            Self::Window { window, placement } => (
                Sink::Window {
                    window: window.clone(),
                    placement,
                },
                &mut [],
            ),
        }
    }
}

/// An [`Output`] without its memory, on its way to the face thread.
pub(crate) enum Sink {
    Memory {
        row_stride: usize,
        order: PixelOrder,
    },
    Texture {
        view: wgpu::TextureView,
        format: wgpu::TextureFormat,
        size_px: (u32, u32),
        placement: Placement,
    },
    Window {
        window: Window,
        placement: Placement,
    },
}

/// A window that a session shows pictures in. A handle: a clone is the same window.
#[derive(Clone)]
pub struct Window {
    surface: Arc<Mutex<WindowSurface>>,
}

impl Window {
    /// The window of a surface that [`Gpu`](crate::Gpu) made.
    #[must_use]
    pub fn new(surface: WindowSurface) -> Self {
        Self {
            surface: Arc::new(Mutex::new(surface)),
        }
    }

    /// Sets the size in physical pixels, with the next picture. Zero on a side: minimised, and nothing is shown.
    ///
    /// Waits while a picture is drawn.
    pub fn resize(&self, width_px: u32, height_px: u32) {
        self.lock().resize(width_px, height_px);
    }

    /// Columns and rows.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        self.lock().size_px()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, WindowSurface> {
        // A surface is whole after a panic: it holds a size, and what the driver keeps.
        self.surface.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Window(..)")
    }
}
