//! `motion`: jitter and lag of measured clips, as a table in Markdown.
//!
//! All in hundredths of the face's width, which is the mean width of its box over the clip. The first second is left
//! out. A landmark's *error* is where it is told to be, less where it truly is. With `--truth`, that the picture moved is
//! known: the truth is the mean over the clip of what the network saw, brought back to the still, moved as the picture
//! was. Without, nothing is known of the truth, and what the network saw in that frame stands for it.
//!
//! - **jitter**: the mean, over frames and landmarks, of how far the error moves from one frame to the next. Without a
//!   truth, of how far the landmark moves, in frames of *rest*: those whose middle of the landmarks goes slower than
//!   0.05 widths a second, as the mean over half a second to either side.
//! - **lag**: the mean, over frames, of how far the middle of the landmarks is behind its truth along the direction in
//!   which that moves; in frames in which it moves faster than 0.2 widths a second.
//! - **error**: the mean, over frames and landmarks, of the error's length. With a truth only.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use moretta_geometry::LANDMARKS;
use serde_json::Value;

use crate::error::EvalError;
use crate::record::{Record, read_records};

/// Seconds that are left out at the start, in which filters settle.
const SETTLING_S: f64 = 1.0;

/// Widths of the face a second: slower is rest, faster is motion.
const REST: f64 = 0.05;
const MOTION: f64 = 0.2;

/// Frames to either side over which a speed is told: for rest, and for the direction of motion.
const REST_REACH: usize = 15;
const MOTION_REACH: usize = 2;

/// Prints the table that the command line asks for.
#[expect(clippy::print_stdout, reason = "printing the table is what this is for")]
pub(crate) fn run(matches: &ArgMatches) -> Result<(), EvalError> {
    let truth = matches
        .get_one::<PathBuf>("truth")
        .map(|path| read_truth(path))
        .transpose()?;
    println!(
        "| clip | frames | jitter: seen | smoothed | frames in motion | lag: smoothed | error: seen | smoothed \
         |\n|---|---|---|---|---|---|---|---|"
    );
    for path in matches.get_many::<PathBuf>("clips").into_iter().flatten() {
        let clip = Watched::new(path, &read_records(path)?)?;
        println!("{}", clip.row(truth.as_deref()));
    }
    Ok(())
}

/// x and y of all landmarks.
type Points = Vec<[f64; 2]>;

/// To a frame from the still: rows `[a, b, x]` and `[c, d, y]`.
type Affine = [f64; 6];

/// The one face of a clip.
struct Watched {
    name: String,
    times_s: Vec<f64>,
    seen: Vec<Points>,
    smooth: Vec<Points>,
    width_px: f64,
}

impl Watched {
    fn new(path: &Path, records: &[Record]) -> Result<Self, EvalError> {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let refused =
            |found: String| EvalError::malformed(&name, "a clip with one face in each frame", found);
        let mut watched = Self {
            name: name.clone(),
            times_s: Vec::new(),
            seen: Vec::new(),
            smooth: Vec::new(),
            width_px: 0.0,
        };
        let flat = |points: &[[f64; 3]]| points.iter().map(|[x, y, _]| [*x, *y]).collect::<Points>();
        for (frame, record) in records.iter().enumerate() {
            let [face] = &record.faces[..] else {
                return Err(refused(format!("{} in frame {frame}", record.faces.len())));
            };
            let (Some(at_ms), Some(seen)) = (record.timestamp_ms, &face.points478_seen) else {
                return Err(refused("a picture".to_owned()));
            };
            watched.times_s.push(at_ms / 1e3);
            watched.seen.push(flat(seen));
            watched.smooth.push(flat(&face.points478));
            watched.width_px += face.bounds[2] / records.len() as f64;
        }
        if watched.times_s.len() <= 2 * REST_REACH {
            return Err(refused(format!("{} frames", records.len())));
        }
        Ok(watched)
    }

