//! PNG, JPEG and WebP.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::{Ledger, refused};
use crate::effect::{Image, Texels};
use crate::error::PackError;
use crate::limits::{MAX_IMAGE_SIDE, MAX_PREVIEW_SIDE};

const FORMATS: [ImageFormat; 3] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];

/// What a decoder may allocate: more than the largest picture with 16 bits a channel, twice.
const MAX_DECODER_BYTES: u64 = 512 << 20;

/// The picture in the file at `file`, of one of `formats`, the way up that it says.
pub(crate) fn decode(
    file: &str,
    bytes: &[u8],
    texels: Texels,
    ledger: &mut Ledger,
) -> Result<Image, PackError> {
    let broken = |error: image::ImageError| refused(file, "a picture that can be read", error);
    let mut decoder = open(file, bytes, MAX_IMAGE_SIDE)?;
    let (width, height) = decoder.dimensions();
    ledger.add_texture(file, u64::from(width) * u64::from(height) * 4)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    let rgba = picture.into_rgba8();
    Ok(Image {
        width: rgba.width(),
        height: rgba.height(),
        texels,
        rgba: rgba.into_raw(),
    })
}

/// Checks that the file at `file` begins as a small picture does.
pub(crate) fn check_preview(file: &str, bytes: &[u8]) -> Result<(), PackError> {
    open(file, bytes, MAX_PREVIEW_SIDE).map(drop)
}

/// A decoder that has read the header and checked it.
fn open<'b>(file: &str, bytes: &'b [u8], max_side: u32) -> Result<impl ImageDecoder + 'b, PackError> {
    let format = image::guess_format(bytes)
        .ok()
        .filter(|format| FORMATS.contains(format));
    let Some(format) = format else {
        return Err(refused(file, "a PNG, JPEG or WebP picture", "something else"));
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let decoder = reader
        .into_decoder()
        .map_err(|error| refused(file, "a picture that can be read", error))?;
    let (width, height) = decoder.dimensions();
    if (1..=max_side).contains(&width) && (1..=max_side).contains(&height) {
        return Ok(decoder);
    }
    let expected = format!("sides of 1 to {max_side} pixels");
    Err(refused(file, expected, format_args!("{width} x {height}")))
}
