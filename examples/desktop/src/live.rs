//! The thread that owns source and session while there is a window: frames in, the finished picture into a texture.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use moretta::{
    Consent, Donor, Gpu, LoadedEffect, Output, Placement, Policy, Revocation, Session, Ticket, wipe_all,
};
use moretta_capture::{CaptureError, Repeat};

use crate::Error;
use crate::args::{Args, SourceArg};
use crate::composite::{Composite, FORMAT};
use crate::donor::Photo;
use crate::effects::{Effects, Entry};
use crate::export::{ClipFile, Export, Finished};
use crate::news::{Dress, ExportNews, FACES, News, Order, Outfit, Pause, State};
use crate::pace::{Pace, Rate};
use crate::sources::{self, Opened, USUAL_FRAME_NS};
use crate::studio::{Studio, Wish, with_policy};

/// Orders that may wait: more than a slider gives while networks are loaded. Who gives more waits.
const ORDERS: usize = 256;

/// How long a clip from the window is.
pub(crate) const CLIP_FRAMES: u32 = 75;

/// How often numbers are told.
const NUMBERS_EVERY: Duration = Duration::from_millis(250);

/// How long is waited for a frame's end before orders are looked at.
const GLANCE: Duration = Duration::from_millis(4);

/// What the thread is given.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) args: Arc<Args>,
    pub(crate) effects: Arc<Effects>,
    pub(crate) gpu: Gpu,
    /// Filled by the first thread; the next need not load anew.
    pub(crate) studio: Arc<OnceLock<Studio>>,
    /// The files that the user named at the start.
    pub(crate) exports: Arc<Mutex<Vec<Export>>>,
}

/// A running thread, under a person's consent. Dropping it takes the consent back and waits until all is wiped.
pub(crate) struct Live {
    orders: SyncSender<Order>,
    news: Arc<Mutex<News>>,
    revocation: Revocation,
    thread: Option<JoinHandle<()>>,
}

impl Live {
    /// Starts the thread. `wake` is called when there is something new to show.
    ///
    /// # Errors
    /// [`Error::Thread`].
    pub(crate) fn start(
        given: Given,
        consent: Consent,
        wear: Order,
        wake: impl Fn() + Send + 'static,
    ) -> Result<Self, Error> {
        let (orders, inbox) = sync_channel(ORDERS);
        let news = Arc::new(Mutex::new(News::default()));
        let revocation = consent.revocation();
        let told = Arc::clone(&news);
        let thread = std::thread::Builder::new()
            .name("live".to_owned())
            .spawn(move || {
                let desk = Desk {
                    inbox,
                    news: told,
                    wake: Box::new(wake),
                };
                let failed = match Worker::open(given, consent, wear, &desk) {
                    Ok(mut worker) => {
                        worker.run(&desk);
                        return;
                    }
                    Err(error) => error,
                };
                desk.tell(|news| {
                    news.state = State::Failed;
                    news.trouble = Some(failed.to_string());
                });
            })
            .map_err(Error::Thread)?;
        Ok(Self {
            orders,
            news,
            revocation,
            thread: Some(thread),
        })
    }

    /// Asks for something. A thread that has ended hears nothing, and its news say why.
    pub(crate) fn order(&self, order: Order) {
        let _ = self.orders.send(order);
    }

    pub(crate) fn news(&self) -> News {
        let mut news = locked(&self.news).clone();
        let ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        if ended && news.state != State::Failed {
            // Nothing but a panic ends it before it is told to.
            news.state = State::Failed;
            news.trouble = Some("the thread that draws has ended because of a fault".to_owned());
        }
        news
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // First, as it does not wait for the orders before it.
        self.revocation.revoke();
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was told when it happened.
            let _ = thread.join();
        }
    }
}

/// What it holds is whole at any time.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread's side of what is told and asked.
struct Desk {
    inbox: Receiver<Order>,
    news: Arc<Mutex<News>>,
    wake: Box<dyn Fn()>,
}

impl Desk {
    fn tell(&self, change: impl FnOnce(&mut News)) {
        change(&mut locked(&self.news));
        (self.wake)();
    }
}

/// What the user set, to be set again in a new session.
#[derive(Default)]
struct Wardrobe {
    outfit: Outfit,
    mirror: bool,
    comparing: bool,
}

