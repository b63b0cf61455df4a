//! What a program computed and where a face is, as the numbers that shaders read. They live on the stack and in mapped
//! memory, nowhere else.

use bytemuck::Zeroable;
use glam::{Mat4, Quat, Vec2, Vec3, Vec4};
use moretta_frame::{Colour, ColourMatrix, ColourRange, FrameFormat, FrameView, Samples};
use moretta_geometry::canonical;
use moretta_lang::Program;
use moretta_pack::{Exclude, Fit, Keep, Occlusion, Property, StickerSpace};

use crate::artwork::Cells;
use crate::canvas::Shape;
use crate::effect::Source;
use crate::input::FaceInput;
use crate::numbers::{Frame, Head, Picture, Prop, Sensor, Skin};
use crate::swap::shape::Bend;
use crate::target::Placement;

/// How near and how far away things are drawn, in millimetres.
pub(crate) const NEAR_MM: f32 = 10.0;
pub(crate) const FAR_MM: f32 = 20_000.0;

/// No length or place that a program computes counts for more than this, in pixels or millimetres: what is beyond is seen
/// by nobody, and its products stay finite.
const FARTHEST: f32 = 1e7;

/// A program and the registers that it was evaluated into.
#[derive(Clone, Copy)]
pub(crate) struct Evaluated<'a> {
    pub(crate) program: &'a Program,
    pub(crate) registers: &'a [u32],
}

/// Reads the numbers of one item.
#[derive(Clone, Copy)]
struct Numbers<'a> {
    evaluated: Evaluated<'a>,
    source: &'a Source,
}

impl Numbers<'_> {
    /// As the program left it, which is finite.
    fn raw(self, property: Property) -> f32 {
        let Evaluated { program, registers } = self.evaluated;
        self.source.property(program, registers, property)
    }

    /// A place or a length.
    fn length(self, property: Property) -> f32 {
        bounded(self.raw(property))
    }

    /// 0 to 1.
    fn share(self, property: Property) -> f32 {
        share(self.raw(property))
    }
}

fn bounded(number: f32) -> f32 {
    number.clamp(-FARTHEST, FARTHEST)
}

/// 0 to 1; 0 for what is no number.
fn share(number: f32) -> f32 {
    if number > 0.0 { number.min(1.0) } else { 0.0 }
}

/// The cell of a sheet with `count` cells: `number` rounded down, and no other than there are.
fn cell(number: f32, count: u32) -> f32 {
    number.floor().clamp(0.0, count.saturating_sub(1) as f32)
}

/// Where a sticker's numbers are meant.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) clip_from_camera: Mat4,
    /// Columns and rows of the upright frame.
    pub(crate) size_px: Vec2,
}

/// A flat picture's numbers, before they are brought to clip space.
struct Flat {
    centre: Vec2,
    half: Vec2,
    rotation: f32,
    opacity: f32,
    cell: f32,
    /// In clip space.
    depth: f32,
}

impl Flat {
    /// In `FramePx`.
    fn placed(self, view: View) -> Option<Picture> {
        let size = view.size_px;
        let across = Vec2::from_angle(self.rotation) * self.half.x;
        let down = Vec2::from_angle(self.rotation).perp() * self.half.y;
        let to_clip = |vector: Vec2| vector / size * Vec2::new(2.0, -2.0);
        let centre = to_clip(self.centre) + Vec2::new(-1.0, 1.0);
        // A side below 0 turns the picture over.
        let half_px = self.half.abs().max(Vec2::splat(0.5));
        checked(Picture {
            centre: [centre.x, centre.y, self.depth, 1.0],
            across: to_clip(across).extend(0.0).extend(0.0).to_array(),
            down: to_clip(down).extend(0.0).extend(0.0).to_array(),
            look: [self.opacity, self.cell, half_px.x, half_px.y],
        })
    }
}

