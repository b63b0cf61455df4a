//! How many plain copies of a picture one veiled frame costs: the number that the design promises.
//!
//! Other programs and the processor's clock disturb a measurement by more than what is measured here. So a plain
//! copy and a veiled frame are timed in turns, each pair gives a quotient, and the median of the quotients counts.

mod rig;

use moretta_veil::VeilError;
use rig::{SIZES, frame, veil};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Pairs measured for each size.
const PAIRS: usize = 2000;
/// Pairs run first and not counted.
const WARM_UP: usize = 50;
/// A veiled frame is to cost no more than this many plain copies.
const AIM: f64 = 1.5;

#[allow(clippy::print_stdout, reason = "a bench talks to who runs it")]
fn main() -> Result<(), VeilError> {
    // `cargo test --benches` runs each bench once, to see that it runs.
    let pairs = if std::env::args().any(|a| a == "--test") {
        3
    } else {
        PAIRS
    };
    let veil = veil()?;
    rig::announce(&veil);
    println!("{pairs} pairs; median (quartiles)");
    for size in SIZES {
        let picture = size.picture();
        let mut copy = picture.clone();
        let mut measured = Vec::with_capacity(pairs);
        for round in 0..pairs + WARM_UP {
            let plain = time(|| black_box(&mut copy[..]).copy_from_slice(black_box(&picture)));
            let start = Instant::now();
            frame(&veil, &picture)?;
            let veiled = start.elapsed();
            if round >= WARM_UP {
                measured.push(Pair { plain, veiled });
            }
        }
        let plain = Spread::of(&measured, |p| p.plain.as_secs_f64() * 1e6);
        let veiled = Spread::of(&measured, |p| p.veiled.as_secs_f64() * 1e6);
        let ratio = Spread::of(&measured, |p| p.veiled.as_secs_f64() / p.plain.as_secs_f64());
        println!(
            "{:9}  memcpy {:6.0} us ({:.0} to {:.0})  veil/frame {:6.0} us ({:.0} to {:.0})  ratio {:.2} ({:.2} to {:.2}), \
             aim {AIM}: {}",
            size.name,
            plain.median,
            plain.low,
            plain.high,
            veiled.median,
            veiled.low,
            veiled.high,
            ratio.median,
            ratio.low,
            ratio.high,
            if ratio.median <= AIM { "met" } else { "missed" },
        );
    }
    Ok(())
}

/// One plain copy and the veiled frame right after it.
struct Pair {
    plain: Duration,
    veiled: Duration,
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
}

fn time(f: impl FnOnce()) -> Duration {
    let start = Instant::now();
    f();
    start.elapsed()
}
