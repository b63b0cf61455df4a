//! A frame's numbers on their way into staging memory: what a face wears is evaluated for it, and what comes of it is
//! written where shaders read it.

use moretta_pack::Faces;
use moretta_veil::Access;

use crate::RenderError;
use crate::block::Block;
use crate::donor::Donors;
use crate::effect::{Item, Kind, Loaded};
use crate::figures::{self, Evaluated, View};
use crate::input::{FaceInput, MAX_FACES, Shot};
use crate::looks::{EVERYONES, Look, Looks, Seen};
use crate::memory::Memory;
use crate::numbers::Skin;
use crate::staging::Writer;
use crate::swap::atlas::Atlas;
use crate::swap::{Swaps, To};

/// What the numbers of a frame are made of, beside its faces.
#[derive(Clone, Copy)]
pub(crate) struct Writing<'a> {
    pub(crate) access: &'a Access<'a>,
    pub(crate) shot: &'a Shot<'a>,
    pub(crate) view: View,
    pub(crate) looks: &'a Looks<'a>,
    /// The number of the look whose overlays and tables of colours are drawn.
    pub(crate) of_frame: Option<usize>,
    pub(crate) block: Block,
    pub(crate) atlas: &'a Atlas,
    pub(crate) donors: &'a Donors,
}

/// What was written.
pub(crate) struct Written {
    /// How many faces are drawn.
    pub(crate) count: usize,
    /// By their places, the slot of each.
    pub(crate) slots: [usize; MAX_FACES],
}

/// How far a look has come in its frame.
struct Turn {
    /// Whether no face was evaluated for it yet.
    first: bool,
    /// On how many faces it is drawn so far.
    count: usize,
}

impl Turn {
    const START: Self = Self {
        first: true,
        count: 0,
    };
}

