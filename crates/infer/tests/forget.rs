//! A network in tract that forgets leaves nothing of its last run in memory. In a program of its own, whose allocator lists every
//! live block that the thread under observation has on the heap.

#![allow(unsafe_code, reason = "plays the attacker: reads memory that others own")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use common::{empty_outputs, input, outputs, plan};
use moretta_infer::{Engine, ModelKind, Network, Plan};

/// The system's allocator, which keeps a list of what is alive of what listed threads allocate. What they get is zeroed:
/// as with `FaceHeap`, no block holds what another left.
struct Listing;

#[global_allocator]
static ALLOCATOR: Listing = Listing;

thread_local! {
    static LISTED: Cell<bool> = const { Cell::new(false) };
}

/// Address and length of each block, in the row that its address chooses; address 0 is none.
struct Blocks {
    taken: AtomicBool,
    /// How many there are.
    alive: AtomicUsize,
    all: UnsafeCell<[Row; ROWS]>,
}

const ROWS: usize = 1 << 12;
type Row = [(usize, usize); 32];

/// The row of the block at `address`: by the golden ratio, as Knuth scatters numbers.
fn row(address: usize) -> usize {
    (address >> 4).wrapping_mul(0x9E37_79B9) / 64 % ROWS
}

static BLOCKS: Blocks = Blocks {
    taken: AtomicBool::new(false),
    alive: AtomicUsize::new(0),
    all: UnsafeCell::new([[(0, 0); 32]; ROWS]),
};

// SAFETY: `with` lets one thread at a time reach the list.
unsafe impl Sync for Blocks {}

impl Blocks {
    fn with<R>(&self, f: impl FnOnce(&mut [Row; ROWS]) -> R) -> R {
        while self.taken.swap(true, Ordering::Acquire) {
            std::hint::spin_loop();
        }
        // SAFETY: `taken` is ours until it is stored false below.
        let result = f(unsafe { &mut *self.all.get() });
        self.taken.store(false, Ordering::Release);
        result
    }

    fn add(&self, address: usize, len: usize) {
        self.with(
            |all| match all[row(address)].iter_mut().find(|block| block.0 == 0) {
                Some(block) => *block = (address, len),
                None => std::process::abort(), // an allocator must not panic: a row is too short
            },
        );
        self.alive.fetch_add(1, Ordering::Relaxed);
    }

    fn remove(&self, address: usize) {
        if self.alive.load(Ordering::Relaxed) == 0 {
            return;
        }
        let block = self.with(|all| {
            let mut row = all[row(address)].iter_mut();
            row.find(|block| block.0 == address).map(std::mem::take)
        });
        self.alive
            .fetch_sub(usize::from(block.is_some()), Ordering::Relaxed);
    }
}

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Listing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !LISTED.get() {
            // SAFETY: the caller's promise, handed on.
            return unsafe { System.alloc(layout) };
        }
        // SAFETY: as above.
        let block = unsafe { System.alloc_zeroed(layout) };
        BLOCKS.add(block.expose_provenance(), layout.size());
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BLOCKS.remove(block.addr());
        // SAFETY: the caller's promise, handed on.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Four numbers that lie next to each other.
type Window = [u32; 4];

/// Whether chance does not write this: no two are the same, and none is a round number.
fn is_distinctive(window: &Window) -> bool {
    let [a, b, c, d] = window;
    let different = a != b && a != c && a != d && b != c && b != d && c != d;
    different && window.iter().all(|bits| bits.trailing_zeros() <= 12)
}

/// Every window in the listed blocks.
fn held() -> HashSet<Window> {
    // With room for all: nothing may be allocated or freed while the list is taken.
    let mut blocks = Vec::with_capacity(ROWS * size_of::<Row>() / size_of::<(usize, usize)>());
    BLOCKS.with(|all| blocks.extend(all.iter().flatten().copied().filter(|block| block.0 != 0)));
    let mut windows = HashSet::new();
    for (address, len) in blocks {
        let start: *const u32 = std::ptr::with_exposed_provenance(address);
        let word = |at: usize| {
            // SAFETY: inside a block of the calling thread's, which is alive.
            let place = unsafe { start.add(at) };
            // SAFETY: as above. Nobody else reads or writes it; volatile, for parts of it may never have been written.
            unsafe { place.read_volatile() }
        };
        let words: Vec<u32> = (0..len / 4)
            .filter(|_| address.is_multiple_of(4))
            .map(word)
            .collect();
        windows.extend(
            words
                .windows(4)
                .filter_map(|window| Window::try_from(window).ok()),
        );
    }
    windows
}