struct Worker {
    given: Given,
    consent: Consent,
    studio: Studio,
    wish: Wish,
    policy: Policy,
    session: Session,
    photo: Option<Photo>,
    donor: Option<Donor>,
    source: Option<Opened>,
    composite: Option<Composite>,
    serial: u64,
    /// Effects that lie on the device, by their place in the list.
    loaded: Vec<Option<LoadedEffect>>,
    wardrobe: Wardrobe,
    asked: bool,
    hidden: bool,
    failed: bool,
    pace: Pace,
    rate: Rate,
    told: Instant,
    submitted: Option<Ticket>,
    ended: Option<Ticket>,
    export: Option<Recording>,
    finished: Finished,
}

/// Draws the first frame into memory that is thrown away. That makes what frames of its size need, and so shows whether
/// all of it is protected; without an effect that follows a face, the networks' share is not seen.
fn rehearse(session: &mut Session, opened: &mut Opened, worn: Option<&Entry>) -> Result<(), Error> {
    if let Some(entry) = worn {
        let effect = session.load(&entry.effect)?;
        session.wear(Some(&effect));
    }
    let live = opened.source.info().live;
    let mut picture = opened.source.next_frame()?.ok_or(Error::NoFrame)?;
    let layout = *picture.layout();
    let sensor = layout.sensor_size().map_err(moretta::Error::from)?;
    let upright = layout.orientation.upright(sensor);
    let mut finished = Finished::default();
    finished.resize([upright.width(), upright.height()]);
    let output = Output::rgba(&mut finished.rgba, upright.width());
    session.process(&layout, picture.frame()?, output)?;
    drop(picture);
    if !live {
        opened.source.rewind()?;
    }
    Ok(())
}

/// Sets an input of what everyone wears, or of what a slot does.
fn set(session: &mut Session, slot: Option<usize>, input: &str, value: f32) -> Result<(), Error> {
    match slot {
        None => session.set(input, value)?,
        Some(slot) => session.set_on(slot, input, value)?,
    }
    Ok(())
}

/// An export under way.
struct Recording {
    /// Its place in [`Given::exports`].
    place: usize,
    clip: Option<ClipFile>,
}

impl Worker {
    /// Opens everything, and draws a first frame that nobody sees.
    fn open(given: Given, consent: Consent, wear: Order, desk: &Desk) -> Result<Self, Error> {
        let studio = match given.studio.get() {
            Some(studio) => studio.clone(),
            None => {
                let studio = Studio::open(&given.gpu)?;
                given.studio.get_or_init(|| studio).clone()
            }
        };
        let (args, effects) = (Arc::clone(&given.args), Arc::clone(&given.effects));
        let worn = match &wear {
            Order::Wear(outfit) => outfit.everyone.effect.map(|place| &effects.entries[place]),
            _ => None,
        };
        let wish = Wish {
            quality: args.quality,
            disclose_presence: args.disclose_presence,
        };
        let mut photo = args.donor.as_deref().map(Photo::open).transpose()?;
        let ((session, source, policy), fell_back) = with_policy(args.best_effort, |policy| {
            let mut session = studio.session(&consent, wish, policy)?;
            let mut source = sources::open(&args, Repeat::Forever, policy)?;
            // A donor takes memory too: whether that is protected is seen at once.
            let donor = photo.as_mut().map(|photo| photo.give(&mut session));
            drop(donor.transpose()?);
            rehearse(&mut session, &mut source, worn)?;
            Ok((session, source, policy))
        })?;
        let mut worker = Self {
            loaded: given.effects.entries.iter().map(|_| None).collect(),
            wardrobe: Wardrobe {
                mirror: args.mirror,
                ..Wardrobe::default()
            },
            given,
            consent,
            studio,
            wish,
            policy,
            session,
            photo,
            donor: None,
            source: Some(source),
            composite: None,
            serial: 0,
            asked: false,
            hidden: false,
            failed: false,
            pace: Pace::default(),
            rate: Rate::default(),
            told: Instant::now(),
            submitted: None,
            ended: None,
            export: None,
            finished: Finished::default(),
        };
        worker.obey(wear, desk)?;
        let keeps_copies = worker
            .source
            .as_ref()
            .and_then(|opened| opened.source.info().keeps_copies);
        desk.tell(|news| {
            news.state = State::Live;
            news.policy = Some(policy);
            news.keeps_copies = keeps_copies;
            news.fell_back = fell_back;
        });
        Ok(worker)
    }

