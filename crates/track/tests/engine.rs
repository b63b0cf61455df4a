//! Networks that say strange things, or nothing.

#![allow(clippy::unwrap_used, reason = "made-up networks for tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::Rig;
use common::picture::Picture;
use moretta_geometry::{Intrinsics, canonical};
use moretta_infer::{InferError, ModelKind, Network};
use moretta_track::{Lens, Networks, Range, TrackError, Tracker, TrackerOptions};

/// What a made-up landmark network says, run by run; the last word holds for all further runs.
#[derive(Clone, Copy)]
enum Word {
    Face,
    /// A face, so many pixels of the crop to the right of its middle.
    FaceAt(f32),
    Nobody,
    NotANumber,
    Point,
    Fails,
}

/// A detector that sees faces all over, or a landmark network that says what it is told to.
struct Made {
    kind: ModelKind,
    faces: usize,
    words: &'static [Word],
    runs: Arc<AtomicUsize>,
    forgets: Arc<AtomicUsize>,
}

impl Network for Made {
    fn kind(&self) -> ModelKind {
        self.kind
    }

    fn scratch_len(&self) -> usize {
        0
    }

    fn run(
        &mut self,
        _scratch: &mut [f32],
        _input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let [main, score, ..] = outputs else {
            panic!("each of these has two outputs or more")
        };
        if self.kind != ModelKind::Landmarks {
            // Anchors of the first grid, two rows and columns apart, each with a small box round itself.
            score.fill(-50.0);
            for face in 0..self.faces {
                let anchor = 2 * ((face / 8) * 32 + face % 8 * 2);
                score[anchor] = 3.0 - face as f32 * 0.01;
                main[anchor * 16..][..16].copy_from_slice(&[
                    0.0, 0.0, 8.0, 8.0, -2.0, -2.0, 2.0, -2.0, 0.0, 0.0, 0.0, 2.0, -4.0, 0.0, 4.0, 0.0,
                ]);
            }
            return Ok(());
        }
        let word = self.words[run.min(self.words.len() - 1)];
        score[0] = if matches!(word, Word::Nobody) { -0.01 } else { 5.0 };
        main.fill(128.0);
        match word {
            Word::Face | Word::FaceAt(_) | Word::Nobody => {
                let right = if let Word::FaceAt(right) = word {
                    right
                } else {
                    0.0
                };
                for (point, vertex) in main.as_chunks_mut::<3>().0.iter_mut().zip(canonical::positions()) {
                    let [x, y, z] = vertex.raw().to_array();
                    *point = [128.0 + x + right, 128.0 - y, -z];
                }
            }
            Word::NotANumber => main[700] = f32::NAN,
            Word::Point => {}
            Word::Fails => return Err(InferError::Run { kind: self.kind }),
        }
        Ok(())
    }

