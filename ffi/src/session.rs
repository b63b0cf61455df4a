//! What a session's handle stands for.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use moretta::{
    AgeBand, Consent, Frame, FrameStore, GuardianConsent, LoadedEffect, Output, Pack, Placement, Presence,
    Processed, Revocation, Shelter, Ticket, Window,
};

use crate::abi::{self, EffectHandle, SessionHandle};
use crate::frame::{Lies, Planes};
use crate::handle::{self, Kind, Registry};
use crate::options::{Parts, Settings};
use crate::{Fault, effect, pass};

static SESSIONS: Registry<handle::Session, Cell> = Registry::new(Kind::Session, "the session");

/// What is alive of this handle.
///
/// # Errors
/// [`Fault::Null`], [`Fault::Handle`].
pub(crate) fn find(handle: SessionHandle) -> Result<Arc<Cell>, Fault> {
    SESSIONS.find(handle)
}

/// Makes a session and gives it a handle.
pub(crate) fn add(settings: Settings, parts: Parts) -> SessionHandle {
    let handle = SESSIONS.add(Cell {
        parts: parts.clone(),
        session: Mutex::new(Some(Session::new(settings, parts))),
        revocation: Mutex::new(None),
    });
    if let Ok(cell) = find(handle) {
        cell.begin_family(handle);
    }
    handle
}

/// Ends the session of this handle, wipes it, and returns when that is done.
///
/// # Errors
/// [`Fault::Handle`].
pub(crate) fn destroy(handle: SessionHandle) -> Result<(), Fault> {
    let Some(cell) = SESSIONS.remove(handle)? else {
        return Ok(());
    };
    // Waits for a call on another thread.
    let session = cell.lock().take();
    drop(session);
    Ok(())
}

/// A session, for one thread at a time, and what any thread may do meanwhile.
pub(crate) struct Cell {
    parts: Parts,
    session: Mutex<Option<Session>>,
    revocation: Mutex<Option<Revocation>>,
}

impl Cell {
    /// The session, for this thread alone.
    ///
    /// # Errors
    /// [`Fault::Busy`].
    pub(crate) fn enter(&self) -> Result<MutexGuard<'_, Option<Session>>, Fault> {
        match self.session.try_lock() {
            Ok(session) => Ok(session),
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(Fault::Busy),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn revocation(&self) -> MutexGuard<'_, Option<Revocation>> {
        self.revocation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A session with a device of its own is the first of its family.
    fn begin_family(&self, own: SessionHandle) {
        if let Some(session) = self.lock().as_mut()
            && session.parts.family.is_null()
        {
            session.parts.family = own;
        }
    }

    /// Its networks and device, for another session.
    ///
    /// # Errors
    /// [`Fault::Busy`].
    pub(crate) fn parts(&self) -> Result<Parts, Fault> {
        let session = self.enter()?;
        Ok(session
            .as_ref()
            .map_or_else(|| self.parts.clone(), |session| session.parts.clone()))
    }

    /// Starts the face thread under the consent of a person of this age band. If there was a consent before, it is revoked.
    ///
    /// # Errors
    /// [`Fault::Value`], [`Fault::Sdk`].
    pub(crate) fn give_consent(&self, session: &mut Session, age_band: u32) -> Result<(), Fault> {
        let age = match age_band {
            abi::AGE_FROM_14 => AgeBand::From14,
            abi::AGE_UNDER_14_WITH_GUARDIAN => AgeBand::Under14(GuardianConsent::given()),
            found => {
                return Err(Fault::Value {
                    what: "the age band",
                    expected: "MORETTA_AGE_FROM_14 or MORETTA_AGE_UNDER_14_WITH_GUARDIAN",
                    found: found.into(),
                });
            }
        };
        self.revoke_consent();
        session.end();
        let consent = Consent::given(age);
        // Before anything starts: whoever takes it back meanwhile is to find it.
        *self.revocation() = Some(consent.revocation());
        session.start(&consent).inspect_err(|_| {
            self.revocation().take();
        })
    }

    /// Takes the consent back, from any thread: returns when everything is wiped.
    pub(crate) fn revoke_consent(&self) {
        let revocation = self.revocation().take();
        if let Some(revocation) = revocation {
            revocation.revoke();
        }
        // What is left of it holds no face. If a call is under way, the next one drops it.
        if let Ok(mut session) = self.enter()
            && let Some(session) = session.as_mut()
        {
            session.end();
        }
    }
}

/// How far a session is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    Paused,
    /// A fault ended it.
    Poisoned,
}

