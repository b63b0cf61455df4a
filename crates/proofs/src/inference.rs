//! Real inference under observation: a tracker with the real networks, on the portrait, and the scenes that it plays.

use crate::portrait::{self, FRAMES, Portrait};
use crate::scenes::{Fallible, cut_off_system_calls, end_without_clean_up, pause, say};
use moretta_frame::FrameLayout;
use moretta_infer::{Engine, EngineNetwork, InferError, ModelKind, Network, Plan, VerifiedModel, load_all};
use moretta_track::{Networks, Range, TrackError, Tracker, TrackerOptions};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Veil, wipe_all,
};
use std::hint::black_box;
use std::time::Instant;

/// What a tracker under observation is built with: all networks take part, and a place stays free, so that detectors
/// look while a face is followed too.
#[must_use]
pub fn options() -> TrackerOptions {
    TrackerOptions {
        max_faces: 2,
        range: Range::Auto,
        blendshapes: true,
        ..TrackerOptions::default()
    }
}

/// The engine under observation: the one that apps have, unless this was built to watch tract.
#[cfg(not(feature = "tract"))]
pub const ENGINE: Engine = Engine::Kernels;
/// The engine under observation: the one that apps have, unless this was built to watch tract.
#[cfg(feature = "tract")]
pub const ENGINE: Engine = Engine::Tract;

/// Loads every network for an engine, on threads that end with it.
///
/// # Errors
/// If one cannot be loaded.
pub fn load(engine: Engine) -> Fallible<Vec<Plan>> {
    let models = ModelKind::ALL.map(VerifiedModel::embedded);
    let models: Vec<_> = models.into_iter().collect::<Result<_, _>>()?;
    Ok(load_all(&models, engine)?
        .into_iter()
        .map(|loaded| loaded.plan)
        .collect())
}

/// Makes what runs `plans` on this thread, each wrapped by `wrap`.
///
/// # Errors
/// If the engine refuses.
pub fn networks<N: Network + 'static>(
    plans: &[Plan],
    mut wrap: impl FnMut(EngineNetwork) -> N,
) -> Result<Networks, TrackError> {
    let networks = plans
        .iter()
        .map(|plan| Ok(Box::new(wrap(plan.network()?)) as Box<dyn Network>));
    Networks::new(networks.collect::<Result<Vec<_>, TrackError>>()?)
}

/// A network as an engine runs it that knows of no vault, for the control: what it computes lies on the heap, and stays.
struct Careless {
    network: EngineNetwork,
    scratch: Vec<f32>,
    said: Vec<Vec<f32>>,
}

impl Careless {
    fn new(network: EngineNetwork) -> Self {
        let outputs = network.kind().outputs().iter();
        Self {
            scratch: vec![0.0; network.scratch_len()],
            said: outputs.map(|spec| vec![0.0; spec.values()]).collect(),
            network,
        }
    }
}

impl Network for Careless {
    fn kind(&self) -> ModelKind {
        self.network.kind()
    }

    fn scratch_len(&self) -> usize {
        0
    }

    fn run(
        &mut self,
        _scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError> {
        self.network.run(&mut self.scratch, input, outputs)?;
        for (said, output) in self.said.iter_mut().zip(outputs) {
            said.copy_from_slice(output);
        }
        Ok(())
    }

    fn forget(&mut self) -> Result<(), InferError> {
        self.network.forget()
    }
}

/// What is asked of [`Tracking`].
#[derive(Clone, Copy)]
enum Ask {
    /// The next picture is the first.
    Reset,
    /// Follow the faces of a picture.
    Track(FrameLayout),
    /// The same, and hold what was found for as long again, as who draws it would.
    Hold(FrameLayout),
    /// The same, and write the picture to the file named when the pipeline was built.
    WriteFile(FrameLayout),
}

/// The tracker, and nothing else.
struct Tracking {
    tracker: Tracker,
    file: String,
}

// SAFETY: the tracker keeps what it knows in face buffers, and overwrites what its engine keeps when it is told to wipe;
// whether that is so is what the proofs watch. The reply is whether there is a face. The control writes a file.
#[allow(unsafe_code, reason = "the pipeline under observation joins the trusted base")]
unsafe impl Pipeline for Tracking {
    type Request = Ask;
    type Reply = bool;

    fn run(&mut self, ask: Ask, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, bool) {
        let (Ask::Track(layout) | Ask::Hold(layout) | Ask::WriteFile(layout)) = ask else {
            self.tracker.reset(access);
            return (Outcome::Unchanged, false);
        };
        let start = Instant::now();
        let seen = layout
            .view(io.planes)
            .map_err(TrackError::from)
            .and_then(|frame| self.tracker.track(&frame, access));
        let (found, remembers) = seen.map_or((false, false), |seen| (seen.faces() > 0, seen.remembers()));
        match ask {
            Ask::Hold(_) => {
                let end = start + 2 * start.elapsed();
                while Instant::now() < end {
                    black_box(self.tracker.faces(access).count());
                }
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "the control: a pipeline that writes the face to a file"
            )]
            Ask::WriteFile(_) => _ = black_box(std::fs::write(&self.file, io.planes.concat())),
            Ask::Reset | Ask::Track(_) => {}
        }
        // As a session does.
        let outcome = if remembers {
            Outcome::Faces
        } else {
            Outcome::NoFace
        };
        (outcome, found)
    }

