//! `cargo xtask dist`: the folder that a C program on a desktop is built against: header, libraries, pkg-config, CMake,
//! licences, a bill of materials, the privacy pack, checksums.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::materials::{self, Material};
use crate::workspace::{cargo, read, root, target_directory};
use crate::{privacy_pack, process, setup};

/// How it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As it ships.
    Release,
    /// As the tests have it: sooner built, many times larger.
    Dev,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }
}

/// The major number of the interface, which the library's name has.
const ABI: &str = "0";

/// What the library takes from others as the tests have it, and as it ships does not.
const TAKEN_IN_TESTS: &str = "\n_Unwind_FindEnclosingFunction  with debug assertions wgpu notes where its locks are taken\n\
                              _Unwind_GetCFA  with debug assertions wgpu notes where its locks are taken\n";

/// What a program needs besides the static library. The assembler in it does not say that no stack of its is to be executed.
const STATIC_NEEDS: &str = "-Wl,-z,noexecstack -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc";

/// Builds the libraries and the folder, and says where it is.
///
/// # Errors
/// [`Error::Failed`] if something cannot be built, [`Error::Write`].
pub(crate) fn run(profile: Profile) -> Result<(), Error> {
    setup::ensure(&[setup::CC])?;
    let folder = build(profile)?;
    println!("{}", folder.display());
    Ok(())
}

/// Builds the libraries and the folder. Returns where it is.
///
/// # Errors
/// As [`run`].
pub(crate) fn build(profile: Profile) -> Result<PathBuf, Error> {
    for kind in ["cdylib", "staticlib"] {
        // One at a time: together with a Rust library neither would be optimised across crates.
        let arguments = [
            "rustc",
            "--locked",
            "--package",
            "moretta-ffi",
            "--lib",
            "--profile",
        ];
        process::run(
            cargo()
                .args(arguments)
                .args([profile.name(), "--crate-type", kind]),
        )?;
    }
    let target = target_directory()?;
    let built = target.join(profile.folder());
    let triple = host()?;
    let version = version()?;
    let folder = target
        .join("dist")
        .join(format!("moretta-{version}-{triple}-{}", profile.name()));
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|source| unwritten(&folder, source))?;
    }
    libraries(&built, &folder, &version, profile)?;
    descriptions(&folder, &version)?;
    documents(&folder, &triple, &version, profile)?;
    checksums(&folder)?;
    Ok(folder)
}

/// The header and the libraries, under the names that linkers look for.
fn libraries(built: &Path, folder: &Path, version: &str, profile: Profile) -> Result<(), Error> {
    let shared = format!("lib/libmoretta.so.{version}");
    copy(
        &root().join("ffi/include/moretta.h"),
        &folder.join("include/moretta.h"),
    )?;
    copy(&built.join("libmoretta_ffi.so"), &folder.join(&shared))?;
    copy(&built.join("libmoretta_ffi.a"), &folder.join("lib/libmoretta.a"))?;
    if profile == Profile::Release {
        process::run(
            Command::new("strip")
                .arg("--strip-unneeded")
                .arg(folder.join(&shared)),
        )?;
        process::run(
            Command::new("strip")
                .arg("--strip-debug")
                .arg(folder.join("lib/libmoretta.a")),
        )?;
    }
    for (name, of) in [
        (format!("libmoretta.so.{ABI}"), format!("libmoretta.so.{version}")),
        ("libmoretta.so".to_owned(), format!("libmoretta.so.{ABI}")),
    ] {
        let link = folder.join("lib").join(name);
        self::link(&of, &link).map_err(|source| unwritten(&link, source))?;
    }
    Ok(())
}

/// Makes `link` another name of `of`, which is looked up from the link's folder.
#[cfg(unix)]
pub(crate) fn link(of: &str, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(of, link)
}

/// As on Unix, for systems whose links need a privilege: a copy.
#[cfg(not(unix))]
pub(crate) fn link(of: &str, link: &Path) -> std::io::Result<()> {
    fs::copy(link.with_file_name(of), link).map(drop)
}

