//! `cargo xtask test-camera`: a real V4L2 camera, in a virtual machine.
//!
//! The machine is Debian's kernel with its module `vivid`, a camera that shows a test picture with a clock on it. A
//! program, `examples/camera-check`, looks through it in every way that there is, with the tracker behind it, and prints a line
//! for each; this program judges the lines. Outside of `cargo xtask test`: it downloads a kernel of some 70 MB, builds
//! OpenCV's bindings, and wants Debian.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::initramfs::Initramfs;
use crate::steps::{self, Step};
use crate::workspace::cargo;
use crate::{process, setup};

/// The kernel that Debian calls the newest, and a shell that needs no library.
const KERNEL: &str = "linux-image-amd64";
const SHELL: &str = "busybox-static";

/// The program that looks through the camera.
const PROGRAM: &str = "moretta-example-camera-check";

/// What it prints in front of its lines.
const MARK: &str = "camera-check: ";

/// How long the machine may run. With hardware support it takes seconds, without some minutes.
const PATIENCE: Duration = Duration::from_secs(900);

/// What the machine starts with. The kernel says nothing else on its serial line.
const INIT: &str = "#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
while read -r module arguments; do /bin/busybox insmod /modules/$module $arguments; done < /modules/order
for i in 1 2 3 4 5 6 7 8 9 10; do [ -e /dev/video0 ] || /bin/busybox sleep 1; done
/camera_check /dev/video0
echo camera-check: exit $?
/bin/busybox poweroff -f
";

/// One camera, with one input, that is a webcam.
const VIVID: &str = "n_devs=1 node_types=0x1 num_inputs=1 input_types=0";

/// Builds the program, makes the machine, starts it and judges what it says.
///
/// # Errors
/// [`Error::Missing`] if something is missing and cannot be installed; [`Error::Malformed`] if a line is missing or not
/// as it should be; that of the first step that fails.
pub(crate) fn run() -> Result<(), Error> {
    let start = Instant::now();
    let program = RefCell::new(PathBuf::new());
    let console = RefCell::new(Vec::new());
    let place = place()?;
    let (kernel, archive) = (place.join("vmlinuz"), place.join("initramfs"));
    steps::run(
        "test-camera",
        vec![
            Step::new("setup", || {
                if !process::on_path("apt-get") || !process::on_path("dpkg") {
                    return Err(Error::Missing {
                        tools: vec!["apt-get", "dpkg"],
                        advice: "the machine's kernel is Debian's: run this on Debian".to_owned(),
                    });
                }
                setup::ensure(&[setup::QEMU_SYSTEM])?;
                setup::ensure(&setup::OPENCV)
            }),
            Step::new("build", || {
                program.replace(build()?);
                Ok(())
            }),
            Step::new("machine", || {
                let debian = unpack(&place)?;
                copy(&debian.kernel, &kernel)?;
                let bytes = initramfs(&program.borrow(), &debian)?;
                println!("{} MiB of files", bytes.len() >> 20);
                write(&archive, &bytes)
            }),
            Step::new("boot", || {
                console.replace(boot(&kernel, &archive)?);
                Ok(())
            }),
            Step::new("judge", || judge(&console.borrow())),
        ],
    )?;
    println!("test-camera: {:.0} s in all", start.elapsed().as_secs_f64());
    Ok(())
}

/// The folder for what is downloaded and made, in the one that Cargo builds in.
fn place() -> Result<PathBuf, Error> {
    let metadata = process::output(cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: serde_json::Value = json(&metadata, "cargo metadata")?;
    let target = metadata["target_directory"].as_str().unwrap_or("target");
    let place = Path::new(target).join("test-camera");
    fs::create_dir_all(&place).map_err(|source| Error::Write {
        path: place.clone(),
        source,
    })?;
    Ok(place)
}

fn json(text: &str, what: &str) -> Result<serde_json::Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::Malformed {
        what: what.to_owned(),
        expected: "JSON",
        found: error.to_string(),
    })
}

