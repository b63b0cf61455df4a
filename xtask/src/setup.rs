//! `cargo xtask setup`: the system packages that the tests need, found or installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::process;

/// A program, a library or the graphics driver, what for, and the packages that bring it.
///
/// An empty list of packages means that this package manager has none.
pub(crate) struct Need {
    program: &'static str,
    purpose: &'static str,
    probe: Probe,
    /// Whether only Linux needs it.
    linux_only: bool,
    apt: &'static [&'static str],
    brew: &'static [&'static str],
    winget: &'static [&'static str],
}

/// How something is found.
#[derive(Clone, Copy, PartialEq)]
enum Probe {
    /// A program of that name on PATH.
    Path,
    /// A library that pkg-config knows by that name.
    PkgConfig,
    /// LLVM's C interface, where Debian puts it.
    LibClang,
    /// The loader of Vulkan, and a driver.
    Vulkan,
}

/// What the tests and the proofs need.
const NEEDS: [Need; 4] = [CC, STRACE, VALGRIND, VULKAN];

/// `.cargo/linker.sh` installs this one, because without it Cargo cannot build the table you read. On other
/// systems rustc finds a linker that is not on PATH, and as this program runs, it has found one.
const CC: Need = Need {
    program: "cc",
    purpose: "links every Rust program",
    probe: Probe::Path,
    linux_only: true,
    apt: &["gcc", "libc6-dev"],
    brew: &["gcc"],
    winget: &["Microsoft.VisualStudio.2022.BuildTools"],
};

const STRACE: Need = Need {
    program: "strace",
    purpose: "lists the system calls of a run, for the proofs",
    probe: Probe::Path,
    linux_only: true,
    apt: &["strace"],
    brew: &["strace"],
    winget: &[],
};

const VALGRIND: Need = Need {
    program: "valgrind",
    purpose: "sees a branch that depends on a face, for the proof of constant flow",
    probe: Probe::Path,
    linux_only: true,
    apt: &["valgrind"],
    brew: &["valgrind"],
    winget: &[],
};

/// No program: [`present`] looks for it elsewhere. On other systems the graphics driver comes with the system.
const VULKAN: Need = Need {
    program: "vulkan",
    purpose: "draws, on a graphics processor or in software",
    probe: Probe::Vulkan,
    linux_only: true,
    apt: &["libvulkan1", "mesa-vulkan-drivers"],
    brew: &[],
    winget: &[],
};

/// For `cargo xtask fuzz` alone, so not among [`NEEDS`].
pub(crate) const CXX: Need = Need {
    program: "c++",
    purpose: "builds the fuzzing engine",
    probe: Probe::Path,
    linux_only: false,
    apt: &["g++"],
    brew: &["llvm"],
    winget: &["LLVM.LLVM"],
};

/// For `cargo xtask test-arm` alone, as the next one.
pub(crate) const ARM_CC: Need = Need {
    program: "aarch64-linux-gnu-gcc",
    purpose: "links programs for 64-bit ARM",
    probe: Probe::Path,
    linux_only: false,
    apt: &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
    brew: &[],
    winget: &[],
};

pub(crate) const QEMU: Need = Need {
    program: "qemu-aarch64",
    purpose: "runs programs for 64-bit ARM",
    probe: Probe::Path,
    linux_only: false,
    apt: &["qemu-user"],
    brew: &[],
    winget: &[],
};

/// For `cargo xtask test-camera` alone, as the next one.
pub(crate) const QEMU_SYSTEM: Need = Need {
    program: "qemu-system-x86_64",
    purpose: "runs a machine with a camera",
    probe: Probe::Path,
    linux_only: false,
    apt: &["qemu-system-x86"],
    brew: &["qemu"],
    winget: &["SoftwareFreedomConservancy.QEMU"],
};

