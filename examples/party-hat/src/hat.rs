//! A hat that follows the brows, leans with the head, bounces, and pops when the mouth opens.

use core::f32::consts::FRAC_PI_2;

use moretta_lang::{Anchor, Face, Motion, Out, Signal, Sprite};

/// The pack's asset for the hat: a picture a little higher than wide.
pub const HAT: u32 = 0;
/// The pack's asset for the confetti: a sprite sheet.
pub const CONFETTI: u32 = 1;
/// Cells of the confetti's sheet, played once a burst.
pub const CONFETTI_CELLS: f32 = 12.0;

/// How long the confetti flies, in seconds.
const BURST_S: f32 = 0.8;

/// Puts a party hat on the head, and throws confetti whenever the mouth opens.
pub fn party_hat<'b>(face: Face<'b>, out: Out<'b>) {
    let motion = Motion::new(face);
    let unit = face.eye_distance();

    // Where: above the brows, in the direction in which the face points up.
    let brows = face.anchor(Anchor::BrowCentre);
    let up = (brows - face.anchor(Anchor::Chin)).normalize();
    let raised = motion.spring(face.signal(Signal::BrowRaise), 2.5, 0.3);
    let at = brows + up * (unit * (1.3 + 0.5 * raised));

    // How: upright means that `up` is (0, -1), whose angle is a quarter turn to the left.
    let lean = motion.smooth(up.angle() + FRAC_PI_2, 0.05);

    // The mouth opens: a latch, for a signal near its threshold flickers.
    let open = motion.latch(face.signal(Signal::MouthOpen), 0.45, 0.30);
    let pop = motion.spring(open.select(1.25, 1.0), 4.0, 0.25);
    let width = unit * 1.8 * pop;
    out.sprite(HAT, Sprite::new(at, width, width * 1.2).rotation(lean));

    // The confetti starts over with every opening, and is over before the first.
    let opens = motion.rises(open);
    let age = face.state(BURST_S, |before| {
        opens.select(0.0, (before + face.dt()).min(BURST_S))
    });
    let progress = age / BURST_S;
    let burst = Sprite::new(at + up * width, unit * 4.0, unit * 4.0)
        .rotation(lean)
        .cell((progress * CONFETTI_CELLS).min(CONFETTI_CELLS - 1.0))
        .opacity(1.0 - progress.smoothstep(0.7, 1.0));
    out.sprite(CONFETTI, burst);
}
