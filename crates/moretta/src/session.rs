use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use moretta_capture::CaptureOptions;
use moretta_frame::FrameLayout;
use moretta_pack::Effect;
use moretta_render::{Gpu, LoadedEffect, MAX_FACES, Renderer};
use moretta_track::TrackerOptions;
use moretta_veil::{Consent, Donor, Frame, Policy, Protection, Tenure, Ticket, Veil};

use crate::donor::{Donations, DonorFace, DonorFault, DonorPicture, Given, MAX_DONOR_VIEWS};
use crate::engine::{Arrival, Engine, Fault, FrameRequest, Reply, Request, View};
use crate::options::Device;
use crate::output::Sink;
use crate::quality::Governor;
use crate::report::Report;
use crate::stats::Meter;
use crate::worn::{OnSlot, Wardrobe, Worn};
use crate::{Error, Models, Options, Output, Statistics, Times};

/// Camera frames in, the same pictures with an effect out.
///
/// A session owns a face thread and the memory that faces lie in, and draws with a graphics device. It is used by one
/// thread at a time; sessions run side by side. The handle holds no face data: forgetting it forgets no wipe.
///
/// What is not needed is not done: without an effect that follows a face no network runs, and the blendshape network runs
/// only if an effect that somebody could wear reads what it says.
pub struct Session {
    veil: Veil<Engine>,
    renderer: Renderer,
    models: Models,
    worn: Arc<Wardrobe>,
    donations: Donations,
    /// Whether it brought a photo, and so was told of its faces.
    asked_of_photos: bool,
    /// Of its donors, as long as the app has their names.
    tenures: Vec<Tenure>,
    /// How donors' photos may be decoded.
    capture: CaptureOptions,
    /// How many requests were none for a frame.
    asides: u64,
    /// Whether effects are yet to be told that the user let go.
    tapped: bool,
    governor: Governor,
    meter: Meter,
    failed: u64,
    fault: Arc<Fault>,
    disclose: bool,
    overlap: bool,
    /// Whether the app's logger must not hear draws.
    strict: bool,
}

/// Who is in sight, as coarse as a hint to the user needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// No face.
    Nobody,
    /// One face.
    One,
    /// More than one.
    Many,
}

impl Presence {
    pub(crate) const fn of(faces: usize) -> Self {
        match faces {
            0 => Self::Nobody,
            1 => Self::One,
            _ => Self::Many,
        }
    }
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Processed {
    /// Who is in sight; `None` unless [`Options::disclose_presence`] is set.
    pub presence: Option<Presence>,
    /// Whether a window shows it. One that is minimised or covered does not, and that is no error.
    pub presented: bool,
    /// What it took.
    pub times: Times,
}

/// A submitted frame's end.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// Which frame.
    pub ticket: Ticket,
    /// What became of it.
    pub result: Result<Processed, Error>,
}

impl Session {
    /// Loads the networks and opens the graphics device, side by side, and starts the face thread.
    ///
    /// Nothing is analysed without the consent: revoking it stops the session and wipes it.
    ///
    /// # Errors
    /// [`Error::Infer`], [`Error::Render`]; [`Error::Veil`] for an option out of range, if consent was revoked, or if the
    /// system protects memory less than the policy asks for.
    pub fn new(consent: &Consent, options: Options) -> Result<Self, Error> {
        let tracker = options.tracker();
        let Options {
            policy,
            backing,
            quality,
            overlap,
            disclose_presence,
            models,
            device,
            ..
        } = options;
        let (models, renderer) = thread::scope(|scope| {
            let renderer = scope.spawn(|| match device {
                Device::Shared(renderer) => Ok(renderer),
                Device::New(options) => Gpu::new(options).and_then(|gpu| Renderer::new(&gpu)),
            });
            let models = models.map_or_else(Models::embedded, Ok);
            let renderer = renderer
                .join()
                .unwrap_or_else(|payload| std::panic::resume_unwind(payload));
            Ok::<_, Error>((models?, renderer?))
        })?;
        let veil = {
            let (models, renderer) = (models.clone(), renderer.clone());
            let options = moretta_veil::Options {
                policy,
                backing,
                overlap,
                ..moretta_veil::Options::default()
            };
            Veil::new(consent, options, move |room| {
                Engine::build(room, &models, seeded(tracker), &renderer)
            })?
        };
        Ok(Self {
            veil,
            renderer,
            models,
            worn: Arc::default(),
            donations: Donations::default(),
            asked_of_photos: false,
            tenures: Vec::new(),
            capture: CaptureOptions {
                policy,
                backing,
                ..CaptureOptions::default()
            },
            asides: 0,
            tapped: false,
            governor: Governor::new(quality),
            meter: Meter::default(),
            failed: 0,
            fault: Arc::default(),
            disclose: disclose_presence,
            overlap,
            strict: policy == Policy::Strict,
        })
    }

