//! What a C caller's pointers lead to. Memory of the caller is touched here and nowhere else.
//!
//! [`In`] and [`Out`] are pointers that came from a C caller, and have no other origin: they can be made in Rust by
//! transmuting alone. Whoever calls from C vouches for what `moretta.h` says of each of them: that it is null, or leads
//! to as much memory as the call says, which no other thread writes meanwhile. That is what each `unsafe` below rests on.

#![allow(unsafe_code, reason = "C's pointers are followed")]

use std::mem::MaybeUninit;

use crate::Fault;
use crate::abi::{self, size_of_field};

/// A pointer to be read from: null, or good for the call.
#[repr(transparent)]
pub(crate) struct In<T>(*const T);

/// A pointer to be written to: null, or good for the call.
#[repr(transparent)]
pub(crate) struct Out<T>(*mut T);

impl<T> Clone for In<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for In<T> {}

impl<T> Clone for Out<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Out<T> {}

// SAFETY: an address. What lies there is the caller's, who lends it to the thread that calls.
unsafe impl<T> Send for In<T> {}
// SAFETY: as above.
unsafe impl<T> Send for Out<T> {}

/// What any bytes are a value of.
///
/// # Safety
/// They are, zeros included, and it has no padding.
pub(crate) unsafe trait Plain: Copy {}

// SAFETY: a byte.
unsafe impl Plain for u8 {}
// SAFETY: an address and a length.
unsafe impl Plain for abi::Bytes {}

/// A struct of the header that begins with its own size in bytes, a `uint32_t`.
pub(crate) trait CStruct: Plain {
    /// Its name in C.
    const NAME: &'static str;
    /// How large it was in the first version of the interface.
    const FIRST_BYTES: usize;
}

/// Says so of structs. `first` is the last field of the first version: a caller's struct reaches at least to its end.
macro_rules! sized {
    ($( $Name:ident = $name:literal, first = $last:ident; )*) => { $(
        // SAFETY: numbers, addresses and handles, which are numbers.
        unsafe impl Plain for abi::$Name {}

        impl CStruct for abi::$Name {
            const NAME: &'static str = $name;
            const FIRST_BYTES: usize =
                std::mem::offset_of!(abi::$Name, $last) + size_of_field(|it: &abi::$Name| &it.$last);
        }
    )* };
}

sized! {
    Options = "moretta_options", first = models_path_len;
    Frame = "moretta_frame", first = planes;
    Picture = "moretta_picture", first = row_stride;
    Result = "moretta_result", first = whole_ns;
    Surface = "moretta_surface", first = window;
    Input = "moretta_input", first = name;
    Statistics = "moretta_statistics", first = mean_whole_ns;
}

/// No struct of any version is larger. What says so is no struct.
const MOST_BYTES: usize = 4096;

/// How large the caller's struct at `start` is, which must not be null.
fn size_at<T: CStruct>(start: *const T) -> Result<usize, Fault> {
    if start.is_null() {
        return Err(Fault::Null { what: T::NAME });
    }
    // SAFETY: not null, so it leads to a struct that begins with its size. C aligns it, and we need not trust that.
    let size = unsafe { start.cast::<u32>().read_unaligned() } as usize;
    if size < T::FIRST_BYTES || size > MOST_BYTES {
        return Err(Fault::StructSize {
            what: T::NAME,
            expected: T::FIRST_BYTES,
            most: MOST_BYTES,
            found: size,
        });
    }
    Ok(size)
}

impl<T: CStruct> In<T> {
    /// The struct, as far as the caller has it; what it lacks is zero, and what it has more must be zero.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::StructSize`], [`Fault::StructTail`].
    pub(crate) fn read(self) -> Result<T, Fault> {
        let (size, own) = (size_at(self.0)?, size_of::<T>());
        let mut value = MaybeUninit::<T>::zeroed();
        // SAFETY: `size` bytes are the caller's struct, `own` bytes are ours, and neither lies in the other.
        unsafe {
            self.0
                .cast::<u8>()
                .copy_to_nonoverlapping(value.as_mut_ptr().cast(), size.min(own));
        }
        for at in own..size {
            // SAFETY: below the size of the caller's struct.
            let byte = unsafe { self.0.cast::<u8>().wrapping_add(at).read() };
            if byte != 0 {
                return Err(Fault::StructTail {
                    what: T::NAME,
                    expected: own,
                    found: at,
                });
            }
        }
        // SAFETY: any bytes are a value of a struct of the header.
        Ok(unsafe { value.assume_init() })
    }

    /// Whether there is none.
    pub(crate) fn is_null(self) -> bool {
        self.0.is_null()
    }
}

impl<T: CStruct> Out<T> {
    /// Whether there is a struct to be filled, and of a size that can be.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::StructSize`].
    pub(crate) fn check(self) -> Result<(), Fault> {
        size_at(self.0).map(|_| ())
    }

