//! `--images`, `--video` and `--frames`: what the tracker sees, written down.

use std::path::PathBuf;

use clap::ArgMatches;
use indicatif::{ProgressBar, ProgressStyle};
use moretta_track::{Lens, MAX_FACES, Smoothing, TrackerOptions};

use crate::cli::range;
use crate::clip::Clip;
use crate::error::EvalError;
use crate::picture::{Picture, stills, tell};
use crate::readout::Watcher;
use crate::record::{Record, Records};

/// Measures what the command line asks for.
pub(crate) fn run(matches: &ArgMatches) -> Result<(), EvalError> {
    let path = |name| matches.get_one::<PathBuf>(name);
    let Some(out) = path("out") else {
        unreachable!("clap requires it");
    };
    let limit = matches.get_one::<u64>("limit").copied().unwrap_or(u64::MAX);
    let watcher = Watcher::new(options(matches))?;
    if let Some(folder) = path("images") {
        let stills = stills(folder)?;
        if stills.is_empty() {
            return Err(EvalError::malformed(
                folder.display().to_string(),
                "pictures",
                "none",
            ));
        }
        let count = limit.min(stills.len() as u64);
        let mut records = Records::create(out)?;
        let mut unreadable = 0;
        let bar = progress(Some(count));
        for (path, name) in stills
            .into_iter()
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
        {
            let picture = match Picture::read(&path) {
                Ok(picture) => picture,
                Err(error) => {
                    unreadable += 1;
                    bar.suspend(|| tell(&error.to_string()));
                    continue;
                }
            };
            let (sight, took) = watcher.first(&picture)?;
            let size = [picture.width, picture.height];
            records.push(&Record::new(name, size, took.as_secs_f64() * 1e3, &sight))?;
            bar.inc(1);
        }
        bar.finish();
        records.finish()?;
        if unreadable > 0 {
            return Err(EvalError::malformed(
                folder.display().to_string(),
                "pictures that can be decoded",
                format!(
                    "{unreadable} of {count} that cannot; the others are in {}",
                    out.display()
                ),
            ));
        }
        Ok(())
    } else {
        let (clip, name) = clip(matches)?;
        let mut records = Records::create(out)?;
        let bar = progress(clip.count.map(|it| it.min(limit)));
        let mut frames = 0;
        for frame in clip {
            let frame = frame?;
            let (sight, took) = watcher.next(&frame.picture, frame.at_ns)?;
            let size = [frame.picture.width, frame.picture.height];
            let record = Record::new(name.clone(), size, took.as_secs_f64() * 1e3, &sight);
            records.push(&record.of_clip(frames, frame.at_ns, &sight))?;
            bar.inc(1);
            frames += 1;
            if frames == limit {
                break;
            }
        }
        bar.finish();
        if frames == 0 {
            return Err(EvalError::malformed(name, "frames", "none"));
        }
        records.finish()
    }
}

fn options(matches: &ArgMatches) -> TrackerOptions {
    let number = |name| matches.get_one::<f64>(name).copied().unwrap_or_default() as f32;
    let default = TrackerOptions::default();
    TrackerOptions {
        max_faces: matches.get_one("max-faces").copied().unwrap_or(MAX_FACES),
        range: matches
            .get_one::<String>("range")
            .map_or(default.range, |word| range(word)),
        min_detection_score: number("min-score"),
        min_presence: number("min-presence"),
        blendshapes: !matches.get_flag("no-blendshapes"),
        smoothing: smoothing(matches),
        lens: Lens::FovY {
            rad: number("fov").to_radians(),
        },
        seed: matches.get_one("seed").copied().unwrap_or_default(),
    }
}

/// The default, with the gains and knees that are asked for, or none.
fn smoothing(matches: &ArgMatches) -> Option<Smoothing> {
    let mut smoothing = Smoothing::default();
    let numbers = matches.get_many::<f32>("smoothing").into_iter().flatten();
    let places = [
        &mut smoothing.motion.gain,
        &mut smoothing.motion.knee_per_s,
        &mut smoothing.shape.gain,
        &mut smoothing.shape.knee_per_s,
    ];
    for (place, number) in places.into_iter().zip(numbers) {
        *place = *number;
    }
    (!matches.get_flag("no-smoothing")).then_some(smoothing)
}

/// The clip that is asked for, and its name.
fn clip(matches: &ArgMatches) -> Result<(Clip, String), EvalError> {
    if let Some(file) = matches.get_one::<PathBuf>("video") {
        return Ok((Clip::open(file)?, file.display().to_string()));
    }
    let (Some(folder), Some(fps)) = (
        matches.get_one::<PathBuf>("frames"),
        matches.get_one::<f64>("fps"),
    ) else {
        unreachable!("clap requires a source, and the rate has a default");
    };
    Ok((Clip::of_stills(folder, *fps)?, folder.display().to_string()))
}

fn progress(count: Option<u64>) -> ProgressBar {
    let bar = count.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed} {per_sec}");
    style.map_or_else(|_| ProgressBar::hidden(), |style| bar.with_style(style))
}
