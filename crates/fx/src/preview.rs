//! `moretta-fx preview`: a pack in a window, read anew whenever it is saved.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use image::{Rgba, RgbaImage};
use moretta::{
    Device, Effect, Gpu, GpuOptions, Output, Pack, Placement, Quality, Renderer, Session, Window as Shown,
};
use moretta_capture::Repeat;
use moretta_pack::limits::MAX_IMAGE_SIDE;
use moretta_pack::{Asset, Blend, Faces, Fit, Image, MANIFEST_PATH, Node, NodeKind, Texels};
use winit::application::ApplicationHandler;
use winit::dpi::LogicalSize;
use winit::error::{EventLoopError, OsError};
use winit::event::{ElementState, KeyEvent, MouseButton, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::keyboard::{Key, NamedKey};
use winit::window::{Window, WindowId};

use crate::input::{Input, Reel, STILL_FRAME_NS};
use crate::load::{Finding, Found};
use crate::script::Script;
use crate::watch::Watch;
use crate::{Error, studio, text};

/// What to do.
pub(crate) struct Options {
    /// A folder or a `.mask` file.
    pub(crate) pack: PathBuf,
    /// The picture or the clip, as the command line calls it.
    pub(crate) input: String,
    /// What is set, whenever the pack was read.
    pub(crate) script: Script,
    /// Whether to show it as in a mirror.
    pub(crate) mirror: bool,
    /// How many frames to show before the end; without an end, if it is none.
    pub(crate) frames: Option<u64>,
}

/// Shows the pack until the window is closed.
///
/// # Errors
/// [`Error::Usage`], [`Error::Read`], [`Error::Input`], [`Error::Window`], [`Error::Session`]. That the pack is none is no
/// error: it may become one.
pub(crate) fn run(options: Options) -> Result<(), Error> {
    let input = Input::named(&options.input)?;
    let reel = input.open(Repeat::Forever)?;
    let size_px = input.size_px()?;
    // That there is something to read, before a window opens.
    Found::at(&options.pack)?;
    let now = Instant::now();
    let mut preview = Preview {
        watch: Watch::new(&options.pack, now),
        options,
        input,
        size_px,
        reel,
        stage: None,
        started: now,
        due_ns: 0,
        shown: 0,
        ended: Ok(()),
    };
    let window = |error: EventLoopError| Error::Window(error.to_string());
    let events = EventLoop::new().map_err(window)?;
    events.run_app(&mut preview).map_err(window)?;
    preview.ended
}

struct Preview {
    options: Options,
    input: Input,
    /// Of the upright frames.
    size_px: (u32, u32),
    reel: Reel,
    watch: Watch,
    stage: Option<Stage>,
    /// When the first frame was due.
    started: Instant,
    /// When the next is, after that.
    due_ns: u64,
    shown: u64,
    ended: Result<(), Error>,
}

/// The window and what is in it.
struct Stage {
    window: Arc<Window>,
    shown: Shown,
    session: Session,
    /// The last effect that could be read.
    good: Effect,
}

impl ApplicationHandler for Preview {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        if self.stage.is_none() {
            let opened = Stage::open(events, self.size_px).and_then(|stage| {
                self.stage = Some(stage);
                self.started = Instant::now();
                self.read()
            });
            self.go_on(events, opened);
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(stage) = &mut self.stage else { return };
        match event {
            WindowEvent::CloseRequested => events.exit(),
            WindowEvent::Resized(size) => {
                stage.shown.resize(size.width, size.height);
                stage.window.request_redraw();
            }
            WindowEvent::MouseInput {
                state: ElementState::Pressed,
                button: MouseButton::Left,
                ..
            } => stage.session.tap(),
            WindowEvent::KeyboardInput {
                event:
                    KeyEvent {
                        logical_key,
                        state: ElementState::Pressed,
                        repeat: false,
                        ..
                    },
                ..
            } => match logical_key.as_ref() {
                Key::Named(NamedKey::Escape) | Key::Character("q") => events.exit(),
                Key::Named(NamedKey::Space) => stage.session.tap(),
                Key::Character("r") => {
                    let read = self.read();
                    self.go_on(events, read);
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Shows what is due, reads what was saved, and sleeps until there is something to do.
    fn about_to_wait(&mut self, events: &ActiveEventLoop) {
        let now = Instant::now();
        if self.watch.changed(now) {
            let read = self.read();
            self.go_on(events, read);
        }
        let next = match self.show() {
            Ok(next) => next,
            Err(error) => return self.go_on(events, Err(error)),
        };
        if self.options.frames.is_some_and(|frames| self.shown >= frames) {
            return events.exit();
        }
        events.set_control_flow(ControlFlow::WaitUntil(next.min(self.watch.next())));
    }
}

impl Preview {
    /// Ends, if something failed that saving the pack again does not mend.
    fn go_on(&mut self, events: &ActiveEventLoop, done: Result<(), Error>) {
        if done.is_err() {
            self.ended = done;
            events.exit();
        }
    }

    /// Reads the pack and wears it; if it is none, the last that was one, under the words of the reader.
    fn read(&mut self) -> Result<(), Error> {
        let Some(stage) = &mut self.stage else {
            return Ok(());
        };
        let path = self.options.pack.display().to_string();
        let read = read(&self.options.pack).and_then(|effect| {
            let loaded = stage.session.load(&effect).map_err(|error| error.to_string())?;
            Ok((effect, loaded))
        });
        let loaded = match read {
            Ok((effect, loaded)) => {
                println!("{path}: shown");
                stage.window.set_title(&format!("{path} - moretta-fx"));
                stage.good = effect;
                loaded
            }
            Err(message) => {
                println!("{path}: broken, the last good version is shown");
                stage.window.set_title(&format!("{path} (broken) - moretta-fx"));
                stage
                    .session
                    .load(&with_message(&stage.good, panel(&message, self.size_px)))?
            }
        };
        stage.session.wear(Some(&loaded));
        if let Err(error) = self.options.script.play().up_to(0, &mut stage.session) {
            // A parameter may come and go while one writes.
            eprintln!("{error}");
        }
        Ok(())
    }

    /// Shows a frame, if one is due. Returns when the next one is.
    fn show(&mut self) -> Result<Instant, Error> {
        let started = self.started;
        let due = |ns| started + Duration::from_nanos(ns);
        let now = Instant::now();
        let Some(stage) = self.stage.as_mut().filter(|_| now >= due(self.due_ns)) else {
            return Ok(due(self.due_ns));
        };
        let frame_ns = self.reel.source.info().frame_ns.unwrap_or(STILL_FRAME_NS);
        for skipped in 0..=MAX_SKIPPED {
            let next = self
                .reel
                .source
                .next_frame()
                .map_err(|error| self.input.error(error))?;
            let Some(mut frame) = next else { break };
            let layout = *frame.layout();
            let late = now.saturating_duration_since(due(layout.timestamp_ns)) > LATE;
            let left_out = late && skipped < MAX_SKIPPED;
            if !left_out {
                let window = &stage.shown;
                let placement = Placement {
                    fit: Fit::Contain,
                    mirror: self.options.mirror,
                };
                let frame = frame.frame().map_err(|error| self.input.error(error.into()))?;
                stage
                    .session
                    .process(&layout, frame, Output::Window { window, placement })?;
                self.shown += 1;
            }
            drop(frame);
            self.due_ns = layout.timestamp_ns + frame_ns;
            if !left_out {
                break;
            }
        }
        Ok(due(self.due_ns))
    }
}

/// A frame that is due for longer is left out, where drawing takes longer than the clip ...
const LATE: Duration = Duration::from_millis(100);
/// ... but no more than so many before one is shown.
const MAX_SKIPPED: u32 = 10;

/// The effect in the pack at `path`, or what to show instead, which has been printed.
fn read(path: &Path) -> Result<Effect, String> {
    let found = Found::at(path).map_err(|error| {
        eprintln!("{error}");
        error.to_string()
    })?;
    let findings = found.findings();
    findings
        .iter()
        .for_each(|finding| eprintln!("{}", finding.in_pack(path)));
    let words = || {
        findings
            .iter()
            .map(Finding::sentence)
            .collect::<Vec<_>>()
            .join("\n")
    };
    found.pack.map(|pack| pack.effect().clone()).map_err(|_| words())
}

impl Stage {
    fn open(events: &ActiveEventLoop, (width, height): (u32, u32)) -> Result<Self, Error> {
        let failed = |error: OsError| Error::Window(error.to_string());
        let attributes = Window::default_attributes()
            .with_title("moretta-fx")
            .with_inner_size(fitting(width, height));
        let window = Arc::new(events.create_window(attributes).map_err(failed)?);
        let size = window.inner_size();
        let opened = Gpu::with_window(
            GpuOptions::default(),
            Arc::clone(&window),
            size.width,
            size.height,
        );
        let (gpu, surface) = opened.map_err(moretta::Error::from)?;
        let renderer = Renderer::new(&gpu).map_err(moretta::Error::from)?;
        Ok(Self {
            window,
            shown: Shown::new(surface),
            session: studio::new_session(None, Device::Shared(renderer), Quality::High)?,
            good: nothing()?,
        })
    }
}

/// The size of a window for frames of `width` by `height`: as large as fits a screen, and not tiny.
fn fitting(width: u32, height: u32) -> LogicalSize<f64> {
    let (width, height) = (f64::from(width), f64::from(height));
    let scale = (960.0 / width).min(720.0 / height).min(3.0);
    LogicalSize::new((width * scale).max(64.0), (height * scale).max(64.0))
}

/// An effect that draws nothing.
fn nothing() -> Result<Effect, Error> {
    const MANIFEST: &str = r#"{"format": "mask", "version": "1.0", "id": "org.moretta.nothing", "name": "Nothing",
        "author": "moretta-fx", "license": "CC0-1.0"}"#;
    let files = [(MANIFEST_PATH.to_owned(), MANIFEST.as_bytes().to_vec())];
    Ok(Pack::from_files(files)
        .map_err(moretta::Error::from)?
        .effect()
        .clone())
}

/// `effect` under a picture as large as the frame.
fn with_message(effect: &Effect, picture: RgbaImage) -> Effect {
    let mut effect = effect.clone();
    let asset = effect.assets.len();
    effect.assets.push(Asset::Image(Image {
        width: picture.width(),
        height: picture.height(),
        texels: Texels::Srgb,
        rgba: picture.into_raw(),
    }));
    effect.nodes.push(Node {
        id: String::new(),
        faces: Faces::All,
        drawn: [true; Quality::ALL.len()],
        kind: NodeKind::Overlay {
            asset,
            fit: Fit::Stretch,
            blend: Blend::Normal,
        },
    });
    effect
}

/// Words on a dark ground at the bottom of an empty picture.
fn panel(message: &str, (width, height): (u32, u32)) -> RgbaImage {
    // As large as an effect's pictures may be; a larger frame stretches it.
    let shrunk = (f64::from(MAX_IMAGE_SIDE) / f64::from(width.max(height))).min(1.0);
    let [width, height] = [width, height].map(|side| ((f64::from(side) * shrunk) as u32).max(1));
    let scale = (width / LINE_PX).max(1);
    let letter = text::SIDE * scale;
    let columns = (width / letter).saturating_sub(2).max(1);
    let lines = text::wrap(message, columns as usize);
    let rows = (height / letter).saturating_sub(2).max(1);
    let lines = &lines[..lines.len().min(rows as usize)];
    let top = height.saturating_sub((lines.len() as u32 + 2) * letter);
    let mut picture = RgbaImage::new(width, height);
    for y in top..height {
        (0..width).for_each(|x| picture.put_pixel(x, y, Rgba([0x60, 0, 0, 0xd8])));
    }
    for (row, line) in (1_u32..).zip(lines) {
        text::write(
            &mut picture,
            [letter, top + row * letter],
            scale,
            Rgba([255; 4]),
            line,
        );
    }
    picture
}

/// Letters are one dot a pixel in frames up to twice this width.
const LINE_PX: u32 = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_lies_at_the_bottom_and_holds_words() {
        let picture = panel(
            "effect.json: /nodes/0/size: a number expected, true found",
            (320, 400),
        );
        assert_eq!(picture.dimensions(), (320, 400));
        let rows = |wanted: fn(&Rgba<u8>) -> bool| {
            let rows = picture
                .enumerate_rows()
                .filter(|(_, row)| row.clone().any(|(_, _, pixel)| wanted(pixel)));
            rows.map(|(y, _)| y).collect::<Vec<_>>()
        };
        let ground = rows(|pixel| pixel.0[3] > 0);
        assert_eq!(*ground.last().unwrap(), 399);
        assert_eq!(ground.len(), 4 * 8, "two lines, and one free above and below");
        let words = rows(|pixel| pixel.0 == [255; 4]);
        assert!(words.iter().all(|y| *y > ground[0] && *y < 399));
        assert!(words.len() > 8);
    }

    #[test]
    fn a_panel_fits_any_frame() {
        let long = "word ".repeat(2000);
        for size in [(1, 1), (10, 3000), (3000, 10), (8000, 6000)] {
            let picture = panel(&long, size);
            assert!(picture.width() <= MAX_IMAGE_SIDE && picture.height() <= MAX_IMAGE_SIDE);
        }
    }

    #[test]
    fn a_message_is_the_last_thing_drawn() {
        let effect = with_message(&nothing().unwrap(), RgbaImage::new(4, 2));
        assert_eq!((effect.nodes.len(), effect.assets.len()), (1, 1));
        assert!(matches!(effect.nodes[0].kind, NodeKind::Overlay { asset: 0, .. }));
    }

    #[test]
    fn windows_are_neither_tiny_nor_larger_than_screens() {
        for (frame, window) in [
            ((320, 400), (576.0, 720.0)),
            ((300, 300), (720.0, 720.0)),
            ((4000, 1000), (960.0, 240.0)),
            ((100, 100), (300.0, 300.0)),
        ] {
            let size = fitting(frame.0, frame.1);
            assert_eq!((size.width.round(), size.height.round()), window, "{frame:?}");
        }
    }
}
