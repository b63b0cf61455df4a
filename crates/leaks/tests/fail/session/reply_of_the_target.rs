//! The finished picture as a call's answer.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = &'static [u8];
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, access);
            (Outcome::NoFace, io.target)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
