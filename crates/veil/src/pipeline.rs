//! The plug: what runs on the face thread.

use crate::Access;

/// What a frame's pipeline found, as far as the veil must know: how much to wipe.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// At least one face is in sight: what is kept for its track stays.
    Faces,
    /// A picture without a face: what was remembered of faces goes.
    NoFace,
    /// No picture was examined: a request that only configures.
    Unchanged,
}

/// What must be gone when [`Pipeline::wipe`] returns. Each includes the one before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Extent {
    /// What belongs to one frame.
    Frame,
    /// What is remembered of faces from frame to frame as well.
    Track,
    /// All face data, donors included.
    All,
}

/// The app's memory for the length of one call.
pub struct FrameIo<'f> {
    /// The planes handed in, none for a request without a picture.
    pub planes: &'f [&'f [u8]],
    /// The caller's buffer for the finished picture; empty if there is none.
    pub target: &'f mut [u8],
}

/// The work of a session's face thread: detect, measure, evaluate effects, hand over to the renderer.
///
/// Built on the face thread, run there, dropped there; never moved to another, hence not `Send`. What it and the
/// libraries below it allocate comes from [`FaceHeap`](crate::FaceHeap), and its stack lies in a vault.
///
/// # Safety
/// An implementor joins the trusted base: it sees faces in the open. It vows that
/// - no byte that depends on a face outlives the call, but in a [`FaceBuffer`](crate::FaceBuffer) of fitting
///   [`Keep`](crate::Keep), in `io.target` as part of the finished picture, or in memory that
///   [`Pipeline::wipe`] clears;
/// - [`Pipeline::Reply`] holds no more than the disclosures that the app's documentation lists;
/// - it starts no thread that sees a face, and writes, sends, logs and prints nothing.
pub unsafe trait Pipeline: 'static {
    /// What the app asks of one call: time, format, settings, effects. It holds no face data: pictures, donors
    /// included, come as planes.
    type Request: Send + 'static;
    /// What the app learns from one call. `Copy`, so that it owns no memory by accident; that it lends none either is part
    /// of the vow.
    type Reply: Copy + Send + 'static;

    /// Handles one request.
    fn run(&mut self, request: Self::Request, io: FrameIo<'_>, access: &Access<'_>)
    -> (Outcome, Self::Reply);

    /// Clears face data that the veil cannot reach: GPU staging memory and textures, a library's scratch, own
    /// fields. Called after every frame, after a panic in [`Pipeline::run`], and before the face thread ends; the
    /// veil has wiped its own buffers by then, so state that does not start as zero is to be set anew.
    fn wipe(&mut self, extent: Extent);

    /// Clears as [`wipe`](Self::wipe) does, but for what a device still reads: that may stay until the next
    /// [`run`](Self::run) writes to the device or ends, and no longer.
    ///
    /// Called instead after a submitted frame, if [`Options::overlap`](crate::Options::overlap) is set and the next one
    /// waits already: to find its faces while the device still draws. Should that one be withdrawn, `wipe` is called.
    fn wipe_later(&mut self, extent: Extent) {
        self.wipe(extent);
    }
}
