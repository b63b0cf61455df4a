//! The part of a PNG that makes the pixels of its animation.

const SIGNATURE_LEN: usize = 8;
/// Length and name before a chunk's content, its check sum after.
const AROUND: usize = 12;

/// The pieces of `file` that make its pixels, one after the other. What is left out is text, times and colour profiles,
/// which a decoder would unpack although nobody asks for them: a profile of 600 KB may become as many megabytes.
///
/// A chunk that ends early comes as far as it goes, for the decoder to complain of.
///
/// # Source
/// Portable Network Graphics (third edition), section 5.
pub(crate) fn pixel_chunks(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (signature, mut rest) = file.split_at(SIGNATURE_LEN.min(file.len()));
    let chunks = std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let announced = rest.first_chunk().map(|length| u32::from_be_bytes(*length));
        let content = announced.and_then(|length| usize::try_from(length).ok());
        let len = content.map_or(rest.len(), |length| length.saturating_add(AROUND));
        let (chunk, after) = rest.split_at(len.min(rest.len()));
        rest = after;
        Some(chunk)
    });
    // Capital first letters are chunks that a decoder must know, `fcTL` and the like those of animations.
    let needed = |chunk: &&[u8]| {
        let Some(name) = chunk.get(4..8) else {
            return true;
        };
        name[0].is_ascii_uppercase() || matches!(name, b"tRNS" | b"acTL" | b"fcTL" | b"fdAT")
    };
    std::iter::once(signature).chain(chunks.filter(needed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32).to_be_bytes(), &name[..], content, b"sum!"].concat()
    }

    fn kept(file: &[u8]) -> Vec<u8> {
        pixel_chunks(file).collect::<Vec<_>>().concat()
    }

    #[test]
    fn what_makes_no_pixels_is_left_out() {
        let file = |names: &[&[u8; 4]]| {
            let chunks: Vec<_> = names.iter().map(|name| chunk(name, &name[..3])).collect();
            [b"\x89PNG\r\n\x1A\n", &chunks.concat()[..]].concat()
        };
        let all = file(&[
            b"IHDR", b"iCCP", b"acTL", b"zTXt", b"PLTE", b"tRNS", b"fcTL", b"IDAT", b"tIME", b"fdAT", b"IEND",
        ]);
        let some = file(&[
            b"IHDR", b"acTL", b"PLTE", b"tRNS", b"fcTL", b"IDAT", b"fdAT", b"IEND",
        ]);
        assert_eq!(kept(&all), some);
        assert_eq!(kept(&some), some);
    }

    #[test]
    fn what_ends_early_comes_as_far_as_it_goes() {
        let whole = [b"\x89PNG\r\n\x1A\n", &chunk(b"IDAT", &[1; 20])[..]].concat();
        for len in 0..whole.len() {
            assert_eq!(kept(&whole[..len]), whole[..len]);
        }
        // A length that nothing has.
        let mut huge = whole.clone();
        huge[8..12].fill(0xFF);
        assert_eq!(kept(&huge), huge);
    }
}
