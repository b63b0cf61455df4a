//! JSON lines: what was measured, a picture or frame a line.
//!
//! Places are those of the reference, its normalised landmarks times the size of the file: **the centre of the first
//! pixel is at 0**, half a pixel less than in `FramePx`. Crops of the reference sample the picture there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use moretta_lang::Blendshape;
use serde::{Deserialize, Serialize};

use crate::error::EvalError;
use crate::sight::{SeenFace, Sight};

/// From `FramePx` to the reference's pixels.
pub(crate) const REFERENCE_FROM_FRAME: f32 = -0.5;

/// A picture, or a frame of a clip.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Below the folder that was asked for, with slashes; a clip as it was named.
    pub(crate) file: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Wall time of tracking, decoding left out.
    pub(crate) ms: f64,
    /// Of a clip: from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) frame: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp_ms: Option<f64>,
    pub(crate) faces: Vec<FaceRecord>,
}

/// A face of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FaceRecord {
    pub(crate) id: u64,
    /// Left, top, width and height of the smallest upright rectangle round the landmarks as seen.
    #[serde(rename = "box")]
    pub(crate) bounds: [f64; 4],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) presence: Option<f64>,
    /// x, y and depth, the latter in the unit of x. In clips smoothed.
    pub(crate) points478: Vec<[f64; 3]>,
    /// Of a clip: as the network saw them in this frame alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) points478_seen: Option<Vec<[f64; 3]>>,
    #[serde(default)]
    pub(crate) blendshapes: BTreeMap<String, f64>,
    /// To the camera from the canonical face, row after row, in centimetres as in the reference.
    pub(crate) pose: Vec<f64>,
    /// How well each landmark is seen and not hidden by the face itself, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) visibility: Option<Vec<f64>>,
}

impl Record {
    pub(crate) fn new(file: String, [width, height]: [u32; 2], ms: f64, sight: &Sight) -> Self {
        Self {
            file,
            width,
            height,
            ms: rounded(ms, 3),
            frame: None,
            timestamp_ms: None,
            faces: sight.faces.iter().map(FaceRecord::new).collect(),
        }
    }

    /// The same as frame `frame` of a clip.
    pub(crate) fn of_clip(mut self, frame: u64, at_ns: u64, sight: &Sight) -> Self {
        self.frame = Some(frame);
        self.timestamp_ms = Some(rounded(at_ns as f64 * 1e-6, 3));
        for (record, face) in self.faces.iter_mut().zip(&sight.faces) {
            record.points478_seen = Some(places(&face.seen));
        }
        self
    }
}

impl FaceRecord {
    fn new(face: &SeenFace) -> Self {
        let [[left, top], [right, bottom]] = face.bounds;
        let corner = [left, top].map(|it| f64::from(it + REFERENCE_FROM_FRAME));
        let sides = [right - left, bottom - top].map(f64::from);
        let shapes = face.blendshapes.iter().flatten();
        let named = Blendshape::ALL.iter().zip(shapes);
        let pose = face
            .camera_from_face
            .iter()
            .enumerate()
            .flat_map(|(row, numbers)| {
                let centimetres = move |column: usize| if row < 3 && column == 3 { 0.1 } else { 1.0 };
                (0..4).map(move |column| rounded(f64::from(numbers[column]) * centimetres(column), 6))
            });
        Self {
            id: face.id,
            bounds: [corner[0], corner[1], sides[0], sides[1]].map(|it| rounded(it, 4)),
            score: Some(rounded(face.score.into(), 6)),
            presence: Some(rounded(face.presence.into(), 6)),
            points478: places(&face.points),
            points478_seen: None,
            blendshapes: named
                .map(|(shape, value)| (shape.name().to_owned(), rounded((*value).into(), 6)))
                .collect(),
            pose: pose.collect(),
            visibility: Some(
                face.visibility
                    .iter()
                    .map(|it| rounded((*it).into(), 3))
                    .collect(),
            ),
        }
    }

    /// x and y of landmark `index`.
    pub(crate) fn place(&self, index: usize) -> [f64; 2] {
        let [x, y, _] = self.points478[index];
        [x, y]
    }
}

fn places(points: &[[f32; 3]]) -> Vec<[f64; 3]> {
    let shifts = [REFERENCE_FROM_FRAME, REFERENCE_FROM_FRAME, 0.0];
    let place = |point: &[f32; 3]| [0, 1, 2].map(|axis| rounded((point[axis] + shifts[axis]).into(), 4));
    points.iter().map(place).collect()
}

