//! Beside the attempts in `tests/fail/frame`: the same, done rightly.

#![allow(unsafe_code, reason = "a pipeline is an unsafe promise, and these keep it")]

use crate::stage::{answer, echo};
use moretta_veil::{Access, Extent, Frame, FrameIo, Outcome, Pipeline, Veil};
use std::sync::Mutex;
use std::thread;

#[test]
fn frame_copied() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let copy = Frame::borrowed([&bytes[..]]).unwrap();
    drop((frame, copy));
}

#[test]
fn debug_of_a_frame() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let text = format!("{:?}", size_of_val(&frame));
    assert!(!text.is_empty());
}

#[test]
fn pixel_of_a_frame() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let pixel = bytes[0];
    drop(frame);
    assert_eq!(pixel, 7);
}

#[test]
fn planes_of_a_frame() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let planes = frame;
    drop(planes);
}

#[test]
fn frame_serialized() {
    fn wire(_: &impl serde::Serialize) {}
    let bytes = [7_u8; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    wire(&bytes.len());
    drop(frame);
}

#[test]
fn frames_compared() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    let before = Frame::borrowed([&bytes[..]]).unwrap();
    let same = size_of_val(&frame) == size_of_val(&before);
    assert!(same);
}

#[test]
fn frame_used_again() {
    fn leak<P: Pipeline<Request = ()>>(veil: &Veil<P>, bytes: &mut [u8]) {
        let frame = Frame::consumed([bytes]).unwrap();
        drop(veil.process(frame, &mut [], ()));
        let frame = Frame::none();
        drop(veil.process(frame, &mut [], ()));
    }
    leak(&echo(), &mut [7; 4]);
}

#[test]
fn consumed_pixels_read() {
    let mut bytes = [7; 4];
    let pixel = bytes[0];
    let frame = Frame::consumed([&mut bytes[..]]).unwrap();
    drop(frame);
    assert_eq!(pixel, 7);
}

#[test]
fn consumed_pixels_kept() {
    let mut bytes = [7; 4];
    let frame = Frame::consumed([&mut bytes[..]]).unwrap();
    drop(frame);
    let kept = &bytes[..];
    assert_eq!(kept.len(), 4);
}

#[test]
fn shared_pixels_consumed() {
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    drop(frame);
}

#[test]
fn pixels_consumed_twice() {
    let mut bytes = [7; 4];
    let frame = Frame::consumed([&mut bytes[..]]).unwrap();
    drop(frame);
}

#[test]
fn target_in_the_frame() {
    fn leak<P: Pipeline<Request = ()>>(veil: &Veil<P>, bytes: &mut [u8]) {
        let frame = Frame::borrowed([&[7; 4][..]]).unwrap();
        drop(veil.process(frame, bytes, ()));
    }
    leak(&echo(), &mut [7; 4]);
}

#[test]
fn pixels_changed_on_the_way() {
    let mut bytes = [7; 4];
    bytes[0] = 8;
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    drop(frame);
    assert_eq!(bytes[0], 8);
}

#[test]
fn frame_kept_unwiped() {
    let mut bytes = [7; 4];
    let frame = Frame::consumed([&mut bytes[..]]).unwrap();
    drop(frame);
}

#[test]
fn frame_past_its_pixels() {
    let frame;
    {
        let bytes = [7; 4];
        frame = Frame::borrowed([&[7; 4][..]]).unwrap();
        assert_eq!(bytes.len(), 4);
    }
    drop(frame);
}

#[test]
fn frame_to_a_thread() {
    fn beside(work: impl FnOnce() + Send) {
        thread::scope(|scope| scope.spawn(work).join().unwrap());
    }
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    beside(|| drop(Frame::borrowed([&bytes[..]])));
    drop(frame);
}

#[test]
fn planes_kept() {
    struct Mirror {
        last: &'static [u8],
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            self.last = &[7; 4];
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror { last: &[] }).is_ok());
}

#[test]
fn planes_in_a_static() {
    struct Mirror;
    static LAST: Mutex<&'static [u8]> = Mutex::new(&[]);
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            *LAST.lock().unwrap() = &[7; 4];
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn target_kept() {
    struct Mirror {
        last: Option<&'static mut [u8]>,
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            self.last = Some(&mut []);
            let _ = (io.planes, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror { last: None }).is_ok());
}

#[test]
fn call_kept() {
    struct Mirror {
        last: Option<FrameIo<'static>>,
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            self.last = None;
            let _ = io;
            let _ = access;
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror { last: None }).is_ok());
}

#[test]
fn planes_to_a_thread() {
    struct Mirror;
    fn elsewhere(work: impl FnOnce() + Send + 'static) {
        thread::Builder::new().spawn(work).unwrap().join().unwrap();
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            elsewhere(move || drop(vec![7; 4]));
            let _ = io;
            let _ = access;
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn call_copied() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let second = &io;
            let _ = (&second.planes, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}

#[test]
fn debug_of_a_call() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let text = format!("{:?}", io.planes.len());
            let _ = (text, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
    assert!(answer(|_| Mirror).is_ok());
}