impl Writing<'_> {
    /// Evaluates for each face what it wears, writes all numbers, and notes what of it is seen. Says which faces there
    /// are.
    ///
    /// # Errors
    /// [`RenderError::Program`], [`RenderError::Memory`].
    pub(crate) fn write(
        self,
        (memory, swaps): (&mut Memory, &mut Swaps),
        by_slot: &[Option<FaceInput<'_>>; MAX_FACES],
        seen: &mut Seen,
        writer: &mut Writer,
    ) -> Result<Written, RenderError> {
        let Self {
            access,
            shot,
            view,
            looks,
            block,
            ..
        } = self;
        let frame = figures::frame(shot.frame, view);
        writer.put(Block::SENSOR, bytemuck::bytes_of(&figures::sensor(shot.frame)));
        writer.put(Block::FRAME, bytemuck::bytes_of(&frame));
        seen.begin(looks);
        let present = by_slot.iter().flatten();
        let bits = present.clone().fold(0, |bits, face| bits | 1 << face.slot);
        memory.begin(access, looks, bits)?;
        swaps.begin(access, block.needs().swap, by_slot)?;
        let total = present.clone().count();
        let mut everyones = Turn::START;
        let mut drawn = 0;
        let mut slots = [0; MAX_FACES];
        for face in present {
            if let Some(slot) = slots.get_mut(drawn) {
                *slot = face.slot;
            }
            let Some((number, look)) = looks.worn_in(face.slot) else {
                // It wears nothing, and hides what is behind it.
                if block.needs().skin && drawn < block.faces() {
                    self.write_face(face, drawn, writer);
                    drawn += 1;
                }
                continue;
            };
            let mut own = Turn::START;
            let turn = if number == EVERYONES {
                &mut everyones
            } else {
                &mut own
            };
            let loaded = &*look.effect.loaded;
            let most = loaded.max_faces[look.quality.index()];
            if turn.count >= most && !turn.first {
                continue;
            }
            if !memory.evaluate(access, loaded, shot, face, total, look.params)? {
                continue;
            }
            let evaluated = Evaluated {
                program: &loaded.program,
                registers: memory.registers(access),
            };
            let on_face = turn.count < most;
            for (item, bits) in loaded.items.iter().zip(seen.of_mut(number)) {
                let wanted = match item.faces {
                    _ if item.kind.is_of_frame() => turn.first && self.of_frame == Some(number),
                    Faces::All => on_face,
                    Faces::First => on_face && turn.first,
                    Faces::Slot(slot) => on_face && slot as usize == face.slot,
                };
                if wanted && item.drawn[look.quality.index()] {
                    let shown = if let Kind::Swap { source, keep } = item.kind {
                        let to = To { block, place: drawn };
                        let key = looks.donors.get(face.slot).copied().flatten();
                        let donor = key.and_then(|key| Some((key, self.donors.sitter(access, key)?)));
                        let shown = |bend| {
                            swaps.put(
                                access,
                                self.atlas,
                                shot,
                                (by_slot, donor),
                                (face, source, bend),
                                (to, &mut *writer),
                            )
                        };
                        let found = figures::swap(evaluated, &item.source, keep, shown);
                        if let Some(look) = &found {
                            writer.put(block.look(item.place, drawn), bytemuck::bytes_of(look));
                        }
                        found.is_some()
                    } else {
                        write_item(item, loaded, evaluated, Some(face), view, (block, drawn), writer)
                    };
                    *bits |= u16::from(shown) << drawn;
                }
            }
            turn.first = false;
            if on_face {
                self.write_face(face, drawn, writer);
                turn.count += 1;
                drawn += 1;
            }
        }
        if let Some(look) = looks.everyone
            && everyones.first
        {
            self.write_nobody(look, memory, seen, writer)?;
        }
        Ok(Written { count: drawn, slots })
    }

    /// Writes where a face is, for whatever is drawn on it or hidden by it.
    fn write_face(&self, face: &FaceInput<'_>, place: usize, writer: &mut Writer) {
        let block = self.block;
        if block.needs().heads {
            let head = figures::head(face, self.view);
            writer.put(block.head(place), bytemuck::bytes_of(&head));
        }
        if block.needs().skin {
            let mut at = block.skin(place);
            for vertex in figures::skin(face) {
                writer.put(at, bytemuck::bytes_of(&vertex));
                at += Skin::STRIDE;
            }
        }
    }

    /// Evaluates what everyone wears where no face wears it, and writes what of it is the frame's.
    fn write_nobody(
        &self,
        look: Look<'_>,
        memory: &mut Memory,
        seen: &mut Seen,
        writer: &mut Writer,
    ) -> Result<(), RenderError> {
        let loaded = &*look.effect.loaded;
        memory.evaluate_nobody(self.access, loaded, self.shot, look.params)?;
        let evaluated = Evaluated {
            program: &loaded.program,
            registers: memory.registers(self.access),
        };
        for (item, bits) in loaded.items.iter().zip(seen.of_mut(EVERYONES)) {
            if item.kind.is_of_frame() && item.drawn[look.quality.index()] {
                let shown = write_item(item, loaded, evaluated, None, self.view, (self.block, 0), writer);
                *bits = u16::from(shown);
            }
        }
        Ok(())
    }
}

/// Writes the numbers of an item on a face, and says whether anything of it is seen.
fn write_item(
    item: &Item,
    loaded: &Loaded,
    evaluated: Evaluated<'_>,
    face: Option<&FaceInput<'_>>,
    view: View,
    (block, place): (Block, usize),
    writer: &mut Writer,
) -> bool {
    let source = &item.source;
    let mut put = |at: u64, bytes: Option<&[u8]>| {
        if let Some(bytes) = bytes {
            writer.put(at, bytes);
        }
        bytes.is_some()
    };
    match (item.kind, face) {
        (
            Kind::Sticker {
                asset,
                space,
                occlusion,
                ..
            },
            Some(face),
        ) => {
            let found = loaded
                .cells(asset)
                .and_then(|cells| figures::sticker(evaluated, source, (space, occlusion), cells, face, view));
            put(
                block.picture(item.place, place),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Paint { asset, exclude, .. }, Some(_)) => {
            let found = loaded
                .cells(asset)
                .and_then(|cells| figures::paint(evaluated, source, exclude, cells));
            put(
                block.look(item.place, place),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Prop { .. }, Some(face)) => {
            let found = figures::prop(evaluated, source, face);
            put(
                block.prop(item.place, place),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Overlay { asset, fit, .. }, _) => {
            let found = loaded
                .cells(asset)
                .and_then(|cells| figures::overlay(evaluated, source, fit, cells, view));
            put(
                block.picture(item.place, block.frame()),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Lut { .. }, _) => {
            let found = figures::lut(evaluated, source);
            put(
                block.look(item.place, block.frame()),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        // A swap is written where all faces are known.
        (Kind::Swap { .. }, _) | (_, None) => false,
    }
}