fn rounded(value: f64, digits: i32) -> f64 {
    let unit = 10f64.powi(digits);
    (value * unit).round() / unit
}

/// A file that takes records.
pub(crate) struct Records {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Records {
    #[expect(
        clippy::disallowed_methods,
        reason = "the results of a tool that was asked to write them"
    )]
    pub(crate) fn create(path: &Path) -> Result<Self, EvalError> {
        let file = File::create(path).map_err(|source| EvalError::Write {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
        })
    }

    pub(crate) fn push(&mut self, record: &Record) -> Result<(), EvalError> {
        let written = serde_json::to_writer(&mut self.file, record).map_err(std::io::Error::from);
        written
            .and_then(|()| self.file.write_all(b"\n"))
            .map_err(|source| self.failed(source))
    }

    /// Writes what is still in memory.
    pub(crate) fn finish(mut self) -> Result<(), EvalError> {
        self.file.flush().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> EvalError {
        EvalError::Write {
            path: self.path.clone(),
            source,
        }
    }
}

/// The records of the file at `path`.
pub(crate) fn read_records(path: &Path) -> Result<Vec<Record>, EvalError> {
    let unreadable = |source| EvalError::Read {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut records = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let record: Record = serde_json::from_str(&line.map_err(unreadable)?).map_err(|error| {
            EvalError::malformed(
                format!("{}, line {}", path.display(), number + 1),
                "a record",
                error.to_string(),
            )
        })?;
        for face in &record.faces {
            if face.points478.len() != moretta_geometry::LANDMARKS {
                let found = face.points478.len().to_string();
                return Err(EvalError::malformed(record.file, "478 landmarks", found));
            }
        }
        records.push(record);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use moretta_geometry::LANDMARKS;

    use super::*;

    fn sight() -> Sight {
        let mut sight = Sight::with_room();
        let mut pose = [[0.0; 4]; 4];
        pose[0] = [1.0, 0.0, 0.0, 25.0];
        pose[3] = [0.0, 0.0, 0.0, 1.0];
        sight.faces.push(SeenFace {
            id: u64::MAX,
            score: 0.9,
            presence: 0.8,
            bounds: [[10.0, 20.0], [40.0, 60.0]],
            points: [[10.5, 20.5, -3.0]; LANDMARKS],
            seen: [[11.5, 20.5, -3.0]; LANDMARKS],
            visibility: [1.0; LANDMARKS],
            blendshapes: Some([0.25; 52]),
            camera_from_face: pose,
        });
        sight
    }

    #[test]
    fn places_count_from_the_centre_of_the_first_pixel() {
        let record = Record::new("a.png".to_owned(), [64, 64], 1.0, &sight());
        let [face] = &record.faces[..] else {
            panic!("one face")
        };
        assert_eq!(face.points478[7], [10.0, 20.0, -3.0]);
        assert_eq!(face.bounds, [9.5, 19.5, 30.0, 40.0]);
        assert_eq!(face.pose[..4], [1.0, 0.0, 0.0, 2.5], "centimetres");
        assert_eq!(face.pose[12..], [0.0, 0.0, 0.0, 1.0]);
        assert_eq!(face.blendshapes.len(), 52);
        assert_eq!(face.blendshapes["_neutral"], 0.25);
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let record =
            Record::new("a.mp4".to_owned(), [64, 64], 1.0, &sight()).of_clip(3, 100_000_000, &sight());
        let line = serde_json::to_string(&record).unwrap();
        for key in [
            "file",
            "width",
            "height",
            "ms",
            "frame",
            "timestamp_ms",
            "faces",
            "id",
            "box",
            "score",
            "presence",
            "points478",
            "points478_seen",
            "blendshapes",
            "pose",
            "visibility",
        ] {
            assert!(line.contains(&format!("\"{key}\":")), "{key}");
        }
        let back: Record = serde_json::from_str(&line).unwrap();
        assert_eq!(back.faces[0].id, u64::MAX);
        assert_eq!(back.timestamp_ms, Some(100.0));
        assert_eq!(
            back.faces[0].points478_seen.as_ref().unwrap()[0],
            [11.0, 20.0, -3.0]
        );
        assert_eq!(serde_json::to_string(&back).unwrap(), line);
    }
}
