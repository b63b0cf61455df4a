//! A face behind an `Arc` as a call's answer.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};
use std::sync::Arc;

fn main() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = Arc<Vec<u8>>;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, Default::default())
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
