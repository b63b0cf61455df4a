//! Nodes, as draws that set their properties.

use moretta_lang::{Num, Out, P2, P3};

use super::plan::{NodePlan, PropPlan, Shape, Spot, StickerPlan};
use super::play::{self, Play};
use super::value::{Recorder, Scope, V};
use crate::effect::{NodeKind, Occlusion, Property, StickerSpace};
use crate::limits::MAX_MORPHS;
use crate::number::Tree;

/// Sets the properties of the node with this place in the effect; what is left at its default needs no draw.
pub(super) fn draw<'b>(
    recorder: &Recorder<'b>,
    out: Out<'b>,
    index: u32,
    node: &NodePlan,
    play: Option<&Play<'b>>,
    scope: &Scope<'_, 'b>,
) {
    let pen = Pen {
        recorder,
        out,
        index,
        scope,
    };
    pen.set(Property::Opacity, play::opacity(recorder, node, play, scope));
    pen.set(Property::Cell, play::cell(recorder, node, play, scope));
    match (&node.shape, &node.kind) {
        (Shape::Sticker(sticker), NodeKind::Sticker { space, occlusion, .. }) => match space {
            StickerSpace::Frame => pen.flat_sticker(sticker, *occlusion),
            StickerSpace::Head => pen.deep_sticker(sticker),
        },
        (Shape::Paint { lighting }, _) => pen.set(Property::Lighting, recorder.value(lighting, scope)),
        (
            Shape::Swap {
                lighting,
                feather,
                shape,
                expression,
            },
            _,
        ) => {
            pen.set(Property::Lighting, recorder.value(lighting, scope));
            pen.set(Property::Feather, recorder.value(feather, scope));
            pen.set(Property::Shape, recorder.value(shape, scope));
            pen.set(Property::Expression, recorder.value(expression, scope));
        }
        (Shape::Prop(prop), _) => pen.prop(prop),
        _ => {}
    }
}

/// What writes the properties of one node.
struct Pen<'p, 'b> {
    recorder: &'p Recorder<'b>,
    out: Out<'b>,
    index: u32,
    scope: &'p Scope<'p, 'b>,
}

