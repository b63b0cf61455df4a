//! What is known of pictures: `annotations.json` and `landmark_maps.json`.

use std::fs;
use std::path::Path;

use moretta_geometry::LANDMARKS;
use serde_json::Value;

use crate::error::EvalError;

/// A found face and a labelled one whose boxes overlap this much, intersection over union, are one.
const SAME_FACE: f64 = 0.3;

/// Face++'s points that are landmarks by their names: of 106, of 83, and the landmark. Brows, the contour and what lies
/// between named points are left out.
///
/// # Source
/// The names in webmorphR, `inst/extdata/tem_defs/fpp106.json` and `fpp83.json`.
const FACE_PP: [[usize; 3]; 19] = [
    [43, 63, 468], // pupils
    [52, 81, 473],
    [35, 44, 33], // corners, tops and bottoms of the eyes
    [39, 79, 133],
    [37, 56, 159],
    [41, 11, 145],
    [44, 61, 362],
    [48, 40, 263],
    [46, 38, 386],
    [50, 17, 374],
    [74, 35, 4], // the nose's tip, and where it meets the lip
    [80, 37, 2],
    [86, 29, 61], // corners of the mouth
    [92, 45, 291],
    [89, 26, 0], // lips, from above
    [95, 82, 13],
    [99, 14, 14],
    [103, 12, 17],
    [18, 6, 152], // the chin
];

/// What is known of one picture.
pub(crate) struct Labelled {
    /// As the annotations name it.
    pub(crate) file: String,
    /// How many faces it shows, if that is asserted.
    pub(crate) count: Option<usize>,
    /// Whether a face beyond these is a false alarm.
    pub(crate) complete: bool,
    pub(crate) faces: Vec<LabelledFace>,
}

/// What is known of a face. Places are in pixels of the file.
pub(crate) struct LabelledFace {
    /// Left, top, width, height.
    pub(crate) bounds: [f64; 4],
    pub(crate) points: Option<LabelledPoints>,
}

/// Labelled points that are landmarks.
pub(crate) struct LabelledPoints {
    /// A place, and the landmark that lies there.
    places: Vec<([f64; 2], usize)>,
    /// From one outer corner of the eyes to the other.
    eyes_px: f64,
}

impl LabelledPoints {
    /// The mean distance of the landmarks from the labels, over that of the outer corners of the eyes. `found` tells
    /// where a landmark is.
    pub(crate) fn error(&self, found: impl Fn(usize) -> [f64; 2]) -> f64 {
        let distances = self.places.iter().map(|(place, landmark)| {
            let found = found(*landmark);
            (found[0] - place[0]).hypot(found[1] - place[1])
        });
        distances.sum::<f64>() / self.places.len() as f64 / self.eyes_px
    }
}

/// Reads the annotations in the file at `annotations`, whose points are landmarks as that at `maps` says.
pub(crate) fn read(annotations: &Path, maps: &Path) -> Result<Vec<Labelled>, EvalError> {
    parse(&json(annotations)?, &json(maps)?)
        .map_err(|(expected, found)| EvalError::malformed(annotations.display().to_string(), expected, found))
}

/// What is known of the picture that a record calls `file`: the annotations may name it with more folders.
pub(crate) fn of_file<'a>(all: &'a [Labelled], file: &str) -> Option<&'a Labelled> {
    let ending = format!("/{file}");
    all.iter()
        .find(|it| it.file == file || it.file.ends_with(&ending))
}

/// For each labelled face the index of the found box that is it, the best pairs first; none twice.
pub(crate) fn matched(labelled: &[LabelledFace], found: &[[f64; 4]]) -> Vec<Option<usize>> {
    let mut pairs: Vec<_> = labelled
        .iter()
        .enumerate()
        .flat_map(|(face, it)| {
            let overlaps = found.iter().enumerate();
            overlaps.map(move |(index, bounds)| (overlap(it.bounds, *bounds), face, index))
        })
        .filter(|(overlap, ..)| *overlap >= SAME_FACE)
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut matched = vec![None; labelled.len()];
    for (_, face, index) in pairs {
        if matched[face].is_none() && !matched.contains(&Some(index)) {
            matched[face] = Some(index);
        }
    }
    matched
}

