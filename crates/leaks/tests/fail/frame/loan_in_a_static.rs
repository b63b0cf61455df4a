//! A loan that never ends.

use moretta_veil::{Backing, FrameStore, Loan, Policy};
use std::sync::Mutex;

static KEPT: Mutex<Option<Loan<'static>>> = Mutex::new(None);

fn main() {
    let mut store = FrameStore::new(4, Policy::BestEffort, Backing::Anonymous).unwrap();
    let loan = store.lend(4).unwrap();
    *KEPT.lock().unwrap() = Some(loan);
}
