//! The bytes of a model: the parts of a `.glb`, files of the pack, base64.

use std::borrow::Cow;

use super::Source;
use crate::asset::refused;
use crate::error::{PackError, quoted};
use crate::files::{Files, check_path};
use crate::read::Pointer;

const MAGIC: &[u8] = b"glTF";
const JSON: u32 = u32::from_le_bytes(*b"JSON");
const BINARY: u32 = u32::from_le_bytes(*b"BIN\0");

/// The JSON and the binary part of a `.glb`; all of anything else is JSON.
///
/// # Source
/// glTF 2.0, section 4, "GLB File Format Specification".
pub(super) fn split<'b>(file: &str, bytes: &'b [u8]) -> Result<(&'b [u8], Option<&'b [u8]>), PackError> {
    if !bytes.starts_with(MAGIC) {
        return Ok((bytes, None));
    }
    let mut rest = &bytes[MAGIC.len()..];
    let version = word(file, &mut rest)?;
    if version != 2 {
        return Err(refused(file, "a .glb of version 2", version));
    }
    let length = word(file, &mut rest)? as usize;
    if length != bytes.len() {
        let expected = format!("{length} bytes, as the header says,");
        return Err(refused(file, expected, bytes.len()));
    }
    let (kind, text) = chunk(file, &mut rest)?;
    if kind != JSON {
        return Err(refused(file, "a chunk of JSON first", "another"));
    }
    // A client must ignore chunks that it does not know.
    while !rest.is_empty() {
        let (kind, content) = chunk(file, &mut rest)?;
        if kind == BINARY {
            return Ok((text, Some(content)));
        }
    }
    Ok((text, None))
}

fn chunk<'b>(file: &str, rest: &mut &'b [u8]) -> Result<(u32, &'b [u8]), PackError> {
    let length = word(file, rest)? as usize;
    let kind = word(file, rest)?;
    let Some((content, after)) = rest.split_at_checked(length) else {
        let expected = format!("a chunk of {length} bytes");
        return Err(refused(file, expected, rest.len()));
    };
    *rest = after;
    Ok((kind, content))
}

fn word(file: &str, rest: &mut &[u8]) -> Result<u32, PackError> {
    let Some((word, after)) = rest.split_first_chunk() else {
        return Err(refused(file, "4 bytes more", rest.len()));
    };
    *rest = after;
    Ok(u32::from_le_bytes(*word))
}

/// The bytes of each buffer, as long as the JSON says or longer.
pub(super) fn read<'m>(
    source: &Source<'m>,
    files: &'m Files,
    binary: Option<&'m [u8]>,
) -> Result<Vec<Cow<'m, [u8]>>, PackError> {
    let list = Pointer::Root.key("buffers");
    let mut all = Vec::with_capacity(source.root.buffers.len());
    for (item, buffer) in source.root.buffers.iter().enumerate() {
        let place = list.item(item);
        let bytes = match (&buffer.uri, binary, item) {
            (Some(uri), _, _) => content(source, files, uri, &place.key("uri"))?,
            (None, Some(binary), 0) => Cow::Borrowed(binary),
            (None, _, _) => return Err(source.wrong(&place, "a uri, or the binary part of a .glb", "none")),
        };
        if (bytes.len() as u64) < buffer.byte_length.0 {
            let expected = format!("{} bytes", buffer.byte_length.0);
            return Err(source.wrong(&place, expected, bytes.len()));
        }
        all.push(bytes);
    }
    Ok(all)
}

/// What a URI of the model stands for.
pub(super) fn content<'m>(
    source: &Source<'m>,
    files: &'m Files,
    uri: &str,
    place: &Pointer<'_>,
) -> Result<Cow<'m, [u8]>, PackError> {
    if let Some(data) = uri.strip_prefix("data:") {
        let bytes = data.split_once(";base64,").and_then(|(_, text)| base64(text));
        let wrong = || source.wrong(place, "base64", quoted(uri));
        return bytes.map(Cow::Owned).ok_or_else(wrong);
    }
    let found = path(source.file, uri).and_then(|path| files.find(&path));
    let wrong = || source.wrong(place, "a file of the pack, relative to this one,", quoted(uri));
    found.map(Cow::Borrowed).ok_or_else(wrong)
}

