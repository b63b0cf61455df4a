//! `cargo xtask test-ffi`: the C ABI as its users meet it: header and examples through two compilers and several standards,
//! sanitizers, valgrind, a window, the installed package through pkg-config and CMake, and the Kotlin API on it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::dist::{self, Profile};
use crate::error::Error;
use crate::steps::{self, Step};
use crate::workspace::{cargo, read, root, target_directory};
use crate::{check_abi, process, setup, test_jvm};

/// Compilers, with the standards that each is asked for.
const COMPILERS: [(&str, &[&str]); 4] = [
    ("gcc", &["c99", "c11", "c17"]),
    ("clang", &["c99", "c11", "c17"]),
    ("g++", &["c++11", "c++17", "c++20"]),
    ("clang++", &["c++11", "c++17", "c++20"]),
];

const STRICT: [&str; 6] = ["-Wall", "-Wextra", "-Wshadow", "-pedantic", "-Werror", "-g"];

/// Sets up, builds, and runs all of it, or the steps whose name contains `filter`.
///
/// # Errors
/// That of the first step that fails; [`Error::Malformed`] if there is no such step.
pub(crate) fn run(filter: Option<&str>) -> Result<(), Error> {
    if !cfg!(target_os = "linux") {
        println!("not on this system: the C compilers' names and the package's layout are Linux's");
        return Ok(());
    }
    let mut steps = vec![
        Step::new("cargo test", || {
            process::run(cargo().args(["test", "--package", "moretta-ffi", "--package", "moretta-jni"]))
        }),
        Step::new("without networks", || {
            let without = [
                "test",
                "--package",
                "moretta-ffi",
                "--no-default-features",
                "--lib",
            ];
            process::run(cargo().args(without).arg("networks"))
        }),
        Step::new("abidiff", || check_abi::run(false)),
        Step::new("compilers", || Bench::new()?.compilers()),
        Step::new("sanitizers", || Bench::new()?.sanitizers()),
        Step::new("valgrind", || Bench::new()?.valgrind()),
        Step::new("window", || Bench::new()?.window()),
        Step::new("package", package),
        Step::new("kotlin", test_jvm::run),
    ];
    steps.retain(|step| filter.is_none_or(|filter| step.name().contains(filter)));
    if steps.is_empty() {
        return Err(Error::Malformed {
            what: "test-ffi".to_owned(),
            expected: "a part of the name of a step",
            found: filter.unwrap_or_default().to_owned(),
        });
    }
    steps.insert(0, Step::new("setup", || setup::ensure(&setup::C_TESTS)));
    steps::run("test-ffi", steps)
}

