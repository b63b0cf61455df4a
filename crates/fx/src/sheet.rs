//! Pictures side by side, with their names under them.

use image::{Rgba, RgbaImage, imageops};

use crate::text;

/// Between pictures and round them, in pixels.
const GAP: u32 = 8;
/// The height of a name.
const NAME: u32 = text::SIDE * 2 + GAP;
const PAPER: Rgba<u8> = Rgba([0xf4, 0xf2, 0xee, 255]);
const INK: Rgba<u8> = Rgba([0x20, 0x20, 0x20, 255]);

/// A sheet of `pictures` in rows from the left, about as wide as high, each over its name.
pub(crate) fn sheet(pictures: &[(&str, &RgbaImage)]) -> RgbaImage {
    let count = pictures.len().max(1) as u32;
    let most = |side: fn(&RgbaImage) -> u32| pictures.iter().map(|(_, it)| side(it)).max().unwrap_or(1);
    let (width, height) = (most(RgbaImage::width), most(RgbaImage::height));
    let (cell_width, cell_height) = (width + GAP, height + NAME + GAP);
    let columns = columns(count, cell_width, cell_height);
    let rows = count.div_ceil(columns);
    let mut sheet = RgbaImage::from_pixel(columns * cell_width + GAP, rows * cell_height + GAP, PAPER);
    for (place, (name, picture)) in (0_u32..).zip(pictures) {
        let left = GAP + place % columns * cell_width;
        let top = GAP + place / columns * cell_height;
        imageops::overlay(&mut sheet, *picture, left.into(), top.into());
        let letters = (width / text::SIDE) as usize;
        // Twice as large, where the name fits.
        let scale = if name.chars().count() * 2 <= letters { 2 } else { 1 };
        let name: String = name.chars().take(letters).collect();
        text::write(&mut sheet, [left, top + height + GAP / 2], scale, INK, &name);
    }
    sheet
}

/// How many of `count` cells go in a row for the sheet to be closest to a square.
fn columns(count: u32, cell_width: u32, cell_height: u32) -> u32 {
    let longest = |columns: u32| (columns * cell_width).max(count.div_ceil(columns) * cell_height);
    (1..=count).min_by_key(|columns| longest(*columns)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_lie_in_rows_and_keep_their_pixels() {
        let red = RgbaImage::from_pixel(40, 30, Rgba([255, 0, 0, 255]));
        let blue = RgbaImage::from_pixel(40, 30, Rgba([0, 0, 255, 255]));
        let sheet = sheet(&[("a", &red), ("b", &blue), ("c", &red)]);
        assert_eq!(sheet.dimensions(), (2 * 48 + 8, 2 * 62 + 8));
        let at = |x, y| sheet.get_pixel(x, y).0;
        assert_eq!(at(8, 8), [255, 0, 0, 255]);
        assert_eq!(at(56, 8), [0, 0, 255, 255]);
        assert_eq!(at(8, 70), [255, 0, 0, 255]);
        assert_eq!(at(60, 80), PAPER.0, "no fourth");
    }

    #[test]
    fn a_sheet_is_about_square() {
        assert_eq!(columns(1, 100, 100), 1);
        assert_eq!(columns(15, 320, 400), 4);
        assert_eq!(columns(4, 100, 100), 2);
        assert_eq!(columns(3, 100, 1000), 3);
    }
}
