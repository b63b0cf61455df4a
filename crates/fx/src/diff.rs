//! `moretta-fx diff`: the golden tests of packs.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use moretta::{LoadedEffect, Quality};
use moretta_golden::{Difference, GoldenError, Picture};
use moretta_pack::manifest::{Level, TestSpec, Tolerance};

use crate::input::Input;
use crate::load::Valid;
use crate::script::Script;
use crate::studio::{Shot, Studio, Take};
use crate::{Error, progress};

/// What to do.
pub(crate) struct Options {
    /// Folders and `.mask` files.
    pub(crate) packs: Vec<PathBuf>,
    /// Where pictures of what differs go; nowhere if it is none.
    pub(crate) out: Option<PathBuf>,
    /// Whether to make what is drawn the new expectation.
    pub(crate) accept: Option<Accept>,
    /// Whether to draw in software.
    pub(crate) software: bool,
}

/// How new goldens are agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accept {
    /// By the answer to a question.
    Asked,
    /// They are.
    Yes,
}

/// A test that was run.
struct Run<'a> {
    pack: &'a Valid,
    test: &'a TestSpec,
    actual: Picture,
    verdict: Verdict,
}

/// What a test found.
enum Verdict {
    /// The golden is there and of the same size.
    Compared {
        expected: Picture,
        difference: Difference,
        /// How many pixels differ by more than the tolerance.
        beyond: usize,
    },
    /// It is not.
    Refused(GoldenError),
}

/// Runs every test of each pack.
///
/// # Errors
/// [`Error::Differs`], [`Error::Invalid`]; [`Error::Usage`] for a pack without tests, or if goldens of a `.mask` file
/// should be accepted; what goes wrong on the way.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let packs = Valid::all(&options.packs)?;
    for pack in &packs {
        let path = pack.path.display();
        if pack.pack.tests().is_empty() {
            return Err(Error::Usage(format!(
                "{path}: a pack with tests expected, found none"
            )));
        }
        if options.accept.is_some() && !pack.path.is_dir() {
            return Err(Error::Usage(format!(
                "{path}: a folder expected to accept goldens in, found a file"
            )));
        }
    }
    let studio = Studio::open(options.software)?;
    println!("drawn by {}", studio.adapter());
    let mut runs = Vec::new();
    for pack in &packs {
        runs.extend(run_tests(&studio, pack)?);
    }
    let failed: Vec<&Run<'_>> = runs.iter().filter(|run| !run.passes()).collect();
    if let Some(out) = &options.out {
        failed.iter().try_for_each(|run| run.write(out))?;
    }
    if failed.is_empty() {
        return Ok(());
    }
    match options.accept {
        Some(accept) if accept == Accept::Yes || agreed(failed.len())? => {
            failed.iter().try_for_each(|run| run.accept())
        }
        _ => Err(Error::Differs {
            found: failed.len(),
            all: runs.len(),
        }),
    }
}

fn run_tests<'a>(studio: &Studio, pack: &'a Valid) -> Result<Vec<Run<'a>>, Error> {
    let effect = studio.load(pack.pack.effect())?;
    let tests = pack.pack.tests();
    let bar = progress::bar(Some(tests.len() as u64), &pack.path.display().to_string());
    let mut runs = Vec::new();
    for test in tests {
        let run = run_test(studio, &effect, pack, test)?;
        bar.suspend(|| println!("{run}"));
        runs.push(run);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(runs)
}

fn run_test<'a>(
    studio: &Studio,
    effect: &LoadedEffect,
    pack: &'a Valid,
    test: &'a TestSpec,
) -> Result<Run<'a>, Error> {
    let input = Input::of_pack(&test.input, |path| pack.files.get(path).map(Vec::as_slice))?;
    let mut script = Script::default();
    for (name, setting) in &test.params {
        script.set(0, name, setting.number());
    }
    let at_ns = (f64::from(test.at_ms) * 1e6) as u64;
    let take = Take {
        donor: &[],
        input: &input,
        script: &script,
        quality: quality(test.quality),
        from_ns: 0,
        to_ns: at_ns,
    };
    let mut last = None;
    studio.shoot(effect, &take, |shot| {
        last = Some(shot);
        Ok(())
    })?;
    let no_frame = || Error::Usage(format!("{}: at least one frame expected, found none", test.input));
    let actual = last.as_ref().map(Shot::golden).ok_or_else(no_frame)??;
    let golden = pack.files.get(&test.golden).map(Vec::as_slice);
    let verdict = Verdict::of(golden, &pack.path.join(&test.golden), &actual, test.tolerance)
        .unwrap_or_else(Verdict::Refused);
    Ok(Run {
        pack,
        test,
        actual,
        verdict,
    })
}

fn quality(level: Level) -> Quality {
    match level {
        Level::Low => Quality::Low,
        Level::Medium => Quality::Medium,
        Level::High => Quality::High,
    }
}

impl Verdict {
    fn of(
        golden: Option<&[u8]>,
        path: &Path,
        actual: &Picture,
        tolerance: Tolerance,
    ) -> Result<Self, GoldenError> {
        let Some(bytes) = golden else {
            return Err(GoldenError::Missing {
                path: path.to_owned(),
            });
        };
        let expected = Picture::from_png(bytes, path)?;
        let difference = Difference::between(&expected, actual)?;
        let beyond = Difference::beyond(tolerance.max_channel, &expected, actual)?;
        Ok(Self::Compared {
            expected,
            difference,
            beyond,
        })
    }
}

impl std::fmt::Display for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tolerance { max_channel, pixels } = self.test.tolerance;
        write!(f, "{}: {}: ", self.pack.path.display(), self.test.golden)?;
        match &self.verdict {
            Verdict::Compared {
                difference, beyond, ..
            } => {
                let words = if self.passes() { "as expected" } else { "differs" };
                let largest = difference.largest;
                write!(
                    f,
                    "{words}: at most {pixels} pixels off by more than {max_channel} expected, {beyond} found, \
                     the largest by {largest}"
                )
            }
            // The path has been said.
            Verdict::Refused(GoldenError::Missing { .. }) => f.write_str("a golden expected, none found"),
            Verdict::Refused(error) => write!(f, "differs: {error}"),
        }
    }
}

impl Run<'_> {
    fn passes(&self) -> bool {
        match self.verdict {
            Verdict::Compared { beyond, .. } => beyond <= self.test.tolerance.pixels as usize,
            Verdict::Refused(_) => false,
        }
    }

    /// Writes what was expected, what was drawn and where they differ.
    fn write(&self, out: &Path) -> Result<(), Error> {
        let pack = self.pack.name();
        let golden = self.test.golden.trim_end_matches(".png").replace('/', "-");
        let put = |what: &str, shown: &Picture| shown.write(&out.join(format!("{pack}-{golden}-{what}.png")));
        put("actual", &self.actual)?;
        if let Verdict::Compared {
            expected, difference, ..
        } = &self.verdict
        {
            put("expected", expected)?;
            put("diff", &difference.picture(expected, &self.actual))?;
        }
        Ok(())
    }

    /// Makes what was drawn the golden.
    fn accept(&self) -> Result<(), Error> {
        let path = self.pack.path.join(&self.test.golden);
        self.actual.write(&path)?;
        println!("{}: written", path.display());
        Ok(())
    }
}

/// Asks whether so many goldens are to be written.
fn agreed(count: usize) -> Result<bool, Error> {
    println!("Look at them first (-o DIR). Write {count} as new goldens? [y/N]");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.map_err(|source| Error::Read {
        path: PathBuf::from("the answer"),
        source,
    })?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
