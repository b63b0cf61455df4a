//! Who wears what, and in which order it is drawn.

use moretta_pack::Quality;

use crate::LoadedEffect;
use crate::effect::{Item, Loaded, Needs};
use crate::input::MAX_FACES;

/// What is drawn over a face, or over a frame and all its faces, and how.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The effect.
    pub effect: &'a LoadedEffect,
    /// What the host has set, in the order of [`LoadedEffect::inputs`]; as many numbers as the program reads, or more.
    pub params: &'a [f32],
    /// How much it may cost.
    pub quality: Quality,
}

/// Who wears what. An `Option<Look>` turns into one where all slots wear what everyone wears.
///
/// - **Faces.** A face wears the look of its slot. Programs are evaluated for each face by itself, with the parameters of
///   its look and with its own past, which begins anew when its slot wears another effect.
/// - **The frame.** Overlays and tables of colours are drawn once, and those of one look alone: of what everyone wears if
///   that has any, even where no face wears it; else of the lowest slot whose face wears an effect with any. Numbers come
///   from the lowest slot that wears the look; where nobody does, the program reads as if nobody were in sight.
/// - **Order.** What everyone wears comes first, then slot by slot; but the look whose overlays and tables are drawn comes last,
///   so that they lie over all faces. Faces hide what is behind them whatever they wear, those that wear nothing too.
/// - **Limits.** [`LoadedEffect::max_faces`] counts the faces that wear the look. [`Faces::First`](moretta_pack::Faces) is
///   the lowest slot that wears it.
/// - A look of a slot without a face does nothing, and costs memory for its numbers only.
#[derive(Clone, Copy, Default)]
pub struct Looks<'a> {
    /// What the frame wears, and each face whose slot says nothing else.
    pub everyone: Option<Look<'a>>,
    /// By slot.
    pub slots: [Wears<'a>; MAX_FACES],
    /// By slot, the [donor](crate::Stage::add_donor) whose looks a face there takes on where its look swaps it for a photo
    /// ([`SwapSource::Photo`](moretta_pack::SwapSource)). One that is not there, any more or at all, is as good as none.
    pub donors: [Option<u64>; MAX_FACES],
}

/// What the face in a slot wears.
#[derive(Clone, Copy, Default)]
pub enum Wears<'a> {
    /// What everyone wears.
    #[default]
    AsEveryone,
    /// Nothing.
    Nothing,
    /// A look of its own.
    Own(Look<'a>),
}

impl<'a> From<Option<Look<'a>>> for Looks<'a> {
    fn from(everyone: Option<Look<'a>>) -> Self {
        Self {
            everyone,
            ..Self::default()
        }
    }
}

/// How many looks a frame can have. Everyone's has number 0, that of a slot one more than the slot.
pub(crate) const MAX_LOOKS: usize = 1 + MAX_FACES;

/// The number of what everyone wears.
pub(crate) const EVERYONES: usize = 0;

