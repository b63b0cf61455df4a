//! A donor's picture on another thread, which nobody wipes.

use moretta_veil::GivenUp;

fn main() {
    fn send(_: impl Send) {}
    fn leak(picture: GivenUp<'_>) {
        send(picture);
    }
}
