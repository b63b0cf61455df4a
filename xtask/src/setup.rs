//! `cargo xtask setup`: the system packages that the tests and the demo need, found or installed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::process;

/// Something that must be on this machine, what for, and the packages that bring it.
///
/// An empty list of packages means that this package manager has none.
#[derive(Clone, Copy)]
pub(crate) struct Need {
    /// The program's name, the library's file, or what else is looked for.
    name: &'static str,
    kind: Kind,
    purpose: &'static str,
    /// Whether only Linux needs it.
    linux_only: bool,
    apt: &'static [&'static str],
    brew: &'static [&'static str],
    winget: &'static [&'static str],
}

/// How a [`Need`] is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A program in a folder of PATH.
    Program,
    /// A shared library in one of the system's folders.
    Library,
    /// The description of a graphics driver where Vulkan's loader looks for them.
    Driver,
    /// A library with its headers, that pkg-config knows by that name.
    Module,
    /// LLVM's C interface, where Debian puts it.
    LibClang,
}

/// What the tests and the proofs need.
const NEEDS: [Need; 14] = [
    CC, STRACE, VALGRIND, XVFB, VULKAN, DRIVER, X11[0], X11[1], X11[2], X11[3], X11[4], X11[5], X11[6],
    WAYLAND,
];

/// What the demo needs without a window.
pub(crate) const DRAWING: [Need; 3] = [CC, VULKAN, DRIVER];

/// `.cargo/linker.sh` installs this one, because without it Cargo cannot build the table you read. On other
/// systems rustc finds a linker that is not on PATH, and as this program runs, it has found one.
pub(crate) const CC: Need = Need {
    kind: Kind::Program,
    name: "cc",
    purpose: "links every Rust program",
    linux_only: true,
    apt: &["gcc", "libc6-dev"],
    brew: &["gcc"],
    winget: &["Microsoft.VisualStudio.2022.BuildTools"],
};

const STRACE: Need = Need {
    kind: Kind::Program,
    name: "strace",
    purpose: "lists the system calls of a run, for the proofs",
    linux_only: true,
    apt: &["strace"],
    brew: &["strace"],
    winget: &[],
};

const VALGRIND: Need = Need {
    kind: Kind::Program,
    name: "valgrind",
    purpose: "sees a branch that depends on a face, for the proof of constant flow",
    linux_only: true,
    apt: &["valgrind"],
    brew: &["valgrind"],
    winget: &[],
};

/// Shows windows to no one, for the tests of the desktop app.
const XVFB: Need = Need {
    kind: Kind::Program,
    name: "Xvfb",
    purpose: "shows the tests' windows to no one",
    linux_only: true,
    apt: &["xvfb"],
    brew: &[],
    winget: &[],
};

/// A library that is loaded when the program runs, so that nothing is missed before.
const fn library(name: &'static str, purpose: &'static str, apt: &'static [&'static str]) -> Need {
    Need {
        kind: Kind::Library,
        name,
        purpose,
        linux_only: true,
        apt,
        brew: &[],
        winget: &[],
    }
}

const VULKAN: Need = library("libvulkan.so.1", "finds graphics drivers", &["libvulkan1"]);

const DRIVER: Need = Need {
    kind: Kind::Driver,
    name: "a Vulkan driver",
    purpose: "draws: on the graphics card, or in software",
    linux_only: true,
    apt: &["mesa-vulkan-drivers"],
    brew: &[],
    winget: &[],
};

/// What windows on X11 are made with.
pub(crate) const X11: [Need; 7] = [
    library("libX11.so.6", "windows on X11", &["libx11-6"]),
    library("libX11-xcb.so.1", "windows on X11", &["libx11-xcb1"]),
    library("libxcb.so.1", "windows on X11", &["libxcb1"]),
    library("libXcursor.so.1", "pointers on X11", &["libxcursor1"]),
    library("libXi.so.6", "keys and pointers on X11", &["libxi6"]),
    library("libxkbcommon.so.0", "keyboards", &["libxkbcommon0"]),
    library(
        "libxkbcommon-x11.so.0",
        "keyboards on X11",
        &["libxkbcommon-x11-0"],
    ),
];

/// What windows on Wayland are made with, [`X11`]'s keyboards aside.
pub(crate) const WAYLAND: Need = library(
    "libwayland-client.so.0",
    "windows on Wayland",
    &["libwayland-client0"],
);

