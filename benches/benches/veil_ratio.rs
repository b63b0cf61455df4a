//! How many plain copies of a picture one veiled frame costs: the number that the design promises.
//!
//! Two yardsticks: *plain*, a copy on the calling thread, and *worker*, the same copy made by an ordinary thread that
//! the caller waits for, which is what a pipeline without a veil does. The first counts the thread switches as the
//! veil's, the second shows what the veil adds to them.
//!
//! Other programs and the processor's clock disturb a measurement by more than what is measured here. So yardstick
//! and veil are timed in turns, each pair gives a quotient, and the median of the quotients counts.
//!
//! *Warm* measures them back to back: picture and copies lie in the processor's caches, where a copy is as fast as it
//! can be. *Cold* empties the caches of both threads before each: as for a picture that has just come from a camera, a
//! thirtieth of a second after the last one.
//!
//! Each line has the name `veil_ratio/CACHES SIZE YARDSTICK`, and an argument runs those whose name contains it.

mod filter;
mod rig;

use filter::Filter;
use moretta_veil::{Frame, Veil, VeilError};
use rig::{Ask, BALLAST, Copier, SIZES, Size, evict, frame, veil};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;
use std::time::{Duration, Instant};

/// A veiled frame is to cost no more than this many plain copies.
const AIM: f64 = 1.5;
/// Pairs run first and not counted.
const WARM_UP: usize = 50;

/// What lies in the caches before each measurement.
#[derive(Clone, Copy)]
enum Caches {
    Warm,
    Cold,
}

/// What a veiled frame is compared with.
#[derive(Clone, Copy)]
enum Yardstick {
    Plain,
    Worker,
}

const YARDSTICKS: [(&str, Yardstick); 2] = [("plain", Yardstick::Plain), ("worker", Yardstick::Worker)];

#[allow(clippy::print_stdout, reason = "a bench talks to who runs it")]
fn main() -> Result<(), VeilError> {
    let filter = Filter::of_arguments();
    let wants = |heat: &str, size: Size, yardstick: &str| {
        filter.wants(&format!("veil_ratio/{heat} {} {yardstick}", size.name))
    };
    let any = |heat| {
        SIZES
            .iter()
            .any(|size| YARDSTICKS.iter().any(|it| wants(heat, *size, it.0)))
    };
    if !any("warm") && !any("cold") {
        return Ok(());
    }
    let ballast = Arc::new(vec![1; BALLAST]);
    let veil = veil(&ballast)?;
    rig::announce(&veil);
    println!("microseconds, median (quartiles); aim: a veiled frame costs at most {AIM} plain copies");
    println!(
        "caches  size       yardstick  {:21} {:21} ratio",
        "bare copy", "veil/frame"
    );
    for (heat, caches, pairs) in [("warm", Caches::Warm, 2000), ("cold", Caches::Cold, 200)] {
        let pairs = if filter.trial { 3 } else { pairs };
        for size in SIZES {
            for (name, yardstick) in YARDSTICKS {
                if !wants(heat, size, name) {
                    continue;
                }
                let measured = measure(&veil, size, caches, yardstick, &ballast, pairs)?;
                let bare = Spread::of(&measured, |p| micros(p.bare));
                let veiled = Spread::of(&measured, |p| micros(p.veiled));
                let ratio = Spread::of(&measured, |p| micros(p.veiled) / micros(p.bare));
                let verdict = match yardstick {
                    Yardstick::Worker => "",
                    Yardstick::Plain if ratio.median <= AIM => "  aim met",
                    Yardstick::Plain => "  aim missed",
                };
                println!(
                    "{heat}    {:10} {name:10} {:21} {:21} {}{verdict}",
                    size.name,
                    bare.text(0),
                    veiled.text(0),
                    ratio.text(2)
                );
            }
        }
    }
    Ok(())
}

/// One copy without a veil and the veiled frame right after it.
struct Pair {
    bare: Duration,
    veiled: Duration,
}

fn measure(
    veil: &Veil<Copier>,
    size: Size,
    caches: Caches,
    yardstick: Yardstick,
    ballast: &[u8],
    pairs: usize,
) -> Result<Vec<Pair>, VeilError> {
    let picture = &size.picture()[..];
    std::thread::scope(|scope| {
        let mut copier = match yardstick {
            Yardstick::Plain => Copying::Here(picture.to_vec()),
            Yardstick::Worker => Copying::on_worker(scope, picture, ballast),
        };
        let cool = |copier: &mut Copying| -> Result<(), VeilError> {
            if let Caches::Cold = caches {
                veil.process(Frame::none(), &mut [], Ask::Evict)?;
                copier.evict(ballast);
            }
            Ok(())
        };
        let mut measured = Vec::with_capacity(pairs);
        for round in 0..WARM_UP + pairs {
            cool(&mut copier)?;
            let start = Instant::now();
            copier.copy(picture);
            let bare = start.elapsed();

            cool(&mut copier)?;
            let start = Instant::now();
            frame(veil, picture)?;
            let veiled = start.elapsed();

            if round >= WARM_UP {
                measured.push(Pair { bare, veiled });
            }
        }
        Ok(measured)
    })
}

/// Copies without a veil.
enum Copying {
    /// On the calling thread, into this buffer.
    Here(Vec<u8>),
    /// On an ordinary thread, into a buffer of its own.
    There {
        chores: SyncSender<Chore>,
        done: Receiver<()>,
    },
}

#[derive(Clone, Copy)]
enum Chore {
    Copy,
    Evict,
}

impl Copying {
    fn on_worker<'s>(scope: &'s Scope<'s, '_>, picture: &'s [u8], ballast: &'s [u8]) -> Copying {
        let (chores, to_do) = sync_channel(1);
        let (report, done) = sync_channel(1);
        scope.spawn(move || {
            let mut copy = picture.to_vec();
            for chore in to_do {
                match chore {
                    Chore::Copy => copy_into(&mut copy, picture),
                    Chore::Evict => evict(ballast),
                }
                if report.send(()).is_err() {
                    break;
                }
            }
        });
        Copying::There { chores, done }
    }

    fn copy(&mut self, picture: &[u8]) {
        match self {
            Copying::Here(copy) => copy_into(copy, picture),
            Copying::There { chores, done } => does(chores, done, Chore::Copy),
        }
    }

    /// Empties the caches of this thread, and of the worker if there is one.
    fn evict(&mut self, ballast: &[u8]) {
        if let Copying::There { chores, done } = self {
            does(chores, done, Chore::Evict);
        }
        evict(ballast);
    }
}

fn copy_into(copy: &mut [u8], picture: &[u8]) {
    black_box(copy).copy_from_slice(black_box(picture));
}

/// Gives the worker a chore and waits until it is done.
fn does(chores: &SyncSender<Chore>, done: &Receiver<()>, chore: Chore) {
    chores
        .send(chore)
        .expect("the worker waits for chores until they end");
    done.recv().expect("the worker reports each chore");
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Median and quartiles.
struct Spread {
    low: f64,
    median: f64,
    high: f64,
}

impl Spread {
    fn of(pairs: &[Pair], value: impl Fn(&Pair) -> f64) -> Spread {
        let mut values: Vec<f64> = pairs.iter().map(value).collect();
        values.sort_by(f64::total_cmp);
        let at = |quarter: usize| values[(values.len() - 1) * quarter / 4];
        Spread {
            low: at(1),
            median: at(2),
            high: at(3),
        }
    }

    fn text(&self, digits: usize) -> String {
        let Spread { low, median, high } = self;
        format!("{median:.digits$} ({low:.digits$} to {high:.digits$})")
    }
}
