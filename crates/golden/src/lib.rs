//! Golden pictures: what was drawn is compared with what somebody has looked at and found right.
//!
//! For tests and tools; nothing that ships to users depends on it. No picture of a real face belongs here, but for those
//! that everybody may use.
//!
//! ```no_run
//! use moretta_golden::{Golden, Picture, Tolerance};
//!
//! let golden = Golden::new("tests/golden", "target/golden");
//! let drawn = Picture::new(640, 480, vec![0; 640 * 480 * 4]).unwrap();
//! golden.check("hat", &drawn, Tolerance::EXACT).unwrap();
//! ```
//!
//! - A golden that is missing, cannot be read or has another size is a failure.
//! - Alpha counts like any other channel.
//! - A failure leaves three pictures in the output folder: expected, actual, and their difference.
//! - No check ever writes a golden by itself. With `MORETTA_BLESS=1` in the environment a check that fails writes the golden
//!   *and still fails*, saying so: look at the picture, then run again. Where `CI` is set it never does.

#![forbid(unsafe_code)]

mod compare;
mod error;
mod picture;

use std::path::{Path, PathBuf};

pub use compare::{Difference, Tolerance};
pub use error::GoldenError;
pub use picture::Picture;

/// A folder of golden pictures, and one for what fails.
#[derive(Clone, Debug)]
pub struct Golden {
    folder: PathBuf,
    output: PathBuf,
    bless: bool,
}

impl Golden {
    /// Goldens in `folder`; what fails is written to `output`, which is made if it is not there. Whether to bless is read
    /// from the environment.
    pub fn new(folder: impl Into<PathBuf>, output: impl Into<PathBuf>) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        Self {
            folder: folder.into(),
            output: output.into(),
            bless: set("MORETTA_BLESS") && !set("CI"),
        }
    }

    /// The same, blessing or not whatever the environment says.
    #[must_use]
    pub fn blessing(self, bless: bool) -> Self {
        Self { bless, ..self }
    }

    /// Where the golden of this name lies.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("png")
    }

    /// Compares `actual` with the golden of this name.
    ///
    /// # Errors
    /// [`GoldenError::Missing`], [`GoldenError::Unreadable`], [`GoldenError::Size`], [`GoldenError::Differs`];
    /// [`GoldenError::Blessed`] instead of these if the golden was written anew; [`GoldenError::Write`].
    pub fn check(&self, name: &str, actual: &Picture, tolerance: Tolerance) -> Result<(), GoldenError> {
        let path = self.path(name);
        let outcome = Picture::read(&path).and_then(|expected| {
            let difference = Difference::between(&expected, actual)?;
            if difference.is_within(tolerance) {
                return Ok(());
            }
            self.leave(name, "expected", &expected)?;
            self.leave(name, "diff", &difference.picture(&expected, actual))?;
            Err(GoldenError::Differs {
                name: name.to_owned(),
                expected: tolerance,
                found: difference,
                output: self.output.clone(),
            })
        });
        if outcome.is_err() {
            self.leave(name, "actual", actual)?;
            if self.bless {
                actual.write(&path)?;
                return Err(GoldenError::Blessed { path });
            }
        }
        outcome
    }

    fn leave(&self, name: &str, what: &str, picture: &Picture) -> Result<(), GoldenError> {
        let file = Path::new(name)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        picture.write(&self.output.join(format!("{file}-{what}.png")))
    }
}
