//! Writes the artwork of the packs: all, or those named.
//!
//! ```text
//! cargo run -p moretta-art [-- PACK ...]
//! ```

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use moretta_art::{Error, Sources, face_map, packs};

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    match write(&names) {
        Ok(bytes) => {
            #[expect(clippy::print_stdout, reason = "a tool says what it did")]
            {
                println!("{bytes} bytes");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "a tool says what went wrong")]
            {
                let source = std::error::Error::source(&error).map_or(String::new(), |it| format!(": {it}"));
                eprintln!("{error}{source}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Writes the packs `names`, or all and the map of the face if there are none; how many bytes.
fn write(names: &[String]) -> Result<usize, Error> {
    let sources = Sources::of_this_crate();
    let effects = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut bytes = 0;
    for name in packs::names().filter(|it| names.is_empty() || names.iter().any(|name| name == it)) {
        for file in packs::draw(name, &sources)? {
            bytes += put(effects.join(name).join(&file.path), &file.bytes)?;
        }
    }
    if let Some(name) = names
        .iter()
        .find(|name| packs::names().all(|it| it != name.as_str()))
    {
        return Err(Error::Pack { name: name.clone() });
    }
    if names.is_empty() {
        bytes += put(effects.join("art/face-map.svg"), face_map::map().as_bytes())?;
    }
    Ok(bytes)
}

fn put(path: PathBuf, bytes: &[u8]) -> Result<usize, Error> {
    let folder = path.parent().unwrap_or(Path::new(""));
    #[expect(
        clippy::disallowed_methods,
        reason = "writing these files is what this is for"
    )]
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, bytes));
    written.map_err(|source| Error::Write { path, source })?;
    Ok(bytes.len())
}
