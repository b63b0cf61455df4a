//! A record with a point of the face, ready to be sent.

use moretta_lang::P2;

fn main() {
    #[derive(serde::Serialize)]
    struct Record<'b> {
        label: &'b str,
        nose: P2<'b>,
    }
}
