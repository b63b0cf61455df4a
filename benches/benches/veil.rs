//! What the veil costs, part by part. The yardstick is `memcpy/plain`.
//!
//! The parts are measured minutes apart, so on a busy machine their quotients mean little: `veil_ratio` measures
//! the one that matters.

#![allow(clippy::unwrap_used, reason = "a bench that fails says where, like a test")]

mod rig;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use moretta_veil::{Frame, wipe_all};
use rig::{Ask, SIZES, alloc_free, frame, veil};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// The yardstick: a plain copy of the picture into memory that was used before.
fn memcpy(c: &mut Criterion) {
    let mut group = c.benchmark_group("memcpy");
    for size in SIZES {
        let picture = size.picture();
        let mut copy = picture.clone();
        group.throughput(Throughput::Bytes(size.bytes() as u64));
        group.bench_function(BenchmarkId::new("plain", size.name), |b| {
            b.iter(|| black_box(&mut copy).copy_from_slice(black_box(&picture)));
        });
    }
}

fn hand_over(c: &mut Criterion) {
    let veil = veil(&Arc::default()).unwrap();
    rig::announce(&veil);
    let mut group = c.benchmark_group("veil");
    group.bench_function("handover/empty", |b| {
        b.iter(|| veil.process(Frame::none(), &mut [], Ask::Copy).unwrap());
    });
    group.bench_function("wipe_all/idle", |b| {
        b.iter(|| assert_eq!(wipe_all(), 1));
    });
    for size in SIZES {
        let mut picture = size.picture();
        group.throughput(Throughput::Bytes(size.bytes() as u64));
        group.bench_function(BenchmarkId::new("frame", size.name), |b| {
            b.iter(|| frame(&veil, &picture).unwrap());
        });
        group.bench_function(BenchmarkId::new("submit", size.name), |b| {
            b.iter(|| {
                let submitted = Frame::borrowed([&picture[..]]).unwrap();
                let ticket = veil.submit(submitted, Ask::Copy).unwrap();
                let finished = veil.poll(Duration::MAX).unwrap();
                assert_eq!(finished.ticket, ticket);
            });
        });
        // The first round hands over a picture, the others what is left of it: zeros copy at the same speed.
        group.bench_function(BenchmarkId::new("consumed", size.name), |b| {
            b.iter(|| {
                let consumed = Frame::consumed([&mut picture[..]]).unwrap();
                veil.process(consumed, &mut [], Ask::Copy).unwrap()
            });
        });
    }
}

/// A library's allocation on the face thread, against the same elsewhere, which the system's allocator serves.
fn heap(c: &mut Criterion) {
    let veil = veil(&Arc::default()).unwrap();
    let mut group = c.benchmark_group("heap");
    for (name, bytes) in [
        ("64B", 64),
        ("4KiB", 4 << 10),
        ("64KiB", 64 << 10),
        ("1MiB", 1 << 20),
    ] {
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_function(BenchmarkId::new("alloc_free", name), |b| {
            b.iter_custom(|times| {
                let ask = Ask::AllocFree { bytes, times };
                veil.process(Frame::none(), &mut [], ask).unwrap()
            });
        });
        group.bench_function(BenchmarkId::new("alloc_free_system", name), |b| {
            b.iter_custom(|times| alloc_free(bytes, times));
        });
    }
}

criterion_group!(
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_secs(1));
    targets = memcpy, hand_over, heap
);
criterion_main!(benches);
