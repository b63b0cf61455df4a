//! A frame handed in again after it was consumed.

use moretta_veil::{Frame, Pipeline, Veil};

fn main() {
    fn leak<P: Pipeline<Request = ()>>(veil: &Veil<P>, bytes: &mut [u8]) {
        let frame = Frame::consumed([bytes]).unwrap();
        drop(veil.process(frame, &mut [], ()));
        drop(veil.process(frame, &mut [], ()));
    }
}