    fn run(&mut self, desk: &Desk) {
        loop {
            let order = if self.stands() {
                desk.inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.wait(desk)
            };
            let done = match order {
                Ok(Order::Stop) | Err(RecvTimeoutError::Disconnected) => return self.give_up(desk),
                Ok(order) => self.obey(order, desk),
                Err(RecvTimeoutError::Timeout) => self.frame(),
            };
            if let Err(error) = done {
                self.fail(&error, desk);
            }
        }
    }

    /// Half a clip is no clip: its file is emptied.
    fn give_up(&mut self, desk: &Desk) {
        let Some(Recording { place, clip: Some(_) }) = self.export.take() else {
            return;
        };
        if let Err(error) = locked(&self.given.exports)[place].empty() {
            desk.tell(|news| news.export = Some(ExportNews::Failed(error.to_string())));
        }
    }

    /// Whether no frames are looked at.
    fn stands(&self) -> bool {
        self.asked || self.hidden || self.failed
    }

    /// Waits until the next frame is due or an order comes; tells of frames that end meanwhile.
    fn wait(&mut self, desk: &Desk) -> Result<Order, RecvTimeoutError> {
        loop {
            while let Some(end) = self.session.poll(Duration::ZERO) {
                self.ended = Some(end.ticket);
                self.learn(end.result, desk);
            }
            if self.failed {
                return Err(RecvTimeoutError::Timeout);
            }
            let left = self.pace.left(Instant::now());
            let patience = if self.submitted > self.ended {
                left.min(GLANCE)
            } else {
                left
            };
            match desk.inbox.recv_timeout(patience) {
                Err(RecvTimeoutError::Timeout) if patience < left => {}
                other => return other,
            }
        }
    }

    /// Hands the source's next frame to the session.
    fn frame(&mut self) -> Result<(), Error> {
        if self.failed {
            return Ok(());
        }
        // A session that is new, or was paused or wiped, has none.
        let there = self.donor.as_ref().is_some_and(Donor::is_there);
        if let Some(photo) = self.photo.as_mut().filter(|_| !there) {
            self.donor = Some(photo.give(&mut self.session)?);
        }
        let opened = match &mut self.source {
            Some(opened) => opened,
            none => none.insert(sources::open(&self.given.args, Repeat::Forever, self.policy)?),
        };
        let source = &mut opened.source;
        let Some(mut picture) = source.next_frame()? else {
            source.rewind()?;
            return Ok(());
        };
        let layout = *picture.layout();
        let sensor = layout.sensor_size().map_err(moretta::Error::from)?;
        let upright = layout.orientation.upright(sensor);
        let size = [upright.width(), upright.height()];
        if self
            .composite
            .as_ref()
            .is_none_or(|composite| composite.size() != size)
        {
            self.serial += 1;
            self.composite = Some(Composite::new(&self.given.gpu, size, self.serial));
        }
        let Some(composite) = &self.composite else {
            return Ok(());
        };
        let output = Output::Texture {
            view: composite.view(),
            format: FORMAT,
            size_px: (size[0], size[1]),
            placement: Placement {
                mirror: self.wardrobe.mirror,
                ..Placement::default()
            },
        };
        let frame = picture.frame()?;
        self.submitted = Some(self.session.submit(&layout, frame, output)?);
        drop(picture);
        let info = source.info();
        // A camera's frames come when they are taken.
        let until_next = if info.live {
            0
        } else {
            info.frame_ns.unwrap_or(USUAL_FRAME_NS)
        };
        self.pace.step(Instant::now(), Duration::from_nanos(until_next));
        Ok(())
    }

