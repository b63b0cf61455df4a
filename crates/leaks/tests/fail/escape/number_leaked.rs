//! A name in memory that is never freed.

use moretta_lang::Program;

fn main() {
    fn forever<T: 'static>(value: T) -> &'static T {
        Box::leak(Box::new(value))
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let kept = forever(yaw);
        out.property(0, 0, yaw * *kept);
    })
    .unwrap();
}