    fn wipe(&mut self, extent: Extent) {
        self.tracker.wipe(extent);
    }
}

/// The app's side.
struct App {
    veil: Veil<Tracking>,
    portrait: Portrait,
    camera: Vec<u8>,
}

impl App {
    fn start(seed: u64, file: &str) -> Fallible<App> {
        // Without FaceHeap, in the open twin, strict is not to be had.
        let strict = moretta_veil::FaceHeap::is_installed();
        let veil_options = Options {
            policy: if strict {
                Policy::Strict
            } else {
                Policy::BestEffort
            },
            ..Options::default()
        };
        let (plans, file) = (load(ENGINE)?, file.to_owned());
        let build = move |room: &moretta_veil::Reserve<'_>| {
            let networks = if strict {
                networks(&plans, |network| network)?
            } else {
                networks(&plans, Careless::new)?
            };
            Ok(Tracking {
                tracker: Tracker::build(room, networks, options())?,
                file: file.clone(),
            })
        };
        Ok(App {
            veil: Veil::new(&Consent::given(AgeBand::From14), veil_options, build)?,
            portrait: Portrait::from_seed(seed)?,
            camera: vec![0; portrait::BYTES],
        })
    }

    /// Shows each picture of the portrait, as if the first were the first of all.
    fn show(&mut self, ask: fn(FrameLayout) -> Ask) -> Fallible {
        self.veil.process(Frame::none(), &mut [], Ask::Reset)?;
        for frame in 0..FRAMES {
            self.portrait.draw(frame, &mut self.camera);
            if !self.hand_over(ask(portrait::layout(frame)))? {
                return Err(format!("no face was found in picture {frame}").into());
            }
        }
        Ok(())
    }

    /// Shows nobody for as long as the tracker remembers who was there, after the others.
    fn show_nobodies(&mut self, ask: fn(FrameLayout) -> Ask) -> Fallible {
        (0..3).try_for_each(|after| self.show_nobody(ask, after))
    }

    fn show_nobody(&mut self, ask: fn(FrameLayout) -> Ask, after: usize) -> Fallible {
        self.portrait.draw_nobody(&mut self.camera);
        if self.hand_over(ask(portrait::layout(FRAMES + after)))? {
            return Err("a face was found where there is none".into());
        }
        Ok(())
    }

    fn hand_over(&mut self, ask: Ask) -> Fallible<bool> {
        let frame = Frame::consumed([&mut self.camera[..]])?;
        Ok(self.veil.process(frame, &mut [], ask)?)
    }
}

/// Shows the scene that the arguments name: its name, the portrait's seed, an option.
///
/// # Errors
/// What went wrong; the prover shows it.
pub fn run() -> Fallible {
    let arguments: Vec<String> = std::env::args().collect();
    let argument = |at: usize| arguments.get(at).map_or("", String::as_str);
    let app = App::start(argument(2).parse()?, argument(3))?;
    match argument(1) {
        "frames" => frames(app),
        "loop" => run_on(app),
        "syscalls" => syscalls(app, argument(3)),
        unknown => Err(format!("no scene {unknown}").into()),
    }
}

fn frames(mut app: App) -> Fallible {
    app.show(Ask::Track)?;
    pause("READY");
    app.show_nobodies(Ask::Track)?;
    pause("LOST");
    app.show(Ask::Track)?;
    wipe_all();
    pause("WIPED");
    app.show(Ask::Track)?;
    app.veil.pause()?;
    pause("PAUSED");
    app.veil.resume()?;
    app.show(Ask::Track)?;
    drop(app);
    pause("DROPPED");
    Ok(())
}

/// Shows the pictures again and again until it is stopped.
fn run_on(mut app: App) -> Fallible {
    let range = app.camera.as_ptr_range();
    say(&format!("APP {:x}-{:x}", range.start.addr(), range.end.addr()));
    app.show(Ask::Hold)?;
    say("LOOP");
    loop {
        app.show(Ask::Hold)?;
    }
}

/// Cuts off every system call but those of a steady frame, then goes on for a while: with the face followed, lost and
/// found again, and with nobody in sight, so that every network runs.
fn syscalls(mut app: App, option: &str) -> Fallible {
    let mut round = |ask: fn(FrameLayout) -> Ask| {
        app.show(ask)?;
        app.show_nobodies(ask)
    };
    round(Ask::Track)?;
    cut_off_system_calls()?;
    for _ in 0..3 {
        round(if option.is_empty() {
            Ask::Track
        } else {
            Ask::WriteFile
        })?;
    }
    end_without_clean_up()
}
