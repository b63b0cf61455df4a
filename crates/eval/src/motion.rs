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
//! - **lag**: how far a landmark is behind its truth along the direction in which that landmark itself moves: the mean over
//!   frames and landmarks, of those that move faster than 0.2 widths a second. So a head that turns or comes nearer lags as
//!   well, whose middle stays where it is. *In motion* is their share of all frames and landmarks.
//! - **error**: the mean, over frames and landmarks, of the error's length. With a truth only.
//!
//! *Seen* is each frame as the network saw it, *smoothed* what an app is told. Of several clips there are two more rows,
//! their mean and the largest of each column; a dash where one of them has no such number.

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

const HEADER: &str = "| clip | frames | jitter: seen | smoothed | in motion, % | lag: seen | smoothed | error: seen \
                      | smoothed |\n|---|---|---|---|---|---|---|---|---|";

/// Prints the table that the command line asks for.
#[expect(clippy::print_stdout, reason = "printing the table is what this is for")]
pub(crate) fn run(matches: &ArgMatches) -> Result<(), EvalError> {
    let paths = |name| matches.get_many::<PathBuf>(name).into_iter().flatten();
    let truths: Vec<_> = paths("truth")
        .map(|path| read_truth(path))
        .collect::<Result<_, _>>()?;
    let count = paths("clips").count();
    if !truths.is_empty() && truths.len() != count {
        let found = format!("{} for {count} clips", truths.len());
        return Err(EvalError::malformed(
            "--truth",
            "none, or one for each clip",
            found,
        ));
    }
    println!("{HEADER}");
    let mut measured = Vec::with_capacity(count);
    for (index, path) in paths("clips").enumerate() {
        let clip = Watched::new(path, &read_records(path)?)?;
        let measures = clip.measures(truths.get(index).map(Vec::as_slice))?;
        println!("{}", measures.row(&clip.name));
        measured.push(measures);
    }
    if measured.len() > 1 {
        println!(
            "{}",
            Measures::of_all(&measured, |it| mean(it.iter().copied())).row("~ mean")
        );
        let largest = |it: &[f64]| it.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        println!("{}", Measures::of_all(&measured, largest).row("~ largest"));
    }
    Ok(())
}

/// The numbers of a clip, or of several.
struct Measures {
    frames: usize,
    /// In the order of [`HEADER`].
    numbers: [Option<f64>; 7],
}

impl Measures {
    /// Of each column what `of` makes of it, if all have a number there.
    fn of_all(all: &[Self], of: impl Fn(&[f64]) -> f64) -> Self {
        let column = |index: usize| {
            let numbers: Option<Vec<_>> = all.iter().map(|it| it.numbers[index]).collect();
            numbers.map(|it| of(&it))
        };
        Self {
            frames: all.iter().map(|it| it.frames).sum(),
            numbers: std::array::from_fn(column),
        }
    }

    fn row(&self, name: &str) -> String {
        let numbers = self
            .numbers
            .map(|it| it.map_or_else(|| "-".to_owned(), |it| format!("{it:.4}")));
        format!("| {name} | {} | {} |", self.frames, numbers.join(" | "))
    }
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