/// What the pictures of `cargo xtask demo` need.
pub(crate) fn pictures(strace: bool) -> Vec<Need> {
    let mut needs = DRAWING.to_vec();
    if strace {
        needs.push(STRACE);
    }
    needs
}

/// What its window needs: on Wayland too the keyboards, and X11 as what is left if Wayland fails.
pub(crate) fn window(wayland: bool) -> Vec<Need> {
    let mut needs = X11.to_vec();
    if wayland {
        needs.push(WAYLAND);
    }
    needs
}

/// For `cargo xtask fuzz` alone, so not among [`NEEDS`].
pub(crate) const CXX: Need = Need {
    kind: Kind::Program,
    name: "c++",
    purpose: "builds the fuzzing engine",
    linux_only: false,
    apt: &["g++"],
    brew: &["llvm"],
    winget: &["LLVM.LLVM"],
};

/// For `cargo xtask test-arm` alone, as the next one.
pub(crate) const ARM_CC: Need = Need {
    kind: Kind::Program,
    name: "aarch64-linux-gnu-gcc",
    purpose: "links programs for 64-bit ARM",
    linux_only: false,
    apt: &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
    brew: &[],
    winget: &[],
};

pub(crate) const QEMU: Need = Need {
    kind: Kind::Program,
    name: "qemu-aarch64",
    purpose: "runs programs for 64-bit ARM",
    linux_only: false,
    apt: &["qemu-user"],
    brew: &[],
    winget: &[],
};

/// For `cargo xtask test-camera` alone, as the next one.
pub(crate) const QEMU_SYSTEM: Need = Need {
    name: "qemu-system-x86_64",
    purpose: "runs a machine with a camera",
    kind: Kind::Program,
    linux_only: false,
    apt: &["qemu-system-x86"],
    brew: &["qemu"],
    winget: &["SoftwareFreedomConservancy.QEMU"],
};

const fn tool(name: &'static str, purpose: &'static str, apt: &'static [&'static str]) -> Need {
    Need {
        name,
        purpose,
        kind: Kind::Program,
        linux_only: true,
        apt,
        brew: &[],
        winget: &[],
    }
}

/// For `cargo xtask check-mobile`, and among [`C_TESTS`].
pub(crate) const CLANG: Need = tool("clang", "compiles C, a second opinion", &["clang"]);

/// For `cargo xtask check-abi`, and among [`C_TESTS`].
pub(crate) const ABI: [Need; 2] = [
    tool("gcc", "compiles the C examples", &["gcc", "libc6-dev"]),
    tool(
        "abidiff",
        "compares the interface with the one that was",
        &["abigail-tools"],
    ),
];

/// For `cargo xtask test-ffi` alone.
pub(crate) const C_TESTS: [Need; 13] = [
    CC,
    VULKAN,
    DRIVER,
    XVFB,
    VALGRIND,
    ABI[0],
    tool("g++", "compiles the C examples as C++", &["g++"]),
    CLANG,
    ABI[1],
    tool("readelf", "reads what the library needs", &["binutils"]),
    tool("pkg-config", "finds the installed package", &["pkg-config"]),
    tool("cmake", "finds the installed package", &["cmake", "make"]),
    Need {
        name: "x11",
        purpose: "windows on X11 (Xlib, with its headers)",
        kind: Kind::Module,
        linux_only: true,
        apt: &["libx11-dev"],
        brew: &[],
        winget: &[],
    },
];

/// For `cargo xtask size` alone.
pub(crate) const SIZES: [Need; 3] = [
    tool("strip", "leaves names out of the library", &["binutils"]),
    tool("gzip", "packs it", &["gzip"]),
    tool("xz", "packs it", &["xz-utils"]),
];

/// What the Kotlin API is tested with, on a desktop: `cargo xtask test-ffi` alone. The compiler itself comes by npm.
pub(crate) const KOTLIN: [Need; 3] = [
    tool(
        "javac",
        "runs the Kotlin API on a desktop (Java 17)",
        &["openjdk-17-jdk-headless"],
    ),
    tool("npm", "brings the Kotlin compiler", &["npm"]),
    tool(
        "gcc",
        "compiles what the Java machine must see",
        &["gcc", "libc6-dev"],
    ),
];

