//! A report of protections that nobody checked.

use moretta_veil::{Policy, Protection};

fn main() {
    let regions = Vec::new();
    let protection = Protection {
        policy: Policy::Strict,
        platform_proven: true,
        heap_installed: true,
        regions,
    };
    let _ = protection;
}
