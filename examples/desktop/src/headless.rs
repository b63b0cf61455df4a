//! Without a window: the same pipeline, frame by frame, into the files that the user named.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use moretta::{Consent, Donor, Frame, Gpu, GpuOptions, LoadedEffect, Output, Policy, Session};
use moretta_capture::{Repeat, Source};

use crate::args::{Args, SourceArg, file_name};
use crate::donor::Photo;
use crate::effects::{Effects, Entry};
use crate::export::{ClipFile, Export, Finished};
use crate::sources::{self, Opened, USUAL_FRAME_NS};
use crate::stages::Stages;
use crate::studio::{Studio, Wish, with_policy};
use crate::system::{Status, mib};
use crate::{Error, lockdown};

/// How many frames of a source without an end are drawn, unless the user said.
const FRAMES: u32 = 150;

/// How many frames an effect of the gallery is drawn for, if so many are asked for: springs and animations are under way
/// then.
const GALLERY_FRAMES: u32 = 24;

/// Draws what was asked for, and prints what it took and what protects it.
///
/// # Errors
/// Those of the first step that fails.
pub(crate) fn run(args: &Args) -> Result<(), Error> {
    let consenting = args.consent.ok_or(Error::Consent)?;
    // Everything that is written later is opened here, before the process is locked.
    let exports = args
        .exports
        .iter()
        .map(|path| Export::create(path))
        .collect::<Result<Vec<_>, _>>()?;
    let effects = Effects::read(&args.effects)?;
    for unsound in &effects.unsound {
        eprintln!("{}: {}", unsound.file, unsound.error);
    }
    let gallery = match &args.gallery {
        Some(folder) => gallery(folder, &effects)?,
        None => Vec::new(),
    };
    let worn = args
        .effect
        .as_deref()
        .map(|name| effects.find(name))
        .transpose()?;
    let mut photo = args.donor.as_deref().map(Photo::open).transpose()?;
    let landlock = args.lockdown.then(lockdown::shut_files).transpose()?;

    let consent = Consent::given(consenting.age_band());
    let studio = Studio::open(&Gpu::new(GpuOptions::default()).map_err(moretta::Error::from)?)?;
    let wish = Wish {
        quality: args.quality,
        disclose_presence: args.disclose_presence,
    };
    // The first frame makes what frames of its size need, and so shows whether all of that is protected.
    let (mut show, fell_back) = with_policy(args.best_effort, |policy| {
        let mut show = Show::open(&studio, &consent, wish, policy, args)?;
        show.wear(worn.map(|place| &effects.entries[place]), &args.set)?;
        let given = photo.as_mut().map(|photo| photo.give(&mut show.session));
        show.donor = given.transpose()?;
        show.frame()?;
        Ok(show)
    })?;
    if args.lockdown {
        lockdown::shut_calls(false)?;
    }
    heading(&studio, &show, args);
    if let Some(why) = &fell_back {
        println!("protection  best effort, because: {why}");
    }
    if let Some(landlock) = landlock {
        println!("lockdown    Landlock: {landlock}; seccomp on every thread");
    }
    if let Some(file) = &args.self_test {
        self_test(file, args.lockdown)?;
    }
    show.restart(args)?;
    show.play(args, exports)?;
    for (place, export) in gallery {
        show.pose(&effects.entries[place], export, args)?;
    }
    closing(&show.session);
    match effects.unsound.len() {
        0 => Ok(()),
        found => Err(Error::Packs { found }),
    }
}

/// A file for the photo of each effect, and the effect's place.
fn gallery(folder: &Path, effects: &Effects) -> Result<Vec<(usize, Export)>, Error> {
    let names = effects
        .entries
        .iter()
        .map(|entry| folder.join(format!("{}.png", entry.stem)));
    names
        .enumerate()
        .map(|(place, path)| Ok((place, Export::create(&path)?)))
        .collect()
}

/// A session, what it is shown, and the picture that comes out.
struct Show {
    session: Session,
    /// Kept until the end.
    donor: Option<Donor>,
    source: Box<dyn Source>,
    endless: bool,
    policy: Policy,
    mirror: bool,
    finished: Finished,
    /// How long the last frame is to be shown.
    duration_ns: u64,
}

impl Show {
    fn open(
        studio: &Studio,
        consent: &Consent,
        wish: Wish,
        policy: Policy,
        args: &Args,
    ) -> Result<Self, Error> {
        let session = studio.session(consent, wish, policy)?;
        let Opened { source, endless } = sources::open(args, repeat(args), policy)?;
        Ok(Self {
            session,
            donor: None,
            source,
            endless,
            policy,
            mirror: args.mirror,
            finished: Finished::default(),
            duration_ns: USUAL_FRAME_NS,
        })
    }

    /// Begins with the first frame, unless the source has none.
    fn restart(&mut self, args: &Args) -> Result<(), Error> {
        if matches!(args.source, SourceArg::File(_)) {
            self.source.rewind()?;
        }
        Ok(())
    }

    fn wear(&mut self, entry: Option<&Entry>, set: &[(String, f32)]) -> Result<(), Error> {
        let effect: Option<LoadedEffect> = entry.map(|entry| self.session.load(&entry.effect)).transpose()?;
        self.session.wear(effect.as_ref());
        for (input, value) in set {
            self.session.set(input, *value)?;
        }
        Ok(())
    }

