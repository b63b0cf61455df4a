//! A pause as long as a number of the face says.

use moretta_lang::Program;
use std::thread;
use std::time::Duration;

fn main() {
    fn wait(seconds: f32) {
        thread::sleep(Duration::from_secs_f32(seconds));
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        wait(yaw);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
