//! A text about a face as a call's answer.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = String;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, Default::default())
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
