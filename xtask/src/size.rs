//! `cargo xtask size`: how large the library is, and what of: measured on a fresh build, and with `--write` noted in docs/SIZE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::workspace::{cargo, read, root, target_directory};
use crate::{dist, process, setup};

/// The profiles, each with what it is for.
const PROFILES: [(&str, &str); 2] = [
    ("release", "as `cargo xtask dist` packs it for desktops"),
    (
        "mobile",
        "as the scripts for Android and iOS build it: small before fast, optimised across crates",
    ),
];

const PAGE: &str = "docs/SIZE.md";

/// Crates with a row of their own; the rest are added up.
const ROWS: usize = 25;

/// Builds the library of each wanted profile, and says how large it is; writes that into docs/SIZE.md if asked to.
///
/// # Errors
/// [`Error::Failed`] if it does not build, [`Error::Malformed`] if a tool's words are strange or the page has no place.
pub(crate) fn run(profile: Option<&str>, write: bool) -> Result<(), Error> {
    setup::ensure(&setup::SIZES)?;
    let page = root().join(PAGE);
    for (name, purpose) in PROFILES {
        if profile.is_some_and(|wanted| wanted != name) {
            continue;
        }
        let text = measure(name, purpose)?;
        println!("{text}");
        if write {
            let text = replaced(&read(&page)?, name, &text)?;
            #[allow(clippy::disallowed_methods, reason = "the page of figures")]
            fs::write(&page, text).map_err(|source| Error::Write {
                path: page.clone(),
                source,
            })?;
        }
    }
    Ok(())
}

/// The page with new figures of a profile.
fn replaced(page: &str, profile: &str, figures: &str) -> Result<String, Error> {
    let (begin, end) = (
        format!("<!-- figures of {profile} -->\n"),
        format!("<!-- end of {profile} -->"),
    );
    let parts = page
        .split_once(&begin)
        .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.ok_or_else(|| Error::Malformed {
        what: PAGE.to_owned(),
        expected: "a place for each profile's figures",
        found: format!("none of {profile}"),
    })?;
    Ok(format!("{before}{begin}{figures}{end}{after}"))
}

/// A library that was built, and a stripped copy of it.
struct Built {
    library: PathBuf,
    stripped: PathBuf,
}

impl Built {
    /// Builds it by itself, with its networks or without.
    fn new(profile: &str, networks: bool) -> Result<Self, Error> {
        let mut command = cargo();
        command.args([
            "rustc",
            "--quiet",
            "--locked",
            "--package",
            "moretta-ffi",
            "--lib",
            "--profile",
            profile,
            "--crate-type",
            "cdylib",
        ]);
        if !networks {
            command.arg("--no-default-features");
        }
        process::run(&mut command)?;
        let target = target_directory()?;
        let library = target.join(profile).join("libmoretta_ffi.so");
        let stripped = target.join("size").join(format!("libmoretta-{profile}.so"));
        fs::create_dir_all(target.join("size")).map_err(|source| Error::Write {
            path: stripped.clone(),
            source,
        })?;
        process::run(
            Command::new("strip")
                .arg("--strip-unneeded")
                .arg("-o")
                .arg(&stripped)
                .arg(&library),
        )?;
        Ok(Self { library, stripped })
    }

    /// A row of a table: its size as it is, and packed.
    fn row(&self, name: &str) -> Result<String, Error> {
        let gzip = packed("gzip", &["-9"], &self.stripped)?;
        let xz = packed("xz", &["-9e", "-T1"], &self.stripped)?;
        let whole = mega(length(&self.stripped)?);
        Ok(format!("| {name} | {whole} | {} | {} |\n", mega(gzip), mega(xz)))
    }
}

