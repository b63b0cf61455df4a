//! From a detector's raw outputs to boxes.

use bytemuck::{Pod, Zeroable};

/// How many points a detector finds beside each box.
pub(crate) const KEYPOINTS: usize = 6;

/// Values a box has in the detector's output: centre, width and height, then the points, all as x and y.
const VALUES: usize = 4 + 2 * KEYPOINTS;

/// The networks' logits are clipped to this before they become scores.
///
/// # Source
/// MediaPipe, `face_detection_short_range.pbtxt`, `score_clipping_thresh`.
const LOGIT_LIMIT: f32 = 100.0;

/// Boxes that overlap the best one more than this, intersection over union, are the same face.
///
/// # Source
/// MediaPipe, `face_detection.pbtxt`, `min_suppression_threshold`.
const SAME_FACE: f32 = 0.3;

/// How the anchors of a detector lie: one grid of cells after the other, with some anchors in the middle of each cell.
///
/// # Source
/// MediaPipe, `face_detection_short_range.pbtxt` and `face_detection_full_range.pbtxt`, `SsdAnchorsCalculator`, with
/// anchors of fixed size 1.
#[derive(Clone, Copy)]
pub(crate) struct Anchors {
    /// Columns and rows of the network's input, in pixels.
    pub(crate) input_px: u32,
    /// Columns, which are as many as rows, and anchors a cell.
    grids: &'static [(usize, usize)],
}

impl Anchors {
    pub(crate) const SHORT_RANGE: Self = Self {
        input_px: 128,
        grids: &[(16, 2), (8, 6)],
    };
    pub(crate) const FULL_RANGE: Self = Self {
        input_px: 192,
        grids: &[(48, 1)],
    };

    /// How many there are.
    pub(crate) const fn count(self) -> usize {
        let (mut sum, mut grid) = (0, 0);
        while grid < self.grids.len() {
            let (side, a_cell) = self.grids[grid];
            sum += side * side * a_cell;
            grid += 1;
        }
        sum
    }

    /// The centre of anchor `index`, in shares of the input's sides.
    fn centre(self, mut index: usize) -> [f32; 2] {
        for &(side, a_cell) in self.grids {
            let anchors = side * side * a_cell;
            if index < anchors {
                let cell = index / a_cell;
                return [cell % side, cell / side].map(|at| (at as f32 + 0.5) / side as f32);
            }
            index -= anchors;
        }
        unreachable!("an anchor beyond the last")
    }
}

/// A face as a detector sees it, in pixels of its input, as the network counts them.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Found {
    pub(crate) min: [f32; 2],
    pub(crate) max: [f32; 2],
    pub(crate) keypoints: [[f32; 2]; KEYPOINTS],
    pub(crate) score: f32,
}

/// Writes the faces of `regressors` and `scores` to `found`, the surest first, and returns how many.
///
/// 1. Logits in `scores` become scores; what is below `min_score` or has no box becomes 0.
/// 2. The best anchor that is left and all that overlap it are one face: the mean of their boxes and points, weighted
///    by their scores, with the best score. These anchors become 0.
/// 3. The same again, until none is left or `found` is full.
///
/// # Source
/// MediaPipe, `tensors_to_detections_calculator.cc` and `non_max_suppression_calculator.cc`,
/// `WeightedNonMaxSuppression`.
pub(crate) fn decode(
    anchors: Anchors,
    regressors: &[f32],
    scores: &mut [f32],
    min_score: f32,
    found: &mut [Found],
) -> usize {
    let (rows, _) = regressors.as_chunks::<VALUES>();
    for (score, row) in scores.iter_mut().zip(rows) {
        let sure = sigmoid(*score);
        // Written so that a NaN is left out.
        let kept = sure >= min_score && row[2] >= 0.0 && row[3] >= 0.0;
        *score = if kept { sure } else { 0.0 };
    }
    let mut count = 0;
    while count < found.len() {
        let Some(best) = best(scores) else { break };
        found[count] = blend(anchors, rows, scores, best);
        count += 1;
    }
    count
}

/// The logistic function of `logit`, limited as the reference limits it.
pub(crate) fn sigmoid(logit: f32) -> f32 {
    (1.0 + (-logit.clamp(-LOGIT_LIMIT, LOGIT_LIMIT)).exp()).recip()
}