/// The numbers of a sticker on a face; `None` if nothing of it is seen.
pub(crate) fn sticker(
    evaluated: Evaluated<'_>,
    source: &Source,
    (space, occlusion): (StickerSpace, Occlusion),
    cells: &Cells,
    face: &FaceInput<'_>,
    view: View,
) -> Option<Picture> {
    if let Source::Sprite(draw) = source {
        let arguments = evaluated.program.draws().nth(*draw)?;
        let [x, y, width, height, rotation, opacity, number] = arguments.arguments(evaluated.registers)?;
        let flat = Flat {
            centre: Vec2::new(bounded(x), bounded(y)),
            half: Vec2::new(bounded(width), bounded(height)) * 0.5,
            rotation,
            opacity: share(opacity),
            cell: cell(number, cells.count),
            depth: 0.0,
        };
        return flat.placed(view);
    }
    let numbers = Numbers { evaluated, source };
    let opacity = numbers.share(Property::Opacity);
    let number = cell(numbers.raw(Property::Cell), cells.count);
    let half = Vec2::new(numbers.length(Property::Width), numbers.length(Property::Height)) * 0.5;
    let rotation = numbers.raw(Property::Rotation);
    let place = Vec3::new(
        numbers.length(Property::X),
        numbers.length(Property::Y),
        numbers.length(Property::Z),
    );
    match space {
        StickerSpace::Frame => {
            let depth = match occlusion {
                Occlusion::None => 0.0,
                Occlusion::BehindHead => 1.0,
                Occlusion::Face => depth_of(view.clip_from_camera, place.z),
            };
            let flat = Flat {
                centre: place.truncate(),
                half,
                rotation,
                opacity,
                cell: number,
                depth,
            };
            flat.placed(view)
        }
        StickerSpace::Head => {
            let (right, up) = (face.pose.right().raw(), face.pose.up().raw());
            let turn = Vec2::from_angle(rotation);
            let across = (right * turn.x + up * turn.y) * half.x;
            let down = (right * turn.y - up * turn.x) * half.y;
            let [mut centre, mut across, mut down]: [Vec4; 3] = [
                view.clip_from_camera * place.extend(1.0),
                view.clip_from_camera * across.extend(0.0),
                view.clip_from_camera * down.extend(0.0),
            ];
            if centre.w <= 0.0 {
                return None;
            }
            let half_px = |side: Vec4| (side.truncate().truncate() / centre.w * view.size_px * 0.5).length();
            let look = [opacity, number, half_px(across).max(0.5), half_px(down).max(0.5)];
            let set_depth = |place: &mut Vec4| match occlusion {
                Occlusion::None => place.z = 0.0,
                Occlusion::BehindHead => place.z = place.w,
                Occlusion::Face => {}
            };
            [&mut centre, &mut across, &mut down]
                .into_iter()
                .for_each(set_depth);
            checked(Picture {
                centre: centre.to_array(),
                across: across.to_array(),
                down: down.to_array(),
                look,
            })
        }
    }
}

/// How deep what lies at `z` before the camera is in clip space, 0 to 1.
fn depth_of(clip_from_camera: Mat4, z: f32) -> f32 {
    if z >= -NEAR_MM {
        return 0.0;
    }
    let clip = clip_from_camera * Vec4::new(0.0, 0.0, z, 1.0);
    share(clip.z / clip.w)
}

/// The numbers of a picture over the whole frame; `None` if nothing of it is seen.
pub(crate) fn overlay(
    evaluated: Evaluated<'_>,
    source: &Source,
    fit: Fit,
    cells: &Cells,
    view: View,
) -> Option<Picture> {
    let numbers = Numbers { evaluated, source };
    let own = Vec2::new(cells.size.0 as f32, cells.size.1 as f32);
    let half = fitted(fit, own, view.size_px) * 0.5;
    let flat = Flat {
        centre: view.size_px * 0.5,
        half,
        rotation: 0.0,
        opacity: numbers.share(Property::Opacity),
        cell: cell(numbers.raw(Property::Cell), cells.count),
        depth: 0.0,
    };
    flat.placed(view)
}

/// The sides of something of sides `own` when it fills something of sides `frame`.
pub(crate) fn fitted(fit: Fit, own: Vec2, frame: Vec2) -> Vec2 {
    let scale = frame / own;
    match fit {
        Fit::Stretch => frame,
        Fit::Contain => own * scale.min_element(),
        Fit::Cover => own * scale.max_element(),
    }
}

