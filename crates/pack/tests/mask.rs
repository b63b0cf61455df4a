//! `.mask` files: sound ones in every form, broken ones, bombs.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use std::io::{Cursor, Read};

use common::{files, with_assets};
use moretta_pack::{Pack, PackError, limits, write_mask};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An entry of a zip, as its headers say it and as it is.
#[derive(Clone)]
struct Entry {
    name: Vec<u8>,
    /// What the local header calls it.
    local_name: Vec<u8>,
    method: u16,
    flags: u16,
    packed: Vec<u8>,
    size: u32,
    crc: u32,
    /// Upper half: Unix mode.
    attributes: u32,
}

impl Entry {
    fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            local_name: name.into(),
            method: 0,
            flags: 0,
            packed: bytes.to_vec(),
            size: bytes.len() as u32,
            crc: crc32(bytes),
            attributes: 0o100_644 << 16,
        }
    }
}

/// # Source
/// PKWARE, APPNOTE.TXT, 4.4.7.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    !crc
}

/// # Source
/// PKWARE, APPNOTE.TXT, 4.3.
fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut central = Vec::new();
    let word = |bytes: &mut Vec<u8>, word: u16| bytes.extend(word.to_le_bytes());
    let long = |bytes: &mut Vec<u8>, long: u32| bytes.extend(long.to_le_bytes());
    for entry in entries {
        let start = bytes.len() as u32;
        let common = |bytes: &mut Vec<u8>, name: &[u8]| {
            word(bytes, 20);
            word(bytes, entry.flags);
            word(bytes, entry.method);
            // 1980-01-01.
            long(bytes, 0x0021_0000);
            long(bytes, entry.crc);
            long(bytes, entry.packed.len() as u32);
            long(bytes, entry.size);
            word(bytes, name.len() as u16);
            word(bytes, 0);
        };
        bytes.extend(b"PK\x03\x04");
        common(&mut bytes, &entry.local_name);
        bytes.extend(&entry.local_name);
        bytes.extend(&entry.packed);
        central.extend(b"PK\x01\x02");
        // Made by Unix.
        word(&mut central, 0x0314);
        common(&mut central, &entry.name);
        for _ in 0..3 {
            word(&mut central, 0);
        }
        long(&mut central, entry.attributes);
        long(&mut central, start);
        central.extend(&entry.name);
    }
    let start = bytes.len() as u32;
    let length = central.len() as u32;
    bytes.extend(central);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    word(&mut bytes, entries.len() as u16);
    word(&mut bytes, entries.len() as u16);
    long(&mut bytes, length);
    long(&mut bytes, start);
    word(&mut bytes, 0);
    bytes
}

fn sound_manifest() -> Value {
    with_assets(json!({ "nodes": [
        { "id": "grade", "kind": "lut", "asset": "warm" },
        { "id": "ear", "kind": "face_paint", "asset": "ear" },
        { "id": "steam", "kind": "face_paint", "asset": "steam" },
        { "id": "spark", "kind": "face_paint", "asset": "spark" },
        { "id": "hat", "kind": "prop3d", "asset": "hat", "anchor": "head_top" },
    ]}))
}

/// The entries of a sound pack, the manifest first.
fn sound() -> Vec<Entry> {
    let mut entries: Vec<Entry> = files(&sound_manifest())
        .iter()
        .map(|(path, bytes)| Entry::stored(path, bytes))
        .collect();
    entries.rotate_right(1);
    entries
}

fn message(bytes: &[u8]) -> String {
    Pack::from_mask(bytes).map(drop).unwrap_err().to_string()
}

fn written() -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    write_mask(files(&sound_manifest()), &mut out).unwrap();
    out.into_inner()
}

#[test]
fn a_sound_zip_is_read() {
    let pack = Pack::from_mask(&zip(&sound())).unwrap();
    assert_eq!(pack.effect().nodes.len(), 5);
    assert!(pack.warnings().is_empty(), "{:?}", pack.warnings());
}

