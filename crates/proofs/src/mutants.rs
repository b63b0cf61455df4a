//! Seeded faults: each makes one mechanism fail in a copy of the source, and a proof must notice.

use crate::subject::Parts;
use std::error::Error;
use std::fs;
use std::path::Path;

/// A fault.
pub struct Mutant {
    /// Its name.
    pub name: &'static str,
    /// Numbers of the proofs that are to notice.
    pub caught_by: &'static [u8],
    /// What is changed.
    pub edits: &'static [Edit],
}

/// Text that stands exactly once in a file, and what takes its place.
pub struct Edit {
    /// The file, from the root of the project.
    pub file: &'static str,
    /// The text.
    pub find: &'static str,
    /// Its replacement.
    pub replace: &'static str,
}

const WORKER: &str = "crates/veil/src/worker.rs";
const VEIL: &str = "crates/veil/src/veil.rs";
const HEAP: &str = "crates/veil/src/heap.rs";
const HOOK: &str = "crates/veil/src/hook.rs";
const FRAME: &str = "crates/veil/src/frame.rs";
const STACK: &str = "crates/veil/src/stack.rs";
const LINUX: &str = "crates/veil/src/os/linux.rs";
const UNIX: &str = "crates/veil/src/os/unix.rs";
const TRACKER: &str = "crates/track/src/tracker.rs";
const LIVE: &str = "crates/veil/src/live.rs";
const STAGING: &str = "crates/render/src/staging.rs";
const STAGE: &str = "crates/render/src/stage.rs";
const CANVAS: &str = "crates/render/src/canvas.rs";
const DONOR: &str = "crates/render/src/donor.rs";
const READBACK: &str = "crates/render/src/readback.rs";

macro_rules! mutant {
    ($name:literal, [$($by:literal),+], $($file:expr, $find:literal => $replace:literal);+ $(;)?) => {
        Mutant {
            name: $name,
            caught_by: &[$($by),+],
            edits: &[$(Edit { file: $file, find: $find, replace: $replace }),+],
        }
    };
}

