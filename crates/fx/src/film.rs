//! Animations of finished pictures.

use moretta_capture::{CaptureError, ClipWriter};

use crate::Error;
use crate::studio::Shot;

/// A format of animations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Film {
    /// Every colour.
    Apng,
    /// 256 colours a picture.
    Gif,
}

/// How long a single picture is shown, and one whose end nothing tells.
const SINGLE_NS: u64 = 1_000_000_000;

/// The file of an animation that shows each of `shots`, pictures of one size, until the next is due. It plays without
/// an end.
///
/// # Errors
/// [`Error::Film`].
pub(crate) fn encode(film: Film, shots: &[Shot]) -> Result<Vec<u8>, Error> {
    let mut file = Vec::new();
    write(film, shots, &mut file).map_err(Error::Film)?;
    Ok(file)
}

fn write(film: Film, shots: &[Shot], file: &mut Vec<u8>) -> Result<(), CaptureError> {
    let (width, height) = shots.first().map_or((0, 0), |shot| shot.picture.dimensions());
    let count = u32::try_from(shots.len()).unwrap_or(u32::MAX);
    let mut writer = match film {
        Film::Apng => ClipWriter::apng(file, [width, height], count)?,
        Film::Gif => ClipWriter::gif(file, [width, height])?,
    };
    let mut shown_ns = SINGLE_NS;
    for (place, shot) in shots.iter().enumerate() {
        // The last is shown as long as the one before.
        if let Some(next) = shots.get(place + 1) {
            shown_ns = next.time_ns.saturating_sub(shot.time_ns);
        }
        writer.write_frame(&shot.picture, shown_ns)?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifDecoder;
    use image::codecs::png::PngDecoder;
    use image::{AnimationDecoder, Frame, Rgba, RgbaImage};
    use std::io::Cursor;

    fn shots() -> Vec<Shot> {
        let shot = |time_ms: u64, level| Shot {
            time_ns: time_ms * 1_000_000,
            picture: RgbaImage::from_pixel(4, 3, Rgba([level, 0, 255 - level, 255])),
        };
        vec![shot(1000, 0), shot(1040, 128), shot(1100, 255)]
    }

    fn delays_ms(frames: &[Frame]) -> Vec<u32> {
        let delay = |frame: &Frame| frame.delay().numer_denom_ms();
        frames
            .iter()
            .map(delay)
            .map(|(numer, denom)| numer / denom)
            .collect()
    }

    #[test]
    fn an_apng_has_every_picture_for_its_time() {
        let file = encode(Film::Apng, &shots()).unwrap();
        let decoder = PngDecoder::new(Cursor::new(file)).unwrap().apng().unwrap();
        let frames = decoder.into_frames().collect_frames().unwrap();
        assert_eq!(delays_ms(&frames), [40, 60, 60]);
        let pictures: Vec<_> = frames.into_iter().map(Frame::into_buffer).collect();
        assert!(pictures.iter().eq(shots().iter().map(|shot| &shot.picture)));
    }

    #[test]
    fn a_gif_has_every_picture_for_its_time() {
        let file = encode(Film::Gif, &shots()).unwrap();
        let frames = GifDecoder::new(Cursor::new(file)).unwrap().into_frames();
        let frames = frames.collect_frames().unwrap();
        assert_eq!(delays_ms(&frames), [40, 60, 60]);
    }

    #[test]
    fn no_picture_is_no_animation() {
        assert!(matches!(encode(Film::Apng, &[]), Err(Error::Film(_))));
        assert!(matches!(encode(Film::Gif, &[]), Err(Error::Film(_))));
    }
}
