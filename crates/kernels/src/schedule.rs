//! In which order rows are computed, and where they lie.
//!
//! 1. Steps are asked for rows, outputs first, and ask the steps before them for what they need. So a row is computed
//!    soon before it is used, while what it is made of lies in the cache.
//! 2. A tensor's memory is a ring of as many rows as are needed at a time: often three, where the tensor has 128.
//! 3. Tensors that are not needed at the same time share memory.
//!
//! All of it depends on shapes alone, and is settled when a network is loaded.

use std::ops::Range;

use crate::KernelError;
use crate::step::{Kind, Step, StepId};

/// Pixels that a step computes at a time, where its rows are shorter. More use each weight that is loaded more often,
/// fewer keep more tensors in the cache and need less scratch. From 16 to 1024 no clear difference was measured.
const PIXELS: usize = 48;

/// More than any network that this engine is for.
const MOST_TURNS: usize = 1 << 18;

/// Tensors begin at a multiple of this many values, a line of the cache.
pub(crate) const LINE: usize = 16;

/// Some rows of a step's tensor, to be computed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Turn {
    step: u32,
    first: u32,
    end: u32,
}

impl Turn {
    pub(crate) fn step(self) -> StepId {
        self.step as usize
    }

    pub(crate) fn rows(self) -> Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// Where a tensor lies in the scratch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Place {
    pub(crate) start: usize,
    pub(crate) len: usize,
    /// Rows that there is memory for: row `y` lies at `y % ring`.
    pub(crate) ring: usize,
}

impl Place {
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.start + self.len
    }
}

pub(crate) struct Schedule {
    pub(crate) turns: Vec<Turn>,
    pub(crate) places: Vec<Place>,
    /// Values that all places take.
    pub(crate) len: usize,
}

impl Schedule {
    pub(crate) fn new(steps: &[Step]) -> Result<Self, KernelError> {
        let turns = Turns::of(steps)?;
        let lives = lives(steps, &turns);
        let (places, len) = place(steps, &lives);
        Ok(Self { turns, places, len })
    }
}

/// How many rows of `rows` rows of `width` pixels a step computes at a time: parts of about the same size.
fn chunk(rows: usize, width: usize) -> usize {
    let parts = (rows * width).div_ceil(2 * PIXELS).clamp(1, rows);
    rows.div_ceil(parts).max(PIXELS / width.max(1)).clamp(1, rows)
}

struct Turns<'a> {
    steps: &'a [Step],
    done: Vec<usize>,
    turns: Vec<Turn>,
}

impl<'a> Turns<'a> {
    fn of(steps: &'a [Step]) -> Result<Vec<Turn>, KernelError> {
        let mut turns = Self {
            steps,
            done: vec![0; steps.len()],
            turns: Vec::new(),
        };
        for (id, step) in steps.iter().enumerate() {
            if matches!(step.kind, Kind::Output { .. }) {
                turns.demand(id, step.form.rows)?;
            }
        }
        Ok(turns.turns)
    }

    /// Has the rows of step `id` computed up to `end`, if they are not yet. Steps take only what steps give that do not
    /// depend on them, so that this ends.
    fn demand(&mut self, id: StepId, end: usize) -> Result<(), KernelError> {
        let steps = self.steps;
        let form = steps[id].form;
        while self.done[id] < end {
            let first = self.done[id];
            let rows = first..(first + chunk(form.rows, form.width)).min(form.rows);
            let mut result = Ok(());
            steps[id].needs(
                &rows,
                |it| steps[it].form,
                |it, needed| {
                    if result.is_ok() {
                        result = self.demand(it, needed.end);
                    }
                },
            );
            result?;
            let as_u32 = |value| u32::try_from(value).map_err(|_| KernelError::Bug);
            if rows.is_empty() || self.turns.len() == MOST_TURNS {
                return Err(KernelError::TooLarge {
                    place: "file".to_owned(),
                    limit: MOST_TURNS,
                    what: "turns",
                });
            }
            self.turns.push(Turn {
                step: as_u32(id)?,
                first: as_u32(rows.start)?,
                end: as_u32(rows.end)?,
            });
            self.done[id] = rows.end;
        }
        Ok(())
    }
}

/// When a tensor is needed, and how much of it at a time.
#[derive(Clone, Default)]
struct Life {
    /// The turn that gives the first row.
    first: usize,
    /// The last turn that takes one.
    last: usize,
    ring: usize,
}

fn lives(steps: &[Step], turns: &[Turn]) -> Vec<Life> {
    // By step and row: the last turn that takes it.
    let mut taken: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for turn in turns {
        taken[turn.step()].resize(turn.rows().end, 0);
    }
    for (at, turn) in turns.iter().enumerate() {
        steps[turn.step()].needs(
            &turn.rows(),
            |it| steps[it].form,
            |it, rows| {
                for last in &mut taken[it][rows] {
                    *last = at;
                }
            },
        );
    }
    let mut lives = vec![Life::default(); steps.len()];
    // By step: the first row that is still needed.
    let mut oldest = vec![0; steps.len()];
    for (at, turn) in turns.iter().enumerate() {
        let (id, rows) = (turn.step(), turn.rows());
        let form = steps[id].form;
        let life = &mut lives[id];
        if rows.start == 0 {
            life.first = at;
        }
        while oldest[id] < rows.start && taken[id][oldest[id]] < at {
            oldest[id] += 1;
        }
        life.last = taken[id][rows.clone()]
            .iter()
            .fold(life.last.max(at), |last, taken| last.max(*taken));
        // A multiple of what is computed at a time, so that this is never parted.
        let chunk = chunk(form.rows, form.width);
        life.ring = life.ring.max((rows.end - oldest[id]).next_multiple_of(chunk));
    }
    // What is read in one piece is not a ring.
    for step in steps {
        if let Kind::Left { from, .. } = step.kind
            && lives[from.step].ring > 0
        {
            let form = steps[from.step].form;
            lives[from.step].ring = form.rows.next_multiple_of(chunk(form.rows, form.width));
        }
    }
    lives
}

/// Gives each tensor the lowest place that no other takes at the same time.
fn place(steps: &[Step], lives: &[Life]) -> (Vec<Place>, usize) {
    let mut places = vec![Place::default(); steps.len()];
    let mut order: Vec<StepId> = (0..steps.len())
        .filter(|&id| lives[id].ring > 0 && !matches!(steps[id].kind, Kind::Output { .. }))
        .collect();
    let len = |id: StepId| (lives[id].ring * steps[id].form.pitch()).next_multiple_of(LINE);
    order.sort_by_key(|&id| (std::cmp::Reverse(len(id)), id));
    let mut end = 0;
    let mut placed: Vec<StepId> = Vec::new();
    for id in order {
        let len = len(id);
        let mut beside: Vec<Range<usize>> = placed
            .iter()
            .filter(|&&other| lives[other].first <= lives[id].last && lives[id].first <= lives[other].last)
            .map(|&other| places[other].range())
            .collect();
        beside.sort_by_key(|range| range.start);
        let mut start = 0;
        for range in beside {
            if start + len <= range.start {
                break;
            }
            start = start.max(range.end);
        }
        places[id] = Place {
            start,
            len,
            ring: lives[id].ring,
        };
        end = end.max(start + len);
        placed.push(id);
    }
    (places, end)
}
