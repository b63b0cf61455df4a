//! `moretta-fx diff`: the golden tests of packs.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use image::RgbaImage;
use moretta::{LoadedEffect, Quality};
use moretta_pack::manifest::{Level, TestSpec};

use crate::compare::{self, Difference, Tolerance};
use crate::input::Input;
use crate::load::Valid;
use crate::script::Script;
use crate::studio::{Studio, Take};
use crate::{Error, folder, picture, progress};

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
    actual: RgbaImage,
    verdict: Verdict,
}

/// What a test found.
#[derive(Debug)]
enum Verdict {
    Same(Difference),
    Differs(Difference, RgbaImage),
    OtherSize(RgbaImage),
    Unreadable(String),
    Missing,
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
        if pack.pack.manifest().tests.is_empty() {
            return Err(Error::Usage(format!("{path}: a pack with tests expected, found none")));
        }
        if options.accept.is_some() && pack.files.is_empty() {
            return Err(Error::Usage(format!("{path}: a folder expected to accept goldens in, found a file")));
        }
    }
    let studio = Studio::open(options.software)?;
    println!("drawn by {}", studio.adapter());
    let mut runs = Vec::new();
    for pack in &packs {
        runs.extend(run_tests(&studio, pack)?);
    }
    let failed: Vec<&Run<'_>> = runs.iter().filter(|run| !matches!(run.verdict, Verdict::Same(_))).collect();
    if let Some(out) = &options.out {
        folder::make(out)?;
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
    let tests = &pack.pack.manifest().tests;
    let bar = progress::bar(tests.len(), &pack.path.display().to_string());
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
    let input = Input::of_pack(&test.input, |path| pack.pack.file(path))?;
    let mut script = Script::default();
    for (name, setting) in &test.params {
        script.set(0, name, setting.number());
    }
    let at_ns = (f64::from(test.at_ms) * 1e6) as u64;
    let take = Take {
        input: &input,
        script: &script,
        quality: quality(test.quality),
        from_ns: 0,
        to_ns: at_ns,
    };
    let mut actual = RgbaImage::new(0, 0);
    studio.shoot(effect, &take, |shot| {
        actual = shot.picture;
        Ok(())
    })?;
    let verdict = Verdict::of(pack.pack.file(&test.golden), &actual, tolerance(test));
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

fn tolerance(test: &TestSpec) -> Tolerance {
    Tolerance {
        max_channel: test.tolerance.max_channel,
        pixels: test.tolerance.pixels,
    }
}

impl Verdict {
    fn of(golden: Option<&[u8]>, actual: &RgbaImage, tolerance: Tolerance) -> Self {
        let Some(bytes) = golden else {
            return Self::Missing;
        };
        let expected = match picture::from_png(bytes) {
            Ok(expected) => expected,
            Err(error) => return Self::Unreadable(error.to_string()),
        };
        match Difference::of(&expected, actual, tolerance) {
            None => Self::OtherSize(expected),
            Some(difference) if difference.is_within(tolerance) => Self::Same(difference),
            Some(difference) => Self::Differs(difference, expected),
        }
    }

    fn expected(&self) -> Option<&RgbaImage> {
        match self {
            Self::Differs(_, expected) | Self::OtherSize(expected) => Some(expected),
            Self::Same(_) | Self::Unreadable(_) | Self::Missing => None,
        }
    }
}

impl std::fmt::Display for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tolerance { max_channel, pixels } = tolerance(self.test);
        let (width, height) = self.actual.dimensions();
        write!(f, "{}: {}: ", self.pack.path.display(), self.test.golden)?;
        match &self.verdict {
            Verdict::Same(Difference { largest, over }) => write!(
                f,
                "as expected (largest difference {largest} of 255, {over} pixels over {max_channel})"
            ),
            Verdict::Differs(Difference { largest, over }, _) => write!(
                f,
                "differs: at most {pixels} pixels over {max_channel} of 255 expected, {over} found, the largest {largest}"
            ),
            Verdict::OtherSize(expected) => write!(
                f,
                "differs: {} x {} pixels expected, {width} x {height} found",
                expected.width(),
                expected.height()
            ),
            Verdict::Unreadable(error) => write!(f, "a PNG expected, found something else ({error})"),
            Verdict::Missing => f.write_str("a golden expected, none found"),
        }
    }
}

impl Run<'_> {
    /// Writes what was expected, what was drawn and where they differ.
    fn write(&self, out: &Path) -> Result<(), Error> {
        let pack = self.pack.name();
        let golden = self.test.golden.trim_end_matches(".png").replace('/', "-");
        let put = |what: &str, shown: &RgbaImage| {
            folder::write(&out.join(format!("{pack}-{golden}-{what}.png")), &picture::to_png(shown)?)
        };
        put("actual", &self.actual)?;
        if let Some(expected) = self.verdict.expected() {
            put("expected", expected)?;
            if expected.dimensions() == self.actual.dimensions() {
                put("diff", &compare::map(expected, &self.actual, tolerance(self.test)))?;
            }
        }
        Ok(())
    }

    /// Makes what was drawn the golden.
    fn accept(&self) -> Result<(), Error> {
        let path = self.pack.path.join(&self.test.golden);
        if let Some(parent) = path.parent() {
            folder::make(parent)?;
        }
        folder::write(&path, &picture::to_png(&self.actual)?)?;
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