/// What pkg-config and CMake read. Both find the folder by where they lie themselves, so that it can be moved.
fn descriptions(folder: &Path, version: &str) -> Result<(), Error> {
    let pc = format!(
        "prefix=${{pcfiledir}}/../..\n\
         libdir=${{prefix}}/lib\n\
         includedir=${{prefix}}/include\n\
         \n\
         Name: moretta\n\
         Description: On-device face effects that cannot tell\n\
         Version: {version}\n\
         Libs: -L${{libdir}} -lmoretta\n\
         Libs.private: {STATIC_NEEDS}\n\
         Cflags: -I${{includedir}}\n"
    );
    write(&folder.join("lib/pkgconfig/moretta.pc"), &pc)?;
    let config = format!(
        "# moretta::moretta is the shared library, moretta::static the other one.\n\
         get_filename_component(_moretta_prefix \"${{CMAKE_CURRENT_LIST_DIR}}/../../..\" ABSOLUTE)\n\
         if(NOT TARGET moretta::moretta)\n\
         \x20 add_library(moretta::moretta SHARED IMPORTED)\n\
         \x20 set_target_properties(moretta::moretta PROPERTIES\n\
         \x20   IMPORTED_LOCATION \"${{_moretta_prefix}}/lib/libmoretta.so.{version}\"\n\
         \x20   IMPORTED_SONAME \"libmoretta.so.{ABI}\"\n\
         \x20   INTERFACE_INCLUDE_DIRECTORIES \"${{_moretta_prefix}}/include\")\n\
         \x20 add_library(moretta::static STATIC IMPORTED)\n\
         \x20 set_target_properties(moretta::static PROPERTIES\n\
         \x20   IMPORTED_LOCATION \"${{_moretta_prefix}}/lib/libmoretta.a\"\n\
         \x20   INTERFACE_LINK_LIBRARIES \"{}\"\n\
         \x20   INTERFACE_INCLUDE_DIRECTORIES \"${{_moretta_prefix}}/include\")\n\
         endif()\n\
         unset(_moretta_prefix)\n",
        STATIC_NEEDS.replace(' ', ";")
    );
    write(&folder.join("lib/cmake/moretta/moretta-config.cmake"), &config)?;
    // Before 1.0 another minor version is another interface, as Cargo has it.
    let (minor, _) = version.rsplit_once('.').unwrap_or((version, ""));
    let version_file = format!(
        "set(PACKAGE_VERSION \"{version}\")\n\
         if(PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION OR PACKAGE_FIND_VERSION VERSION_LESS \"{minor}\")\n\
         \x20 set(PACKAGE_VERSION_COMPATIBLE FALSE)\n\
         else()\n\
         \x20 set(PACKAGE_VERSION_COMPATIBLE TRUE)\n\
         \x20 if(PACKAGE_FIND_VERSION VERSION_EQUAL PACKAGE_VERSION)\n\
         \x20   set(PACKAGE_VERSION_EXACT TRUE)\n\
         \x20 endif()\n\
         endif()\n"
    );
    write(
        &folder.join("lib/cmake/moretta/moretta-config-version.cmake"),
        &version_file,
    )
}

/// Documents, examples, licences, and the bill of materials.
fn documents(folder: &Path, triple: &str, version: &str, profile: Profile) -> Result<(), Error> {
    let doc = folder.join("share/doc/moretta");
    for file in [
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "PRIVACY.md",
        "SECURITY.md",
        "docs/EMBEDDING.md",
    ] {
        let from = root().join(file);
        let name = from.file_name().unwrap_or_default();
        copy(&from, &doc.join(name))?;
    }
    for file in ["models/LICENSE", "models/NOTICE"] {
        copy(&root().join(file), &doc.join(file))?;
    }
    for file in ["still.c", "nv12.c", "x11.c"] {
        copy(
            &root().join("ffi/examples").join(file),
            &doc.join("examples").join(file),
        )?;
    }
    let materials = Material::all("moretta-ffi", triple)?;
    write(&doc.join("THIRD-PARTY.txt"), &materials::notices(&materials)?)?;
    write(&doc.join("sbom.cdx.json"), &materials::bill(&materials)?)?;
    let privacy = doc.join("privacy");
    let subject = privacy_pack::Subject {
        version,
        triple,
        profile: profile.name(),
        privacy: &read(&root().join("PRIVACY.md"))?,
        imports: &imports(&folder.join("lib/libmoretta.so"))?,
        listed: &(read(&root().join("crates/proofs/imports.txt"))?
            + &read(&root().join("crates/proofs/imports-library.txt"))?
            + if profile == Profile::Dev {
                TAKEN_IN_TESTS
            } else {
                ""
            }),
        packages: materials.len(),
    };
    for (name, text) in privacy_pack::files(&subject)? {
        write(&privacy.join(name), &text)?;
    }
    copy(
        &root().join("ffi/apple/PrivacyInfo.xcprivacy"),
        &privacy.join("PrivacyInfo.xcprivacy"),
    )
}