/// All faults that show with any engine.
const MUTANTS: &[Mutant] = &[
    mutant!("no-frame-wipe", [1], WORKER,
        "unsafe { registry.wipe(|keep| extent_of(keep) <= extent) };" => "_ = extent_of(Keep::Frame);"),
    mutant!("no-stack-wipe", [1], WORKER,
        "unsafe { stack::wipe_below(shared.stack.base().as_ptr()) };" => "_ = shared;"),
    mutant!("registers-kept", [1], WORKER, "    clear_registers();\n    // SAFETY" => "    // SAFETY"),
    mutant!("queue-not-wiped", [1], WORKER, "if let Origin::Slot(..) = origin {" => "if false {"),
    mutant!("camera-not-wiped", [1], FRAME, "        if self.consumed {\n" => "        if false {\n"),
    mutant!("donor-kept", [1], WORKER,
        "unsafe { registry.wipe(|_| true) };" => "unsafe { registry.wipe(|keep| keep != Keep::Session) };"),
    mutant!("heap-without-wipe", [1], HEAP,
        "unsafe { wipe(block, block_size(class)) };" => "_ = wipe as unsafe fn(*mut u8, usize);"),
    mutant!("heap-fallback", [1, 2, 5, 7], HEAP,
        "    if !handles_faces() {\n            // SAFETY: the caller's promise, handed on.\n            return"
        => "    if true {\n            // SAFETY: the caller's promise, handed on.\n            return"),
    mutant!("loan-not-wiped", [1], FRAME,
        "            unsafe { wipe(whole.start.as_ptr(), whole.len) };\n" => ""),
    mutant!("shelter-on-the-open-heap", [1], HEAP,
        "        THREAD.set(Thread::Sheltered);\n" => "        _ = Thread::Sheltered;\n"),
    mutant!("stores-not-reached", [3], LIVE, "    store::wipe_all();\n" => "    _ = store::wipe_all as fn();\n"),
    mutant!("state-kept", [6], WORKER,
        "Some((Outcome::NoFace, _)) => Extent::Track," => "Some((Outcome::NoFace, _)) => Extent::Frame,"),
    mutant!("wipe-all-does-nothing", [3], VEIL, "            state.wipes_wanted += 1;\n" => "            return;\n"),
    mutant!("pause-keeps-the-thread", [1], VEIL,
        "match self.shared.end(Phase::Paused) {" => "Live::wipe(&*self.shared);\n        match self.shared.lock().phase {"),
    mutant!("talking-hook", [4], HOOK, "if !heap::handles_faces() {" => "if true || heap::handles_faces() {"),
    mutant!("payload-kept", [4], HOOK,
        "            silence(payload);\n" => "            std::mem::forget(payload);\n            _ = silence;\n"),
    mutant!("half-picture-kept", [4], WORKER, "    if !finished {\n" => "    if false {\n"),
    mutant!("no-wipe-on-fork", [5], LINUX,
        "wipe_or_leave_behind(at, len, WIPE_ON_FORK)," => "{ _ = (wipe_or_leave_behind as fn(_, _, _) -> _, WIPE_ON_FORK); Ok(()) }"),
    mutant!("no-lock", [2], UNIX,
        "Some(check(unsafe { libc::mlock(at.as_ptr().cast(), len) }))" => "_ = (at, len);\n    Some(Ok(()))"),
    mutant!("no-dump-exclusion", [2, 7], LINUX,
        "    Some(advise(at, len, libc::MADV_DONTDUMP))" => "    _ = (at, len);\n    Some(Ok(()))"),
    mutant!("ordinary-stack", [2],
        UNIX, "code(unsafe { pthread_attr_setstack(attributes.as_mut_ptr(), stack.as_ptr().cast(), len) });"
            => "{ _ = (stack, len); Ok::<(), io::Error>(()) };";
        STACK, "unsafe { wipe(low, here.saturating_sub(SPARED).saturating_sub(low.addr())) };"
            => "_ = (here, low, SPARED, wipe as unsafe fn(*mut u8, usize));"),
    mutant!("secret-not-secret", [8, 9], LINUX,
        "    Some(map_secret(len))" => "    _ = map_secret;\n    Some(reserve(len))"),
    mutant!("one-more-system-call", [10], WORKER,
        "    let ran = hook::quietly(|| {\n" => "    unsafe { libc::getppid() };\n    let ran = hook::quietly(|| {\n"),
    mutant!("file-opened", [10, 11], WORKER, "    let ran = hook::quietly(|| {\n"
        => "    _ = std::fs::OpenOptions::new().append(true).open(\"/dev/null\");\n    let ran = hook::quietly(|| {\n"),
    mutant!("crop-kept", [12], TRACKER,
        "input: room.reserve(Keep::Frame," => "input: room.reserve(Keep::Session,"),
    mutant!("landmarks-kept", [12], TRACKER,
        "measured: room.reserve(Keep::Frame," => "measured: room.reserve(Keep::Session,"),
    mutant!("branching-select", [13], "crates/lang/src/evaluate.rs",
        "Function::Select => return arith::pick_bits(a, b, c)," => "Function::Select => {
            return if a != 0 { core::hint::black_box(b) } else { core::hint::black_box(c) };
        }"),
    mutant!("staging-not-zeroed", [14], STAGING,
        "Ok(mut view) => view.slice(..).fill(0)," => "Ok(mut view) => _ = view.slice(..),"),
    mutant!("texture-not-cleared", [14], CANVAS,
        "        for picture in pictures {\n" => "        for picture in pictures.take(0) {\n"),
    mutant!("numbers-not-cleared", [14], STAGE,
        "encoder.clear_buffer(&numbers.buffer, 0, Some(numbers_used));" => "_ = numbers_used;"),
    mutant!("picture-kept-for-reading", [14], READBACK,
        "encoder(\"clear pictures\"))\n                .clear_buffer(&slot.buffer, 0, None);"
            => "encoder(\"clear pictures\"));"),
    mutant!("donor-texture-not-cleared", [16], DONOR,
        "        for level in &self.levels {\n" => "        for level in self.levels.iter().take(0) {\n"),
    mutant!("donor-staging-not-zeroed", [16], STAGING,
        "Ok(mut view) => view.slice(..).fill(0)," => "Ok(mut view) => _ = view.slice(..),"),
    mutant!("file-opened-to-draw", [10, 11], STAGING, "        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"
        => "        _ = std::fs::OpenOptions::new().append(true).open(\"/dev/null\");
        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"),
    mutant!("socket-made-to-draw", [10, 11, 15], STAGING, "        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"
        => "        _ = std::net::UdpSocket::bind((\"127.0.0.1\", 0));
        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"),
];

/// Faults that show with one engine and not with another.
const OF_KERNELS: &[Mutant] = &[mutant!("activations-kept", [12], TRACKER,
    "scratch: room.reserve(Keep::Frame," => "scratch: room.reserve(Keep::Session,")];
const OF_TRACT: &[Mutant] = &[
    mutant!("scratch-kept", [12], TRACKER,
        "Extent::All => true," => "Extent::All => false,"),
    mutant!("outputs-kept-in-the-engine", [12], "crates/infer/src/tract/turns.rs",
        "            self.values[node] = None;\n" => "            _ = node;\n"),
];

/// All faults that show with the engine under observation.
pub fn mutants() -> impl Iterator<Item = &'static Mutant> {
    let of_engine = if cfg!(feature = "tract") {
        OF_TRACT
    } else {
        OF_KERNELS
    };
    MUTANTS.iter().chain(of_engine)
}

impl Mutant {
    /// How much of the pipeline the programs must hold for the fault to be noticed.
    #[must_use]
    pub fn parts(&self) -> Parts {
        let drawn =
            |edit: &Edit| edit.file.starts_with("crates/render") || edit.file.starts_with("crates/moretta");
        if self.edits.iter().any(drawn) || self.caught_by.contains(&16) {
            Parts::Rendering
        } else if self.caught_by.contains(&12) {
            Parts::Inference
        } else {
            Parts::Veil
        }
    }

    /// Makes the fault in the copy of the project at `root`.
    ///
    /// # Errors
    /// If a text to replace does not stand there exactly once: the fault is then out of date.
    pub fn apply(&self, root: &Path) -> Result<(), Box<dyn Error>> {
        for Edit { file, find, replace } in self.edits {
            let path = root.join(file);
            let text = fs::read_to_string(&path)?;
            let times = text.matches(find).count();
            if times != 1 {
                return Err(format!("{file}: expected the text once, found it {times} times: {find}").into());
            }
            write(&path, text.replace(find, replace).as_bytes())?;
        }
        Ok(())
    }
}

/// Makes `copy` equal to `root`, touching only what differs, so that a build of the copy stays fresh.
///
/// # Errors
/// If a file cannot be read or written.
pub fn copy_tree(root: &Path, copy: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(copy)?;
    let skipped = |name: &str| matches!(name, "target" | ".git" | "corpus" | "artifacts");
    let mut names = Vec::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|n| format!("{} is not text", n.display()))?;
        if skipped(&name) {
            continue;
        }
        let to = copy.join(&name);
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &to)?;
        } else {
            let content = fs::read(entry.path())?;
            if fs::read(&to).ok().as_ref() != Some(&content) {
                write(&to, &content)?;
                fs::set_permissions(&to, entry.metadata()?.permissions())?;
            }
        }
        names.push(name);
    }
    for entry in fs::read_dir(copy)? {
        let entry = entry?;
        if !names.iter().any(|n| entry.file_name() == n.as_str()) {
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a tool that writes a copy of the source"
)]
fn write(path: &Path, content: &[u8]) -> Result<(), Box<dyn Error>> {
    Ok(fs::write(path, content)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proofs::PROOFS;

    #[test]
    fn every_fault_still_fits_the_source_and_names_proofs_that_exist() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for mutant in MUTANTS.iter().chain(OF_KERNELS).chain(OF_TRACT) {
            assert!(!mutant.caught_by.is_empty(), "{} names no proof", mutant.name);
            for number in mutant.caught_by {
                assert!(
                    PROOFS.iter().any(|p| p.number == *number),
                    "{}: no proof {number}",
                    mutant.name
                );
            }
            for Edit { file, find, replace } in mutant.edits {
                let text = fs::read_to_string(root.join(file)).unwrap();
                assert_eq!(text.matches(find).count(), 1, "{}: {file}: {find}", mutant.name);
                assert_ne!(find, replace, "{} changes nothing", mutant.name);
            }
        }
    }
}