/// The four numbers of a paint; `None` if nothing of it is seen.
pub(crate) fn paint(
    evaluated: Evaluated<'_>,
    source: &Source,
    exclude: Exclude,
    cells: &Cells,
) -> Option<[f32; 4]> {
    let numbers = Numbers { evaluated, source };
    let opacity = numbers.share(Property::Opacity);
    let free = if exclude.eyes { 1.0 } else { 0.0 } + if exclude.mouth { 2.0 } else { 0.0 };
    let look = [
        opacity,
        cell(numbers.raw(Property::Cell), cells.count),
        numbers.share(Property::Lighting),
        free,
    ];
    (opacity > 0.0).then_some(look)
}

/// The four numbers of a swap, of which the share `shown` is seen; `None` if nothing of it is.
pub(crate) fn swap(
    evaluated: Evaluated<'_>,
    source: &Source,
    keep: Keep,
    shown: impl FnOnce(Bend) -> f32,
) -> Option<[f32; 4]> {
    let numbers = Numbers { evaluated, source };
    let amount = numbers.share(Property::Opacity);
    if amount <= 0.0 {
        return None;
    }
    let kept = if keep.eyes { 1.0 } else { 0.0 } + if keep.mouth { 2.0 } else { 0.0 };
    let bend = Bend {
        shape: numbers.share(Property::Shape),
        expression: numbers.share(Property::Expression),
    };
    let shown = amount * share(shown(bend));
    let look = [
        shown,
        numbers.share(Property::Feather),
        numbers.share(Property::Lighting),
        kept,
    ];
    (shown > 0.0).then_some(look)
}

/// The four numbers of a table of colours; `None` if it changes nothing.
pub(crate) fn lut(evaluated: Evaluated<'_>, source: &Source) -> Option<[f32; 4]> {
    let strength = Numbers { evaluated, source }.share(Property::Opacity);
    (strength > 0.0).then_some([strength, 0.0, 0.0, 0.0])
}

/// The numbers of a prop on a face; `None` if nothing of it is seen.
pub(crate) fn prop(evaluated: Evaluated<'_>, source: &Source, face: &FaceInput<'_>) -> Option<Prop> {
    /// No morph target is done more than this many times over.
    const MOST_MORPHED: f32 = 16.0;
    let numbers = Numbers { evaluated, source };
    let opacity = numbers.share(Property::Opacity);
    let scale = numbers.length(Property::Scale);
    if opacity <= 0.0 || scale <= 0.0 {
        return None;
    }
    let turn = |property, axis: fn(f32) -> Quat| axis(numbers.raw(property));
    let own = turn(Property::RotationZ, Quat::from_rotation_z)
        * turn(Property::RotationY, Quat::from_rotation_y)
        * turn(Property::RotationX, Quat::from_rotation_x);
    let place = Vec3::new(
        numbers.length(Property::X),
        numbers.length(Property::Y),
        numbers.length(Property::Z),
    );
    let rotation = face.pose.rigid().raw().0 * own;
    let camera_from_model = placed(scale, rotation, place);
    let weights = [
        Property::Morph0,
        Property::Morph1,
        Property::Morph2,
        Property::Morph3,
    ]
    .map(|weight| numbers.raw(weight).clamp(-MOST_MORPHED, MOST_MORPHED));
    camera_from_model.is_finite().then(|| Prop {
        camera_from_model: camera_from_model.to_cols_array_2d(),
        weights,
        look: [opacity, 0.0, 0.0, 0.0],
    })
}

/// A model's matrix.
pub(crate) fn placed(scale: f32, rotation: Quat, place: Vec3) -> Mat4 {
    Mat4::from_scale_rotation_translation(Vec3::splat(scale), rotation, place)
}

/// A head's numbers.
pub(crate) fn head(face: &FaceInput<'_>, view: View) -> Head {
    /// Bare skin: forehead, between the brows, both cheeks, twice.
    const SKIN: [usize; 6] = [151, 9, 50, 280, 205, 425];
    let clip_from_face = view.clip_from_camera * Mat4::from(face.pose.camera_from_face().raw());
    let places = SKIN.map(|landmark| {
        let uv = face.landmarks.point(landmark).raw() / view.size_px;
        uv.clamp(Vec2::ZERO, Vec2::ONE)
    });
    let pair = |at: usize| {
        let (a, b) = (places[2 * at], places[2 * at + 1]);
        [a.x, a.y, b.x, b.y]
    };
    Head {
        clip_from_face: if clip_from_face.is_finite() {
            clip_from_face.to_cols_array_2d()
        } else {
            [[0.0; 4]; 4]
        },
        skin: [0, 1, 2].map(pair),
    }
}