    fn row(&self, truth: Option<&[Affine]>) -> String {
        let truth = truth.map(|motion| self.truth(motion));
        let first = self
            .times_s
            .iter()
            .take_while(|it| **it < self.times_s[0] + SETTLING_S)
            .count();
        let last = self.times_s.len() - 1;
        let percent = 100.0 / self.width_px;
        let middle = |points: &Points| mean_point(points.iter().copied());
        let true_middles: Vec<_> = truth.as_ref().unwrap_or(&self.seen).iter().map(middle).collect();
        let velocity = |frame: usize, reach: usize| {
            let (from, to) = (frame.saturating_sub(reach), (frame + reach).min(last));
            let time = (self.times_s[to] - self.times_s[from]) * self.width_px;
            minus(true_middles[to], true_middles[from]).map(|it| it / time)
        };
        let speed = |frame, reach| length(velocity(frame, reach));

        let frames = || first..=last;
        let jitter = |told: &[Points]| {
            let counted = frames().filter(|frame| *frame > first);
            let counted = counted.filter(|frame| truth.is_some() || speed(*frame, REST_REACH) < REST);
            let moved = |frame: usize| {
                let error = |at: usize, index: usize| match &truth {
                    Some(truth) => minus(told[at][index], truth[at][index]),
                    None => told[at][index],
                };
                mean((0..LANDMARKS).map(|index| length(minus(error(frame, index), error(frame - 1, index)))))
            };
            mean(counted.map(moved)) * percent
        };
        let in_motion: Vec<_> = frames()
            .filter(|frame| speed(*frame, MOTION_REACH) > MOTION)
            .collect();
        let behind = |frame: &usize| {
            let way = velocity(*frame, MOTION_REACH);
            let error = minus(true_middles[*frame], middle(&self.smooth[*frame]));
            (error[0] * way[0] + error[1] * way[1]) / length(way)
        };
        let lag = mean(in_motion.iter().map(behind)) * percent;
        let error = |told: &[Points]| {
            let truth = truth.as_ref()?;
            let of_frame = |frame: usize| {
                mean((0..LANDMARKS).map(|index| length(minus(told[frame][index], truth[frame][index]))))
            };
            Some(mean(frames().map(of_frame)) * percent)
        };
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            self.name,
            last + 1 - first,
            number(Some(jitter(&self.seen))),
            number(Some(jitter(&self.smooth))),
            in_motion.len(),
            number(Some(lag)),
            number(error(&self.seen)),
            number(error(&self.smooth)),
        )
    }

    /// Where the landmarks truly are: where they were seen on average, moved with the picture.
    fn truth(&self, motion: &[Affine]) -> Vec<Points> {
        let backwards = motion.iter().zip(&self.seen);
        let stills: Vec<Points> = backwards
            .map(|(frame_from_still, seen)| seen.iter().map(|it| undo(frame_from_still, *it)).collect())
            .collect();
        let still: Points = (0..LANDMARKS)
            .map(|index| mean_point(stills.iter().map(|points| points[index])))
            .collect();
        motion
            .iter()
            .map(|frame_from_still| still.iter().map(|it| carry(frame_from_still, *it)).collect())
            .collect()
    }
}

fn read_truth(path: &Path) -> Result<Vec<Affine>, EvalError> {
    let refused =
        |found: String| EvalError::malformed(path.display().to_string(), "how a picture moved", found);
    let text = fs::read_to_string(path).map_err(|source| EvalError::Read {
        path: path.to_owned(),
        source,
    })?;
    let value: Value = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    let matrices = value["frame_from_still"]
        .as_array()
        .ok_or_else(|| refused("none".to_owned()))?;
    let matrix = |it: &Value| {
        let numbers: Vec<_> = it
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        numbers.try_into().map_err(|_| refused(it.to_string()))
    };
    matrices.iter().map(matrix).collect()
}

fn carry([a, b, x, c, d, y]: &Affine, [u, v]: [f64; 2]) -> [f64; 2] {
    [a * u + b * v + x, c * u + d * v + y]
}

