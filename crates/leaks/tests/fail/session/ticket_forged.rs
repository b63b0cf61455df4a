//! The name of a frame that somebody else submitted.

use moretta_veil::Ticket;

fn main() {
    let ticket = Ticket(7);
    let _ = ticket;
}