/// What the heap of a thread held after a run, after the network was told to forget, and after a second run.
fn watched(plan: &Plan, input: &[f32]) -> [HashSet<Window>; 3] {
    let mut memory = empty_outputs(plan.kind());
    let mut slices: Vec<&mut [f32]> = memory.iter_mut().map(Vec::as_mut_slice).collect();
    LISTED.set(true);
    let mut network = plan.network().unwrap();
    let mut watch = |deed: &mut dyn FnMut(&mut moretta_infer::EngineNetwork)| {
        LISTED.set(true);
        deed(&mut network);
        LISTED.set(false);
        held()
    };
    [
        watch(&mut |network| network.run(&mut [], input, &mut slices).unwrap()),
        watch(&mut |network| network.forget().unwrap()),
        watch(&mut |network| network.run(&mut [], input, &mut slices).unwrap()),
    ]
}

/// Shows `look` every window of the tensors of a run on `input`: along their rows, and across their channels.
fn windows(plan: &Plan, input: &[f32], look: &mut dyn FnMut(Window)) {
    let mut memory = empty_outputs(plan.kind());
    let mut slices: Vec<&mut [f32]> = memory.iter_mut().map(Vec::as_mut_slice).collect();
    let mut look = |shape: &[usize], values: &[f32]| {
        let plane: usize = shape.iter().skip(2).product();
        for stride in [1, plane.max(1)] {
            for start in 0..values.len().saturating_sub(3 * stride) {
                look(std::array::from_fn(|k| values[start + k * stride].to_bits()));
            }
        }
    };
    let mut network = plan.network().unwrap();
    network
        .run_observed(&mut [], input, &mut slices, &mut look)
        .unwrap();
}

/// How many windows that follow from `input`, and from no weights alone, are among each of `held`.
fn found(plan: &Plan, input: &[f32], held: &[HashSet<Window>; 3]) -> [usize; 3] {
    let mut found = HashSet::new();
    windows(plan, input, &mut |window| {
        if is_distinctive(&window) && held.iter().any(|held| held.contains(&window)) {
            found.insert(window);
        }
    });
    // A run on zeros has the same weights, and the same values where a border pads.
    windows(plan, &vec![0.0; input.len()], &mut |window| {
        found.remove(&window);
    });
    std::array::from_fn(|k| found.iter().filter(|window| held[k].contains(*window)).count())
}

#[test]
fn what_a_network_forgets_is_nowhere_on_the_heap() {
    let mut seen = 0;
    for kind in ModelKind::ALL {
        let plan = plan(kind, Engine::Tract);
        let input = input(kind, "noise");
        let held = thread::scope(|scope| {
            let work = || watched(&plan, &input);
            let thread = thread::Builder::new()
                .name("face".to_owned())
                .spawn_scoped(scope, work);
            thread.unwrap().join().unwrap()
        });
        let [after_run, forgotten, again] = found(&plan, &input, &held);
        println!(
            "{kind}: {after_run} windows held after a run, {forgotten} when forgotten, {again} after another"
        );
        assert_eq!(forgotten, 0, "{kind}");
        assert_eq!(again, after_run, "{kind}: the search still finds what it found");
        seen += after_run;
    }
    assert!(seen > 0, "the control: runs leave something that is found");
}

#[test]
fn a_network_that_has_forgotten_computes_as_before() {
    for kind in ModelKind::ALL {
        let mut network = plan(kind, Engine::Tract).network().unwrap();
        let noise = input(kind, "noise");
        let before = outputs(&mut network, &noise);
        network.forget().unwrap();
        network.forget().unwrap();
        assert_eq!(outputs(&mut network, &noise), before, "{kind}");
    }
}
