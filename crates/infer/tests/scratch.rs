//! What tract keeps from run to run, and that it dies with the thread. One test, alone in its program, because it
//! counts the bytes of the whole process.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use std::alloc::System;
use std::thread;

use common::{input, outputs, plan};
use moretta_infer::{Engine, ModelKind, Plan};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Bytes allocated and not freed.
fn live() -> isize {
    let stats = ALLOCATOR.stats();
    // `bytes_allocated` and `bytes_deallocated` include what reallocation grew and shrank.
    stats.bytes_allocated as isize - stats.bytes_deallocated as isize
}

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

/// What a thread saw of the heap.
struct Seen {
    /// Live bytes after some runs and after more.
    steady: [isize; 2],
    /// Allocations of two runs that follow each other.
    a_run: [usize; 2],
    /// Live bytes when the network was dropped and the thread had not ended.
    dropped: isize,
}

fn on_a_thread(plan: &Plan, input: &[f32]) -> Seen {
    thread::scope(|scope| {
        let work = || {
            let mut network = plan.network().unwrap();
            let mut run = || {
                let before = allocations();
                drop(outputs(&mut network, input));
                allocations() - before
            };
            run();
            run();
            let early = live();
            let a_run = [run(), run()];
            let late = live();
            drop(network);
            Seen {
                steady: [early, late],
                a_run,
                dropped: live(),
            }
        };
        let thread = thread::Builder::new()
            .name("face".to_owned())
            .spawn_scoped(scope, work);
        thread.unwrap().join().unwrap()
    })
}

#[test]
fn scratch_is_of_one_size_and_dies_with_its_thread() {
    for kind in ModelKind::ALL {
        let plan = plan(kind, Engine::Tract);
        let input = input(kind, "noise");
        // Whatever the first thread of a process sets up for good.
        on_a_thread(&plan, &input);
        let before = live();
        let seen = on_a_thread(&plan, &input);
        let after = live();

        assert_eq!(
            seen.steady[0], seen.steady[1],
            "{kind}: runs leave nothing behind them"
        );
        assert_eq!(
            seen.a_run[0], seen.a_run[1],
            "{kind}: a steady run allocates alike"
        );
        assert!(
            seen.a_run[0] > 0,
            "{kind}: it does allocate, and here it is counted"
        );
        println!(
            "{kind}: {} allocations a run, {} bytes of scratch",
            seen.a_run[0],
            seen.dropped - before
        );
        assert!(
            seen.dropped > before,
            "{kind}: scratch outlives the network, as the documentation says"
        );
        assert_eq!(after, before, "{kind}: nothing outlives the thread");
    }
}
