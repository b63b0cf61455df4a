//! Clips: no gap that the reference does not have, or where that fails, that this tracker did not have before.

use std::path::Path;

use moretta_track::TrackerOptions;

use crate::clip::Clip;
use crate::error::EvalError;
use crate::followed::{Followed, bounds};
use crate::judge::{Judge, read};
use crate::readout::Watcher;

/// Every clip of the tables in `tables`, which are `clips.csv` and `followed.csv`, in `data`.
pub(crate) fn all(judge: &mut Judge, data: &Path, tables: &Path) {
    let table = |name| read(&tables.join(name));
    let both = table("clips.csv").and_then(|clips| Ok((clips, table("followed.csv")?)));
    match both.and_then(|(clips, followed)| bounds(&clips, &followed)) {
        Ok(bounds) => {
            for (name, faces, bound) in bounds {
                let ours = follow(&data.join("video").join(&name), faces);
                let ours = ours.and_then(|ours| {
                    if ours.frames == bound.frames {
                        return Ok(ours);
                    }
                    let found = ours.frames.to_string();
                    Err(EvalError::malformed(
                        name.clone(),
                        "as many frames as in the table",
                        found,
                    ))
                });
                let numbers = |it: &Followed| [it.missing, it.longest_gap, it.extra];
                let allowed = numbers(&bound);
                for (index, what) in ["missing", "longest_gap", "extra"].into_iter().enumerate() {
                    let measured = match &ours {
                        Ok(ours) => Ok(numbers(ours)[index] as f64),
                        Err(error) => Err(EvalError::malformed(name.clone(), "a clip", error.to_string())),
                    };
                    judge.golden(&format!("clip_{name}_{what}"), measured, allowed[index] as f64);
                }
            }
        }
        Err(error) => judge.golden("clips", Err(error), 0.0),
    }
}

/// Follows the faces of the clip at `path` as an app would.
fn follow(path: &Path, faces: u64) -> Result<Followed, EvalError> {
    let watcher = Watcher::new(TrackerOptions::default())?;
    let mut seen = Vec::new();
    for frame in Clip::open(path)? {
        let frame = frame?;
        seen.push(watcher.next(&frame.picture, frame.at_ns)?.0.faces.len() as u64);
    }
    Ok(Followed::of(seen, faces))
}
