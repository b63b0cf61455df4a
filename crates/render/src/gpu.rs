use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::objects::Objects;
use crate::window::{WindowMaker, WindowSurface};
use crate::{RenderError, formats};

/// What kind of graphics processor to take.
#[derive(Debug)]
pub struct GpuOptions {
    /// The interfaces to look through; all that the platform has unless said otherwise.
    pub backends: wgpu::Backends,
    /// Which of several adapters: the one that saves power unless said otherwise, for a phone's sake.
    pub power: wgpu::PowerPreference,
    /// Whether an adapter in software will do: [`Software::Allowed`] unless said otherwise.
    pub software: Software,
    /// Where edges of models are smoothed by several samples a pixel: [`Smoothing::Hardware`] unless said otherwise.
    pub smoothing: Smoothing,
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

/// Where frames with models, or with stickers that something hides, have four samples a pixel. Edges of pictures are smooth
/// with one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Smoothing {
    /// On hardware, for which it is little work. In software it is most of a frame's.
    #[default]
    Hardware,
    /// Wherever the adapter can.
    Always,
    /// Nowhere.
    Never,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self {
            backends: wgpu::Backends::PRIMARY | wgpu::Backends::SECONDARY,
            power: wgpu::PowerPreference::LowPower,
            software: Software::Allowed,
            smoothing: Smoothing::Hardware,
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
    /// How many samples a pixel has in frames with models: 4 or 1, as [`Smoothing`] says and the adapter can.
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

struct Shared {
    instance: wgpu::Instance,
    adapter: wgpu::Adapter,
    device: wgpu::Device,
    queue: wgpu::Queue,
    report: GpuReport,
    objects: Objects,
    faults: Arc<Faults>,
}

/// What went wrong on the device, as it told.
#[derive(Default)]
struct Faults {
    lost: Mutex<Option<String>>,
    refused: Mutex<Option<String>>,
}

impl Gpu {
    /// Opens the adapter that fits `options` best, for pictures that no window shows.
    ///
    /// # Errors
    /// [`RenderError::NoAdapter`], [`RenderError::Adapter`].
    pub fn new(options: GpuOptions) -> Result<Self, RenderError> {
        let (choice, instance) = Choice::of(options);
        Self::open(instance, &choice, None)
    }

    /// Opens the adapter that fits `options` best and can show pictures in `window`.
    ///
    /// `width_px` and `height_px` are the window's size in physical pixels; zero, if it is minimised.
    ///
    /// # Errors
    /// As [`Gpu::new`]; [`RenderError::Surface`].
    pub fn with_window(
        options: GpuOptions,
        window: impl Into<WindowMaker>,
        width_px: u32,
        height_px: u32,
    ) -> Result<(Self, WindowSurface), RenderError> {
        let (choice, instance) = Choice::of(options);
        let maker = window.into();
        let surface = maker.make(&instance)?;
        let gpu = Self::open(instance, &choice, Some(&surface))?;
        let window = WindowSurface::new(&gpu, maker, surface, (width_px, height_px))?;
        Ok((gpu, window))
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
        let maker = window.into();
        let surface = maker.make(&self.shared.instance)?;
        WindowSurface::new(self, maker, surface, (width_px, height_px))
    }

    /// What the adapter says of itself.
    #[must_use]
    pub fn report(&self) -> &GpuReport {
        &self.shared.report
    }

    /// Why the device is gone, if it is.
    #[must_use]
    pub fn lost(&self) -> Option<String> {
        locked(&self.shared.faults.lost).clone()
    }

    /// How many objects (textures, buffers, bind groups, pipelines, ...) this crate made on the device so far. A steady
    /// frame makes none, unless it shows in a window, whose picture is another object each time.
    #[must_use]
    pub fn objects_made(&self) -> u64 {
        self.shared.objects.made()
    }

    /// The library's instance, for whoever draws something of their own beside it.
    #[must_use]
    pub fn instance(&self) -> &wgpu::Instance {
        &self.shared.instance
    }

    /// The library's adapter.
    #[must_use]
    pub fn adapter(&self) -> &wgpu::Adapter {
        &self.shared.adapter
    }

    /// The library's device. Whoever destroys it loses it for everybody.
    #[must_use]
    pub fn device(&self) -> &wgpu::Device {
        &self.shared.device
    }

    /// The library's queue. What goes through its `write_buffer` and `write_texture` leaves copies: never face data.
    #[must_use]
    pub fn queue(&self) -> &wgpu::Queue {
        &self.shared.queue
    }

    pub(crate) fn objects(&self) -> &Objects {
        &self.shared.objects
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// What the device complained of since it was last asked.
    ///
    /// # Errors
    /// [`RenderError::Lost`], from then on always; [`RenderError::Refused`], once.
    pub(crate) fn check(&self) -> Result<(), RenderError> {
        if let Some(reason) = self.lost() {
            return Err(RenderError::Lost { reason });
        }
        match locked(&self.shared.faults.refused).take() {
            Some(reason) => Err(RenderError::Refused { reason }),
            None => Ok(()),
        }
    }

    /// Sets up a surface: its first size, or another.
    ///
    /// For an app that shows its own user interface with the device of a session. wgpu's own call wants a device at rest, and
    /// gives up when another thread, such as that of a session, hands it work meanwhile; and what it then says would be taken for
    /// an error of that session. Here it is asked again until it has its way.
    ///
    /// # Errors
    /// [`RenderError::Surface`]: what it said when it was asked for the last time.
    pub fn configure(
        &self,
        surface: &wgpu::Surface<'_>,
        configuration: &wgpu::SurfaceConfiguration,
    ) -> Result<(), RenderError> {
        let mut said = String::new();
        for _ in 0..MOST_ASKED {
            let scope = self.device().push_error_scope(wgpu::ErrorFilter::Validation);
            surface.configure(self.device(), configuration);
            match pollster::block_on(scope.pop()) {
                None => return Ok(()),
                Some(error) => said = error.to_string(),
            }
        }
        Err(RenderError::Surface { reason: said })
    }

    /// Why memory could not be mapped.
    pub(crate) fn trouble(&self) -> RenderError {
        match self.wait() {
            Err(error) => error,
            Ok(()) => RenderError::Refused {
                reason: "memory could not be mapped".to_owned(),
            },
        }
    }

    /// Waits until the device has done all that it was given.
    ///
    /// # Errors
    /// [`RenderError::Stalled`], [`RenderError::Lost`], [`RenderError::Refused`].
    pub(crate) fn wait(&self) -> Result<(), RenderError> {
        let longest = self.longest_frame();
        let waited = self.shared.device.poll(wgpu::PollType::Wait {
            submission_index: None,
            timeout: Some(longest),
        });
        self.check()?;
        match waited {
            Ok(_) => Ok(()),
            Err(wgpu::PollError::Timeout) => Err(RenderError::Stalled {
                expected_ms: longest.as_millis() as u64,
            }),
            Err(error) => Err(RenderError::Refused {
                reason: error.to_string(),
            }),
        }
    }

    /// Waits until the device has told `done`. Who asks it from another thread may be told in our place, and a moment later.
    ///
    /// # Errors
    /// As [`Gpu::wait`].
    pub(crate) fn wait_until(&self, done: impl Fn() -> bool) -> Result<(), RenderError> {
        let start = Instant::now();
        while !done() {
            self.wait()?;
            if start.elapsed() > self.longest_frame() {
                return Err(RenderError::Stalled {
                    expected_ms: self.longest_frame().as_millis() as u64,
                });
            }
            std::thread::yield_now();
        }
        Ok(())
    }

    fn longest_frame(&self) -> Duration {
        if self.report().software {
            LONGEST_IN_SOFTWARE
        } else {
            LONGEST_FRAME
        }
    }

    /// Lets the device tell what it has done, without waiting.
    pub(crate) fn poll(&self) {
        // Trouble is told through the callbacks.
        let _ = self.shared.device.poll(wgpu::PollType::Poll);
    }

    /// 1. Find the adapter.
    /// 2. Ask for a device with no more than OpenGL ES 3.0 offers, but for the sizes of pictures and buffers.
    /// 3. Listen to its complaints, which would be panics otherwise.
    fn open(
        instance: wgpu::Instance,
        choice: &Choice,
        surface: Option<&wgpu::Surface<'_>>,
    ) -> Result<Self, RenderError> {
        let adapter = choice.adapter(&instance, surface)?;
        let info = adapter.get_info();
        let timestamps = choice.timestamps && adapter.features().contains(wgpu::Features::TIMESTAMP_QUERY);
        let offered = adapter.limits();
        let limits = wgpu::Limits {
            max_buffer_size: offered.max_buffer_size,
            ..wgpu::Limits::downlevel_webgl2_defaults().using_resolution(offered)
        };
        let max_side_px = limits.max_texture_dimension_2d;
        let software = info.device_type == wgpu::DeviceType::Cpu;
        let smooth = match choice.smoothing {
            Smoothing::Hardware => !software,
            Smoothing::Always => true,
            Smoothing::Never => false,
        };
        let most = formats::check(&adapter)?;
        let samples = if smooth { most } else { 1 };
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("moretta"),
            required_features: if timestamps {
                wgpu::Features::TIMESTAMP_QUERY
            } else {
                wgpu::Features::empty()
            },
            required_limits: limits,
            memory_hints: wgpu::MemoryHints::MemoryUsage,
            trace: wgpu::Trace::Off,
            ..wgpu::DeviceDescriptor::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| {
            RenderError::Adapter {
                adapter: info.name.clone(),
                expected: "what OpenGL ES 3.0 offers",
                found: error.to_string(),
            }
        })?;
        let faults = Arc::new(Faults::default());
        let told = Arc::clone(&faults);
        device.set_device_lost_callback(move |reason, message| {
            let reason = if message.is_empty() {
                format!("{reason:?}")
            } else {
                message
            };
            locked(&told.lost).get_or_insert(reason);
        });
        let told = Arc::clone(&faults);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            locked(&told.refused).get_or_insert(error.to_string());
        }));
        let report = GpuReport {
            name: info.name,
            backend: info.backend.to_str(),
            driver: info.driver,
            driver_info: info.driver_info,
            software,
            timestamps,
            max_side_px,
            samples,
        };
        let shared = Shared {
            objects: Objects::new(device.clone()),
            instance,
            adapter,
            device,
            queue,
            report,
            faults,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }
}

