//! Finished pictures to and from PNG.

use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageFormat, ImageReader, RgbaImage};

use crate::Error;

/// The picture as PNG, packed as well as the encoder can.
///
/// # Errors
/// [`Error::Encode`].
pub(crate) fn to_png(picture: &RgbaImage) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive);
    let (width, height) = picture.dimensions();
    if picture.pixels().all(|pixel| pixel.0[3] == 255) {
        let rgb: Vec<u8> = picture.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
        encoder.write_image(&rgb, width, height, ExtendedColorType::Rgb8)?;
    } else {
        encoder.write_image(picture, width, height, ExtendedColorType::Rgba8)?;
    }
    Ok(bytes)
}

/// The picture in a PNG file, if it is one.
pub(crate) fn from_png(bytes: &[u8]) -> Result<RgbaImage, image::ImageError> {
    Ok(ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png).decode()?.to_rgba8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    #[test]
    fn pictures_come_back_as_they_were() {
        for alpha in [255, 100] {
            let picture = RgbaImage::from_fn(7, 5, |x, y| Rgba([x as u8 * 30, y as u8 * 40, 200, alpha]));
            assert_eq!(from_png(&to_png(&picture).unwrap()).unwrap(), picture);
        }
        assert!(from_png(b"no picture").is_err());
    }
}