/// What the feature `opencv` of `moretta-capture` needs to be built.
pub(crate) const OPENCV: [Need; 4] = [
    Need {
        name: "pkg-config",
        purpose: "finds OpenCV",
        kind: Kind::Program,
        linux_only: true,
        apt: &["pkg-config"],
        brew: &["pkgconf"],
        winget: &[],
    },
    Need {
        name: "opencv4",
        purpose: "opens cameras and video files (OpenCV, with its headers)",
        kind: Kind::Module,
        linux_only: true,
        apt: &["libopencv-dev"],
        brew: &["opencv"],
        winget: &["OpenCV.OpenCV"],
    },
    Need {
        name: "clang",
        purpose: "compiles what binds OpenCV",
        kind: Kind::Program,
        linux_only: false,
        apt: &["clang"],
        brew: &["llvm"],
        winget: &["LLVM.LLVM"],
    },
    Need {
        name: "libclang",
        purpose: "reads OpenCV's headers",
        kind: Kind::LibClang,
        linux_only: true,
        apt: &["libclang-dev"],
        brew: &["llvm"],
        winget: &["LLVM.LLVM"],
    },
];

/// Finds what the tests need, or with `opencv` what cameras through OpenCV need, and installs what is missing.
///
/// # Errors
/// As [`ensure`].
pub(crate) fn run(opencv: bool) -> Result<(), Error> {
    if !opencv {
        return ensure(&NEEDS);
    }
    if !cfg!(target_os = "linux") {
        // Where OpenCV lies there is its installer's to say; the crate's build script looks in the usual places.
        let all: Vec<_> = OPENCV.iter().collect();
        println!("not looked for on this system:\n{}", advice(&all));
    }
    ensure(&OPENCV)
}

/// Finds each of `needs` and installs those that are missing, where that is possible without asking.
///
/// # Errors
/// [`Error::Missing`] with the commands to type if something is missing and cannot be installed from here;
/// [`Error::Failed`] if installing fails.
pub(crate) fn ensure(needs: &[Need]) -> Result<(), Error> {
    let missing = missing(needs, there);
    for need in needs.iter().filter(|need| need.applies()) {
        let state = if missing.iter().any(|other| other.name == need.name) {
            "missing"
        } else {
            "found"
        };
        println!("{:22} {state:8} {}", need.name, need.purpose);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let Some(commands) = install(&missing, &Host::detect()) else {
        return Err(Error::Missing {
            tools: names(&missing),
            advice: advice(&missing),
        });
    };
    for words in commands {
        println!("+ {}", words.join(" "));
        process::run(Command::new(words[0]).args(&words[1..]))?;
    }
    let still = self::missing(needs, there);
    if still.is_empty() {
        Ok(())
    } else {
        Err(Error::Missing {
            tools: names(&still),
            advice: "installed, but not found".to_owned(),
        })
    }
}

impl Need {
    fn applies(&self) -> bool {
        cfg!(target_os = "linux") || !self.linux_only
    }
}

/// Those of `needs` that apply to this system and that `found` does not find.
fn missing(needs: &[Need], found: impl Fn(&Need) -> bool) -> Vec<&Need> {
    needs
        .iter()
        .filter(|need| need.applies() && !found(need))
        .collect()
}

fn names(needs: &[&Need]) -> Vec<&'static str> {
    needs.iter().map(|need| need.name).collect()
}

/// Whether it is on this machine.
fn there(need: &Need) -> bool {
    match need.kind {
        Kind::Program => process::on_path(need.name),
        Kind::Library => library_folders()
            .iter()
            .any(|folder| folder.join(need.name).exists()),
        Kind::Driver => DRIVER_FOLDERS.iter().any(|folder| holds_json(Path::new(folder))),
        Kind::Module => process::succeeds(Command::new("pkg-config").args(["--exists", need.name])),
        Kind::LibClang => has_libclang(Path::new("/usr/lib")),
    }
}

/// Where Vulkan's loader looks for drivers (its LoaderDriverInterface.md, "Linux Driver Discovery").
const DRIVER_FOLDERS: [&str; 3] = [
    "/etc/vulkan/icd.d",
    "/usr/local/share/vulkan/icd.d",
    "/usr/share/vulkan/icd.d",
];

/// Whether a version of LLVM in `folder` has the library that bindings are made with.
fn has_libclang(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let llvm = entry.file_name().to_string_lossy().starts_with("llvm-");
        llvm && entry.path().join("lib/libclang.so").exists()
    })
}