/// A session as C sees it: with or without consent.
pub(crate) struct Session {
    settings: Settings,
    pub(crate) parts: Parts,
    /// There is one while there is consent.
    analysis: Option<Analysis>,
    window: Option<(Window, Placement)>,
    phase: Phase,
    /// For frames that are drawn in place.
    store: Option<FrameStore>,
    /// For frames that pass through.
    shelter: Option<Shelter>,
}

/// What there is while there is consent.
struct Analysis {
    sdk: moretta::Session,
    revocation: Revocation,
    tokens: Tokens,
    /// Ends of submitted frames that were waited for, and not told yet.
    ended: VecDeque<End>,
}

/// What became of a submitted frame.
type End = (abi::Result, Option<Fault>);

/// As many ends as the SDK keeps.
const MOST_ENDS: usize = 4;

impl Analysis {
    /// The oldest end of a submitted frame that was not taken yet; none if nothing is under way, or `patience` is at its end.
    fn take(&mut self, patience: Duration) -> Option<End> {
        let finished = self.sdk.poll(patience)?;
        let (mut result, fault) = match finished.result {
            Ok(processed) => (told(processed), None),
            Err(error) => (abi::Result::EMPTY, Some(Fault::from(error))),
        };
        result.token = self.tokens.take(finished.ticket);
        result.status = fault.as_ref().map_or(abi::STATUS_OK, |fault| fault.status().0);
        Some((result, fault))
    }

    /// Waits until no submitted frame is under way: a window is held by them.
    fn settle(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(3600);
        while let Some(end) = self.take(PATIENCE) {
            self.ended.push_back(end);
            if self.ended.len() > MOST_ENDS {
                self.ended.pop_front();
            }
        }
    }
}

impl Session {
    fn new(settings: Settings, parts: Parts) -> Self {
        Self {
            settings,
            parts,
            analysis: None,
            window: None,
            phase: Phase::Running,
            store: None,
            shelter: None,
        }
    }

    /// Before each call: a consent that was revoked meanwhile is none.
    ///
    /// # Errors
    /// [`Fault::Poisoned`].
    pub(crate) fn begin(&mut self) -> Result<(), Fault> {
        if self.phase == Phase::Poisoned {
            return Err(Fault::Poisoned);
        }
        if self
            .analysis
            .as_ref()
            .is_some_and(|it| it.revocation.is_revoked())
        {
            self.end();
        }
        Ok(())
    }

    /// Ends what there is while there is consent, and wipes it.
    fn end(&mut self) {
        self.analysis = None;
        self.store = None;
    }

    /// After a fault nothing is left to be used, nor to be seen.
    pub(crate) fn poison(&mut self) {
        self.phase = Phase::Poisoned;
        self.end();
        self.window = None;
        self.shelter = None;
    }

    fn start(&mut self, consent: &Consent) -> Result<(), Fault> {
        let sdk = moretta::Session::new(consent, self.settings.options(&self.parts))?;
        if !sdk.protection().is_whole() {
            log::warn!("not every protection that the system offers took hold: see moretta_report");
        }
        let mut analysis = Analysis {
            sdk,
            revocation: consent.revocation(),
            tokens: Tokens::default(),
            ended: VecDeque::new(),
        };
        if self.phase == Phase::Paused {
            analysis.sdk.pause()?;
        }
        self.analysis = Some(analysis);
        Ok(())
    }

    /// The SDK's session.
    ///
    /// # Errors
    /// [`Fault::NoConsent`].
    pub(crate) fn sdk(&mut self) -> Result<&mut moretta::Session, Fault> {
        self.analysis
            .as_mut()
            .map(|it| &mut it.sdk)
            .ok_or(Fault::NoConsent)
    }

    fn analysis(&mut self) -> Result<&mut Analysis, Fault> {
        self.analysis.as_mut().ok_or(Fault::NoConsent)
    }

    fn check_running(&self) -> Result<(), Fault> {
        match self.phase {
            Phase::Running => Ok(()),
            Phase::Paused => Err(Fault::Paused),
            Phase::Poisoned => Err(Fault::Poisoned),
        }
    }

    /// How it is.
    ///
    /// # Errors
    /// [`Fault::NoConsent`], [`Fault::Paused`], [`Fault::Poisoned`].
    pub(crate) fn check(&self) -> Result<(), Fault> {
        self.check_running()?;
        match &self.analysis {
            None => Err(Fault::NoConsent),
            Some(analysis) if analysis.sdk.is_poisoned() => Err(Fault::Poisoned),
            Some(_) => Ok(()),
        }
    }

