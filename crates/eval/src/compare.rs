//! `compare`: two files of measured pictures against what is known of them, as tables in Markdown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use crate::error::EvalError;
use crate::record::{FaceRecord, Record, read_records};
use crate::truth::{self, Labelled, LabelledFace};

/// Outer corners of the eyes.
const EYES: [usize; 2] = [33, 263];

/// Prints the tables that the command line asks for.
#[expect(clippy::print_stdout, reason = "printing the tables is what this is for")]
pub(crate) fn run(matches: &ArgMatches) -> Result<(), EvalError> {
    let path = |name| matches.get_one::<PathBuf>(name);
    let (Some(ours), Some(theirs), Some(annotations)) = (path("ours"), path("theirs"), path("annotations"))
    else {
        unreachable!("clap requires them");
    };
    let beside = annotations.with_file_name("landmark_maps.json");
    let labelled = truth::read(annotations, path("maps").unwrap_or(&beside))?;
    let both = [read(ours)?, read(theirs)?];
    println!("{}", tables(&both, &labelled)?);
    Ok(())
}

/// The records of a file by the names of the pictures.
type Measured = BTreeMap<String, Record>;

fn read(path: &Path) -> Result<Measured, EvalError> {
    let records = read_records(path)?.into_iter();
    Ok(records.map(|record| (record.file.clone(), record)).collect())
}

/// What two sides made of one group of pictures.
#[derive(Default)]
struct Group {
    pictures: usize,
    /// Faces that are there, where their number is known.
    there: usize,
    found: [usize; 2],
    /// Pictures in which each further face is a false alarm.
    complete: usize,
    extra: [usize; 2],
    /// Of labelled faces that both found: the errors of both.
    errors: Vec<[f64; 2]>,
    /// Of faces that both found: the mean distance of one's landmarks from the other's, over that of the eyes.
    apart: Vec<f64>,
    ms: [f64; 2],
}

fn tables(both: &[Measured; 2], labelled: &[Labelled]) -> Result<String, EvalError> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    let mut notes = Vec::new();
    for (file, ours) in &both[0] {
        let Some(theirs) = both[1].get(file) else {
            return Err(EvalError::malformed(
                file,
                "a picture that both measured",
                "one of ours alone",
            ));
        };
        let group = groups.entry(group_of(file)).or_default();
        group.add([ours, theirs], truth::of_file(labelled, file), &mut notes);
    }
    if let Some(file) = both[1].keys().find(|file| !both[0].contains_key(*file)) {
        return Err(EvalError::malformed(
            file,
            "a picture that both measured",
            "one of theirs alone",
        ));
    }
    let mut all = Group::default();
    groups.values().for_each(|group| all.join(group));
    if both[0].len() > groups.len() {
        groups.insert("~ all".to_owned(), all);
    }
    let mut text = String::from(
        "| pictures | number | faces there | found: ours | theirs | false alarms: ours | theirs | ms: ours | theirs \
         |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for (name, group) in &groups {
        text.push_str(&group.row_of_faces(name));
    }
    text.push_str(
        "\n| pictures | labelled faces that both found | error: ours | theirs | worst: ours | theirs | ours from theirs, \
         mean | worst |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (name, group) in &groups {
        text.push_str(&group.row_of_errors(name));
    }
    if !notes.is_empty() {
        text.push('\n');
        notes
            .iter()
            .for_each(|note| text.push_str(&format!("- {note}\n")));
    }
    Ok(text)
}

/// The first folder of a picture's name, or the name of one that is in none.
fn group_of(file: &str) -> String {
    file.split_once('/').map_or(file, |(folder, _)| folder).to_owned()
}

const SIDES: [&str; 2] = ["ours", "theirs"];

impl Group {
    fn add(&mut self, records: [&Record; 2], known: Option<&Labelled>, notes: &mut Vec<String>) {
        self.pictures += 1;
        let faces = records.map(|record| &record.faces);
        let boxes = faces.map(|faces| faces.iter().map(|it| it.bounds).collect::<Vec<_>>());
        for (sum, record) in self.ms.iter_mut().zip(records) {
            *sum += record.ms;
        }
        let theirs: Vec<_> = faces[1].iter().map(unlabelled).collect();
        for (their, our) in truth::matched(&theirs, &boxes[0]).into_iter().enumerate() {
            self.apart
                .extend(our.map(|our| apart(&faces[0][our], &faces[1][their])));
        }
        let Some(known) = known else { return };
        let Some(count) = known.count else { return };
        self.there += count;
        self.complete += usize::from(known.complete);
        let matched = boxes.each_ref().map(|boxes| truth::matched(&known.faces, boxes));
        for side in 0..2 {
            let seen = faces[side].len();
            // Where faces are counted and not labelled, each found one is taken for one of them.
            let found = if known.faces.len() == count {
                matched[side].iter().flatten().count()
            } else {
                seen.min(count)
            };
            self.found[side] += found;
            let file = &records[side].file;
            if found < count {
                notes.push(format!(
                    "{file}: {} missed {} of {count}",
                    SIDES[side],
                    count - found
                ));
            }
            if known.complete && seen > found {
                self.extra[side] += seen - found;
                let scores: Vec<_> = faces[side].iter().filter_map(|it| it.score).collect();
                let sides = format!("{} saw {} too many", SIDES[side], seen - found);
                notes.push(format!("{file}: {sides}, scores {scores:.2?}"));
            }
        }
        for (face, (our, their)) in known.faces.iter().zip(matched[0].iter().zip(&matched[1])) {
            let (Some(our), Some(their), Some(points)) = (our, their, &face.points) else {
                continue;
            };
            let pair = [&faces[0][*our], &faces[1][*their]];
            self.errors
                .push(pair.map(|it| points.error(|landmark| it.place(landmark))));
        }
    }

