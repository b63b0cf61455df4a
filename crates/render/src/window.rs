use std::sync::Arc;

use wgpu::CurrentSurfaceTexture as Current;

use crate::{Gpu, RenderError};

/// How a window's surface is made: once, and again if it is lost.
pub struct WindowMaker {
    make: Box<Make>,
}

type Make = dyn Fn(&wgpu::Instance) -> Result<wgpu::Surface<'static>, wgpu::CreateSurfaceError> + Send + Sync;

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

    pub(crate) fn make(&self, instance: &wgpu::Instance) -> Result<wgpu::Surface<'static>, RenderError> {
        (self.make)(instance).map_err(|error| RenderError::Surface {
            reason: error.to_string(),
        })
    }
}

/// Of a window that is shared with whoever handles its events. It lives as long as the surface.
impl<W> From<Arc<W>> for WindowMaker
where
    W: wgpu::rwh::HasWindowHandle + wgpu::rwh::HasDisplayHandle + Send + Sync + 'static,
{
    fn from(window: Arc<W>) -> Self {
        Self::new(move |instance| instance.create_surface(Arc::clone(&window)))
    }
}

/// A window that pictures are shown in.
///
/// What it shows stays on the screen, and in the system's memory, until the next picture or the window's end: a pause does
/// not wipe it.
pub struct WindowSurface {
    gpu: Gpu,
    maker: WindowMaker,
    surface: wgpu::Surface<'static>,
    format: wgpu::TextureFormat,
    present: wgpu::PresentMode,
    alpha: wgpu::CompositeAlphaMode,
    wanted_px: (u32, u32),
    /// The size that the surface was set up for; `None` if it must be set up.
    ready_px: Option<(u32, u32)>,
}

impl core::fmt::Debug for WindowSurface {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (width, height) = self.wanted_px;
        write!(f, "WindowSurface({width} x {height}, {:?})", self.format)
    }
}

impl WindowSurface {
    pub(crate) fn new(
        gpu: &Gpu,
        maker: WindowMaker,
        surface: wgpu::Surface<'static>,
        wanted_px: (u32, u32),
    ) -> Result<Self, RenderError> {
        let offered = surface.get_capabilities(gpu.adapter());
        let format = choose_format(&offered.formats).ok_or_else(|| RenderError::Surface {
            reason: format!(
                "expected a format that the adapter draws, found {:?}",
                offered.formats
            ),
        })?;
        Ok(Self {
            gpu: gpu.clone(),
            maker,
            surface,
            format,
            present: choose_present_mode(&offered.present_modes),
            alpha: choose_alpha_mode(&offered.alpha_modes),
            wanted_px,
            ready_px: None,
        })
    }

    /// Sets the size in physical pixels, with the next picture. Zero on a side: minimised, and nothing is shown.
    pub fn resize(&mut self, width_px: u32, height_px: u32) {
        self.wanted_px = (width_px, height_px);
    }

    /// Columns and rows.
    #[must_use]
    pub fn size_px(&self) -> (u32, u32) {
        self.wanted_px
    }

    pub(crate) fn format(&self) -> wgpu::TextureFormat {
        self.format
    }

    pub(crate) fn is_of(&self, gpu: &Gpu) -> bool {
        self.gpu.is(gpu)
    }

    /// The picture to draw to; `None` if there is nothing to be seen now.
    ///
    /// 1. Set the surface up, if it is new or has another size.
    /// 2. Ask for a picture. If the surface is outdated, set it up, and if it is lost, make it anew; then ask again, once.
    ///
    /// # Errors
    /// [`RenderError::TooLarge`], [`RenderError::Surface`], [`RenderError::Lost`], [`RenderError::Refused`].
    pub(crate) fn next(&mut self) -> Result<Option<wgpu::SurfaceTexture>, RenderError> {
        let (width, height) = self.wanted_px;
        if width == 0 || height == 0 {
            return Ok(None);
        }
        let max = self.gpu.report().max_side_px;
        if width > max || height > max {
            return Err(RenderError::TooLarge {
                what: "the window",
                max,
                width,
                height,
            });
        }
        let mut tried = false;
        loop {
            if self.ready_px != Some(self.wanted_px) {
                self.set_up()?;
            }
            let current = self.surface.get_current_texture();
            match Next::of(&current, tried) {
                Next::Draw => {}
                Next::SetUpLater => self.ready_px = None,
                Next::SetUp => self.ready_px = None,
                Next::Skip => return Ok(None),
                Next::MakeAnew => {
                    self.surface = self.maker.make(self.gpu.instance())?;
                    self.ready_px = None;
                }
                Next::GiveUp => {
                    self.ready_px = None;
                    self.gpu.check()?;
                    return Err(RenderError::Surface {
                        reason: "it gives no picture, set up or made anew".to_owned(),
                    });
                }
            }
            if let Current::Success(picture) | Current::Suboptimal(picture) = current {
                self.gpu.check()?;
                return Ok(Some(picture));
            }
            tried = true;
        }
    }

