//! Animations: what is decoded, when it is shown, and what is refused.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{
    DEMO, DEMO_FRAMES, DISC_BACKGROUND, DISC_DELAYS_MS, DISC_GIF, DISC_PNG, DISC_WEBP, HASTY, JPEG, LAYERS,
    LAYERS_FRAMES, NO_DELAY, ONE_FRAME_GIF, ONE_FRAME_WEBP, PORTRAIT, WEBP, clip, disc_frames, expected,
    psnr_db, same, seen, strip, visible,
};
use image::RgbaImage;
use moretta_capture::{CaptureError, Clip, Fault, FileFormat, Repeat, Source, SourceInfo};

/// All frames of a clip that is shown once, and their times in nanoseconds.
fn frames(clip: &mut Clip) -> Vec<(u64, RgbaImage)> {
    let mut frames = Vec::new();
    while let Some(picture) = clip.next_frame().unwrap() {
        frames.push((picture.layout().timestamp_ns, seen(&picture)));
    }
    assert!(clip.next_frame().unwrap().is_none(), "and stays at its end");
    frames
}

#[test]
fn every_format_gives_the_known_frames_at_their_times() {
    let known = disc_frames();
    for (file, format) in [
        (DISC_PNG, FileFormat::Png),
        (DISC_BACKGROUND, FileFormat::Png),
        (DISC_WEBP, FileFormat::WebP),
        (DISC_GIF, FileFormat::Gif),
    ] {
        let mut clip = clip(file, Repeat::Once).unwrap();
        assert_eq!(clip.format(), format);
        for _ in 0..2 {
            let found = frames(&mut clip);
            assert_eq!(found.len(), known.len(), "{format}");
            let mut due_ns = 0;
            for (n, (timestamp_ns, frame)) in found.iter().enumerate() {
                assert_eq!(*timestamp_ns, due_ns, "{format}, frame {n}");
                same(&visible(frame), &known[n], format_args!("{format}, frame {n}"));
                due_ns += DISC_DELAYS_MS[n] * 1_000_000;
            }
            clip.rewind().unwrap();
        }
    }
}

/// The farthest that two pixels are apart, each channel counted as far as it is opaque.
fn apart(a: &RgbaImage, b: &RgbaImage) -> u32 {
    let pixel = |a: &[u8; 4], b: &[u8; 4]| {
        let shown = |pixel: &[u8; 4], channel: usize| u32::from(pixel[channel]) * u32::from(pixel[3]) / 255;
        let colours = (0..3).map(|channel| shown(a, channel).abs_diff(shown(b, channel)));
        colours.max().unwrap().max(a[3].abs_diff(b[3]).into())
    };
    a.pixels()
        .zip(b.pixels())
        .map(|(a, b)| pixel(&a.0, &b.0))
        .max()
        .unwrap()
}

#[test]
fn a_webp_of_layers_is_what_libwebp_makes_of_it() {
    let known = strip(LAYERS_FRAMES, 6);
    let mut clip = clip(LAYERS, Repeat::Forever).unwrap();
    for n in 0..12 {
        let frame = seen(&clip.next_frame().unwrap().unwrap());
        for (other, known) in known.iter().enumerate() {
            let far = apart(&frame, known);
            // Chroma is interpolated and shares are rounded in other ways there.
            assert_eq!(
                far <= 3,
                other == n % 6,
                "frame {n}, known frame {other}: {far} levels"
            );
        }
    }
    let still = common::first(&mut common::still(LAYERS).unwrap());
    same(&visible(&still), &known[0], "as a still picture");
    // What follows the file's end is not the file's, were it another frame.
    let frame = LAYERS.windows(4).position(|name| name == b"ANMF").unwrap();
    let longer = [LAYERS, &LAYERS[frame..]].concat();
    assert_eq!(frames(&mut common::clip(&longer, Repeat::Once).unwrap()).len(), 6);
}

#[test]
fn repeated_the_first_follows_the_last_and_time_goes_on() {
    let known = disc_frames();
    let round_ns = DISC_DELAYS_MS.iter().sum::<u64>() * 1_000_000;
    for file in [DISC_PNG, DISC_WEBP, DISC_GIF] {
        let mut clip = clip(file, Repeat::Forever).unwrap();
        assert_eq!(clip.info().frame_ns, None);
        let format = clip.format();
        let mut due_ns = 0;
        for n in 0..3 * known.len() {
            let picture = clip.next_frame().unwrap().unwrap();
            assert_eq!(picture.layout().timestamp_ns, due_ns, "frame {n}");
            same(
                &visible(&seen(&picture)),
                &known[n % known.len()],
                format_args!("{format}, frame {n}"),
            );
            drop(picture);
            let delay_ns = DISC_DELAYS_MS[n % known.len()] * 1_000_000;
            let info = SourceInfo {
                width: 32,
                height: 24,
                frame_ns: Some(delay_ns),
                live: false,
                keeps_copies: None,
            };
            assert_eq!(clip.info(), info);
            due_ns += delay_ns;
        }
        assert_eq!(due_ns, 3 * round_ns);
        clip.rewind().unwrap();
        assert_eq!(clip.next_frame().unwrap().unwrap().layout().timestamp_ns, 0);
    }
}

