//! Bars for what takes long, where there is a terminal to show them.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar for `length` steps of `what`; a count of them where nobody knows how many there will be.
pub(crate) fn bar(length: Option<u64>, what: &str) -> ProgressBar {
    let (bar, shown) = match length {
        Some(length) => (ProgressBar::new(length), "{msg} {bar:30} {pos}/{len}"),
        None => (ProgressBar::no_length(), "{msg} {pos}"),
    };
    let bar = bar.with_message(what.to_owned());
    match ProgressStyle::with_template(shown) {
        Ok(style) => bar.with_style(style),
        // A bar of the default style is a bar.
        Err(_) => bar,
    }
}
