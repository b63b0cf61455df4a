//! `moretta-fx pack`: a folder as one file.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::PathBuf;

use indicatif::HumanBytes;
use moretta::Pack;
use moretta_pack::write_mask;

use crate::load::Valid;
use crate::{Error, folder};

/// What to do.
pub(crate) struct Options {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// The `.mask` file to write.
    pub(crate) out: PathBuf,
    /// Whether to take along what only the tests of the pack name.
    pub(crate) with_tests: bool,
}

/// Writes the pack in a folder as a `.mask` file. The same files make the same bytes.
///
/// # Errors
/// [`Error::Invalid`] if it is no pack; [`Error::Usage`], [`Error::Read`], [`Error::Write`].
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let Options {
        folder: root,
        out,
        with_tests,
    } = options;
    if !root.is_dir() {
        return Err(Error::Usage(format!("{}: a folder expected", root.display())));
    }
    folder::check_place(out)?;
    if folder::lies_in(out, root) {
        // The next pack would hold this one.
        let (out, root) = (out.display(), root.display());
        return Err(Error::Usage(format!("{out}: a place outside of {root} expected")));
    }
    let found = Valid::all(std::slice::from_ref(root))?;
    let left_out = if *with_tests {
        BTreeSet::new()
    } else {
        found.iter().flat_map(|it| of_tests(&it.pack)).collect()
    };
    let files = found
        .iter()
        .flat_map(|it| &it.files)
        .filter(|(path, _)| !left_out.contains(path.as_str()));
    let files: Vec<_> = files.map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    let unpacked: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let count = files.len();

    let mut mask = Cursor::new(Vec::new());
    let refused = |error| Error::Usage(format!("{}: {error}", out.display()));
    write_mask(files, &mut mask).map_err(refused)?;
    let mask = mask.into_inner();
    // What is written is what will be read: a limit of the container, or a file that was needed after all, shows here.
    Pack::from_mask(&mask).map_err(refused)?;
    folder::write(out, &mask)?;
    println!(
        "{}: {} in {count} files, {} unpacked",
        out.display(),
        HumanBytes(mask.len() as u64),
        HumanBytes(unpacked as u64)
    );
    Ok(())
}

/// The files that nothing but the tests of a pack names.
fn of_tests(pack: &Pack) -> BTreeSet<&str> {
    let manifest = pack.manifest();
    let assets = manifest.assets.values().filter_map(|asset| asset.file());
    let needed: BTreeSet<&str> = assets
        .map(|(path, _)| path)
        .chain(manifest.preview.as_deref())
        .collect();
    let tests = manifest.tests.iter();
    tests
        .flat_map(|test| [test.golden.as_str(), test.input.as_str()])
        .filter(|path| !needed.contains(path))
        .collect()
}
