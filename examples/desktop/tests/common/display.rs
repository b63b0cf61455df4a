//! A display that shows nothing to anybody, and a user who sees and presses what is there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use image::RgbaImage;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConfigureWindowAux, ConnectionExt as _, ImageFormat,
    KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// Longer than anything here takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(120);

/// An X server without a screen.
pub(crate) struct Display {
    server: Child,
    name: String,
    x: RustConnection,
    root: Window,
}

impl Display {
    pub(crate) fn open() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb: run `cargo xtask setup`");
        let mut number = String::new();
        BufReader::new(server.stdout.as_mut().unwrap())
            .read_line(&mut number)
            .unwrap();
        let name = format!(":{}", number.trim());
        let (x, screen) = RustConnection::connect(Some(&name)).unwrap();
        let root = x.setup().roots[screen].root;
        Self {
            server,
            name,
            x,
            root,
        }
    }

    /// Everything that can be seen.
    pub(crate) fn screenshot(&self) -> RgbaImage {
        let geometry = self.x.get_geometry(self.root).unwrap().reply().unwrap();
        let (width, height) = (geometry.width, geometry.height);
        let image = self
            .x
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, u32::MAX);
        let image = image.unwrap().reply().unwrap();
        let mut rgba = image.data;
        // 24 bits in 32, blue first.
        rgba.as_chunks_mut::<4>().0.iter_mut().for_each(|[b, _, r, a]| {
            std::mem::swap(b, r);
            *a = u8::MAX;
        });
        RgbaImage::from_raw(width.into(), height.into(), rgba).unwrap()
    }

    fn fake(&self, kind: u8, detail: u8, x: i32, y: i32) {
        self.x
            .xtest_fake_input(kind, detail, 0, self.root, x as i16, y as i16, 0)
            .unwrap();
        self.x.sync();
    }

    pub(crate) fn move_to(&self, [x, y]: [i32; 2]) {
        self.fake(MOTION_NOTIFY_EVENT, 0, x, y);
    }

    pub(crate) fn press(&self) {
        self.fake(BUTTON_PRESS_EVENT, 1, 0, 0);
    }

    pub(crate) fn release(&self) {
        self.fake(BUTTON_RELEASE_EVENT, 1, 0, 0);
    }

    pub(crate) fn click(&self, at: [i32; 2]) {
        self.move_to(at);
        // egui looks where the pointer is before it is pressed.
        std::thread::sleep(Duration::from_millis(120));
        self.press();
        std::thread::sleep(Duration::from_millis(60));
        self.release();
    }

    /// A key goes down or up, by its number on a usual keyboard.
    pub(crate) fn key(&self, code: u8, down: bool) {
        self.fake(if down { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT }, code, 0, 0);
    }

    /// The window of this title.
    pub(crate) fn window(&self, title: &str) -> Option<Window> {
        let children = self.x.query_tree(self.root).unwrap().reply().unwrap().children;
        children.into_iter().find(|&window| {
            let name = self
                .x
                .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)
                .unwrap();
            name.reply().is_ok_and(|name| name.value == title.as_bytes())
        })
    }

    pub(crate) fn resize(&self, window: Window, width: u32, height: u32) {
        let change = ConfigureWindowAux::new().width(width).height(height);
        self.x.configure_window(window, &change).unwrap();
        self.x.sync();
    }

    /// Without a window manager a window that is to be seen is mapped, and one that is not is unmapped.
    pub(crate) fn show(&self, window: Window, shown: bool) {
        if shown {
            self.x.map_window(window).unwrap();
        } else {
            self.x.unmap_window(window).unwrap();
        }
        self.x.sync();
    }

    /// Sends a window what its manager sends when the user closes it.
    pub(crate) fn close(&self, window: Window) {
        use x11rb::protocol::xproto::{ClientMessageEvent, EventMask};
        let atom = |name: &[u8]| self.x.intern_atom(false, name).unwrap().reply().unwrap().atom;
        let (protocols, delete) = (atom(b"WM_PROTOCOLS"), atom(b"WM_DELETE_WINDOW"));
        let message = ClientMessageEvent::new(32, window, protocols, [delete, x11rb::CURRENT_TIME, 0, 0, 0]);
        self.x
            .send_event(false, window, EventMask::NO_EVENT, message)
            .unwrap();
        self.x.sync();
    }

    /// Gives the keyboard to a window.
    pub(crate) fn focus(&self, window: Window) {
        use x11rb::protocol::xproto::InputFocus;
        self.x
            .set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)
            .unwrap();
        self.x.sync();
    }
}

trait Sync {
    fn sync(&self);
}

