//! Files: the only module that touches them, and only where the command line points.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use moretta_pack::limits::{MAX_FILE_BYTES, MAX_FILES};

use crate::Error;

/// A folder within a folder within ... of a pack: deeper than the format allows, and short of a loop of links.
const MAX_DEPTH: usize = 16;

/// The bytes of a file of up to `most`. Of a longer one no more are read than show that it is.
///
/// # Errors
/// [`Error::Usage`] if there is none, or a longer one; [`Error::Read`].
pub(crate) fn read(path: &Path, most: usize) -> Result<Vec<u8>, Error> {
    let failed = |source| missing_or(path, source);
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() > most {
        return Err(Error::Usage(format!(
            "{}: a file of at most {most} bytes expected, a longer one found",
            path.display()
        )));
    }
    Ok(bytes)
}

fn missing_or(path: &Path, source: std::io::Error) -> Error {
    if source.kind() == std::io::ErrorKind::NotFound {
        return Error::Usage(format!(
            "{}: a file or a folder expected, nothing found",
            path.display()
        ));
    }
    Error::Read {
        path: path.to_owned(),
        source,
    }
}

/// Writes a file, in place of what was there.
///
/// # Errors
/// [`Error::Write`].
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a tool that writes the files that it was told to"
    )]
    let written = fs::write(path, bytes);
    written.map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// Checks that the folder is there that `path` is to be written in, before the work that goes into it.
///
/// # Errors
/// [`Error::Usage`].
pub(crate) fn check_place(path: &Path) -> Result<(), Error> {
    let folder = path.parent().filter(|it| *it != Path::new(""));
    match folder.filter(|it| !it.is_dir()) {
        Some(missing) => Err(Error::Usage(format!(
            "{}: a folder expected to write in, none found",
            missing.display()
        ))),
        None if path.is_dir() => Err(Error::Usage(format!(
            "{}: a file to write expected, a folder found",
            path.display()
        ))),
        None => Ok(()),
    }
}

/// Whether `path` lies, or would lie, in the folder `root` or one of its folders.
pub(crate) fn lies_in(path: &Path, root: &Path) -> bool {
    let folder = path.parent().filter(|it| *it != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    matches!((folder, root.canonicalize()), (Ok(folder), Ok(root)) if folder.starts_with(&root))
}

/// Makes a folder and those that it lies in.
///
/// # Errors
/// [`Error::Write`].
pub(crate) fn make(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

/// Whether nothing is there, or a folder without anything in it.
///
/// # Errors
/// [`Error::Read`].
pub(crate) fn is_free(path: &Path) -> Result<bool, Error> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(_) if path.exists() => Ok(false),
        Err(source) => Err(Error::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// The files in the folder `root` and its folders, by their paths from it with `/` between the parts. What begins with
/// a dot is the system's or an editor's, and left out.
///
/// # Errors
/// [`Error::Read`], [`Error::Usage`].
pub(crate) fn files(root: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    walk(root, &mut |name, path| {
        // What is no pack may be a whole disk.
        if files.len() == MAX_FILES {
            return Err(Error::Usage(format!(
                "{}: a pack of at most {MAX_FILES} files expected, more found",
                root.display()
            )));
        }
        files.insert(name, read(path, MAX_FILE_BYTES)?);
        Ok(())
    })?;
    Ok(files)
}

/// What tells whether a pack was saved: the names, lengths and times of its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    files: Vec<(String, u64, Option<SystemTime>)>,
}

impl Fingerprint {
    /// That of the folder or the file at `root`. What cannot be read, as it is being written, is left out.
    pub(crate) fn of(root: &Path) -> Self {
        let mut files = Vec::new();
        let mut add = |name: String, path: &Path| {
            if let Ok(data) = fs::metadata(path) {
                files.push((name, data.len(), data.modified().ok()));
            }
            Ok(())
        };
        if root.is_dir() {
            let _ = walk(root, &mut add);
        } else {
            let _ = add(String::new(), root);
        }
        files.sort();
        Self { files }
    }
}

/// Shows each file in the folder `root`, with its name in the pack.
fn walk(root: &Path, visit: &mut dyn FnMut(String, &Path) -> Result<(), Error>) -> Result<(), Error> {
    let mut folders = vec![(PathBuf::from(root), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        let failed = |source| missing_or(&folder, source);
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.starts_with('.') {
                continue;
            }
            let name = format!("{prefix}{name}");
            if !path.is_dir() {
                visit(name, &path)?;
            } else if depth < MAX_DEPTH {
                folders.push((path, format!("{name}/"), depth + 1));
            } else {
                return Err(Error::Usage(format!(
                    "{}: at most {MAX_DEPTH} folders within each other expected, more found",
                    path.display()
                )));
            }
        }
    }
    Ok(())
}