/// The first of the highest scores above 0.
fn best(scores: &[f32]) -> Option<usize> {
    let mut best = None;
    let mut highest = 0.0;
    for (index, score) in scores.iter().enumerate() {
        if *score > highest {
            highest = *score;
            best = Some(index);
        }
    }
    best
}

/// The mean of `best` and what overlaps it, whose scores become 0.
fn blend(anchors: Anchors, rows: &[[f32; VALUES]], scores: &mut [f32], best: usize) -> Found {
    let score = scores[best];
    let mut sum = Found::zeroed();
    let mut total = 0.0;
    let reference = read(anchors, rows, best);
    for (index, weight) in scores.iter_mut().enumerate() {
        if *weight == 0.0 {
            continue;
        }
        let candidate = read(anchors, rows, index);
        if index != best && !overlaps(&reference, &candidate) {
            continue;
        }
        total += *weight;
        let add = |sum: &mut [f32; 2], value: [f32; 2]| {
            sum[0] += *weight * value[0];
            sum[1] += *weight * value[1];
        };
        add(&mut sum.min, candidate.min);
        add(&mut sum.max, candidate.max);
        for (sum, value) in sum.keypoints.iter_mut().zip(candidate.keypoints) {
            add(sum, value);
        }
        *weight = 0.0;
    }
    let mean = |sum: [f32; 2]| sum.map(|it| it / total);
    Found {
        min: mean(sum.min),
        max: mean(sum.max),
        keypoints: sum.keypoints.map(mean),
        score,
    }
}

/// What anchor `index` says.
fn read(anchors: Anchors, rows: &[[f32; VALUES]], index: usize) -> Found {
    let row = &rows[index];
    let origin = anchors.centre(index).map(|share| share * anchors.input_px as f32);
    let point = |at: usize| [row[at] + origin[0], row[at + 1] + origin[1]];
    let [x, y] = point(0);
    let [half_width, half_height] = [row[2] / 2.0, row[3] / 2.0];
    Found {
        min: [x - half_width, y - half_height],
        max: [x + half_width, y + half_height],
        keypoints: std::array::from_fn(|it| point(4 + 2 * it)),
        score: 0.0,
    }
}