#[test]
fn what_is_written_is_read_and_always_the_same() {
    let bytes = written();
    let pack = Pack::from_mask(&bytes).unwrap();
    let folder = Pack::from_files(files(&sound_manifest())).unwrap();
    assert_eq!(pack.effect().program, folder.effect().program);
    assert_eq!(format!("{:?}", pack.effect()), format!("{:?}", folder.effect()));
    assert_eq!(written(), bytes);
    let mut other_order = files(&sound_manifest());
    other_order.reverse();
    let mut out = Cursor::new(Vec::new());
    write_mask(other_order, &mut out).unwrap();
    assert_eq!(out.into_inner(), bytes);

    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    assert_eq!(
        names,
        [
            "effect.json",
            "ear.png",
            "hat.gltf",
            "spark.png",
            "steam.png",
            "warm.cube"
        ]
    );
    let mut text = Vec::new();
    archive.by_index(0).unwrap().read_to_end(&mut text).unwrap();
    assert_eq!(text, sound_manifest().to_string().into_bytes());
    let methods: Vec<_> = (0..names.len())
        .map(|it| archive.by_index(it).unwrap().compression())
        .collect();
    assert_eq!(methods[0], zip::CompressionMethod::Deflated);
    assert_eq!(methods[1], zip::CompressionMethod::Stored);
}

#[test]
fn the_writer_keeps_the_rules() {
    let error = |files: Vec<(&str, Vec<u8>)>| {
        let files = files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes));
        write_mask(files, &mut Cursor::new(Vec::new()))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(vec![("a.png", vec![])]),
        "the pack: a file \"effect.json\" expected, none found"
    );
    assert_eq!(
        error(vec![("effect.json", vec![]), ("../a", vec![])]),
        "the pack: a relative path without empty, . or .. parts expected, \"../a\" found"
    );
}

#[test]
fn names_have_to_be_plain_and_unique() {
    let path = "a path of 1 to 128 letters, digits, ., _, - and / between folders";
    let inside = "a relative path without empty, . or .. parts";
    let long = "x".repeat(129);
    for (name, expected) in [
        (
            "../evil",
            format!("the pack: {inside} expected, \"../evil\" found"),
        ),
        (
            "a/../../evil",
            format!("the pack: {inside} expected, \"a/../../evil\" found"),
        ),
        (
            "/etc/passwd",
            format!("the pack: {inside} expected, \"/etc/passwd\" found"),
        ),
        ("a//b", format!("the pack: {inside} expected, \"a//b\" found")),
        (
            "C:\\evil",
            format!("the pack: {path} expected, \"C:\\\\evil\" found"),
        ),
        ("a b", format!("the pack: {path} expected, \"a b\" found")),
        (
            "\u{e4}.png",
            format!("the pack: {path} expected, \"\u{e4}.png\" found"),
        ),
        (
            "folder/",
            format!("the pack: {inside} expected, \"folder/\" found"),
        ),
        (
            "a/b/c/d/e/f/g/h/i",
            "the pack: a path of at most 8 levels expected, \"a/b/c/d/e/f/g/h/i\" found".to_owned(),
        ),
        (
            "EAR.png",
            "EAR.png: one file by this name, in whatever case, expected, another found".to_owned(),
        ),
        (
            "Effect.json",
            "Effect.json: one file by this name, in whatever case, expected, another found".to_owned(),
        ),
        (
            &long,
            format!("the pack: {path} expected, \"{}\"... found", "x".repeat(40)),
        ),
    ] {
        let mut entries = sound();
        entries.push(Entry::stored(name, b"x"));
        assert_eq!(message(&zip(&entries)), expected);
    }
    let mut twice = sound();
    twice.push(twice[1].clone());
    assert_eq!(
        message(&zip(&twice)),
        "the .mask file: each name once expected, one twice found"
    );
    let mut no_text = sound();
    no_text[1].name = vec![0xff, 0xfe];
    no_text[1].local_name = vec![0xff, 0xfe];
    assert_eq!(
        message(&zip(&no_text)),
        "the .mask file: names in ASCII expected, others found"
    );
}

