//! How deep decoders go on the stack: less deep than a shelter zeroes. If this fails, `DEAD` in `crates/veil/src/stack.rs` is
//! too small for a new version of a decoder.

mod common;

use std::hint::black_box;
use std::mem::MaybeUninit;

use common::{DEMO, DISC_GIF, DISC_PNG, DISC_WEBP, GREY, JPEG, LOSSLESS, PORTRAIT, PROGRESSIVE, WEBP};

/// More than any decoder is expected to use, and well within a thread's stack.
const LEN: usize = 1 << 20;
/// What a shelter zeroes, less what it leaves between itself and the work.
const ZEROED: usize = (128 - 16) << 10;
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

#[inline(never)]
fn decode(file: &[u8]) {
    let picture = image::load_from_memory(file).unwrap().into_rgba8();
    drop(black_box(picture));
}

/// All frames of an animation.
#[inline(never)]
fn play(file: &[u8]) {
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

#[inline(never)]
fn deeply() {
    let room = black_box([0u8; 2 * ZEROED]);
    black_box(&room);
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
        assert!(
            shallow < 16 << 10,
            "control: nothing uses little: {shallow} bytes"
        );
        let deep = measure(&deeply);
        assert!(deep > ZEROED, "control: what goes deeper is seen: {deep} bytes");
        let mut deepest = 0;
        for file in [PORTRAIT, JPEG, PROGRESSIVE, GREY, WEBP, LOSSLESS, DISC_GIF] {
            deepest = deepest.max(measure(&|| decode(file)));
        }
        for file in [DISC_PNG, DISC_WEBP, DISC_GIF, DEMO] {
            deepest = deepest.max(measure(&|| play(file)));
        }
        deepest
    });
    let deepest = measured.unwrap().join().unwrap();
    println!("the deepest decoder used {} KiB", deepest >> 10);
    assert!(deepest < ZEROED, "{deepest} bytes");
}
