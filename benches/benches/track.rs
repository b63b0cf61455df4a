//! What it costs to find and follow faces: stage by stage, and the whole frame, inside the veil.
//!
//! Stages are measured as the tracker runs them, in frames in which nothing else takes part: a detector where nobody is to
//! be found; the landmark network on one followed face, with the pose and the visibility that follow from it and without
//! smoothing. Each counts its crop, its network, what is made of its output, the hand-over to the face thread and all
//! wipes. The blendshape network is run alone.

#![allow(clippy::unwrap_used, reason = "a bench that fails says where, like a test")]

mod faces;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use faces::{FORMATS, Rig, SIZES, Shot, load};
use moretta_frame::FrameFormat;
use moretta_infer::Plan;
use moretta_track::{Range, TrackerOptions};
use std::time::Duration;

fn stages(c: &mut Criterion) {
    let plans = load().unwrap();
    let mut group = c.benchmark_group("track");
    for (stage, faces, options) in [
        ("detect/short", 0, looking(Range::Short)),
        ("detect/full", 0, looking(Range::Full)),
        ("landmark/1", 1, following(1)),
    ] {
        for format in FORMATS {
            for size in SIZES {
                let shot = Shot::new(faces, format, size).unwrap();
                let mut rig = warm(&plans, options, &shot, faces);
                let id = BenchmarkId::new(format!("{stage}-{format}"), size);
                group.bench_function(id, |b| {
                    b.iter(|| rig.frame(&shot, faces as usize).unwrap());
                });
            }
        }
    }
    let rig = Rig::new(&plans, TrackerOptions::default()).unwrap();
    group.bench_function("blendshapes/1", |b| {
        b.iter_custom(|times| rig.blendshapes(times).unwrap());
    });
}

/// Frames in which all faces are followed, smoothed and measured whole, blendshapes included.
fn frames(c: &mut Criterion) {
    let plans = load().unwrap();
    let mut group = c.benchmark_group("track");
    for faces in [1, 2, 4] {
        for format in FORMATS {
            for size in SIZES {
                let shot = Shot::new(faces, format, size).unwrap();
                let options = TrackerOptions {
                    max_faces: faces as usize,
                    blendshapes: true,
                    ..TrackerOptions::default()
                };
                let mut rig = warm(&plans, options, &shot, faces);
                let id = BenchmarkId::new(format!("frame/{faces}-{format}"), size);
                group.bench_function(id, |b| {
                    b.iter(|| rig.frame(&shot, faces as usize).unwrap());
                });
            }
        }
    }
    let shot = Shot::new(1, FrameFormat::Rgba8, SIZES[0]).unwrap();
    warm(&plans, TrackerOptions::default(), &shot, 1).announce();
}

/// One detector looks, and finds nobody.
fn looking(range: Range) -> TrackerOptions {
    TrackerOptions {
        range,
        ..TrackerOptions::default()
    }
}

/// As many faces as wanted are followed, so that no detector looks.
fn following(max_faces: usize) -> TrackerOptions {
    TrackerOptions {
        max_faces,
        smoothing: None,
        ..TrackerOptions::default()
    }
}

/// A rig that has seen `shot` for some frames: faces are found, and the engine has what memory it needs.
fn warm(plans: &[Plan], options: TrackerOptions, shot: &Shot, faces: u32) -> Rig {
    let mut rig = Rig::new(plans, options).unwrap();
    for _ in 0..6 {
        rig.frame(shot, faces as usize).unwrap();
    }
    rig
}

criterion_group!(
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_millis(500));
    targets = stages, frames
);
criterion_main!(benches);
