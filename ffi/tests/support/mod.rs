//! What the tests share: the library as an app links it, and a C compiler.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of this package.
pub(crate) fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    package().join("..")
}

/// The header.
pub(crate) fn header() -> String {
    std::fs::read_to_string(package().join("include/moretta.h")).unwrap()
}

/// A folder for one test.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The shared library that Cargo built together with this test.
pub(crate) fn built() -> PathBuf {
    let library = std::env::current_exe()
        .unwrap()
        .with_file_name("libmoretta_ffi.so");
    assert!(library.exists(), "no {}", library.display());
    library
}

/// A folder with the shared library under the names that it is installed by.
pub(crate) fn library(name: &str) -> PathBuf {
    let folder = scratch(name).join("lib");
    std::fs::create_dir_all(&folder).unwrap();
    for link in ["libmoretta.so", "libmoretta.so.0"] {
        let link = folder.join(link);
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(built(), &link).unwrap();
    }
    folder
}

/// Compiles C99 as strictly as can be, against the library in `folder`. Returns the program.
pub(crate) fn compile(folder: &Path, program: &str, sources: &[PathBuf], more: &[&str]) -> PathBuf {
    let out = folder.join(program);
    let mut command = Command::new("cc");
    command
        .args([
            "-std=c99",
            "-Wall",
            "-Wextra",
            "-pedantic",
            "-Werror",
            "-O1",
            "-g",
        ])
        .arg(format!("-I{}", package().join("include").display()))
        .args(sources)
        .arg(format!("-L{}", folder.display()))
        .arg(format!("-Wl,-rpath,{}", folder.display()))
        .arg("-lmoretta")
        .args(more)
        .arg("-o")
        .arg(&out);
    succeed(&mut command);
    out
}

/// Runs a program that must succeed.
pub(crate) fn succeed(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