fn overlap(a: [f64; 4], b: [f64; 4]) -> f64 {
    let along = |axis: usize| {
        let low = a[axis].max(b[axis]);
        let high = (a[axis] + a[axis + 2]).min(b[axis] + b[axis + 2]);
        (high - low).max(0.0)
    };
    let shared = along(0) * along(1);
    shared / (a[2] * a[3] + b[2] * b[3] - shared)
}

fn json(path: &Path) -> Result<Value, EvalError> {
    let text = fs::read_to_string(path).map_err(|source| EvalError::Read {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text)
        .map_err(|error| EvalError::malformed(path.display().to_string(), "JSON", error.to_string()))
}

type Refusal = (&'static str, String);

fn parse(annotations: &Value, maps: &Value) -> Result<Vec<Labelled>, Refusal> {
    let pictures = annotations
        .as_array()
        .ok_or(("a list", annotations.to_string()))?;
    pictures.iter().map(|it| picture(it, maps)).collect()
}

fn picture(value: &Value, maps: &Value) -> Result<Labelled, Refusal> {
    let file = value["file"]
        .as_str()
        .ok_or(("a file's name", value["file"].to_string()))?;
    let faces = value["faces"]
        .as_array()
        .ok_or(("a list of faces", file.to_owned()))?;
    let faces: Result<_, _> = faces.iter().map(|it| face(it, maps)).collect();
    Ok(Labelled {
        file: file.to_owned(),
        count: value["n_faces"].as_u64().map(|it| it as usize),
        complete: value["complete"].as_bool().unwrap_or(false),
        faces: faces?,
    })
}

fn face(value: &Value, maps: &Value) -> Result<LabelledFace, Refusal> {
    let bounds: Vec<_> = value["box"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    let bounds = bounds
        .try_into()
        .map_err(|_| ("a box of four numbers", value["box"].to_string()))?;
    let mut points = None;
    for (key, outer) in [
        ("points189", [18, 27]),
        ("points478", [33, 263]),
        ("points68", [36, 45]),
        ("points106", [35, 48]),
        ("points83", [44, 40]),
    ] {
        let Some(all) = value[key].as_array() else {
            continue;
        };
        let place = |index: usize| -> Result<[f64; 2], Refusal> {
            let [x, y] = [0, 1].map(|axis| all.get(index).and_then(|it| it[axis].as_f64()));
            x.zip(y)
                .map(|(x, y)| [x, y])
                .ok_or(("a point", format!("{key}, number {index}")))
        };
        let places: Result<Vec<_>, Refusal> = pairs(key, maps)?
            .into_iter()
            .map(|(label, landmark)| Ok((place(label)?, landmark)))
            .collect();
        let [a, b] = [place(outer[0])?, place(outer[1])?];
        points = Some(LabelledPoints {
            places: places?,
            eyes_px: (a[0] - b[0]).hypot(a[1] - b[1]),
        });
        break;
    }
    Ok(LabelledFace { bounds, points })
}

/// Which labelled point is which landmark.
fn pairs(key: &str, maps: &Value) -> Result<Vec<(usize, usize)>, Refusal> {
    let refused = || ("a map of points to landmarks", key.to_owned());
    let index = |value: &Value| value.as_u64().map(|it| it as usize).filter(|it| *it < LANDMARKS);
    match key {
        "points189" => {
            let all = maps["frl189"].as_object().ok_or_else(refused)?;
            let pair =
                |(label, it): (&String, &Value)| Some((label.parse().ok()?, index(&it["mediapipe478"])?));
            all.iter().map(|it| pair(it).ok_or_else(refused)).collect()
        }
        "points68" => {
            let inner = maps["ibug68_inner"].as_array().ok_or_else(refused)?;
            let pair = |label: &Value| {
                let label = label.as_u64()? as usize;
                Some((label, index(&maps["ibug68_to_mediapipe"][label])?))
            };
            inner.iter().map(|it| pair(it).ok_or_else(refused)).collect()
        }
        "points106" => Ok(FACE_PP.map(|[of_106, _, landmark]| (of_106, landmark)).to_vec()),
        "points83" => Ok(FACE_PP.map(|[_, of_83, landmark]| (of_83, landmark)).to_vec()),
        _ => Ok((0..LANDMARKS).map(|it| (it, it)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn maps() -> Value {
        json!({"frl189": {"18": {"mediapipe478": 33}, "27": {"mediapipe478": 263}}, "ibug68_inner": [36, 45],
            "ibug68_to_mediapipe": vec![33; 68]})
    }

    fn labelled(points: usize, key: &str) -> Labelled {
        let points: Vec<_> = (0..points)
            .map(|it| json!([it as f64, 2.0 * it as f64]))
            .collect();
        let annotations = json!([{"file": "images/a/b.jpg", "n_faces": 1, "complete": true,
            "faces": [{"box": [10, 20, 30, 40], key: points}]}]);
        parse(&annotations, &maps()).unwrap().remove(0)
    }

    #[test]
    fn an_error_is_the_mean_distance_over_that_of_the_eyes() {
        let picture = labelled(189, "points189");
        let points = picture.faces[0].points.as_ref().unwrap();
        let truth = |landmark: usize| {
            if landmark == 33 {
                [18.0, 36.0]
            } else {
                [27.0, 54.0]
            }
        };
        assert_eq!(points.error(truth), 0.0);
        // 3 and 4 aside, on average over both half of 5.
        let one_aside = |landmark: usize| {
            if landmark == 33 {
                [21.0, 40.0]
            } else {
                [27.0, 54.0]
            }
        };
        let eyes = 9.0f64.hypot(18.0);
        assert!((points.error(one_aside) - 2.5 / eyes).abs() < 1e-12);
    }

    #[test]
    fn each_scheme_is_understood() {
        for (count, key, pairs) in [
            (189, "points189", 2),
            (478, "points478", LANDMARKS),
            (68, "points68", 2),
            (106, "points106", FACE_PP.len()),
            (83, "points83", FACE_PP.len()),
        ] {
            let picture = labelled(count, key);
            assert_eq!(
                picture.faces[0].points.as_ref().unwrap().places.len(),
                pairs,
                "{key}"
            );
        }
        assert!(labelled(5, "points5").faces[0].points.is_none());
    }

    #[test]
    fn points_that_are_missing_are_an_error() {
        let short = json!([{"file": "a", "faces": [{"box": [0, 0, 1, 1], "points106": [[1, 2]]}]}]);
        assert!(parse(&short, &maps()).is_err());
        assert!(parse(&json!([{"file": "a", "faces": [{"box": [0, 0, 1]}]}]), &maps()).is_err());
        assert!(parse(&json!({}), &maps()).is_err());
    }

    #[test]
    fn a_picture_is_found_by_the_end_of_its_name() {
        let all = [labelled(68, "points68")];
        assert!(of_file(&all, "images/a/b.jpg").is_some());
        assert!(of_file(&all, "a/b.jpg").is_some());
        assert!(of_file(&all, "ab.jpg").is_none());
        assert!(of_file(&all, "c.jpg").is_none());
    }

    #[test]
    fn the_best_pairs_are_matched_first_and_none_twice() {
        let face = |bounds| LabelledFace { bounds, points: None };
        let two = [face([0.0, 0.0, 10.0, 10.0]), face([4.0, 0.0, 10.0, 10.0])];
        assert_eq!(matched(&two, &[[4.0, 0.0, 10.0, 10.0]]), [None, Some(0)]);
        assert_eq!(
            matched(&two, &[[4.0, 0.0, 10.0, 10.0], [0.0, 0.0, 9.0, 10.0]]),
            [Some(1), Some(0)]
        );
        assert_eq!(matched(&two, &[[100.0, 0.0, 10.0, 10.0]]), [None, None]);
        assert_eq!(overlap([0.0, 0.0, 10.0, 10.0], [5.0, 0.0, 10.0, 10.0]), 1.0 / 3.0);
    }
}