/// Builds the program, and says where it lies.
fn build() -> Result<PathBuf, Error> {
    let messages = process::output(cargo().args([
        "build",
        "--package",
        PROGRAM,
        "--features",
        "opencv",
        "--message-format",
        "json-render-diagnostics",
    ]))?;
    let executable = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == PROGRAM)
            .then(|| message["executable"].as_str().map(PathBuf::from))
            .flatten()
    });
    executable.ok_or_else(|| Error::Malformed {
        what: "cargo build".to_owned(),
        expected: "a program of the package",
        found: "none".to_owned(),
    })
}

/// What is taken out of Debian's packages.
struct Debian {
    kernel: PathBuf,
    modules: PathBuf,
    shell: PathBuf,
}

/// Downloads the packages that are not there yet, and unpacks them.
fn unpack(place: &Path) -> Result<Debian, Error> {
    let depends = process::output(Command::new("apt-cache").args(["depends", "--important", KERNEL]))?;
    let image = depends
        .lines()
        .find_map(|line| line.trim().strip_prefix("Depends: "))
        .filter(|name| name.starts_with("linux-image-"))
        .ok_or_else(|| Error::Malformed {
            what: format!("apt-cache depends {KERNEL}"),
            expected: "a kernel image",
            found: depends.clone(),
        })?;
    let root = place.join(image);
    if !root.join("whole").exists() {
        println!("downloading {image} and {SHELL}");
        let packages = place.join("packages");
        let _ = fs::remove_dir_all(&packages);
        fs::create_dir_all(&packages).map_err(|source| Error::Write {
            path: packages.clone(),
            source,
        })?;
        process::run(
            Command::new("apt-get")
                .args(["download", "-qq", image, SHELL])
                .current_dir(&packages),
        )?;
        for package in files(&packages)? {
            process::run(Command::new("dpkg").arg("-x").arg(&package).arg(&root))?;
        }
        // What was interrupted is begun anew.
        write(&root.join("whole"), b"")?;
    }
    let version = image.trim_start_matches("linux-image-");
    Ok(Debian {
        kernel: root.join("boot").join(format!("vmlinuz-{version}")),
        modules: root.join("lib/modules").join(version).join("kernel"),
        shell: root.join("bin/busybox"),
    })
}

/// The machine's files: the shell, the camera's modules in the order in which they load, and the program with the
/// libraries that it is linked to.
fn initramfs(program: &Path, debian: &Debian) -> Result<Vec<u8>, Error> {
    let mut archive = Initramfs::new();
    for folder in ["proc", "sys", "dev", "tmp"] {
        archive.folder(folder);
    }
    archive.device("dev/console", [5, 1]);
    archive.file("bin/busybox", &bytes(&debian.shell)?);
    archive.file("init", INIT.as_bytes());
    archive.file("camera_check", &bytes(program)?);
    let libraries = process::output(Command::new("ldd").arg(program))?;
    for library in linked(&libraries) {
        archive.file(library, &bytes(Path::new(library))?);
    }
    let mut all = BTreeMap::new();
    find_modules(&debian.modules, &mut all)?;
    let mut order = Vec::new();
    load_order("vivid", &all, &mut order)?;
    let mut list = String::new();
    for (name, content) in order {
        archive.file(&format!("modules/{name}.ko"), &content);
        let arguments = if name == "vivid" { VIVID } else { "" };
        list += &format!("{name}.ko {arguments}\n");
    }
    archive.file("modules/order", list.as_bytes());
    Ok(archive.finish())
}

/// The files that `ldd` names.
fn linked(ldd: &str) -> Vec<&str> {
    ldd.lines()
        .filter_map(|line| {
            let place = line.split_once("=>").map_or(line, |(_, place)| place);
            place
                .split_whitespace()
                .next()
                .filter(|place| place.starts_with('/'))
        })
        .collect()
}

/// Every module below `folder`, by its name as the kernel says it.
fn find_modules(folder: &Path, all: &mut BTreeMap<String, PathBuf>) -> Result<(), Error> {
    for path in files(folder)? {
        if path.is_dir() {
            find_modules(&path, all)?;
        } else if let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_suffix(".ko"))
        {
            all.insert(name.replace('-', "_"), path.clone());
        }
    }
    Ok(())
}