fn holds_json(folder: &Path) -> bool {
    let Ok(mut files) = folder.read_dir() else {
        return false;
    };
    files.any(|file| file.is_ok_and(|file| file.path().extension().is_some_and(|ending| ending == "json")))
}

/// Where the dynamic linker finds libraries: what LD_LIBRARY_PATH names, and the folders of common systems.
fn library_folders() -> Vec<PathBuf> {
    let named = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&named).collect();
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    for root in ["/usr/local/lib", "/usr/lib", "/lib"] {
        folders.push(Path::new(root).join(&multiarch));
        folders.push(PathBuf::from(root));
        folders.push(PathBuf::from(format!("{root}64")));
    }
    folders
}

/// What decides whether something can be installed from here.
struct Host {
    apt: bool,
    privilege: Option<Privilege>,
    /// `MORETTA_NO_INSTALL` is set to something other than 0 and nothing, as in `.cargo/linker.sh`.
    forbidden: bool,
}

#[derive(Clone, Copy)]
enum Privilege {
    Root,
    /// sudo that asks for no password.
    Sudo,
}

impl Host {
    fn detect() -> Self {
        let root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
        let privilege = if root {
            Some(Privilege::Root)
        } else if process::succeeds(Command::new("sudo").args(["-n", "true"])) {
            Some(Privilege::Sudo)
        } else {
            None
        };
        let forbidden = is_forbidden();
        Self {
            apt: process::on_path("apt-get"),
            privilege,
            forbidden,
        }
    }
}

/// Whether this program may install nothing.
pub(crate) fn is_forbidden() -> bool {
    std::env::var_os("MORETTA_NO_INSTALL").is_some_and(|value| !value.is_empty() && value != "0")
}

/// The commands that install `missing` on `host`, or `None` if this program cannot or may not.
fn install(missing: &[&Need], host: &Host) -> Option<Vec<Vec<&'static str>>> {
    if host.forbidden || !host.apt {
        return None;
    }
    let prefix: &[&str] = match host.privilege? {
        Privilege::Root => &[],
        Privilege::Sudo => &["sudo", "-n"],
    };
    let apt = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]].concat();
    let update = [&apt[..], &["update", "-qq"]].concat();
    let install = [&apt[..], &["install", "-y", "-qq", "--no-install-recommends"]].concat();
    let packages = packages(missing, |need| need.apt);
    Some(vec![update, [&install[..], &packages[..]].concat()])
}