    fn forget(&mut self) -> Result<(), InferError> {
        self.forgets.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// A tracker with made-up networks, and how often the landmark network ran.
fn rig(max_faces: usize, faces: usize, words: &'static [Word]) -> (Rig, Arc<AtomicUsize>) {
    let (rig, landmarks, _) = counted_rig(max_faces, faces, words);
    (rig, landmarks.runs)
}

/// How often a network ran, and had to forget.
#[derive(Clone, Default)]
struct Counts {
    runs: Arc<AtomicUsize>,
    forgets: Arc<AtomicUsize>,
}

impl Counts {
    fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }

    fn forgets(&self) -> usize {
        self.forgets.load(Ordering::Relaxed)
    }
}

/// The same, with the counts of the landmark network and of the detector.
fn counted_rig(max_faces: usize, faces: usize, words: &'static [Word]) -> (Rig, Counts, Counts) {
    let options = TrackerOptions {
        max_faces,
        range: Range::Short,
        ..TrackerOptions::default()
    };
    made_rig(options, faces, words)
}

fn made_rig(options: TrackerOptions, faces: usize, words: &'static [Word]) -> (Rig, Counts, Counts) {
    let [landmarks, detector] = [Counts::default(), Counts::default()];
    let counted = [landmarks.clone(), detector.clone()];
    let rig = Rig::with_networks(options, move || {
        let made = |kind, Counts { runs, forgets }| {
            Box::new(Made {
                kind,
                faces,
                words,
                runs,
                forgets,
            }) as Box<dyn Network>
        };
        let [landmarks, detector] = counted.clone();
        Networks::new([
            made(ModelKind::ShortRange, detector),
            made(ModelKind::Landmarks, landmarks),
        ])
        .unwrap()
    });
    (rig, landmarks, detector)
}

fn picture() -> common::picture::Shot {
    Picture::plain(640, 640, [128; 3]).rgba()
}

#[test]
fn what_the_landmark_network_does_not_confirm_is_no_face() {
    for (word, faces) in [
        (&[Word::Face], 1),
        (&[Word::Nobody], 0),
        (&[Word::NotANumber], 0),
        (&[Word::Point], 0),
    ] {
        let (rig, _) = rig(1, 1, word);
        let sight = rig.see(&picture(), 0);
        assert_eq!(sight.faces.len(), faces);
        assert_eq!(sight.detections.len(), 1);
    }
}

#[test]
fn false_detections_cost_a_bounded_number_of_runs() {
    let (rig, runs) = rig(4, 20, &[Word::Nobody]);
    let sight = rig.see(&picture(), 0);
    assert_eq!((sight.detections.len(), sight.faces.len()), (20, 0));
    assert_eq!(runs.load(Ordering::Relaxed), 6);
}

#[test]
fn false_detections_do_not_take_a_faces_place() {
    let (rig, runs) = rig(4, 20, &[Word::Nobody, Word::Nobody, Word::Face]);
    assert_eq!(rig.see(&picture(), 0).faces.len(), 4);
    assert_eq!(runs.load(Ordering::Relaxed), 6);
}

#[test]
fn a_failing_network_is_an_error_that_ends_all_tracks() {
    // The second frame measures the face again and fails; the third finds it anew.
    let (rig, _) = rig(1, 1, &[Word::Face, Word::Fails, Word::Face]);
    let before = rig.see(&picture(), 0);
    match rig.try_see(&picture(), 33) {
        Err(TrackError::Infer(InferError::Run {
            kind: ModelKind::Landmarks,
        })) => {}
        other => panic!("{other:?}"),
    }
    let after = rig.see(&picture(), 66);
    assert_eq!(after.detections.len(), 1, "sought anew");
    assert_ne!(after.ids(), before.ids());
}

#[test]
fn a_face_that_stops_being_a_number_is_lost_and_found() {
    let (rig, _) = rig(1, 1, &[Word::Face, Word::NotANumber, Word::Face]);
    let before = rig.see(&picture(), 0);
    let after = rig.see(&picture(), 33);
    assert_eq!(after.ids(), before.ids(), "found again in the frame that lost it");
    assert_eq!(after.only().seen, before.only().seen);
}

#[test]
fn of_two_tracks_on_one_face_the_later_ends() {
    use Word::{Face, FaceAt, Nobody};
    // The boxes lie 80 pixels apart, and a crop shows 60 pixels by 256.
    const CLOSER: f32 = 40.0 * 256.0 / 60.0;
    const WORDS: &[Word] = &[
        // Two faces.
        Face,
        Face,
        // The first is lost, and a detector looks for it in three frames; then it is forgotten.
        Nobody,
        Face,
        Nobody,
        Face,
        Nobody,
        Face,
        Nobody,
        // The fifth frame, in which no detector looks, and the sixth: somebody new is in its place.
        Face,
        Face,
        Face,
        // Both are seen where one is.
        FaceAt(CLOSER),
        FaceAt(-CLOSER),
        Face,
    ];
    let (rig, _) = rig(2, 2, WORDS);
    let sights: Vec<_> = (0..7).map(|frame| rig.see(&picture(), 33 * frame)).collect();
    let faces: Vec<_> = sights.iter().map(|sight| sight.faces.len()).collect();
    assert_eq!(faces, [2, 1, 1, 1, 1, 2, 1]);
    let [first, second] = sights[0].ids()[..] else {
        panic!("two")
    };
    let [third, _] = sights[5].ids()[..] else {
        panic!("two")
    };
    assert!(third != first && third != second, "the control: a later one");
    assert_eq!(sights[6].ids(), [second], "in spite of its higher place");
}

#[test]
fn networks_forget_when_the_last_face_is_gone_and_at_a_pause() {
    use Word::{Face, Nobody};
    // Two frames with a face; one that loses it, where a detector looks for it too; two that miss it; one with a false
    // detection; a face.
    const WORDS: &[Word] = &[Face, Face, Nobody, Nobody, Nobody, Nobody, Nobody, Face];
    for (forgetful, expected) in [(false, [0, 0, 0, 0, 1, 2, 2]), (true, [0, 0, 1, 2, 3, 4, 4])] {
        let (rig, landmarks, detector) = counted_rig(1, 1, WORDS);
        let rig = if forgetful { rig.forgetful() } else { rig };
        let mut found = Vec::new();
        for frame in 0..7 {
            let sight = rig.see(&picture(), 33 * frame);
            assert_eq!(sight.faces.len(), usize::from(![2, 3, 4, 5].contains(&frame)));
            found.push(landmarks.forgets());
            assert_eq!(detector.forgets(), landmarks.forgets(), "all of them do");
        }
        assert_eq!(landmarks.runs(), WORDS.len());
        assert_eq!(found, expected);
        rig.veil().pause().unwrap();
        let at_the_pause = expected[6] + 1;
        assert_eq!(
            (landmarks.forgets(), detector.forgets()),
            (at_the_pause, at_the_pause),
            "whoever is in sight"
        );
    }
}

#[test]
fn frames_in_which_only_detectors_look_cost_no_more_until_they_look_no_more() {
    let (rig, landmarks, detector) = counted_rig(1, 0, &[Word::Face]);
    for frame in 0..3 {
        assert_eq!(rig.see(&picture(), 33 * frame).faces.len(), 0);
    }
    assert_eq!((landmarks.runs(), landmarks.forgets()), (0, 0));
    assert_eq!((detector.runs(), detector.forgets()), (3, 0));
    for _ in 0..3 {
        rig.rest();
        assert_eq!(
            (detector.runs(), detector.forgets()),
            (3, 1),
            "once, when there is something to forget"
        );
    }
    rig.see(&picture(), 99);
    assert_eq!(detector.forgets(), 1);
    rig.veil().pause().unwrap();
    assert_eq!(
        (detector.runs(), detector.forgets()),
        (4, 2),
        "nobody was made out, and all the same"
    );
}

#[test]
fn a_frame_that_the_lens_does_not_fit_fails_whoever_is_in_it() {
    // A focal length that a frame of 256 pixels may have, and one of 640 may not.
    let options = TrackerOptions {
        range: Range::Short,
        lens: Lens::Intrinsics(Intrinsics {
            fx_px: 5.0,
            fy_px: 5.0,
            cx_px: 128.0,
            cy_px: 128.0,
        }),
        ..TrackerOptions::default()
    };
    for faces in [0, 1] {
        let (rig, landmarks, detector) = made_rig(options, faces, &[Word::Face]);
        match rig.try_see(&picture(), 0) {
            Err(TrackError::Lens(_)) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!((landmarks.runs(), detector.runs()), (0, 0));
        let smaller = Picture::plain(256, 256, [128; 3]).rgba();
        assert_eq!(rig.see(&smaller, 33).faces.len(), faces, "the control");
    }
}

#[test]
fn a_lens_that_fits_no_frame_builds_no_tracker() {
    let options = TrackerOptions {
        lens: Lens::FovY { rad: f32::NAN },
        ..TrackerOptions::default()
    };
    assert_eq!(
        refused(options),
        "tracker: the lens: camera: expected fov_y_rad above 0.001 and below 3.1, found NaN"
    );
}

#[test]
fn a_tracker_says_which_network_it_misses() {
    assert_eq!(
        refused(TrackerOptions::default()),
        "tracker: expected the network face_detection_short_range, which range needs, found none"
    );
}

/// Why a tracker without networks cannot be built.
fn refused(options: TrackerOptions) -> String {
    use moretta_veil::{AgeBand, Consent, Options, Policy, Reserve, Veil, VeilError};
    let consent = Consent::given(AgeBand::From14);
    let veil_options = Options {
        policy: Policy::BestEffort,
        ..Options::default()
    };
    let build = move |room: &Reserve<'_>| -> Result<common::Tracking, moretta_veil::BuildError> {
        let tracker = Tracker::build(room, Networks::default(), options)?;
        Ok(common::Tracking::new(tracker))
    };
    match Veil::new(&consent, veil_options, build).err() {
        Some(VeilError::Build { source, .. }) => source.to_string(),
        other => panic!("{other:?}"),
    }
}