#[test]
fn no_delay_and_a_hasty_one_are_a_tenth_of_a_second() {
    for file in [NO_DELAY, HASTY] {
        let times: Vec<_> = frames(&mut clip(file, Repeat::Once).unwrap())
            .into_iter()
            .map(|(timestamp_ns, _)| timestamp_ns)
            .collect();
        assert_eq!(times, [0, 100_000_000, 200_000_000]);
    }
}

#[test]
fn an_animation_of_one_frame_is_one() {
    let known = &disc_frames()[0];
    for file in [ONE_FRAME_GIF, ONE_FRAME_WEBP] {
        let found = frames(&mut clip(file, Repeat::Once).unwrap());
        assert_eq!(found.len(), 1);
        same(&visible(&found[0].1), known, "one frame");
        let mut again = clip(file, Repeat::Forever).unwrap();
        let times = [0, 1, 2].map(|_| again.next_frame().unwrap().unwrap().layout().timestamp_ns);
        assert!(
            times[0] == 0 && times[1] > 0 && times[2] == 2 * times[1],
            "{times:?}"
        );
    }
}

#[test]
fn a_picture_is_zero_when_it_was_given_up_or_dropped() {
    let mut clip = clip(DISC_WEBP, Repeat::Once).unwrap();
    let mut picture = clip.next_frame().unwrap().unwrap();
    assert!(seen(&picture).iter().any(|&level| level != 0));
    drop(picture.frame().unwrap());
    assert!(seen(&picture).iter().all(|&level| level == 0));
}

#[test]
fn the_demo_clip_is_what_ffmpeg_sees() {
    let mut demo = clip(DEMO, Repeat::Once).unwrap();
    let strip = expected(DEMO_FRAMES);
    let mut count = 0;
    while let Some(picture) = demo.next_frame().unwrap() {
        assert_eq!(picture.layout().timestamp_ns, count * 40_000_000);
        if let Some(row) = [0, 70, 139].iter().position(|&wanted| wanted == count) {
            let frame = image::imageops::thumbnail(&seen(&picture), 100, 75);
            let wanted = image::imageops::crop_imm(&strip, 0, row as u32 * 75, 100, 75).to_image();
            let near = psnr_db(&frame, &wanted);
            assert!(near > 38.0, "frame {count}: {near} dB");
            let other = image::imageops::crop_imm(&strip, 0, (row as u32 + 1) % 3 * 75, 100, 75).to_image();
            let far = psnr_db(&frame, &other);
            assert!(far < 30.0, "control: another frame, {far} dB");
        }
        count += 1;
    }
    assert_eq!(count, 140);
}

fn refused(bytes: &[u8]) -> CaptureError {
    clip(bytes, Repeat::Once).map(drop).unwrap_err()
}

#[test]
fn still_pictures_are_no_clips() {
    for file in [PORTRAIT, WEBP] {
        let error = refused(file);
        assert!(
            matches!(
                error,
                CaptureError::File {
                    fault: Fault::NotAnimated,
                    ..
                }
            ),
            "{error}"
        );
    }
    let error = refused(JPEG);
    assert_eq!(
        error.to_string(),
        "picture file: expected animated WebP, APNG or GIF, found JPEG"
    );
    assert!(matches!(
        refused(b""),
        CaptureError::Format {
            found: "no bytes",
            ..
        }
    ));
    assert!(matches!(
        refused(b"MThd"),
        CaptureError::Format {
            found: "none of them",
            ..
        }
    ));
}

