//! What a session says of itself.

use crate::session::{Session, nanoseconds};
use crate::{Fault, abi};

impl Session {
    /// What was counted and measured since consent was given; zeros without.
    pub(crate) fn statistics(&mut self) -> abi::Statistics {
        let Ok(sdk) = self.sdk() else {
            return abi::Statistics::EMPTY;
        };
        let it = sdk.statistics();
        abi::Statistics {
            quality: it.quality.index() as u32 + abi::QUALITY_LOW,
            frames: it.frames,
            failed: it.failed,
            dropped: it.dropped,
            wipes: it.wipes,
            locked_bytes: it.locked_bytes as u64,
            last_track_ns: nanoseconds(it.last.track),
            last_draw_ns: nanoseconds(it.last.draw),
            last_whole_ns: nanoseconds(it.last.whole),
            mean_track_ns: nanoseconds(it.mean.track),
            mean_draw_ns: nanoseconds(it.mean.draw),
            mean_whole_ns: nanoseconds(it.mean.whole),
            ..abi::Statistics::EMPTY
        }
    }

    /// How faces are dealt with, in the form asked for.
    ///
    /// # Errors
    /// [`Fault::NoConsent`], [`Fault::Value`].
    pub(crate) fn report(&mut self, form: u32) -> Result<String, Fault> {
        let report = self.sdk()?.report();
        match form {
            abi::REPORT_TEXT => Ok(report.to_string()),
            abi::REPORT_JSON => Ok(format!("{:#}", report.to_json())),
            found => Err(Fault::Value {
                what: "the report's form",
                expected: "MORETTA_REPORT_TEXT or MORETTA_REPORT_JSON",
                found: found.into(),
            }),
        }
    }
}

impl abi::Statistics {
    const EMPTY: Self = Self {
        struct_size: 0,
        quality: 0,
        frames: 0,
        failed: 0,
        dropped: 0,
        wipes: 0,
        locked_bytes: 0,
        last_track_ns: 0,
        last_draw_ns: 0,
        last_whole_ns: 0,
        mean_track_ns: 0,
        mean_draw_ns: 0,
        mean_whole_ns: 0,
    };
}