    /// Fills the caller's struct, as far as it has it; its size stays as it is, and what it has more becomes zero.
    ///
    /// # Errors
    /// As [`check`](Self::check), and then nothing is written.
    pub(crate) fn write(self, value: T) -> Result<(), Fault> {
        let size = size_at(self.0)?;
        let (after, end) = (size_of::<u32>(), size.min(size_of::<T>()));
        let from = (&raw const value).cast::<u8>().wrapping_add(after);
        let to = self.0.cast::<u8>().wrapping_add(after);
        // SAFETY: from behind the size to where the shorter of both structs ends; ours is not the caller's.
        unsafe { to.copy_from_nonoverlapping(from, end - after) };
        let tail = self.0.cast::<u8>().wrapping_add(end);
        // SAFETY: from there to where the caller's struct ends.
        unsafe { tail.write_bytes(0, size - end) };
        Ok(())
    }
}

impl<T> Out<T> {
    /// Sets the caller's variable.
    ///
    /// # Errors
    /// [`Fault::Null`].
    pub(crate) fn set(self, what: &'static str, value: T) -> Result<(), Fault> {
        self.require(what)?;
        // SAFETY: not null, so it leads to a variable of the caller's.
        unsafe { self.0.write_unaligned(value) };
        Ok(())
    }

    /// Whether there is a variable to be set.
    ///
    /// # Errors
    /// [`Fault::Null`].
    pub(crate) fn require(self, what: &'static str) -> Result<(), Fault> {
        if self.0.is_null() {
            return Err(Fault::Null { what });
        }
        Ok(())
    }
}

#[cfg(test)]
impl In<u8> {
    /// To bytes of a test's own, which outlive the call.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(bytes.as_ptr())
    }
}

impl<T> In<T> {
    /// None.
    pub(crate) const NULL: Self = Self(std::ptr::null());

    /// Where it leads: to be compared, not to be followed.
    pub(crate) fn address(self) -> usize {
        self.0.addr()
    }
}

impl<T> Out<T> {
    /// Whether there is none.
    pub(crate) fn is_none(self) -> bool {
        self.0.is_null()
    }

    /// Where it leads: to be compared, not to be followed.
    pub(crate) fn address(self) -> usize {
        self.0.addr()
    }
}

/// Whether `len` elements of `T` from `address` on can be memory at all.
fn check_len<T>(what: &'static str, address: usize, len: usize) -> Result<(), Fault> {
    if address == 0 {
        return Err(Fault::Null { what });
    }
    if !address.is_multiple_of(align_of::<T>()) {
        return Err(Fault::Value {
            what,
            expected: "an address as its type is aligned",
            found: address as u64,
        });
    }
    let bytes = len
        .checked_mul(size_of::<T>())
        .filter(|bytes| isize::try_from(*bytes).is_ok());
    match bytes.and_then(|bytes| address.checked_add(bytes)) {
        Some(_) => Ok(()),
        None => Err(Fault::Value {
            what,
            expected: "a length within the address space",
            found: len as u64,
        }),
    }
}

impl<T: Plain> In<T> {
    /// `len` of them; none, whatever the pointer, if `len` is 0. For as long as this value lives: within the call.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::Value`].
    pub(crate) fn slice(&self, what: &'static str, len: usize) -> Result<&[T], Fault> {
        if len == 0 {
            return Ok(&[]);
        }
        check_len::<T>(what, self.0.addr(), len)?;
        // SAFETY: not null, aligned, within the address space; the caller lends as much for the call.
        Ok(unsafe { std::slice::from_raw_parts(self.0, len) })
    }
}

impl In<u8> {
    /// `len` bytes of UTF-8.
    ///
    /// # Errors
    /// As [`slice`](Self::slice), and [`Fault::Text`].
    pub(crate) fn text(&self, what: &'static str, len: usize) -> Result<&str, Fault> {
        std::str::from_utf8(self.slice(what, len)?).map_err(|_| Fault::Text { what })
    }

    /// `len` bytes that the caller gave up; none, whatever the pointer, if `len` is 0. For as long as this value is borrowed:
    /// within the call.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::Value`].
    pub(crate) fn give_up(&mut self, what: &'static str, len: usize) -> Result<&mut [u8], Fault> {
        // The caller gave this memory up, which it says may be written.
        Out(self.0.cast_mut()).lent(what, len)
    }

    /// Zeroes `len` bytes that the caller gave up; nothing, if there can be none.
    pub(crate) fn wipe(self, len: usize) {
        if len == 0 || check_len::<u8>("a plane", self.0.addr(), len).is_err() {
            return;
        }
        // SAFETY: the caller gave this memory up, which it says may be written; no reference to it is alive.
        let bytes = unsafe { std::slice::from_raw_parts_mut(self.0.cast_mut(), len) };
        drop(moretta::Frame::consumed([bytes]));
    }
}