    /// Tells of a frame that has ended, and exports it if that was asked for.
    fn learn(&mut self, result: Result<moretta::Processed, moretta::Error>, desk: &Desk) {
        let processed = match result {
            Ok(processed) => processed,
            Err(error) => return self.fail(&error.into(), desk),
        };
        let export = self.export.take().map(|recording| match self.record(recording) {
            Ok((recording, told)) => {
                self.export = recording;
                told
            }
            Err(error) => ExportNews::Failed(error.to_string()),
        });
        let now = Instant::now();
        self.rate.learn(now);
        let numbers = (now.duration_since(self.told) >= NUMBERS_EVERY).then(|| {
            self.told = now;
            (self.session.statistics(), self.session.protection())
        });
        let shown = self.composite.as_ref().map(Composite::shown);
        let rate = self.rate.per_second();
        desk.tell(|news| {
            news.state = State::Live;
            news.trouble = None;
            news.frames += 1;
            news.frames_per_second = rate;
            news.presence = processed.presence;
            news.picture = shown;
            if let Some((statistics, protection)) = numbers {
                news.statistics = Some(statistics);
                news.protection = Some(protection);
            }
            if export.is_some() {
                news.export = export;
            }
        });
    }

    /// Writes the picture that has just been finished. Returns what is left to do, and what to tell.
    fn record(&mut self, mut recording: Recording) -> Result<(Option<Recording>, ExportNews), Error> {
        let Some(composite) = &self.composite else {
            return Err(Error::NoFrame);
        };
        composite.read(&mut self.finished)?;
        let done = self.write(&mut recording);
        self.finished.wipe();
        let told = done?;
        let more = matches!(told, ExportNews::Recording { .. });
        Ok((more.then_some(recording), told))
    }

    /// Writes what was read back.
    fn write(&self, recording: &mut Recording) -> Result<ExportNews, Error> {
        let mut exports = locked(&self.given.exports);
        let export = &mut exports[recording.place];
        let done = ExportNews::Done(export.path().to_owned());
        if !export.kind().is_clip() {
            export.write_photo(&self.finished)?;
            return Ok(done);
        }
        let mut clip = match recording.clip.take() {
            Some(clip) => clip,
            None => export.start_clip(self.finished.size, CLIP_FRAMES)?,
        };
        let duration_ns = self
            .source
            .as_ref()
            .and_then(|opened| opened.source.info().frame_ns);
        if clip.push(&self.finished, duration_ns.unwrap_or(USUAL_FRAME_NS))? {
            let told = ExportNews::Recording { left: clip.left() };
            recording.clip = Some(clip);
            return Ok(told);
        }
        clip.finish()?;
        Ok(done)
    }

    fn obey(&mut self, order: Order, desk: &Desk) -> Result<(), Error> {
        match order {
            Order::Wear(outfit) => {
                self.wardrobe.outfit = outfit;
                self.failed = false;
                self.dress()?;
            }
            Order::Set(slot, input, value) => {
                if !self.wardrobe.comparing {
                    set(&mut self.session, slot, &input, value)?;
                }
                let Some(dress) = self.wardrobe.outfit.of(slot) else {
                    return Ok(());
                };
                match dress.set.iter_mut().find(|(name, _)| *name == input) {
                    Some((_, old)) => *old = value,
                    None => dress.set.push((input, value)),
                }
            }
            Order::Tap => self.session.tap(),
            Order::Mirror(mirror) => self.wardrobe.mirror = mirror,
            Order::Compare(comparing) => {
                self.wardrobe.comparing = comparing;
                self.dress()?;
            }
            Order::Pause(why, on) => self.pause(why, on, desk)?,
            Order::Wipe => self.wipe(desk)?,
            Order::Disclose(disclose) if disclose == self.wish.disclose_presence => {}
            Order::Disclose(disclose) => {
                self.wish.disclose_presence = disclose;
                self.renew(desk)?;
            }
            Order::Export(path) => self.start_export(&path, desk),
            Order::Stop => {}
        }
        Ok(())
    }

    /// Puts on what the user chose, as the user set it.
    fn dress(&mut self) -> Result<(), Error> {
        if self.wardrobe.comparing {
            self.session.wear(None);
            for slot in 0..FACES {
                self.session.wear_as_everyone(slot)?;
            }
            return Ok(());
        }
        let Outfit { everyone, own } = self.wardrobe.outfit.clone();
        self.put_on(None, &everyone)?;
        for (slot, own) in own.iter().enumerate() {
            match own {
                Some(dress) => self.put_on(Some(slot), dress)?,
                None => self.session.wear_as_everyone(slot)?,
            }
        }
        Ok(())
    }