/// Tables of one profile.
fn measure(profile: &str, purpose: &str) -> Result<String, Error> {
    let without = Built::new(profile, false)?.row("without the networks, which the app then brings")?;
    let built = Built::new(profile, true)?;
    let Built { library, stripped } = &built;
    let whole = length(stripped)?;
    let sections = sections(&process::output(
        Command::new("readelf").arg("-SW").arg(stripped),
    )?)?;
    let symbols = process::output(
        Command::new("nm")
            .args(["--print-size", "--defined-only", "--demangle"])
            .arg(library),
    )?;
    let networks = networks()?;

    let mut text = format!("{} ({}, {})\n\n", capital(purpose), dist::host()?, compiler()?);
    let _ = writeln!(
        text,
        "| the library | stripped | gzip -9 | xz -9e |\n|---|---|---|---|\n{}{without}",
        built.row("whole")?
    );
    let code = sections.get(".text").copied().unwrap_or(0);
    let networks_bytes: u64 = networks.iter().map(|(_, bytes)| bytes).sum();
    text.push_str("| part | size |\n|---|---|\n");
    let _ = writeln!(text, "| code | {} |", mega(code));
    let _ = writeln!(text, "| the four networks | {} |", mega(networks_bytes));
    let constants = sections.get(".rodata").copied().unwrap_or(0);
    let _ = writeln!(
        text,
        "| other constants: shaders, tables, words | {} |",
        mega(constants.saturating_sub(networks_bytes))
    );
    let unwinding: u64 = [".eh_frame", ".eh_frame_hdr", ".gcc_except_table"]
        .iter()
        .filter_map(|name| sections.get(*name))
        .sum();
    let _ = writeln!(
        text,
        "| unwinding, which ends a fault in a call and not the app | {} |",
        mega(unwinding)
    );
    let relocations: u64 = [".rela.dyn", ".relr.dyn", ".data.rel.ro", ".got"]
        .iter()
        .filter_map(|name| sections.get(*name))
        .sum();
    let _ = writeln!(
        text,
        "| tables of addresses, and what moves them | {} |",
        mega(relocations)
    );
    let rest = whole.saturating_sub(code + constants + unwinding + relocations);
    let _ = writeln!(text, "| the rest | {} |\n", mega(rest));

    let crates = crates(&symbols);
    let mut rows: Vec<_> = crates.iter().map(|(name, size)| (*size, name.as_str())).collect();
    rows.sort_by(|one, other| other.cmp(one));
    let total: u64 = rows.iter().map(|(size, _)| size).sum();
    if total == 0 || code == 0 {
        return Err(Error::Malformed {
            what: "nm".to_owned(),
            expected: "functions with their sizes",
            found: "none".to_owned(),
        });
    }
    let _ = writeln!(text, "| code by crate | size | share |\n|---|---|---|");
    let share = |size: u64| format!("{:.1} %", size as f64 * 100.0 / total as f64);
    for (size, name) in rows.iter().take(ROWS) {
        let _ = writeln!(text, "| `{name}` | {} | {} |", mega(*size), share(*size));
    }
    let others: u64 = rows.iter().skip(ROWS).map(|(size, _)| size).sum();
    let _ = writeln!(
        text,
        "| {} others | {} | {} |\n",
        rows.len().saturating_sub(ROWS),
        mega(others),
        share(others)
    );
    Ok(text)
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn compiler() -> Result<String, Error> {
    let words = process::output(Command::new("rustc").arg("--version").current_dir(root()))?;
    Ok(words.split(" (").next().unwrap_or_default().trim().to_owned())
}

/// Mebibytes, of which two places are worth reading.
fn mega(bytes: u64) -> String {
    format!("{:.2} MiB", bytes as f64 / f64::from(1 << 20))
}

fn length(path: &Path) -> Result<u64, Error> {
    let metadata = fs::metadata(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    Ok(metadata.len())
}

/// How large a file is when it is packed.
fn packed(program: &str, options: &[&str], file: &Path) -> Result<u64, Error> {
    let start = |source| Error::Start {
        command: program.to_owned(),
        source,
    };
    let input = fs::File::open(file).map_err(start)?;
    let output = Command::new(program)
        .args(options)
        .arg("-c")
        .stdin(Stdio::from(input))
        .output()
        .map_err(start)?;
    match output.status.success() && !output.stdout.is_empty() {
        true => Ok(output.stdout.len() as u64),
        false => Err(Error::Failed {
            command: program.to_owned(),
            code: output.status.code(),
        }),
    }
}

/// The networks that the library holds, and how large they are.
fn networks() -> Result<Vec<(PathBuf, u64)>, Error> {
    let folder = root().join("models");
    let unread = |source| Error::Read {
        path: folder.clone(),
        source,
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.extension().is_some_and(|it| it == "onnx") {
            let bytes = length(&path)?;
            found.push((path, bytes));
        }
    }
    Ok(found)
}

/// The sections of a library and their sizes in bytes, from `readelf -SW`.
fn sections(words: &str) -> Result<BTreeMap<String, u64>, Error> {
    let mut found = BTreeMap::new();
    for line in words.lines() {
        // `[ 1] .text PROGBITS 0000 0000 size ...`
        let Some((_, rest)) = line.split_once("] ") else {
            continue;
        };
        let cells: Vec<_> = rest.split_whitespace().collect();
        if let [name, _, _, _, size, ..] = cells[..]
            && name.starts_with('.')
            && let Ok(size) = u64::from_str_radix(size, 16)
        {
            found.insert(name.to_owned(), size);
        }
    }
    if found.contains_key(".text") {
        Ok(found)
    } else {
        Err(Error::Malformed {
            what: "readelf".to_owned(),
            expected: "a section with code",
            found: words.to_owned(),
        })
    }
}

/// The size of all functions of each crate, in bytes, from `nm --print-size --demangle`.
fn crates(symbols: &str) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    // Functions of the same code are one, under several names.
    let mut seen = BTreeSet::new();
    for line in symbols.lines() {
        let mut cells = line.splitn(4, ' ');
        let (Some(address), Some(size), Some(kind), Some(name)) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        if !["t", "T", "w", "W"].contains(&kind) || !seen.insert(address) {
            continue;
        }
        if let Ok(size) = u64::from_str_radix(size, 16) {
            *found.entry(crate_of(name)).or_insert(0) += size;
        }
    }
    found
}

/// The crate that a function's name begins with. What is made of a generic function, or drops a value, counts for the crate of
/// the first type that is not the standard library's, if there is one.
fn crate_of(name: &str) -> String {
    const STANDARD: [&str; 3] = ["core", "alloc", "std"];
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut first = None;
    let mut rest = name;
    while let Some(at) = rest.find("::") {
        let before = &rest[..at];
        let start = before.rfind(|letter| !is_part(letter)).map_or(0, |it| it + 1);
        let begins = !before[..start].ends_with("::") && !before[..start].ends_with('>');
        let word = &before[start..];
        if begins && word.starts_with(|letter: char| letter.is_lowercase() || letter == '_') {
            if !STANDARD.contains(&word) {
                return word.to_owned();
            }
            first.get_or_insert(word);
        }
        // The path goes on, and its later parts begin no crate.
        let after = &rest[at + 2..];
        let end = after
            .find(|letter| !is_part(letter) && letter != ':')
            .unwrap_or(after.len());
        rest = &after[end..];
    }
    first.map_or_else(|| "assembler and C".to_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_count_for_the_crate_that_they_are_of() {
        for (name, of) in [
            ("tract_core::plan::run::h12", "tract_core"),
            (
                "<tract_core::model::Model as core::clone::Clone>::clone",
                "tract_core",
            ),
            ("core::ptr::drop_in_place<wgpu::Device>", "wgpu"),
            ("<alloc::vec::Vec<naga::Type> as core::fmt::Debug>::fmt", "naga"),
            ("core::fmt::write", "core"),
            ("<core::iter::Map<A, B> as Iterator>::next", "core"),
            ("alloc::raw_vec::finish_grow", "alloc"),
            ("moretta_process", "assembler and C"),
            ("<&T as core::fmt::Debug>::fmt", "core"),
        ] {
            assert_eq!(crate_of(name), of, "{name}");
        }
    }

    #[test]
    fn sizes_are_added_up_of_code_alone() {
        let words = "0000000000001000 0000000000000010 t a::b\n0000000000002000 0000000000000020 T a::c\n\
                     0000000000003000 0000000000000040 r a::TABLE\n0000000000004000 t no_size\n\
                     0000000000005000 0000000000000001 t b::d\n0000000000005000 0000000000000001 t c::e\n";
        let found = crates(words);
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("a".to_owned(), 0x30), ("b".to_owned(), 1)]
        );
    }

    #[test]
    fn sections_are_read() {
        let words = "  [ 1] .text             PROGBITS        0000000000001000 001000 000abc 00  AX  0   0 16\n\
                     \x20 [12] .rodata           PROGBITS        0000000000002000 002000 000010 00   A  0   0 16\n";
        let found = sections(words).unwrap();
        assert_eq!((found[".text"], found[".rodata"]), (0xabc, 16));
        assert!(sections("nothing").is_err());
    }

    #[test]
    fn the_page_has_a_place_for_each_profile() {
        let page = read(&root().join(PAGE)).unwrap();
        for (profile, _) in PROFILES {
            let new = replaced(&page, profile, "new\n").unwrap();
            assert!(new.contains(&format!(
                "<!-- figures of {profile} -->\nnew\n<!-- end of {profile} -->"
            )));
        }
        assert!(replaced(&page, "another", "new\n").is_err());
    }
}
