//! The memory of direct buffers, as far as they reach.

use std::marker::PhantomData;

use jni::Env;
use jni::objects::JByteBuffer;

use crate::fault::Fault;

/// A part of a direct buffer's memory, for as long as the buffer is held. Only a buffer has one.
#[derive(Clone, Copy)]
pub(crate) struct Memory<'buffer> {
    start: *mut u8,
    len: usize,
    of: PhantomData<&'buffer ()>,
}

impl<'buffer> Memory<'buffer> {
    /// `len` bytes of a buffer from byte `start` on.
    ///
    /// # Errors
    /// [`Fault::NoBuffer`], [`Fault::NotDirect`], [`Fault::Part`].
    pub(crate) fn of(
        env: &Env<'_>,
        what: &'static str,
        buffer: &'buffer JByteBuffer<'_>,
        start: i64,
        len: i64,
    ) -> Result<Self, Fault> {
        if buffer.is_null() {
            return Err(Fault::NoBuffer { what });
        }
        let (Ok(address), Ok(capacity)) = (
            env.get_direct_buffer_address(buffer),
            env.get_direct_buffer_capacity(buffer),
        ) else {
            return Err(Fault::NotDirect { what });
        };
        let (first, count) = part(what, capacity, start, len)?;
        Ok(Self {
            start: address.wrapping_add(first),
            len: count,
            of: PhantomData,
        })
    }

    pub(crate) fn start(&self) -> *mut u8 {
        self.start
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

/// Start and length, if they are within `capacity`.
fn part(what: &'static str, capacity: usize, start: i64, len: i64) -> Result<(usize, usize), Fault> {
    let within = usize::try_from(start).ok().zip(usize::try_from(len).ok());
    within
        .filter(|(start, len)| start.checked_add(*len).is_some_and(|end| end <= capacity))
        .ok_or(Fault::Part {
            what,
            expected: capacity,
            start,
            len,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_reaches_beyond_the_buffer() {
        for (start, len) in [(0, 0), (0, 10), (10, 0), (3, 7)] {
            assert!(part("it", 10, start, len).is_ok(), "{start} {len}");
        }
        for (start, len) in [
            (0, 11),
            (11, 0),
            (4, 7),
            (-1, 1),
            (1, -1),
            (i64::MAX, i64::MAX),
            (i64::MIN, 0),
        ] {
            assert!(
                matches!(part("it", 10, start, len), Err(Fault::Part { .. })),
                "{start} {len}"
            );
        }
    }
}
