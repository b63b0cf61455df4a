//! Whether a number of the face came before.

use moretta_lang::Program;

fn main() {
    fn seen<K: Eq>(before: &[K], key: &K) -> bool {
        before.contains(key)
    }
    Program::record(|face, out| {
        let yaw = face.yaw();
        let again = seen(&[yaw], &yaw);
        assert!(again);
        out.property(0, 0, yaw);
    })
    .unwrap();
}
