//! Whose looks a face takes on: those of another face of the frame, or of a photo.

use glam::{Vec2, Vec3};
use moretta_geometry::FacePose;
use moretta_geometry::canonical::VERTICES;
use moretta_pack::SwapSource;

use super::atlas::{Atlas, falling, rising};
use super::complexion::Tone;
use super::sight::Sight;
use crate::donor::Sitter;
use crate::input::{FaceInput, MAX_FACES};

/// Who has a face's looks, and who a photo's, in [`Track::has`].
pub(super) const OF_FACE: u32 = 1;
pub(super) const OF_PHOTO: u32 = 2;

/// Whose looks a face takes on.
#[derive(Clone, Copy)]
pub(super) enum Other<'a> {
    /// A face of the same frame, or one that was there a moment ago.
    Face(Sight<'a>),
    /// The face of a photo, and the photo's name.
    Donor(u64, &'a Sitter),
}

impl Other<'_> {
    /// As [`Track`] has it.
    pub(super) fn name(self) -> (u32, u64) {
        match self {
            Self::Face(face) => (OF_FACE, face.id),
            Self::Donor(key, _) => (OF_PHOTO, key),
        }
    }

    pub(super) fn turned(self) -> f32 {
        match self {
            Self::Face(face) => face.turned,
            Self::Donor(_, sitter) => sitter.turned,
        }
    }

    /// Its skin, vertex by vertex; `tones` holds that of the frame's faces, by slot.
    pub(super) fn tones<'t>(&self, tones: &'t [Tone]) -> &'t [Tone]
    where
        Self: 't,
    {
        match self {
            Self::Face(face) => &tones[face.slot * VERTICES..][..VERTICES],
            Self::Donor(_, sitter) => &sitter.tones,
        }
    }

    /// Where a vertex is in the picture that its looks come from, 0 to 1 from the top-left.
    pub(super) fn uv(self, vertex: usize, size_px: Vec2) -> Vec2 {
        let place = match self {
            Self::Face(face) => face.place(vertex) / size_px,
            Self::Donor(_, sitter) => Vec2::from(sitter.places[vertex]),
        };
        place.clamp(Vec2::ZERO, Vec2::ONE)
    }

    /// Where a vertex is when its head's movement and size are taken out.
    pub(super) fn resting(self, vertex: usize) -> Vec3 {
        match self {
            Self::Face(face) => face.resting(vertex),
            Self::Donor(_, sitter) => Vec3::from(sitter.resting[vertex]),
        }
    }
}

/// Whose looks the face in `slot` takes on.
pub(super) fn other<'a>(
    by_slot: &'a [Option<FaceInput<'_>>; MAX_FACES],
    donor: Option<(u64, &'a Sitter)>,
    slot: usize,
    source: SwapSource,
) -> Option<Other<'a>> {
    let found = match source {
        SwapSource::NextFace => (1..MAX_FACES).find_map(|step| by_slot[(slot + step) % MAX_FACES].as_ref()),
        SwapSource::FirstFace => by_slot.iter().flatten().next(),
        SwapSource::Photo => return donor.map(|(key, sitter)| Other::Donor(key, sitter)),
    };
    found
        .filter(|other| other.slot != slot)
        .map(|other| Other::Face(Sight::of(other)))
}

/// The skin of a face at a vertex, and how much of it is that of the opposite vertex: where it is hidden, and both
/// or something is in front of it, and both that one and the place that it goes to, `wanted`, are seen better.
pub(super) fn best(tones: &[Tone], atlas: &Atlas, vertex: usize, wanted: f32) -> (Tone, f32) {
    let own = tones[vertex];
    let opposite = tones[atlas.surface.mirrored(vertex)];
    let better = opposite.open().min(wanted) - own.open();
    let mirrored = falling(own.open(), 0.35, 0.85) * rising(better, 0.0, 0.3);
    (own.mixed(opposite, mirrored), mirrored)
}

/// How much of a swap's looks a face shows for how it is turned towards the camera: 1 up to 40 degrees to the side and 35 up or
/// down, 0 from 20 more on. The number is face data.
#[must_use]
pub fn turned(pose: FacePose) -> f32 {
    let angles = pose.angles();
    let [yaw, pitch] = [angles.yaw_rad, angles.pitch_rad].map(|angle| angle.to_degrees().abs());
    falling(yaw, 40.0, 60.0) * falling(pitch, 35.0, 55.0)
}