/// Whether two boxes are of the same face. Empty ones, whose overlap is no number, are not.
fn overlaps(a: &Found, b: &Found) -> bool {
    let area = |min: [f32; 2], max: [f32; 2]| (max[0] - min[0]).max(0.0) * (max[1] - min[1]).max(0.0);
    let min = [0, 1].map(|axis| a.min[axis].max(b.min[axis]));
    let max = [0, 1].map(|axis| a.max[axis].min(b.max[axis]));
    let shared = area(min, max);
    shared / (area(a.min, a.max) + area(b.min, b.max) - shared) > SAME_FACE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Raw outputs in which nothing is a face.
    struct Raw {
        anchors: Anchors,
        regressors: Vec<f32>,
        logits: Vec<f32>,
    }

    impl Raw {
        fn empty(anchors: Anchors) -> Self {
            Self {
                anchors,
                regressors: vec![0.0; anchors.count() * VALUES],
                logits: vec![-20.0; anchors.count()],
            }
        }

        /// Has anchor `index` say that there is a box of `sides` with its centre at `centre`, with all points there.
        fn set(&mut self, index: usize, logit: f32, centre: [f32; 2], sides: [f32; 2]) {
            let origin = self
                .anchors
                .centre(index)
                .map(|it| it * self.anchors.input_px as f32);
            let row = &mut self.regressors[index * VALUES..][..VALUES];
            for (at, value) in row.iter_mut().enumerate() {
                *value = centre[at % 2] - origin[at % 2];
            }
            row[2..4].copy_from_slice(&sides);
            self.logits[index] = logit;
        }

        fn found(&self, places: usize) -> Vec<Found> {
            let mut found = vec![Found::zeroed(); places];
            let mut scores = self.logits.clone();
            let count = decode(self.anchors, &self.regressors, &mut scores, 0.5, &mut found);
            found.truncate(count);
            found
        }
    }

    /// The anchors that MediaPipe's calculator makes, by their index: computed with the recipe of the reference.
    #[test]
    fn anchors_lie_where_the_networks_were_trained_with_them() {
        let short = Anchors::SHORT_RANGE;
        assert_eq!(short.count(), 896);
        for (index, centre) in [
            (0, [0.03125, 0.03125]),
            (1, [0.03125, 0.03125]),
            (2, [0.09375, 0.03125]),
            (32, [0.03125, 0.09375]),
            (511, [0.96875, 0.96875]),
            (512, [0.0625, 0.0625]),
            (517, [0.0625, 0.0625]),
            (518, [0.1875, 0.0625]),
            (560, [0.0625, 0.1875]),
            (895, [0.9375, 0.9375]),
        ] {
            assert_eq!(short.centre(index), centre, "{index}");
        }
        let full = Anchors::FULL_RANGE;
        assert_eq!(full.count(), 2304);
        assert_eq!(full.centre(0), [0.5 / 48.0; 2]);
        assert_eq!(full.centre(49), [1.5 / 48.0; 2]);
        assert_eq!(full.centre(2303), [47.5 / 48.0; 2]);
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        assert!(Raw::empty(Anchors::SHORT_RANGE).found(4).is_empty());
        let mut raw = Raw::empty(Anchors::FULL_RANGE);
        raw.set(100, 3.0, [50.0, 60.0], [20.0, 10.0]);
        let found = raw.found(4);
        let [face] = &found[..] else {
            panic!("the control: one face")
        };
        assert!((face.min[0] - 40.0).abs() < 1e-4 && (face.max[1] - 65.0).abs() < 1e-4);
        assert!((face.keypoints[5][0] - 50.0).abs() < 1e-4);
        assert!((face.score - 1.0 / (1.0 + (-3.0f32).exp())).abs() < 1e-6);
    }

    #[test]
    fn boxes_that_overlap_are_one_weighted_by_their_scores() {
        let mut raw = Raw::empty(Anchors::SHORT_RANGE);
        // Scores 0.9 and 0.6; 16 of 24 columns in common: the overlap is 16 / 24.
        raw.set(10, 9f32.ln(), [50.0, 50.0], [20.0, 20.0]);
        raw.set(600, 1.5f32.ln(), [54.0, 50.0], [20.0, 20.0]);
        // Just apart: 10 x 20 in common of 600.
        raw.set(20, 1.5f32.ln(), [39.0, 61.0], [20.0, 20.0]);
        let found = raw.found(4);
        assert_eq!(found.len(), 2);
        let x = (0.9 * 50.0 + 0.6 * 54.0) / 1.5;
        assert!((found[0].min[0] - (x - 10.0)).abs() < 1e-4);
        assert!((found[0].keypoints[2][0] - x).abs() < 1e-4);
        assert!(
            (found[0].score - 0.9).abs() < 1e-6,
            "the best score, not the mean"
        );
        assert!((found[1].score - 0.6).abs() < 1e-6);
    }

    #[test]
    fn the_surest_come_first_and_no_more_than_there_is_room_for() {
        let mut raw = Raw::empty(Anchors::SHORT_RANGE);
        for face in 0..20 {
            let centre = [(face % 5) as f32 * 24.0 + 12.0, (face / 5) as f32 * 24.0 + 12.0];
            raw.set(face * 7, face as f32 * 0.1, centre, [20.0, 20.0]);
        }
        let found = raw.found(32);
        assert_eq!(found.len(), 20, "a logit of 0 is a score of 0.5, which is enough");
        assert!(found.is_sorted_by(|a, b| a.score >= b.score));
        let few = raw.found(3);
        assert_eq!(few.len(), 3);
        assert_eq!(few[2].score, found[2].score);
    }

    #[test]
    fn what_is_no_box_is_left_out() {
        for (logit, sides) in [
            (f32::NAN, [20.0, 20.0]),
            (-0.01, [20.0, 20.0]),
            (5.0, [-1.0, 20.0]),
            (5.0, [20.0, f32::NAN]),
        ] {
            let mut raw = Raw::empty(Anchors::SHORT_RANGE);
            raw.set(5, logit, [50.0, 50.0], sides);
            assert!(raw.found(4).is_empty(), "{logit} {sides:?}");
        }
        let mut raw = Raw::empty(Anchors::SHORT_RANGE);
        raw.set(5, f32::INFINITY, [50.0, 50.0], [0.0, 0.0]);
        assert_eq!(raw.found(4).len(), 1, "the control: a point is a box");
        assert_eq!(raw.found(4)[0].score, 1.0);
    }
}
