//! Pixels on a thread that outlives the call.

use moretta_veil::{Access, Extent, FrameIo, Outcome, Pipeline};
use std::thread;

fn main() {
    struct Mirror;
    fn elsewhere(work: impl FnOnce() + Send + 'static) {
        thread::Builder::new().spawn(work).unwrap().join().unwrap();
    }
    // SAFETY: it keeps nothing.
    unsafe impl Pipeline for Mirror {
        type Request = ();
        type Reply = u64;
        fn run(&mut self, _: Self::Request, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Self::Reply) {
            elsewhere(move || drop(io.planes[0].to_vec()));
            let _ = access;
            (Outcome::NoFace, 0)
        }
        fn wipe(&mut self, _: Extent) {}
    }
}
