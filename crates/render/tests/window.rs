//! A window shows what was drawn: looked at by a screenshot.
//!
//! It needs an X server. Where there is none but Xvfb is installed, the test starts one and runs again in it; where there
//! is neither, it says that it was skipped.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says where"
)]
#![cfg(target_os = "linux")]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use moretta_golden::Picture;
use moretta_pack::Fit;
use moretta_render::{Gpu, Placement, RenderError, Renderer, Target, WindowMaker, WindowSurface, wgpu};
use winit::application::ApplicationHandler;
use winit::dpi::{PhysicalPosition, PhysicalSize};
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, EventLoop};
use winit::platform::pump_events::EventLoopExtPumpEvents;
use winit::platform::x11::EventLoopBuilderExtX11;
use winit::window::{Window, WindowId};

use common::scenery::drawn;
use common::{Rig, Take, With, on_stage, options};

const SIZE: (u32, u32) = (200, 150);
const OURS: &str = "MORETTA_TEST_XVFB";

/// Whether this process has an X server to test with. If not, another one has tested in one of its own.
fn has_server() -> bool {
    if std::env::var_os(OURS).is_some() {
        return true;
    }
    let server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "640x480x24",
            "-nolisten",
            "tcp",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut server = match server {
        Ok(server) => server,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("1 test skipped: Xvfb is not installed");
            return false;
        }
        Err(error) => panic!("Xvfb: {error}"),
    };
    let mut display = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut display)
        .unwrap();
    let tested = Command::new(std::env::current_exe().unwrap())
        .args(std::env::args_os().skip(1))
        .env("DISPLAY", format!(":{}", display.trim()))
        .env_remove("WAYLAND_DISPLAY")
        .env(OURS, "1")
        .status();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(
        tested.unwrap().success(),
        "the process that tested failed: see above"
    );
    false
}

#[derive(Default)]
struct App {
    window: Option<Arc<Window>>,
    /// A further one, where it is asked for.
    other: Option<Arc<Window>>,
    wants_other: bool,
}

fn open(events: &ActiveEventLoop) -> Arc<Window> {
    let attributes = Window::default_attributes()
        .with_inner_size(PhysicalSize::new(SIZE.0, SIZE.1))
        .with_position(PhysicalPosition::new(0, 0))
        .with_decorations(false);
    Arc::new(events.create_window(attributes).unwrap())
}

impl ApplicationHandler for App {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        self.window = Some(open(events));
    }

    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        if std::mem::take(&mut self.wants_other) {
            self.other = Some(open(events));
        }
    }

    fn window_event(&mut self, _: &ActiveEventLoop, _: WindowId, _: WindowEvent) {}
}

/// Draws a frame into the window and hands the window back, with how often it was shown.
fn show(
    rig: &Rig,
    take: &Take,
    mut surface: WindowSurface,
    placement: Placement,
) -> (WindowSurface, Result<usize, RenderError>) {
    let (layout, camera) = (take.layout, take.camera());
    rig.on_stage(&take.planes, &mut [], move |stage, io, access| {
        let target = Target::Window {
            surface: &mut surface,
            placement,
        };
        let drawn = on_stage(
            stage,
            access,
            &layout,
            io.planes,
            camera,
            &With::default(),
            &mut [target],
        );
        (
            moretta_veil::Outcome::NoFace,
            (surface, drawn.map(|drawn| drawn.presented)),
        )
    })
}

/// A surface that does not keep its window alive, as an app makes one from handles of another toolkit.
fn loose(window: &Arc<Window>) -> WindowMaker {
    let window = Arc::downgrade(window);
    WindowMaker::new(move |instance| match window.upgrade() {
        #[allow(unsafe_code, reason = "the test is about a broken promise")]
        Some(window) => {
            // SAFETY: the window is to outlive the surface. It does not, which X answers with an error, and not with memory
            // that is gone: a window is a number there, and the connection outlives both.
            let target = unsafe { wgpu::SurfaceTargetUnsafe::from_display_and_window(&window, &window) };
            // SAFETY: as before.
            unsafe { instance.create_surface_unsafe(target.unwrap()) }
        }
        None => instance.create_surface(Gone),
    })
}

