//! The window's life: winit's events in, orders to the thread that draws, egui's shapes out.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use moretta::Consent;
use winit::application::ApplicationHandler;
use winit::event::{StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::window::WindowId;

use crate::args::{Args, Consenting};
use crate::desk::{Desk, Wishes};
use crate::effects::Effects;
use crate::export::Export;
use crate::live::{Given, Live};
use crate::news::{Order, Pause};
use crate::screen::Screen;
use crate::studio::Studio;
use crate::{Error, lockdown, theme};

const TITLE: &str = "Moretta";
/// The window's size at the start, in points.
const SIZE: [f64; 2] = [1240.0, 780.0];

/// There is something new to show.
#[derive(Debug)]
struct News;

/// Opens the window and returns when it is closed.
///
/// # Errors
/// Those of the first step that fails; later trouble is shown in the window.
pub(crate) fn run(args: Args) -> Result<(), Error> {
    let exports = args
        .exports
        .iter()
        .map(|path| Export::create(path))
        .collect::<Result<Vec<_>, _>>()?;
    let effects = Effects::read(&args.effects)?;
    for unsound in &effects.unsound {
        eprintln!("{}: {}", unsound.file, unsound.error);
    }
    let worn = args
        .effect
        .as_deref()
        .map(|name| effects.find(name))
        .transpose()?;
    let failed = |error: winit::error::EventLoopError| Error::Window(error.to_string());
    let event_loop = EventLoop::<News>::with_user_event().build().map_err(failed)?;
    // The display is connected, and there is no second thread yet.
    let landlock = args.lockdown.then(lockdown::shut_files).transpose()?;
    let (args, effects) = (Arc::new(args), Arc::new(effects));
    let mut desk = Desk::new(Arc::clone(&args), Arc::clone(&effects), worn);
    desk.lockdown
        .extend(landlock.map(|words| format!("Landlock: {words}")));
    let context = egui::Context::default();
    theme::apply(&context);
    let mut app = App {
        proxy: event_loop.create_proxy(),
        args,
        effects,
        context,
        desk,
        exports: Arc::new(Mutex::new(exports)),
        studio: Arc::default(),
        screen: None,
        live: None,
        shown: None,
        hidden: false,
        calls_shut: false,
        failed: None,
        next: None,
    };
    event_loop.run_app(&mut app).map_err(failed)?;
    app.failed.map_or(Ok(()), Err)
}

struct App {
    proxy: EventLoopProxy<News>,
    args: Arc<Args>,
    effects: Arc<Effects>,
    context: egui::Context,
    desk: Desk,
    exports: Arc<Mutex<Vec<Export>>>,
    studio: Arc<OnceLock<Studio>>,
    screen: Option<Screen>,
    live: Option<Live>,
    /// Which of the session's textures egui knows, and by what name.
    shown: Option<(u64, egui::TextureId)>,
    hidden: bool,
    calls_shut: bool,
    failed: Option<Error>,
    /// When egui wants to paint again.
    next: Option<Instant>,
}

impl App {
    fn start(&mut self, consenting: Consenting) -> Result<(), Error> {
        let Some(screen) = &self.screen else {
            return Ok(());
        };
        let given = Given {
            args: Arc::clone(&self.args),
            effects: Arc::clone(&self.effects),
            gpu: screen.gpu.clone(),
            studio: Arc::clone(&self.studio),
            exports: Arc::clone(&self.exports),
        };
        let proxy = self.proxy.clone();
        // With the event loop gone there is nobody to wake.
        let wake = move || drop(proxy.send_event(News));
        let live = Live::start(
            given,
            Consent::given(consenting.age_band()),
            self.desk.wear(),
            wake,
        )?;
        for order in [
            Order::Mirror(self.desk.mirror),
            Order::Disclose(self.desk.disclose),
            Order::Pause(Pause::Hidden, self.hidden),
        ] {
            live.order(order);
        }
        self.desk.paused = false;
        self.live = Some(live);
        Ok(())
    }

    /// Does what the user asked for.
    fn grant(&mut self, wishes: Wishes, event_loop: &ActiveEventLoop) -> Result<(), Error> {
        if wishes.quit {
            event_loop.exit();
        }
        if wishes.revoke {
            // Waits until everything is wiped.
            self.live = None;
            self.shown = None;
        }
        if let Some(live) = &self.live {
            wishes.orders.into_iter().for_each(|order| live.order(order));
        }
        match wishes.consent {
            Some(consenting) => self.start(consenting),
            None => Ok(()),
        }
    }

    fn paint(&mut self, event_loop: &ActiveEventLoop) -> Result<(), Error> {
        let news = self.live.as_ref().map(Live::news);
        let Some(screen) = &mut self.screen else {
            return Ok(());
        };
        load_thumbnails(&mut self.desk, &self.context);
        if let Some(picture) = news.as_ref().and_then(|news| news.picture.as_ref())
            && self.shown.is_none_or(|(serial, _)| serial != picture.serial)
        {
            self.shown = Some((picture.serial, screen.show(&picture.view)));
        }
        let texture = self.shown.map(|(_, texture)| texture);
        let (desk, mut wishes) = (&mut self.desk, Wishes::default());
        let delay = screen.paint(&self.context, |ui| {
            // egui may lay out twice; what was pressed is told once.
            let pass = desk.ui(ui, news.as_ref(), texture);
            wishes.orders.extend(pass.orders);
            wishes.consent = wishes.consent.or(pass.consent);
            wishes.revoke |= pass.revoke;
            wishes.quit |= pass.quit;
        })?;
        for line in self.desk.layout.changes() {
            println!("{line}");
        }
        if self.args.tell_layout {
            // With this many frames behind it this is what the window shows from now on.
            println!("frames {}", news.as_ref().map_or(0, |news| news.frames));
        }
        self.next = Instant::now().checked_add(delay);
        if delay.is_zero() {
            screen.window.request_redraw();
        }
        if news.is_some_and(|news| news.frames > 0) {
            self.shut_calls()?;
        }
        self.grant(wishes, event_loop)
    }

    /// Once a picture is there everything that needs a file or a socket has been opened.
    fn shut_calls(&mut self) -> Result<(), Error> {
        if !self.args.lockdown || self.calls_shut {
            return Ok(());
        }
        lockdown::shut_calls(true)?;
        self.calls_shut = true;
        self.desk.lockdown.push("seccomp: on every thread".to_owned());
        let Some(file) = &self.args.self_test else {
            return Ok(());
        };
        let attempts = lockdown::attempts(file);
        for attempt in &attempts {
            println!("self-test {}", attempt.words());
        }
        match attempts.iter().filter(|attempt| attempt.result.is_ok()).count() {
            0 => Ok(()),
            done => Err(Error::SelfTest { done }),
        }
    }

    /// A window that nobody sees needs no camera.
    fn hide(&mut self, hidden: bool) {
        if hidden != self.hidden {
            self.hidden = hidden;
            if let Some(live) = &self.live {
                live.order(Order::Pause(Pause::Hidden, hidden));
            }
        }
    }

    /// Ends the program with an error.
    fn check(&mut self, result: Result<(), Error>, event_loop: &ActiveEventLoop) {
        if let Err(error) = result {
            self.failed.get_or_insert(error);
            event_loop.exit();
        }
    }
}

/// Brings the pictures of the list to egui, a few with each pass, so that the window is there at once.
fn load_thumbnails(desk: &mut Desk, context: &egui::Context) {
    let missing = desk.thumbnails.iter_mut().zip(&desk.effects.entries);
    for (texture, entry) in missing.filter(|(texture, _)| texture.is_none()) {
        if let Some(thumbnail) = &entry.thumbnail {
            let image = egui::ColorImage::from_rgba_unmultiplied(thumbnail.size, &thumbnail.rgba);
            *texture = Some(context.load_texture(&entry.stem, image, egui::TextureOptions::LINEAR));
        }
    }
}

impl ApplicationHandler<News> for App {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.screen.is_none() {
            match Screen::open(event_loop, TITLE, SIZE, &self.context) {
                Ok(screen) => self.screen = Some(screen),
                Err(error) => self.check(Err(error), event_loop),
            }
        }
    }

    fn new_events(&mut self, _event_loop: &ActiveEventLoop, cause: StartCause) {
        if let (StartCause::ResumeTimeReached { .. }, Some(screen)) = (cause, &self.screen) {
            screen.window.request_redraw();
        }
    }

    fn user_event(&mut self, _event_loop: &ActiveEventLoop, _: News) {
        if let Some(screen) = &self.screen {
            screen.window.request_redraw();
        }
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        if screen.on_event(&event) {
            screen.window.request_redraw();
        }
        match event {
            WindowEvent::CloseRequested => event_loop.exit(),
            WindowEvent::Resized(size) => {
                let resized = screen.resize(size.width, size.height);
                let hidden = !screen.has_size();
                self.check(resized, event_loop);
                self.hide(hidden);
            }
            WindowEvent::Occluded(occluded) => {
                let hidden = occluded || !screen.has_size();
                self.hide(hidden);
            }
            WindowEvent::RedrawRequested => {
                let painted = self.paint(event_loop);
                self.check(painted, event_loop);
            }
            _ => {}
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        event_loop.set_control_flow(match self.next {
            Some(next) if next > Instant::now() + Duration::from_millis(1) => ControlFlow::WaitUntil(next),
            _ => ControlFlow::Wait,
        });
    }

    fn exiting(&mut self, _event_loop: &ActiveEventLoop) {
        // Wiped before the window goes.
        self.live = None;
        self.shown = None;
        self.screen = None;
    }
}