/// Appends `name` to `order`, after what it needs.
fn load_order(
    name: &str,
    all: &BTreeMap<String, PathBuf>,
    order: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), Error> {
    let name = name.replace('-', "_");
    if order.iter().any(|(other, _)| *other == name) {
        return Ok(());
    }
    let Some(path) = all.get(&name) else {
        return Err(Error::Malformed {
            what: "the kernel's modules".to_owned(),
            expected: "one for each name that another needs",
            found: format!("no {name}"),
        });
    };
    let content = bytes(path)?;
    for needed in needs(&content) {
        load_order(&needed, all, order)?;
    }
    order.push((name, content));
    Ok(())
}

/// What a module says that it needs: the text after `depends=` in its section `.modinfo`, up to a zero.
fn needs(module: &[u8]) -> Vec<String> {
    let mark = b"\0depends=";
    let Some(at) = module.windows(mark.len()).position(|text| text == mark) else {
        return Vec::new();
    };
    let text = module[at + mark.len()..]
        .split(|&byte| byte == 0)
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(text)
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Runs the machine to its end, and returns what it said on its serial line. Where hardware support ends QEMU before it
/// has said anything, as in a machine within a machine, it is run again without.
fn boot(kernel: &Path, archive: &Path) -> Result<Vec<String>, Error> {
    let said = boot_with(&["-accel", "kvm", "-accel", "tcg"], kernel, archive)?;
    if said.is_empty() {
        println!("again, without hardware support");
        return boot_with(&["-accel", "tcg"], kernel, archive);
    }
    Ok(said)
}

fn boot_with(accelerators: &[&str], kernel: &Path, archive: &Path) -> Result<Vec<String>, Error> {
    let mut command = Command::new("qemu-system-x86_64");
    command
        .args(accelerators)
        .args(["-cpu", "max", "-m", "3G", "-smp", "2"])
        .args([
            "-nodefaults",
            "-display",
            "none",
            "-serial",
            "stdio",
            "-no-reboot",
        ])
        .arg("-kernel")
        .arg(kernel)
        .arg("-initrd")
        .arg(archive)
        // Secret memory is off in Debian's kernel unless asked for.
        .args(["-append", "console=ttyS0 loglevel=3 panic=-1 secretmem.enable=1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut machine = command.spawn().map_err(|source| Error::Start {
        command: "qemu-system-x86_64".to_owned(),
        source,
    })?;
    let (lines, console) = mpsc::sync_channel(1024);
    let serial = machine.stdout.take();
    let reader = std::thread::Builder::new()
        .name("console".to_owned())
        .spawn(move || {
            let Some(serial) = serial else { return };
            for line in BufReader::new(serial).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                if lines.send(line).is_err() {
                    return;
                }
            }
        });
    let deadline = Instant::now() + PATIENCE;
    let mut said = Vec::new();
    if reader.is_ok() {
        // Ends when the machine does, or when it has had its time.
        while let Ok(line) = console.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            println!("| {line}");
            said.push(line);
        }
    }
    let ended = machine.try_wait().ok().flatten().is_some() || Instant::now() < deadline;
    let _ = machine.kill();
    let _ = machine.wait();
    if ended {
        Ok(said)
    } else {
        Err(Error::Malformed {
            what: "the machine".to_owned(),
            expected: "its end in time",
            found: format!("still running after {} s", PATIENCE.as_secs()),
        })
    }
}

/// What one line must say.
struct Way {
    name: &'static str,
    /// Whether no piece of a frame may be left in the program's memory when it was handed over.
    clean: bool,
}

/// Each way to look through the camera.
const WAYS: [Way; 8] = [
    Way {
        name: "native NV12 Veiled Anonymous",
        clean: true,
    },
    Way {
        name: "native YU12 Veiled Anonymous",
        clean: true,
    },
    Way {
        name: "native YUYV Veiled Anonymous",
        clean: true,
    },
    Way {
        name: "native UYVY Driver Anonymous",
        clean: true,
    },
    Way {
        name: "native NV21 Driver Anonymous",
        clean: true,
    },
    Way {
        name: "native NV12 Driver Secret",
        clean: true,
    },
    Way {
        name: "native default Veiled Anonymous",
        clean: true,
    },
    // OpenCV keeps frames where nobody can wipe them.
    Way {
        name: "opencv BGRA OpenCV Anonymous",
        clean: false,
    },
];

