//! The numbers of stickers and props.

use moretta_lang::{Anchor, LANDMARKS};

use super::plan::{PropPlan, Spot, StickerPlan};
use crate::error::quoted;
use crate::limits::{MAX_MORPHS, MAX_PLACE_LANDMARKS};
use crate::manifest::{Number, PlaceSpec, Prop3dSpec, RotateSpec, SizeSpec, SpringSpec, Sticker2dSpec};
use crate::number::{Names, Tree, read};
use crate::read::{Pointer, ReadError};

/// The numbers of a sticker whose picture has this many columns to a row.
pub(super) fn sticker(
    spec: &Sticker2dSpec,
    aspect: f32,
    place: &Pointer<'_>,
    names: &Names<'_>,
) -> Result<StickerPlan, ReadError> {
    let number = |number: &Number, place: &Pointer<'_>| read(&number.0, place, names);
    let size = place.key("size");
    let (width, height) = match &spec.size {
        SizeSpec::Width(width) => (number(width, &size)?, None),
        SizeSpec::Sides([width, height]) => (
            number(width, &size.item(0))?,
            Some(number(height, &size.item(1))?),
        ),
    };
    let offset_place = place.key("offset");
    let mut offset = [const { Tree::Constant(0.0) }; 3];
    let given = spec.offset.as_deref().unwrap_or_default();
    if spec.offset.is_some() && !(2..=3).contains(&given.len()) {
        let found = format!("a list of {}", given.len());
        return Err(ReadError::new("a list of 2 or 3", found).at(&offset_place));
    }
    for (item, (axis, given)) in offset.iter_mut().zip(given).enumerate() {
        *axis = number(given, &offset_place.item(item))?;
    }
    let pivot_place = place.key("pivot");
    for (item, side) in spec.pivot.iter().enumerate() {
        if !(-10.0..=10.0).contains(side) {
            return Err(ReadError::new("-10 to 10", side).at(&pivot_place.item(item)));
        }
    }
    Ok(StickerPlan {
        spot: spot(&spec.anchor, &place.key("anchor"), names)?,
        upright: spec.rotate == RotateSpec::None,
        width,
        height,
        aspect,
        offset,
        pivot: spec.pivot,
        rotation: optional(spec.rotation.as_ref(), 0.0, &place.key("rotation"), names)?,
        spring: spring(spec.spring.as_ref(), &place.key("spring"), names)?,
    })
}

/// The numbers of a prop.
pub(super) fn prop(spec: &Prop3dSpec, place: &Pointer<'_>, names: &Names<'_>) -> Result<PropPlan, ReadError> {
    let three = |numbers: Option<&[Number; 3]>, key: &str| {
        let place = place.key(key);
        let mut trees = [const { Tree::Constant(0.0) }; 3];
        for (item, (tree, number)) in trees.iter_mut().zip(numbers.into_iter().flatten()).enumerate() {
            *tree = read(&number.0, &place.item(item), names)?;
        }
        Ok::<_, ReadError>(trees)
    };
    let list = place.key("morphs");
    if spec.morphs.len() > MAX_MORPHS {
        let found = format!("a list of {}", spec.morphs.len());
        return Err(ReadError::new(format_args!("at most {MAX_MORPHS}"), found).at(&list));
    }
    let morphs = spec.morphs.iter().enumerate();
    let morphs = morphs.map(|(item, weight)| read(&weight.0, &list.item(item), names));
    Ok(PropPlan {
        spot: spot(&spec.anchor, &place.key("anchor"), names)?,
        offset: three(spec.offset.as_ref(), "offset")?,
        rotation: three(spec.rotation.as_ref(), "rotation")?,
        scale: optional(spec.scale.as_ref(), 1000.0, &place.key("scale"), names)?,
        morphs: morphs.collect::<Result<_, _>>()?,
        spring: spring(spec.spring.as_ref(), &place.key("spring"), names)?,
    })
}

/// A number that may be left out.
pub(super) fn optional(
    number: Option<&Number>,
    default: f32,
    place: &Pointer<'_>,
    names: &Names<'_>,
) -> Result<Tree, ReadError> {
    match number {
        None => Ok(Tree::Constant(default)),
        Some(number) => read(&number.0, place, names),
    }
}

fn spring(
    spec: Option<&SpringSpec>,
    place: &Pointer<'_>,
    names: &Names<'_>,
) -> Result<Option<[Tree; 2]>, ReadError> {
    let Some(spec) = spec else { return Ok(None) };
    let hertz = read(&spec.hertz.0, &place.key("hertz"), names)?;
    let damping = optional(spec.damping.as_ref(), 0.5, &place.key("damping"), names)?;
    Ok(Some([hertz, damping]))
}

fn spot(spec: &PlaceSpec, place: &Pointer<'_>, names: &Names<'_>) -> Result<Spot, ReadError> {
    let weights = match spec {
        PlaceSpec::Anchor(name) => {
            let anchor = Anchor::from_name(name);
            let wrong = || ReadError::new("the name of an anchor", quoted(name)).at(place);
            return Ok(Spot::Anchor(anchor.ok_or_else(wrong)?));
        }
        PlaceSpec::Landmarks(weights) => &weights.landmarks,
    };
    names.use_signal("landmarks");
    let place = place.key("landmarks");
    if !(1..=MAX_PLACE_LANDMARKS).contains(&weights.len()) {
        let found = format!("a list of {}", weights.len());
        return Err(ReadError::new(format_args!("1 to {MAX_PLACE_LANDMARKS} landmarks"), found).at(&place));
    }
    for (item, (landmark, weight)) in weights.iter().enumerate() {
        let place = place.item(item);
        if *landmark >= LANDMARKS {
            let expected = format!("a landmark, 0 to {}", LANDMARKS - 1);
            return Err(ReadError::new(expected, landmark).at(&place.item(0)));
        }
        if !(-10.0..=10.0).contains(weight) {
            return Err(ReadError::new("-10 to 10", weight).at(&place.item(1)));
        }
    }
    let sum: f32 = weights.iter().map(|(_, weight)| weight).sum();
    if (sum - 1.0).abs() > 1e-3 {
        return Err(ReadError::new("weights that add up to 1", sum).at(&place));
    }
    Ok(Spot::Landmarks(weights.clone()))
}
