//! A number of the pack as an expression: the strength of a blush.

use moretta_lang::{Face, Motion, Out, Signal};

/// The pack's node that paints the cheeks.
pub const BLUSH: u32 = 0;
/// That node's strength, 0 to 1.
pub const BLUSH_STRENGTH: u32 = 0;

/// Blushes with the smile, slowly, and only as far as the host's first parameter allows.
pub fn rosy_cheeks<'b>(face: Face<'b>, out: Out<'b>) {
    let motion = Motion::new(face);
    let smile = motion.smooth(face.signal(Signal::Smile), 0.4);
    let allowed = face.param(0).clamp(0.0, 1.0);
    out.property(BLUSH, BLUSH_STRENGTH, allowed * smile.smoothstep(0.1, 0.8));
}