    /// With a truth, if it tells of each frame.
    fn measures(&self, truth: Option<&[Affine]>) -> Result<Measures, EvalError> {
        let told = truth.map_or(self.seen.len(), <[Affine]>::len);
        if told < self.seen.len() {
            let found = format!("{told} for {} frames", self.seen.len());
            return Err(EvalError::malformed(
                &self.name,
                "the motion of each frame",
                found,
            ));
        }
        let truth = truth.map(|motion| self.truth(motion));
        let first = self
            .times_s
            .iter()
            .take_while(|it| **it < self.times_s[0] + SETTLING_S)
            .count();
        let last = self.times_s.len() - 1;
        let percent = 100.0 / self.width_px;
        let true_points = truth.as_ref().unwrap_or(&self.seen);
        let middles: Vec<_> = true_points
            .iter()
            .map(|it| mean_point(it.iter().copied()))
            .collect();
        // In widths a second.
        let velocity = |place: &dyn Fn(usize) -> [f64; 2], frame: usize, reach: usize| {
            let (from, to) = (frame.saturating_sub(reach), (frame + reach).min(last));
            let time = (self.times_s[to] - self.times_s[from]) * self.width_px;
            minus(place(to), place(from)).map(|it| it / time)
        };

        let frames = || first..=last;
        let jitter = |told: &[Points]| {
            let speed = |frame| length(velocity(&|it| middles[it], frame, REST_REACH));
            let counted = frames().filter(|frame| *frame > first);
            let counted = counted.filter(|frame| truth.is_some() || speed(*frame) < REST);
            let moved = |frame: usize| {
                let error = |at: usize, index: usize| match &truth {
                    Some(truth) => minus(told[at][index], truth[at][index]),
                    None => told[at][index],
                };
                mean((0..LANDMARKS).map(|index| length(minus(error(frame, index), error(frame - 1, index)))))
            };
            mean(counted.map(moved)) * percent
        };
        let each = || frames().flat_map(|frame| (0..LANDMARKS).map(move |index| (frame, index)));
        let in_motion: Vec<_> = each()
            .map(|(frame, index)| {
                let way = velocity(&|it| true_points[it][index], frame, MOTION_REACH);
                (frame, index, way)
            })
            .filter(|(_, _, way)| length(*way) > MOTION)
            .collect();
        let lag = |told: &[Points]| {
            let behind = |(frame, index, way): &(usize, usize, [f64; 2])| {
                let error = minus(true_points[*frame][*index], told[*frame][*index]);
                (error[0] * way[0] + error[1] * way[1]) / length(*way)
            };
            mean(in_motion.iter().map(behind)) * percent
        };
        let error = |told: &[Points]| {
            let truth = truth.as_ref()?;
            let of = |(frame, index): (usize, usize)| length(minus(told[frame][index], truth[frame][index]));
            Some(mean(each().map(of)) * percent)
        };
        let numbers = [
            Some(jitter(&self.seen)),
            Some(jitter(&self.smooth)),
            Some(100.0 * in_motion.len() as f64 / each().count() as f64),
            truth.as_ref().map(|_| lag(&self.seen)),
            Some(lag(&self.smooth)),
            error(&self.seen),
            error(&self.smooth),
        ];
        Ok(Measures {
            frames: last + 1 - first,
            // Of nothing there is no mean.
            numbers: numbers.map(|it| it.filter(|number| number.is_finite())),
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH_PX: f64 = 200.0;

    /// Two seconds at 30 frames a second: landmark by landmark where it is `seen`, and told to be.
    fn watched(seen: impl Fn(f64, usize) -> [f64; 2], smooth: impl Fn(f64, usize) -> [f64; 2]) -> Watched {
        let times_s: Vec<_> = (0..60).map(|frame| f64::from(frame) / 30.0).collect();
        let all = |at: &dyn Fn(f64, usize) -> [f64; 2]| {
            let points = |t: &f64| (0..LANDMARKS).map(|index| at(*t, index)).collect();
            times_s.iter().map(points).collect()
        };
        Watched {
            name: "clip".to_owned(),
            seen: all(&seen),
            smooth: all(&smooth),
            times_s,
            width_px: WIDTH_PX,
        }
    }

    /// The cells of the clip's row, from `jitter: seen` on.
    fn cells(clip: &Watched, truth: Option<&[Affine]>) -> Vec<String> {
        let row = clip.measures(truth).unwrap().row("clip");
        row.split('|').skip(3).map(|it| it.trim().to_owned()).collect()
    }

    #[test]
    fn the_header_has_a_cell_for_each_number() {
        let lines: Vec<_> = HEADER.lines().map(|line| line.matches('|').count()).collect();
        let row = Measures {
            frames: 1,
            numbers: [None; 7],
        }
        .row("clip");
        assert_eq!(lines, [row.matches('|').count(); 2]);
    }

    #[test]
    fn what_is_behind_a_steady_motion_lags() {
        // 100 pixels a second is half a width; 3 pixels behind are 1.5 hundredths.
        let moving = watched(|t, _| [100.0 * t, 50.0], |t, _| [100.0 * t - 3.0, 50.0]);
        let motion: Vec<_> = moving
            .times_s
            .iter()
            .map(|t| [1.0, 0.0, 100.0 * t, 0.0, 1.0, 0.0])
            .collect();
        assert_eq!(cells(&moving, None)[2..5], ["100.0000", "-", "1.5000"]);
        let cells = cells(&moving, Some(&motion));
        assert_eq!(cells[2..5], ["100.0000", "0.0000", "1.5000"]);
        assert_eq!(cells[..2], ["0.0000", "0.0000"], "no jitter");
        assert_eq!(
            cells[5..7],
            ["0.0000", "1.5000"],
            "the error of what was seen, and of what is told"
        );
    }

    #[test]
    fn a_head_that_turns_about_its_middle_lags_and_so_does_one_that_comes_nearer() {
        // Every other landmark is 50 pixels from the middle, to either side of it; told a thirtieth of a second late.
        let side = |index: usize| [0.0, 50.0, 0.0, -50.0][index % 4];
        let turning =
            |t: f64, index: usize| [(2.0 * t).cos(), (2.0 * t).sin()].map(|it| 300.0 + side(index) * it);
        let nearing = |t: f64, index: usize| [300.0 + side(index) * (1.0 + 2.0 * t), 300.0];
        // 100 pixels a second: 3.3 in that time, 1.67 hundredths of the width.
        for clip in [
            watched(turning, |t, index| turning(t - 1.0 / 30.0, index)),
            watched(nearing, |t, index| nearing(t - 1.0 / 30.0, index)),
        ] {
            let cells = cells(&clip, None);
            assert_eq!(cells[2], "50.0000", "half of them move");
            let lag: f64 = cells[4].parse().unwrap();
            assert!((lag - 1.667).abs() < 0.005, "{lag}");
        }
    }

    #[test]
    fn what_shakes_at_rest_jitters() {
        let shake = |size: f64| {
            move |t: f64, _| {
                let odd = (t * 30.0).round() % 2.0 != 0.0;
                [50.0 + if odd { 0.0 } else { size }, 50.0]
            }
        };
        let resting = watched(shake(2.0), shake(0.5));
        let still = vec![[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]; 60];
        for truth in [None, Some(&still[..])] {
            let cells = cells(&resting, truth);
            assert_eq!(cells[..2], ["1.0000", "0.2500"], "{cells:?}");
            assert_eq!(cells[2..5], ["0.0000", "-", "-"], "nothing moves");
        }
    }

    #[test]
    fn several_clips_have_a_mean_and_a_largest_where_all_have_a_number() {
        let clip = |number: f64, lag| Measures {
            frames: 10,
            numbers: [Some(number), None, Some(1.0), None, lag, None, None],
        };
        let clips = [clip(1.0, Some(3.0)), clip(2.0, None)];
        let means = Measures::of_all(&clips, |it| mean(it.iter().copied()));
        assert_eq!(means.row("m"), "| m | 20 | 1.5000 | - | 1.0000 | - | - | - | - |");
    }

    #[test]
    fn a_truth_that_ends_before_the_clip_is_refused() {
        let resting = watched(|_, _| [50.0; 2], |_, _| [50.0; 2]);
        let still = |frames| vec![[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]; frames];
        assert!(resting.measures(Some(&still(60))).is_ok());
        assert!(resting.measures(Some(&still(59))).is_err());
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
