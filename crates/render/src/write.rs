//! A frame's numbers on their way into staging memory: the effect is evaluated for each face, and what comes of it is
//! written where shaders read it.

use moretta_pack::Faces;
use moretta_veil::Access;

use crate::RenderError;
use crate::block::Block;
use crate::effect::{Item, Kind, Loaded};
use crate::figures::{self, Evaluated, View};
use crate::input::{FaceInput, Look, MAX_FACES, Shot};
use crate::memory::Memory;
use crate::staging::Writer;

/// What the numbers of a frame are made of, beside its faces.
#[derive(Clone, Copy)]
pub(crate) struct Writing<'a> {
    pub(crate) access: &'a Access<'a>,
    pub(crate) shot: &'a Shot<'a>,
    pub(crate) view: View,
    pub(crate) look: Option<Look<'a>>,
    pub(crate) block: Block,
}

impl Writing<'_> {
    /// Evaluates the effect for each face that it is drawn on, writes all numbers, and notes what of it is seen. Says how
    /// many faces there are.
    ///
    /// # Errors
    /// [`RenderError::Program`], [`RenderError::Memory`].
    pub(crate) fn write(
        self,
        memory: &mut Memory,
        by_slot: &[Option<FaceInput<'_>>; MAX_FACES],
        seen: &mut Vec<u16>,
        writer: &mut Writer,
    ) -> Result<usize, RenderError> {
        let Self {
            access,
            shot,
            view,
            look,
            block,
        } = self;
        let frame = figures::frame(shot.frame, view);
        writer.put(Block::SENSOR, bytemuck::bytes_of(&figures::sensor(shot.frame)));
        writer.put(Block::FRAME, bytemuck::bytes_of(&frame));
        seen.clear();
        let Some(look) = look else {
            memory.forget(access);
            return Ok(0);
        };
        let loaded = &*look.effect.loaded;
        memory.begin(access, loaded)?;
        let present = by_slot.iter().flatten();
        let bits = present.clone().fold(0, |bits, face| bits | 1 << face.slot);
        memory.note(access, loaded, bits);
        seen.resize(loaded.items.len(), 0);
        let total = present.clone().count();
        let most = loaded.max_faces[look.quality.index()];
        let mut count = 0;
        let mut first = true;
        for face in present {
            if count >= most && !first {
                break;
            }
            if !memory.evaluate(access, loaded, shot, face, total, look.params)? {
                continue;
            }
            let registers = memory.registers(access);
            let evaluated = Evaluated {
                program: &loaded.program,
                registers,
            };
            let on_face = count < most;
            for (item, bits_seen) in loaded.items.iter().zip(seen.iter_mut()) {
                let wanted = match item.faces {
                    _ if item.kind.is_of_frame() => first,
                    Faces::All => on_face,
                    Faces::First => on_face && first,
                    Faces::Slot(slot) => on_face && slot as usize == face.slot,
                };
                if wanted && item.drawn[look.quality.index()] {
                    let shown = write_item(item, loaded, evaluated, Some(face), view, (block, count), writer);
                    *bits_seen |= u16::from(shown) << count;
                }
            }
            first = false;
            if !on_face {
                break;
            }
            if loaded.needs.heads {
                let head = figures::head(face, view);
                writer.put(block.head(count), bytemuck::bytes_of(&head));
            }
            if loaded.needs.skin {
                writer.put(block.skin(count), bytemuck::cast_slice(&figures::skin(face)));
            }
            count += 1;
        }
        if first {
            memory.evaluate_nobody(access, loaded, shot, look.params)?;
            let evaluated = Evaluated {
                program: &loaded.program,
                registers: memory.registers(access),
            };
            for (item, bits_seen) in loaded.items.iter().zip(seen.iter_mut()) {
                if item.kind.is_of_frame() && item.drawn[look.quality.index()] {
                    let shown = write_item(item, loaded, evaluated, None, view, (block, 0), writer);
                    *bits_seen = u16::from(shown);
                }
            }
        }
        Ok(count)
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
                block.picture(item.place, 0),
                found.as_ref().map(bytemuck::bytes_of),
            )
        }
        (Kind::Lut { .. }, _) => {
            let found = figures::lut(evaluated, source);
            put(block.look(item.place, 0), found.as_ref().map(bytemuck::bytes_of))
        }
        (_, None) => false,
    }
}
