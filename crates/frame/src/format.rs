use core::fmt;

use crate::FrameError;

/// How the pixels of a camera frame lie in memory, 8 bits a channel.
///
/// The YUV formats are all 4:2:0: one chroma sample for two by two pixels, and one more where a side is odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum FrameFormat {
    /// One plane: red, green, blue, alpha.
    Rgba8 = 1,
    /// One plane: blue, green, red, alpha. What iOS and most desktops deliver.
    Bgra8 = 2,
    /// Two planes: luma; U and V in turns. What iOS calls `420v` and `420f`.
    Nv12 = 3,
    /// Two planes: luma; V and U in turns. The old camera interface of Android.
    Nv21 = 4,
    /// Three planes: luma, U, V.
    I420 = 5,
    /// Three planes: luma, V, U.
    Yv12 = 6,
    /// Three planes: luma, U, V, the last two with a pixel stride of one byte or of two, as Android says at
    /// run time. With two bytes they may overlap, each beginning in the other's gaps.
    Yuv420_888 = 7,
}

/// A plane as its format shapes it, whatever its strides.
#[derive(Clone, Copy)]
pub(crate) struct PlaneShape {
    /// 1 where the plane has half as many samples each way, else 0.
    pub(crate) halvings: u32,
    /// The bytes of one sample.
    pub(crate) sample_bytes: usize,
    /// The least and the largest distance from one sample to the next, in bytes.
    pub(crate) pixel_strides: (usize, usize),
}

impl FrameFormat {
    /// All that are taken in, by rising id.
    pub const ALL: [Self; 7] = [
        Self::Rgba8,
        Self::Bgra8,
        Self::Nv12,
        Self::Nv21,
        Self::I420,
        Self::Yv12,
        Self::Yuv420_888,
    ];

    /// The number that stands for this format where there are no Rust enums. It never changes.
    pub const fn id(self) -> u32 {
        self as u32
    }

    /// The format with this id.
    ///
    /// 16 is reserved for P010, whose 10 bits are not taken in, and 32 to 63 for pictures that lie in the
    /// memory of a graphics processor.
    ///
    /// # Errors
    /// [`FrameError::ReservedFormat`] for a reserved id, [`FrameError::Format`] for any other that no format
    /// has.
    pub const fn from_id(id: u32) -> Result<Self, FrameError> {
        match id {
            1..=7 => Ok(Self::ALL[id as usize - 1]),
            16 => Err(FrameError::ReservedFormat {
                found: id,
                name: "P010",
            }),
            32..=63 => Err(FrameError::ReservedFormat {
                found: id,
                name: "a picture in GPU memory",
            }),
            _ => Err(FrameError::Format { found: id }),
        }
    }

    /// How many planes a frame of this format has: 1, 2 or 3.
    pub const fn plane_count(self) -> usize {
        self.plane_shapes().len()
    }

    pub(crate) const fn plane_shapes(self) -> &'static [PlaneShape] {
        const fn plane(halvings: u32, sample_bytes: usize, pixel_strides: (usize, usize)) -> PlaneShape {
            PlaneShape {
                halvings,
                sample_bytes,
                pixel_strides,
            }
        }
        const PACKED: &[PlaneShape] = &[plane(0, 4, (4, 4))];
        const LUMA: PlaneShape = plane(0, 1, (1, 1));
        const PAIRED: &[PlaneShape] = &[LUMA, plane(1, 2, (2, 2))];
        const PLANAR: &[PlaneShape] = &[LUMA, plane(1, 1, (1, 1)), plane(1, 1, (1, 1))];
        const ANDROID: &[PlaneShape] = &[LUMA, plane(1, 1, (1, 2)), plane(1, 1, (1, 2))];
        match self {
            Self::Rgba8 | Self::Bgra8 => PACKED,
            Self::Nv12 | Self::Nv21 => PAIRED,
            Self::I420 | Self::Yv12 => PLANAR,
            Self::Yuv420_888 => ANDROID,
        }
    }
}

/// The name as cameras and codecs write it.
impl fmt::Display for FrameFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rgba8 => "RGBA8",
            Self::Bgra8 => "BGRA8",
            Self::Nv12 => "NV12",
            Self::Nv21 => "NV21",
            Self::I420 => "I420",
            Self::Yv12 => "YV12",
            Self::Yuv420_888 => "YUV_420_888",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_their_formats_and_no_other_id_does() {
        for (format, id) in FrameFormat::ALL.into_iter().zip(1..) {
            assert_eq!(format.id(), id);
            assert_eq!(FrameFormat::from_id(id), Ok(format));
        }
        for id in [0, 8, 15, 17, 31, 64, u32::MAX] {
            assert_eq!(
                FrameFormat::from_id(id).unwrap_err().to_string(),
                format!("pixel format: expected an id within 1..=7, found {id}")
            );
        }
    }

    #[test]
    fn reserved_ids_are_refused_by_name() {
        for (id, name) in [
            (16, "P010"),
            (32, "a picture in GPU memory"),
            (63, "a picture in GPU memory"),
        ] {
            assert_eq!(
                FrameFormat::from_id(id).unwrap_err().to_string(),
                format!("pixel format: expected one of 8 bits a channel in memory, found {name} (id {id})")
            );
        }
    }

    #[test]
    fn names_differ() {
        let names = FrameFormat::ALL.map(|format| format.to_string());
        for (i, name) in names.iter().enumerate() {
            assert!(!names[i + 1..].contains(name), "{name}");
        }
        assert_eq!(names[6], "YUV_420_888");
    }
}
