//! A look at faces by code that vows nothing.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror;
    impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
