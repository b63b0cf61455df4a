//! The proofs. Numbers are those of PRIVACY.md.

mod confinement;
mod core_dump;
mod flow;
mod imports;
mod inference;
mod rendering;
mod residue;
mod secrecy;
pub mod shipped;

use crate::subject::{Programs, Subject};
use std::error::Error;
use std::path::PathBuf;

/// What a proof needs.
pub struct Context {
    /// The programs to watch.
    pub programs: Programs,
    /// An empty folder for core dumps and files that must not be written.
    pub scratch: PathBuf,
    /// Fewer samples.
    pub quick: bool,
}

/// Why a proof failed: [`Observed`], or anything else that went wrong on the way.
pub type Failure = Box<dyn Error>;

/// Something was seen that the promise forbids, or was not seen where the control shows it. A subject that crashes or
/// hangs is not that: a mutant must not pass for caught because it broke the program.
#[derive(Debug)]
pub struct Observed(String);

impl std::fmt::Display for Observed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Observed {}

/// One proof of PRIVACY.md.
pub struct Proof {
    /// Its number there.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// Observes, and the control as well. `Ok` says what was seen.
    pub run: fn(&Context) -> Result<String, Failure>,
}

/// All proofs, in order.
pub const PROOFS: &[Proof] = &[
    Proof {
        number: 1,
        name: "residue",
        run: residue::nothing_is_left,
    },
    Proof {
        number: 2,
        name: "mid-frame",
        run: residue::mid_frame_in_vaults_only,
    },
    Proof {
        number: 3,
        name: "forget",
        run: residue::forgetting_forgets_no_wipe,
    },
    Proof {
        number: 4,
        name: "panic",
        run: residue::panic_is_silent,
    },
    Proof {
        number: 5,
        name: "fork",
        run: residue::children_see_nothing,
    },
    Proof {
        number: 6,
        name: "face-lost",
        run: residue::lost_face_is_forgotten,
    },
    Proof {
        number: 7,
        name: "core-dump",
        run: core_dump::holds_no_face,
    },
    Proof {
        number: 8,
        name: "secret-memory",
        run: secrecy::unreadable_in_use,
    },
    Proof {
        number: 9,
        name: "hostile-thread",
        run: secrecy::hostile_thread_is_blind,
    },
    Proof {
        number: 10,
        name: "system-calls",
        run: confinement::few_calls,
    },
    Proof {
        number: 11,
        name: "files-and-network",
        run: confinement::no_file_no_socket,
    },
    Proof {
        number: 12,
        name: "inference",
        run: inference::leaves_nothing,
    },
    Proof {
        number: 13,
        name: "constant-flow",
        run: flow::constant,
    },
    Proof {
        number: 14,
        name: "rendering",
        run: rendering::leaves_nothing,
    },
    Proof {
        number: 15,
        name: "imports",
        run: imports::as_listed,
    },
    Proof {
        number: 16,
        name: "donors",
        run: rendering::donors_leave_nothing,
    },
    Proof {
        number: 17,
        name: "shipped",
        run: shipped::as_proven,
    },
];

/// Fails with what was [`Observed`] unless `claim` holds: the promise itself.
fn ensure(claim: bool, message: impl FnOnce() -> String) -> Result<(), Failure> {
    if claim {
        Ok(())
    } else {
        Err(Box::new(Observed(message())))
    }
}

/// Fails unless `claim` holds that the proof needs in order to observe anything: its controls, its tools.
fn works(claim: bool, message: impl FnOnce() -> String) -> Result<(), Failure> {
    if claim { Ok(()) } else { Err(message().into()) }
}

impl Context {
    fn victim(&self, scene: &str, arguments: &[&str]) -> Result<Subject, Failure> {
        Ok(Subject::start(&self.programs.victim(), scene, arguments)?)
    }

    /// The control: a process that leaks.
    fn open(&self, scene: &str, arguments: &[&str]) -> Result<Subject, Failure> {
        Ok(Subject::start(&self.programs.victim_open(), scene, arguments)?)
    }
}
