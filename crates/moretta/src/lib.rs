//! On-device face effects that cannot tell.
//!
//! A [`Session`] takes camera frames, finds the faces in them, draws an effect over them, and gives the finished picture
//! back. Faces are used for that and for nothing else: they lie in memory that is locked and wiped with every frame, no
//! call returns anything of them, and an effect is data that cannot read one.
//!
//! ```no_run
//! use moretta::{AgeBand, Consent, FaceHeap, Frame, FrameFormat, FrameLayout, Options, Output, Pack, Session};
//!
//! #[global_allocator]
//! static HEAP: FaceHeap = FaceHeap;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let consent = Consent::given(AgeBand::From14); // the app asked its user
//!     let mut session = Session::new(&consent, Options::default())?;
//!     let glasses = session.load(Pack::from_mask(&std::fs::read("glasses.mask")?)?.effect())?;
//!     session.wear(Some(&glasses));
//!
//!     let photo = image::open("me.jpg")?.to_rgba8();
//!     let layout = FrameLayout::packed(FrameFormat::Rgba8, photo.width(), photo.height());
//!     let mut finished = vec![0; photo.len()];
//!     let frame = Frame::borrowed([photo.as_raw().as_slice()])?;
//!     session.process(&layout, frame, Output::rgba(&mut finished, photo.width()))?;
//!     image::save_buffer("me.png", &finished, photo.width(), photo.height(), image::ColorType::Rgba8)?;
//!     Ok(())
//! }
//! ```
//!
//! # Effects per face
//! [`Session::wear`] dresses everyone. [`Session::wear_on`] gives the face in one slot another effect, or none, and
//! [`Session::wear_as_everyone`] takes that back:
//!
//! ```no_run
//! # use moretta::{Error, LoadedEffect, Session};
//! # fn dress(session: &mut Session, glasses: &LoadedEffect, cat: &LoadedEffect) -> Result<(), Error> {
//! session.wear(Some(glasses));
//! session.wear_on(1, Some(cat))?;
//! session.set_on(1, "size", 1.2)?;
//! # Ok(())
//! # }
//! ```
//!
//! - **Slots** are the tracker's: a face keeps its slot for as long as it is followed, some frames without a sight of it
//!   included. A new face takes the lowest free slot of [`Options::max_faces`]; a face that was gone for longer is a new
//!   one. Which slot is whose the app is not told, nor whether a slot has a face: it dresses places and not people. What a
//!   slot without a face wears does nothing.
//! - **The frame.** Overlays and tables of colours lie over the whole frame, so that one effect alone draws them: what
//!   everyone wears, if it has any; else that of the lowest slot whose face wears an effect with any. That effect is drawn
//!   last, over everything that faces wear. Before it come what everyone wears and then the slots, by number.
//! - **Faces** hide what is behind them, whatever they wear, also if they wear nothing.
//! - **What effects remember**, springs and states, each face has for itself. It begins anew when another effect comes to
//!   the slot or another face; the other slots go on as they were. A tap reaches all effects that are worn.
//! - **Limits.** How many faces an effect is drawn on at a quality counts those that wear it. The quality is the session's
//!   and the same for all effects. Nodes of a pack that name the first face, or a slot, mean the first that wears the
//!   pack, or the session's slot.
//! - **Cost.** Faces are followed as long as any slot has an effect of its own, and the blendshape network runs for all of
//!   them if any worn effect reads it. Changing what is worn makes nothing on the device; only an effect that needs more
//!   numbers than any before makes the session's buffers larger.
//!
//! # Photos
//! A pack may have faces take on the looks of a photo. Which photo, the app says: it gives up a picture, and gets a [`Donor`],
//! which everyone or a slot can be given:
//!
//! ```no_run
//! # use moretta::{DonorFace, DonorPicture, Session};
//! # fn dress(session: &mut Session) -> Result<(), Box<dyn std::error::Error>> {
//! let mut file = std::fs::read("friend.jpg")?; // or from the system's picker; never from a pack
//! let friend = session.add_donor(DonorPicture::file(&mut file), DonorFace::Only)?;
//! session.donor(Some(&friend))?;
//! // ... frames ...
//! session.remove_donor(friend)?;
//! # Ok(())
//! # }
//! ```
//!
//! A face that turns comes out better with several photos of the person from several sides: [`Session::add_donor_views`].
//!
//! A photo is face data. Its bytes are zeroed before [`Session::add_donor`] returns, whatever comes of it; it is decoded on
//! the face thread, in face memory. What is kept is the part with the face, as a texture that nothing reads back, and where
//! its landmarks are, in face memory: until the donor is removed or dropped, and no longer than to the next pause, wipe, fault
//! or the end of the session. At most [`MAX_DONORS`] at a time.
//!
//! # Threads
//! A session is used by one thread at a time. What touches a face runs on the session's own face thread; networks and the
//! graphics device are loaded before there is a face. [`wipe_all`] reaches every session from any thread.
//!
//! # What an app learns
//! Times, counts, and errors that name settings and sizes. Of a photo that it brings as a donor, whether that shows no face, one
//! or several, and whether it is large enough and looks into the camera: [`DonorFault`]. With [`Options::disclose_presence`], which is off unless the
//! app sets it, whether nobody, one person or more are in sight. Nothing else.

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}

mod clock;
mod donor;
mod engine;
mod error;
mod models;
mod options;
mod output;
mod quality;
mod report;
mod session;
mod stats;
mod worn;

pub use donor::{DonorFace, DonorFault, DonorPicture, MAX_DONOR_VIEWS};
pub use error::{Error, ErrorKind};
pub use models::{Load, Models};
pub use moretta_frame::{Colour, ColourMatrix, ColourRange, FrameFormat, FrameLayout, PlaneLayout};
pub use moretta_infer::{Engine, ModelKind, VerifiedModel};
pub use moretta_lang as lang;
pub use moretta_pack::limits as pack_limits;
pub use moretta_pack::{Effect, Fit, HostInput, HostInputKind, Pack, Quality};
pub use moretta_render::{
    Gpu, GpuOptions, GpuReport, LoadedEffect, MAX_DONORS, MAX_FACES, PixelOrder, Placement, Renderer,
    Smoothing as EdgeSmoothing, Software, WindowMaker, WindowSurface, wgpu,
};
pub use moretta_track::{Lens, OneEuro, Range, Smoothing};
pub use moretta_veil::{
    AgeBand, Backing, Consent, Donor, FaceHeap, Frame, FrameStore, GuardianConsent, Loan, Policy, Protection,
    Revocation, Shelter, Ticket, VeilError, wipe_all,
};
pub use options::{Device, Options};
pub use output::{Output, Window};
pub use quality::QualityMode;
pub use report::Report;
pub use session::{Finished, Presence, Processed, Session};
pub use stats::{Statistics, Times};
