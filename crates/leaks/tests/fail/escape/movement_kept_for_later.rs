//! A movement, and with it the face that it hangs on, in a struct of one's own.

use moretta_lang::{Motion, Program};

fn main() {
    struct Keeper<T> {
        kept: Option<T>,
    }
    let mut keeper = Keeper { kept: None };
    Program::record(|face, _| {
        let motion = Motion::new(face);
        keeper.kept = Some(motion);
    })
    .unwrap();
    let _ = keeper.kept;
}
