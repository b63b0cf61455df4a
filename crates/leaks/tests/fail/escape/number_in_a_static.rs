//! A name that outlives its recording in a static.

use moretta_lang::Program;
use std::any::Any;
use std::sync::Mutex;

fn main() {
    static KEPT: Mutex<Vec<Box<dyn Any + Send>>> = Mutex::new(Vec::new());
    Program::record(|face, out| {
        let yaw = face.yaw();
        KEPT.lock().unwrap().push(Box::new(yaw));
        out.property(0, 0, yaw);
    })
    .unwrap();
}
