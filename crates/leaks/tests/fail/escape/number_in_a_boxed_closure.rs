//! A name in a closure that is called when the recording is over.

use moretta_lang::Program;

fn main() {
    let mut later: Vec<Box<dyn Fn() -> usize>> = Vec::new();
    Program::record(|face, out| {
        let yaw = face.yaw();
        later.push(Box::new(move || size_of_val(&yaw)));
        out.property(0, 0, yaw);
    })
    .unwrap();
    drop(later);
}
