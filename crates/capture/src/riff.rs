//! WebP's outer shape, judged before a decoder believes it: it allocates what a chunk announces, and of two sizes for one
//! picture, either.

use crate::{CaptureError, Fault, FileFormat};

/// Checks that each chunk lies within the file, and says where the last ends: what follows there is not the file's.
///
/// # Errors
/// [`CaptureError::File`] with [`Fault::EndsEarly`] if one does not, with [`Fault::Malformed`] if a still picture has
/// another size than its canvas.
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
    let mut canvas = None;
    while at < body.len() {
        let len = length_at(body, at + 4).ok_or_else(early)?;
        let padded = len.checked_next_multiple_of(2).ok_or_else(early)?;
        let next = (at + 8).checked_add(padded).ok_or_else(early)?;
        // The last chunk's padding may be missing.
        if next > body.len() + (padded - len) {
            return Err(early());
        }
        let name = body.get(at..at + 4).unwrap_or_default();
        let content = &body[at + 8..at + 8 + len];
        if name == b"VP8X" && at == 12 {
            canvas = canvas_size(content);
        }
        if let (Some(canvas), Some(found)) = (canvas, picture_size(name, content))
            && canvas != found
        {
            return Err(FileFormat::WebP.fault(Fault::Malformed));
        }
        at = next;
    }
    Ok(body.len())
}

/// The size of the one picture that an extended header announces; `None` for an animation's.
fn canvas_size(header: &[u8]) -> Option<[u32; 2]> {
    let three = |at: usize| {
        let [low, middle, high] = *header.get(at..at + 3)?.first_chunk()?;
        Some(u32::from_le_bytes([low, middle, high, 0]) + 1)
    };
    let still = header.first()? & 0b10 == 0;
    Some([three(4)?, three(7)?]).filter(|_| still)
}

/// The size that a picture's own first bytes say; `None` for a chunk that is no picture, or has none.
///
/// # Source
/// RFC 6386, section 9.1, and RFC 9649, section 3.4.
pub(crate) fn picture_size(name: &[u8], content: &[u8]) -> Option<[u32; 2]> {
    if name == b"VP8 " {
        let sides: [u8; 4] = *content.get(6..10)?.first_chunk()?;
        let [width, height] = [[sides[0], sides[1]], [sides[2], sides[3]]].map(u16::from_le_bytes);
        // The upper two bits are a scale, for viewers.
        return Some([width, height].map(|side| u32::from(side & 0x3FFF)));
    }
    if name == b"VP8L" {
        let header = u32::from_le_bytes(*content.get(1..5)?.first_chunk()?);
        return Some([header & 0x3FFF, header >> 14 & 0x3FFF].map(|side| side + 1));
    }
    None
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
