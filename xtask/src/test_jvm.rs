//! The Kotlin API of `ffi/android` on a desktop's Java virtual machine, against the real library, and what else of Android can be
//! looked at without its SDK: a part of `cargo xtask test-ffi`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::workspace::{cargo, read, root, target_directory};
use crate::{process, setup};

/// The compiler, which npm has as a package.
const COMPILER: (&str, &str) = ("kotlin-compiler", "2.4.20");

/// Finds or installs what the tests need: a Java virtual machine, and the Kotlin compiler. Returns where the latter is.
///
/// # Errors
/// [`Error::Missing`] if something is missing and may not be installed; [`Error::Failed`].
pub(crate) fn setup() -> Result<PathBuf, Error> {
    setup::ensure(&setup::KOTLIN)?;
    let (name, version) = COMPILER;
    let folder = target_directory()?.join("kotlin");
    let package = folder.join("node_modules").join(name);
    let there = || {
        read(&package.join("package.json"))
            .is_ok_and(|it| it.contains(&format!("\"version\": \"{version}\"")))
    };
    if there() {
        println!("{name:22} found    compiles the Kotlin API");
        return Ok(package.join("lib"));
    }
    println!("{name:22} missing  compiles the Kotlin API");
    let advice = format!(
        "npm install --no-save --ignore-scripts --prefix {} {name}@{version}",
        folder.display()
    );
    if !setup::is_forbidden() {
        println!("+ {advice}");
        process::run(Command::new("npm").args(advice.split_whitespace().skip(1)))?;
    }
    match there() {
        true => Ok(package.join("lib")),
        false => Err(Error::Missing {
            tools: vec![name],
            advice,
        }),
    }
}

/// Compiles the Kotlin API, the sample and the test, with signatures in Android's place, and runs the test.
///
/// # Errors
/// [`Error::Failed`]; [`Error::Malformed`] if the Java virtual machine sees its native interface misused.
pub(crate) fn run() -> Result<(), Error> {
    let compiler = setup()?;
    process::run(cargo().args(["build", "--quiet", "--package", "moretta-jni"]))?;
    let target = target_directory()?;
    let bench = target.join("test-ffi").join("jvm");
    if bench.exists() {
        fs::remove_dir_all(&bench).map_err(|source| Error::Write {
            path: bench.clone(),
            source,
        })?;
    }
    let android = root().join("ffi/android");
    let (signatures, classes) = (bench.join("signatures"), bench.join("classes"));
    process::run(
        Command::new("javac")
            .arg("-d")
            .arg(&signatures)
            .args(sources(&android.join("signatures"), "java")?),
    )?;
    let mut kotlin = Vec::new();
    for folder in ["moretta/src/main/kotlin", "sample/src/main/kotlin", "test"] {
        kotlin.extend(sources(&android.join(folder), "kt")?);
    }
    process::run(
        Command::new("java")
            .arg("-jar")
            .arg(compiler.join("kotlin-compiler.jar"))
            .args(["-Werror", "-no-reflect", "-cp"])
            .arg(&signatures)
            .arg("-d")
            .arg(&classes)
            .args(&kotlin),
    )?;
    println!(
        "Kotlin: the API, the sample and the test compile ({} files)",
        kotlin.len()
    );

    let library = target.join("debug");
    let paths = [classes, signatures, compiler.join("kotlin-stdlib.jar")];
    let output = process::shown(java(&library, &paths)?.arg("dev.moretta.JvmTestKt").arg(root()))?;
    if let Some(misuse) = misuse(&output) {
        return Err(Error::Malformed {
            what: "the Java virtual machine's native interface".to_owned(),
            expected: "no misuse",
            found: misuse.to_owned(),
        });
    }
    control(&bench)?;
    pages(&bench)?;
    permissions(&android)
}

/// The Java virtual machine with every check of what native code does with it.
fn java(library: &Path, classes: &[PathBuf]) -> Result<Command, Error> {
    let paths = std::env::join_paths(classes).map_err(|error| Error::Malformed {
        what: "the class path".to_owned(),
        expected: "folders without a separator in their names",
        found: error.to_string(),
    })?;
    let mut command = Command::new("java");
    command
        .arg("-Xcheck:jni")
        .arg(format!("-Djava.library.path={}", library.display()))
        .arg("-cp")
        .arg(paths);
    Ok(command)
}

