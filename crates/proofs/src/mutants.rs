//! Seeded faults: each makes one mechanism fail in a copy of the source, and a proof must notice.
//!
//! Those that can be chosen when a program starts stand in one copy, so that one build serves all of them; without a
//! choice it must pass the proofs. The others stand in a second copy, where they are always at work.

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
    /// Its replacement, in which the word `FAULT` asks whether this fault was chosen.
    pub replace: &'static str,
}

/// The question in a replacement. A fault without it is always at work.
const FAULT: &str = "FAULT";

const WORKER: &str = "crates/veil/src/worker.rs";
const VEIL: &str = "crates/veil/src/veil.rs";
const HEAP: &str = "crates/veil/src/heap.rs";
const HOOK: &str = "crates/veil/src/hook.rs";
const FRAME: &str = "crates/veil/src/frame.rs";
const STACK: &str = "crates/veil/src/stack.rs";
const LINUX: &str = "crates/veil/src/os/linux.rs";
const UNIX: &str = "crates/veil/src/os/unix.rs";
const TRACKER: &str = "crates/track/src/tracker.rs";
const PHOTO: &str = "crates/track/src/tracker/photo.rs";
const LIVE: &str = "crates/veil/src/live.rs";
const STAGING: &str = "crates/render/src/staging.rs";
const STAGE: &str = "crates/render/src/stage.rs";
const CANVAS: &str = "crates/render/src/canvas.rs";
const DONOR: &str = "crates/render/src/donor.rs";
const VIEWS: &str = "crates/render/src/donor/views.rs";
const READBACK: &str = "crates/render/src/readback.rs";
const RAW: &str = "ffi/src/raw.rs";
const CALLS: &str = "ffi/src/session.rs";

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
        "unsafe { registry.wipe(|keep| extent_of(keep) <= extent) };"
            => "if !FAULT { unsafe { registry.wipe(|keep| extent_of(keep) <= extent) } };"),
    mutant!("no-stack-wipe", [1], WORKER,
        "unsafe { stack::wipe_below(shared.stack.base().as_ptr()) };"
            => "if !FAULT { unsafe { stack::wipe_below(shared.stack.base().as_ptr()) } };"),
    mutant!("registers-kept", [1], WORKER, "    clear_registers();\n    // SAFETY"
        => "    if !FAULT { clear_registers() };\n    // SAFETY"),
    mutant!("queue-not-wiped", [1], WORKER,
        "if let Origin::Slot(..) = origin {" => "if let Origin::Slot(..) = origin && !FAULT {"),
    mutant!("camera-not-wiped", [1], FRAME, "        if self.consumed {\n" => "        if self.consumed && !FAULT {\n"),
    mutant!("donor-kept", [1], WORKER, "unsafe { registry.wipe(|_| true) };"
        => "unsafe { registry.wipe(|keep| !FAULT || keep != Keep::Session) };"),
    mutant!("heap-without-wipe", [1], HEAP, "unsafe { wipe(block, block_size(class)) };"
        => "if !FAULT { unsafe { wipe(block, block_size(class)) } };"),
    mutant!("heap-fallback", [1, 2, 5, 7], HEAP,
        "    if !handles_faces() {\n            // SAFETY: the caller's promise, handed on.\n            return"
        => "    if FAULT || !handles_faces() {\n            // SAFETY: the caller's promise, handed on.\n            return"),
    mutant!("loan-not-wiped", [1], FRAME, "            unsafe { wipe(whole.start.as_ptr(), whole.len) };\n"
        => "            if !FAULT { unsafe { wipe(whole.start.as_ptr(), whole.len) } };\n"),
    mutant!("shelter-on-the-open-heap", [1], HEAP, "        THREAD.set(Thread::Sheltered);\n"
        => "        if !FAULT { THREAD.set(Thread::Sheltered) };\n"),
    mutant!("stores-not-reached", [3], LIVE,
        "    store::wipe_all();\n" => "    if !FAULT { store::wipe_all() };\n"),
    mutant!("state-kept", [6], WORKER, "Some((Outcome::NoFace, _)) => Extent::Track,"
        => "Some((Outcome::NoFace, _)) => if FAULT { Extent::Frame } else { Extent::Track },"),
    mutant!("wipe-all-does-nothing", [3], VEIL, "            state.wipes_wanted += 1;\n"
        => "            if FAULT { return };\n            state.wipes_wanted += 1;\n"),
    mutant!("pause-keeps-the-thread", [1], VEIL, "match self.shared.end(Phase::Paused) {"
        => "if FAULT { Live::wipe(&*self.shared) };
        match if FAULT { self.shared.lock().phase } else { self.shared.end(Phase::Paused) } {"),
    mutant!("talking-hook", [4], HOOK,
        "if !heap::handles_faces() {" => "if FAULT || !heap::handles_faces() {"),
    mutant!("payload-kept", [4], HOOK, "            silence(payload);\n"
        => "            if FAULT { std::mem::forget(payload) } else { silence(payload) };\n"),
    mutant!("half-picture-kept", [4], WORKER, "    if !finished {\n" => "    if !finished && !FAULT {\n"),
    mutant!("no-wipe-on-fork", [5], LINUX, "wipe_or_leave_behind(at, len, WIPE_ON_FORK),"
        => "if FAULT { Ok(()) } else { wipe_or_leave_behind(at, len, WIPE_ON_FORK) },"),
    mutant!("no-lock", [2], UNIX, "Some(check(unsafe { libc::mlock(at.as_ptr().cast(), len) }))"
        => "Some(if FAULT { Ok(()) } else { check(unsafe { libc::mlock(at.as_ptr().cast(), len) }) })"),
    mutant!("no-dump-exclusion", [2, 7], LINUX, "    Some(advise(at, len, libc::MADV_DONTDUMP))"
        => "    Some(if FAULT { Ok(()) } else { advise(at, len, libc::MADV_DONTDUMP) })"),
    mutant!("ordinary-stack", [2],
        UNIX, "code(unsafe { pthread_attr_setstack(attributes.as_mut_ptr(), stack.as_ptr().cast(), len) });"
            => "if FAULT { Ok(()) } else {
            code(unsafe { pthread_attr_setstack(attributes.as_mut_ptr(), stack.as_ptr().cast(), len) })
        };";
        STACK, "unsafe { wipe(low, here.saturating_sub(SPARED).saturating_sub(low.addr())) };"
            => "if !FAULT { unsafe { wipe(low, here.saturating_sub(SPARED).saturating_sub(low.addr())) } };"),
    mutant!("secret-not-secret", [8, 9], LINUX, "    Some(map_secret(len))"
        => "    Some(if FAULT { reserve(len) } else { map_secret(len) })"),
    mutant!("one-more-system-call", [10], WORKER, "    let ran = hook::quietly(|| {\n"
        => "    let ran = hook::quietly(|| {\n        if FAULT { unsafe { libc::syscall(libc::SYS_getppid) }; }\n"),
    mutant!("file-opened", [10, 11], WORKER, "    let ran = hook::quietly(|| {\n" => "    let ran = hook::quietly(|| {
        if FAULT { _ = std::fs::OpenOptions::new().append(true).open(\"/dev/null\") };\n"),
    mutant!("crop-kept", [12, 16], TRACKER, "input: room.reserve(Keep::Frame,"
        => "input: room.reserve(if FAULT { Keep::Session } else { Keep::Frame },"),
    mutant!("landmarks-kept", [12, 16], TRACKER, "measured: room.reserve(Keep::Frame,"
        => "measured: room.reserve(if FAULT { Keep::Session } else { Keep::Frame },"),
    mutant!("branching-select", [13], "crates/lang/src/evaluate.rs",
        "Function::Select => return arith::pick_bits(a, b, c)," => "Function::Select => {
            return if a != 0 { core::hint::black_box(b) } else { core::hint::black_box(c) };
        }"),
    mutant!("staging-not-zeroed", [14, 16], STAGING, "Ok(mut view) => view.slice(..).fill(0),"
        => "Ok(mut view) => if !FAULT { view.slice(..).fill(0) },"),
    mutant!("texture-not-cleared", [14], CANVAS, "        for picture in pictures {\n"
        => "        for picture in pictures.take(if FAULT { 0 } else { usize::MAX }) {\n"),
    mutant!("numbers-not-cleared", [14], STAGE, "encoder.clear_buffer(&numbers.buffer, 0, Some(numbers_used));"
        => "if !FAULT { encoder.clear_buffer(&numbers.buffer, 0, Some(numbers_used)) };"),
    mutant!("picture-kept-for-reading", [14], READBACK, ".clear_buffer(&slot.buffer, 0, None);"
        => ".clear_buffer(&slot.buffer, 0, if FAULT { Some(0) } else { None });"),
    mutant!("donor-texture-not-cleared", [16], DONOR, "        for level in &self.levels {\n"
        => "        for level in self.levels.iter().take(if FAULT { 0 } else { usize::MAX }) {\n"),
    mutant!("sitter-kept", [16], DONOR, "        bytemuck::write_zeroes(&mut donor.sitter.view_mut(access)[0]);\n"
        => "        if FAULT {
            donor.clear(shared)?;
            self.all.push(donor);
            return Ok(true);
        }
        bytemuck::write_zeroes(&mut donor.sitter.view_mut(access)[0]);\n"),
    mutant!("views-kept", [16], VIEWS, "        self.views = None;\n" => "        if !FAULT { self.views = None };\n"),
    mutant!("file-opened-to-draw", [10, 11], STAGING, "        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"
        => "        if FAULT { _ = std::fs::OpenOptions::new().append(true).open(\"/dev/null\") };
        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"),
    mutant!("shipped-frame-kept", [17], RAW, "        drop(moretta::Frame::consumed([bytes]));\n"
        => "        if FAULT { _ = bytes } else { drop(moretta::Frame::consumed([bytes])) };\n"),
    mutant!("shipped-system-call", [17], CALLS, "        let lies = frame.lies_to(picture)?;\n"
        => "        if FAULT { _ = std::env::current_dir() };\n        let lies = frame.lies_to(picture)?;\n"),
    mutant!("socket-made-to-draw", [10, 11, 15], STAGING, "        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"
        => "        _ = std::net::UdpSocket::bind((\"127.0.0.1\", 0));
        let slot = &mut self.slots[at];\n        slot.dirty = bytes;\n"),
];

/// Faults that show with one engine and not with another.
const OF_KERNELS: &[Mutant] = &[
    mutant!("activations-kept", [12, 16], TRACKER, "scratch: room.reserve(Keep::Frame,"
    => "scratch: room.reserve(if FAULT { Keep::Session } else { Keep::Frame },"),
];
const OF_TRACT: &[Mutant] = &[
    mutant!("scratch-kept", [12], TRACKER,
        "Extent::All => true," => "Extent::All => !FAULT,"),
    mutant!("photo-kept-in-the-engine", [16], PHOTO, "let forgotten = self.networks.forget();"
        => "let forgotten = if FAULT { Ok(()) } else { self.networks.forget() };"),
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

/// What is added to the veil of the copy: whether the fault of this number was chosen. It compares numbers, for the
/// registers are to keep what the frame before left there; and it allocates nothing, for the heap asks as well.
const ASKED: &str = "crates/veil/src/lib.rs";
const ANSWER: &str = r#"
#[doc(hidden)]
#[allow(missing_docs)]
pub fn fault(number: u32) -> bool {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    const NONE: u32 = u32::MAX - 1;
    static CHOSEN: AtomicU32 = AtomicU32::new(u32::MAX);
    let mut chosen = CHOSEN.load(Relaxed);
    if chosen == u32::MAX {
        // SAFETY: the programs under observation change no variable.
        let value = unsafe { libc::getenv(c"MORETTA_FAULT".as_ptr()) };
        // SAFETY: a variable's value ends with a zero.
        let value = (!value.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(value) });
        chosen = value.and_then(|it| it.to_str().ok()?.parse().ok()).unwrap_or(NONE);
        CHOSEN.store(chosen, Relaxed);
    }
    chosen == number
}
"#;

/// What is added to the crate through which the C library reaches the veil.
const REACHED: &str = "crates/moretta/src/lib.rs";
const WAY: &str = "\n#[doc(hidden)]\npub use moretta_veil::fault;\n";

/// The variable of the environment by which a program is told the chosen fault's number.
const CHOICE: &str = "MORETTA_FAULT";

/// Lets the programs that are started from now on have the fault, if they can choose it.
pub fn choose(mutant: Option<&Mutant>) {
    match mutant {
        // SAFETY: the other threads of the prover watch subjects, and read no variable.
        Some(mutant) => unsafe { std::env::set_var(CHOICE, mutant.number().to_string()) },
        // SAFETY: as above.
        None => unsafe { std::env::remove_var(CHOICE) },
    }
}

/// Makes all faults in the copy of the project at `root` that can be chosen.
///
/// # Errors
/// If a file cannot be read or written, or a text to replace does not stand there exactly once: the fault is then out of
/// date.
pub fn make_choosable(root: &Path) -> Result<(), Box<dyn Error>> {
    for (file, more) in [(ASKED, ANSWER), (REACHED, WAY)] {
        let path = root.join(file);
        write(&path, (fs::read_to_string(&path)? + more).as_bytes())?;
    }
    mutants()
        .filter(|it| it.can_be_chosen())
        .try_for_each(|it| it.make(root))
}

impl Mutant {
    /// How much of the pipeline its proofs watch.
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

    /// Whether it asks, in each of its places, if it was chosen.
    #[must_use]
    pub fn can_be_chosen(&self) -> bool {
        self.edits.iter().all(|it| it.replace.contains(FAULT))
    }

    /// By which it is chosen: how many come before it.
    #[must_use]
    pub fn number(&self) -> usize {
        mutants().take_while(|it| it.name != self.name).count()
    }

    /// Makes the fault in the copy of the project at `root`.
    ///
    /// # Errors
    /// As [`make_choosable`].
    pub fn make(&self, root: &Path) -> Result<(), Box<dyn Error>> {
        for edit in self.edits {
            let path = root.join(edit.file);
            let text = edit.made(&fs::read_to_string(&path)?, self.number())?;
            write(&path, text.as_bytes())?;
        }
        Ok(())
    }
}

impl Edit {
    /// The file's text with the change in it.
    fn made(&self, text: &str, number: usize) -> Result<String, String> {
        let Edit { file, find, replace } = self;
        let times = text.matches(find).count();
        if times != 1 {
            return Err(format!(
                "{file}: expected the text once, found it {times} times: {find}"
            ));
        }
        let veil = match file {
            _ if file.starts_with("crates/veil/") => "crate",
            _ if file.starts_with("ffi/") => "moretta",
            _ => "moretta_veil",
        };
        let question = format!("{veil}::fault({number})");
        Ok(text.replace(find, &replace.replace(FAULT, &question)))
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
            for edit in mutant.edits {
                let text = fs::read_to_string(root.join(edit.file)).unwrap();
                assert_ne!(
                    edit.made(&text, 0).unwrap(),
                    text,
                    "{} changes nothing",
                    mutant.name
                );
                assert_eq!(
                    edit.replace.contains(FAULT),
                    mutant.can_be_chosen(),
                    "{}",
                    mutant.name
                );
            }
        }
    }
}