impl Sync for RustConnection {
    /// Waits until the server has done what it was told.
    fn sync(&self) {
        self.get_input_focus().unwrap().reply().unwrap();
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The app in a window of its own display.
pub(crate) struct Running {
    pub(crate) display: Display,
    child: Child,
    lines: Receiver<String>,
    /// Where things are.
    places: BTreeMap<String, [i32; 4]>,
    pub(crate) said: Vec<String>,
    /// How many frames lie behind what the window shows.
    frames: u64,
}

impl Running {
    /// Starts `app` and waits until its window asks for consent.
    pub(crate) fn start(app: &mut Command) -> Self {
        let display = Display::open();
        let mut child = app
            .arg("--tell-layout")
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, lines) = sync_channel(10_000);
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::Builder::new()
            .name("listener".to_owned())
            .spawn(move || {
                for line in out.lines().map_while(Result::ok) {
                    if tell.send(line).is_err() {
                        return;
                    }
                }
            })
            .unwrap();
        let mut running = Self {
            display,
            child,
            lines,
            places: BTreeMap::new(),
            said: Vec::new(),
            frames: 0,
        };
        running.place("consent-from-14");
        let window = running.window();
        running.display.focus(window);
        running
    }

    /// Starts the app, agrees, and waits for the picture.
    pub(crate) fn agreed(app: &mut Command) -> Self {
        let mut running = Self::start(app);
        running.click("consent-from-14");
        running.place("preview");
        running
    }

    pub(crate) fn window(&self) -> Window {
        self.display.window("Moretta").expect("a window")
    }

    /// Takes what the app says until `enough`, or fails.
    fn hear(&mut self, what: &str, enough: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !enough(self) {
            match self.lines.recv_timeout(Duration::from_millis(100)) {
                Ok(line) => self.take(line),
                Err(RecvTimeoutError::Timeout) if start.elapsed() < PATIENCE => {}
                Err(error) => {
                    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("desktop/last.png");
                    let _ = self.display.screenshot().save(&path);
                    let _ = self.child.kill();
                    let mut errors = String::new();
                    let _ = self.child.stderr.take().unwrap().read_to_string(&mut errors);
                    panic!(
                        "no {what} ({error}); there are {:?}; it said {errors}",
                        self.places.keys()
                    );
                }
            }
        }
    }

    fn take(&mut self, line: String) {
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["at", ref name @ .., x, y, width, height] => {
                let place = [x, y, width, height].map(|number| number.parse().unwrap());
                self.places.insert(name.join(" "), place);
            }
            ["gone", ref name @ ..] => _ = self.places.remove(&name.join(" ")),
            ["frames", number] => self.frames = number.parse().unwrap(),
            _ => self.said.push(line),
        }
    }

    /// Where something is: x, y, width, height in pixels of the screen. Waits until it is there.
    pub(crate) fn place(&mut self, name: &str) -> [i32; 4] {
        self.hear(name, |running| running.places.contains_key(name));
        // The window has no frame and lies in the corner, so its pixels are the screen's.
        self.places[name]
    }

    /// Waits until something is no longer there.
    pub(crate) fn gone(&mut self, name: &str) {
        self.hear(&format!("end of {name}"), |running| {
            !running.places.contains_key(name)
        });
    }

    /// Waits for a line that begins so.
    pub(crate) fn line(&mut self, start: &str) -> String {
        let begins = |line: &&String| line.starts_with(start);
        self.hear(start, |running| {
            running.said.iter().any(|line| line.starts_with(start))
        });
        self.said.iter().find(begins).unwrap().clone()
    }

    /// Waits until the window shows frames that were begun after this call: three more than now, as one is being drawn,
    /// one waits, and none of the two may have heard of what was just asked for.
    pub(crate) fn settle(&mut self) {
        // Numbers begin anew with a new consent.
        while let Ok(line) = self.lines.try_recv() {
            self.take(line);
        }
        let enough = self.frames + 4;
        self.hear("frames", |running| running.frames >= enough);
    }

    /// Waits until what is seen at `name` is as wanted, and returns it. What is never so is an error that says how it is.
    pub(crate) fn until(
        &mut self,
        name: &str,
        wanted: &str,
        mut is_so: impl FnMut(&RgbaImage) -> bool,
    ) -> RgbaImage {
        let start = Instant::now();
        loop {
            let seen = self.seen(name);
            if is_so(&seen) {
                return seen;
            }
            if start.elapsed() > PATIENCE {
                let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("desktop/never.png");
                seen.save(&path).unwrap();
                panic!("{name} is never {wanted}: see {}", path.display());
            }
            self.pause(Duration::from_millis(50));
        }
    }

    /// Takes what the app says for a moment, so that it is never kept from saying more.
    pub(crate) fn pause(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            match self.lines.recv_timeout(left) {
                Ok(line) => self.take(line),
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => panic!("the app has ended"),
            }
        }
    }

    /// Asks the window to close, as its frame's button does, and returns how the app ended.
    pub(crate) fn close(&mut self) -> std::process::ExitStatus {
        let window = self.window();
        self.display.close(window);
        self.end()
    }

    /// Waits for the app's end.
    pub(crate) fn end(&mut self) -> std::process::ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it goes on");
            while self.lines.try_recv().is_ok() {}
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn click(&mut self, name: &str) {
        let [x, y, width, height] = self.place(name);
        self.display.click([x + width / 2, y + height / 2]);
    }

    /// Presses at one place, moves to another, and lets go; after each the window shows frames, so that it has heard of it.
    pub(crate) fn drag(&mut self, from: [i32; 2], to: [i32; 2]) {
        self.display.move_to(from);
        self.settle();
        self.display.press();
        self.settle();
        self.display.move_to(to);
        self.settle();
        self.display.release();
    }

    /// What is seen at `name`.
    pub(crate) fn seen(&mut self, name: &str) -> RgbaImage {
        let [x, y, width, height] = self.place(name).map(|number| number as u32);
        let whole = self.display.screenshot();
        image::imageops::crop_imm(&whole, x, y, width, height).to_image()
    }

    pub(crate) fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Has the app miss what `meanwhile` does, as a busy machine does.
    pub(crate) fn asleep(&self, meanwhile: impl FnOnce()) {
        let signal = |name: &str| {
            let kill = format!("kill -{name} {}", self.child.id());
            assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        };
        signal("STOP");
        meanwhile();
        signal("CONT");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
