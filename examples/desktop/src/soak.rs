//! The same things thousands of times: memory must stay as it is.

use std::fmt;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Arg, ArgAction, Command, value_parser};
use indicatif::ProgressBar;
use moretta::{Consent, Frame, Gpu, GpuOptions, Output, Policy, QualityMode, Session};
use moretta_capture::Repeat;

use crate::Error;
use crate::args::{Args, Consenting};
use crate::effects::Effects;
use crate::export::Finished;
use crate::sources::{self, Opened};
use crate::studio::{Studio, Wish, with_policy};
use crate::system::{Status, mib};

/// What of each part is not judged, because caches and heaps fill up then: one part in so many.
const WARM_UP: u32 = 5;

/// How often each part is measured after that.
const MEASURES: u32 = 8;

/// How much the process may grow from the first to the last measure: heaps of several threads breathe by some MiB.
const MOST_GROWTH: u64 = 8 << 20;

/// Runs every part as often as the command line says, prints the figures, and judges them.
///
/// # Errors
/// [`Error::Grew`], and those of what is done.
pub(crate) fn run() -> Result<(), Error> {
    let matches = command().get_matches();
    let count = |name| matches.get_one::<u32>(name).copied().unwrap_or_default();
    let path = |name| matches.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    let effects = Effects::read(&path("effects"))?;
    let gpu = Gpu::new(GpuOptions::default()).map_err(moretta::Error::from)?;
    println!("adapter  {} ({})", gpu.report().name, gpu.report().backend);
    let consent = Consent::given(Consenting::From14.age_band());
    let studio = Studio::open(&gpu)?;
    let (policy, fell_back) = with_policy(matches.get_flag("best-effort"), |policy| {
        studio.session(&consent, WISH, policy)?;
        Ok(policy)
    })?;
    if let Some(why) = fell_back {
        println!("best effort, because: {why}");
    }
    let mut soak = Soak {
        source: sources::open(&Args::of_file(path("source")), Repeat::Forever, policy)?,
        studio,
        effects,
        consent,
        policy,
        finished: Finished::default(),
    };
    soak.sessions(count("sessions"))?;
    soak.switches(count("switches"))?;
    soak.frames(count("frames"))
}

const WISH: Wish = Wish {
    quality: QualityMode::Fixed(moretta::Quality::High),
    disclose_presence: false,
};

fn command() -> Command {
    let count = |name: &'static str, usual: &'static str| {
        let arg = Arg::new(name).long(name).value_name("N").default_value(usual);
        arg.value_parser(value_parser!(u32).range(10..))
    };
    let path = |name: &'static str, usual: &'static str| {
        let arg = Arg::new(name).long(name).value_name("PATH").default_value(usual);
        arg.value_parser(value_parser!(PathBuf))
    };
    Command::new("moretta-soak")
        .about("Makes sessions, changes effects and draws frames thousands of times, and looks whether memory grows")
        .arg(count("sessions", "1000").help("Sessions that are made and dropped, with a frame each"))
        .arg(count("switches", "1000").help("Effects that are loaded, worn for a frame and dropped"))
        .arg(count("frames", "10000").help("Frames of one session"))
        .arg(path("source", "examples/media/webcam.webp").help("A picture or a clip with a face"))
        .arg(path("effects", "effects").help("The folder with effect packs"))
        .arg(
            Arg::new("best-effort")
                .long("best-effort")
                .action(ArgAction::SetTrue)
                .help("If the system refuses to protect memory, says why and goes on without"),
        )
}

struct Soak {
    studio: Studio,
    effects: Effects,
    consent: Consent,
    policy: Policy,
    source: Opened,
    finished: Finished,
}

impl Soak {
    fn session(&self) -> Result<Session, Error> {
        self.studio.session(&self.consent, WISH, self.policy)
    }

