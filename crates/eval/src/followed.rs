//! How well faces were followed through a clip: the reference's numbers are in `reference/clips.csv`, and where it never
//! sees every face, this tracker's in `reference/followed.csv`.

use crate::error::EvalError;

/// How the reference, or the tracker, followed a clip.
#[derive(Debug, PartialEq)]
pub(crate) struct Followed {
    pub(crate) frames: u64,
    /// Over all frames, faces that are there and were not seen.
    pub(crate) missing: u64,
    /// The most frames in a row in which one was not seen.
    pub(crate) longest_gap: u64,
    /// Over all frames, faces that were seen beyond those that are there.
    pub(crate) extra: u64,
}

impl Followed {
    /// Of the numbers of faces seen, frame by frame, where there are `faces`.
    pub(crate) fn of(seen: impl IntoIterator<Item = u64>, faces: u64) -> Self {
        let mut followed = Self {
            frames: 0,
            missing: 0,
            longest_gap: 0,
            extra: 0,
        };
        let mut gap = 0;
        for seen in seen {
            followed.frames += 1;
            followed.missing += faces.saturating_sub(seen);
            followed.extra += seen.saturating_sub(faces);
            gap = if seen < faces { gap + 1 } else { 0 };
            followed.longest_gap = followed.longest_gap.max(gap);
        }
        followed
    }

    /// Whether, as bounds of a clip with `faces`, a tracker can miss each: one that never sees them all, and one that
    /// sees one too many in each frame.
    fn can_be_missed(&self, faces: u64) -> bool {
        self.missing < self.frames * faces && self.longest_gap < self.frames && self.extra < self.frames
    }
}

/// How well each clip has to be followed: as well as the reference does, or where the reference never sees every face, as
/// this tracker is known to. An error if one of these bounds is such that nothing could miss it.
pub(crate) fn bounds(reference: &str, known: &str) -> Result<Vec<Row>, EvalError> {
    let mut known = rows("followed.csv", known)?;
    let mut bounds = Vec::new();
    for (name, faces, mut followed) in rows("clips.csv", reference)? {
        if followed.longest_gap >= followed.frames {
            let same = |it: &Row| it.0 == name && it.1 == faces && it.2.frames == followed.frames;
            let Some(at) = known.iter().position(same) else {
                return Err(EvalError::malformed(
                    "followed.csv",
                    "each clip that the reference fails",
                    name,
                ));
            };
            followed = known.swap_remove(at).2;
        }
        if !followed.can_be_missed(faces) {
            return Err(EvalError::malformed(
                name,
                "a bound that can be missed",
                "the whole clip",
            ));
        }
        bounds.push((name, faces, followed));
    }
    match known.first() {
        Some((name, ..)) => {
            let expected = "only clips that the reference fails";
            Err(EvalError::malformed("followed.csv", expected, name))
        }
        None => Ok(bounds),
    }
}

/// The clip's name, how many faces it shows, and how the reference followed them.
pub(crate) type Row = (String, u64, Followed);

/// The rows of `file`, whose text is `text`.
fn rows(file: &str, text: &str) -> Result<Vec<Row>, EvalError> {
    let row = |line: &str| {
        let refused = || EvalError::malformed(file, "a name and five numbers", line);
        let cells: Vec<_> = line.split(',').collect();
        let [name, numbers @ ..] = &cells[..] else {
            return Err(refused());
        };
        let numbers: Result<Vec<u64>, _> = numbers.iter().map(|it| it.parse()).collect();
        let Ok([frames, faces, missing, longest_gap, extra]) = numbers.as_deref() else {
            return Err(refused());
        };
        let followed = Followed {
            frames: *frames,
            missing: *missing,
            longest_gap: *longest_gap,
            extra: *extra,
        };
        Ok(((*name).to_owned(), *faces, followed))
    };
    let rows: Vec<_> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(row)
        .collect::<Result<_, _>>()?;
    if rows.is_empty() {
        return Err(EvalError::malformed(file, "clips", "none"));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_a_row_of_frames_that_miss_a_face() {
        let followed = Followed::of([2, 1, 0, 2, 1, 3], 2);
        let expected = Followed {
            frames: 6,
            missing: 4,
            longest_gap: 2,
            extra: 1,
        };
        assert_eq!(followed, expected);
        assert_eq!(Followed::of([1, 1], 1).missing, 0);
    }

    const HEADER: &str = "# how\nfile,frames,faces,missing,longest_gap,extra\n";

    fn table(rows: &str) -> String {
        format!("{HEADER}{rows}\n")
    }

    #[test]
    fn the_table_is_read_and_a_wrong_one_refused() {
        let [(name, faces, followed)] = &rows("t", &table("a.gif,6,2,4,2,1")).unwrap()[..] else {
            panic!("one row");
        };
        assert_eq!((name.as_str(), *faces), ("a.gif", 2));
        assert_eq!(*followed, Followed::of([2, 1, 0, 2, 1, 3], 2));
        assert!(rows("t", HEADER).is_err());
        assert!(rows("t", &table("a.gif,6,2,4,2")).is_err());
        assert!(rows("t", &table("a.gif,6,2,4,2,x")).is_err());
    }

    #[test]
    fn where_the_reference_fails_this_trackers_numbers_count() {
        let reference = table("good.gif,9,1,2,1,0\nbad.gif,9,2,9,9,0");
        let bounds_of = |known: &str| bounds(&reference, &table(known));
        let both = bounds_of("bad.gif,9,2,3,1,0").unwrap();
        assert_eq!(both[0].2.missing, 2, "the reference's");
        assert_eq!((both[1].2.missing, both[1].2.longest_gap), (3, 1), "ours");
        for (known, why) in [
            ("other.gif,9,2,3,1,0", "nothing is known of the clip"),
            ("bad.gif,9,1,3,1,0", "another number of faces"),
            ("bad.gif,8,2,3,1,0", "another number of frames"),
            (
                "bad.gif,9,2,3,1,0\ngood.gif,9,1,5,1,0",
                "the reference follows it",
            ),
            ("bad.gif,9,2,3,9,0", "no gap could be too long"),
            ("bad.gif,9,2,18,1,0", "nobody could miss more"),
            ("bad.gif,9,2,3,1,9", "one too many in each frame"),
        ] {
            assert!(bounds_of(known).is_err(), "{why}");
        }
    }

    /// No bound in this repository is the clip's length.
    #[test]
    fn a_tracker_that_sees_nobody_or_too_many_misses_every_committed_bound() {
        let (reference, known) = (
            include_str!("../reference/clips.csv"),
            include_str!("../reference/followed.csv"),
        );
        let bounds = bounds(reference, known).unwrap();
        assert_eq!(bounds.len(), 8);
        for (name, faces, bound) in bounds {
            let blind = Followed::of((0..bound.frames).map(|_| 0), faces);
            let doubting = Followed::of((0..bound.frames).map(|_| faces + 1), faces);
            assert!(blind.missing > bound.missing, "{name}");
            assert!(blind.longest_gap > bound.longest_gap, "{name}");
            assert!(doubting.extra > bound.extra, "{name}");
        }
    }
}