impl<'b> Pen<'_, 'b> {
    fn set(&self, property: Property, value: V<'b>) {
        match value {
            V::Constant(constant) if constant == property.default() => {}
            V::Constant(constant) => self.out.property(self.index, property.code(), constant),
            other => self
                .out
                .property(self.index, property.code(), self.recorder.num(other)),
        }
    }

    fn value(&self, tree: &Tree) -> V<'b> {
        self.recorder.value(tree, self.scope)
    }

    /// A sticker in the plane of the frame.
    ///
    /// 1. The place: the spot, moved along the axes of the face, which lean with the head; then the swing.
    /// 2. The turn: from x towards y, so that the face's counterclockwise is negative.
    /// 3. The centre: from the place to the middle of the picture, turned.
    fn flat_sticker(&self, plan: &StickerPlan, occlusion: Occlusion) {
        let recorder = self.recorder;
        let iod = recorder.iod();
        let scaled = |number: V<'b>| recorder.mul(number, V::Num(iod.px));
        let lean = if plan.upright {
            V::Constant(0.0)
        } else {
            V::Num(-recorder.face.roll())
        };
        let [x, y, z] = [0, 1, 2].map(|axis| self.value(&plan.offset[axis]));

        let spot = self.spot_px(&plan.spot);
        // Up is towards smaller y.
        let offset = self.turned([scaled(x), recorder.neg(scaled(y))], lean);
        let place = self.swing(
            &plan.spring,
            [
                recorder.add(V::Num(spot.x), offset[0]),
                recorder.add(V::Num(spot.y), offset[1]),
            ],
        );

        let [width, height] = self.sides(plan);
        let [width, height] = [scaled(width), scaled(height)];
        let rotation = recorder.radians(self.value(&plan.rotation));
        let turn = recorder.add(lean, recorder.neg(rotation));
        let [pivot_x, pivot_y] = plan.pivot;
        let to_centre = self.turned(
            [
                recorder.mul(width, V::Constant(0.5 - pivot_x)),
                recorder.mul(height, V::Constant(0.5 - pivot_y)),
            ],
            turn,
        );
        self.set(Property::X, recorder.add(place[0], to_centre[0]));
        self.set(Property::Y, recorder.add(place[1], to_centre[1]));
        self.set(Property::Width, width);
        self.set(Property::Height, height);
        self.set(Property::Rotation, turn);
        if occlusion != Occlusion::None {
            let forward = recorder.mul(z, V::Num(iod.mm));
            self.set(
                Property::Z,
                recorder.add(V::Num(self.spot_mm(&plan.spot).z), forward),
            );
        }
    }

    /// A sticker in the plane of the face; everything in millimetres before the camera.
    fn deep_sticker(&self, plan: &StickerPlan) {
        let recorder = self.recorder;
        let face = recorder.face;
        let iod = recorder.iod();
        let scaled = |number: V<'b>| recorder.mul(number, V::Num(iod.mm));
        let offset = [0, 1, 2].map(|axis| scaled(self.value(&plan.offset[axis])));
        let place = self.moved(self.spot_mm(&plan.spot), offset);
        let place = self.swing(&plan.spring, place);

        let [width, height] = self.sides(plan).map(scaled);
        let turn = recorder.radians(self.value(&plan.rotation));
        let [pivot_x, pivot_y] = plan.pivot;
        // In the picture: to the right, and up.
        let to_centre = self.turned(
            [
                recorder.mul(width, V::Constant(0.5 - pivot_x)),
                recorder.mul(height, V::Constant(pivot_y - 0.5)),
            ],
            turn,
        );
        let [right, up] = to_centre;
        let axes = [(face.head_right(), right), (face.head_up(), up)];
        let centre = axes
            .into_iter()
            .fold(place, |place, (axis, length)| self.along(place, axis, length));
        for (property, value) in [Property::X, Property::Y, Property::Z].into_iter().zip(centre) {
            self.set(property, value);
        }
        self.set(Property::Width, width);
        self.set(Property::Height, height);
        self.set(Property::Rotation, turn);
    }

    fn prop(&self, plan: &PropPlan) {
        let recorder = self.recorder;
        let offset = [0, 1, 2].map(|axis| self.value(&plan.offset[axis]));
        let place = self.swing(&plan.spring, self.moved(self.spot_mm(&plan.spot), offset));
        for (property, value) in [Property::X, Property::Y, Property::Z].into_iter().zip(place) {
            self.set(property, value);
        }
        let turns = [Property::RotationX, Property::RotationY, Property::RotationZ];
        for (property, degrees) in turns.into_iter().zip(&plan.rotation) {
            self.set(property, recorder.radians(self.value(degrees)));
        }
        self.set(Property::Scale, self.value(&plan.scale));
        let morphs: [Property; MAX_MORPHS] = [
            Property::Morph0,
            Property::Morph1,
            Property::Morph2,
            Property::Morph3,
        ];
        for (property, weight) in morphs.into_iter().zip(&plan.morphs) {
            self.set(property, self.value(weight));
        }
    }

    /// Width and height, in inter-ocular distances.
    fn sides(&self, plan: &StickerPlan) -> [V<'b>; 2] {
        let width = self.value(&plan.width);
        let height = match &plan.height {
            Some(height) => self.value(height),
            None => self.recorder.mul(width, V::Constant(1.0 / plan.aspect)),
        };
        [width, height]
    }

    /// Turned by an angle in radians, from the first axis towards the second.
    fn turned(&self, [x, y]: [V<'b>; 2], angle: V<'b>) -> [V<'b>; 2] {
        let recorder = self.recorder;
        if let (V::Constant(0.0), V::Constant(0.0)) = (x, y) {
            return [x, y];
        }
        if let V::Constant(0.0) = angle {
            return [x, y];
        }
        let angle = recorder.num(angle);
        let (sin, cos) = (V::Num(angle.sin()), V::Num(angle.cos()));
        [
            recorder.add(recorder.mul(x, cos), recorder.neg(recorder.mul(y, sin))),
            recorder.add(recorder.mul(x, sin), recorder.mul(y, cos)),
        ]
    }

    /// A place before the camera, moved along the axes of the head by so many millimetres.
    fn moved(&self, spot: P3<'b>, offset: [V<'b>; 3]) -> [V<'b>; 3] {
        let face = self.recorder.face;
        let axes = [face.head_right(), face.head_up(), face.head_forward()];
        let start = [spot.x, spot.y, spot.z].map(V::Num);
        axes.into_iter()
            .zip(offset)
            .fold(start, |place, (axis, length)| self.along(place, axis, length))
    }

    fn along(&self, place: [V<'b>; 3], axis: P3<'b>, length: V<'b>) -> [V<'b>; 3] {
        let recorder = self.recorder;
        let axis = [axis.x, axis.y, axis.z];
        core::array::from_fn(|it| recorder.add(place[it], recorder.mul(V::Num(axis[it]), length)))
    }

    /// A place that follows with a swing, if there is one.
    fn swing<const N: usize>(&self, spring: &Option<[Tree; 2]>, place: [V<'b>; N]) -> [V<'b>; N] {
        let Some([hertz, damping]) = spring else {
            return place;
        };
        let recorder = self.recorder;
        let [hertz, damping] = [hertz, damping].map(|tree| recorder.num(self.value(tree)));
        place.map(|it| V::Num(recorder.motion().spring(recorder.num(it), hertz, damping)))
    }

    fn spot_px(&self, spot: &Spot) -> P2<'b> {
        let face = self.recorder.face;
        match spot {
            Spot::Anchor(anchor) => face.anchor(*anchor),
            Spot::Landmarks(weights) => {
                let coordinate = |of: fn(P2<'b>) -> Num<'b>| {
                    let mut terms = weights
                        .iter()
                        .map(|(landmark, weight)| of(face.landmark(*landmark)) * *weight);
                    let first = terms.next().unwrap_or(face.constant(0.0));
                    terms.fold(first, |sum, term| sum + term)
                };
                P2 {
                    x: coordinate(|it| it.x),
                    y: coordinate(|it| it.y),
                }
            }
        }
    }

    fn spot_mm(&self, spot: &Spot) -> P3<'b> {
        let face = self.recorder.face;
        match spot {
            Spot::Anchor(anchor) => face.anchor_mm(*anchor),
            Spot::Landmarks(weights) => {
                let coordinate = |of: fn(P3<'b>) -> Num<'b>| {
                    let mut terms = weights
                        .iter()
                        .map(|(landmark, weight)| of(face.landmark_mm(*landmark)) * *weight);
                    let first = terms.next().unwrap_or(face.constant(0.0));
                    terms.fold(first, |sum, term| sum + term)
                };
                P3 {
                    x: coordinate(|it| it.x),
                    y: coordinate(|it| it.y),
                    z: coordinate(|it| it.z),
                }
            }
        }
    }
}
