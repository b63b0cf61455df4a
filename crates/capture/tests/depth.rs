//! How deep decoders go on the stack: less deep than a shelter zeroes. If this fails, `DEAD` in `crates/veil/src/stack.rs` is
//! too small for a new version of a decoder.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::hint::black_box;
use std::mem::MaybeUninit;

use common::{
    DEMO, DISC_GIF, DISC_PNG, DISC_WEBP, GREY, JPEG, LAYERS, LOSSLESS, OPTIONS, PORTRAIT, PROGRESSIVE, WEBP,
    clip, still,
};
use moretta_capture::{Repeat, Source};
use moretta_veil::Shelter;

/// More than any decoder is expected to use, and well within a thread's stack.
const LEN: usize = 1 << 20;
/// What a shelter zeroes, and how far below itself the work begins.
const ZEROED: usize = 128 << 10;
const PAD: usize = 16 << 10;
const PAINT: u8 = 0xC7;

#[inline(never)]
#[allow(unsafe_code, reason = "paints the dead stack")]
fn paint() {
    let mut room = MaybeUninit::<[u8; LEN]>::uninit();
    // SAFETY: this function's own array.
    unsafe { room.as_mut_ptr().cast::<u8>().write_bytes(PAINT, LEN) };
    black_box(&mut room);
}

/// How far below its own frame the paint is gone, in whole pages. A few bytes of a page do not count: whoever takes a
/// large array touches each of its pages first, this function included.
#[inline(never)]
#[allow(unsafe_code, reason = "looks at the dead stack")]
fn depth() -> usize {
    const PAGE: usize = 4096;
    let room = MaybeUninit::<[u8; LEN]>::uninit();
    let start: *const u8 = black_box(&room).as_ptr().cast();
    for page in (0..LEN).step_by(PAGE) {
        let mut gone = 0;
        for at in page..page + PAGE {
            // SAFETY: within this function's own array, which lies where the paint was put.
            let byte = unsafe { start.add(at) };
            // SAFETY: as above; what was painted there is a byte, whoever has overwritten it.
            gone += usize::from(unsafe { byte.read_volatile() } != PAINT);
        }
        if gone > 64 {
            return LEN - page;
        }
    }
    0
}

/// What a source does in its shelters for one file, and the same work without: the `image` crate's.
#[inline(never)]
fn decode(file: &[u8]) {
    drop(black_box(still(file).unwrap()));
}

#[inline(never)]
fn decode_openly(file: &[u8]) {
    drop(black_box(image::load_from_memory(file).unwrap().into_rgba8()));
}

#[inline(never)]
fn play(file: &[u8]) {
    let mut clip = clip(file, Repeat::Forever).unwrap();
    for _ in 0..3 {
        assert!(clip.next_frame().unwrap().is_some());
    }
}

#[inline(never)]
fn play_openly(file: &[u8]) {
    use image::AnimationDecoder;
    use image::codecs::{gif::GifDecoder, png::PngDecoder, webp::WebPDecoder};
    let reader = std::io::Cursor::new(file);
    let frames = match moretta_capture::FileFormat::of(file).unwrap() {
        moretta_capture::FileFormat::Gif => GifDecoder::new(reader).unwrap().into_frames(),
        moretta_capture::FileFormat::Png => PngDecoder::new(reader).unwrap().apng().unwrap().into_frames(),
        _ => WebPDecoder::new(reader).unwrap().into_frames(),
    };
    assert!(black_box(frames).take(3).count() > 1);
}

/// Uses `LEN` bytes.
#[inline(never)]
fn deeply<const LEN: usize>() {
    black_box(&black_box([1u8; LEN]));
}

#[test]
fn decoders_stay_within_what_is_zeroed() {
    let thread = std::thread::Builder::new()
        .name("decoders".to_owned())
        .stack_size(4 << 20);
    let measured = thread.spawn(|| {
        let measure = |work: &dyn Fn()| {
            paint();
            work();
            depth()
        };
        let shallow = measure(&|| {});
        assert!(shallow < PAD, "control: nothing uses little: {shallow} bytes");
        let deep = measure(&deeply::<{ ZEROED + PAD }>);
        assert!(deep > ZEROED, "control: what goes deeper is seen: {deep} bytes");

        // What a shelter zeroes is gone as well: only what lies deeper than that is told from it.
        let shelter = Shelter::new(OPTIONS.policy, OPTIONS.backing).unwrap();
        let zeroed = measure(&|| shelter.run(|| {}).unwrap());
        assert!((ZEROED..ZEROED + PAD).contains(&zeroed), "{zeroed} bytes");
        let within = measure(&|| shelter.run(deeply::<{ ZEROED - 2 * PAD }>).unwrap());
        assert!(within <= zeroed, "control: {within} bytes");
        let beyond = measure(&|| shelter.run(deeply::<ZEROED>).unwrap());
        assert!(beyond > zeroed + PAD / 2, "control: {beyond} bytes");

        let mut openly = [0, 0];
        for file in [
            PORTRAIT,
            JPEG,
            PROGRESSIVE,
            GREY,
            WEBP,
            LOSSLESS,
            DISC_GIF,
            LAYERS,
        ] {
            // The frames between this and the shelter may be larger than above.
            assert!(
                measure(&|| decode(file)) <= zeroed + PAD / 2,
                "{} bytes",
                file.len()
            );
            openly[0] = openly[0].max(measure(&|| decode_openly(file)));
        }
        for file in [DISC_PNG, DISC_WEBP, DISC_GIF, LAYERS, DEMO] {
            assert!(
                measure(&|| play(file)) <= zeroed + PAD / 2,
                "{} bytes",
                file.len()
            );
            openly[1] = openly[1].max(measure(&|| play_openly(file)));
        }
        openly
    });
    let [stills, frames] = measured.unwrap().join().unwrap();
    println!(
        "without a shelter decoders went {} KiB deep for stills and {} KiB for animations",
        stills >> 10,
        frames >> 10
    );
    // Half as deep again, for what is not in these files.
    let deepest = stills.max(frames);
    assert!(deepest + deepest / 2 < ZEROED - PAD, "{deepest} bytes");
}
