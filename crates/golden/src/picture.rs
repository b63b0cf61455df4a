use std::io::Cursor;
use std::path::Path;

use crate::GoldenError;

/// A picture: rows from the top, red, green, blue and alpha, 8 bits each, without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    size: (u32, u32),
    rgba: Vec<u8>,
}

impl core::fmt::Debug for Picture {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Picture({} x {})", self.size.0, self.size.1)
    }
}

impl Picture {
    /// A picture of `width` by `height` pixels.
    ///
    /// # Errors
    /// [`GoldenError::Bytes`] unless there are four bytes a pixel.
    pub fn new(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, GoldenError> {
        let expected = width as usize * height as usize * 4;
        if rgba.len() == expected {
            Ok(Self::known((width, height), rgba))
        } else {
            Err(GoldenError::Bytes {
                expected,
                found: rgba.len(),
            })
        }
    }

    pub(crate) fn known(size: (u32, u32), rgba: Vec<u8>) -> Self {
        Self { size, rgba }
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// The pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[[u8; 4]] {
        self.rgba.as_chunks::<4>().0
    }

    /// The bytes.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The pixel in column `x` and row `y`.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        assert!(x < self.size.0 && y < self.size.1, "no pixel {x}, {y}");
        self.pixels()[y as usize * self.size.0 as usize + x as usize]
    }

    /// Reads a PNG of 8-bit RGBA.
    ///
    /// # Errors
    /// [`GoldenError::Missing`], [`GoldenError::Unreadable`].
    pub fn read(path: &Path) -> Result<Self, GoldenError> {
        match std::fs::read(path) {
            Ok(bytes) => Self::from_png(&bytes, path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(GoldenError::Missing {
                path: path.to_owned(),
            }),
            Err(error) => Err(GoldenError::Unreadable {
                path: path.to_owned(),
                found: error.to_string(),
            }),
        }
    }

    /// The picture in a PNG of 8-bit RGBA; `path` is what an error calls it.
    ///
    /// # Errors
    /// [`GoldenError::Unreadable`].
    pub fn from_png(bytes: &[u8], path: &Path) -> Result<Self, GoldenError> {
        let unreadable = |found: String| GoldenError::Unreadable {
            path: path.to_owned(),
            found,
        };
        let mut reader = png::Decoder::new(Cursor::new(bytes))
            .read_info()
            .map_err(|error| unreadable(error.to_string()))?;
        let (colour, depth) = reader.output_color_type();
        if (colour, depth) != (png::ColorType::Rgba, png::BitDepth::Eight) {
            return Err(unreadable(format!("{colour:?} of {depth:?} bits")));
        }
        let bytes = reader
            .output_buffer_size()
            .ok_or_else(|| unreadable("a picture larger than memory".to_owned()))?;
        let mut rgba = vec![0; bytes];
        let frame = reader
            .next_frame(&mut rgba)
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Self::known((frame.width, frame.height), rgba))
    }

    /// Writes a PNG, and the folders above it.
    ///
    /// # Errors
    /// [`GoldenError::Write`].
    #[expect(
        clippy::disallowed_methods,
        reason = "for tests and tools: finished pictures, written where the caller says"
    )]
    pub fn write(&self, path: &Path) -> Result<(), GoldenError> {
        let failed = |reason: String| GoldenError::Write {
            path: path.to_owned(),
            reason,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        }
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.size.0, self.size.1);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&self.rgba))
            .map_err(|error| failed(error.to_string()))?;
        std::fs::write(path, bytes).map_err(|error| failed(error.to_string()))
    }
}
