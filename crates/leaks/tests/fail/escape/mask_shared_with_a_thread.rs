//! A mask lent to a thread within the recording.

use moretta_lang::{Program, Signal};
use std::thread;

fn main() {
    fn beside(work: impl FnOnce() + Send) {
        thread::scope(|scope| scope.spawn(work).join().unwrap());
    }
    Program::record(|face, out| {
        let open = face.signal(Signal::MouthOpen).gt(0.5);
        beside(|| drop(!open));
        out.property(0, 0, open.select(1.0, 0.0));
    })
    .unwrap();
}