    /// Draws the next frame. Returns its times, or `None` after the last.
    fn frame(&mut self) -> Result<Option<moretta::Times>, Error> {
        let Some(mut picture) = self.source.next_frame()? else {
            return Ok(None);
        };
        let layout = *picture.layout();
        let sensor = layout.sensor_size().map_err(moretta::Error::from)?;
        let upright = layout.orientation.upright(sensor);
        self.finished.resize([upright.width(), upright.height()]);
        let output = Output::rgba(&mut self.finished.rgba, upright.width());
        let frame: Frame<'_> = picture.frame()?;
        let processed = self.session.process(&layout, frame, output)?;
        drop(picture);
        if self.mirror {
            self.finished.mirror();
        }
        self.duration_ns = self.source.info().frame_ns.unwrap_or(USUAL_FRAME_NS);
        Ok(Some(processed.times))
    }

    /// Draws every frame that was asked for: the clips hold all of them, the photos the last.
    fn play(&mut self, args: &Args, mut exports: Vec<Export>) -> Result<(), Error> {
        let known = self.length(args)?;
        let progress = bar(known, "frames");
        let mut stages = Stages::start(known as usize);
        let mut clips: Vec<ClipFile> = Vec::new();
        for drawn in 0..known {
            let Some(times) = self.frame()? else { break };
            stages.learn(times);
            if drawn == 0 {
                let files = exports.iter().filter(|export| export.kind().is_clip());
                let started = files.map(|export| export.start_clip(self.finished.size, known));
                clips = started.collect::<Result<_, _>>()?;
            }
            for clip in &mut clips {
                clip.push(&self.finished, self.duration_ns)?;
            }
            progress.inc(1);
        }
        progress.finish_and_clear();
        if stages.frames() == 0 {
            return Err(Error::NoFrame);
        }
        clips.into_iter().try_for_each(ClipFile::finish)?;
        for export in exports.iter_mut().filter(|export| !export.kind().is_clip()) {
            export.write_photo(&self.finished)?;
        }
        println!("{}", stages.end());
        for export in &exports {
            println!("wrote       {}", export.path().display());
        }
        Ok(())
    }

    /// How many frames will be drawn. A file announces its frames before the first, so a clip's are counted.
    fn length(&mut self, args: &Args) -> Result<u32, Error> {
        if let Some(frames) = args.frames {
            return Ok(frames);
        }
        if self.endless {
            return Ok(FRAMES);
        }
        let mut frames = 0;
        while self.source.next_frame()?.is_some() {
            frames += 1;
        }
        self.source.rewind()?;
        Ok(frames)
    }

    /// Draws an effect for a while, and writes the last picture.
    fn pose(&mut self, entry: &Entry, mut export: Export, args: &Args) -> Result<(), Error> {
        // The same moment for all of them.
        self.restart(args)?;
        self.wear(Some(entry), &[])?;
        for _ in 0..args.frames.unwrap_or(GALLERY_FRAMES).min(GALLERY_FRAMES) {
            self.frame()?;
        }
        export.write_photo(&self.finished)?;
        println!("wrote       {}  {}", export.path().display(), entry.name);
        Ok(())
    }
}

/// With a number of frames a clip starts over as often as needed; without, it is played once.
fn repeat(args: &Args) -> Repeat {
    if args.frames.is_some() || args.gallery.is_some() {
        Repeat::Forever
    } else {
        Repeat::Once
    }
}

fn bar(frames: u32, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(frames.into());
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}, {per_sec}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what);
    bar
}

fn heading(studio: &Studio, show: &Show, args: &Args) {
    let adapter = studio.renderer.gpu().report();
    let software = if adapter.software { ", in software" } else { "" };
    println!("adapter     {} ({}{software})", adapter.name, adapter.backend);
    println!("driver      {} {}", adapter.driver, adapter.driver_info);
    let [width, height] = show.finished.size;
    println!("source      {}, {width} x {height}", args.source.name());
    println!("effect      {}", args.effect.as_deref().unwrap_or("none"));
    if show.donor.is_some() {
        println!(
            "donor       {}",
            args.donor.as_deref().map(file_name).unwrap_or_default()
        );
    }
    println!("policy      {:?}", show.policy);
    if let Some(whose) = show.source.info().keeps_copies {
        println!("not wiped   {whose}'s own copies of frames, until it reuses them");
    }
    println!(
        "loading     {:.2} s: pipelines and networks, side by side",
        seconds(studio.took)
    );
    for load in studio.models.loads() {
        println!("            {} {:.2} s", load.kind, seconds(load.took));
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn closing(session: &Session) {
    println!("\n{}\n", session.report());
    print!("{}", session.protection());
    if let Some(status) = Status::now() {
        let bytes = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), mib);
        println!(
            "the kernel says: locked {}, in memory {}, seccomp {}, no new privileges: {}",
            bytes(status.locked_bytes()),
            bytes(status.resident_bytes()),
            status.seccomp(),
            match status.no_new_privs() {
                Some(true) => "yes",
                Some(false) => "no",
                None => "unknown",
            }
        );
    }
}

/// Tries what a locked process must not be able to do. Without a lock it shows that the attempts are sound.
fn self_test(file: &Path, locked: bool) -> Result<(), Error> {
    let attempts = lockdown::attempts(file);
    for attempt in &attempts {
        println!("self-test   {}", attempt.words());
    }
    match attempts.iter().filter(|attempt| attempt.result.is_ok()).count() {
        done if locked && done > 0 => Err(Error::SelfTest { done }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_consent_nothing_is_drawn() {
        let args = Args::read(&["app", "--headless"]).unwrap();
        assert!(matches!(run(&args), Err(Error::Consent)));
    }
}