/// How often a surface is set up before that counts as refused: each time a frame may come in between.
const MOST_ASKED: usize = 30;

/// No frame takes as long: drivers give up on a command after two seconds or so.
const LONGEST_FRAME: Duration = Duration::from_secs(10);

/// In software a pack's first frame compiles its shaders: more than ten seconds were seen on two cores that others used.
const LONGEST_IN_SOFTWARE: Duration = Duration::from_secs(60);

/// The adapter's words.
impl core::fmt::Debug for Gpu {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Gpu").field(self.report()).finish()
    }
}

/// The options that are left once the instance is there.
struct Choice {
    backends: wgpu::Backends,
    power: wgpu::PowerPreference,
    software: Software,
    smoothing: Smoothing,
    timestamps: bool,
}

impl Choice {
    fn of(options: GpuOptions) -> (Self, wgpu::Instance) {
        let GpuOptions {
            backends,
            power,
            software,
            smoothing,
            timestamps,
            validation,
            display,
        } = options;
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
            backends,
            flags: if validation {
                wgpu::InstanceFlags::VALIDATION
            } else {
                wgpu::InstanceFlags::empty()
            },
            display,
            ..wgpu::InstanceDescriptor::new_without_display_handle()
        });
        let choice = Self {
            backends,
            power,
            software,
            smoothing,
            timestamps,
        };
        (choice, instance)
    }

    fn adapter(
        &self,
        instance: &wgpu::Instance,
        surface: Option<&wgpu::Surface<'_>>,
    ) -> Result<wgpu::Adapter, RenderError> {
        let none = |reason: String| RenderError::NoAdapter {
            expected: format!("{:?}", self.backends & wgpu::Instance::enabled_backend_features()),
            reason,
        };
        let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: self.power,
            force_fallback_adapter: self.software == Software::Only,
            compatible_surface: surface,
            ..wgpu::RequestAdapterOptions::default()
        }))
        .map_err(|error| none(error.to_string()))?;
        let info = adapter.get_info();
        if self.software == Software::Refused && info.device_type == wgpu::DeviceType::Cpu {
            return Err(none(format!("{} is software", info.name)));
        }
        Ok(adapter)
    }
}

/// What it holds is whole at any time.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
