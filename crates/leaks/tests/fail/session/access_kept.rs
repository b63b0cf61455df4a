//! Leave to reach face memory, kept for after the call.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror {
        kept: *const Access<'static>,
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            self.kept = access;
            let _ = (io.planes, io.target);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
