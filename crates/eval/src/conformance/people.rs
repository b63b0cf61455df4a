//! People whose faces were labelled by hand, and pictures of nobody.

use std::path::Path;

use super::Watchers;
use crate::error::EvalError;
use crate::judge::Judge;
use crate::picture::{Picture, stills};
use crate::readout::Watcher;
use crate::record::REFERENCE_FROM_FRAME;
use crate::truth::{self, LabelledFace};

/// The mean error over the distance of the outer corners of the eyes. MediaPipe 0.10.14 has 0.0218 in whole pictures.
const LONDON_TOLERANCE: f64 = 0.024;
const PEOPLE: usize = 24;

/// How much larger than the labelled face the part is that is cut out round it.
const ROOM: f64 = 2.0;

/// Pictures of nobody in the test material.
const NOBODIES: usize = 13;

/// The 24 labelled people of the London set: cut out round the face, and in the whole picture.
pub(crate) fn london(judge: &mut Judge, data: &Path, watchers: &Watchers) {
    let people = truth::read(&data.join("annotations.json"), &data.join("landmark_maps.json")).map(|all| {
        let people = all
            .into_iter()
            .filter(|it| it.file.contains("london/") && !it.faces.is_empty());
        people.collect::<Vec<_>>()
    });
    for (name, cut) in [("london_cut_out", true), ("london_whole", false)] {
        let measured = match &people {
            Ok(people) if people.len() == PEOPLE => {
                let errors: Result<Vec<_>, _> = people
                    .iter()
                    .map(|it| error(&data.join(&it.file), &it.faces[0], cut, &watchers.default))
                    .collect();
                errors.map(|errors| errors.iter().sum::<f64>() / PEOPLE as f64)
            }
            Ok(people) => {
                let found = people.len().to_string();
                Err(EvalError::malformed(
                    "annotations.json",
                    "24 people of London",
                    found,
                ))
            }
            Err(error) => Err(EvalError::malformed(
                "annotations.json",
                "people",
                error.to_string(),
            )),
        };
        judge.golden(&format!("{name}_mean_error"), measured, LONDON_TOLERANCE);
    }
}

/// The error of the face that is found in the picture at `path`, or round `face` in it.
fn error(path: &Path, face: &LabelledFace, cut: bool, watcher: &Watcher) -> Result<f64, EvalError> {
    let refused = |found: &str| EvalError::malformed(path.display().to_string(), "a labelled face", found);
    let points = face
        .points
        .as_ref()
        .ok_or_else(|| refused("one without points"))?;
    let mut picture = Picture::read(path)?;
    let mut corner = [0.0; 2];
    if cut {
        let [left, top, width, height] = face.bounds;
        let side = (width.max(height) * ROOM).round();
        corner = [left + width / 2.0 - side / 2.0, top + height / 2.0 - side / 2.0].map(f64::round);
        picture = picture.part(corner[0] as i64, corner[1] as i64, side as u32, side as u32);
    }
    let (sight, _) = watcher.first(&picture)?;
    let found: Vec<_> = sight
        .faces
        .iter()
        .map(|it| {
            let [[left, top], [right, bottom]] = it.bounds.map(|place| place.map(f64::from));
            [left + corner[0], top + corner[1], right - left, bottom - top]
        })
        .collect();
    let [Some(index)] = truth::matched(std::slice::from_ref(face), &found)[..] else {
        return Err(refused("none"));
    };
    Ok(points.error(|landmark| {
        let [x, y, _] = sight.faces[index].seen[landmark];
        [
            f64::from(x + REFERENCE_FROM_FRAME) + corner[0],
            f64::from(y + REFERENCE_FROM_FRAME) + corner[1],
        ]
    }))
}

/// Pictures of nobody, as an app would look at them: how many faces are seen.
pub(crate) fn nobody(judge: &mut Judge, folder: &Path, watchers: &Watchers) {
    let measured = stills(folder).and_then(|stills| {
        if stills.len() != NOBODIES {
            let found = stills.len().to_string();
            return Err(EvalError::malformed(
                folder.display().to_string(),
                "13 pictures",
                found,
            ));
        }
        let mut faces = 0;
        for (path, _) in stills {
            faces += watchers.default.first(&Picture::read(&path)?)?.0.faces.len();
        }
        Ok(faces as f64)
    });
    judge.golden("false_alarms", measured, 0.0);
}