    /// Brings an effect onto the device. It may be worn by this session, and by any other with the same [`Renderer`].
    ///
    /// # Errors
    /// [`Error::Render`].
    pub fn load(&self, effect: &Effect) -> Result<LoadedEffect, Error> {
        Ok(self.renderer.load(effect)?)
    }

    /// What everyone wears from the next frame on: the frame, and every face whose slot has nothing of its own; `None` for
    /// nothing. Its inputs are at their defaults. What slots wear stays as it is.
    pub fn wear(&mut self, effect: Option<&LoadedEffect>) {
        Arc::make_mut(&mut self.worn).everyone = effect.cloned().map(Worn::new);
    }

    /// What the face in a slot wears from the next frame on, whatever everyone wears; `None` for nothing. Its inputs are at
    /// their defaults. [`wear_as_everyone`](Self::wear_as_everyone) is the way back.
    ///
    /// See [effects per face](crate#effects-per-face). A slot may be dressed before it has a face.
    ///
    /// # Errors
    /// [`Error::Slot`] if it is not below [`MAX_FACES`](crate::MAX_FACES).
    pub fn wear_on(&mut self, slot: usize, effect: Option<&LoadedEffect>) -> Result<(), Error> {
        let own = effect.cloned().map(Worn::new);
        *Arc::make_mut(&mut self.worn).slot(slot)? = own.map_or(OnSlot::Nothing, OnSlot::Own);
        Ok(())
    }

    /// Lets the face in a slot wear what everyone wears from the next frame on, as all slots do at first.
    ///
    /// # Errors
    /// [`Error::Slot`] if it is not below [`MAX_FACES`](crate::MAX_FACES).
    pub fn wear_as_everyone(&mut self, slot: usize) -> Result<(), Error> {
        *Arc::make_mut(&mut self.worn).slot(slot)? = OnSlot::AsEveryone;
        Ok(())
    }

    /// Makes a donor of a photo: a face whose looks others can take on, where what they wear swaps them for a photo's. Nobody
    /// does until [`donor`](Self::donor) or [`donor_on`](Self::donor_on) says so.
    ///
    /// The photo is decoded and looked at on the face thread, and zeroed before this returns, on every path. Frames that were
    /// submitted are drawn first. See [photos](crate#photos).
    ///
    /// # Errors
    /// [`Error::Donor`] for a photo without a face, with several if the [only one](DonorFace::Only) was asked for, with one
    /// that is too small or looks away; [`Error::Photo`] for a file that is broken, of an unknown kind or too large;
    /// [`Error::Frame`] for pixels that do not fit their layout; [`Error::Render`], for more than
    /// [`MAX_DONORS`](crate::MAX_DONORS) too; [`Error::Veil`], where there is not enough memory that can be locked too;
    /// [`Error::Track`], [`Error::Heard`]. Nothing of the photo is kept then.
    pub fn add_donor(&mut self, picture: DonorPicture<'_>, face: DonorFace) -> Result<Donor, Error> {
        self.add_donor_views([picture], face)
    }

