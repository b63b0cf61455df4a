//! Animations that are written can be read.

#![cfg(feature = "write")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::io::{self, Write};

use common::{clip, disc_frames, farthest, same, seen, visible};
use moretta_capture::{CaptureError, ClipWriter, FileFormat, Repeat, Source, WriteFault};

/// Times of 30 frames a second do not fall on whole milliseconds.
const FRAME_NS: u64 = 1_000_000_000 / 30;

fn read(file: &[u8]) -> Vec<(u64, image::RgbaImage)> {
    let mut clip = clip(file, Repeat::Once).unwrap();
    let mut frames = Vec::new();
    while let Some(picture) = clip.next_frame().unwrap() {
        frames.push((picture.layout().timestamp_ns, seen(&picture)));
    }
    frames
}

fn times_ms(frames: &[(u64, image::RgbaImage)]) -> Vec<u64> {
    frames
        .iter()
        .map(|(timestamp_ns, _)| timestamp_ns / 1_000_000)
        .collect()
}

#[test]
fn an_apng_gives_back_what_was_written() {
    let known = disc_frames();
    let mut file = Vec::new();
    let mut writer = ClipWriter::apng(&mut file, [32, 24], 6).unwrap();
    for frame in &known {
        writer.write_frame(frame.as_raw(), FRAME_NS).unwrap();
    }
    writer.finish().unwrap();
    let found = read(&file);
    assert_eq!(times_ms(&found), [0, 33, 67, 100, 133, 167]);
    for (n, (_, frame)) in found.iter().enumerate() {
        same(&visible(frame), &known[n], format_args!("frame {n}"));
    }
}

#[test]
fn a_gif_gives_back_as_many_colours_as_it_has() {
    let known = disc_frames();
    let mut file = Vec::new();
    let mut writer = ClipWriter::gif(&mut file, [32, 24]).unwrap();
    for frame in &known {
        writer.write_frame(frame.as_raw(), FRAME_NS).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(file.last(), Some(&b';'), "with its trailer");
    let found = read(&file);
    assert_eq!(times_ms(&found), [0, 30, 70, 100, 130, 170]);
    for (n, (_, frame)) in found.iter().enumerate() {
        let far = farthest(&visible(frame), &known[n]);
        assert!(far <= 8, "frame {n}: {far} levels");
    }
}

fn refused(result: Result<(), CaptureError>) -> WriteFault {
    match result.unwrap_err() {
        CaptureError::Write { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_longest_time_is_no_overflow() {
    for format in [FileFormat::Gif, FileFormat::Png] {
        let mut writer = match format {
            FileFormat::Gif => ClipWriter::gif(Vec::new(), [2, 1]),
            _ => ClipWriter::apng(Vec::new(), [2, 1], 2),
        }
        .unwrap();
        for _ in 0..2 {
            writer.write_frame(&[255; 8], u64::MAX).unwrap();
        }
        writer.finish().unwrap();
    }
}

#[test]
fn frames_are_counted_and_measured() {
    let mut file = Vec::new();
    let mut writer = ClipWriter::apng(&mut file, [2, 1], 2).unwrap();
    let found = refused(writer.write_frame(&[0; 7], 1));
    assert!(matches!(
        found,
        WriteFault::Length {
            expected: 8,
            found: 7
        }
    ));
    writer.write_frame(&[0; 8], 1).unwrap();
    let early = refused(writer.finish());
    assert!(matches!(
        early,
        WriteFault::Count {
            expected: 2,
            found: 1
        }
    ));

    let mut file = Vec::new();
    let mut writer = ClipWriter::apng(&mut file, [2, 1], 1).unwrap();
    writer.write_frame(&[0; 8], 1).unwrap();
    let late = refused(writer.write_frame(&[0; 8], 1));
    assert!(matches!(
        late,
        WriteFault::Count {
            expected: 1,
            found: 2
        }
    ));
    writer.finish().unwrap();

    let none = ClipWriter::gif(Vec::new(), [2, 1]).unwrap();
    assert!(matches!(
        refused(none.finish()),
        WriteFault::Count {
            expected: 1,
            found: 0
        }
    ));
    let empty = ClipWriter::apng(Vec::new(), [2, 1], 0).map(drop);
    assert!(matches!(refused(empty), WriteFault::Count { .. }));
    for size in [[0, 1], [1, 0], [65_536, 1]] {
        assert!(matches!(
            refused(ClipWriter::gif(Vec::new(), size).map(drop)),
            WriteFault::Size { .. }
        ));
        assert!(matches!(
            refused(ClipWriter::apng(Vec::new(), size, 1).map(drop)),
            WriteFault::Size { .. }
        ));
    }
    assert!(ClipWriter::gif(Vec::new(), [65_535, 1]).is_ok());
}

/// Takes so many bytes, and then no more.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let count = bytes.len().min(self.0);
        self.0 -= count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The outcome of writing one frame to `room` bytes.
fn written(format: FileFormat, room: usize) -> Result<(), CaptureError> {
    let mut writer = match format {
        FileFormat::Gif => ClipWriter::gif(Full(room), [2, 1])?,
        _ => ClipWriter::apng(Full(room), [2, 1], 1)?,
    };
    writer.write_frame(&[255; 8], 1_000_000)?;
    writer.finish()
}

#[test]
fn where_nothing_more_can_be_written_that_is_said_up_to_the_last_byte() {
    for format in [FileFormat::Gif, FileFormat::Png] {
        let whole = (1..).find(|&room| written(format, room).is_ok()).unwrap();
        assert!((30..2000).contains(&whole), "{format}: {whole} bytes");
        for room in 0..whole {
            let found = refused(written(format, room));
            assert!(
                matches!(&found, WriteFault::Io(error) if error.kind() == io::ErrorKind::StorageFull),
                "{format}, {room} of {whole}: {found}"
            );
        }
    }
}
