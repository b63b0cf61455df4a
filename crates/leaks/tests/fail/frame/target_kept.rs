//! The finished picture, kept to be read when the app has shown it.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror {
        last: Option<&'static mut [u8]>,
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            self.last = Some(io.target);
            let _ = (io.planes, access);
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
