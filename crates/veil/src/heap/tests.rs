//! The heap against a model, on real segments and threads.

use super::*;
use proptest::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The heap is the process's: one test at a time, or their counts would mix.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

/// Runs `body` on a thread of its own, which is a face thread if `face`.
fn on_thread<R: Send>(face: bool, body: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("heap test".into());
        let run = move || {
            FaceHeap::reserve(64 << 10, Policy::BestEffort, Backing::Anonymous).unwrap();
            if face {
                enter_face_thread();
            }
            body()
        };
        let ended = thread.spawn_scoped(scope, run).unwrap().join();
        ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn alloc(layout: Layout) -> *mut u8 {
    // SAFETY: no test asks for 0 bytes.
    unsafe { FaceHeap.alloc(layout) }
}

/// # Safety
/// A block of that layout, not used after.
unsafe fn free(block: *mut u8, layout: Layout) {
    // SAFETY: the caller's promise.
    unsafe { FaceHeap.dealloc(block, layout) };
}

/// # Safety
/// `len` bytes at `block` are mapped, and nobody writes them meanwhile.
unsafe fn bytes<'a>(block: *mut u8, len: usize) -> &'a [u8] {
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(block, len) }
}

#[test]
fn a_class_holds_its_sizes_at_their_alignment_and_wastes_a_fifth_at_most() {
    let mut at = 0;
    for class in 0..40 {
        assert!(block_size(class) > at, "classes grow");
        at = block_size(class);
        assert_eq!(class_for(at), class, "a block's size is of its own class");
        assert_eq!(class_for(at + 1), class + 1);
    }
    for size in (1..5000).chain([1 << 20, (1 << 20) + 1, 3 << 30]) {
        for align in (0..=12).map(|shift| 1 << shift) {
            let block = block_size(class_of(layout(size, align)).unwrap());
            assert!(
                block >= size && natural_align(block) >= align,
                "{size} at {align}: {block}"
            );
            let least = size.max(MIN_BLOCK);
            assert!(align > 16 || (block - least) * 5 <= block, "{size}: {block}");
        }
    }
}

#[test]
fn what_no_class_holds_is_refused_and_changes_nothing() {
    let _alone = alone();
    on_thread(true, || {
        let live = FaceHeap::live_bytes();
        for (size, align) in [
            (64, 2 * MAX_ALIGN),
            (1 << 20, 1 << 20),
            (isize::MAX as usize - 7, 8),
            (isize::MAX as usize / 2 + 1, 8),
            (1 << 50, 8),
        ] {
            assert!(alloc(layout(size, align)).is_null(), "{size} at {align}");
        }
        let most_aligned = layout(64, MAX_ALIGN);
        let block = alloc(most_aligned);
        assert!(!block.is_null() && block.addr().is_multiple_of(MAX_ALIGN));
        // SAFETY: a live block of that layout.
        let grown = unsafe { FaceHeap.realloc(block, most_aligned, 1 << 50) };
        assert!(grown.is_null(), "no room, and the block stays");
        // SAFETY: as above.
        unsafe { free(block, most_aligned) };
        assert_eq!(FaceHeap::live_bytes(), live);
    });
}

#[test]
fn a_freed_block_is_zero_but_for_its_link() {
    let _alone = alone();
    on_thread(true, || {
        for size in [1, 64, 100, 4096, 100_000] {
            let layout = layout(size, 8);
            let whole = block_size(class_of(layout).unwrap());
            let block = alloc(layout);
            // SAFETY: a live block of `whole` bytes.
            unsafe { block.write_bytes(0xA5, whole) };
            // SAFETY: as above.
            let stained = unsafe { bytes(block, whole) };
            assert!(stained.iter().all(|&b| b == 0xA5), "control");
            // SAFETY: a live block, not used after but to look at it.
            unsafe { free(block, layout) };
            // SAFETY: segments stay mapped, and no other test uses the heap now.
            let after = unsafe { bytes(block, whole) };
            assert!(after[size_of::<usize>()..].iter().all(|&b| b == 0), "{size}");
            let again = alloc(layout);
            assert_eq!(again, block, "the block last freed is handed out first");
            // SAFETY: a live block.
            assert!(unsafe { bytes(again, whole) }.iter().all(|&b| b == 0));
            // SAFETY: as above.
            unsafe { free(again, layout) };
        }
    });
}

