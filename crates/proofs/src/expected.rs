//! What real inference makes of the portrait, worked out by the prover in order to look for it elsewhere.
//!
//! The prover runs the same tracker, networks and pictures as the process under observation. Engine and tracker compute
//! the same bits each time, so what passes through here passes through there: crops, the output of every operator of
//! every network, what networks say, landmarks before and after smoothing, poses, blendshapes. A needle is kept if
//! another seed gives nothing like it: it then follows from this run's pictures, and not from a program.

use crate::inference::{ENGINE, load, networks, options};
use crate::needle::{Kind, Needle};
use crate::portrait::{BYTES, FRAMES, Portrait, layout};
use crate::scenes::Fallible;
use moretta_frame::FrameLayout;
use moretta_infer::{Engine, EngineNetwork, InferError, ModelKind, Network, Plan};
use moretta_track::{Face, PhotoFaces, TrackError, Tracker};
use moretta_veil::{
    Access, AgeBand, Consent, Extent, Frame, FrameIo, Options, Outcome, Pipeline, Policy, Veil,
};
use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// What to look for in a process that shows the pictures of `seed`.
///
/// # Errors
/// If the tracker does not run, or another seed's pictures give too much that is alike.
pub fn needles(engine: Engine, seed: u64) -> Fallible<Vec<Needle>> {
    let noted = |seed| record(engine, &Portrait::from_seed(seed)?, FRAMES, Looks::AtFrames);
    chosen(noted(seed)?, noted(!seed)?, KINDS)
}

/// What to look for in a process that shows the pictures of the pair of `seed`.
///
/// # Errors
/// As [`needles`].
pub fn needles_of_a_pair(seed: u64) -> Fallible<Vec<Needle>> {
    let noted = |seed| record(ENGINE, &Portrait::pair_from_seed(seed)?, FRAMES, Looks::AtFrames);
    chosen(noted(seed)?, noted(!seed)?, KINDS)
}

/// What to look for in a process that makes a donor of the first picture of `seed`.
///
/// # Errors
/// As [`needles`].
pub fn needles_of_a_donor(seed: u64) -> Fallible<Vec<Needle>> {
    let noted = |seed| record(ENGINE, &Portrait::from_seed(seed)?, 1, Looks::AtAPhoto);
    let kinds = [DONOR_KINDS, &[Kind::Sitter]].concat();
    chosen(noted(seed)?, noted(!seed)?, &kinds)
}

/// Those of `own` that `others` have nothing like.
fn chosen(own: Vec<Piece>, others: Vec<Piece>, kinds: &[Kind]) -> Fallible<Vec<Needle>> {
    let others: HashSet<_> = others.into_iter().map(|piece| piece.words).collect();
    let mut kept = HashSet::new();
    let mut needles = Vec::new();
    for piece in &own {
        let is_new = !others.contains(&piece.words) && kept.insert(&piece.words);
        if is_new && piece.is_distinctive() {
            needles.push(piece.needle());
        }
    }
    for kind in kinds {
        let (found, kept) = (
            count(&own, *kind),
            needles.iter().filter(|n| n.kind == *kind).count(),
        );
        if kept < 10.min(found) {
            return Err(format!("{kept} of {found} needles of {kind:?} are this run's own").into());
        }
    }
    Ok(needles)
}

/// The kinds that real inference knows.
pub const KINDS: &[Kind] = &[
    Kind::Pixels,
    Kind::Crop,
    Kind::Activation,
    Kind::Output,
    Kind::Landmark,
    Kind::State,
    Kind::Blendshape,
    Kind::Pose,
];

/// Those of a donor's picture of which nothing is kept but pixels, in the texture.
pub const DONOR_KINDS: &[Kind] = &[
    Kind::Donor,
    Kind::Crop,
    Kind::Activation,
    Kind::Output,
    Kind::Landmark,
    Kind::Blendshape,
    Kind::Pose,
];

/// What the tracker is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    AtFrames,
    AtAPhoto,
}

fn count(pieces: &[Piece], kind: Kind) -> usize {
    pieces.iter().filter(|piece| piece.kind == kind).count()
}

/// Numbers, or the bytes of pixels, that lie next to each other somewhere.
struct Piece {
    kind: Kind,
    words: Vec<[u8; 4]>,
}

impl Piece {
    /// Whether chance does not write this: no two numbers are the same, and none is a round one.
    fn is_distinctive(&self) -> bool {
        let round = |word: &[u8; 4]| {
            u32::from_ne_bytes(*word).trailing_zeros() > 12 || f32::from_ne_bytes(*word).abs() < 1e-12
        };
        let different: HashSet<_> = self.words.iter().collect();
        let numbers = || different.len() == self.words.len() && !self.words.iter().any(round);
        self.is_of_pixels() || numbers()
    }

    fn is_of_pixels(&self) -> bool {
        matches!(self.kind, Kind::Pixels | Kind::Donor)
    }

    fn needle(&self) -> Needle {
        let align = if self.is_of_pixels() { 1 } else { align_of::<f32>() };
        Needle::new(self.kind, align, self.words.iter().flatten().copied())
    }
}

