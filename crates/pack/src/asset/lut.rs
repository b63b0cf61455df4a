//! Tables of colours, as text and as pictures.

use super::{Ledger, cube, picture, refused};
use crate::effect::{Image, Lut, Texels};
use crate::error::PackError;
use crate::limits::MAX_LUT_SIDE;
use crate::manifest::LutLayout;

/// The bytes that a PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The table in the file at `file`: a `.cube` file, or a PNG with the entries in `layout`.
pub(crate) fn read(
    file: &str,
    bytes: &[u8],
    layout: Option<LutLayout>,
    ledger: &mut Ledger,
) -> Result<Lut, PackError> {
    if !bytes.starts_with(PNG) {
        return match layout {
            None => cube::read(file, bytes, ledger),
            Some(_) => Err(refused(file, "a PNG, for there is a layout,", "something else")),
        };
    }
    let picture = picture::decode(file, bytes, Texels::Linear, ledger)?;
    let (width, height) = (picture.width, picture.height);
    let strip = (2..=MAX_LUT_SIDE).contains(&height) && width == height * height;
    // A square of k^3 has k^2 entries along each side of the cube.
    let square = (2..=8).find(|k| width == height && width == k * k * k);
    let lut = match (layout, square) {
        (None | Some(LutLayout::Strip), _) if strip => {
            Some(unfold(&picture, height, |r, g, b| (b * height + r, g)))
        }
        (Some(LutLayout::Grid), Some(k)) => Some(unfold(&picture, k * k, |r, g, b| {
            (b % k * k * k + r, b / k * k * k + g)
        })),
        (Some(LutLayout::Hald), Some(k)) => Some(unfold(&picture, k * k, |r, g, b| {
            let entry = r + k * k * (g + k * k * b);
            (entry % width, entry / width)
        })),
        _ => None,
    };
    lut.ok_or_else(|| {
        let expected = match layout {
            None => "a strip (size * size wide, size high), or a layout in the manifest",
            Some(LutLayout::Strip) => "size * size columns and size rows, size 2 to 64",
            Some(LutLayout::Grid | LutLayout::Hald) => "a square of 8, 27, 64, 125, 216, 343 or 512 pixels",
        };
        refused(file, expected, format_args!("{width} x {height}"))
    })
}

/// The table whose entry for red, green and blue is the pixel at `place`, column and row.
fn unfold(picture: &Image, size: u32, place: impl Fn(u32, u32, u32) -> (u32, u32)) -> Lut {
    let (pixels, _) = picture.rgba.as_chunks::<4>();
    let steps = 0..size;
    let mut rgb = Vec::with_capacity((size * size * size) as usize);
    for b in steps.clone() {
        for g in steps.clone() {
            for r in steps.clone() {
                let (x, y) = place(r, g, b);
                let [red, green, blue, _] = pixels[(y * picture.width + x) as usize];
                rgb.push([red, green, blue].map(|byte| f32::from(byte) / 255.0));
            }
        }
    }
    Lut { size, rgb }
}