    fn join(&mut self, other: &Self) {
        self.pictures += other.pictures;
        self.there += other.there;
        self.complete += other.complete;
        self.errors.extend(&other.errors);
        self.apart.extend(&other.apart);
        for side in 0..2 {
            self.found[side] += other.found[side];
            self.extra[side] += other.extra[side];
            self.ms[side] += other.ms[side];
        }
    }

    fn row_of_faces(&self, name: &str) -> String {
        let [ours, theirs] = self.found;
        let extra = self.extra.map(|extra| {
            if self.complete == 0 {
                "?".to_owned()
            } else {
                extra.to_string()
            }
        });
        let ms = self
            .ms
            .map(|ms| format!("{:.1}", ms / self.pictures.max(1) as f64));
        format!(
            "| {name} | {} | {} | {ours} | {theirs} | {} | {} | {} | {} |\n",
            self.pictures, self.there, extra[0], extra[1], ms[0], ms[1]
        )
    }

    fn row_of_errors(&self, name: &str) -> String {
        let count = self.errors.len();
        let side = |side: usize| self.errors.iter().map(move |pair| pair[side]);
        let apart = || self.apart.iter().copied();
        format!(
            "| {name} | {count} | {} | {} | {} | {} | {} | {} |\n",
            mean(side(0)),
            mean(side(1)),
            worst(side(0)),
            worst(side(1)),
            mean(apart()),
            worst(apart()),
        )
    }
}

/// As if it had been labelled.
fn unlabelled(face: &FaceRecord) -> LabelledFace {
    LabelledFace {
        bounds: face.bounds,
        points: None,
    }
}

fn apart(a: &FaceRecord, b: &FaceRecord) -> f64 {
    let distance = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| (ax - bx).hypot(ay - by);
    let landmarks = 0..b.points478.len();
    let count = landmarks.len() as f64;
    let sum: f64 = landmarks.map(|it| distance(a.place(it), b.place(it))).sum();
    sum / count / distance(b.place(EYES[0]), b.place(EYES[1]))
}

/// The mean, or a dash if there is none.
fn mean(values: impl Iterator<Item = f64>) -> String {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), it| (sum + it, count + 1));
    if count == 0 {
        return "-".to_owned();
    }
    format!("{:.4}", sum / f64::from(count))
}

fn worst(values: impl Iterator<Item = f64>) -> String {
    let worst = values.reduce(f64::max);
    worst.map_or_else(|| "-".to_owned(), |it| format!("{it:.4}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A face whose landmarks lie in a row from `left`, and its box.
    fn face(left: f64) -> FaceRecord {
        FaceRecord {
            id: 1,
            bounds: [left, 0.0, 100.0, 100.0],
            score: Some(0.75),
            presence: None,
            points478: (0..478).map(|it| [left + f64::from(it), 0.0, 0.0]).collect(),
            points478_seen: None,
            blendshapes: BTreeMap::new(),
            pose: Vec::new(),
            visibility: None,
        }
    }

    fn measured(file: &str, faces: Vec<FaceRecord>) -> Measured {
        let record = Record {
            file: file.to_owned(),
            width: 640,
            height: 480,
            ms: 10.0,
            frame: None,
            timestamp_ms: None,
            faces,
        };
        [(file.to_owned(), record)].into()
    }

    fn labelled(count: usize, lefts: &[f64]) -> Labelled {
        let faces = lefts.iter().map(|left| unlabelled(&face(*left)));
        Labelled {
            file: "images/a/b.jpg".to_owned(),
            count: Some(count),
            complete: true,
            faces: faces.collect(),
        }
    }

    fn told(ours: Vec<FaceRecord>, theirs: Vec<FaceRecord>, labelled: Labelled) -> String {
        tables(
            &[measured("a/b.jpg", ours), measured("a/b.jpg", theirs)],
            &[labelled],
        )
        .unwrap()
    }

    #[test]
    fn misses_and_false_alarms_are_counted() {
        let text = told(vec![face(0.0), face(300.0)], vec![], labelled(1, &[0.0]));
        assert!(
            text.contains("| a | 1 | 1 | 1 | 0 | 1 | 0 | 10.0 | 10.0 |"),
            "{text}"
        );
        assert!(text.contains("a/b.jpg: theirs missed 1 of 1"), "{text}");
        assert!(
            text.contains("a/b.jpg: ours saw 1 too many, scores [0.75, 0.75]"),
            "{text}"
        );
    }

    #[test]
    fn counted_faces_need_no_boxes() {
        let text = told(vec![face(0.0), face(300.0)], vec![face(0.0)], labelled(2, &[]));
        assert!(text.contains("| a | 1 | 2 | 2 | 1 | 0 | 0 |"), "{text}");
    }

    #[test]
    fn one_side_is_held_against_the_other() {
        let mut moved = face(0.0);
        moved.points478.iter_mut().for_each(|it| it[0] += 23.0);
        let text = told(vec![moved], vec![face(0.0)], labelled(1, &[0.0]));
        // The corners of the eyes are 230 apart.
        assert!(
            text.contains("| a | 0 | - | - | - | - | 0.1000 | 0.1000 |"),
            "{text}"
        );
    }

    #[test]
    fn a_picture_that_one_side_left_out_is_an_error() {
        let (ours, theirs) = (measured("a.jpg", vec![]), measured("b.jpg", vec![]));
        assert!(tables(&[ours, theirs], &[]).is_err());
    }
}
