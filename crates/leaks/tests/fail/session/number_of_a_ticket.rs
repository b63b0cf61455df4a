//! How many frames a session has seen, by its tickets.

use moretta_veil::{Frame, Pipeline, Veil};

fn main() {
    fn leak<P: Pipeline<Request = ()>>(veil: &Veil<P>) -> u64 {
        let ticket = veil.submit(Frame::none(), ()).unwrap();
        ticket.0
    }
}
