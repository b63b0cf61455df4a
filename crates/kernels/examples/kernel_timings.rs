//! Prints how long the networks take here and in tract, in turns on one thread, and how far the outputs are apart:
//! `cargo run --release -p moretta-kernels --example kernel_timings -- [rounds] [path]`.

#![allow(clippy::print_stdout, reason = "what the example is for")]

use std::env;
use std::error::Error;
use std::time::{Duration, Instant};

use moretta_infer::{Engine, ModelKind, Network, VerifiedModel};
use moretta_kernels::{Path, Plan};

fn main() -> Result<(), Box<dyn Error>> {
    let rounds: usize = env::args().nth(1).map_or(Ok(200), |it| it.parse())?;
    let wanted = env::args().nth(2);
    let named = |path: &Path| {
        wanted
            .as_ref()
            .is_some_and(|name| path.name().eq_ignore_ascii_case(name))
    };
    let path = Path::ALL.into_iter().find(named).unwrap_or(Path::best());
    println!(
        "{:<28} {:>9} {:>9} {:>7} {:>10} {:>9}  {path}",
        "median of runs in turns", "here, ms", "tract, ms", "ratio", "difference", "load, ms"
    );
    for kind in ModelKind::ALL {
        let model = VerifiedModel::embedded(kind)?;
        let start = Instant::now();
        let plan = Plan::load_by(model.bytes(), path)?;
        let load = start.elapsed();
        let mut tract = moretta_infer::Plan::load(&model, Engine::Tract)?.network()?;
        let input: Vec<f32> = (0..kind.input_len())
            .map(|i| (i as u32).wrapping_mul(2_654_435_761) as f32 / u32::MAX as f32)
            .collect();
        let mut scratch = vec![0.0; plan.scratch_len()];
        let mut times = [vec![], vec![]];
        let mut results = [outputs(kind), outputs(kind)];
        for _ in 0..rounds.max(1) {
            for (engine, (times, results)) in times.iter_mut().zip(&mut results).enumerate() {
                let mut slices: Vec<&mut [f32]> = results.iter_mut().map(Vec::as_mut_slice).collect();
                let start = Instant::now();
                if engine == 0 {
                    plan.run(&mut scratch, &input, &mut slices)?;
                } else {
                    tract.run(&mut [], &input, &mut slices)?;
                }
                times.push(start.elapsed());
            }
        }
        let [here, there] = times.map(median);
        println!(
            "{:<28} {:>9.3} {:>9.3} {:>7.3} {:>10.1e} {:>9.1}  {plan:?}",
            kind.name(),
            ms(here),
            ms(there),
            here.as_secs_f64() / there.as_secs_f64(),
            difference(&results),
            ms(load),
        );
    }
    Ok(())
}

fn outputs(kind: ModelKind) -> Vec<Vec<f32>> {
    let lengths = kind.outputs().iter().map(|spec| spec.values());
    lengths.map(|values| vec![0.0; values]).collect()
}

/// The largest, in parts of the largest magnitude of an output.
fn difference(results: &[Vec<Vec<f32>>; 2]) -> f32 {
    let [here, there] = results;
    let of = |(here, there): (&Vec<f32>, &Vec<f32>)| {
        let scale = there.iter().fold(1.0_f32, |scale, value| scale.max(value.abs()));
        let pairs = here.iter().zip(there);
        pairs.fold(0.0_f32, |largest, (a, b)| largest.max((a - b).abs())) / scale
    };
    here.iter().zip(there).map(of).fold(0.0, f32::max)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
