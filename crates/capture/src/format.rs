use std::fmt;

use image::ImageFormat;

use crate::{CaptureError, Fault};

/// A format of picture files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileFormat {
    /// JPEG: a still picture.
    Jpeg,
    /// PNG: a still picture, or an animation (APNG).
    Png,
    /// WebP: a still picture, or an animation; lossy or not.
    WebP,
    /// GIF: an animation, of one frame perhaps.
    Gif,
}

impl FileFormat {
    /// What all of them are, for messages.
    pub(crate) const ALL: &'static str = "JPEG, PNG, WebP or GIF";
    /// Those that may be animations.
    pub(crate) const ANIMATED: &'static str = "animated WebP, APNG or GIF";

    /// The format of a file, by its first bytes.
    ///
    /// # Errors
    /// [`CaptureError::Format`] if it is none of these.
    pub fn of(bytes: &[u8]) -> Result<Self, CaptureError> {
        let refused = |found| CaptureError::Format {
            expected: Self::ALL,
            found,
        };
        if bytes.is_empty() {
            return Err(refused("no bytes"));
        }
        match image::guess_format(bytes) {
            Ok(ImageFormat::Jpeg) => Ok(Self::Jpeg),
            Ok(ImageFormat::Png) => Ok(Self::Png),
            Ok(ImageFormat::WebP) => Ok(Self::WebP),
            Ok(ImageFormat::Gif) => Ok(Self::Gif),
            Ok(ImageFormat::Avif) => Err(refused("AVIF")),
            Ok(ImageFormat::Bmp) => Err(refused("BMP")),
            Ok(ImageFormat::Tiff) => Err(refused("TIFF")),
            Ok(_) => Err(refused("another picture format")),
            Err(_) => Err(refused("none of them")),
        }
    }

    pub(crate) const fn of_image(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::WebP => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }

    pub(crate) const fn fault(self, fault: Fault) -> CaptureError {
        CaptureError::File { format: self, fault }
    }

    /// How many bytes a pixel the decoder takes on its heap at most, beside the picture itself and the file. Read from
    /// the sources of image 0.25, zune-jpeg 0.5, png 0.18, image-webp 0.2 and gif 0.14; of noise and gradients of 1500 x
    /// 1000 pixels in every kind of these formats they took, in whole blocks of the heap and the file's copy included,
    /// 11 (JPEG in four colours, else 5), 13, 7 and 10.
    pub(crate) const fn heap_bytes_a_pixel(self) -> usize {
        match self {
            // The coefficients of a progressive picture: 2 bytes each, four colours in print.
            Self::Jpeg => 8,
            // 16-bit colours, and their conversion; an APNG's two canvases, frame and copy.
            Self::Png => 20,
            // Luma and chroma, and an alpha channel unpacked as if it were a picture; or a picture without one.
            Self::WebP => 8,
            // Canvas, frame and composite.
            Self::Gif => 12,
        }
    }
}

/// The name as people write it.
impl fmt::Display for FileFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        for (bytes, format) in [
            (&b"\xFF\xD8\xFF\xE0"[..], FileFormat::Jpeg),
            (b"\x89PNG\r\n\x1A\n", FileFormat::Png),
            (b"RIFF\0\0\0\0WEBP", FileFormat::WebP),
            (b"GIF89a", FileFormat::Gif),
            (b"GIF87a", FileFormat::Gif),
        ] {
            assert_eq!(FileFormat::of(bytes).unwrap(), format);
        }
    }

    #[test]
    fn what_is_none_of_them_is_named_as_far_as_it_is_known() {
        for (bytes, found) in [
            (&b""[..], "no bytes"),
            (b"BM", "BMP"),
            (b"II*\0", "TIFF"),
            (b"#?RADIANCE\n", "another picture format"),
            (b"MZ\x90\0", "none of them"),
            (b"\x89PN", "none of them"),
        ] {
            let error = FileFormat::of(bytes).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("picture file: expected JPEG, PNG, WebP or GIF, found {found}")
            );
        }
    }
}
