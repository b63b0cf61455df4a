//! A frame on a thread that is no face thread.

use moretta_veil::Frame;
use std::thread;

fn main() {
    fn beside(work: impl FnOnce() + Send) {
        thread::scope(|scope| scope.spawn(work).join().unwrap());
    }
    let bytes = [7; 4];
    let frame = Frame::borrowed([&bytes[..]]).unwrap();
    beside(move || drop(frame));
}
