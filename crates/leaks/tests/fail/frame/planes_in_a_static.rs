//! Pixels that a pipeline keeps in a static.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};
use std::sync::Mutex;

fn main() {
    struct Mirror;
    static LAST: Mutex<&'static [u8]> = Mutex::new(&[]);
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            *LAST.lock().unwrap() = io.planes[0];
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