    /// Draws a frame into the caller's memory. Without consent it passes through as it came.
    ///
    /// # Errors
    /// As `moretta_process`.
    pub(crate) fn process(
        &mut self,
        frame: &abi::Frame,
        picture: &abi::Picture,
    ) -> Result<abi::Result, Fault> {
        self.check_running()?;
        let (layout, order) = (frame.layout()?, picture.order()?);
        let lies = frame.lies_to(picture)?;
        let (row_stride, len) = (picture.row_stride, picture.len);
        let mut data = picture.data;
        let Self {
            settings,
            analysis,
            store,
            shelter,
            ..
        } = self;
        let mut copy = None;
        if lies == Lies::InPlace {
            // The picture is written where the frame lies, so the frame is read from a copy.
            let bytes = frame.bytes()?;
            let [bytes] = *bytes else {
                return Err(Fault::Overlap);
            };
            layout.view(&[bytes]).map_err(moretta::Error::from)?;
            if analysis.is_none() && pass::is_itself(&layout, row_stride, order) {
                return Ok(passed(Duration::ZERO));
            }
            let store = pass::room(store, bytes.len(), settings.policy, settings.backing)?;
            let mut loan = store.lend(bytes.len())?;
            loan.bytes_mut().copy_from_slice(bytes);
            copy = Some(loan);
        }
        let Some(analysis) = analysis else {
            let start = Instant::now();
            let shelter = match shelter {
                Some(shelter) => shelter,
                None => shelter.insert(Shelter::new(settings.policy, settings.backing)?),
            };
            let planes = match &copy {
                Some(loan) => Planes::one(loan.bytes()),
                None => frame.bytes()?,
            };
            let out = data.slice("moretta_picture.data", len)?;
            pass::through(shelter, &layout, &planes, out, row_stride, order)?;
            return Ok(passed(start.elapsed()));
        };
        let all = 0..copy.as_ref().map_or(0, |loan| loan.bytes().len());
        let input = match &mut copy {
            Some(loan) => loan.frame(std::slice::from_ref(&all))?,
            None => Frame::borrowed(frame.bytes()?.iter().copied())?,
        };
        let bytes = data.slice("moretta_picture.data", len)?;
        let output = Output::Memory {
            bytes,
            row_stride,
            order,
        };
        Ok(told(analysis.sdk.process(&layout, input, output)?))
    }

    /// Draws a frame into the surface that is attached.
    ///
    /// # Errors
    /// As `moretta_present`.
    pub(crate) fn present(&mut self, frame: &abi::Frame) -> Result<abi::Result, Fault> {
        self.check()?;
        let layout = frame.layout()?;
        let (window, placement) = self.window.clone().ok_or(Fault::NoSurface)?;
        let input = Frame::borrowed(frame.bytes()?.iter().copied())?;
        let output = Output::Window {
            window: &window,
            placement,
        };
        Ok(told(self.sdk()?.process(&layout, input, output)?))
    }

    /// Has a frame drawn into the surface that is attached, later. Returns its token.
    ///
    /// # Errors
    /// As `moretta_submit`.
    pub(crate) fn submit(&mut self, frame: &abi::Frame) -> Result<u64, Fault> {
        self.check()?;
        let layout = frame.layout()?;
        let (window, placement) = self.window.clone().ok_or(Fault::NoSurface)?;
        let bytes = frame.bytes()?;
        layout.view(&bytes).map_err(moretta::Error::from)?;
        let analysis = self.analysis()?;
        let output = Output::Window {
            window: &window,
            placement,
        };
        let input = Frame::borrowed(bytes.iter().copied())?;
        let ticket = analysis.sdk.submit(&layout, input, output)?;
        Ok(analysis.tokens.give(ticket))
    }

    /// The oldest end of a submitted frame that was not told yet.
    ///
    /// # Errors
    /// [`Fault::NoConsent`].
    pub(crate) fn poll(&mut self, patience: Duration) -> Result<Option<End>, Fault> {
        let analysis = self.analysis()?;
        Ok(analysis.ended.pop_front().or_else(|| analysis.take(patience)))
    }

    /// Shows frames there from now on.
    pub(crate) fn attach(&mut self, window: Window, placement: Placement) {
        self.window = Some((window, placement));
    }

    /// Shows no more frames: those that were submitted come to their end first, as they show in the window.
    pub(crate) fn detach(&mut self) {
        if let (Some(_), Some(analysis)) = (&self.window, &mut self.analysis) {
            analysis.settle();
        }
        self.window = None;
    }