/// Everything that is noted while pictures are shown.
#[derive(Default)]
struct Notes(Vec<Piece>);

impl Notes {
    fn add(&mut self, kind: Kind, numbers: impl IntoIterator<Item = f32>) {
        let words = numbers.into_iter().map(f32::to_ne_bytes).collect();
        self.0.push(Piece { kind, words });
    }

    /// Notes `times` pieces of four from all over `values`.
    fn add_some(&mut self, kind: Kind, values: &[f32], times: usize) {
        let starts = values.len().saturating_sub(3);
        for k in 0..times.min(starts) {
            let at = (2 * k + 1) * starts / (2 * times.min(starts));
            self.add(kind, values[at..at + 4].iter().copied());
        }
    }

    /// Notes pieces of an operator's output: along its rows, as it lies in memory, and across its channels, as matrix
    /// products lay out their tiles.
    fn add_activations(&mut self, shape: &[usize], values: &[f32]) {
        const TIMES: usize = 4;
        self.add_some(Kind::Activation, values, TIMES);
        let [1, channels, rest @ ..] = shape else {
            return;
        };
        if *channels < 4 {
            return;
        }
        let plane: usize = rest.iter().product();
        for k in 0..TIMES {
            let place = (2 * k + 1) * plane / (2 * TIMES);
            let channel = (2 * k + 1) * (channels - 3) / (2 * TIMES);
            let column = (channel..channel + 4).map(|channel| values[channel * plane + place]);
            self.add(Kind::Activation, column);
        }
    }

    fn add_face(&mut self, face: Face<'_>, looks: Looks) {
        let (seen, metric) = (face.landmarks_seen(), face.metric());
        for (index, [x, y, _]) in face.landmarks_raw().iter().enumerate() {
            self.add(Kind::Landmark, [*x, *y]);
            self.add(Kind::Landmark, seen.point(index).raw().to_array());
            let [x, y, _] = metric.point(index).raw().to_array();
            self.add(Kind::Landmark, [x, y]);
            // What a swap that takes on a shape works with, and what is kept of a donor.
            let resting = face.pose().face_from_camera() * metric.point(index);
            let [x, y, _] = resting.raw().to_array();
            let kind = match looks {
                Looks::AtFrames => Kind::Landmark,
                Looks::AtAPhoto => Kind::Sitter,
            };
            self.add(kind, [x, y]);
        }
        self.add_some(Kind::Landmark, face.visibility(), face.visibility().len());
        let coefficients = face.blendshapes().map_or(&[][..], |all| all);
        self.add_some(Kind::Blendshape, coefficients, coefficients.len());
        let (rotation, position) = face.pose().rigid().raw();
        self.add(Kind::Pose, rotation.to_array());
        self.add(Kind::Pose, position.to_array());
        // Where the tracker will look for the face next: the centre and the side of a square round the landmarks.
        let (min, max) = face.bounds();
        let ([left, top], [right, bottom]) = (min.raw().to_array(), max.raw().to_array());
        let side = (right - left).max(bottom - top) * 1.5;
        self.add(Kind::State, [(left + right) * 0.5, (top + bottom) * 0.5, side]);
    }
}

/// A network that notes what it is shown, what it says and what happens within.
struct Noting {
    network: EngineNetwork,
    notes: Rc<RefCell<Notes>>,
}

impl Network for Noting {
    fn kind(&self) -> ModelKind {
        self.network.kind()
    }

    fn scratch_len(&self) -> usize {
        self.network.scratch_len()
    }

    fn run(
        &mut self,
        scratch: &mut [f32],
        input: &[f32],
        outputs: &mut [&mut [f32]],
    ) -> Result<(), InferError> {
        const TIMES: usize = 64;
        // Of rows, which kernels show one by one, every so many: a prime, so that all steps have their turn.
        const ROWS: usize = 13;
        let mut notes = self.notes.borrow_mut();
        notes.add_some(Kind::Crop, input, TIMES);
        let mut rows = 0;
        let mut look = |shape: &[usize], values: &[f32]| {
            rows += usize::from(shape.len() == 1);
            if rows % ROWS == 0 {
                notes.add_activations(shape, values);
            }
        };
        self.network.run_observed(scratch, input, outputs, &mut look)?;
        // The coefficients are handed on as they are.
        let kind = match self.kind() {
            ModelKind::Blendshapes => Kind::Blendshape,
            _ => Kind::Output,
        };
        for output in outputs {
            notes.add_some(kind, output, TIMES);
        }
        Ok(())
    }

    fn forget(&mut self) -> Result<(), InferError> {
        self.network.forget()
    }
}

/// The tracker, taking notes.
struct Recording {
    tracker: Tracker,
    notes: Rc<RefCell<Notes>>,
}

/// A picture's layout, how many faces are in it, what to ask the tracker for, and where to put what was noted.
type Ask = (FrameLayout, usize, Looks, Arc<Mutex<Vec<Piece>>>);

// SAFETY: it breaks the vow, with the portrait alone, which nobody has to keep secret: the prover has to know what to
// look for.
#[allow(unsafe_code, reason = "the prover's own pipeline joins the trusted base")]
unsafe impl Pipeline for Recording {
    type Request = Ask;
    type Reply = bool;