#[test]
fn the_manifest_comes_first() {
    let mut entries = sound();
    entries.swap(0, 1);
    let expected = "the .mask file: \"effect.json\" as the first entry expected, \"ear.png\" found";
    assert_eq!(message(&zip(&entries)), expected);
    let none = message(&zip(&[]));
    assert_eq!(none, "the pack: a file \"effect.json\" expected, none found");
}

#[test]
fn only_plain_files_are_read() {
    let with = |change: fn(&mut Entry)| {
        let mut entries = sound();
        change(&mut entries[1]);
        message(&zip(&entries))
    };
    let plain = "ear.png: a plain file expected, a link, a folder or something else found";
    assert_eq!(with(|entry| entry.attributes = 0o120_777 << 16), plain);
    assert_eq!(with(|entry| entry.attributes = 0o040_755 << 16), plain);
    assert_eq!(with(|entry| entry.attributes = 0o010_644 << 16), plain);
    assert_eq!(
        with(|entry| entry.flags = 1),
        "ear.png: an entry without encryption expected, an encrypted one found"
    );
    for method in [6, 12, 14, 93, 99] {
        let mut entries = sound();
        entries[1].method = method;
        assert_eq!(
            message(&zip(&entries)),
            "ear.png: stored or deflate expected, another method found"
        );
    }
    // Control: a file without a mode is plain.
    let mut entries = sound();
    entries[1].attributes = 0;
    assert!(Pack::from_mask(&zip(&entries)).is_ok());
}

#[test]
fn headers_that_disagree_are_refused() {
    let mut entries = sound();
    entries[1].local_name = b"nose.pn".to_vec();
    assert!(
        message(&zip(&entries)).starts_with("the .mask file: a zip expected, "),
        "{}",
        message(&zip(&entries))
    );
    let mut entries = sound();
    entries[1].local_name = b"eag.png".to_vec();
    assert!(
        message(&zip(&entries)).starts_with("the .mask file: a zip expected, "),
        "{}",
        message(&zip(&entries))
    );
    // Something before the zip.
    let prefixed = [b"#!/bin/sh\n", zip(&sound()).as_slice()].concat();
    assert!(
        message(&prefixed).starts_with("the .mask file: a zip expected, "),
        "{}",
        message(&prefixed)
    );
    // Two names for one entry's bytes.
    let mut bytes = zip(&sound());
    let second = find(&bytes, b"PK\x01\x02", 1);
    let third = find(&bytes, b"PK\x01\x02", 2);
    let offset: [u8; 4] = bytes[second + 42..second + 46].try_into().unwrap();
    bytes[third + 42..third + 46].copy_from_slice(&offset);
    assert!(Pack::from_mask(&bytes).is_err());
}

/// Where `needle` begins for the `number`th time.
fn find(bytes: &[u8], needle: &[u8], number: usize) -> usize {
    let mut places = bytes.windows(needle.len()).enumerate();
    let mut places = places.by_ref().filter(|(_, window)| *window == needle);
    places.nth(number).unwrap().0
}

#[test]
fn broken_bytes_are_seen() {
    let mut entries = sound();
    entries[1].crc ^= 1;
    let expected = "ear.png: an entry that unpacks expected, Invalid checksum found";
    assert_eq!(message(&zip(&entries)), expected);
    let mut entries = sound();
    entries[1].method = 8;
    assert!(message(&zip(&entries)).starts_with("ear.png: an entry that unpacks expected, "));
}

#[test]
fn a_truncated_file_is_refused_wherever_it_ends() {
    let whole = zip(&sound());
    for length in 0..whole.len() {
        let error = Pack::from_mask(&whole[..length]).map(drop).unwrap_err();
        assert!(matches!(error, PackError::Container { .. }), "{length}: {error}");
    }
    assert!(Pack::from_mask(&whole).is_ok());
}