    /// Brings an effect onto the device, and gives it a handle.
    ///
    /// # Errors
    /// [`Fault::Sdk`].
    pub(crate) fn load(&self, pack: &Pack) -> Result<EffectHandle, Fault> {
        let loaded = self
            .parts
            .renderer
            .load(pack.effect())
            .map_err(moretta::Error::from)?;
        Ok(effect::add(loaded, self.parts.family))
    }

    /// The window that is attached.
    ///
    /// # Errors
    /// [`Fault::NoSurface`].
    pub(crate) fn window(&self) -> Result<&Window, Fault> {
        self.window
            .as_ref()
            .map(|(window, _)| window)
            .ok_or(Fault::NoSurface)
    }

    /// What a slot wears, or everyone.
    ///
    /// # Errors
    /// [`Fault::NoConsent`], [`Fault::Sdk`] for a slot that is none.
    pub(crate) fn wear(&mut self, slot: u32, effect: Option<&LoadedEffect>) -> Result<(), Fault> {
        let sdk = self.sdk()?;
        if slot == abi::EVERYONE {
            sdk.wear(effect);
        } else {
            sdk.wear_on(slot as usize, effect)?;
        }
        Ok(())
    }

    /// Wipes everything and ends the face thread.
    ///
    /// # Errors
    /// [`Fault::Sdk`].
    pub(crate) fn pause(&mut self) -> Result<(), Fault> {
        self.store = None;
        self.shelter = None;
        if let Some(analysis) = &mut self.analysis {
            analysis.sdk.pause()?;
        }
        self.phase = Phase::Paused;
        Ok(())
    }

    /// Goes on after a pause, or after a fault of the face thread.
    ///
    /// # Errors
    /// [`Fault::Sdk`], and then it is as it was.
    pub(crate) fn resume(&mut self) -> Result<(), Fault> {
        if let Some(analysis) = &mut self.analysis {
            analysis.sdk.resume()?;
        }
        self.phase = Phase::Running;
        Ok(())
    }

    /// Wipes everything and gives memory back; goes on as it was.
    ///
    /// # Errors
    /// [`Fault::Sdk`].
    pub(crate) fn trim(&mut self) -> Result<(), Fault> {
        self.store = None;
        self.shelter = None;
        if let (Phase::Running, Some(analysis)) = (self.phase, &mut self.analysis) {
            analysis.sdk.trim()?;
        }
        Ok(())
    }
}

/// The numbers that C knows submitted frames by.
#[derive(Default)]
struct Tokens {
    last: u64,
    given: VecDeque<(Ticket, u64)>,
}

/// More than ever are under way: those of frames that gave way to newer ones are never asked for.
const MOST_TOKENS: usize = 64;

impl Tokens {
    fn give(&mut self, ticket: Ticket) -> u64 {
        self.last += 1;
        self.given.push_back((ticket, self.last));
        if self.given.len() > MOST_TOKENS {
            self.given.pop_front();
        }
        self.last
    }

    fn take(&mut self, ticket: Ticket) -> u64 {
        while let Some((given, token)) = self.given.pop_front() {
            if given == ticket {
                return token;
            }
        }
        0
    }
}

impl abi::Result {
    /// Of nothing.
    pub(crate) const EMPTY: Self = Self {
        struct_size: 0,
        status: abi::STATUS_OK,
        token: 0,
        presence: abi::PRESENCE_NOT_DISCLOSED,
        presented: 0,
        passed_through: 0,
        reserved: 0,
        track_ns: 0,
        draw_ns: 0,
        whole_ns: 0,
    };
}

/// What C is told of a frame that was drawn.
fn told(processed: Processed) -> abi::Result {
    abi::Result {
        presence: match processed.presence {
            None => abi::PRESENCE_NOT_DISCLOSED,
            Some(Presence::Nobody) => abi::PRESENCE_NOBODY,
            Some(Presence::One) => abi::PRESENCE_ONE,
            Some(Presence::Many) => abi::PRESENCE_MANY,
        },
        presented: processed.presented.into(),
        track_ns: nanoseconds(processed.times.track),
        draw_ns: nanoseconds(processed.times.draw),
        whole_ns: nanoseconds(processed.times.whole),
        ..abi::Result::EMPTY
    }
}

/// What C is told of a frame that passed through.
fn passed(took: Duration) -> abi::Result {
    abi::Result {
        passed_through: 1,
        whole_ns: nanoseconds(took),
        ..abi::Result::EMPTY
    }
}

pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
