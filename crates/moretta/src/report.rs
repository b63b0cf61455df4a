use std::fmt;

use moretta_render::GpuReport;
use moretta_veil::{Held, Policy, Protection};
use serde_json::{Value, json};

use crate::models::Load;

/// What an app can show and keep of how faces are dealt with. It holds no face data. `Display` is for people,
/// [`to_json`](Self::to_json) for machines.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// What protects faces in memory.
    pub protection: Protection,
    /// What draws.
    pub adapter: &'a GpuReport,
    /// The networks, by their hashes.
    pub models: &'a [Load],
    /// Whether the app may learn that nobody, one person or more are in sight.
    pub disclose_presence: bool,
    /// Whether the app brought photos for donors, and so learned whether they show no face, one or several.
    pub asked_of_photos: bool,
    /// Whether the graphics device may hold a submitted frame until the next one is drawn, and not until its end is told.
    pub overlap: bool,
}

/// This library's version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

impl Report<'_> {
    /// The report as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let held = |held: Held| held.to_string();
        let regions = self.protection.regions.iter().map(|region| {
            json!({
                "purpose": region.purpose.to_string(),
                "bytes": region.bytes,
                "locked": held(region.locked),
                "not_dumped": held(region.no_dump),
                "not_forked": held(region.no_fork),
                "secret": held(region.secret),
            })
        });
        let models = self
            .models
            .iter()
            .map(|load| json!({ "name": load.kind.to_string(), "sha256": load.sha256.to_string() }));
        json!({
            "moretta": VERSION,
            "policy": match self.protection.policy {
                Policy::Strict => "strict",
                Policy::BestEffort => "best effort",
            },
            "whole": self.protection.is_whole(),
            "platform_proven": self.protection.platform_proven,
            "face_heap": self.protection.heap_installed,
            "locked_bytes": self.protection.locked_bytes(),
            "regions": regions.collect::<Vec<_>>(),
            "adapter": {
                "name": self.adapter.name,
                "backend": self.adapter.backend,
                "driver": self.adapter.driver,
                "software": self.adapter.software,
            },
            "models": models.collect::<Vec<_>>(),
            "overlap": self.overlap,
            "disclosures": { "presence": self.disclose_presence, "faces_of_photos": self.asked_of_photos },
        })
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |it: bool| if it { "yes" } else { "no" };
        writeln!(f, "moretta {VERSION}")?;
        writeln!(
            f,
            "every protection that the system offers took hold: {}",
            yes(self.protection.is_whole())
        )?;
        writeln!(f, "face heap installed: {}", yes(self.protection.heap_installed))?;
        writeln!(f, "locked: {} KiB", self.protection.locked_bytes() / 1024)?;
        writeln!(
            f,
            "drawn by: {} ({}, {})",
            self.adapter.name, self.adapter.backend, self.adapter.driver
        )?;
        for load in self.models {
            writeln!(f, "network: {} {}", load.kind, load.sha256)?;
        }
        writeln!(
            f,
            "the app may learn who is in sight: {}",
            yes(self.disclose_presence)
        )?;
        writeln!(
            f,
            "the app brought photos and learned whether they show faces: {}",
            yes(self.asked_of_photos)
        )?;
        write!(
            f,
            "the graphics device may hold a frame until the next is drawn: {}",
            yes(self.overlap)
        )
    }
}
