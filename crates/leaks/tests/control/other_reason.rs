//! A number as text. The words beside it speak of something else, and the suite must notice.

use moretta_lang::Program;

fn main() {
    Program::record(|face, out| {
        let yaw = face.yaw();
        let text = format!("{yaw}");
        out.property(text.len() as u32, 0, yaw);
    })
    .unwrap();
}
