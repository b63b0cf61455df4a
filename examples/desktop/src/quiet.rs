//! Graphics drivers that write no file and open no socket of their own.
//!
//! Mesa keeps compiled shaders in a file, and with a display in sight its device selection asks the X server which card
//! to take; NVIDIA's driver keeps shaders too. Neither holds a face, but an app that promises to write nothing should
//! not have to explain them away. Drivers read these settings from the environment when they are loaded, and a running
//! Rust program cannot change its environment safely, so the program starts itself anew with them.

/// What drivers are told.
const SETTINGS: [(&str, &str); 3] = [
    ("MESA_SHADER_CACHE_DISABLE", "true"),
    ("NODEVICE_SELECT", "1"),
    ("__GL_SHADER_DISK_CACHE", "0"),
];

/// Starts this program anew if a setting is missing, and returns if none is. Elsewhere than on Linux it returns at once:
/// no such driver is known there.
///
/// # Errors
/// If the program cannot be started anew.
#[cfg(target_os = "linux")]
pub(crate) fn ensure() -> std::io::Result<()> {
    use std::env;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    if SETTINGS
        .iter()
        .all(|(name, value)| env::var_os(name).is_some_and(|it| it == *value))
    {
        return Ok(());
    }
    let mut again = Command::new(env::current_exe()?);
    again.envs(SETTINGS).args(crate::args::words());
    if let Some(name) = env::args_os().next() {
        again.arg0(name);
    }
    Err(again.exec())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn ensure() -> std::io::Result<()> {
    let _ = SETTINGS;
    Ok(())
}