impl Out<u8> {
    /// `len` bytes to be written; none, whatever the pointer, if `len` is 0. For as long as this value is borrowed:
    /// within the call.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::Value`].
    pub(crate) fn slice(&mut self, what: &'static str, len: usize) -> Result<&mut [u8], Fault> {
        self.lent(what, len)
    }

    /// The same for as long as whoever asks borrows where the pointer came from.
    fn lent<'a>(self, what: &'static str, len: usize) -> Result<&'a mut [u8], Fault> {
        if len == 0 {
            return Ok(&mut []);
        }
        check_len::<u8>(what, self.0.addr(), len)?;
        // SAFETY: not null, within the address space; the caller lends as much for the call, and who asks for other memory of
        // it too has looked that neither lies in the other.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.0, len) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture as a newer header has it.
    #[repr(C)]
    struct Newer {
        picture: abi::Picture,
        more: [u8; 8],
    }

    fn newer(more: [u8; 8]) -> Newer {
        Newer {
            picture: abi::Picture {
                struct_size: size_of::<Newer>() as u32,
                format: abi::FORMAT_BGRA8,
                data: Out(std::ptr::null_mut()),
                len: 7,
                row_stride: 9,
            },
            more,
        }
    }

    #[test]
    fn a_newer_struct_is_taken_if_what_is_new_is_zero() {
        let read = |it: &Newer| In((&raw const *it).cast::<abi::Picture>()).read();
        let taken = read(&newer([0; 8])).unwrap();
        assert_eq!(
            (taken.format, taken.len, taken.row_stride),
            (abi::FORMAT_BGRA8, 7, 9)
        );
        let set = newer([0, 0, 0, 0, 0, 0, 0, 1]);
        assert!(
            matches!(read(&set), Err(Fault::StructTail { found, .. }) if found == size_of::<abi::Picture>() + 7)
        );
        for size in [
            0,
            1,
            size_of::<abi::Picture>() - 1,
            MOST_BYTES + 1,
            u32::MAX as usize,
        ] {
            let mut wrong = newer([0; 8]);
            wrong.picture.struct_size = size as u32;
            assert!(
                matches!(read(&wrong), Err(Fault::StructSize { found, .. }) if found == size),
                "{size}"
            );
        }
        assert!(matches!(In::<abi::Picture>::NULL.read(), Err(Fault::Null { .. })));
    }

    #[test]
    fn a_newer_struct_is_filled_as_far_as_it_is_known_and_zero_behind() {
        let mut place = newer([5; 8]);
        let value = abi::Picture {
            struct_size: 0,
            format: 3,
            data: Out(std::ptr::null_mut()),
            len: 1,
            row_stride: 2,
        };
        Out((&raw mut place).cast::<abi::Picture>()).write(value).unwrap();
        assert_eq!(
            place.picture.struct_size as usize,
            size_of::<Newer>(),
            "stays as it is"
        );
        assert_eq!(
            (place.picture.format, place.picture.len, place.picture.row_stride),
            (3, 1, 2)
        );
        assert_eq!(place.more, [0; 8]);
        place.picture.struct_size = 4;
        place.picture.format = 9;
        assert!(Out((&raw mut place).cast::<abi::Picture>()).write(value).is_err());
        assert_eq!(place.picture.format, 9);
    }

    #[test]
    fn no_length_leads_out_of_the_address_space() {
        let bytes = [1u8, 2, 3];
        let place = In(bytes.as_ptr());
        assert_eq!(place.slice("it", 3).unwrap(), bytes);
        assert!(place.slice("it", 0).unwrap().is_empty());
        assert!(In::<u8>::NULL.slice("it", 0).unwrap().is_empty());
        assert!(matches!(In::<u8>::NULL.slice("it", 1), Err(Fault::Null { .. })));
        for len in [usize::MAX, usize::MAX / 2 + 1] {
            assert!(
                matches!(place.slice("it", len), Err(Fault::Value { .. })),
                "{len}"
            );
        }
        let odd = [abi::Bytes { data: place, len: 3 }; 2];
        let odd = In(odd.as_ptr().wrapping_byte_add(1));
        assert!(matches!(odd.slice("it", 1), Err(Fault::Value { .. })));
        assert!(matches!(
            In([0xff].as_ptr()).text("it", 1),
            Err(Fault::Text { .. })
        ));
    }

    #[test]
    fn what_was_given_up_is_zeroed() {
        let mut bytes = [7u8; 5];
        In(bytes.as_mut_ptr().cast_const()).wipe(3);
        assert_eq!(bytes, [0, 0, 0, 7, 7]);
        In::<u8>::NULL.wipe(3);
    }
}
