//! The finished picture written over the one that is being read.

use moretta_veil::{Frame, Pipeline, Veil};

fn main() {
    fn leak<P: Pipeline<Request = ()>>(veil: &Veil<P>, bytes: &mut [u8]) {
        let frame = Frame::borrowed([&bytes[..]]).unwrap();
        drop(veil.process(frame, bytes, ()));
    }
}
