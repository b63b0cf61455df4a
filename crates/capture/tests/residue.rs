//! What is left of pictures in this process when their sources are gone: nothing. The only test of its program, as
//! others' pictures would be found.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt;

use common::{OPTIONS, clip, first, still};
use moretta_capture::{CameraPath, MovingCamera, Repeat, Source};

/// Twelve pixels of a row, as they lie in memory, in the orders that decoders use; each byte XORed, so that the needle is
/// no copy of what it finds.
struct Needle {
    name: &'static str,
    masked: Vec<u8>,
}

const MASK: u8 = 0x5A;

/// How often each needle lies in this process's writable memory, in and out of locked mappings.
fn count(needles: &[Needle]) -> Vec<(&'static str, [usize; 2])> {
    let memory = File::open("/proc/self/mem").unwrap();
    let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut mappings: Vec<(std::ops::Range<u64>, bool)> = Vec::new();
    let mut writable = false;
    for line in smaps.lines() {
        if let Some(flags) = line.strip_prefix("VmFlags:") {
            let vault = ["lo", "dd"]
                .iter()
                .all(|wanted| flags.split_whitespace().any(|flag| flag == *wanted));
            if let (true, Some(last)) = (writable, mappings.last_mut()) {
                last.1 = vault;
            }
        } else if let Some((range, rest)) = line.split_once(' ')
            && let Some((start, end)) = range.split_once('-')
            && let (Ok(start), Ok(end)) = (u64::from_str_radix(start, 16), u64::from_str_radix(end, 16))
        {
            writable = rest.starts_with("rw");
            if writable {
                mappings.push((start..end, false));
            }
        }
    }
    let mut counts: Vec<_> = needles.iter().map(|needle| (needle.name, [0; 2])).collect();
    // One buffer, made before; what it holds of a mapping is overwritten by the next, and then cleared.
    let mut piece = vec![0; 1 << 20];
    let own = piece.as_ptr().addr() as u64..piece.as_ptr().addr() as u64 + piece.len() as u64;
    for (range, vault) in mappings {
        let mut at = range.start;
        while at < range.end {
            let len = (range.end - at).min(piece.len() as u64) as usize;
            // A mapping that came and went meanwhile cannot be read.
            if memory.read_exact_at(&mut piece[..len], at).is_ok() {
                if at < own.end && own.start < at + len as u64 {
                    let from = own.start.saturating_sub(at) as usize;
                    let to = (own.end.saturating_sub(at) as usize).min(len);
                    piece[from..to].fill(0);
                }
                for (needle, (_, found)) in needles.iter().zip(&mut counts) {
                    found[usize::from(vault)] += occurrences(&piece[..len], &needle.masked);
                }
            }
            // Pieces overlap, so that none is cut.
            at += if len == piece.len() {
                len as u64 - 64
            } else {
                len as u64
            };
        }
    }
    piece.fill(0);
    black_box(&mut piece);
    counts
}

fn occurrences(hay: &[u8], masked: &[u8]) -> usize {
    let first = masked[0] ^ MASK;
    let mut count = 0;
    let mut rest = hay;
    while let Some(at) = rest.iter().position(|&byte| byte == first) {
        rest = &rest[at..];
        let same = rest.len() >= masked.len()
            && rest
                .iter()
                .zip(masked)
                .all(|(byte, masked)| byte ^ MASK == *masked);
        count += usize::from(same);
        rest = &rest[1..];
    }
    count
}

/// Needles of a row of RGBA pixels.
fn needles(row: &[u8]) -> Vec<Needle> {
    let pixels: Vec<&[u8]> = row.chunks_exact(4).collect();
    let of = |name, order: fn(&[u8]) -> Vec<u8>| Needle {
        name,
        masked: pixels
            .iter()
            .flat_map(|pixel| order(pixel))
            .map(|byte| byte ^ MASK)
            .collect(),
    };
    vec![of("RGBA", <[u8]>::to_vec), of("RGB", |pixel| pixel[..3].to_vec())]
}

fn total(counts: &[(&str, [usize; 2])]) -> [usize; 2] {
    [0, 1].map(|place| counts.iter().map(|(_, found)| found[place]).sum())
}