/// The library, and a folder to compile in.
struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// Builds the library and lays it out as it is installed.
    fn new() -> Result<Self, Error> {
        process::run(cargo().args(["build", "--quiet", "--package", "moretta-ffi"]))?;
        let target = target_directory()?;
        let folder = target.join("test-ffi");
        let unwritten = |source| Error::Write {
            path: folder.clone(),
            source,
        };
        fs::create_dir_all(&folder).map_err(unwritten)?;
        for name in ["libmoretta.so", "libmoretta.so.0"] {
            let link = folder.join(name);
            if link.symlink_metadata().is_ok() {
                fs::remove_file(&link).map_err(unwritten)?;
            }
            dist::link("../debug/libmoretta_ffi.so", &link).map_err(unwritten)?;
        }
        Ok(Self { folder })
    }

    /// Compiles `sources`, of this package, into a program.
    fn compile(
        &self,
        compiler: &str,
        standard: &str,
        program: &str,
        sources: &[&str],
        more: &[&str],
    ) -> Result<PathBuf, Error> {
        let out = self.folder.join(format!("{program}-{compiler}-{standard}"));
        let language = if standard.starts_with("c++") { "c++" } else { "c" };
        let mut command = Command::new(compiler);
        command
            .arg(format!("-std={standard}"))
            .args(STRICT)
            .args(["-x", language])
            .arg(format!("-I{}", root().join("ffi/include").display()))
            .args(sources.iter().map(|source| root().join("ffi").join(source)))
            .args(["-x", "none"])
            .arg(format!("-L{}", self.folder.display()))
            .arg(format!("-Wl,-rpath,{}", self.folder.display()))
            .arg("-lmoretta")
            .args(more)
            .arg("-o")
            .arg(&out);
        process::run(&mut command)?;
        Ok(out)
    }

    /// Every example and test through every compiler and standard; two translation units and the calls without a session
    /// are run, and one of each language draws.
    fn compilers(&self) -> Result<(), Error> {
        let calls = ["tests/c/calls.c"];
        let units = ["tests/c/unit_one.c", "tests/c/unit_two.c"];
        let picture = self.picture()?;
        let frames = self.write("small.nv12", &[128; 160 * 120 * 3 / 2 * 3])?;
        for (compiler, standards) in COMPILERS {
            for standard in standards {
                let still = self.compile(compiler, standard, "still", &["examples/still.c"], &[])?;
                let nv12 = self.compile(compiler, standard, "nv12", &["examples/nv12.c"], &[])?;
                self.compile(compiler, standard, "x11", &["examples/x11.c"], &["-lX11"])?;
                let two = self.compile(compiler, standard, "two", &units, &[])?;
                process::run(&mut Command::new(two))?;
                let calls = self.compile(compiler, standard, "calls", &calls, &["-pthread"])?;
                self.compile(compiler, standard, "random", &["tests/c/random.c"], &[])?;
                process::run(Command::new(calls).arg("without"))?;
                if ["c99", "c++20"].contains(standard) {
                    let out = self.folder.join("finished.ppm");
                    process::run(Command::new(still).arg(&picture).arg(effect()).arg(&out))?;
                    let frames = fs::File::open(&frames).map_err(|source| Error::Read {
                        path: frames.clone(),
                        source,
                    })?;
                    process::run(
                        Command::new(nv12)
                            .args(["160", "120"])
                            .arg(effect())
                            .stdin(Stdio::from(frames))
                            .stdout(Stdio::null()),
                    )?;
                }
                println!("{compiler:8} {standard:6} ok");
            }
        }
        // As Swift sees it. Nothing is linked: the library for Apple's systems is built there.
        let cache = format!("-fmodules-cache-path={}", self.folder.join("modules").display());
        process::run(
            Command::new("clang")
                .args([
                    "-x",
                    "objective-c",
                    "-fmodules",
                    "-fsyntax-only",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                ])
                .arg(cache)
                .arg(format!("-I{}", root().join("ffi/include").display()))
                .arg(root().join("ffi/tests/c/module.m")),
        )?;
        println!("clang    module map ok");
        Ok(())
    }

    /// Careless, careful and erratic programs, with every access of theirs looked at.
    fn sanitizers(&self) -> Result<(), Error> {
        let picture = self.picture()?;
        let watch = [
            "-fsanitize=address,undefined",
            "-fno-sanitize-recover=all",
            "-pthread",
        ];
        let build = |name: &str, source: &str| {
            self.compile("gcc", "c99", &format!("{name}-sanitized"), &[source], &watch)
        };
        let calls = build("calls", "tests/c/calls.c")?;
        process::run(sanitized(&calls).arg("without"))?;
        let portrait = root().join("crates/track/tests/data/astronaut.png");
        process::run(sanitized(&calls).arg("session").arg(effect()).arg(portrait))?;
        println!("careless calls ok");
        let (still, out) = (
            build("still", "examples/still.c")?,
            self.folder.join("finished.ppm"),
        );
        process::run(sanitized(&still).arg(&picture).arg(effect()).arg(out))?;
        println!("still ok");
        let random = build("random", "tests/c/random.c")?;
        for seed in ["1", "2"] {
            process::run(sanitized(&random).arg(effect()).args([seed, SECONDS]))?;
        }
        let bad = build("overrun", "tests/c/overrun.c")?;
        must_fail("the sanitizer", &mut sanitized(&bad))
    }

    /// Calls without a session: with one, software drawing under valgrind takes minutes.
    fn valgrind(&self) -> Result<(), Error> {
        let watched = |program: PathBuf| {
            let mut command = Command::new("valgrind");
            command.args(["--quiet", "--error-exitcode=9"]).arg(program);
            command
        };
        let calls = self.compile("gcc", "c99", "calls", &["tests/c/calls.c"], &["-pthread"])?;
        process::run(watched(calls).arg("without"))?;
        println!("careless calls ok");
        let bad = self.compile("gcc", "c99", "overrun", &["tests/c/overrun.c"], &[])?;
        must_fail("valgrind", &mut watched(bad))
    }

    /// The example with a window, on a display that nobody sees.
    fn window(&self) -> Result<(), Error> {
        let program = self.compile("gcc", "c99", "x11", &["examples/x11.c"], &["-lX11"])?;
        let changing = self.compile("gcc", "c99", "window", &["tests/c/window.c"], &["-lX11"])?;
        let frames = self.folder.join("frames.nv12");
        let (width, height, count) = (320, 240, 12);
        self.write("frames.nv12", &vec![128; width * height * 3 / 2 * count])?;
        let (mut server, display) = display()?;
        let input = fs::File::open(&frames).map_err(|source| Error::Read { path: frames, source });
        let output = input.and_then(|input| {
            let mut command = Command::new(program);
            command
                .args([width.to_string(), height.to_string()])
                .arg(effect())
                .env("DISPLAY", &display)
                .stdin(Stdio::from(input));
            process::output(&mut command)
        });
        let changed = [None, Some("overlap")].into_iter().try_for_each(|overlap| {
            let mut command = Command::new(&changing);
            process::run(command.arg(effect()).args(overlap).env("DISPLAY", &display))
        });
        // It is ours, and nothing is lost with it.
        drop(server.kill().and_then(|()| server.wait()));
        changed?;
        let output = output?;
        let shown: Option<usize> = output
            .split_whitespace()
            .next()
            .and_then(|number| number.parse().ok());
        if shown.is_none_or(|shown| shown == 0) {
            return Err(Error::Malformed {
                what: "the example x11".to_owned(),
                expected: "that frames are shown",
                found: output,
            });
        }
        print!("{output}");
        Ok(())
    }

    /// A grey picture.
    fn picture(&self) -> Result<PathBuf, Error> {
        let mut bytes = b"P6\n160 120\n255\n".to_vec();
        bytes.resize(bytes.len() + 160 * 120 * 3, 128);
        self.write("grey.ppm", &bytes)
    }

    #[allow(clippy::disallowed_methods, reason = "a tool's own files")]
    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
        let path = self.folder.join(name);
        fs::write(&path, bytes).map_err(|source| Error::Write {
            path: path.clone(),
            source,
        })?;
        Ok(path)
    }
}