/// A window that is no more.
struct Gone;

impl wgpu::rwh::HasWindowHandle for Gone {
    fn window_handle(&self) -> Result<wgpu::rwh::WindowHandle<'_>, wgpu::rwh::HandleError> {
        Err(wgpu::rwh::HandleError::Unavailable)
    }
}

impl wgpu::rwh::HasDisplayHandle for Gone {
    fn display_handle(&self) -> Result<wgpu::rwh::DisplayHandle<'_>, wgpu::rwh::HandleError> {
        Err(wgpu::rwh::HandleError::Unavailable)
    }
}

/// The upper left of the screen.
fn screenshot(size: (u32, u32)) -> Option<Picture> {
    std::thread::sleep(Duration::from_millis(300));
    let crop = format!("{}x{}+0+0", size.0, size.1);
    let taken = Command::new("import")
        .args(["-window", "root", "-crop", &crop, "-depth", "8", "rgba:-"])
        .output();
    match taken {
        Ok(taken) => Some(Picture::new(size.0, size.1, taken.stdout).unwrap()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("the look at the screen is skipped: ImageMagick is not installed");
            None
        }
        Err(error) => panic!("import: {error}"),
    }
}

#[test]
fn a_window_shows_what_was_drawn() {
    if common::gpu().is_none() || !has_server() {
        return;
    }
    let mut events = EventLoop::builder()
        .with_x11()
        .with_any_thread(true)
        .build()
        .unwrap();
    let mut app = App::default();
    let mut pump = |app: &mut App| {
        let _ = events.pump_app_events(Some(Duration::from_millis(50)), app);
    };
    pump(&mut app);
    let window = app.window.clone().expect("a window");
    let (gpu, surface) = Gpu::with_window(options(), Arc::clone(&window), SIZE.0, SIZE.1).unwrap();
    let rig = Rig::with(&Renderer::new(&gpu).unwrap());
    assert_eq!(surface.size_px(), SIZE);

    // Pixel by pixel.
    let quarters = |width: u32, height: u32| {
        Take::of(&drawn(width, height, move |x, y| {
            match (x < width / 2, y < height / 2) {
                (true, true) => [200, 30, 40, 255],
                (false, true) => [20, 180, 60, 255],
                (true, false) => [10, 60, 220, 255],
                (false, false) => [128, 128, 128, 255],
            }
        }))
    };
    let take = quarters(SIZE.0, SIZE.1);
    let placement = Placement::default();
    let mut surface = surface;
    let mut presented = Ok(0);
    for _ in 0..3 {
        (surface, presented) = show(&rig, &take, surface, placement);
        pump(&mut app);
    }
    assert!(matches!(presented, Ok(1)), "{presented:?}");
    if let Some(seen) = screenshot(SIZE) {
        for (x, y) in [(20, 20), (180, 20), (20, 130), (180, 130), (99, 74), (100, 75)] {
            let at = (y * SIZE.0 + x) as usize * 4;
            assert_eq!(seen.pixel(x, y)[..3], take.planes[0][at..at + 3], "{x}, {y}");
        }
    }

    // In another size, with bars, mirrored.
    let wide = quarters(100, 25);
    let mirrored = Placement {
        fit: Fit::Contain,
        mirror: true,
    };
    for _ in 0..3 {
        (surface, presented) = show(&rig, &wide, surface, mirrored);
        pump(&mut app);
    }
    assert!(matches!(presented, Ok(1)), "{presented:?}");
    if let Some(seen) = screenshot(SIZE) {
        assert_eq!(seen.pixel(100, 20)[..3], [0, 0, 0], "a bar");
        assert_eq!(seen.pixel(20, 60)[..3], [20, 180, 60]);
        assert_eq!(seen.pixel(180, 60)[..3], [200, 30, 40]);
        assert_eq!(seen.pixel(180, 90)[..3], [10, 60, 220]);
    }

    // A window of another size, and one without.
    let _ = window.request_inner_size(PhysicalSize::new(320, 240));
    for _ in 0..4 {
        pump(&mut app);
    }
    let size = window.inner_size();
    assert_eq!(
        (size.width, size.height),
        (320, 240),
        "without a window manager it is as asked for"
    );
    surface.resize(320, 240);
    for _ in 0..3 {
        (surface, presented) = show(&rig, &quarters(320, 240), surface, placement);
        pump(&mut app);
    }
    assert!(matches!(presented, Ok(1)), "{presented:?}");
    if let Some(seen) = screenshot((320, 240)) {
        assert_eq!(seen.pixel(300, 30)[..3], [20, 180, 60]);
        assert_eq!(seen.pixel(300, 230)[..3], [128, 128, 128]);
    }
    surface.resize(0, 240);
    (surface, presented) = show(&rig, &take, surface, placement);
    assert!(matches!(presented, Ok(0)), "minimised");
    surface.resize(100_000, 240);
    (surface, presented) = show(&rig, &take, surface, placement);
    assert!(matches!(
        presented,
        Err(RenderError::TooLarge {
            what: "the window",
            ..
        })
    ));
    surface.resize(320, 240);
    (surface, presented) = show(&rig, &take, surface, placement);
    assert!(matches!(presented, Ok(1)), "{presented:?}");

    // A window that is destroyed between two pictures.
    app.wants_other = true;
    while app.other.is_none() {
        pump(&mut app);
    }
    let doomed = app.other.take().unwrap();
    let mut lost = gpu.window(loose(&doomed), SIZE.0, SIZE.1).unwrap();
    for _ in 0..3 {
        (lost, presented) = show(&rig, &take, lost, placement);
        pump(&mut app);
    }
    assert!(matches!(presented, Ok(1)), "the control: {presented:?}");
    drop(doomed);
    pump(&mut app);
    for again in 0..3 {
        (lost, presented) = show(&rig, &take, lost, placement);
        assert!(
            matches!(presented, Err(RenderError::Surface { .. })),
            "{again}: {presented:?}"
        );
    }
    // It is told, and nothing else suffers: neither memory, nor another window, nor a new one in its place.
    let picture = rig.draw(&take, &With::default()).unwrap();
    assert_eq!(picture.rgba(), take.planes[0]);
    (surface, presented) = show(&rig, &take, surface, placement);
    assert!(matches!(presented, Ok(1)), "{presented:?}");
    drop(lost);
    app.wants_other = true;
    while app.other.is_none() {
        pump(&mut app);
    }
    let next = app.other.take().unwrap();
    let mut anew = gpu.window(Arc::clone(&next), SIZE.0, SIZE.1).unwrap();
    for _ in 0..3 {
        (anew, presented) = show(&rig, &quarters(SIZE.0, SIZE.1), anew, placement);
        pump(&mut app);
    }
    assert!(matches!(presented, Ok(1)), "{presented:?}");
    if let Some(seen) = screenshot(SIZE) {
        assert_eq!(seen.pixel(20, 20)[..3], [200, 30, 40]);
    }
    drop((anew, next));

    // A window of another device.
    let other = Rig::with(&Renderer::new(&Gpu::new(options()).unwrap()).unwrap());
    let (surface, refused) = show(&other, &take, surface, placement);
    assert!(matches!(
        refused,
        Err(RenderError::OtherDevice { what: "the window" })
    ));

    // A lost device takes its windows along.
    gpu.device().destroy();
    let (surface, lost) = show(&rig, &take, surface, placement);
    assert!(matches!(lost, Err(RenderError::Lost { .. })), "{lost:?}");
    drop(surface);
}
