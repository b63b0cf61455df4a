//! How well faces were followed through a clip: the reference's numbers are in `reference/clips.csv`.

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
}

/// The clip's name, how many faces it shows, and how the reference followed them.
pub(crate) type Row = (String, u64, Followed);

/// The rows of `clips.csv`.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>, EvalError> {
    let row = |line: &str| {
        let refused = || EvalError::malformed("clips.csv", "a name and five numbers", line);
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
        return Err(EvalError::malformed("clips.csv", "clips", "none"));
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

    #[test]
    fn the_table_is_read_and_a_wrong_one_refused() {
        let table = "# how\nfile,frames,faces,missing,longest_gap,extra\na.gif,6,2,4,2,1\n";
        let [(name, faces, followed)] = &rows(table).unwrap()[..] else {
            panic!("one row");
        };
        assert_eq!((name.as_str(), *faces), ("a.gif", 2));
        assert_eq!(*followed, Followed::of([2, 1, 0, 2, 1, 3], 2));
        assert!(rows("file,frames,faces,missing,longest_gap,extra\n").is_err());
        assert!(rows("header\na.gif,6,2,4,2\n").is_err());
        assert!(rows("header\na.gif,6,2,4,2,x\n").is_err());
    }

    #[test]
    fn the_committed_table_has_every_clip() {
        assert_eq!(rows(include_str!("../reference/clips.csv")).unwrap().len(), 8);
    }
}