impl<'a> Looks<'a> {
    /// The look with a number.
    pub(crate) fn at(&self, number: usize) -> Option<Look<'a>> {
        let Some(slot) = number.checked_sub(1) else {
            return self.everyone;
        };
        match self.slots.get(slot) {
            Some(Wears::Own(look)) => Some(*look),
            _ => None,
        }
    }

    /// All of them, by number.
    pub(crate) fn all(&self) -> impl Iterator<Item = (usize, Look<'a>)> {
        (0..MAX_LOOKS).filter_map(|number| Some((number, self.at(number)?)))
    }

    /// What the face in a slot wears, with its number.
    pub(crate) fn worn_in(&self, slot: usize) -> Option<(usize, Look<'a>)> {
        match self.slots.get(slot)? {
            Wears::AsEveryone => Some((EVERYONES, self.everyone?)),
            Wears::Nothing => None,
            Wears::Own(look) => Some((1 + slot, *look)),
        }
    }

    /// What a frame must have ready. A face wears one look, so that of each kind of number it needs as many as the look
    /// with the most.
    pub(crate) fn needs(&self) -> Needs {
        self.all()
            .map(|(_, look)| look.effect.loaded.needs)
            .fold(Needs::default(), Needs::or)
    }

    /// How many faces are drawn at most, at whatever quality. Those that wear nothing count too: they hide what is behind
    /// them.
    pub(crate) fn most_faces(&self) -> usize {
        if self.slots.iter().all(|slot| matches!(slot, Wears::AsEveryone)) {
            let most = |look: Look<'_>| look.effect.loaded.max_faces.into_iter().max().unwrap_or(0);
            self.everyone.map_or(0, most)
        } else {
            MAX_FACES
        }
    }

    /// The number of the look whose overlays and tables of colours are drawn, if any are. `present` tells which slots hold a
    /// face. That does not depend on the quality: what it leaves out of a look is no reason for another look's to come.
    pub(crate) fn of_frame(&self, present: impl Fn(usize) -> bool) -> Option<usize> {
        self.all()
            .filter(|(number, _)| *number == EVERYONES || present(number - 1))
            .find(|(_, look)| {
                look.effect
                    .loaded
                    .items
                    .iter()
                    .any(|item| item.kind.is_of_frame())
            })
            .map(|(number, _)| number)
    }
}

/// By look and item, a bit for each face that it is drawn on, by the face's place among those that are drawn; any bit for an
/// item of the frame.
#[derive(Default)]
pub(crate) struct Seen {
    bits: Vec<u16>,
    /// Where the bits of each look begin, and where they end.
    starts: [usize; MAX_LOOKS + 1],
}

impl Seen {
    /// Makes room for `looks`, of which nothing is seen yet.
    pub(crate) fn begin(&mut self, looks: &Looks<'_>) {
        let mut end = 0;
        for number in 0..MAX_LOOKS {
            self.starts[number] = end;
            end += looks.at(number).map_or(0, |look| look.effect.loaded.items.len());
        }
        self.starts[MAX_LOOKS] = end;
        self.bits.clear();
        self.bits.resize(end, 0);
    }

    /// Of a look, by item.
    pub(crate) fn of(&self, number: usize) -> &[u16] {
        &self.bits[self.starts[number]..self.starts[number + 1]]
    }

    /// Of a look, by item.
    pub(crate) fn of_mut(&mut self, number: usize) -> &mut [u16] {
        &mut self.bits[self.starts[number]..self.starts[number + 1]]
    }

    /// Forgets what was seen.
    pub(crate) fn wipe(&mut self) {
        self.bits.fill(0);
    }
}

/// What is drawn, back to front.
#[derive(Clone, Copy)]
pub(crate) struct Layers<'a> {
    layers: [Option<(&'a Loaded, &'a [u16])>; MAX_LOOKS],
}

/// An item among all that are drawn.
#[derive(Clone, Copy)]
pub(crate) struct Layered<'a> {
    pub(crate) loaded: &'a Loaded,
    pub(crate) item: &'a Item,
    /// See [`Seen`].
    pub(crate) bits: u16,
}

impl<'a> Layers<'a> {
    /// The looks by number, but the one with the number `last` after all others.
    pub(crate) fn new(looks: &Looks<'a>, seen: &'a Seen, last: Option<usize>) -> Self {
        let mut layers = [None; MAX_LOOKS];
        let others = (0..MAX_LOOKS).filter(|number| Some(*number) != last);
        for (layer, number) in layers.iter_mut().zip(others.chain(last)) {
            let look = looks.at(number);
            *layer = look.map(|look| (&*look.effect.loaded, seen.of(number)));
        }
        Self { layers }
    }

    /// All items, back to front.
    pub(crate) fn items(&self) -> impl Iterator<Item = Layered<'a>> {
        self.layers.into_iter().flatten().flat_map(|(loaded, seen)| {
            let items = loaded.items.iter().zip(seen);
            items.map(move |(item, bits)| Layered {
                loaded,
                item,
                bits: *bits,
            })
        })
    }
}
