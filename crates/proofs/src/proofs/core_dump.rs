//! Proof 7: core dumps.

use super::{Context, Failure, ensure, works};
use crate::needle::{Kind, Needle, count};
use crate::subject::Subject;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How many times a subject is stopped in search of a moment that holds a face.
const STOPS: u32 = 100;

/// Proof 7. A core dump taken in the middle of a frame holds no face in memory.
///
/// The dump's notes hold registers, which no protection of memory covers: counted and said, not judged.
/// Control: a dump of an ordinary process.
pub(super) fn holds_no_face(context: &Context) -> Result<String, Failure> {
    let times = if context.quick { 2 } else { 8 };
    let mut in_registers = 0;
    for k in 0..times {
        let wait = Duration::from_micros(20_000 + 1730 * k);
        let (memory, registers) = dump(context, &context.programs.victim(), "loop", wait)?;
        ensure(memory == 0, || format!("{memory} needles in the dump's memory"))?;
        in_registers += registers;
    }
    let wait = Duration::from_millis(20);
    let (caught, _) = dump(context, &context.programs.victim_open(), "open-loop", wait)?;
    works(caught > 0, || {
        "control: no landmark in an ordinary process's dump".to_owned()
    })?;
    Ok(format!(
        "{times} dumps, {in_registers} hits in register notes; control {caught}"
    ))
}

/// Lets a subject dump core; counts all needles but pixels, which the app's own camera holds, in its memory and in its
/// notes.
fn dump(context: &Context, program: &Path, scene: &str, wait: Duration) -> Result<(usize, usize), Failure> {
    let pattern = std::fs::read_to_string("/proc/sys/kernel/core_pattern")?;
    works(!pattern.starts_with(['|', '/', '@']), || {
        format!(
            "core dumps go to {:?} here: set kernel.core_pattern to `core` for this proof",
            pattern.trim()
        )
    })?;
    let folder = context.scratch.join("core");
    std::fs::create_dir_all(&folder)?;
    let mut command = Command::new(program);
    command.current_dir(&folder);
    // SAFETY: `unlimited` makes one system call and allocates nothing.
    unsafe { command.pre_exec(unlimited) };
    let mut subject = Subject::launch(command, scene, &[])?;
    subject.expect("LOOP")?;
    stop_with_a_face(&subject, wait)?;
    subject.signal(libc::SIGABRT)?;
    subject.signal(libc::SIGCONT)?;
    let status = subject.wait()?;
    works(status.core_dumped(), || format!("no core was dumped: {status}"))?;
    let file = std::fs::read_dir(&folder)?
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().starts_with("core"))
        .ok_or("no core file")?;
    let core = std::fs::read(file.path())?;
    std::fs::remove_dir_all(&folder)?;
    split_count(core, subject.needles())
}

/// Stops the subject with a landmark in its memory: a dump between two frames would show nothing.
fn stop_with_a_face(subject: &Subject, wait: Duration) -> Result<(), Failure> {
    for _ in 0..STOPS {
        std::thread::sleep(wait);
        subject.stop()?;
        if subject.scan()?.times(&[Kind::Landmark]) > 0 {
            return Ok(());
        }
        subject.signal(libc::SIGCONT)?;
    }
    Err(format!("no landmark in memory in {STOPS} stops: there is nothing to dump").into())
}

/// Needles in the dump without its notes, and in its notes. A dump must be whole: on a full disk the kernel writes what
/// fits.
fn split_count(mut core: Vec<u8>, needles: &[Needle]) -> Result<(usize, usize), Failure> {
    let number = |core: &[u8], at: usize, bytes: usize| {
        core[at..at + bytes]
            .iter()
            .rev()
            .fold(0usize, |n, &b| n << 8 | usize::from(b))
    };
    let of_face = |hay: &[u8]| {
        let mut hits = 0;
        count(hay, needles, |kind| {
            hits += usize::from(kind != Kind::Pixels);
        });
        hits
    };
    // ELF64: program headers at the offset in bytes 32 to 39; 54 and 56 hold their size and number.
    works(core.len() >= 64, || format!("a core of {} bytes", core.len()))?;
    let (table, size, headers) = (number(&core, 32, 8), number(&core, 54, 2), number(&core, 56, 2));
    let parts: Vec<_> = (0..headers).map(|k| table + k * size).collect();
    works(parts.last().is_some_and(|last| last + size <= core.len()), || {
        format!(
            "a core of {} bytes ends in its list of {headers} parts",
            core.len()
        )
    })?;
    let mut in_notes = 0;
    for header in parts {
        let is_note = number(&core, header, 4) == 4;
        let (offset, bytes) = (number(&core, header + 8, 8), number(&core, header + 32, 8));
        works(offset + bytes <= core.len(), || {
            format!(
                "a core of {} bytes, of which a part ends at {}",
                core.len(),
                offset + bytes
            )
        })?;
        if is_note {
            in_notes += of_face(&core[offset..offset + bytes]);
            core[offset..offset + bytes].fill(0);
        }
    }
    Ok((of_face(&core), in_notes))
}

/// Lets this process dump core of any size.
fn unlimited() -> std::io::Result<()> {
    let all = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: reads the two numbers.
    match unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const all) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}