    fn run(
        &mut self,
        (layout, faces, looks, into): Ask,
        io: FrameIo<'_>,
        access: &Access<'_>,
    ) -> (Outcome, bool) {
        let frame = layout.view(io.planes).map_err(TrackError::from);
        let all = frame.and_then(|frame| match looks {
            Looks::AtFrames => Ok(self.tracker.track(&frame, access)?.faces() == faces),
            Looks::AtAPhoto => Ok(self.tracker.look_at(&frame, access)? == PhotoFaces::One),
        });
        let kind = match looks {
            Looks::AtFrames => Kind::Pixels,
            Looks::AtAPhoto => Kind::Donor,
        };
        let mut notes = self.notes.borrow_mut();
        for plane in io.planes {
            let (pixels, _) = plane.as_chunks::<4>();
            let pieces = pixels.chunks_exact(4).step_by(61); // all over the picture, at any column
            notes.0.extend(pieces.map(|words| Piece {
                kind,
                words: words.to_vec(),
            }));
        }
        for face in self.tracker.faces(access) {
            notes.add_face(face, looks);
        }
        for detection in self.tracker.detections(access) {
            for point in [detection.min(), detection.max()]
                .iter()
                .chain(&detection.keypoints())
            {
                notes.add(Kind::Landmark, point.raw().to_array());
            }
        }
        let mut into = into.lock().unwrap_or_else(PoisonError::into_inner);
        into.append(&mut notes.0);
        (Outcome::Faces, all.unwrap_or(false))
    }

    fn wipe(&mut self, _: Extent) {}
}

/// Shows the tracker the first `frames` pictures of a portrait, and gives what was noted.
fn record(engine: Engine, portrait: &Portrait, frames: usize, looks: Looks) -> Fallible<Vec<Piece>> {
    static PLANS: Mutex<Vec<(Engine, Vec<Plan>)>> = Mutex::new(Vec::new());
    let mut loaded = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    let plans = match loaded.iter().find(|(of, _)| *of == engine) {
        Some((_, plans)) => plans.clone(),
        None => {
            let plans = load(engine)?;
            loaded.push((engine, plans.clone()));
            plans
        }
    };
    drop(loaded);
    let veil_options = Options {
        policy: Policy::BestEffort,
        ..Options::default()
    };
    let build = move |room: &moretta_veil::Reserve<'_>| {
        let notes = Rc::<RefCell<Notes>>::default();
        let note = |network| Noting {
            network,
            notes: Rc::clone(&notes),
        };
        Ok(Recording {
            tracker: Tracker::build(room, networks(&plans, note)?, options())?,
            notes,
        })
    };
    let veil = Veil::new(&Consent::given(AgeBand::From14), veil_options, build)?;
    let noted = Arc::<Mutex<Vec<Piece>>>::default();
    let mut picture = vec![0; BYTES];
    for frame in 0..frames {
        portrait.draw(frame, &mut picture);
        let ask = (layout(frame), portrait.faces(), looks, Arc::clone(&noted));
        if !veil.process(Frame::borrowed([&picture[..]])?, &mut [], ask)? {
            let expected = portrait.faces();
            return Err(
                format!("picture {frame}: the prover expected faces: {expected}, found others").into(),
            );
        }
    }
    let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut noted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_needles_and_another_seed_has_others() {
        let [first, second] = [1, 2].map(|seed| needles(ENGINE, seed).unwrap());
        let held: HashSet<_> = first.iter().map(Needle::masked).collect();
        assert_eq!(held.len(), first.len(), "none twice");
        for kind in KINDS {
            let of_kind = |needles: &[Needle]| needles.iter().filter(|it| it.kind == *kind).count();
            assert!(of_kind(&first) > 0 && of_kind(&second) > 0, "{kind:?}");
        }
        let shared = second
            .iter()
            .filter(|needle| held.contains(needle.masked()))
            .count();
        // Not none: of so many four numbers, some are alike by chance.
        assert!(shared * 1000 < second.len(), "{shared} of {}", second.len());
        let again = needles(ENGINE, 1).unwrap();
        assert!(again.iter().all(|needle| held.contains(needle.masked())));
    }

    #[test]
    fn pieces_come_from_all_over_and_across_channels() {
        let mut notes = Notes::default();
        let values: Vec<f32> = (0..5 * 6).map(|it| it as f32).collect();
        notes.add_activations(&[1, 5, 2, 3], &values);
        let found: Vec<Vec<f32>> = notes
            .0
            .iter()
            .map(|piece| piece.words.iter().map(|word| f32::from_ne_bytes(*word)).collect())
            .collect();
        let row = |at: f32| vec![at, at + 1.0, at + 2.0, at + 3.0];
        assert_eq!(found[..4], [row(3.0), row(10.0), row(16.0), row(23.0)]);
        let column = |at: f32| vec![at, at + 6.0, at + 12.0, at + 18.0];
        assert_eq!(found[4..], [column(0.0), column(2.0), column(9.0), column(11.0)]);
    }
}
