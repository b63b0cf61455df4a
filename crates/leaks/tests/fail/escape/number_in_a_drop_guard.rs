//! A name that a destructor carries out.

use moretta_lang::Program;

fn main() {
    struct Guard<'k, T> {
        kept: &'k mut Option<T>,
        now: Option<T>,
    }
    impl<T> Drop for Guard<'_, T> {
        fn drop(&mut self) {
            *self.kept = self.now.take();
        }
    }
    fn guard<T>(kept: &mut Option<T>, now: T) -> Guard<'_, T> {
        Guard { kept, now: Some(now) }
    }
    let mut kept = None;
    Program::record(|face, out| {
        let yaw = face.yaw();
        out.property(0, 0, yaw);
        let _guard = guard(&mut kept, yaw);
    })
    .unwrap();
    let _ = kept;
}