/// What a library takes from others, by name and without versions.
fn imports(library: &Path) -> Result<Vec<String>, Error> {
    let words = ["--dynamic", "--undefined-only", "--format=posix"];
    let output = process::output(Command::new("nm").args(words).arg(library))?;
    let names = output.lines().filter_map(|line| line.split([' ', '@']).next());
    Ok(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// The hashes of every file, as `sha256sum --check` reads them.
fn checksums(folder: &Path) -> Result<(), Error> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    files.sort();
    let sums = process::output(
        Command::new("sha256sum")
            .current_dir(folder)
            .arg("--")
            .args(&files),
    )?;
    write(&folder.join("SHA256SUMS"), &sums)
}

/// Adds the files below `of`, links apart, by their paths in `root`.
fn collect(root: &Path, of: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let unread = |source| Error::Read {
        path: of.to_owned(),
        source,
    };
    for entry in fs::read_dir(of).map_err(unread)? {
        let entry = entry.map_err(unread)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(unread)?);
        if kind.is_dir() {
            collect(root, &path, files)?;
        } else if kind.is_file() {
            files.push(path.strip_prefix(root).unwrap_or(&path).to_owned());
        }
    }
    Ok(())
}

/// The triple of the machine that builds.
pub(crate) fn host() -> Result<String, Error> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let words = process::output(Command::new(rustc).arg("-vV"))?;
    let host = words.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Error::Malformed {
        what: "rustc -vV".to_owned(),
        expected: "a line with the host",
        found: words.clone(),
    })
}

/// The version of every package of the workspace.
fn version() -> Result<String, Error> {
    let manifest = read(&root().join("Cargo.toml"))?;
    let malformed = |found: &str| Error::Malformed {
        what: "Cargo.toml".to_owned(),
        expected: "workspace.package.version",
        found: found.to_owned(),
    };
    let value: toml::Table = manifest
        .parse()
        .map_err(|error: toml::de::Error| malformed(error.message()))?;
    let version = value
        .get("workspace")
        .and_then(|it| it.get("package")?.get("version")?.as_str());
    version.map(str::to_owned).ok_or_else(|| malformed("none"))
}

fn unwritten(path: &Path, source: std::io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}

fn parent(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|source| unwritten(folder, source))
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    parent(to)?;
    fs::copy(from, to).map(drop).map_err(|source| Error::Read {
        path: from.to_owned(),
        source,
    })
}

#[allow(clippy::disallowed_methods, reason = "the files of the package")]
fn write(path: &Path, text: &str) -> Result<(), Error> {
    parent(path)?;
    fs::write(path, text).map_err(|source| unwritten(path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_in_the_name_is_that_of_the_header() {
        let header = read(&root().join("ffi/include/moretta.h")).unwrap();
        let line = header
            .lines()
            .find_map(|line| line.strip_prefix("#define MORETTA_ABI UINT32_C(0x"));
        let number = u32::from_str_radix(line.unwrap().trim_end_matches(')'), 16).unwrap();
        assert_eq!((number >> 16).to_string(), ABI);
    }

    #[test]
    fn descriptions_name_what_is_there() {
        let folder = crate::workspace::scratch("dist");
        descriptions(&folder, "0.1.0").unwrap();
        let config = read(&folder.join("lib/cmake/moretta/moretta-config.cmake")).unwrap();
        assert!(config.contains("lib/libmoretta.so.0.1.0\"") && config.contains("-lpthread;-lm"));
        let version = read(&folder.join("lib/cmake/moretta/moretta-config-version.cmake")).unwrap();
        assert!(version.contains("VERSION_LESS \"0.1\""));
        assert!(
            read(&folder.join("lib/pkgconfig/moretta.pc"))
                .unwrap()
                .contains("prefix=${pcfiledir}/../..\n")
        );
        checksums(&folder).unwrap();
        assert_eq!(read(&folder.join("SHA256SUMS")).unwrap().lines().count(), 3);
    }
}
