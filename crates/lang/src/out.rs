//! The only way out of a program: draws whose arguments may depend on the face.

use crate::draw::DrawKind;
use crate::point::P2;
use crate::record::Tape;
use crate::value::{Num, Operand};

/// Where an effect puts what it draws. Later draws lie over earlier ones.
#[derive(Clone, Copy)]
pub struct Out<'b> {
    pub(crate) tape: Tape<'b>,
}

/// A picture in the plane of the frame, for [`Out::sprite`].
#[derive(Clone, Copy)]
#[must_use]
pub struct Sprite<'b> {
    /// Its centre.
    pub centre: P2<'b>,
    /// Its width in pixels, before rotation.
    pub width: Num<'b>,
    /// Its height in pixels, before rotation.
    pub height: Num<'b>,
    /// Its rotation in radians from x towards y: clockwise on the screen.
    pub rotation: Num<'b>,
    /// Its opacity; the renderer clamps it to 0..1.
    pub opacity: Num<'b>,
    /// The cell of a sprite sheet; the renderer rounds it down and clamps it to the sheet.
    pub cell: Num<'b>,
}

impl<'b> Sprite<'b> {
    /// An upright, opaque sprite showing its first cell; sizes in pixels.
    pub fn new(centre: P2<'b>, width: impl Operand<'b>, height: impl Operand<'b>) -> Self {
        let name = centre.x;
        Self {
            centre,
            width: name.name(width),
            height: name.name(height),
            rotation: name.name(0.0),
            opacity: name.name(1.0),
            cell: name.name(0.0),
        }
    }

    /// The same, turned to this rotation, in radians from x towards y.
    pub fn rotation(self, rotation_rad: impl Operand<'b>) -> Self {
        Self {
            rotation: self.centre.x.name(rotation_rad),
            ..self
        }
    }

    /// The same with this opacity, 0 to 1.
    pub fn opacity(self, opacity: impl Operand<'b>) -> Self {
        Self {
            opacity: self.centre.x.name(opacity),
            ..self
        }
    }

    /// The same showing this cell of its sheet.
    pub fn cell(self, cell: impl Operand<'b>) -> Self {
        Self {
            cell: self.centre.x.name(cell),
            ..self
        }
    }
}

impl<'b> Out<'b> {
    /// Draws a sprite; `asset` is its place among the pack's assets.
    pub fn sprite(self, asset: u32, sprite: Sprite<'b>) {
        let Sprite {
            centre,
            width,
            height,
            rotation,
            opacity,
            cell,
        } = sprite;
        let arguments =
            [centre.x, centre.y, width, height, rotation, opacity, cell].map(|number| number.register);
        self.tape.draw(DrawKind::Sprite, &[asset], &arguments);
    }

    /// Sets a numeric property of one of the pack's nodes: how a number of a pack becomes an expression.
    pub fn property(self, node: u32, property: u32, value: impl Operand<'b>) {
        let value = value.register(self.tape);
        self.tape.draw(DrawKind::Property, &[node, property], &[value]);
    }
}
