//! A request that the app's thread shares with the face thread.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};
use std::cell::Cell;
use std::rc::Rc;

fn main() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = Rc<Cell<u8>>;
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