/// `length` zeros, deflated by hand: stored blocks do not shrink, so by the encoder of the `zip` crate.
fn deflated_zeros(length: usize) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(9));
    writer.start_file("x", options).unwrap();
    for _ in 0..length >> 20 {
        writer.write_all(&[0; 1 << 20]).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    // Behind the local header and the name.
    let packed = u32::from_le_bytes(bytes[18..22].try_into().unwrap()) as usize;
    bytes[31..31 + packed].to_vec()
}

#[test]
fn bombs_do_not_go_off() {
    let bomb = |name: &str, claimed: u32, megabytes: usize| {
        let mut entry = Entry::stored(name, b"");
        entry.method = 8;
        entry.packed = deflated_zeros(megabytes << 20);
        entry.size = claimed;
        let mut entries = sound();
        entries.push(entry);
        message(&zip(&entries))
    };
    let mib = 1 << 20;
    assert_eq!(
        bomb("z.bin", 30 * mib, 30),
        "z.bin: at most 200 bytes for each packed one expected, 1028 found"
    );
    let most = limits::MAX_FILE_BYTES;
    let expected = format!("z.bin: at most {most} bytes expected, {} found", 40 * mib);
    assert_eq!(bomb("z.bin", 40 * mib, 40), expected);
    // One that says it is small.
    let liar = bomb("z.bin", 100, 40);
    assert!(liar.starts_with("z.bin: "), "{liar}");
    // A manifest has less room.
    let mut entries = sound();
    entries[0] = Entry {
        method: 8,
        packed: deflated_zeros(2 << 20),
        size: 2 << 20,
        ..Entry::stored("effect.json", b"")
    };
    let expected = format!(
        "effect.json: at most {} bytes expected, {} found",
        limits::MAX_MANIFEST_BYTES,
        2 << 20
    );
    assert_eq!(message(&zip(&entries)), expected);
}

#[test]
fn many_entries_together_have_a_limit() {
    // Random-looking bytes, so that no ratio speaks up: stored.
    let megabytes = vec![7; 31 << 20];
    let mut entries = sound();
    entries.extend((0..2).map(|it| Entry::stored(&format!("{it}.bin"), &megabytes)));
    let two = zip(&entries);
    assert!(Pack::from_mask(&two).is_ok());
    entries.push(Entry::stored("2.bin", &megabytes));
    let three = zip(&entries);
    let expected = format!(
        "the .mask file: at most {} bytes expected, {} found",
        limits::MAX_MASK_BYTES,
        three.len()
    );
    assert_eq!(message(&three), expected);

    let mut entries = sound();
    entries.extend((entries.len()..limits::MAX_FILES).map(|it| Entry::stored(&format!("{it}.txt"), b"")));
    assert!(Pack::from_mask(&zip(&entries)).is_ok());
    entries.push(Entry::stored("last.txt", b""));
    assert_eq!(
        message(&zip(&entries)),
        "the .mask file: at most 256 files expected, 257 found"
    );
}

#[test]
fn no_zip_is_no_zip() {
    let expected = "the .mask file: a zip that ends with its end record expected, something else found";
    for bytes in [&b""[..], b"{}", b"PK", &[0; 100], b"PK\x05\x06\0\0\0\0"] {
        assert_eq!(message(bytes), expected);
    }
    // Nor is one with a comment, or anything else behind it, in which another end record could stand.
    let mut commented = zip(&sound());
    let last = commented.len() - 2;
    commented[last] = 3;
    commented.extend(b"abc");
    assert_eq!(message(&commented), expected);
    let mut trailing = zip(&sound());
    trailing.push(0);
    assert_eq!(message(&trailing), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_byte_is_an_error_or_the_same_pack(place in 0..usize::MAX, value in any::<u8>()) {
        let whole = zip(&sound());
        let mut bytes = whole.clone();
        let place = place % bytes.len();
        bytes[place] = value;
        match Pack::from_mask(&bytes) {
            Err(error) => prop_assert!(!error.to_string().is_empty()),
            // Checksums cover the content, so what is left are times and the like.
            Ok(pack) => prop_assert_eq!(
                format!("{:?}", pack.effect()),
                format!("{:?}", Pack::from_mask(&whole).unwrap().effect())
            ),
        }
    }
}