/// A face's landmarks as vertices, one by one: together they are never anywhere but where they are written.
pub(crate) fn skin(face: &FaceInput<'_>) -> impl Iterator<Item = Skin> {
    (0..canonical::VERTICES).map(|index| Skin {
        place_px: place_px(face.landmarks.point(index).raw()),
        place_mm: face.metric.point(index).raw().to_array().map(bounded),
        seen: share(face.visibility[index]),
    })
}

/// A place in the frame that a program or a network says.
pub(crate) fn place_px(place: Vec2) -> [f32; 2] {
    place.to_array().map(bounded)
}

/// `picture`, if something of it is seen and every number is one.
fn checked(picture: Picture) -> Option<Picture> {
    let numbers = [picture.centre, picture.across, picture.down, picture.look];
    let finite = numbers.as_flattened().iter().all(|number| number.is_finite());
    let area = [picture.across, picture.down].map(|side| side != [0.0; 4]);
    (finite && area == [true; 2] && picture.look[0] > 0.0).then_some(picture)
}

/// What all draws know of a frame.
pub(crate) fn frame(frame: &FrameView<'_>, view: View) -> Frame {
    let low = Shape::of(frame).low();
    Frame {
        clip_from_camera: view.clip_from_camera.to_cols_array_2d(),
        size_px: view.size_px.to_array(),
        low_size: [low.0 as f32, low.1 as f32],
    }
}

/// How a frame's buffer is turned, and what its bytes stand for.
pub(crate) fn sensor(frame: &FrameView<'_>) -> Sensor {
    // Exact: whole pixels go to whole pixels.
    let sensor_from_frame = frame
        .layout()
        .orientation
        .sensor_from_frame(frame.sensor_size())
        .raw();
    let (x, y) = (sensor_from_frame.matrix2.x_axis, sensor_from_frame.matrix2.y_axis);
    let origin = sensor_from_frame.transform_point2(Vec2::splat(0.5)) - 0.5;
    let whole = |number: f32| number as i32;
    let mut sensor = Sensor {
        turn: [whole(x.x), whole(x.y), whole(y.x), whole(y.y)],
        origin: [whole(origin.x), whole(origin.y)],
        ..Sensor::zeroed()
    };
    match frame.samples() {
        Samples::Packed { bgra, .. } => sensor.bgra = i32::from(bgra),
        Samples::Yuv { colour, .. } => {
            let rows = rgb_from_yuv(colour);
            // The pairs of NV21 are taken in as they lie.
            let swapped = frame.layout().format == FrameFormat::Nv21;
            let row = |row: usize| {
                let [y, u, v, one] = rows[row].map(|factor| factor as f32);
                if swapped { [y, v, u, one] } else { [y, u, v, one] }
            };
            (sensor.red, sensor.green, sensor.blue) = (row(0), row(1), row(2));
        }
    }
    sensor
}

/// Red, green and blue as factors of luma, the two kinds of chroma, and 1, all from 0 to 1.
///
/// # Source
/// ITU-R BT.601-7, section 2.5; ITU-R BT.709-6, sections 3 and 4; full range: ITU-T T.871, section 7.
fn rgb_from_yuv(colour: Colour) -> [[f64; 4]; 3] {
    let (kr, kb) = match colour.matrix {
        ColourMatrix::Bt601 => (0.299, 0.114),
        ColourMatrix::Bt709 => (0.2126, 0.0722),
    };
    let kg = 1.0 - kr - kb;
    let (black, luma, chroma) = match colour.range {
        ColourRange::Full => (0.0, 1.0, 1.0),
        ColourRange::Limited => (16.0 / 255.0, 255.0 / 219.0, 255.0 / 224.0),
    };
    let middle = 128.0 / 255.0;
    let red = 2.0 * (1.0 - kr) * chroma;
    let blue = 2.0 * (1.0 - kb) * chroma;
    let row = |u: f64, v: f64| [luma, u, v, -black * luma - middle * (u + v)];
    [
        row(0.0, red),
        row(-blue * kb / kg, -red * kr / kg),
        row(blue, 0.0),
    ]
}

