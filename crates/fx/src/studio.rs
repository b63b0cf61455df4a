//! Pictures as an app would show them: the real session, over a picture or a clip.

use std::path::PathBuf;

use image::RgbaImage;
use moretta::{
    AgeBand, Consent, Device, Donor, DonorFace, DonorPicture, EdgeSmoothing, Effect, FrameLayout, GpuOptions,
    LoadedEffect, Models, Options, Output, Policy, Quality, QualityMode, Renderer, Session, Software,
};
use moretta_capture::Repeat;
use moretta_golden::Picture;

use crate::input::{Input, Reel};
use crate::{Error, script::Script};

/// Networks and graphics device, shared by the sessions of a command: each picture has a session of its own, so that
/// nothing of one is left in the next.
pub(crate) struct Studio {
    models: Models,
    renderer: Renderer,
}

/// One picture, or some that follow each other, of an effect.
pub(crate) struct Take<'a> {
    /// What it is drawn on.
    pub(crate) input: &'a Input,
    /// Photos of a face that everyone takes on, where the pack swaps faces for photos.
    pub(crate) donor: &'a [PathBuf],
    /// What is set and tapped when.
    pub(crate) script: &'a Script,
    /// How much the effect may cost.
    pub(crate) quality: Quality,
    /// The frames before this time are drawn and not kept, in nanoseconds.
    pub(crate) from_ns: u64,
    /// The frames after this time are not drawn; of a clip, nor those after its end.
    pub(crate) to_ns: u64,
}

/// A finished picture and when it is to be seen.
pub(crate) struct Shot {
    /// Nanoseconds from the beginning.
    pub(crate) time_ns: u64,
    /// The picture.
    pub(crate) picture: RgbaImage,
}

impl Shot {
    /// The picture, to be compared or written.
    ///
    /// # Errors
    /// [`Error::Golden`] never, as there are four bytes a pixel.
    pub(crate) fn golden(&self) -> Result<Picture, Error> {
        let (width, height) = self.picture.dimensions();
        Ok(Picture::new(width, height, self.picture.as_raw().clone())?)
    }
}

impl Studio {
    /// Loads the networks and opens the graphics device: in software if `software`, so that every machine draws the
    /// same.
    ///
    /// # Errors
    /// [`Error::Session`].
    pub(crate) fn open(software: bool) -> Result<Self, Error> {
        let software = if software {
            Software::Only
        } else {
            Software::Allowed
        };
        let device = Device::New(GpuOptions {
            software,
            // What is looked at and kept has the edges that users of hardware see.
            smoothing: EdgeSmoothing::Always,
            ..GpuOptions::default()
        });
        let session = new_session(None, device, Quality::High)?;
        if !session.protection().is_whole() {
            eprintln!(
                "note: the system does not grant every protection of face memory (see `ulimit -l`); going on with less"
            );
        }
        Ok(Self {
            models: session.models().clone(),
            renderer: session.renderer().clone(),
        })
    }

    /// What draws, as it calls itself.
    pub(crate) fn adapter(&self) -> &str {
        &self.renderer.gpu().report().name
    }

    /// Brings an effect onto the device.
    ///
    /// # Errors
    /// [`Error::Session`].
    pub(crate) fn load(&self, effect: &Effect) -> Result<LoadedEffect, Error> {
        Ok(self.renderer.load(effect).map_err(moretta::Error::from)?)
    }

    /// Draws `take` with `effect`, and shows each picture that is wanted to `keep`.
    ///
    /// # Errors
    /// [`Error::Usage`] for an input that the effect does not have, [`Error::Input`], [`Error::Read`], [`Error::Session`];
    /// those of `keep`.
    pub(crate) fn shoot(
        &self,
        effect: &LoadedEffect,
        take: &Take<'_>,
        mut keep: impl FnMut(Shot) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let device = Device::Shared(self.renderer.clone());
        let mut session = new_session(Some(self.models.clone()), device, take.quality)?;
        session.wear(Some(effect));
        // Kept until the pictures are drawn.
        let _donor = match take.donor {
            [] => None,
            photos => Some(donate(&mut session, photos)?),
        };
        let mut script = take.script.play();
        let Reel { mut source, .. } = take.input.open(Repeat::Once)?;
        loop {
            let next = source.next_frame().map_err(|error| take.input.error(error))?;
            let Some(mut frame) = next.filter(|it| it.layout().timestamp_ns <= take.to_ns) else {
                return Ok(());
            };
            let time_ns = frame.layout().timestamp_ns;
            script.up_to(time_ns, &mut session)?;
            let picture = process(&mut session, take.input, &mut frame)?;
            if time_ns >= take.from_ns {
                keep(Shot { time_ns, picture })?;
            }
        }
    }
}

/// Gives everyone the largest face of a photo, or of several of one person.
fn donate(session: &mut Session, photos: &[PathBuf]) -> Result<Donor, Error> {
    let read = |photo: &PathBuf| {
        std::fs::read(photo).map_err(|source| Error::Read {
            path: photo.clone(),
            source,
        })
    };
    let mut files: Vec<_> = photos.iter().map(read).collect();
    if files.iter().any(Result::is_err) {
        // Given up, though there will be no donor.
        files
            .iter_mut()
            .flatten()
            .for_each(|file| drop(DonorPicture::file(file)));
    }
    let mut files = files.into_iter().collect::<Result<Vec<_>, _>>()?;
    let pictures = files.iter_mut().map(|file| DonorPicture::file(file));
    let donor = session.add_donor_views(pictures, DonorFace::Largest)?;
    session.donor(Some(&donor))?;
    Ok(donor)
}

/// A session under the consent that whoever calls this tool with a picture of a person has.
pub(crate) fn new_session(
    models: Option<Models>,
    device: Device,
    quality: Quality,
) -> Result<Session, Error> {
    let consent = Consent::given(AgeBand::From14);
    let options = Options {
        policy: Policy::BestEffort,
        quality: QualityMode::Fixed(quality),
        models,
        device,
        ..Options::default()
    };
    Ok(Session::new(&consent, options)?)
}

fn process(
    session: &mut Session,
    input: &Input,
    frame: &mut moretta_capture::Picture<'_>,
) -> Result<RgbaImage, Error> {
    let layout: FrameLayout = *frame.layout();
    let size = frame.view().map_err(|error| input.error(error.into()))?.size();
    let (width, height) = (size.width(), size.height());
    let mut picture = RgbaImage::new(width, height);
    let frame = frame.frame().map_err(|error| input.error(error.into()))?;
    session.process(&layout, frame, Output::rgba(&mut picture, width))?;
    Ok(picture)
}
