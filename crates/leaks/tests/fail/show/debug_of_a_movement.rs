//! A spring and the face that it hangs on, as text.

use moretta_lang::{Motion, Program};

fn main() {
    Program::record(|face, _| {
        let motion = Motion::new(face);
        let text = format!("{motion:?}");
        assert!(!text.is_empty());
    })
    .unwrap();
}