#[test]
fn a_block_that_moves_leaves_zeros_behind_on_whichever_thread() {
    let _alone = alone();
    for face in [true, false] {
        let small = layout(200, 8);
        let block = on_thread(true, || alloc(small).expose_provenance());
        on_thread(face, || {
            let block: *mut u8 = std::ptr::with_exposed_provenance_mut(block);
            // SAFETY: a live block of 200 bytes.
            unsafe { block.write_bytes(0xA5, 200) };
            // SAFETY: a live block of that layout.
            let moved = unsafe { FaceHeap.realloc(block, small, 5000) };
            assert!(owns(moved) && moved != block, "it stays in the vault: {face}");
            // SAFETY: a live block of 5000 bytes.
            let now = unsafe { bytes(moved, 5000) };
            assert!(now[..200].iter().all(|&b| b == 0xA5) && now[200..].iter().all(|&b| b == 0));
            // SAFETY: segments stay mapped, and no other test uses the heap now.
            let left = unsafe { bytes(block, 200) };
            assert!(left[size_of::<usize>()..].iter().all(|&b| b == 0));
            // SAFETY: a live block of that layout.
            unsafe { free(moved, layout(5000, 8)) };
        });
    }
}

#[test]
fn other_threads_get_the_systems_memory() {
    let _alone = alone();
    let layout = layout(1000, 8);
    let open = on_thread(false, || {
        let block = alloc(layout);
        assert!(!owns(block));
        // SAFETY: a live block of that layout.
        let block = unsafe { FaceHeap.realloc(block, layout, 2000) };
        assert!(!owns(block), "and keep it when it grows");
        block.expose_provenance()
    });
    on_thread(true, || {
        assert!(owns(alloc(layout)), "control: a face thread's is ours");
        let open: *mut u8 = std::ptr::with_exposed_provenance_mut(open);
        // SAFETY: a live block of 2000 bytes.
        unsafe { open.write_bytes(0x5A, 2000) };
        let was = Layout::from_size_align(2000, 8).unwrap();
        // SAFETY: a live block of that layout.
        let veiled = unsafe { FaceHeap.realloc(open, was, 3000) };
        assert!(owns(veiled), "what the face thread takes over moves in");
        // SAFETY: a live block of 3000 bytes.
        assert!(unsafe { bytes(veiled, 2000) }.iter().all(|&b| b == 0x5A));
        // SAFETY: a live block of that layout.
        unsafe { free(veiled, Layout::from_size_align(3000, 8).unwrap()) };
    });
}

#[test]
fn a_full_heap_grows_by_a_segment() {
    let _alone = alone();
    on_thread(true, || {
        let bytes_of = |reports: &[RegionReport]| reports.iter().map(|r| r.bytes).sum::<usize>();
        let before = FaceHeap::reports();
        let size = bytes_of(&before) + 1;
        let (large, small) = (layout(size, 8), layout(64, 8));
        let (first, block) = (alloc(small), alloc(large));
        assert!(owns(first) && owns(block));
        // SAFETY: the last byte of a live block.
        let last = unsafe { block.add(size - 1) };
        // SAFETY: as above.
        unsafe { last.write(0xA5) };
        let after = FaceHeap::reports();
        assert_eq!(after.len(), before.len() + 1);
        assert!(
            bytes_of(&after) >= 2 * bytes_of(&before),
            "so that few segments suffice"
        );
        assert_eq!(after.last().map(|r| r.purpose), Some(Purpose::Heap));
        // SAFETY: live blocks of these layouts.
        unsafe { free(block, large) };
        // SAFETY: as above.
        unsafe { free(first, small) };
        let again = alloc(large);
        assert_eq!(again, block, "and what was freed is used again");
        // SAFETY: a live block of that layout.
        unsafe { free(again, large) };
        assert_eq!(FaceHeap::reports().len(), after.len());
    });
}

