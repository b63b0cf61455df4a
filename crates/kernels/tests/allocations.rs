//! That a run allocates nothing. Alone in its program, because it counts the allocations of the whole process.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::alloc::System;

use common::ALL;
use moretta_kernels::{Path, Plan};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn a_run_allocates_nothing_and_a_load_does() {
    for bytes in ALL {
        for path in Path::ALL.into_iter().filter(|path| path.is_available()) {
            let region = Region::new(ALLOCATOR);
            let plan = Plan::load_by(bytes, path).unwrap();
            assert!(region.change().allocations > 0, "the control");
            let input = vec![0.5; plan.input_len()];
            let mut scratch = vec![0.0; plan.scratch_len()];
            let mut outputs: Vec<Vec<f32>> = plan.outputs().map(|it| vec![0.0; it.1]).collect();
            let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
            let region = Region::new(ALLOCATOR);
            plan.run(&mut scratch, &input, &mut slices).unwrap();
            let change = region.change();
            let changes = [change.allocations, change.reallocations, change.deallocations];
            assert_eq!(changes, [0; 3], "{path}");
        }
    }
}