    fn set_up(&mut self) -> Result<(), RenderError> {
        let (width, height) = self.wanted_px;
        let configuration = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            format: self.format,
            color_space: wgpu::SurfaceColorSpace::Auto,
            width,
            height,
            present_mode: self.present,
            desired_maximum_frame_latency: 2,
            alpha_mode: self.alpha,
            view_formats: Vec::new(),
        };
        self.gpu.configure(&self.surface, &configuration)?;
        self.ready_px = Some(self.wanted_px);
        Ok(())
    }
}

/// What to do with what a surface gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Draw to it.
    Draw,
    /// Draw to it, and set the surface up before the next picture.
    SetUpLater,
    /// Set the surface up and ask again.
    SetUp,
    /// Make the surface anew and ask again.
    MakeAnew,
    /// Show nothing this time.
    Skip,
    /// Nothing helps.
    GiveUp,
}

impl Next {
    fn of(current: &Current, tried: bool) -> Self {
        match current {
            Current::Success(_) => Self::Draw,
            Current::Suboptimal(_) => Self::SetUpLater,
            Current::Timeout | Current::Occluded => Self::Skip,
            Current::Outdated if !tried => Self::SetUp,
            Current::Lost if !tried => Self::MakeAnew,
            // A window that changes while it is set up is set up by the next picture.
            Current::Outdated => Self::Skip,
            Current::Lost | Current::Validation => Self::GiveUp,
        }
    }
}

/// One with 8 bits a channel that encodes to sRGB by itself, else one that does not.
fn choose_format(offered: &[wgpu::TextureFormat]) -> Option<wgpu::TextureFormat> {
    use wgpu::TextureFormat::{Bgra8Unorm, Bgra8UnormSrgb, Rgba8Unorm, Rgba8UnormSrgb};
    [Rgba8UnormSrgb, Bgra8UnormSrgb, Rgba8Unorm, Bgra8Unorm]
        .into_iter()
        .find(|format| offered.contains(format))
}

/// The newest picture at each refresh of the screen, else each picture in turn.
fn choose_present_mode(offered: &[wgpu::PresentMode]) -> wgpu::PresentMode {
    if offered.contains(&wgpu::PresentMode::Mailbox) {
        wgpu::PresentMode::Mailbox
    } else {
        wgpu::PresentMode::Fifo
    }
}

/// Opaque, whatever the picture's alpha.
fn choose_alpha_mode(offered: &[wgpu::CompositeAlphaMode]) -> wgpu::CompositeAlphaMode {
    if offered.contains(&wgpu::CompositeAlphaMode::Opaque) {
        wgpu::CompositeAlphaMode::Opaque
    } else {
        wgpu::CompositeAlphaMode::Auto
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_tried_to_be_mended_once() {
        for (current, first, second) in [
            (Current::Timeout, Next::Skip, Next::Skip),
            (Current::Occluded, Next::Skip, Next::Skip),
            (Current::Outdated, Next::SetUp, Next::Skip),
            (Current::Lost, Next::MakeAnew, Next::GiveUp),
            (Current::Validation, Next::GiveUp, Next::GiveUp),
        ] {
            assert_eq!(Next::of(&current, false), first, "{current:?}");
            assert_eq!(Next::of(&current, true), second, "{current:?}");
        }
    }

    #[test]
    fn what_encodes_by_itself_comes_first() {
        use wgpu::TextureFormat as F;
        assert_eq!(
            choose_format(&[F::Bgra8Unorm, F::Bgra8UnormSrgb]),
            Some(F::Bgra8UnormSrgb)
        );
        assert_eq!(
            choose_format(&[F::Rgba16Float, F::Bgra8Unorm]),
            Some(F::Bgra8Unorm)
        );
        assert_eq!(choose_format(&[F::R8Unorm]), None);
        assert_eq!(choose_format(&[]), None);
    }

    #[test]
    fn the_newest_picture_is_shown_where_the_system_can() {
        use wgpu::PresentMode as M;
        assert_eq!(choose_present_mode(&[M::Fifo, M::Mailbox]), M::Mailbox);
        assert_eq!(choose_present_mode(&[M::Immediate, M::Fifo]), M::Fifo);
    }
}
