//! Whether somebody wears glasses.
//!
//! Frames are thin and darker than the skin on both sides of them, where no face has anything of the kind by itself: across the
//! bridge of the nose, and below an eye or beside it. That is read off a few lines that cross them. Where they are is then told pixel
//! by pixel, as single hairs are.

use glam::Vec2;
use moretta_frame::FrameView;

use super::atlas::{Atlas, rising};
use super::complexion::{DARKEST, light_at, luminance};
use super::sight::Sight;

/// A line over bare skin, from vertex to vertex, all about as long.
type Line = [u16; 4];

/// From the root of the nose downwards.
const BRIDGE: Line = [9, 168, 6, 195];
/// From the lower lid to the cheek, and from the temple to the cheek: of one side.
const BESIDE: [Line; 2] = [[23, 119, 101, 205], [71, 156, 143, 116]];
/// How many places of a line are read: on a large face a frame covers several.
const PLACES: usize = 48;
/// So many of them aside there is skin again: farther than half a frame is thick.
const ASIDE: usize = 8;
/// How much darker than what lies on both sides of it a frame is, as a logarithm: more than a shadow below an eye or a brow.
const SHADOW: f32 = 0.45;
const FRAME: f32 = 0.9;

/// How far a face wears glasses with dark frames, 0 to 1. It takes the same steps whatever the frame shows.
pub(super) fn worn(frame: &FrameView<'_>, face: Sight<'_>, atlas: &Atlas) -> f32 {
    let dip = |line: Line| dip(frame, face, atlas, line);
    let mirrored = |line: Line| line.map(|it| atlas.surface.mirrored(usize::from(it)) as u16);
    // Of a face that is turned only one side is seen.
    let beside = BESIDE.map(|line| dip(line).max(dip(mirrored(line))));
    rising(dip(BRIDGE) * beside[0].max(beside[1]), 0.1, 0.5)
}

/// How far a line has something thin and dark across it, 0 to 1.
fn dip(frame: &FrameView<'_>, face: Sight<'_>, atlas: &Atlas, line: Line) -> f32 {
    let corner = |index: usize| face.place(usize::from(line[index]));
    let levels: [f32; PLACES] = core::array::from_fn(|place| {
        let along = place as f32 / PLACES as f32 * (line.len() - 1) as f32;
        let from = along as usize;
        let at: Vec2 = corner(from).lerp(corner(from + 1), along.fract());
        luminance(light_at(frame, atlas, at)).max(DARKEST).ln()
    });
    // Darker than what lies on both sides of it: a shadow is broader, or has another side only.
    let deepest = (ASIDE..PLACES - ASIDE).map(|at| levels[at - ASIDE].min(levels[at + ASIDE]) - levels[at]);
    rising(deepest.fold(0.0, f32::max), SHADOW, FRAME)
}
