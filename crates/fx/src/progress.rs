//! Bars for what takes long, where there is a terminal to show them.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `length` steps of `what`.
pub(crate) fn bar(length: usize, what: &str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64).with_message(what.to_owned());
    match ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
        Ok(style) => bar.with_style(style),
        // A bar of the default style is a bar.
        Err(_) => bar,
    }
}