#[test]
fn a_file_that_ends_early_gives_the_frames_before_and_then_an_error() {
    let known = disc_frames();
    for (file, len) in [(DISC_GIF, DISC_GIF.len() / 2), (DISC_PNG, DISC_PNG.len() / 2)] {
        let mut clip = clip(&file[..len], Repeat::Forever).unwrap();
        for _ in 0..2 {
            let mut whole = 0;
            let error = loop {
                match clip.next_frame() {
                    Ok(Some(picture)) => {
                        same(&visible(&seen(&picture)), &known[whole], whole);
                        whole += 1;
                    }
                    Ok(None) => panic!("no error"),
                    Err(error) => break error,
                }
            };
            assert!((1..known.len()).contains(&whole), "{whole} frames");
            assert!(
                matches!(
                    error,
                    CaptureError::File {
                        fault: Fault::EndsEarly,
                        ..
                    }
                ),
                "{error:?}"
            );
            assert!(clip.next_frame().unwrap().is_none(), "then there is nothing more");
            clip.rewind().unwrap();
        }
    }
    // WebP announces its length.
    let error = refused(&DISC_WEBP[..DISC_WEBP.len() / 2]);
    assert!(
        matches!(
            error,
            CaptureError::File {
                fault: Fault::EndsEarly,
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn animations_without_a_frame_are_refused() {
    // Its canvas and nothing else.
    let mut empty = clip(&[b"RIFF\x16\0\0\0", &LAYERS[8..30]].concat(), Repeat::Forever).unwrap();
    for _ in 0..2 {
        let error = empty.next_frame().map(drop).unwrap_err();
        assert_eq!(
            error.to_string(),
            "WebP file: expected at least one frame, found none"
        );
        empty.rewind().unwrap();
    }
    let error = refused(b"GIF89a\x04\0\x04\0\0\0\0;");
    assert!(
        matches!(
            error,
            CaptureError::File {
                format: FileFormat::Gif,
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn a_frame_larger_than_its_gif_is_demanding() {
    // A picture of 4 x 4 with a frame of 65535 x 65535: 17 GB of pixels.
    let mut gif = b"GIF89a\x04\0\x04\0\x80\0\0\0\0\0\xFF\xFF\xFF".to_vec();
    gif.extend(b",\0\0\0\0\xFF\xFF\xFF\xFF\0\x02\x02\x4C\x01\0;");
    let mut clip = clip(&gif, Repeat::Once).unwrap();
    let error = clip.next_frame().map(drop).unwrap_err();
    assert!(
        matches!(
            error,
            CaptureError::File {
                fault: Fault::Demanding | Fault::Malformed,
                ..
            }
        ),
        "{error:?}"
    );
}

/// The file with one of its bytes changed, from the start of the name `name` on.
fn changed(file: &[u8], name: &[u8; 4], at: usize, byte: u8) -> Vec<u8> {
    let mut file = file.to_vec();
    let start = file.windows(4).position(|found| found == name).unwrap();
    file[start + at] = byte;
    file
}

#[test]
fn a_webp_frame_beyond_its_canvas_or_of_another_size_is_malformed() {
    let fault = |file: &[u8]| match clip(file, Repeat::Once).unwrap().next_frame().map(drop) {
        Err(CaptureError::File { fault, .. }) => fault,
        other => panic!("{other:?}"),
    };
    // Of 20 columns from the second on, there is room for 12 more.
    for (at, byte) in [(8, 7), (8, 255), (11, 5), (14, 18), (14, 31), (17, 23), (19, 255)] {
        assert_eq!(
            fault(&changed(LAYERS, b"ANMF", at, byte)),
            Fault::Malformed,
            "{at}"
        );
    }
    // A picture that says of itself that it is as large as can be: nothing is taken for that.
    let peak = moretta_veil::FaceHeap::peak_bytes();
    for (name, at) in [(b"VP8L", 9), (b"VP8L", 11), (b"VP8 ", 15), (b"VP8 ", 17)] {
        let mut clip = clip(&changed(LAYERS, name, at, 0x3F), Repeat::Once).unwrap();
        let end = std::iter::repeat_with(|| clip.next_frame().map(drop)).find(Result::is_err);
        let malformed = Err::<(), _>(CaptureError::File {
            format: FileFormat::WebP,
            fault: Fault::Malformed,
        });
        assert_eq!(format!("{:?}", end.unwrap()), format!("{malformed:?}"), "{at}");
    }
    assert!(moretta_veil::FaceHeap::peak_bytes() < peak.max(8 << 20) + (8 << 20));
    // No picture in the frame; a picture cut short within it.
    assert_eq!(fault(&changed(LAYERS, b"VP8L", 0, b'?')), Fault::Malformed);
    assert_eq!(fault(&changed(LAYERS, b"VP8L", 7, 255)), Fault::EndsEarly);
    let mut moved = clip(&changed(LAYERS, b"ANMF", 8, 6), Repeat::Once).unwrap();
    assert!(moved.next_frame().is_ok(), "control: at the edge");
}

/// The PNG with a colour profile of `len` zeros, packed.
fn with_profile(png: &[u8], len: usize) -> Vec<u8> {
    // Of a picture of zeros the pixels are packed as zeros: each row begins with its filter's number.
    let width = 65_535;
    let rows = (len / (width + 1)).max(1) as u32;
    let mut picture = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new_with_quality(
        &mut picture,
        image::codecs::png::CompressionType::Best,
        image::codecs::png::FilterType::NoFilter,
    );
    let zeros = vec![0; width * rows as usize];
    image::ImageEncoder::write_image(encoder, &zeros, width as u32, rows, image::ExtendedColorType::L8)
        .unwrap();
    let mut packed = Vec::new();
    let mut rest = &picture[8..];
    while let Some(length) = rest.first_chunk() {
        let chunk = &rest[..u32::from_be_bytes(*length) as usize + 12];
        if &chunk[4..8] == b"IDAT" {
            packed.extend(&chunk[8..chunk.len() - 4]);
        }
        rest = &rest[chunk.len()..];
    }
    let body = [&b"iCCPname\0\0"[..], &packed].concat();
    let length = (body.len() as u32 - 4).to_be_bytes();
    [
        &png[..33],
        &length,
        &body,
        &common::crc32(&body).to_be_bytes(),
        &png[33..],
    ]
    .concat()
}

#[test]
fn a_packed_colour_profile_is_no_bomb() {
    use moretta_veil::FaceHeap;
    let bomb = with_profile(DISC_PNG, 200 << 20);
    assert!(bomb.len() < 1 << 20, "{} bytes", bomb.len());
    let before = FaceHeap::peak_bytes();
    let found = frames(&mut clip(&bomb, Repeat::Once).unwrap());
    for ((_, frame), known) in found.iter().zip(disc_frames()) {
        same(&visible(frame), &known, "the animation is whole");
    }
    let still = common::still(&bomb).map(drop).map_err(|error| error.to_string());
    assert!(
        FaceHeap::peak_bytes() < before.max(8 << 20) + (32 << 20),
        "{}",
        FaceHeap::peak_bytes() >> 20
    );
    println!("as a still picture: {still:?}");
    assert!(
        common::still(&with_profile(DISC_PNG, 1 << 20)).is_ok(),
        "control: a profile is no fault"
    );
}

#[test]
fn broken_bytes_are_no_panic() {
    let mut state = 7u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    let (mut shown, mut refused) = (0, 0);
    for file in [DISC_PNG, DISC_BACKGROUND, DISC_WEBP, LAYERS, DISC_GIF] {
        for _ in 0..60 {
            let mut bytes = file.to_vec();
            for _ in 0..1 + random(4) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            let Ok(mut clip) = clip(&bytes, Repeat::Once) else {
                refused += 1;
                continue;
            };
            for _ in 0..10 {
                match clip.next_frame() {
                    Ok(Some(_)) => shown += 1,
                    Ok(None) => break,
                    Err(error) => {
                        refused += 1;
                        let found =
                            matches!(&error, CaptureError::File { fault, .. } if *fault != Fault::Panicked);
                        assert!(found, "{error:?}");
                    }
                }
            }
        }
    }
    assert!(shown > 100 && refused > 60, "{shown} shown, {refused} refused");
}

#[test]
fn a_file_opens_as_what_it_is() {
    for (file, frames, delay_ns) in [
        (DISC_WEBP, 6, Some(60_000_000)),
        (ONE_FRAME_GIF, 1, Some(100_000_000)),
        (PORTRAIT, 1, None),
        (WEBP, 1, None),
        (JPEG, 1, None),
    ] {
        let mut once = moretta_capture::open(file, Repeat::Once, &common::OPTIONS).unwrap();
        let mut count = 0;
        while once.next_frame().unwrap().is_some() {
            count += 1;
        }
        assert_eq!((count, once.info().frame_ns), (frames, delay_ns));
        let mut forever = moretta_capture::open(file, Repeat::Forever, &common::OPTIONS).unwrap();
        let times = [0; 9].map(|_| forever.next_frame().unwrap().unwrap().layout().timestamp_ns);
        assert!(times.is_sorted() && times[8] > times[7], "{times:?}");
    }
    assert!(moretta_capture::open(b"", Repeat::Once, &common::OPTIONS).is_err());
    assert!(moretta_capture::open(&PORTRAIT[..50], Repeat::Once, &common::OPTIONS).is_err());
}

/// A source may be made on one thread and used on another, where its decoder lets it.
#[test]
fn sources_can_be_sent_but_for_clips() {
    fn sent<T: Send>() {}
    sent::<moretta_capture::StillImage>();
    sent::<moretta_capture::MovingCamera>();
    #[cfg(target_os = "linux")]
    sent::<moretta_capture::V4l2Camera>();
}