/// The path in the pack that a relative URI of the file at `file` means, if it is one.
pub(super) fn path(file: &str, uri: &str) -> Option<String> {
    let uri = uri.strip_prefix("./").unwrap_or(uri);
    let path = match file.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{uri}"),
        None => uri.to_owned(),
    };
    check_path(&path).ok().map(|()| path)
}

/// The bytes that base64 stands for, with or without padding.
///
/// # Source
/// RFC 4648, section 4.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for quad in text.chunks(4) {
        let mut bits = 0u32;
        for place in 0..4 {
            let value = match quad.get(place).copied().unwrap_or(b'A') {
                letter @ b'A'..=b'Z' => letter - b'A',
                letter @ b'a'..=b'z' => letter - b'a' + 26,
                digit @ b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        let [_, triple @ ..] = bits.to_be_bytes();
        let count = match quad.len() {
            4 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        bytes.extend(&triple[..count]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648, section 10.
        for (text, expected) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("Zm9vYg", "foob"),
        ] {
            assert_eq!(base64(text).as_deref(), Some(expected.as_bytes()), "{text}");
        }
        for text in ["Z", "Zm9vY", "Zm9v!mFy", "Zm9v YmFy", "Zm=v"] {
            assert_eq!(base64(text), None, "{text}");
        }
        let all: Vec<u8> = (0..=255).collect();
        let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0-Pw";
        assert_eq!(base64(&text.replace('-', "+")), Some(all[..64].to_vec()));
    }

    #[test]
    fn uris_stay_in_the_pack() {
        assert_eq!(path("a/b.gltf", "c.bin").as_deref(), Some("a/c.bin"));
        assert_eq!(path("a/b.gltf", "./t/c.png").as_deref(), Some("a/t/c.png"));
        assert_eq!(path("b.gltf", "c.bin").as_deref(), Some("c.bin"));
        for uri in [
            "../c.bin",
            "/c.bin",
            "http://a/c.bin",
            "file:c.bin",
            "a\\b",
            "",
            "c%2ebin",
        ] {
            assert_eq!(path("a/b.gltf", uri), None, "{uri}");
        }
    }

    #[test]
    fn a_glb_has_two_parts() {
        let glb = |chunks: &[(&[u8], &[u8])]| {
            let mut bytes = b"glTF\x02\0\0\0\0\0\0\0".to_vec();
            for (kind, content) in chunks {
                bytes.extend((content.len() as u32).to_le_bytes());
                bytes.extend(*kind);
                bytes.extend(*content);
            }
            let length = (bytes.len() as u32).to_le_bytes();
            bytes[8..12].copy_from_slice(&length);
            bytes
        };
        let whole = glb(&[(b"JSON", b"{}  "), (b"????", b"1234"), (b"BIN\0", b"5678")]);
        assert_eq!(split("a.glb", &whole), Ok((&b"{}  "[..], Some(&b"5678"[..]))));
        assert_eq!(split("a.glb", b"{}"), Ok((&b"{}"[..], None)));
        assert!(split("a.glb", &glb(&[(b"BIN\0", b"1234")])).is_err());
        let mut other = whole.clone();
        other[4] = 1;
        assert!(split("a.glb", &other).is_err());
        for length in MAGIC.len()..whole.len() {
            assert!(split("a.glb", &whole[..length]).is_err(), "{length}");
        }
        // Lengths in the header that contradict the bytes.
        for length in [0, 11, 12, whole.len() as u32 + 1, u32::MAX] {
            let mut bytes = whole.clone();
            bytes[8..12].copy_from_slice(&length.to_le_bytes());
            assert!(split("a.glb", &bytes).is_err(), "{length}");
        }
        for length in [5, u32::MAX] {
            let mut bytes = whole.clone();
            bytes[12..16].copy_from_slice(&length.to_le_bytes());
            assert!(split("a.glb", &bytes).is_err(), "{length}");
        }
    }
}