/// What the virtual machine says of native code that misuses it.
fn misuse(output: &str) -> Option<&str> {
    output
        .lines()
        .find(|line| line.starts_with("WARNING") || line.starts_with("FATAL ERROR"))
}

/// A careless library, which the virtual machine must see.
fn control(bench: &Path) -> Result<(), Error> {
    let sources = root().join("ffi/android/test");
    process::run(
        Command::new("javac")
            .arg("-d")
            .arg(bench)
            .arg(sources.join("Careless.java")),
    )?;
    let javac = process::output(Command::new("sh").args(["-c", "readlink -f \"$(command -v javac)\""]))?;
    let home = Path::new(javac.trim())
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("/"));
    process::run(
        Command::new("gcc")
            .args(["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"])
            .arg(format!("-I{}", home.join("include").display()))
            .arg(format!("-I{}", home.join("include/linux").display()))
            .arg(sources.join("careless.c"))
            .arg("-o")
            .arg(bench.join("libcareless.so")),
    )?;
    let output = process::output(java(bench, &[bench.to_owned()])?.arg("Careless"))?;
    match misuse(&output) {
        Some(_) => {
            println!("-Xcheck:jni sees a call while something is thrown");
            Ok(())
        }
        None => Err(Error::Malformed {
            what: "-Xcheck:jni".to_owned(),
            expected: "to see a call while something is thrown",
            found: output,
        }),
    }
}

/// The check of what the NDK builds, shown a library for pages of 16 KiB, and one for pages of 4 KiB.
fn pages(bench: &Path) -> Result<(), Error> {
    let script = root().join("ffi/android/check-pages.sh");
    let check = |size: &str| {
        let library = bench.join(format!("libpages{size}.so"));
        process::run(
            Command::new("gcc")
                .args(["-shared", "-fPIC", "-x", "c", "/dev/null"])
                .arg(format!("-Wl,-z,max-page-size={size}"))
                .arg("-o")
                .arg(&library),
        )?;
        Ok::<_, Error>(process::succeeds(Command::new(&script).arg(library)))
    };
    let (large, small) = (check("16384")?, check("4096")?);
    match (large, small) {
        (true, false) => {
            println!("check-pages.sh tells pages of 16 KiB from those of 4 KiB");
            Ok(())
        }
        _ => Err(Error::Malformed {
            what: "check-pages.sh".to_owned(),
            expected: "to take pages of 16 KiB, and to refuse those of 4 KiB",
            found: format!("{large} and {small}"),
        }),
    }
}

/// The AAR asks for nothing, and the sample for the camera alone.
fn permissions(android: &Path) -> Result<(), Error> {
    let asked = |module: &str| {
        let manifest = read(&android.join(module).join("src/main/AndroidManifest.xml"))?;
        let asked = manifest.split("<uses-permission").skip(1);
        let names = asked.filter_map(|it| it.split('"').nth(1).map(str::to_owned));
        Ok::<Vec<_>, Error>(names.collect())
    };
    let (library, sample) = (asked("moretta")?, asked("sample")?);
    if library.is_empty() && sample == ["android.permission.CAMERA"] {
        println!("manifests: the library asks for no permission, the sample for the camera");
        return Ok(());
    }
    Err(Error::Malformed {
        what: "AndroidManifest.xml".to_owned(),
        expected: "no permission for the library, the camera for the sample",
        found: format!("{library:?} and {sample:?}"),
    })
}

/// The files below `folder` with this ending.
fn sources(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let unread = |source| Error::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.is_dir() {
            found.extend(sources(&path, ending)?);
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misuse_is_seen_among_other_lines() {
        assert_eq!(misuse("layouts ok\nall that was checked holds\n"), None);
        for line in [
            "WARNING in native method: JNI call made with exception pending",
            "WARNING: JNI local refs: 33, exceeds capacity: 32",
            "FATAL ERROR in native method: Bad global or local ref passed to JNI",
        ] {
            assert_eq!(
                misuse(&format!("layouts ok\n{line}\n\tat dev.moretta\n")),
                Some(line)
            );
        }
    }

    #[test]
    fn the_api_and_its_stand_ins_are_there() {
        let android = root().join("ffi/android");
        assert!(sources(&android.join("moretta"), "kt").unwrap().len() >= 8);
        assert!(sources(&android.join("signatures"), "java").unwrap().len() >= 15);
        assert!(sources(&android.join("no such folder"), "kt").is_err());
    }
}