    /// Puts a dress on everyone, or on a slot.
    fn put_on(&mut self, slot: Option<usize>, dress: &Dress) -> Result<(), Error> {
        let effect = match dress.effect {
            None => None,
            Some(place) => Some(match &mut self.loaded[place] {
                Some(effect) => &*effect,
                none => none.insert(self.session.load(&self.given.effects.entries[place].effect)?),
            }),
        };
        match slot {
            None => self.session.wear(effect),
            Some(slot) => self.session.wear_on(slot, effect)?,
        }
        for (input, value) in &dress.set {
            set(&mut self.session, slot, input, *value)?;
        }
        Ok(())
    }

    fn pause(&mut self, why: Pause, on: bool, desk: &Desk) -> Result<(), Error> {
        let stood = self.stands();
        match why {
            Pause::Asked => self.asked = on,
            Pause::Hidden => self.hidden = on,
        }
        if !on {
            self.failed = false;
        }
        match (stood, self.stands()) {
            (false, true) => {
                self.session.pause()?;
                self.forget(desk);
                desk.tell(|news| news.state = State::Paused);
            }
            (true, false) => {
                self.session.resume()?;
                self.pace = Pace::default();
                desk.tell(|news| {
                    news.state = State::Live;
                    news.trouble = None;
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Wipes every session and every source of the process. A file is read anew after that.
    fn wipe(&mut self, desk: &Desk) -> Result<(), Error> {
        wipe_all();
        if matches!(self.given.args.source, SourceArg::File(_)) {
            self.source = None;
        }
        self.forget(desk);
        Ok(())
    }

    /// What the app itself still has of the last picture, and notes when it was that everything was wiped.
    fn forget(&mut self, desk: &Desk) {
        // An off-screen camera takes nobody's picture. Locked in, the process could not open it again.
        let live = self
            .source
            .as_ref()
            .is_some_and(|opened| opened.source.info().live);
        if live && self.stands() && !self.given.args.lockdown {
            self.source = None;
        }
        // What was handed over before is not shown any more, and no error if it was cut off.
        while self.session.poll(Duration::ZERO).is_some() {}
        (self.submitted, self.ended) = (None, None);
        if let Some(composite) = &self.composite {
            composite.clear();
        }
        self.finished.wipe();
        self.rate = Rate::default();
        let (statistics, protection) = (self.session.statistics(), self.session.protection());
        desk.tell(|news| {
            news.wiped = Some(Instant::now());
            news.presence = None;
            news.picture = None;
            news.statistics = Some(statistics);
            news.protection = Some(protection);
        });
    }

    /// A new session, for what cannot be changed in one.
    fn renew(&mut self, desk: &Desk) -> Result<(), Error> {
        self.session = self.studio.session(&self.consent, self.wish, self.policy)?;
        self.dress()?;
        if self.stands() {
            self.session.pause()?;
        }
        self.forget(desk);
        Ok(())
    }

    /// Begins an export with the next picture. A file that was not named at the start is made now.
    fn start_export(&mut self, path: &std::path::Path, desk: &Desk) {
        let mut exports = locked(&self.given.exports);
        let known = exports.iter().position(|export| export.path() == path);
        let place = known.map_or_else(
            || {
                exports.push(Export::create(path)?);
                Ok(exports.len() - 1)
            },
            Ok::<_, Error>,
        );
        drop(exports);
        match place {
            Ok(place) => self.export = Some(Recording { place, clip: None }),
            Err(error) => desk.tell(|news| news.export = Some(ExportNews::Failed(error.to_string()))),
        }
    }

    /// Stands still and says why. A source that was wiped is opened anew instead.
    fn fail(&mut self, error: &Error, desk: &Desk) {
        if matches!(error, Error::Capture(CaptureError::Wiped)) {
            self.source = None;
            return;
        }
        self.failed = true;
        eprintln!("error: {error}");
        desk.tell(|news| {
            news.state = State::Failed;
            news.trouble = Some(error.to_string());
        });
    }
}
