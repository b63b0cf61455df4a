//! What `benches/peers/peers.py` measures: it reads a line, does that many frames or runs, and says how many nanoseconds they
//! took. A line of frames is followed by the picture.
//!
//! ```text
//! frames WIDTH HEIGHT BLENDSHAPES COUNT    and WIDTH x HEIGHT pixels RGBA with one face
//! network NAME COUNT
//! ```

#![allow(clippy::print_stdout, reason = "what it is for")]

#[path = "../benches/faces/mod.rs"]
mod faces;

use std::collections::HashMap;
use std::io::{BufRead, Read, Write, stdin, stdout};
use std::time::{Duration, Instant};

use faces::{Fallible, Rig, Shot, load};
use moretta_frame::{FrameFormat, FrameLayout};
use moretta_infer::{ModelKind, Network, Plan};
use moretta_track::TrackerOptions;

fn main() -> Fallible<()> {
    let plans = load()?;
    let mut rigs: HashMap<String, Rig> = HashMap::new();
    let mut input = stdin().lock();
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let words: Vec<_> = line.split_whitespace().collect();
        let took = match words[..] {
            ["frames", width, height, blendshapes, count] => {
                let layout = FrameLayout::packed(FrameFormat::Rgba8, width.parse()?, height.parse()?);
                let mut pixels = vec![0; layout.width as usize * layout.height as usize * 4];
                input.read_exact(&mut pixels)?;
                let shot = Shot {
                    layout,
                    planes: vec![pixels],
                };
                let key = format!("{width} {height} {blendshapes}");
                if !rigs.contains_key(&key) {
                    let options = TrackerOptions {
                        max_faces: 1,
                        blendshapes: blendshapes == "1",
                        ..TrackerOptions::default()
                    };
                    rigs.insert(key.clone(), Rig::new(&plans, options)?);
                }
                let rig = rigs.get_mut(&key).ok_or("no rig")?;
                frames(rig, &shot, count.parse()?)?
            }
            ["network", name, count] => runs(&plans, name, count.parse()?)?,
            _ => return Err(format!("expected frames or a network, found {line:?}").into()),
        };
        println!("{}", took.as_nanos());
        stdout().flush()?;
        line.clear();
    }
    Ok(())
}

/// Whole frames, hand-over and wipes included.
fn frames(rig: &mut Rig, shot: &Shot, count: usize) -> Fallible<Duration> {
    let start = Instant::now();
    (0..count).try_for_each(|_| rig.frame(shot, 1))?;
    Ok(start.elapsed())
}

/// Runs of a network alone, on noise.
fn runs(plans: &[Plan], name: &str, count: usize) -> Fallible<Duration> {
    let kind = ModelKind::ALL.into_iter().find(|kind| kind.name() == name);
    let kind = kind.ok_or_else(|| format!("expected a network's name, found {name:?}"))?;
    let plan = plans.iter().find(|plan| plan.kind() == kind);
    let mut network = plan.ok_or("a network that is not loaded")?.network()?;
    let noise = |i: usize| (i as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32;
    let input: Vec<f32> = (0..kind.input_len()).map(noise).collect();
    let mut scratch = vec![0.0; network.scratch_len()];
    let lengths = kind.outputs().iter().map(|spec| spec.values());
    let mut outputs: Vec<Vec<f32>> = lengths.map(|values| vec![0.0; values]).collect();
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    let start = Instant::now();
    (0..count).try_for_each(|_| network.run(&mut scratch, &input, &mut slices))?;
    Ok(start.elapsed())
}