/// A picture of noise, drawn anew for each run, and its needles. It is not kept.
#[inline(never)]
fn files(seed: u64) -> (Vec<Needle>, [Vec<u8>; 4]) {
    let mut state = seed;
    let mut noise = move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 40) as u8
    };
    let mut picture = image::RgbaImage::from_fn(96, 64, |_, _| image::Rgba([noise(), noise(), noise(), 255]));
    let middle = (30 * 96 + 40) * 4;
    let needles = needles(&picture.as_raw()[middle..middle + 48]);
    let encode = |format| {
        let mut file = std::io::Cursor::new(Vec::new());
        let rgb = image::DynamicImage::ImageRgba8(picture.clone()).into_rgb8();
        rgb.write_to(&mut file, format).unwrap();
        file.into_inner()
    };
    let png = encode(image::ImageFormat::Png);
    let webp = encode(image::ImageFormat::WebP);
    // Animations of two frames that are the same picture, so that nothing is lost or moved.
    let lossless = webp[20..].to_vec();
    let animated = animated_webp(&lossless, 96, 64);
    let apng = animated_png(&png);
    for pixel in picture.iter_mut() {
        *pixel = 0;
    }
    black_box(&mut picture);
    (needles, [png, webp, animated, apng])
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = name.to_vec();
    chunk.extend((content.len() as u32).to_le_bytes());
    chunk.extend(content);
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// RFC 9649: one lossless picture, twice.
fn animated_webp(lossless: &[u8], width: u32, height: u32) -> Vec<u8> {
    let three = |n: u32| n.to_le_bytes()[..3].to_vec();
    let sides = [three(width - 1), three(height - 1)].concat();
    let frame = [
        three(0),
        three(0),
        sides.clone(),
        three(40),
        vec![2],
        chunk(b"VP8L", lossless),
    ];
    let body = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[vec![2, 0, 0, 0], sides].concat()),
        chunk(b"ANIM", &[0; 6]),
        chunk(b"ANMF", &frame.concat()),
        chunk(b"ANMF", &frame.concat()),
    ];
    chunk(b"RIFF", &body.concat())
}

/// The picture as an APNG of one frame: with an `acTL` and an `fcTL` before its data.
fn animated_png(png: &[u8]) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| {
        let body = [&name[..], content].concat();
        let mut crc = flate_crc(&body).to_be_bytes().to_vec();
        let mut chunk = (content.len() as u32).to_be_bytes().to_vec();
        chunk.extend(body);
        chunk.append(&mut crc);
        chunk
    };
    let sides = &png[16..24];
    let control = [
        &[0, 0, 0, 0][..],
        sides,
        &[0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 3, 232, 0, 0],
    ]
    .concat();
    [
        &png[..33],
        &chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]),
        &chunk(b"fcTL", &control),
        &png[33..],
    ]
    .concat()
}

fn flate_crc(bytes: &[u8]) -> u32 {
    let step = |mut crc: u32, byte: &u8| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// Decodes everything, and says what was found while the sources lived.
#[inline(never)]
fn show_all(files: &[Vec<u8>; 4], needles: &[Needle]) -> [usize; 2] {
    let [png, webp, animated, apng] = files;
    let mut images = [still(png).unwrap(), still(webp).unwrap()];
    let mut clips = [
        clip(animated, Repeat::Forever).unwrap(),
        clip(apng, Repeat::Forever).unwrap(),
    ];
    let path = CameraPath {
        zoom: [1.0; 2],
        ..CameraPath::default()
    };
    let mut camera = MovingCamera::new(still(png).unwrap(), path, [96, 64], 1, &OPTIONS).unwrap();
    for _ in 0..3 {
        for image in &mut images {
            image.rewind().unwrap();
            assert!(image.next_frame().unwrap().is_some());
        }
        for clip in &mut clips {
            assert!(clip.next_frame().unwrap().is_some());
        }
        camera.rewind().unwrap();
        let picture = camera.next_frame().unwrap();
        assert!(picture.is_some());
    }
    total(&count(needles))
}

/// What careless code does.
#[inline(never)]
fn carelessly(png: &[u8]) {
    let picture = image::load_from_memory(png).unwrap().into_rgba8();
    drop(black_box(picture));
}

#[test]
fn nothing_is_left_of_pictures_whose_sources_are_gone() {
    let seed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_nanos() as u64;
    let (needles, files) = files(seed);
    // What made the files has left copies on the open heap: they are known, and must not become more.
    let before = total(&count(&needles));
    let during = show_all(&files, &needles);
    let after = count(&needles);
    assert!(
        during[1] >= 4,
        "control: while the sources live, they are found: {during:?}"
    );
    assert!(
        during[0] <= before[0],
        "and no copy outside of vaults: {before:?}, {during:?}"
    );
    assert!(total(&after)[0] <= before[0], "{before:?}, {after:?}");
    assert_eq!(total(&after)[1], 0, "{after:?}");

    // Pins what comes after, so that the copy is not handed back to the system.
    carelessly(&files[0]);
    let pin = black_box(vec![1u8; 64]);
    let careless = total(&count(&needles));
    assert!(
        careless[0] > before[0],
        "control: careless code is caught: {before:?}, {careless:?}"
    );
    drop(pin);
    let _ = first; // the other tests' way to look would copy
}
