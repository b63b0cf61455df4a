//! Frames and pictures, as C says them.

use std::ops::Range;

use moretta::{Colour, ColourMatrix, ColourRange, FrameFormat, FrameLayout, PixelOrder, PlaneLayout};
use moretta_space::{Orientation, Rotation};

use crate::options::{one_of, zero};
use crate::{Fault, abi};

/// Zeroes a frame's memory when the call ends, on every path, if the caller gave it up.
pub(crate) struct Consumed {
    planes: [abi::Plane; abi::MAX_PLANES as usize],
    count: usize,
}

impl Drop for Consumed {
    fn drop(&mut self) {
        // One after the other, as they may overlap.
        for plane in &self.planes[..self.count] {
            plane.data.wipe(plane.len);
        }
    }
}

impl abi::Frame {
    /// What is to be zeroed when the call ends.
    pub(crate) fn consumed(&self) -> Consumed {
        let given_up = self.flags & abi::FRAME_CONSUMED != 0;
        Consumed {
            planes: self.planes,
            count: if given_up { self.planes().len() } else { 0 },
        }
    }

    fn planes(&self) -> &[abi::Plane] {
        let count = self.plane_count.min(abi::MAX_PLANES) as usize;
        &self.planes[..count]
    }

    /// Everything about the frame but its bytes. What is wrong with sizes and strides is found when it is drawn.
    ///
    /// # Errors
    /// [`Fault::Value`], [`Fault::Sdk`].
    pub(crate) fn layout(&self) -> Result<FrameLayout, Fault> {
        let format = FrameFormat::from_id(self.format).map_err(moretta::Error::from)?;
        if self.plane_count as usize != format.plane_count() {
            return Err(Fault::Value {
                what: "moretta_frame.plane_count",
                expected: "as many as its format has",
                found: self.plane_count.into(),
            });
        }
        let rotation = Rotation::from_degrees(self.rotation_degrees).map_err(|_| Fault::Value {
            what: "moretta_frame.rotation_degrees",
            expected: "0, 90, 180 or 270",
            found: self.rotation_degrees.into(),
        })?;
        if self.flags & !(abi::FRAME_MIRROR | abi::FRAME_CONSUMED) != 0 {
            return Err(Fault::Value {
                what: "moretta_frame.flags",
                expected: "MORETTA_FRAME_MIRROR and MORETTA_FRAME_CONSUMED only",
                found: self.flags.into(),
            });
        }
        zero("moretta_frame.reserved", self.reserved)?;
        let matrices = [ColourMatrix::Bt601, ColourMatrix::Bt709];
        let ranges = [ColourRange::Full, ColourRange::Limited];
        Ok(FrameLayout {
            format,
            width: self.width,
            height: self.height,
            planes: self.planes.map(|plane| PlaneLayout {
                row_stride: plane.row_stride,
                pixel_stride: plane.pixel_stride,
            }),
            colour: Colour {
                matrix: one_of("moretta_frame.matrix", self.matrix, &matrices)?.unwrap_or_default(),
                range: one_of("moretta_frame.levels", self.levels, &ranges)?.unwrap_or_default(),
            },
            orientation: Orientation {
                rotation,
                mirror: self.flags & abi::FRAME_MIRROR != 0,
            },
            timestamp_ns: self.timestamp_ns,
        })
    }

    /// The planes' bytes, as many as the caller says.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::Value`].
    pub(crate) fn bytes(&self) -> Result<Vec<&[u8]>, Fault> {
        let names = ["the first plane", "the second plane", "the third plane"];
        let planes = self.planes().iter().zip(names);
        planes
            .map(|(plane, name)| plane.data.slice(name, plane.len))
            .collect()
    }

    /// How the picture's memory lies to the frame's.
    ///
    /// # Errors
    /// [`Fault::Overlap`], if they share some otherwise than in place.
    pub(crate) fn lies_to(&self, picture: &abi::Picture) -> Result<Lies, Fault> {
        let out = span(picture.data.address(), picture.len);
        let overlaps = |plane: &abi::Plane| {
            let plane = span(plane.data.address(), plane.len);
            plane.start < out.end && out.start < plane.end
        };
        if !self.planes().iter().any(overlaps) {
            return Ok(Lies::Apart);
        }
        let same = self.plane_count == 1 && self.planes[0].data.address() == picture.data.address();
        if same && self.flags & abi::FRAME_CONSUMED == 0 {
            Ok(Lies::InPlace)
        } else {
            Err(Fault::Overlap)
        }
    }
}

/// How a picture's memory lies to that of the frame it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lies {
    Apart,
    /// The picture takes the frame's place.
    InPlace,
}

fn span(start: usize, len: usize) -> Range<usize> {
    start..start.saturating_add(len)
}

impl abi::Picture {
    /// Which channel comes first.
    ///
    /// # Errors
    /// [`Fault::Value`].
    pub(crate) fn order(&self) -> Result<PixelOrder, Fault> {
        match self.format {
            abi::FORMAT_RGBA8 => Ok(PixelOrder::Rgba),
            abi::FORMAT_BGRA8 => Ok(PixelOrder::Bgra),
            found => Err(Fault::Value {
                what: "moretta_picture.format",
                expected: "MORETTA_FORMAT_RGBA8 or MORETTA_FORMAT_BGRA8",
                found: found.into(),
            }),
        }
    }
}