#[test]
fn what_is_reserved_already_is_not_reserved_twice() {
    let _alone = alone();
    on_thread(false, || {
        let before = FaceHeap::reports();
        FaceHeap::reserve(1, Policy::BestEffort, Backing::Anonymous).unwrap();
        assert_eq!(FaceHeap::reports(), before);
        let bytes: usize = before.iter().map(|r| r.bytes).sum();
        FaceHeap::reserve(bytes + 1, Policy::BestEffort, Backing::Anonymous).unwrap();
        assert_eq!(FaceHeap::reports().len(), before.len() + 1, "control");
    });
}

#[test]
fn a_segment_without_its_guards_is_not_strict_enough() {
    let whole = RegionReport {
        purpose: Purpose::Heap,
        bytes: 4096,
        locked: Held::Yes,
        no_dump: Held::Yes,
        no_fork: Held::NotOffered,
        secret: Held::NotAsked,
    };
    strict_enough(&whole, Backing::Anonymous).unwrap();
    let refused = |report, backing| match strict_enough(&report, backing) {
        Err(VeilError::Refused { guard, .. }) => Some(guard),
        _ => None,
    };
    let no = Held::Refused(libc::EAGAIN);
    let open = |change: fn(&mut RegionReport, Held)| {
        let mut report = whole;
        change(&mut report, no);
        refused(report, Backing::Anonymous)
    };
    assert_eq!(open(|r, no| r.locked = no), Some(Guard::Lock));
    assert_eq!(open(|r, no| r.no_dump = no), Some(Guard::NoDump));
    assert_eq!(open(|r, no| r.no_fork = no), Some(Guard::NoFork));
    assert_eq!(
        refused(whole, Backing::Secret),
        Some(Guard::Secret),
        "made as ordinary memory"
    );
}

/// One call on the heap.
#[derive(Clone, Debug)]
enum Call {
    Alloc { size: usize, align: usize, zeroed: bool },
    Realloc { which: usize, size: usize },
    Free { which: usize },
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1..300usize, 3 => 300..9000usize, 1 => 9000..200_000usize]
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let align = (0..=12u32).prop_map(|shift| 1usize << shift);
    let alloc =
        (sizes(), align, any::<bool>()).prop_map(|(size, align, zeroed)| Call::Alloc { size, align, zeroed });
    let realloc = (any::<usize>(), sizes()).prop_map(|(which, size)| Call::Realloc { which, size });
    let free = any::<usize>().prop_map(|which| Call::Free { which });
    prop::collection::vec(prop_oneof![3 => alloc, 2 => realloc, 2 => free], 1..120)
}

/// What the model knows of a block: where it is, and that it is full of `tag`.
struct Block {
    start: *mut u8,
    layout: Layout,
    tag: u8,
}

impl Block {
    fn content(&self, len: usize) -> bool {
        // SAFETY: a live block of at least `len` bytes.
        unsafe { bytes(self.start, len) }.iter().all(|&b| b == self.tag)
    }

    fn fill(&self) {
        // SAFETY: a live block of that size.
        unsafe { self.start.write_bytes(self.tag, self.layout.size()) };
    }

    fn range(&self) -> std::ops::Range<usize> {
        self.start.addr()..self.start.addr() + self.layout.size()
    }

    /// Frees it and looks at what is left.
    fn end(self) -> Result<(), TestCaseError> {
        prop_assert!(self.content(self.layout.size()), "freed with its content");
        // SAFETY: a live block of that layout, not used after but to look at it.
        unsafe { free(self.start, self.layout) };
        // SAFETY: segments stay mapped, and no other test uses the heap now.
        let left = unsafe { bytes(self.start, self.layout.size()) };
        prop_assert!(left.iter().skip(size_of::<usize>()).all(|&b| b == 0), "wiped");
        Ok(())
    }
}

