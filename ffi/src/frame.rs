//! Frames and pictures, as C says them.

use std::ops::{Deref, Range};

use moretta::{
    Colour, ColourMatrix, ColourRange, DonorPicture, FrameFormat, FrameLayout, PixelOrder, PlaneLayout,
};
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
    /// What is to be zeroed when the call ends: the planes, if the caller gave them up.
    pub(crate) fn consumed(&self) -> Consumed {
        let mut consumed = self.given_up();
        if self.flags & abi::FRAME_CONSUMED == 0 {
            consumed.count = 0;
        }
        consumed
    }

    /// The same of a frame that is given up whatever its flags say.
    pub(crate) fn given_up(&self) -> Consumed {
        Consumed {
            planes: self.planes,
            count: self.planes().len(),
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
    pub(crate) fn bytes(&self) -> Result<Planes<'_>, Fault> {
        let mut found = Planes::default();
        for ((plane, name), place) in self.planes().iter().zip(PLANES).zip(&mut found.all) {
            *place = plane.data.slice(name, plane.len)?;
            found.count += 1;
        }
        Ok(found)
    }

    /// The picture of a donor, whose memory is zeroed when it goes.
    ///
    /// # Errors
    /// As [`layout`](Self::layout) and [`bytes`](Self::bytes); [`Fault::Planes`] if planes share memory.
    pub(crate) fn donor(&mut self) -> Result<DonorPicture<'_>, Fault> {
        let layout = self.layout()?;
        let planes = self.planes();
        let apart = |(at, plane): (usize, &abi::Plane)| {
            let others = planes[at + 1..].iter();
            others.clone().all(|other| !meet(&plane.span(), &other.span()))
        };
        if !planes.iter().enumerate().all(apart) {
            return Err(Fault::Planes);
        }
        let count = planes.len();
        let mut all = [const { None }; abi::MAX_PLANES as usize];
        for ((plane, name), place) in self.planes[..count].iter_mut().zip(PLANES).zip(&mut all) {
            *place = Some(plane.data.give_up(name, plane.len)?);
        }
        Ok(DonorPicture::pixels(layout, all.into_iter().flatten())?)
    }

    /// How the picture's memory lies to the frame's.
    ///
    /// # Errors
    /// [`Fault::Overlap`], if they share some otherwise than in place.
    pub(crate) fn lies_to(&self, picture: &abi::Picture) -> Result<Lies, Fault> {
        let out = span(picture.data.address(), picture.len);
        if !self.planes().iter().any(|plane| meet(&plane.span(), &out)) {
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

const PLANES: [&str; abi::MAX_PLANES as usize] = ["the first plane", "the second plane", "the third plane"];

/// The bytes of a frame's planes. It lies where it is used: a frame allocates nothing for it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Planes<'a> {
    all: [&'a [u8]; abi::MAX_PLANES as usize],
    count: usize,
}

impl<'a> Planes<'a> {
    /// Of one plane.
    pub(crate) fn one(bytes: &'a [u8]) -> Self {
        Self {
            all: [bytes, &[], &[]],
            count: 1,
        }
    }
}

impl<'a> Deref for Planes<'a> {
    type Target = [&'a [u8]];

    fn deref(&self) -> &[&'a [u8]] {
        &self.all[..self.count]
    }
}

impl abi::Plane {
    fn span(&self) -> Range<usize> {
        span(self.data.address(), self.len)
    }
}

pub(crate) fn span(start: usize, len: usize) -> Range<usize> {
    start..start.saturating_add(len)
}

pub(crate) fn meet(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
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
