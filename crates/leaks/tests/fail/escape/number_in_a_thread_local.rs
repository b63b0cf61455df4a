//! A name that outlives its recording in a thread's own memory.

use moretta_lang::Program;
use std::any::Any;
use std::cell::RefCell;

fn main() {
    thread_local! {
    static KEPT: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        KEPT.with_borrow_mut(|kept| kept.push(Box::new(yaw)));
        out.property(0, 0, yaw);
    })
    .unwrap();
}