/// How a picture of sides `picture` lies in a target of sides `target`: half its sides in clip space, and -1 if mirrored.
pub(crate) fn placement(placement: Placement, picture: Vec2, target: Vec2) -> [f32; 4] {
    let half = fitted(placement.fit, picture, target) / target;
    [half.x, half.y, if placement.mirror { -1.0 } else { 1.0 }, 0.0]
}

#[cfg(test)]
mod tests {
    use moretta_frame::FrameLayout;
    use moretta_space::{Orientation, Point2};

    use super::*;

    #[test]
    fn a_buffer_is_turned_as_its_orientation_says() {
        for orientation in Orientation::ALL {
            let mut layout = FrameLayout::packed(FrameFormat::Rgba8, 5, 3);
            layout.orientation = orientation;
            let bytes = [0; 60];
            let frame = layout.view(&[&bytes]).unwrap();
            let sensor = sensor(&frame);
            let sensor_from_frame = orientation.sensor_from_frame(frame.sensor_size());
            for (x, y) in
                (0..frame.size().width()).flat_map(|x| (0..frame.size().height()).map(move |y| (x, y)))
            {
                let (x, y) = (x as i32, y as i32);
                let [a, b, c, d] = sensor.turn;
                let found = [sensor.origin[0] + a * x + c * y, sensor.origin[1] + b * x + d * y];
                let centre = Point2::from_raw(Vec2::new(x as f32 + 0.5, y as f32 + 0.5));
                let expected = (sensor_from_frame * centre).raw() - 0.5;
                assert_eq!(found.map(|it| it as f32), expected.to_array(), "{orientation:?}");
            }
        }
    }

    #[test]
    fn greys_are_grey_and_limited_range_is_stretched() {
        for matrix in [ColourMatrix::Bt601, ColourMatrix::Bt709] {
            for (range, black, white) in [
                (ColourRange::Full, 0.0, 255.0),
                (ColourRange::Limited, 16.0, 235.0),
            ] {
                let rows = rgb_from_yuv(Colour { matrix, range });
                for (luma, expected) in [(black, 0.0), (white, 1.0)] {
                    let yuv = [luma / 255.0, 128.0 / 255.0, 128.0 / 255.0, 1.0];
                    for row in rows {
                        let found: f64 = row.iter().zip(yuv).map(|(a, b)| a * b).sum();
                        assert!((found - expected).abs() < 1e-9, "{matrix:?} {range:?}: {found}");
                    }
                }
            }
        }
    }

    #[test]
    fn shares_are_within_bounds_whatever_comes() {
        for (number, expected) in [
            (0.25, 0.25),
            (-1.0, 0.0),
            (7.0, 1.0),
            (f32::NAN, 0.0),
            (f32::INFINITY, 1.0),
        ] {
            assert_eq!(share(number), expected);
        }
    }

    #[test]
    fn cells_are_those_that_there_are() {
        for (number, count, expected) in [
            (0.0, 4, 0.0),
            (1.99, 4, 1.0),
            (-3.0, 4, 0.0),
            (1e30, 4, 3.0),
            (2.0, 1, 0.0),
        ] {
            assert_eq!(cell(number, count), expected);
        }
    }

    #[test]
    fn pictures_fill_in_three_ways() {
        let (own, frame) = (Vec2::new(2.0, 1.0), Vec2::new(8.0, 8.0));
        assert_eq!(fitted(Fit::Stretch, own, frame), frame);
        assert_eq!(fitted(Fit::Contain, own, frame), Vec2::new(8.0, 4.0));
        assert_eq!(fitted(Fit::Cover, own, frame), Vec2::new(16.0, 8.0));
    }

    #[test]
    fn depth_is_within_the_view() {
        let clip_from_camera = glam::camera::rh::proj::directx::perspective(1.0, 1.0, NEAR_MM, FAR_MM);
        let depth = |z| depth_of(clip_from_camera, z);
        for z in [0.0, 1e7, -NEAR_MM] {
            assert_eq!(depth(z), 0.0);
        }
        assert!(depth(-400.0) < depth(-500.0));
        assert_eq!(depth(-1e7), 1.0);
    }
}
