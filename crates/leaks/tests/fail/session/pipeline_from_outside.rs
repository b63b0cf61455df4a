//! A pipeline run by the code that builds it, where nothing is wiped.

use moretta_veil::{FrameIo, Keep, Pipeline, Reserve};

fn main() {
    fn leak<P: Pipeline<Request = ()>>(pipeline: &mut P, io: FrameIo<'_>, room: &Reserve<'_>) {
        let _ = room.reserve::<u8>(Keep::Frame, 1);
        pipeline.run((), io, room);
    }
}
