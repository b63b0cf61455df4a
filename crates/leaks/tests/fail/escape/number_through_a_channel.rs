//! A name sent to whoever listens.

use moretta_lang::Program;
use std::sync::mpsc::sync_channel;

fn main() {
    let (sender, receiver) = sync_channel(1);
    Program::record(|face, out| {
        let yaw = face.yaw();
        sender.send(yaw).unwrap();
        out.property(0, 0, yaw);
    })
    .unwrap();
    drop(receiver);
}
