//! The window as a place to paint on: winit's window, wgpu's surface, egui's shapes.

use std::sync::Arc;
use std::time::Duration;

use egui::{TextureId, ViewportId};
use egui_wgpu::{RendererOptions, ScreenDescriptor};
use moretta::wgpu::{self, CurrentSurfaceTexture};
use moretta::{Gpu, GpuOptions};
use winit::event::WindowEvent;
use winit::event_loop::ActiveEventLoop;
use winit::window::Window;

use crate::Error;

/// A window that egui paints on, with the graphics device that sessions draw with.
pub(crate) struct Screen {
    pub(crate) window: Arc<Window>,
    pub(crate) gpu: Gpu,
    surface: wgpu::Surface<'static>,
    config: wgpu::SurfaceConfiguration,
    state: egui_winit::State,
    renderer: egui_wgpu::Renderer,
    /// The picture of the last session, as egui knows it.
    picture: Option<TextureId>,
}

impl Screen {
    /// Makes a window with the device that can show pictures there.
    ///
    /// # Errors
    /// [`Error::Window`], [`Error::Moretta`].
    pub(crate) fn open(
        event_loop: &ActiveEventLoop,
        title: &str,
        size: [f64; 2],
        context: &egui::Context,
    ) -> Result<Self, Error> {
        let failed = |error: &dyn std::fmt::Display| Error::Window(error.to_string());
        let attributes = Window::default_attributes()
            .with_title(title)
            .with_inner_size(winit::dpi::LogicalSize::new(size[0], size[1]))
            .with_min_inner_size(winit::dpi::LogicalSize::new(640.0, 480.0));
        let window = event_loop
            .create_window(attributes)
            .map_err(|error| failed(&error))?;
        let window = Arc::new(window);
        let options = GpuOptions {
            display: Some(Box::new(event_loop.owned_display_handle())),
            ..GpuOptions::default()
        };
        let (width, height) = (window.inner_size().width, window.inner_size().height);
        let (gpu, own) =
            Gpu::with_window(options, Arc::clone(&window), width, height).map_err(moretta::Error::from)?;
        // The adapter was chosen for this window. The surface itself must be egui's, which paints more than the picture.
        drop(own);
        let surface = surface(&gpu, &window)?;
        let config = configuration(&gpu, &surface, [width, height])?;
        let state = egui_winit::State::new(
            context.clone(),
            ViewportId::ROOT,
            &window,
            Some(window.scale_factor() as f32),
            Some(winit::window::Theme::Dark),
            Some(gpu.device().limits().max_texture_dimension_2d as usize),
        );
        let renderer = egui_wgpu::Renderer::new(gpu.device(), config.format, RendererOptions::default());
        let mut screen = Self {
            window,
            gpu,
            surface,
            config,
            state,
            renderer,
            picture: None,
        };
        screen.resize(width, height)?;
        Ok(screen)
    }

    /// Whether there is anything to paint on: a minimised window has no size.
    pub(crate) fn has_size(&self) -> bool {
        self.config.width > 0 && self.config.height > 0
    }

    /// Sets the size in physical pixels.
    ///
    /// # Errors
    /// [`Error::Moretta`].
    pub(crate) fn resize(&mut self, width: u32, height: u32) -> Result<(), Error> {
        let most = self.gpu.device().limits().max_texture_dimension_2d;
        (self.config.width, self.config.height) = (width.min(most), height.min(most));
        if self.has_size() {
            self.gpu
                .configure(&self.surface, &self.config)
                .map_err(moretta::Error::from)?;
        }
        Ok(())
    }

    /// Hands an event to egui. Returns whether the window must be painted again.
    pub(crate) fn on_event(&mut self, event: &WindowEvent) -> bool {
        self.state.on_window_event(&self.window, event).repaint
    }

    /// The name by which egui paints what `view` shows, from now on.
    pub(crate) fn show(&mut self, view: &wgpu::TextureView) -> TextureId {
        let (device, filter) = (self.gpu.device(), wgpu::FilterMode::Linear);
        match self.picture {
            Some(id) => {
                self.renderer
                    .update_egui_texture_from_wgpu_texture(device, view, filter, id);
                id
            }
            None => {
                let id = self.renderer.register_native_texture(device, view, filter);
                self.picture = Some(id);
                id
            }
        }
    }

