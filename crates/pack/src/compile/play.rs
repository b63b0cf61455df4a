//! Plays: when a node is seen, and which cell of its sheet.

use moretta_lang::{Mask, Num};

use super::node::{CellPlan, NodePlan};
use super::value::{Recorder, Scope, V};

/// A play as this frame has it.
#[derive(Clone, Copy)]
pub(super) struct Play<'b> {
    /// Seconds since it began.
    pub(super) time: Num<'b>,
    /// Where the node is hidden; `None` if it never is.
    pub(super) seen: Option<Mask<'b>>,
}

/// The registers of a node whose play triggers begin or end: its time, which is below 0 before the first play, and
/// whether it runs.
pub(super) const REGISTERS: usize = 2;

/// What the registers of a node begin with.
pub(super) fn initial(node: &NodePlan) -> [f32; REGISTERS] {
    if node.play.triggered {
        [-1.0, 0.0]
    } else {
        [0.0, 1.0]
    }
}

/// The next contents of a node's registers; `play` and `stop` are what triggers ask for in this frame, `None` if none
/// ever does.
pub(super) fn advance<'b>(
    recorder: &Recorder<'b>,
    node: &NodePlan,
    before: [Num<'b>; REGISTERS],
    play: Option<Mask<'b>>,
    stop: Option<Mask<'b>>,
) -> [Num<'b>; REGISTERS] {
    let [time, ran] = before;
    let mut runs = ran.gt(0.5);
    if let Some(stop) = stop {
        runs = runs & !stop;
    }
    let first = recorder.motion().first_frame();
    let step = first.select(0.0, recorder.face.dt());
    let mut time = runs.select(time + step, time);
    if let Some(play) = play {
        runs = runs | play;
        time = play.select(0.0, time);
    }
    if let Some(duration) = node.play.duration_s {
        runs = runs & time.lt(duration);
    }
    [time, runs.select(1.0, 0.0)]
}

/// The play of a node whose registers now hold this.
pub(super) fn of_registers<'b>(node: &NodePlan, [time, runs]: [Num<'b>; REGISTERS]) -> Play<'b> {
    let seen = match (node.play.hold, node.play.triggered) {
        (false, _) => Some(runs.gt(0.5)),
        (true, true) => Some(time.ge(0.0)),
        (true, false) => None,
    };
    Play { time, seen }
}

/// The play of a node that no trigger plays or stops.
pub(super) fn untouched<'b>(recorder: &Recorder<'b>, node: &NodePlan) -> Option<Play<'b>> {
    let runs = matches!(node.cell, CellPlan::Runs { .. });
    let ends = node.play.duration_s.filter(|_| !node.play.hold);
    if !runs && ends.is_none() {
        return None;
    }
    let time = recorder.age();
    Some(Play {
        time,
        seen: ends.map(|duration| time.lt(duration)),
    })
}

/// The cell that a node shows.
pub(super) fn cell<'b>(
    recorder: &Recorder<'b>,
    node: &NodePlan,
    play: Option<&Play<'b>>,
    scope: &Scope<'_, 'b>,
) -> V<'b> {
    let (fps, count, looped) = match &node.cell {
        CellPlan::Only => return V::Constant(0.0),
        CellPlan::Given(tree) => return recorder.value(tree, scope),
        CellPlan::Runs { fps, count, looped } => (*fps, *count as f32, *looped),
    };
    let Some(play) = play else {
        return V::Constant(0.0);
    };
    let mut time = play.time;
    if let Some(duration) = node.play.duration_s.filter(|_| node.play.hold) {
        // Held on the cell where it ended, and not on the one that would come next.
        time = time.min((duration - 0.001).max(0.0));
    }
    let frame = (time.max(0.0) * fps).floor();
    if looped {
        // Whole numbers all the way: a fraction of a loop would be rounded into the next cell.
        V::Num(frame - (frame / count).floor() * count)
    } else {
        V::Num(frame.min(count - 1.0))
    }
}

/// How much a node is seen: its opacity, and 0 while it is not.
pub(super) fn opacity<'b>(
    recorder: &Recorder<'b>,
    node: &NodePlan,
    play: Option<&Play<'b>>,
    scope: &Scope<'_, 'b>,
) -> V<'b> {
    let opacity = recorder.value(&node.opacity, scope);
    let when = node
        .when
        .as_ref()
        .map(|when| recorder.mask(recorder.value(when, scope)));
    let seen = match (when, play.and_then(|play| play.seen)) {
        (None, None) => return opacity,
        (Some(seen), None) | (None, Some(seen)) => seen,
        (Some(when), Some(seen)) => when & seen,
    };
    V::Num(seen.select(recorder.num(opacity), 0.0))
}

/// `seconds + dt`, but not beyond what stands for never.
pub(super) fn later<'b>(recorder: &Recorder<'b>, seconds: Num<'b>) -> Num<'b> {
    let later = recorder.add(V::Num(seconds), V::Num(recorder.face.dt()));
    recorder.num(later).min(super::value::NEVER_S)
}