    fn frame(&mut self, session: &mut Session) -> Result<(), Error> {
        let Some(mut picture) = self.source.source.next_frame()? else {
            return Err(Error::NoFrame);
        };
        let layout = *picture.layout();
        let sensor = layout.sensor_size().map_err(moretta::Error::from)?;
        let upright = layout.orientation.upright(sensor);
        self.finished.resize([upright.width(), upright.height()]);
        let frame: Frame<'_> = picture.frame()?;
        session.process(
            &layout,
            frame,
            Output::rgba(&mut self.finished.rgba, upright.width()),
        )?;
        Ok(())
    }

    /// Wears the effect in place `number`, counted round and round; none if there are none.
    fn wear(&self, session: &mut Session, number: u32) -> Result<(), Error> {
        let entries = &self.effects.entries;
        let entry = (!entries.is_empty()).then(|| &entries[number as usize % entries.len()]);
        let effect = entry.map(|entry| session.load(&entry.effect)).transpose()?;
        session.wear(effect.as_ref());
        Ok(())
    }

    fn sessions(&mut self, times: u32) -> Result<(), Error> {
        let mut figures = Figures::new("sessions", times);
        for number in 0..times {
            let mut session = self.session()?;
            self.wear(&mut session, 0)?;
            self.frame(&mut session)?;
            drop(session);
            figures.step(number, self.studio.renderer.gpu());
        }
        figures.judge()
    }

    fn switches(&mut self, times: u32) -> Result<(), Error> {
        let mut figures = Figures::new("switches", times);
        let mut session = self.session()?;
        for number in 0..times {
            self.wear(&mut session, number)?;
            self.frame(&mut session)?;
            if figures.measures(number) {
                // Packs are of different size: what is measured is what they leave.
                session.wear(None);
                self.frame(&mut session)?;
            }
            figures.step(number, self.studio.renderer.gpu());
        }
        figures.judge()
    }

    fn frames(&mut self, times: u32) -> Result<(), Error> {
        let mut figures = Figures::new("frames", times);
        let mut session = self.session()?;
        self.wear(&mut session, 0)?;
        for number in 0..times {
            self.frame(&mut session)?;
            figures.step(number, self.studio.renderer.gpu());
        }
        figures.judge()
    }
}

/// What a process holds at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Figure {
    number: u32,
    resident: u64,
    locked: u64,
    threads: u64,
    /// Bytes of the device's memory, where its allocator tells.
    device: u64,
    /// Textures, buffers, bind groups and pipelines of the device.
    objects: u64,
}

impl Figure {
    fn now(number: u32, gpu: &Gpu) -> Self {
        // A thread that was waited for is counted for a moment more.
        let counts = (0..3).map(|_| {
            thread::sleep(Duration::from_millis(1));
            Status::now().and_then(|status| status.threads())
        });
        let threads = counts.flatten().min().unwrap_or_default();
        let status = Status::now().unwrap_or_default();
        let objects = gpu.instance().generate_report().map_or(0, |report| {
            let hub = report.hub_report();
            [
                &hub.textures,
                &hub.texture_views,
                &hub.buffers,
                &hub.bind_groups,
                &hub.samplers,
                &hub.render_pipelines,
            ]
            .iter()
            .map(|registry| registry.num_allocated as u64)
            .sum()
        });
        Self {
            number,
            resident: status.resident_bytes().unwrap_or_default(),
            locked: status.locked_bytes().unwrap_or_default(),
            threads,
            device: gpu
                .device()
                .generate_allocator_report()
                .map_or(0, |report| report.total_allocated_bytes),
            objects,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            number,
            threads,
            objects,
            ..
        } = self;
        let [resident, locked, device] = [self.resident, self.locked, self.device].map(mib);
        write!(
            f,
            "{number:7} {resident:>12} {locked:>12} {device:>12} {objects:8} {threads:8}"
        )
    }
}

/// The figures of one part.
struct Figures {
    what: &'static str,
    times: u32,
    start: Instant,
    bar: ProgressBar,
    figures: Vec<Figure>,
}