fn effect() -> PathBuf {
    root().join("effects/glasses")
}

/// How long calls are made at random, with each seed.
const SECONDS: &str = "20";

/// What watches must see what is wrong, or what it says of the rest is worth nothing.
fn must_fail(watcher: &str, wrong: &mut Command) -> Result<(), Error> {
    if process::succeeds(wrong) {
        return Err(Error::Malformed {
            what: watcher.to_owned(),
            expected: "to see a read behind the end of memory",
            found: "nothing".to_owned(),
        });
    }
    println!("{watcher} sees a read behind the end of memory");
    Ok(())
}

/// The drivers of graphics devices keep memory until the end of the process, which is no leak of the program's.
fn sanitized(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("ASAN_OPTIONS", "detect_leaks=0");
    command
}

/// Starts an X server without a screen, and says which display it is.
fn display() -> Result<(Child, String), Error> {
    let start = |source| Error::Start {
        command: "Xvfb".to_owned(),
        source,
    };
    let mut server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "800x600x24",
            "-nolisten",
            "tcp",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(start)?;
    let mut number = String::new();
    if let Some(stdout) = server.stdout.take() {
        BufReader::new(stdout).read_line(&mut number).map_err(start)?;
    }
    Ok((server, format!(":{}", number.trim())))
}

