//! Prints how long the networks take to load and to run on one thread: `cargo run --release -p moretta-infer --example
//! timings`.

#![allow(clippy::print_stdout, reason = "what the example is for")]

use std::error::Error;
use std::time::{Duration, Instant};

use moretta_infer::{Engine, ModelKind, Network, VerifiedModel, load_all};

const RUNS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    for engine in Engine::ALL {
        println!("{engine}");
        time(*engine)?;
    }
    Ok(())
}

fn time(engine: Engine) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let models: Vec<_> = ModelKind::ALL
        .into_iter()
        .map(VerifiedModel::embedded)
        .collect::<Result<_, _>>()?;
    println!("{:<28} {:>8.1} ms", "all verified", ms(start.elapsed()));
    let start = Instant::now();
    let loaded = load_all(&models, engine)?;
    println!(
        "{:<28} {:>8.1} ms",
        "all loaded side by side",
        ms(start.elapsed())
    );
    for loaded in &loaded {
        println!(
            "{:<28} {:>8.1} ms",
            format!("load {}", loaded.plan.kind()),
            ms(loaded.took)
        );
    }
    for loaded in &loaded {
        let kind = loaded.plan.kind();
        let mut network = loaded.plan.network()?;
        let mut scratch = vec![0.0; network.scratch_len()];
        let input = vec![0.5; kind.input_len()];
        let mut outputs: Vec<Vec<f32>> = kind
            .outputs()
            .iter()
            .map(|spec| vec![0.0; spec.values()])
            .collect();
        let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let start = Instant::now();
            network.run(&mut scratch, &input, &mut slices)?;
            times.push(start.elapsed());
        }
        times.sort();
        println!(
            "{:<28} {:>8.2} ms median, {:.2} ms least of {RUNS}",
            format!("run {kind}"),
            ms(times[RUNS / 2]),
            ms(times[0])
        );
    }
    Ok(())
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
