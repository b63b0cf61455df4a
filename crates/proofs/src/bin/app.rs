//! An app that does nothing but run a session: what it takes from the system's libraries is what a session needs.

use moretta::{
    AgeBand, Consent, FaceHeap, Frame, FrameFormat, FrameLayout, Options, Output, Policy, Session,
};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options {
        policy: Policy::BestEffort,
        ..Options::default()
    };
    let mut session = Session::new(&Consent::given(AgeBand::From14), options)?;
    let layout = FrameLayout::packed(FrameFormat::Rgba8, 64, 48);
    let mut camera = vec![128; 64 * 48 * 4];
    let mut screen = camera.clone();
    session.process(
        &layout,
        Frame::consumed([&mut camera[..]])?,
        Output::rgba(&mut screen, 64),
    )?;
    Ok(())
}
