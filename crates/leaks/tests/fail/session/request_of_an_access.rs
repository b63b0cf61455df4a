//! Leave to reach one veil's face memory as a request to another.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror;
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = &'static Access<'static>;
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
