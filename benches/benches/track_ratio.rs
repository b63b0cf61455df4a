//! How the cost of a tracked frame grows with the picture and with the faces in it, as quotients.
//!
//! Other programs and the processor's clock disturb a measurement by more than what is measured here. So the yardstick,
//! one face in 640x480 RGBA, and each other case are timed in turns, each pair gives a quotient, and the median of the
//! quotients counts.
//!
//! Each case has the name `track_ratio/FRAME FORMAT SIZE`, and an argument runs those whose name contains it.

mod faces;
mod filter;

use faces::{FORMATS, Fallible, Rig, SIZES, Shot, Size, load};
use filter::Filter;
use moretta_frame::FrameFormat;
use moretta_infer::Plan;
use moretta_track::{Range, TrackerOptions};
use std::fmt;
use std::time::Instant;

/// What a frame is to find.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    faces: u32,
    format: FrameFormat,
    size: Size,
    options: TrackerOptions,
}

#[allow(clippy::print_stdout, reason = "a bench talks to who runs it")]
fn main() -> Fallible<()> {
    let filter = Filter::of_arguments();
    let mut cases = cases();
    cases.retain(|it| filter.wants(&format!("track_ratio/{it}")));
    if cases.is_empty() {
        return Ok(());
    }
    let pairs = if filter.trial { 1 } else { 100 };
    let plans = load()?;
    println!(
        "milliseconds, median (quartiles); quotient: by one face followed in 640x480 RGBA, in turns with it"
    );
    println!("{:34} {:22} {:22} quotient", "frame", "yardstick", "case");
    for case in cases {
        let mut yardstick = Timed::new(&plans, following(1, FrameFormat::Rgba8, SIZES[0]))?;
        let mut timed = Timed::new(&plans, case)?;
        let mut measured = Vec::with_capacity(pairs);
        for _ in 0..pairs {
            measured.push((yardstick.frame_ms()?, timed.frame_ms()?));
        }
        let of = |value: fn(&(f64, f64)) -> f64| spread(measured.iter().map(value).collect());
        println!(
            "{:34} {:22} {:22} {}",
            case.to_string(),
            of(|p| p.0),
            of(|p| p.1),
            of(|p| p.1 / p.0)
        );
    }
    timed_heap(&plans)
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.format, self.size)
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for size in SIZES {
        for format in FORMATS {
            for faces in [1, 2, 4] {
                cases.push(following(faces, format, size));
            }
            for (name, range) in [
                ("nobody, short range", Range::Short),
                ("nobody, full range", Range::Full),
            ] {
                cases.push(Case {
                    name,
                    faces: 0,
                    format,
                    size,
                    options: TrackerOptions {
                        range,
                        ..TrackerOptions::default()
                    },
                });
            }
        }
    }
    cases
}

/// As many faces as wanted are followed, blendshapes included; no detector looks.
fn following(faces: u32, format: FrameFormat, size: Size) -> Case {
    Case {
        name: match faces {
            1 => "1 face",
            2 => "2 faces",
            _ => "4 faces",
        },
        faces,
        format,
        size,
        options: TrackerOptions {
            max_faces: faces as usize,
            blendshapes: true,
            ..TrackerOptions::default()
        },
    }
}

/// A case under way.
struct Timed {
    rig: Rig,
    shot: Shot,
    faces: usize,
}

impl Timed {
    fn new(plans: &[Plan], case: Case) -> Fallible<Timed> {
        let mut timed = Timed {
            rig: Rig::new(plans, case.options)?,
            shot: Shot::new(case.faces, case.format, case.size)?,
            faces: case.faces as usize,
        };
        for _ in 0..6 {
            timed.frame_ms()?;
        }
        Ok(timed)
    }

    fn frame_ms(&mut self) -> Fallible<f64> {
        let start = Instant::now();
        self.rig.frame(&self.shot, self.faces)?;
        Ok(start.elapsed().as_secs_f64() * 1e3)
    }
}

/// Says what protected the memory, and how much the engine takes.
fn timed_heap(plans: &[Plan]) -> Fallible<()> {
    Timed::new(plans, following(1, FrameFormat::Rgba8, SIZES[0]))?
        .rig
        .announce();
    Ok(())
}

/// Median and quartiles, as text.
fn spread(mut values: Vec<f64>) -> String {
    values.sort_by(f64::total_cmp);
    let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
    format!("{:.2} ({:.2} to {:.2})", at(2), at(1), at(3))
}