/// The command to type for each package manager that has something to install.
fn advice(missing: &[&Need]) -> String {
    let lines = [
        (
            "apt",
            "sudo apt-get update && sudo apt-get install --no-install-recommends",
            packages(missing, |n| n.apt),
        ),
        ("brew", "brew install", packages(missing, |n| n.brew)),
        ("winget", "winget install", packages(missing, |n| n.winget)),
    ];
    let lines = lines.iter().filter(|(_, _, packages)| !packages.is_empty());
    let lines = lines.map(|(name, command, packages)| {
        format!("  {:8}{command} {}", format!("{name}:"), packages.join(" "))
    });
    ["install with one of:".to_owned()]
        .into_iter()
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

fn packages(needs: &[&Need], of: fn(&Need) -> &'static [&'static str]) -> Vec<&'static str> {
    let mut packages: Vec<_> = needs.iter().flat_map(|need| of(need)).copied().collect();
    let mut seen = HashSet::new();
    packages.retain(|package| seen.insert(*package));
    packages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{read, root};

    const ROOT: Host = Host {
        apt: true,
        privilege: Some(Privilege::Root),
        forbidden: false,
    };

    #[test]
    #[cfg(target_os = "linux")]
    fn only_what_is_absent_is_missing() {
        assert_eq!(names(&missing(&NEEDS, |_| true)), [""; 0]);
        let programs = |need: &Need| need.kind != Kind::Program || need.name == "cc";
        assert_eq!(names(&missing(&NEEDS, programs)), ["strace", "valgrind", "Xvfb"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn libraries_and_drivers_are_found_where_they_lie() {
        let named = |kind, name| Need { kind, name, ..XVFB };
        // Every program that is not static has it, this one included.
        assert!(there(&named(Kind::Library, "libc.so.6")));
        assert!(!there(&named(Kind::Library, "libmoretta-no-such.so.1")));
        assert!(there(&named(Kind::Program, "sh")) && !there(&named(Kind::Program, "libc.so.6")));
        assert!(holds_json(&root().join("models")) && !holds_json(&root().join("xtask")));
        assert!(!holds_json(Path::new("/no/such/folder")));
    }

    #[test]
    fn pictures_need_no_window() {
        let names = |needs: Vec<Need>| needs.iter().map(|need| need.name).collect::<Vec<_>>();
        let drawing = ["cc", "libvulkan.so.1", "a Vulkan driver"];
        assert_eq!(names(pictures(false)), drawing);
        assert_eq!(names(pictures(true)).last(), Some(&"strace"));
        for wayland in [false, true] {
            let needs = names(window(wayland));
            assert!(needs.contains(&"libX11.so.6"), "{needs:?}");
            assert_eq!(needs.contains(&WAYLAND.name), wayland);
        }
    }

    #[test]
    fn root_installs_with_apt_and_others_through_sudo() {
        let words = |host: &Host| {
            install(&[&STRACE, &VALGRIND], host)
                .map(|lines| lines.iter().map(|line| line.join(" ")).collect::<Vec<_>>())
        };
        let apt = "env DEBIAN_FRONTEND=noninteractive apt-get";
        let packages = "strace valgrind";
        let expected = [
            format!("{apt} update -qq"),
            format!("{apt} install -y -qq --no-install-recommends {packages}"),
        ];
        assert_eq!(words(&ROOT).unwrap(), expected);
        let sudo = Host {
            privilege: Some(Privilege::Sudo),
            ..ROOT
        };
        assert_eq!(
            words(&sudo).unwrap(),
            expected.map(|line| format!("sudo -n {line}"))
        );
    }

    #[test]
    fn nothing_is_installed_without_apt_or_rights_or_against_a_ban() {
        assert!(install(&[&STRACE], &ROOT).is_some());
        assert!(install(&[&STRACE], &Host { apt: false, ..ROOT }).is_none());
        assert!(
            install(
                &[&STRACE],
                &Host {
                    privilege: None,
                    ..ROOT
                }
            )
            .is_none()
        );
        assert!(
            install(
                &[&STRACE],
                &Host {
                    forbidden: true,
                    ..ROOT
                }
            )
            .is_none()
        );
    }

    #[test]
    fn the_advice_has_a_line_for_each_package_manager_that_can_help() {
        let all = advice(&[&CC, &STRACE]);
        assert!(all.contains("apt:    sudo apt-get update && sudo apt-get install --no-install-recommends gcc libc6-dev strace\n"), "{all}");
        assert!(all.contains("brew:   brew install gcc strace\n"), "{all}");
        assert!(
            all.ends_with("winget: winget install Microsoft.VisualStudio.2022.BuildTools"),
            "{all}"
        );
        assert!(!advice(&[&STRACE]).contains("winget"));
    }

    #[test]
    fn opencv_is_advised_with_each_package_once() {
        let all: Vec<_> = OPENCV.iter().collect();
        let advice = advice(&all);
        assert!(
            advice.contains("--no-install-recommends pkg-config libopencv-dev clang libclang-dev\n"),
            "{advice}"
        );
        assert!(
            advice.contains("brew:   brew install pkgconf opencv llvm\n"),
            "{advice}"
        );
        assert!(
            advice.ends_with("winget: winget install OpenCV.OpenCV LLVM.LLVM"),
            "{advice}"
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_library_is_found_where_it_is_and_not_where_it_is_not() {
        let scratch = crate::workspace::scratch("libclang");
        assert!(!has_libclang(&scratch));
        std::fs::create_dir_all(scratch.join("llvm-14/lib")).unwrap();
        assert!(!has_libclang(&scratch));
        std::os::unix::fs::symlink("/dev/null", scratch.join("llvm-14/lib/libclang.so")).unwrap();
        assert!(has_libclang(&scratch));
        std::fs::remove_dir_all(&scratch).unwrap();
        assert!(!has_libclang(&scratch));
        let lost = Need {
            name: "moretta-no-such-library",
            kind: Kind::Module,
            ..OPENCV[1]
        };
        assert!(!there(&lost));
    }

    #[test]
    fn the_linker_script_installs_the_same_packages_as_the_table() {
        let script = read(&root().join(".cargo/linker.sh")).unwrap();
        let packages: Vec<_> = script
            .lines()
            .filter_map(|line| line.strip_prefix("packages="))
            .collect();
        assert_eq!(packages, [format!("\"{}\"", CC.apt.join(" "))]);
    }
}