/// The package, moved elsewhere and found there by pkg-config and by CMake.
fn package() -> Result<(), Error> {
    let built = dist::build(Profile::Dev)?;
    let bench = target_directory()?.join("test-ffi").join("package");
    let unwritten = |source| Error::Write {
        path: bench.clone(),
        source,
    };
    if bench.exists() {
        fs::remove_dir_all(&bench).map_err(unwritten)?;
    }
    fs::create_dir_all(&bench).map_err(unwritten)?;
    let prefix = bench.join("elsewhere");
    fs::rename(&built, &prefix).map_err(unwritten)?;
    process::output(Command::new("sha256sum").current_dir(&prefix).args([
        "--check",
        "--quiet",
        "SHA256SUMS",
    ]))?;
    println!("checksums ok");
    described(&prefix.join("share/doc/moretta"))?;

    let sources = root().join("ffi/tests/c");
    let (one, two) = (sources.join("unit_one.c"), sources.join("unit_two.c"));
    let pkg_config = |arguments: &[&str]| {
        let mut command = Command::new("pkg-config");
        command.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
        process::output(command.args(arguments).arg("moretta"))
    };
    let flags = pkg_config(&["--cflags", "--libs"])?;
    let program = bench.join("by-pkg-config");
    process::run(
        Command::new("cc")
            .args([&one, &two])
            .arg("-o")
            .arg(&program)
            .args(flags.split_whitespace()),
    )?;
    process::run(Command::new(&program).env("LD_LIBRARY_PATH", prefix.join("lib")))?;
    println!("pkg-config {} ok", pkg_config(&["--modversion"])?.trim());

    let project = bench.join("cmake");
    let configure = |version: &str| {
        let mut command = Command::new("cmake");
        command
            .arg("-S")
            .arg(sources.join("cmake"))
            .arg("-B")
            .arg(&project)
            .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display()))
            .arg(format!("-DMORETTA_VERSION={version}"));
        command
    };
    if process::succeeds(&mut configure("99.0")) {
        return Err(Error::Malformed {
            what: "find_package(moretta 99.0)".to_owned(),
            expected: "to find none",
            found: "one".to_owned(),
        });
    }
    fs::remove_dir_all(&project).map_err(unwritten)?;
    process::output(&mut configure("0.1"))?;
    process::output(Command::new("cmake").arg("--build").arg(&project))?;
    for program in ["shared", "static"] {
        process::run(&mut Command::new(project.join(program)))?;
        let segments = process::output(Command::new("readelf").arg("-lW").arg(project.join(program)))?;
        let stack = segments.lines().find(|line| line.contains("GNU_STACK"));
        if stack.is_none_or(|line| line.contains("RWE")) {
            return Err(Error::Malformed {
                what: format!("the stack of the program `{program}`"),
                expected: "not to be executed",
                found: stack.unwrap_or("nothing").to_owned(),
            });
        }
        println!("find_package, {program} ok");
    }
    std::io::stdout().flush().map_err(unwritten)
}

/// What lies beside the library: the bill of materials and the notices name the same packages, and the privacy pack is whole.
fn described(doc: &Path) -> Result<(), Error> {
    let malformed = |what: &str, found: String| Error::Malformed {
        what: what.to_owned(),
        expected: "what belongs into a package",
        found,
    };
    let bill = read(&doc.join("sbom.cdx.json"))?;
    let bill: serde_json::Value =
        serde_json::from_str(&bill).map_err(|error| malformed("the bill of materials", error.to_string()))?;
    let notices = read(&doc.join("THIRD-PARTY.txt"))?;
    let components = bill.get("components").and_then(serde_json::Value::as_array);
    let components = components.map(Vec::as_slice).unwrap_or_default();
    let text = |of: &serde_json::Value, key: &str| {
        of.get(key)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let own = components
        .iter()
        .filter(|it| text(it, "name").starts_with("moretta"))
        .count();
    let is_noted = |it: &&serde_json::Value| {
        let name = text(it, "name");
        name.starts_with("moretta") || notices.contains(&format!("{name} {}", text(it, "version")))
    };
    let noted = components.iter().filter(is_noted).count();
    let first = bill
        .pointer("/metadata/component/name")
        .and_then(serde_json::Value::as_str);
    if own < 5 || noted != components.len() || first != Some("moretta-ffi") || !notices.contains("wgpu ") {
        return Err(malformed(
            "the bill of materials",
            format!(
                "{} components of {first:?}, {own} our own, {noted} in the notices",
                components.len()
            ),
        ));
    }
    println!(
        "bill of materials ok: {} packages, all with their licence",
        components.len()
    );
    let mut pack = 0;
    for (name, word) in [
        ("PROMISE.md", "## Limits"),
        ("STORES.md", "Data Not Collected"),
        ("CONSENT.md", "## Minors"),
        ("IMPACT.md", "- Children: "),
        ("AUDIT.md", "`malloc`"),
        ("PrivacyInfo.xcprivacy", "NSPrivacyTracking"),
    ] {
        if !read(&doc.join("privacy").join(name))?.contains(word) {
            return Err(malformed(name, format!("no {word:?}")));
        }
        pack += 1;
    }
    println!("privacy pack ok: {pack} files");
    Ok(())
}