    /// Makes a donor of several photos of one person, the way [`add_donor`](Self::add_donor) does of one: seen from several
    /// sides, a face comes out better where one photo shows it at a slant or not at all.
    ///
    /// 1 to [`MAX_DONOR_VIEWS`](crate::MAX_DONOR_VIEWS) photos, whose colours are brought to those of the first. In one of them
    /// the face has to look into the camera; in the others it may be turned by up to 75 degrees to the side, 50 up or down. With one photo this is
    /// [`add_donor`](Self::add_donor). Whether all show the same person is not looked at.
    ///
    /// Each is decoded, looked at and let go of in turn. All are zeroed before this returns, on every path.
    ///
    /// # Errors
    /// As [`add_donor`](Self::add_donor), for the first photo that is wrong; [`Error::Donor`] for none or too many. Nothing of
    /// any is kept then.
    pub fn add_donor_views<'p>(
        &mut self,
        pictures: impl IntoIterator<Item = DonorPicture<'p>>,
        face: DonorFace,
    ) -> Result<Donor, Error> {
        // All of them first: those that are never come to are zeroed too.
        let pictures: Vec<_> = pictures.into_iter().collect();
        let count = pictures.len();
        if !(1..=MAX_DONOR_VIEWS).contains(&count) {
            return Err(Error::Donor {
                fault: DonorFault::Views { found: count },
            });
        }
        self.unheard()?;
        self.asked_of_photos = true;
        let (tenure, donor) = Tenure::begin();
        for (index, picture) in pictures.into_iter().enumerate() {
            let arrival = Arrival {
                layout: picture.layout,
                face,
                view: View {
                    first: index == 0,
                    last: index + 1 == count,
                },
                tenure: tenure.clone(),
                capture: self.capture,
                fault: Arc::clone(&self.fault),
            };
            self.aside(picture.picture.into_frame(), Request::Add(arrival))?;
        }
        self.tenures.retain(|tenure| !tenure.is_dropped());
        self.tenures.push(tenure);
        Ok(donor)
    }

    /// Wipes a donor: its texture, and what is known of its face, are gone when this returns. Who had its looks shows their
    /// own from the next frame on. Frames that were submitted are drawn first.
    ///
    /// One that is gone already is no error, and a paused session holds none.
    ///
    /// # Errors
    /// [`Error::Donor`] for another session's, which ends before that one's next frame; [`Error::Render`] if the device does not answer, [`Error::Veil`].
    pub fn remove_donor(&mut self, donor: Donor) -> Result<(), Error> {
        let key = Tenure::of(&donor).key();
        let Some(at) = self.tenures.iter().position(|own| own.key() == key) else {
            return Err(Error::Donor {
                fault: DonorFault::OtherSession,
            });
        };
        self.tenures.swap_remove(at);
        self.donations.forget(key);
        if !donor.is_there() {
            return Ok(());
        }
        self.aside(Frame::none(), Request::Remove(key, Arc::clone(&self.fault)))
    }

    /// Whose looks everyone takes on from the next frame on, where what they wear swaps them for a photo's, and their slot was
    /// given none of its own; `None` for nobody's.
    ///
    /// # Errors
    /// [`Error::Donor`] if it is gone, or another session's.
    pub fn donor(&mut self, donor: Option<&Donor>) -> Result<(), Error> {
        self.donations.everyone = self.key(donor)?;
        Ok(())
    }

    /// Whose looks the face in a slot takes on from the next frame on, whatever everyone was given; `None` for nobody's.
    /// [`donor_as_everyone`](Self::donor_as_everyone) is the way back.
    ///
    /// # Errors
    /// [`Error::Slot`] if it is not below [`MAX_FACES`](crate::MAX_FACES); [`Error::Donor`] if it is gone, or another
    /// session's.
    pub fn donor_on(&mut self, slot: usize, donor: Option<&Donor>) -> Result<(), Error> {
        let key = self.key(donor)?;
        *self.given(slot)? = Given::Own(key);
        Ok(())
    }

    /// Gives the face in a slot what everyone was given from the next frame on, as all slots have at first.
    ///
    /// # Errors
    /// [`Error::Slot`] if it is not below [`MAX_FACES`](crate::MAX_FACES).
    pub fn donor_as_everyone(&mut self, slot: usize) -> Result<(), Error> {
        *self.given(slot)? = Given::AsEveryone;
        Ok(())
    }

    fn given(&mut self, slot: usize) -> Result<&mut Given, Error> {
        self.donations.slots.get_mut(slot).ok_or(Error::Slot {
            expected: MAX_FACES,
            found: slot,
        })
    }

    fn key(&self, donor: Option<&Donor>) -> Result<Option<u64>, Error> {
        let Some(donor) = donor else {
            return Ok(None);
        };
        let key = Tenure::of(donor).key();
        let fault = if self.tenures.iter().all(|own| own.key() != key) {
            DonorFault::OtherSession
        } else if !donor.is_there() {
            DonorFault::Gone
        } else {
            return Ok(Some(key));
        };
        Err(Error::Donor { fault })
    }

    /// Has the face thread do something that draws no frame.
    fn aside(&mut self, frame: Frame<'_>, request: Request) -> Result<(), Error> {
        self.veil.settle()?;
        let reply = self.veil.process(frame, &mut [], request)?;
        self.asides += 1;
        match reply.failed.then(|| self.fault.take()).flatten() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Sets an input of what everyone wears: a parameter, or a trigger of the host's. What is out of its range is limited.
    ///
    /// # Errors
    /// [`Error::Input`] if there is none of this name, [`Error::Value`] for what is no number.
    pub fn set(&mut self, input: &str, value: f32) -> Result<(), Error> {
        let worn = Arc::make_mut(&mut self.worn).everyone.as_mut();
        worn.map_or_else(|| Err(nothing_worn(input)), |worn| worn.set(input, value))
    }

    /// Sets an input of what a slot wears of its own, as [`set`](Self::set) does of what everyone wears. Two slots with the
    /// same effect are set each by itself.
    ///
    /// # Errors
    /// [`Error::Slot`] if there is no such slot, [`Error::Input`] if it wears nothing of its own or that has no such input,
    /// [`Error::Value`] for what is no number.
    pub fn set_on(&mut self, slot: usize, input: &str, value: f32) -> Result<(), Error> {
        match Arc::make_mut(&mut self.worn).slot(slot)? {
            OnSlot::Own(worn) => worn.set(input, value),
            OnSlot::AsEveryone | OnSlot::Nothing => Err(nothing_worn(input)),
        }
    }

    /// Tells all effects in the next frame that the user tapped.
    pub fn tap(&mut self) {
        self.tapped = true;
        Arc::make_mut(&mut self.worn).set_taps(1.0);
    }

    /// Draws one frame to its end: the calling thread waits.
    ///
    /// The planes are read where they are and not kept; [`Frame::consumed`] ones are zeroed when this returns, on every
    /// path. On an error the output is not to be used.
    ///
    /// # Errors
    /// [`Error::Frame`] if layout and planes do not fit, [`Error::Track`], [`Error::Render`]; [`Error::Veil`] while paused,
    /// after revocation, and if everything was wiped because of a fault; [`Error::Heard`].
    pub fn process(
        &mut self,
        layout: &FrameLayout,
        frame: Frame<'_>,
        output: Output<'_>,
    ) -> Result<Processed, Error> {
        let start = Instant::now();
        self.unheard()?;
        let (sink, memory) = output.split();
        let request = self.request(layout, sink);
        let reply = self.veil.process(frame, memory, request);
        self.end(reply.map_err(Error::from), Some(start.elapsed()))
    }

    /// Copies a frame into the veil, to be drawn into a window or a texture, and returns at once. One may be drawn and one
    /// wait: a newer one takes the waiting one's place, which is counted as dropped. [`poll`](Self::poll) has the ends.
    ///
    /// # Errors
    /// [`Error::SubmitToMemory`]; [`Error::Veil`]; [`Error::Heard`].
    pub fn submit(
        &mut self,
        layout: &FrameLayout,
        frame: Frame<'_>,
        output: Output<'_>,
    ) -> Result<Ticket, Error> {
        if matches!(output, Output::Memory { .. }) {
            return Err(Error::SubmitToMemory);
        }
        self.unheard()?;
        let request = self.request(layout, output.split().0);
        let ticket = self.veil.submit(frame, request)?;
        self.end_tap();
        Ok(ticket)
    }

    /// The oldest end of a submitted frame that was not told yet, waiting for at most `patience`; the last four are kept.
    ///
    /// The device has drawn it then, unless [`Options::overlap`] is set: what the app has the same queue do next comes behind.
    pub fn poll(&mut self, patience: Duration) -> Option<Finished> {
        let finished = self.veil.poll(patience)?;
        Some(Finished {
            ticket: finished.ticket,
            result: self.end(finished.result.map_err(Error::from), None),
        })
    }

    /// Refuses a frame while a logger would hear what is drawn. The level may change at any time, so each frame asks.
    fn unheard(&self) -> Result<(), Error> {
        let level = log::max_level().min(log::STATIC_MAX_LEVEL);
        if self.strict && level == log::LevelFilter::Trace {
            return Err(Error::Heard);
        }
        Ok(())
    }

    /// A tap is over after a frame. Without one there is nothing to do: the face thread may still hold what is worn, and
    /// then a change would copy it.
    fn end_tap(&mut self) {
        if std::mem::take(&mut self.tapped) {
            Arc::make_mut(&mut self.worn).set_taps(0.0);
        }
    }

    fn request(&self, layout: &FrameLayout, sink: Sink) -> Request {
        Request::Frame(FrameRequest {
            layout: *layout,
            worn: Arc::clone(&self.worn),
            donations: self.donations,
            quality: self.governor.quality(),
            sink,
            disclose: self.disclose,
            fault: Arc::clone(&self.fault),
        })
    }

    /// What a frame's end means. `whole` is how long the caller waited for it.
    fn end(&mut self, reply: Result<Reply, Error>, whole: Option<Duration>) -> Result<Processed, Error> {
        if whole.is_some() {
            self.end_tap();
        }
        let failed = |reply: Reply| match reply.failed.then(|| self.fault.take()).flatten() {
            Some(error) => Err(error),
            None => Ok(reply),
        };
        let reply = reply.and_then(failed).inspect_err(|_| self.failed += 1)?;
        let times = Times {
            track: reply.track,
            draw: reply.draw,
            device: reply.device,
            whole: whole.unwrap_or(reply.track + reply.draw),
        };
        self.meter.learn(times);
        self.governor.learn(times.whole);
        Ok(Processed {
            presence: reply.presence,
            presented: reply.presented > 0,
            times,
        })
    }

    /// Finishes the frame under way, wipes everything and ends the face thread: for the background. Device, networks and
    /// effects stay.
    ///
    /// # Errors
    /// [`Error::Veil`].
    pub fn pause(&mut self) -> Result<(), Error> {
        Ok(self.veil.pause()?)
    }

    /// Starts again after a pause, or after a fault. Faces are strangers then.
    ///
    /// # Errors
    /// As [`new`](Self::new), but for the networks.
    pub fn resume(&mut self) -> Result<(), Error> {
        Ok(self.veil.resume()?)
    }

    /// Wipes everything, ends the face thread and starts a new one: for a memory warning, or when nobody has been in sight
    /// for a while. Less is locked then.
    ///
    /// # Errors
    /// As [`pause`](Self::pause) and [`resume`](Self::resume).
    pub fn trim(&mut self) -> Result<(), Error> {
        self.pause()?;
        self.resume()
    }

    /// What was counted and measured. It holds no face data.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let veil = self.veil.stats();
        Statistics {
            frames: veil.frames - self.asides,
            failed: self.failed,
            dropped: veil.dropped,
            overlapped: veil.overlapped,
            wipes: veil.wipes,
            last: self.meter.last,
            mean: self.meter.mean,
            quality: self.governor.quality(),
            locked_bytes: veil.locked_bytes,
        }
    }

    /// Whether a fault ended the face thread, with everything wiped: [`resume`](Self::resume) starts it again.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.veil.is_poisoned()
    }

    /// What protects faces in memory.
    #[must_use]
    pub fn protection(&self) -> Protection {
        self.veil.protection()
    }

    /// What an app can show and keep of how faces are dealt with: protections, versions, hashes, disclosures.
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        Report {
            protection: self.protection(),
            adapter: self.renderer.gpu().report(),
            models: self.models.loads(),
            disclose_presence: self.disclose,
            asked_of_photos: self.asked_of_photos,
            overlap: self.overlap,
        }
    }

    /// What it draws with: to be shared with other sessions, and to load effects on any thread.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.renderer
    }

    /// The networks, to be shared with other sessions.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.models
    }
}

fn nothing_worn(input: &str) -> Error {
    Error::Input {
        expected: Vec::new(),
        found: input.to_owned(),
    }
}

/// The same options with ids that nobody can guess: each face thread gives out others.
fn seeded(options: TrackerOptions) -> TrackerOptions {
    // The system's randomness, through the standard library: its keys are drawn once a thread and change with each use.
    let seed = RandomState::new().hash_one(0u8);
    TrackerOptions { seed, ..options }
}
