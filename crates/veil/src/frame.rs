//! Pictures on their way in.

use crate::VeilError;
use crate::wipe::wipe;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// The most planes that a frame has: Y, U, V and one to spare.
pub const MAX_PLANES: usize = 4;

/// A picture that the app hands over: the bytes of 1 to [`MAX_PLANES`] planes, or none for a request without one.
///
/// What the bytes mean (format, strides, orientation) goes along in the pipeline's request.
pub struct Frame<'a> {
    planes: [Plane; MAX_PLANES],
    count: usize,
    consumed: bool,
    /// For a picture of a [`FrameStore`](crate::FrameStore): all that was lent, zeroed instead of the planes, and
    /// where to note that it is.
    loan: Option<(Plane, &'a mut usize)>,
    borrow: PhantomData<&'a mut [u8]>,
}

/// A plane's address and length.
#[derive(Clone, Copy)]
pub(crate) struct Plane {
    pub(crate) start: NonNull<u8>,
    pub(crate) len: usize,
}

impl Plane {
    pub(crate) const EMPTY: Plane = Plane {
        start: NonNull::dangling(),
        len: 0,
    };
}

impl<'a> Frame<'a> {
    /// No picture: for a request that only configures the pipeline.
    #[must_use]
    pub fn none() -> Frame<'a> {
        Frame {
            planes: [Plane::EMPTY; MAX_PLANES],
            count: 0,
            consumed: false,
            loan: None,
            borrow: PhantomData,
        }
    }

    /// Planes of a [`Loan`](crate::Loan), which are within `whole`; without that they stay as they are.
    pub(crate) fn lent(
        planes: [Plane; MAX_PLANES],
        count: usize,
        whole: Option<(Plane, &'a mut usize)>,
    ) -> Frame<'a> {
        Frame {
            planes,
            count,
            consumed: false,
            loan: whole,
            borrow: PhantomData,
        }
    }

    /// Planes that stay the app's: read during the call, left as they are.
    ///
    /// # Errors
    /// [`VeilError::Planes`] for none or more than [`MAX_PLANES`].
    pub fn borrowed(planes: impl IntoIterator<Item = &'a [u8]>) -> Result<Frame<'a>, VeilError> {
        let plane = |p: &'a [u8]| Plane {
            start: NonNull::from(p).cast(),
            len: p.len(),
        };
        Frame::none().with(planes.into_iter().map(plane), false)
    }

    /// Planes that the app gives up: zeroed when this value goes, which is before the call that takes it
    /// returns, on every path, errors included.
    ///
    /// # Errors
    /// [`VeilError::Planes`] for none or more than [`MAX_PLANES`]; the planes are zeroed then too.
    pub fn consumed(planes: impl IntoIterator<Item = &'a mut [u8]>) -> Result<Frame<'a>, VeilError> {
        let plane = |p: &'a mut [u8]| Plane {
            len: p.len(),
            start: NonNull::from(p).cast(),
        };
        Frame::none().with(planes.into_iter().map(plane), true)
    }

    fn with(mut self, planes: impl Iterator<Item = Plane>, consumed: bool) -> Result<Frame<'a>, VeilError> {
        self.consumed = consumed;
        let mut found = 0;
        for plane in planes {
            found += 1;
            if let Some(place) = self.planes.get_mut(found - 1) {
                *place = plane;
                self.count = found;
            } else if consumed {
                // SAFETY: a plane that was passed by mutable reference and given up.
                unsafe { wipe(plane.start.as_ptr(), plane.len) };
            }
        }
        if found == 0 || found > MAX_PLANES {
            return Err(VeilError::Planes {
                found,
                max: MAX_PLANES,
            });
        }
        Ok(self)
    }

    pub(crate) fn planes(&self) -> &[Plane] {
        &self.planes[..self.count]
    }
}

impl Drop for Frame<'_> {
    fn drop(&mut self) {
        if self.consumed {
            for plane in self.planes() {
                // SAFETY: borrowed mutably for as long as this value lives, and given up by the caller.
                unsafe { wipe(plane.start.as_ptr(), plane.len) };
            }
        }
        if let Some((whole, used)) = &mut self.loan {
            // SAFETY: what the loan holds, which is borrowed mutably for as long as this value lives.
            unsafe { wipe(whole.start.as_ptr(), whole.len) };
            **used = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_where_its_planes_are() {
        let (y, uv) = ([1u8; 6], [2u8; 3]);
        let frame = Frame::borrowed([&y[..], &uv]).unwrap();
        let found: Vec<_> = frame
            .planes()
            .iter()
            .map(|p| (p.start.as_ptr().cast_const(), p.len))
            .collect();
        assert_eq!(found, [(y.as_ptr(), 6), (uv.as_ptr(), 3)]);
        assert!(Frame::none().planes().is_empty());
    }

    #[test]
    fn what_is_given_up_is_zeroed_and_what_is_lent_is_not() {
        let (mut y, mut uv) = ([1u8; 6], [2u8; 3]);
        drop(Frame::borrowed([&y[..], &uv]).unwrap());
        assert_eq!((y, uv), ([1; 6], [2; 3]));
        drop(Frame::consumed([&mut y[..4], &mut uv]).unwrap());
        assert_eq!((y, uv), ([0, 0, 0, 0, 1, 1], [0; 3]));
    }

    #[test]
    fn too_many_planes_are_counted_and_zeroed_if_given_up() {
        let mut planes = [[7u8; 5]; 6];
        let lent = Frame::borrowed(planes.iter().map(|p| &p[..])).map(drop);
        assert!(matches!(lent, Err(VeilError::Planes { found: 6, max: 4 })));
        assert_eq!(planes, [[7; 5]; 6]);
        let given = Frame::consumed(planes.iter_mut().map(|p| &mut p[..])).map(drop);
        assert!(matches!(given, Err(VeilError::Planes { found: 6, max: 4 })));
        assert_eq!(planes, [[0; 5]; 6]);
        let most = planes.iter().take(MAX_PLANES).map(|p| &p[..]);
        assert_eq!(Frame::borrowed(most).unwrap().planes().len(), MAX_PLANES);
    }

    #[test]
    fn planes_given_up_before_a_panic_are_zeroed() {
        let mut given = [[7u8; 5]; 3];
        let panicking = given.iter_mut().enumerate().map(|(n, plane)| {
            assert!(n < 2, "the caller's own iterator");
            &mut plane[..]
        });
        let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            Frame::consumed(panicking).map(drop)
        }));
        assert!(unwound.is_err());
        assert_eq!(given, [[0; 5], [0; 5], [7; 5]]);
    }

    #[test]
    fn an_empty_plane_is_a_plane() {
        let mut empty: [u8; 0] = [];
        assert_eq!(Frame::borrowed([&empty[..]]).unwrap().planes()[0].len, 0);
        drop(Frame::consumed([&mut empty[..]]).unwrap());
    }
}
