use std::sync::Arc;

use crate::{RenderError, WindowSurface};

/// What kind of graphics processor to take.
#[derive(Debug)]
pub struct GpuOptions {
    /// The interfaces to look through; all that the platform has unless said otherwise.
    pub backends: wgpu::Backends,
    /// Which of several adapters: the one that saves power unless said otherwise, for a phone's sake.
    pub power: wgpu::PowerPreference,
    /// Whether an adapter in software will do: [`Software::Allowed`] unless said otherwise.
    pub software: Software,
    /// Whether the device measures its own time, where it can; see [`Stage::gpu_times`](crate::Stage::gpu_times). Off
    /// unless said otherwise.
    pub timestamps: bool,
    /// Whether the driver's own checks are switched on: for tests. Off unless said otherwise.
    pub validation: bool,
    /// The connection to the display, which OpenGL needs to show anything on Wayland. `None` unless said otherwise.
    pub display: Option<Box<dyn wgpu::wgt::WgpuHasDisplayHandle>>,
}

/// Whether an adapter that is no hardware will do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Software {
    /// If there is no other.
    #[default]
    Allowed,
    /// No other: for tests.
    Only,
    /// Rather none.
    Refused,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self {
            backends: wgpu::Backends::PRIMARY | wgpu::Backends::SECONDARY,
            power: wgpu::PowerPreference::LowPower,
            software: Software::Allowed,
            timestamps: false,
            validation: false,
            display: None,
        }
    }
}

/// What an adapter says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GpuReport {
    /// Its name.
    pub name: String,
    /// The interface: `vulkan`, `metal`, `dx12`, `gl`.
    pub backend: &'static str,
    /// The driver's name.
    pub driver: String,
    /// The driver's version and whatever else it tells.
    pub driver_info: String,
    /// Whether it is no hardware.
    pub software: bool,
    /// Whether the device measures its own time.
    pub timestamps: bool,
    /// The longest side of a picture.
    pub max_side_px: u32,
    /// How many samples a pixel has where edges are smoothed by samples: 4, or 1 where the adapter cannot.
    pub samples: u32,
}

/// A graphics device and its queue. A handle: a clone is the same device.
///
/// Made on the app's thread, before there is a face. It holds no face data; whatever does is the
/// [`Stage`](crate::Stage)'s.
#[derive(Clone)]
pub struct Gpu {
    shared: Arc<Shared>,
}

struct Shared {}

impl Gpu {
    /// Opens the adapter that fits `options` best, for pictures that no window shows.
    ///
    /// # Errors
    /// [`RenderError::NoAdapter`], [`RenderError::Adapter`].
    pub fn new(options: GpuOptions) -> Result<Self, RenderError> {
        let _ = options;
        todo!()
    }

    /// Opens the adapter that fits `options` best and can show pictures in `window`.
    ///
    /// The window lives as long as the surface. `width_px` and `height_px` are its size in physical pixels; zero, if it is
    /// minimised.
    ///
    /// # Errors
    /// As [`Gpu::new`]; [`RenderError::Surface`].
    pub fn with_window(
        options: GpuOptions,
        window: impl Into<WindowMaker>,
        width_px: u32,
        height_px: u32,
    ) -> Result<(Self, WindowSurface), RenderError> {
        let _ = (options, window.into(), width_px, height_px);
        todo!()
    }

    /// A surface for a further window.
    ///
    /// # Errors
    /// [`RenderError::Surface`], also if this adapter cannot show anything there.
    pub fn window(
        &self,
        window: impl Into<WindowMaker>,
        width_px: u32,
        height_px: u32,
    ) -> Result<WindowSurface, RenderError> {
        let _ = (window.into(), width_px, height_px);
        todo!()
    }

    /// What the adapter says of itself.
    #[must_use]
    pub fn report(&self) -> &GpuReport {
        let _ = &self.shared;
        todo!()
    }

    /// Why the device is gone, if it is.
    #[must_use]
    pub fn lost(&self) -> Option<String> {
        todo!()
    }

    /// The library's instance, for whoever draws something of their own beside it.
    #[must_use]
    pub fn instance(&self) -> &wgpu::Instance {
        todo!()
    }

    /// The library's adapter.
    #[must_use]
    pub fn adapter(&self) -> &wgpu::Adapter {
        todo!()
    }

    /// The library's device.
    #[must_use]
    pub fn device(&self) -> &wgpu::Device {
        todo!()
    }

    /// The library's queue.
    #[must_use]
    pub fn queue(&self) -> &wgpu::Queue {
        todo!()
    }
}

/// How a window's surface is made: once, and again if it is lost.
pub struct WindowMaker {
    make: Box<
        dyn Fn(&wgpu::Instance) -> Result<wgpu::Surface<'static>, wgpu::CreateSurfaceError> + Send + Sync,
    >,
}

impl WindowMaker {
    /// By a function, for handles that only unsafe code can vouch for, such as a `CAMetalLayer`.
    pub fn new(
        make: impl Fn(&wgpu::Instance) -> Result<wgpu::Surface<'static>, wgpu::CreateSurfaceError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self { make: Box::new(make) }
    }

    pub(crate) fn make(
        &self,
        instance: &wgpu::Instance,
    ) -> Result<wgpu::Surface<'static>, wgpu::CreateSurfaceError> {
        (self.make)(instance)
    }
}

/// Of a window that is shared with whoever handles its events.
impl<W> From<Arc<W>> for WindowMaker
where
    W: wgpu::rwh::HasWindowHandle + wgpu::rwh::HasDisplayHandle + Send + Sync + 'static,
{
    fn from(window: Arc<W>) -> Self {
        Self::new(move |instance| instance.create_surface(Arc::clone(&window)))
    }
}