fn obeys_the_model(calls: Vec<Call>) -> Result<(), TestCaseError> {
    let live = FaceHeap::live_bytes();
    let mut blocks: Vec<Block> = Vec::new();
    for (n, call) in calls.into_iter().enumerate() {
        let tag = u8::try_from(n % 255).expect("below 255") + 1;
        match call {
            Call::Alloc { size, align, zeroed } => {
                let layout = layout(size, align);
                let start = if zeroed {
                    // SAFETY: not 0 bytes.
                    unsafe { FaceHeap.alloc_zeroed(layout) }
                } else {
                    alloc(layout)
                };
                prop_assert!(owns(start));
                let block = Block {
                    start,
                    layout,
                    tag: 0,
                };
                prop_assert!(block.content(size), "handed out zero");
                blocks.push(Block { tag, ..block });
            }
            Call::Realloc { which, size } if !blocks.is_empty() => {
                let at = which % blocks.len();
                let block = &mut blocks[at];
                let kept = block.layout.size().min(size);
                // SAFETY: a live block of that layout, and a size that is not 0.
                block.start = unsafe { FaceHeap.realloc(block.start, block.layout, size) };
                prop_assert!(owns(block.start));
                block.layout = layout(size, block.layout.align());
                prop_assert!(block.content(kept), "content kept");
                block.tag = tag;
            }
            Call::Free { which } if !blocks.is_empty() => {
                let at = which % blocks.len();
                blocks.swap_remove(at).end()?;
            }
            Call::Realloc { .. } | Call::Free { .. } => {}
        }
        for block in &blocks {
            prop_assert!(block.start.addr().is_multiple_of(block.layout.align()));
            let (mine, start) = (block.range(), block.start);
            let apart = |other: &Block| {
                other.start == start || other.range().end <= mine.start || mine.end <= other.range().start
            };
            prop_assert!(blocks.iter().all(apart), "disjoint");
        }
        blocks.iter().for_each(Block::fill);
        let held: usize = blocks
            .iter()
            .map(|b| block_size(class_of(b.layout).unwrap()))
            .sum();
        prop_assert_eq!(FaceHeap::live_bytes(), live + held);
        prop_assert!(FaceHeap::peak_bytes() >= live + held);
    }
    blocks.into_iter().try_for_each(Block::end)?;
    prop_assert_eq!(FaceHeap::live_bytes(), live);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_sequence_of_calls_obeys_the_model(calls in calls()) {
        let _alone = alone();
        on_thread(true, || obeys_the_model(calls))?;
    }
}

#[test]
fn threads_that_free_each_others_blocks_do_not_corrupt_the_heap() {
    let _alone = alone();
    let live = FaceHeap::live_bytes();
    let layout = layout(100, 8);
    let (give, take) = std::sync::mpsc::sync_channel::<usize>(64);
    std::thread::scope(|scope| {
        let name = |name: &str| std::thread::Builder::new().name(name.into());
        for tag in 1..=2u8 {
            let give = give.clone();
            let run = move || {
                enter_face_thread();
                for _ in 0..5000 {
                    let block = alloc(layout);
                    // SAFETY: a live block of 100 bytes.
                    assert!(unsafe { bytes(block, 100) }.iter().all(|&b| b == 0));
                    // SAFETY: as above.
                    unsafe { block.write_bytes(tag, 100) };
                    give.send(block.expose_provenance()).unwrap();
                }
            };
            name("maker").spawn_scoped(scope, run).unwrap();
        }
        drop(give);
        let mut count = [0; 3];
        for block in take {
            let block: *mut u8 = std::ptr::with_exposed_provenance_mut(block);
            // SAFETY: a live block of 100 bytes, whose maker let go of it.
            let content = unsafe { bytes(block, 100) };
            let tag = content[0];
            assert!(content.iter().all(|&b| b == tag), "a block of two owners");
            count[usize::from(tag)] += 1;
            // SAFETY: a live block of that layout.
            unsafe { free(block, layout) };
        }
        assert_eq!(count, [0, 5000, 5000]);
    });
    assert_eq!(FaceHeap::live_bytes(), live);
}