/// Checks that the console holds what it should.
fn judge(console: &[String]) -> Result<(), Error> {
    let wrong = |expected: &'static str, found: String| Error::Malformed {
        what: "the machine's console".to_owned(),
        expected,
        found,
    };
    let lines: Vec<&str> = console
        .iter()
        .filter_map(|line| line.strip_prefix(MARK))
        .collect();
    let mut colours: Vec<[u32; 3]> = Vec::new();
    for way in &WAYS {
        let line = lines
            .iter()
            .find_map(|line| line.strip_prefix(way.name)?.strip_prefix(' '));
        let line =
            line.ok_or_else(|| wrong("a line for each way to look", format!("none for {}", way.name)))?;
        let fields: BTreeMap<&str, &str> = line.split(' ').filter_map(|word| word.split_once('=')).collect();
        let number = |name: &str| fields.get(name).and_then(|text| text.parse::<u32>().ok());
        let told = || format!("{}: {line}", way.name);
        for (holds, expected) in [
            (fields.get("size") == Some(&"640x480"), "640x480 pixels"),
            (number("frames") == Some(10), "10 frames"),
            (
                number("distinct").is_some_and(|n| n >= 9),
                "frames that differ: the camera shows a clock",
            ),
            (
                // A machine without hardware support takes seconds for a frame.
                number("step_ms").is_some_and(|n| (10..=60_000).contains(&n)),
                "time that goes on",
            ),
            (number("faces") == Some(0), "no face, and no error"),
            (
                fields.get("whole") == Some(&"true"),
                "every protection that the system offers",
            ),
            (
                way.clean <= (number("given") == Some(0)),
                "no piece of a frame that was handed over",
            ),
            (
                way.clean <= (number("gone") == Some(0)),
                "no piece of a frame whose camera is gone",
            ),
            (
                way.name.contains("Secret") || number("lent").is_some_and(|n| n >= 1),
                "a frame that is lent to be found",
            ),
            (
                !way.name.contains("Secret") || number("lent") == Some(0),
                "a frame on secret memory not to be found",
            ),
        ] {
            if !holds {
                return Err(wrong(expected, told()));
            }
        }
        let rgb: Vec<u32> = fields
            .get("rgb")
            .map(|rgb| rgb.split(',').filter_map(|level| level.parse().ok()).collect())
            .unwrap_or_default();
        let Ok(rgb) = <[u32; 3]>::try_from(rgb) else {
            return Err(wrong("a mean colour", told()));
        };
        if rgb.iter().any(|level| !(40..=220).contains(level)) {
            return Err(wrong("a picture that is neither black nor white", told()));
        }
        if colours
            .iter()
            .flat_map(|other| other.iter().zip(&rgb))
            .any(|(a, b)| a.abs_diff(*b) > 6)
        {
            return Err(wrong("the same picture each way", told()));
        }
        colours.push(rgb);
    }
    for line in ["done", "exit 0"] {
        if !lines.contains(&line) {
            return Err(wrong("the program's good end", format!("no line: {line}")));
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|source| Error::Read {
        path: folder.to_owned(),
        source,
    })?;
    Ok(entries.into_iter().map(|entry| entry.path()).collect())
}

fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    write(to, &bytes(from)?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a tool that makes a machine writes its files"
    )]
    let written = fs::write(path, bytes);
    written.map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{read, root};

    /// A console as it should be.
    fn good() -> Vec<String> {
        let mut console = vec!["[    1.0] noise".to_owned()];
        for way in &WAYS {
            let lent = u32::from(!way.name.contains("Secret"));
            let left = if way.clean { 0 } else { 2 };
            console.push(format!(
                "{MARK}{} size=640x480 frames=10 distinct=10 rgb=100,99,101 step_ms=33 faces=0 whole=true lent={lent} given={left} \
                 gone={left}",
                way.name
            ));
        }
        for line in ["done", "exit 0"] {
            console.push(format!("{MARK}{line}"));
        }
        console
    }

    #[test]
    fn a_console_as_it_should_be_passes() {
        judge(&good()).unwrap();
    }

    #[test]
    fn each_line_must_be_there() {
        for missing in 1..good().len() {
            let mut console = good();
            console.remove(missing);
            assert!(judge(&console).is_err(), "{missing}");
        }
        assert!(judge(&[]).is_err());
    }

    #[test]
    fn each_number_is_judged() {
        for (find, replace, expected) in [
            ("size=640x480", "size=320x240", "640x480 pixels"),
            ("frames=10", "frames=9", "10 frames"),
            (
                "distinct=10",
                "distinct=1",
                "frames that differ: the camera shows a clock",
            ),
            ("step_ms=33", "step_ms=0", "time that goes on"),
            ("faces=0", "faces=1", "no face, and no error"),
            (
                "whole=true",
                "whole=false",
                "every protection that the system offers",
            ),
            ("lent=1", "lent=0", "a frame that is lent to be found"),
            ("given=0", "given=1", "no piece of a frame that was handed over"),
            ("gone=0", "gone=3", "no piece of a frame whose camera is gone"),
            ("rgb=100,99,101", "rgb=100,99,90", "the same picture each way"),
            (
                "rgb=100,99,101",
                "rgb=0,0,0",
                "a picture that is neither black nor white",
            ),
            ("rgb=100,99,101", "rgb=100", "a mean colour"),
            (" faces=0", "", "no face, and no error"),
        ] {
            let mut console = good();
            assert!(console[3].contains(find), "{find}");
            console[3] = console[3].replace(find, replace);
            let error = judge(&console).unwrap_err().to_string();
            assert!(error.contains(expected), "{find}: {error}");
        }
        let secret = 1 + WAYS.iter().position(|way| way.name.contains("Secret")).unwrap();
        let mut console = good();
        console[secret] = console[secret].replace("lent=0", "lent=1");
        assert!(
            judge(&console)
                .unwrap_err()
                .to_string()
                .contains("on secret memory")
        );
    }

    #[test]
    fn libraries_are_those_that_ldd_names() {
        let ldd = "\tlinux-vdso.so.1 (0x00007ffd)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\
                   \t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n\tlost.so => not found\n";
        assert_eq!(
            linked(ldd),
            ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"]
        );
    }

    #[test]
    fn a_module_says_what_it_needs() {
        assert_eq!(
            needs(b"x\0depends=v4l2-dv-timings,mc\0retpoline=Y\0"),
            ["v4l2-dv-timings", "mc"]
        );
        assert_eq!(needs(b"x\0depends=\0"), [""; 0]);
        assert_eq!(needs(b"x\0softdepends=a\0"), [""; 0]);
    }

    #[test]
    fn modules_load_after_what_they_need() {
        let scratch = crate::workspace::scratch("modules");
        let mut all = BTreeMap::new();
        for (name, depends) in [("a", "b-b,c"), ("b-b", "c"), ("c", ""), ("d", "e")] {
            let path = scratch.join(format!("{name}.ko"));
            write(&path, format!("ELF\0depends={depends}\0").as_bytes()).unwrap();
        }
        find_modules(&scratch, &mut all).unwrap();
        let order = |name: &str| {
            let mut order = Vec::new();
            load_order(name, &all, &mut order)
                .map(|()| order.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
        };
        assert_eq!(order("a").unwrap(), ["c", "b_b", "a"]);
        assert!(order("d").unwrap_err().to_string().contains("no e"));
        fs::remove_dir_all(&scratch).unwrap();
    }

    /// The names stand in two places: here, and where they are printed.
    #[test]
    fn the_ways_are_those_of_the_program() {
        let source = read(&root().join("examples/camera-check/src/check.rs")).unwrap();
        for way in &WAYS {
            let words: Vec<_> = way.name.split(' ').collect();
            let [source_name, pixels, memory, backing] = words[..] else {
                panic!("{}", way.name)
            };
            assert!(source.contains(&format!("\"{source_name} ")), "{source_name}");
            let pixels = match pixels {
                "YU12" => "Yuv420",
                other => other,
            };
            for word in [pixels, memory, backing] {
                let spoken = source.to_lowercase().contains(&word.to_lowercase());
                assert!(spoken || memory == "OpenCV", "{}: {word}", way.name);
            }
        }
        assert!(source.contains(&format!("\"{MARK}done\"")));
    }
}