/// What the feature `opencv` of `moretta-capture` needs to be built.
pub(crate) const OPENCV: [Need; 4] = [
    Need {
        program: "pkg-config",
        purpose: "finds OpenCV",
        probe: Probe::Path,
        linux_only: true,
        apt: &["pkg-config"],
        brew: &["pkgconf"],
        winget: &[],
    },
    Need {
        program: "opencv4",
        purpose: "opens cameras and video files (OpenCV, with its headers)",
        probe: Probe::PkgConfig,
        linux_only: true,
        apt: &["libopencv-dev"],
        brew: &["opencv"],
        winget: &["OpenCV.OpenCV"],
    },
    Need {
        program: "clang",
        purpose: "compiles what binds OpenCV",
        probe: Probe::Path,
        linux_only: false,
        apt: &["clang"],
        brew: &["llvm"],
        winget: &["LLVM.LLVM"],
    },
    Need {
        program: "libclang",
        purpose: "reads OpenCV's headers",
        probe: Probe::LibClang,
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
    let missing = missing(needs, Need::is_here);
    for need in needs.iter().filter(|need| need.applies()) {
        let state = if missing.iter().any(|other| other.program == need.program) {
            "missing"
        } else {
            "found"
        };
        println!("{:10} {state:8} {}", need.program, need.purpose);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let Some(commands) = install(&missing, &Host::detect()) else {
        return Err(Error::Missing {
            tools: programs(&missing),
            advice: advice(&missing),
        });
    };
    for words in commands {
        println!("+ {}", words.join(" "));
        process::run(Command::new(words[0]).args(&words[1..]))?;
    }
    let still = self::missing(needs, Need::is_here);
    if still.is_empty() {
        Ok(())
    } else {
        Err(Error::Missing {
            tools: programs(&still),
            advice: "installed, but not found".to_owned(),
        })
    }
}

/// Whether one of `folders`, or a folder in one of them, holds a file whose name `fits`.
fn any_file(folders: &[&str], fits: impl Fn(&str) -> bool) -> bool {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let fits = |entry: &fs::DirEntry| entry.file_name().to_str().is_some_and(&fits);
    folders.iter().any(|folder| {
        entries(Path::new(folder))
            .any(|entry| fits(&entry) || entries(&entry.path()).any(|inner| fits(&inner)))
    })
}

impl Need {
    fn applies(&self) -> bool {
        cfg!(target_os = "linux") || !self.linux_only
    }

    fn is_here(&self) -> bool {
        match self.probe {
            Probe::Path => process::on_path(self.program),
            Probe::PkgConfig => {
                process::succeeds(Command::new("pkg-config").args(["--exists", self.program]))
            }
            Probe::LibClang => has_libclang(Path::new("/usr/lib")),
            Probe::Vulkan => {
                let drivers = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];
                let loaders = ["/usr/lib", "/usr/lib64", "/lib"];
                any_file(&drivers, |file| file.ends_with(".json"))
                    && any_file(&loaders, |file| file == "libvulkan.so.1")
            }
        }
    }
}

/// Whether a version of LLVM in `folder` has the library that bindings are made with.
fn has_libclang(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let llvm = entry.file_name().to_string_lossy().starts_with("llvm-");
        llvm && entry.path().join("lib/libclang.so").exists()
    })
}

/// Those of `needs` that apply to this system and that `found` does not find.
fn missing(needs: &[Need], found: impl Fn(&Need) -> bool) -> Vec<&Need> {
    needs
        .iter()
        .filter(|need| need.applies() && !found(need))
        .collect()
}

fn programs(needs: &[&Need]) -> Vec<&'static str> {
    needs.iter().map(|need| need.program).collect()
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
        let forbidden =
            std::env::var_os("MORETTA_NO_INSTALL").is_some_and(|value| !value.is_empty() && value != "0");
        Self {
            apt: process::on_path("apt-get"),
            privilege,
            forbidden,
        }
    }
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

/// Each package once, in the order of the needs.
fn packages(needs: &[&Need], of: fn(&Need) -> &'static [&'static str]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = Vec::new();
    for package in needs.iter().flat_map(|need| of(need)) {
        if !packages.contains(package) {
            packages.push(package);
        }
    }
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
        assert_eq!(programs(&missing(&NEEDS, |_| true)), [""; 0]);
        assert_eq!(
            programs(&missing(&NEEDS, |need| need.program == "cc")),
            ["strace", "valgrind", "vulkan"]
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn files_are_found_in_folders_and_one_level_below() {
        let root = root();
        let root = root.to_str().unwrap();
        assert!(any_file(&[root], |file| file == "Cargo.toml"));
        assert!(any_file(&["/nowhere", root], |file| file == "run"), "in .ci");
        assert!(!any_file(&[root], |file| file == "no such file"));
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
        fs::create_dir_all(scratch.join("llvm-14/lib")).unwrap();
        assert!(!has_libclang(&scratch));
        std::os::unix::fs::symlink("/dev/null", scratch.join("llvm-14/lib/libclang.so")).unwrap();
        assert!(has_libclang(&scratch));
        fs::remove_dir_all(&scratch).unwrap();
        assert!(!has_libclang(&scratch));
        let lost = Need {
            program: "moretta-no-such-library",
            probe: Probe::PkgConfig,
            ..OPENCV[1]
        };
        assert!(!lost.is_here());
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
