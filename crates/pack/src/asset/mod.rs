//! Files of a pack, decoded into what nodes are drawn with.

mod cube;
mod lut;
mod picture;

pub(crate) use lut::read as read_lut;
pub(crate) use picture::{check_preview, decode};

use core::fmt::Display;

use crate::error::{PackError, Place, Warning};
use crate::limits::{MAX_TEXTURE_BYTES, MAX_TRIANGLES, MAX_VERTICES};

/// What all assets of a pack take together, and what was odd about them.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) texture_bytes: u64,
    pub(crate) triangles: u64,
    pub(crate) vertices: u64,
    pub(crate) warnings: Vec<Warning>,
    /// Files that assets have read, besides those that the manifest names.
    pub(crate) files_read: Vec<String>,
}

impl Ledger {
    pub(crate) fn add_texture(&mut self, file: &str, bytes: u64) -> Result<(), PackError> {
        self.texture_bytes = self.texture_bytes.saturating_add(bytes);
        let what = "bytes of pictures in all";
        check_total(file, what, MAX_TEXTURE_BYTES, self.texture_bytes)
    }

    pub(crate) fn add_triangles(&mut self, file: &str, triangles: usize) -> Result<(), PackError> {
        self.triangles = self.triangles.saturating_add(triangles as u64);
        check_total(file, "triangles in all", MAX_TRIANGLES as u64, self.triangles)
    }

    pub(crate) fn add_vertices(&mut self, file: &str, vertices: usize) -> Result<(), PackError> {
        self.vertices = self.vertices.saturating_add(vertices as u64);
        check_total(file, "vertices in all", MAX_VERTICES as u64, self.vertices)
    }

    /// Notes something odd once, however often it occurs.
    pub(crate) fn warn(&mut self, place: Place, expected: impl Display, found: impl Display) {
        let warning = Warning {
            place,
            expected: expected.to_string(),
            found: found.to_string(),
        };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}

fn check_total(file: &str, what: &'static str, expected: u64, found: u64) -> Result<(), PackError> {
    if found <= expected {
        return Ok(());
    }
    Err(PackError::TooMany {
        place: Place::file(file),
        what,
        expected,
        found,
    })
}

/// The error that the file at `file` is not as it should be.
pub(crate) fn refused(file: &str, expected: impl Display, found: impl Display) -> PackError {
    PackError::Asset {
        place: Place::file(file),
        expected: expected.to_string(),
        found: found.to_string(),
    }
}
