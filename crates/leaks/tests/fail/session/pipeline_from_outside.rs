//! A pipeline run off the face thread, where nothing is wiped.

use moretta_veil::{Access, FrameIo, Pipeline};

fn main() {
    fn leak<P: Pipeline<Request = ()>>(pipeline: &mut P, io: FrameIo<'_>, access: &Access<'_>) {
        pipeline.run((), io, &());
        let _ = access;
    }
}
