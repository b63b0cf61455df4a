//! A call's target twice, to write two pictures.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let second = FrameIo::clone(&io);
            let _ = (&second.planes, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