fn undo([a, b, x, c, d, y]: &Affine, [u, v]: [f64; 2]) -> [f64; 2] {
    let (u, v, area) = (u - x, v - y, a * d - b * c);
    [(d * u - b * v) / area, (a * v - c * u) / area]
}

fn minus(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn length([x, y]: [f64; 2]) -> f64 {
    x.hypot(y)
}

fn mean_point(points: impl ExactSizeIterator<Item = [f64; 2]>) -> [f64; 2] {
    let count = points.len() as f64;
    points.fold([0.0; 2], |sum, it| {
        [sum[0] + it[0] / count, sum[1] + it[1] / count]
    })
}

/// The mean; a NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), it| (sum + it, count + 1.0));
    sum / count
}

fn number(value: Option<f64>) -> String {
    let known = value.filter(|it| it.is_finite());
    known.map_or_else(|| "-".to_owned(), |it| format!("{it:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH_PX: f64 = 200.0;

    /// Two seconds at 30 frames a second: each landmark at `seen`, and told to be at `smooth`.
    fn watched(seen: impl Fn(f64) -> [f64; 2], smooth: impl Fn(f64) -> [f64; 2]) -> Watched {
        let times_s: Vec<_> = (0..60).map(|frame| f64::from(frame) / 30.0).collect();
        let all = |at: &dyn Fn(f64) -> [f64; 2]| times_s.iter().map(|t| vec![at(*t); LANDMARKS]).collect();
        Watched {
            name: "clip".to_owned(),
            seen: all(&seen),
            smooth: all(&smooth),
            times_s,
            width_px: WIDTH_PX,
        }
    }

    fn cells(row: &str) -> Vec<String> {
        row.split('|').map(|it| it.trim().to_owned()).collect()
    }

    #[test]
    fn what_is_behind_a_steady_motion_lags() {
        // 100 pixels a second is half a width; 3 pixels behind are 1.5 hundredths.
        let moving = watched(|t| [100.0 * t, 50.0], |t| [100.0 * t - 3.0, 50.0]);
        let motion: Vec<_> = moving
            .times_s
            .iter()
            .map(|t| [1.0, 0.0, 100.0 * t, 0.0, 1.0, 0.0])
            .collect();
        for truth in [None, Some(&motion[..])] {
            let cells = cells(&moving.row(truth));
            assert_eq!(cells[5..7], ["30", "1.500"], "{cells:?}");
        }
        let cells = cells(&moving.row(Some(&motion)));
        assert_eq!(cells[3..5], ["0.000", "0.000"], "no jitter");
        assert_eq!(
            cells[7..9],
            ["0.000", "1.500"],
            "the error of what was seen, and of what is told"
        );
    }

    #[test]
    fn what_shakes_at_rest_jitters() {
        let shake = |size: f64| {
            move |t: f64| {
                [
                    50.0 + if (t * 30.0).round() % 2.0 == 0.0 {
                        size
                    } else {
                        0.0
                    },
                    50.0,
                ]
            }
        };
        let resting = watched(shake(2.0), shake(0.5));
        let still = vec![[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]; 60];
        for truth in [None, Some(&still[..])] {
            let cells = cells(&resting.row(truth));
            assert_eq!(cells[3..5], ["1.000", "0.250"], "{cells:?}");
            assert_eq!(cells[5..7], ["0", "-"], "nothing moves");
        }
    }

    #[test]
    fn a_matrix_is_undone() {
        let matrix = [1.2, -0.5, 30.0, 0.5, 1.2, -7.0];
        let back = undo(&matrix, carry(&matrix, [3.0, 4.0]));
        assert!(length(minus(back, [3.0, 4.0])) < 1e-9);
    }

    #[test]
    fn a_clip_that_loses_its_face_is_refused() {
        let record = |faces| Record {
            file: "a".to_owned(),
            width: 1,
            height: 1,
            ms: 1.0,
            frame: Some(0),
            timestamp_ms: Some(0.0),
            faces,
        };
        assert!(Watched::new(Path::new("a.jsonl"), &[record(Vec::new())]).is_err());
        assert!(read_truth(Path::new("no such file")).is_err());
    }
}
