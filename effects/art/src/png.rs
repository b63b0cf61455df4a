//! Pictures as PNG files.
//!
//! A library would do, but for one thing: which code deflates, and so the bytes, may depend on what else is built in the
//! workspace. Here the same pixels give the same bytes everywhere.
//!
//! # Source
//! W3C, Portable Network Graphics (Third Edition), sections 5, 9, 10 and annex D.

use miniz_oxide::deflate::compress_to_vec_zlib;

/// The most that is tried, before it gets slow for little.
const EFFORT: u8 = 9;

/// How a row is written: as differences from what is expected of its neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filter {
    Sub = 1,
    Up = 2,
    Average = 3,
    Paeth = 4,
}

const FILTERS: [Filter; 4] = [Filter::Sub, Filter::Up, Filter::Average, Filter::Paeth];

/// `pixels`, rows from the top without padding, 8 bits a channel in sRGB, as a file. There are 3 channels (red, green,
/// blue) or 4 (straight alpha).
#[must_use]
pub fn encode(width: usize, height: usize, channels: usize, pixels: &[u8]) -> Vec<u8> {
    // Which filters pack best depends on the picture: the one that looks best in each row, or one alone.
    let each_row = filtered(width * channels, channels, pixels, None);
    let alone = [Filter::Up, Filter::Paeth].map(|it| filtered(width * channels, channels, pixels, Some(it)));
    let mut best = compress_to_vec_zlib(&each_row, EFFORT);
    for rows in alone {
        let packed = compress_to_vec_zlib(&rows, EFFORT);
        if packed.len() < best.len() {
            best = packed;
        }
    }
    let colour_type = if channels == 4 { 6 } else { 2 };
    let mut header = Vec::new();
    header.extend((width as u32).to_be_bytes());
    header.extend((height as u32).to_be_bytes());
    header.extend([8, colour_type, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &header);
    // Perceptual intent.
    chunk(&mut file, *b"sRGB", &[0]);
    chunk(&mut file, *b"IDAT", &best);
    chunk(&mut file, *b"IEND", &[]);
    file
}

/// All rows behind the numbers of their filters.
fn filtered(stride: usize, channels: usize, pixels: &[u8], filter: Option<Filter>) -> Vec<u8> {
    let mut above = vec![0; stride];
    let mut rows = Vec::with_capacity(pixels.len() + pixels.len() / stride.max(1));
    for row in pixels.chunks_exact(stride) {
        let (filter, bytes) = match filter {
            Some(filter) => (filter, differences(filter, channels, row, &above)),
            None => FILTERS
                .map(|it| (it, differences(it, channels, row, &above)))
                .into_iter()
                .min_by_key(|(_, bytes)| {
                    bytes
                        .iter()
                        .map(|it| u32::from(it.cast_signed().unsigned_abs()))
                        .sum::<u32>()
                })
                .unwrap_or((Filter::Up, row.to_vec())),
        };
        rows.push(filter as u8);
        rows.extend(bytes);
        above.copy_from_slice(row);
    }
    rows
}

fn differences(filter: Filter, channels: usize, row: &[u8], above: &[u8]) -> Vec<u8> {
    let before = |of: &[u8], at: usize| if at < channels { 0 } else { of[at - channels] };
    row.iter()
        .enumerate()
        .map(|(at, byte)| {
            let (left, up) = (before(row, at), above[at]);
            let expected = match filter {
                Filter::Sub => left,
                Filter::Up => up,
                Filter::Average => left.midpoint(up),
                Filter::Paeth => paeth(left, up, before(above, at)),
            };
            byte.wrapping_sub(expected)
        })
        .collect()
}

/// Of three neighbours the one that is nearest to where their plane goes on.
fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let plane = i32::from(left) + i32::from(up) - i32::from(corner);
    let away = |it: u8| (plane - i32::from(it)).abs();
    if away(left) <= away(up) && away(left) <= away(corner) {
        left
    } else if away(up) <= away(corner) {
        up
    } else {
        corner
    }
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    file.extend((data.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(kind);
    file.extend(data);
    let check = crc(&file[start..]);
    file.extend(check.to_be_bytes());
}

/// The cyclic redundancy check of annex D.
fn crc(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                0xedb8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What another decoder finds in a file.
    fn decoded(file: &[u8]) -> (png::ColorType, Vec<u8>) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut data = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut data).unwrap();
        data.truncate(info.buffer_size());
        (info.color_type, data)
    }

    #[test]
    fn another_decoder_finds_the_same_pixels() {
        let mut rng = crate::rng::Rng::new(1);
        for (channels, kind) in [(3, png::ColorType::Rgb), (4, png::ColorType::Rgba)] {
            // Noise, a slope, and a surface, so that each filter has its turn.
            let pixels: Vec<u8> = (0..40 * 30 * channels)
                .map(|at| match at / (400 * channels) {
                    0 => (256.0 * rng.unit()) as u8,
                    1 => (at / channels % 40 * 6) as u8,
                    _ => 77,
                })
                .collect();
            let file = encode(40, 30, channels, &pixels);
            assert_eq!(decoded(&file), (kind, pixels));
        }
    }

    #[test]
    fn what_is_smooth_packs_well() {
        let pixels: Vec<u8> = (0..64 * 64 * 3).map(|at| (at / 3 % 64 * 4) as u8).collect();
        assert!(encode(64, 64, 3, &pixels).len() < 400);
    }

    #[test]
    fn the_check_is_that_of_the_standard() {
        // The chunk that ends each file.
        assert_eq!(crc(b"IEND"), 0xae42_6082);
    }
}
