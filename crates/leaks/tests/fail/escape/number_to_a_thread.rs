//! A name on a thread that outlives the recording.

use moretta_lang::Program;
use std::thread;

fn main() {
    fn elsewhere(work: impl FnOnce() + Send + 'static) {
        thread::Builder::new().spawn(work).unwrap().join().unwrap();
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        elsewhere(move || drop(yaw.sin()));
        out.property(0, 0, yaw);
    })
    .unwrap();
}