    /// Runs the user interface and shows it. Returns after which time it wants to be painted again.
    ///
    /// # Errors
    /// [`Error::Window`] if the surface is lost and cannot be made again.
    pub(crate) fn paint(
        &mut self,
        context: &egui::Context,
        ui: impl FnMut(&mut egui::Ui),
    ) -> Result<Duration, Error> {
        let input = self.state.take_egui_input(&self.window);
        let output = context.run_ui(input, ui);
        self.state
            .handle_platform_output(&self.window, output.platform_output);
        let jobs = context.tessellate(output.shapes, output.pixels_per_point);
        let (device, queue) = (self.gpu.device(), self.gpu.queue());
        // Before it is known whether there is something to paint on: egui tells of each change once.
        let mut textures = output.textures_delta;
        for (id, changes) in textures.set.drain() {
            for change in changes {
                self.renderer.update_texture(device, queue, id, &change);
            }
        }
        if let Some(frame) = self.acquire()? {
            self.draw(frame, &jobs, output.pixels_per_point);
        }
        for id in textures.free.drain() {
            self.renderer.free_texture(&id);
        }
        let root = output.viewport_output.get(&ViewportId::ROOT);
        Ok(root.map_or(Duration::MAX, |viewport| viewport.repaint_delay))
    }

    /// The window's next picture; `None` while it shows nothing.
    fn acquire(&mut self) -> Result<Option<wgpu::SurfaceTexture>, Error> {
        if !self.has_size() {
            return Ok(None);
        }
        // Twice: the second time after the surface was set up, or made, anew.
        for _ in 0..2 {
            match self.surface.get_current_texture() {
                CurrentSurfaceTexture::Success(frame) | CurrentSurfaceTexture::Suboptimal(frame) => {
                    return Ok(Some(frame));
                }
                CurrentSurfaceTexture::Timeout | CurrentSurfaceTexture::Occluded => return Ok(None),
                CurrentSurfaceTexture::Outdated | CurrentSurfaceTexture::Validation => {}
                CurrentSurfaceTexture::Lost => self.surface = surface(&self.gpu, &self.window)?,
            }
            let size = self.window.inner_size();
            self.resize(size.width, size.height)?;
            if !self.has_size() {
                return Ok(None);
            }
        }
        Ok(None)
    }

    fn draw(&mut self, frame: wgpu::SurfaceTexture, jobs: &[egui::ClippedPrimitive], pixels_per_point: f32) {
        // The picture's own size: the window may have shrunk since the jobs were made, and to paint beside the picture is an
        // error of the device, which is the session's too.
        let screen = &ScreenDescriptor {
            size_in_pixels: [frame.texture.width(), frame.texture.height()],
            pixels_per_point,
        };
        let (device, queue) = (self.gpu.device(), self.gpu.queue());
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut commands = self
            .renderer
            .update_buffers(device, queue, &mut encoder, jobs, screen);
        let view = frame.texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut pass = encoder
            .begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("user interface"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..wgpu::RenderPassDescriptor::default()
            })
            .forget_lifetime();
        self.renderer.render(&mut pass, jobs, screen);
        drop(pass);
        commands.push(encoder.finish());
        queue.submit(commands);
        self.window.pre_present_notify();
        queue.present(frame);
    }
}

fn surface(gpu: &Gpu, window: &Arc<Window>) -> Result<wgpu::Surface<'static>, Error> {
    gpu.instance()
        .create_surface(Arc::clone(window))
        .map_err(|error| Error::Window(error.to_string()))
}

/// How the surface is set up: colours as bytes, which is what egui mixes in.
fn configuration(
    gpu: &Gpu,
    surface: &wgpu::Surface<'_>,
    [width, height]: [u32; 2],
) -> Result<wgpu::SurfaceConfiguration, Error> {
    let none = || Error::Window(format!("{} cannot show pictures there", gpu.report().name));
    let mut config = surface
        .get_default_config(gpu.adapter(), width.max(1), height.max(1))
        .ok_or_else(none)?;
    let formats = surface.get_capabilities(gpu.adapter()).formats;
    let plain = [wgpu::TextureFormat::Bgra8Unorm, wgpu::TextureFormat::Rgba8Unorm];
    if let Some(format) = plain.into_iter().find(|format| formats.contains(format)) {
        config.format = format;
    }
    config.present_mode = wgpu::PresentMode::AutoVsync;
    config.desired_maximum_frame_latency = 1;
    Ok(config)
}