impl Figures {
    fn new(what: &'static str, times: u32) -> Self {
        Self {
            what,
            times,
            start: Instant::now(),
            bar: ProgressBar::new(times.into()),
            figures: Vec::new(),
        }
    }

    /// Whether it is measured after this one.
    fn measures(&self, number: u32) -> bool {
        measured(number + 1, self.times)
    }

    /// One more is done.
    fn step(&mut self, number: u32, gpu: &Gpu) {
        self.bar.inc(1);
        if self.measures(number) {
            self.figures.push(Figure::now(number + 1, gpu));
        }
    }

    /// Prints the figures and judges them.
    fn judge(self) -> Result<(), Error> {
        self.bar.finish_and_clear();
        let per = self.start.elapsed() / self.times;
        println!(
            "\n{} {}, {:.1} ms each",
            self.times,
            self.what,
            per.as_secs_f64() * 1e3
        );
        println!(
            "{:>7} {:>12} {:>12} {:>12} {:>8} {:>8}",
            "after", "resident", "locked", "device", "objects", "threads"
        );
        self.figures.iter().for_each(|figure| println!("{figure}"));
        judge(&self.figures)
    }
}

/// Whether to measure after `done` of `times`: at even distances, the warm-up left out, and at the end.
fn measured(done: u32, times: u32) -> bool {
    let warm = times / WARM_UP;
    let rest = times - warm;
    let part = |done: u32| u64::from(done.saturating_sub(warm)) * u64::from(MEASURES) / u64::from(rest);
    done == warm || (done > warm && part(done) > part(done - 1))
}

/// What must not grow at all, and what may by a little.
fn judge(figures: &[Figure]) -> Result<(), Error> {
    let (Some(first), Some(last)) = (figures.first(), figures.last()) else {
        return Ok(());
    };
    let grew = |what, most: String, found: String| Err(Error::Grew { what, most, found });
    let growth = last.resident.saturating_sub(first.resident);
    if growth > MOST_GROWTH {
        return grew("resident memory", mib(MOST_GROWTH), mib(growth));
    }
    for (what, before, after) in [
        ("locked memory", first.locked, last.locked),
        ("the device's memory", first.device, last.device),
        ("the device's objects", first.objects, last.objects),
        ("threads", first.threads, last.threads),
    ] {
        if after > before {
            return grew(what, "0".to_owned(), (after - before).to_string());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn measures_are_spread_and_the_last_is_at_the_end() {
        for times in [10, 11, 100, 1000, 10_000] {
            let at: Vec<_> = (1..=times).filter(|&done| measured(done, times)).collect();
            assert_eq!(at.first(), Some(&(times / WARM_UP)));
            assert_eq!(at.last(), Some(&times));
            assert_eq!(at.len() as u32, MEASURES + 1, "{at:?}");
        }
    }

    #[test]
    fn growth_is_found_in_whatever_grows() {
        let base = Figure {
            resident: 100 << 20,
            locked: 5,
            threads: 3,
            device: 7,
            objects: 9,
            number: 0,
        };
        assert!(judge(&[base, base]).is_ok() && judge(&[]).is_ok());
        let breathing = Figure {
            resident: base.resident + MOST_GROWTH,
            ..base
        };
        assert!(judge(&[base, breathing]).is_ok());
        let changes: [fn(&mut Figure); 5] = [
            |figure| figure.resident += MOST_GROWTH + 1,
            |figure| figure.locked += 1,
            |figure| figure.threads += 1,
            |figure| figure.device += 1,
            |figure| figure.objects += 1,
        ];
        for change in changes {
            let mut grown = base;
            change(&mut grown);
            assert!(judge(&[base, grown]).is_err(), "{grown:?}");
            assert!(judge(&[grown, base]).is_ok(), "to shrink is no harm");
        }
    }
}
