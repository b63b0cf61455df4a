//! A pipeline that writes into the app's memory.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};

fn main() {
    struct Mirror<'a>(&'a mut [u8]);
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror<'static> {
        type Request = ();
        type Reply = usize;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            let _ = (io.planes, io.target, access);
            (Outcome::NoFace, self.0.len())
        }
        fn wipe(&mut self, _: Extent) {}
    }
    fn leak(notes: &mut [u8]) -> impl Pipeline {
        Mirror(notes)
    }
}
