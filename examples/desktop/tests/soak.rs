//! The soak test, in a size that runs with every test, with a flat effect and a model: memory stays as it is.

#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

mod common;

use std::process::Command;

use common::{EFFECT, root, scratch, skipped, told};

#[test]
fn sessions_effects_and_frames_leave_memory_as_it_is() {
    if skipped() {
        return;
    }
    let effects = scratch("soak");
    for pack in [EFFECT, "hat"] {
        std::os::unix::fs::symlink(root().join("effects").join(pack), effects.join(pack)).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_moretta-soak"));
    command
        .args([
            "--sessions",
            "40",
            "--switches",
            "64",
            "--frames",
            "200",
            "--effects",
        ])
        .arg(effects);
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["40 sessions", "64 switches", "200 frames"] {
        assert!(text.contains(part), "{text}");
    }
}
