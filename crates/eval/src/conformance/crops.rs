//! Crops against the reference's.

use std::path::Path;

use moretta_frame::{Border, ChannelOrder, CropSpec, Region, ValueRange};
use moretta_space::{FramePx, Point2, Size, Vector2};
use serde_json::Value;

use crate::error::EvalError;
use crate::judge::{Judge, read, read_json};
use crate::picture::Picture;

/// Levels of 255, which the reference allows itself.
const TOLERANCE: f64 = 5.0;

/// A crop of the reference.
struct Golden {
    picture: Picture,
    border: Border,
    /// In the reference's numbers, which count from the centre of the first pixel.
    centre: [f32; 2],
    extent: [f32; 2],
    angle_rad: f32,
    keep_aspect: bool,
}

/// MediaPipe's own 13 cases: `cases.json` in `folder`, and a picture each.
pub(crate) fn of_reference(judge: &mut Judge, folder: &Path) {
    let cases = read_json(&folder.join("cases.json")).and_then(|cases| {
        let input = text(&cases["input"])?.to_owned();
        let cases = cases["cases"].as_array().cloned().unwrap_or_default();
        if cases.len() == 13 {
            Ok((input, cases))
        } else {
            let found = cases.len().to_string();
            Err(EvalError::malformed("crop/cases.json", "13 cases", found))
        }
    });
    let (input, cases) = match cases {
        Ok(cases) => cases,
        Err(error) => return judge.golden("crop_cases", Err(error), TOLERANCE),
    };
    let input = Picture::read(&folder.join(input));
    for case in &cases {
        let name = text(&case["golden"]).unwrap_or("unnamed");
        let measured = match &input {
            Ok(input) => golden(case, folder, input).and_then(|golden| distance(&golden, input)),
            Err(error) => Err(EvalError::malformed("crop/input", "a picture", error.to_string())),
        };
        let name = name.trim_end_matches(".png");
        judge.golden(&format!("crop_{name}"), measured, TOLERANCE);
    }
}

/// The cases that come with `moretta-frame`: to the last bit.
pub(crate) fn committed(judge: &mut Judge, folder: &Path) {
    let measured = read(&folder.join("crops.csv")).and_then(|table| {
        let input = Picture::read(&folder.join("picture.png"))?;
        let rows: Vec<_> = table.lines().skip(1).collect();
        if rows.len() != 9 {
            return Err(EvalError::malformed(
                "crops.csv",
                "9 crops",
                rows.len().to_string(),
            ));
        }
        rows.into_iter()
            .map(|row| {
                let name = row.split(',').next().unwrap_or_default();
                let measured = golden_of_row(row, folder).and_then(|golden| distance(&golden, &input));
                Ok((format!("crop_{name}"), measured))
            })
            .collect::<Result<Vec<_>, EvalError>>()
    });
    match measured {
        Ok(measured) => {
            for (name, measured) in measured {
                judge.golden(&name, measured, 0.0);
            }
        }
        Err(error) => judge.golden("crops", Err(error), 0.0),
    }
}

fn golden(case: &Value, folder: &Path, input: &Picture) -> Result<Golden, EvalError> {
    let roi = &case["roi"];
    let number = |name: &str| {
        let number = roi[name].as_f64().map(|it| it as f32);
        number.ok_or_else(|| EvalError::malformed("crop/cases.json", "a number for each side", name))
    };
    let sides = [input.width, input.height].map(|it| it as f32);
    Ok(Golden {
        picture: Picture::read(&folder.join(text(&case["golden"])?))?,
        border: border(text(&case["border"])?)?,
        centre: [number("x_center")? * sides[0], number("y_center")? * sides[1]],
        extent: [number("width")? * sides[0], number("height")? * sides[1]],
        angle_rad: number("rotation_deg")?.to_radians(),
        keep_aspect: case["keep_aspect"].as_bool().unwrap_or(false),
    })
}

fn golden_of_row(row: &str, folder: &Path) -> Result<Golden, EvalError> {
    let refused = || EvalError::malformed("crops.csv", "nine cells", row);
    let cells: Vec<_> = row.split(',').collect();
    let [name, _, _, edge, numbers @ ..] = &cells[..] else {
        return Err(refused());
    };
    let numbers: Result<Vec<f32>, _> = numbers.iter().map(|it| it.parse()).collect();
    let Ok([x, y, width, height, angle_rad]) = numbers.as_deref() else {
        return Err(refused());
    };
    Ok(Golden {
        picture: Picture::read(&folder.join(format!("{name}.png")))?,
        border: border(edge)?,
        centre: [*x, *y],
        extent: [*width, *height],
        angle_rad: *angle_rad,
        keep_aspect: false,
    })
}

/// The largest difference of a level between the golden and our crop of `input`.
fn distance(golden: &Golden, input: &Picture) -> Result<f64, EvalError> {
    let size = Size::new(golden.picture.width, golden.picture.height)
        .map_err(|error| EvalError::malformed("a crop", "a size", error.to_string()))?;
    let spec = CropSpec {
        size,
        border: golden.border,
        range: ValueRange::Unit,
        order: ChannelOrder::Nhwc,
    };
    let centre = Point2::<FramePx>::from_raw(golden.centre.map(|it| it + 0.5).into());
    let extent = Vector2::from_raw(golden.extent.into());
    let mut region = Region::new(centre, extent, golden.angle_rad)?;
    if golden.keep_aspect {
        region = region.with_aspect_of(size);
    }
    let view = input.layout().view(&[&input.rgba])?;
    let mut found = vec![0.0; 3 * golden.picture.width as usize * golden.picture.height as usize];
    view.crop(region, &spec, &mut found)?;
    let (pixels, _) = golden.picture.rgba.as_chunks::<4>();
    let expected = pixels.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]);
    let level = |value: &f32| (value * 255.0).round() as u8;
    let differences = found.iter().map(level).zip(expected).map(|(a, b)| a.abs_diff(b));
    Ok(f64::from(differences.max().unwrap_or(u8::MAX)))
}

fn border(word: &str) -> Result<Border, EvalError> {
    match word {
        "zero" => Ok(Border::Zero),
        "replicate" => Ok(Border::Replicate),
        other => Err(EvalError::malformed(
            "a crop's border",
            "zero or replicate",
            other,
        )),
    }
}

fn text(value: &Value) -> Result<&str, EvalError> {
    value
        .as_str()
        .ok_or_else(|| EvalError::malformed("crop/cases.json", "a text", value.to_string()))
}
