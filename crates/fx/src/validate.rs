//! `moretta-fx validate`: what the reader says of packs.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::Error;
use crate::load::{Finding, Found};

/// What to do.
pub(crate) struct Options {
    /// Folders and `.mask` files.
    pub(crate) packs: Vec<PathBuf>,
    /// Whether to print JSON instead of lines.
    pub(crate) json: bool,
    /// Whether a warning makes a pack invalid.
    pub(crate) deny_warnings: bool,
}

/// Reads each pack and prints what is wrong with it.
///
/// # Errors
/// [`Error::Invalid`] if one is; [`Error::Usage`], [`Error::Read`].
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let mut reports = Vec::new();
    let mut invalid = 0;
    for path in &options.packs {
        let found = Found::at(path)?;
        let findings = found.findings();
        let valid = findings.iter().all(|it| !it.fatal && !options.deny_warnings);
        invalid += usize::from(!valid);
        if options.json {
            reports.push(report(&found, &findings, valid));
        } else {
            print(&found, &findings, valid);
        }
    }
    if options.json {
        println!("{:#}", Value::from(reports));
    }
    if invalid > 0 {
        return Err(Error::Invalid {
            found: invalid,
            all: options.packs.len(),
        });
    }
    Ok(())
}

fn print(found: &Found, findings: &[Finding], valid: bool) {
    for finding in findings {
        println!("{}", finding.in_pack(&found.path));
    }
    let warnings = findings.iter().filter(|it| !it.fatal).count();
    let count = match warnings {
        0 => String::new(),
        1 => ", 1 warning".to_owned(),
        more => format!(", {more} warnings"),
    };
    let word = if valid { "valid" } else { "invalid" };
    println!("{}: {word}{count}", found.path.display());
}

fn report(found: &Found, findings: &[Finding], valid: bool) -> Value {
    let list = |fatal| -> Vec<Value> {
        let of_kind = findings.iter().filter(|it| it.fatal == fatal);
        of_kind.map(Finding::to_json).collect()
    };
    json!({
        "pack": found.path.display().to_string(),
        "valid": valid,
        "errors": list(true),
        "warnings": list(false),
    })
}
