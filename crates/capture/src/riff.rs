//! WebP's outer shape, judged before a decoder believes it: it allocates what a chunk's header announces.

use crate::{CaptureError, Fault, FileFormat};

/// Checks that each chunk lies within the file, and says where the last ends: what follows there is not the file's.
///
/// # Errors
/// [`CaptureError::File`] with [`Fault::EndsEarly`] if one does not.
///
/// # Source
/// RFC 9649, sections 2.3 and 2.4.
pub(crate) fn check(file: &[u8]) -> Result<usize, CaptureError> {
    let early = || FileFormat::WebP.fault(Fault::EndsEarly);
    // "RIFF", the length of what follows, "WEBP"; then chunks: a name, a length, that many bytes, padded to even.
    let announced = length_at(file, 4).ok_or_else(early)?;
    let end = 8usize.checked_add(announced).filter(|&end| end <= file.len());
    let body = &file[..end.ok_or_else(early)?];
    let mut at = 12;
    while at < body.len() {
        let len = length_at(body, at + 4).ok_or_else(early)?;
        let padded = len.checked_next_multiple_of(2).ok_or_else(early)?;
        let next = (at + 8).checked_add(padded).ok_or_else(early)?;
        // The last chunk's padding may be missing.
        if next > body.len() + (padded - len) {
            return Err(early());
        }
        at = next;
    }
    Ok(body.len())
}

fn length_at(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at..at.checked_add(4)?)?.first_chunk()?;
    usize::try_from(u32::from_le_bytes(*length)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(chunks: &[(u32, usize)]) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        for &(announced, bytes) in chunks {
            body.extend(b"EXIF");
            body.extend(announced.to_le_bytes());
            body.extend(vec![0; bytes]);
        }
        let mut file = b"RIFF".to_vec();
        file.extend((body.len() as u32).to_le_bytes());
        file.extend(body);
        file
    }

    #[test]
    fn chunks_within_the_file_pass() {
        for chunks in [
            &[][..],
            &[(0, 0)],
            &[(4, 4), (0, 0), (2, 2)],
            &[(3, 4), (5, 6)],
            &[(3, 3)],
        ] {
            assert!(check(&file(chunks)).is_ok(), "{chunks:?}");
        }
    }

    #[test]
    fn chunks_beyond_it_do_not() {
        for chunks in [
            &[(1, 0)][..],
            &[(4, 4), (6, 4)],
            &[(u32::MAX, 4)],
            &[(u32::MAX - 1, 4)],
        ] {
            let error = check(&file(chunks)).unwrap_err();
            assert!(
                matches!(
                    error,
                    CaptureError::File {
                        fault: Fault::EndsEarly,
                        ..
                    }
                ),
                "{chunks:?}"
            );
        }
        let whole = file(&[(4, 4)]);
        for len in 0..whole.len() {
            assert!(check(&whole[..len]).is_err(), "{len}");
        }
        let with_more = [&whole[..], b"more"].concat();
        assert_eq!(check(&with_more).unwrap(), whole.len());
    }
}
