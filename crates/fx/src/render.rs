//! `moretta-fx render`: what packs look like on a picture or a clip.

use std::path::PathBuf;

use image::RgbaImage;
use indicatif::HumanBytes;
use moretta::Quality;
use moretta_capture::Repeat;

use crate::film::{self, Film};
use crate::input::{Input, STILL_FRAME_NS};
use crate::load::Valid;
use crate::script::Script;
use crate::sheet::sheet;
use crate::studio::{Shot, Studio, Take};
use crate::{Error, folder, progress};

/// What to do.
pub(crate) struct Options {
    /// Folders and `.mask` files; several make a sheet.
    pub(crate) packs: Vec<PathBuf>,
    /// The picture or the clip, as the command line calls it.
    pub(crate) input: String,
    /// Photos of a face that everyone takes on, where a pack swaps faces for photos.
    pub(crate) donor: Vec<PathBuf>,
    /// The file to write.
    pub(crate) out: PathBuf,
    /// What kind of file that is.
    pub(crate) kind: Kind,
    /// What is set and tapped when.
    pub(crate) script: Script,
    /// When the picture is taken, or the animation begins, in nanoseconds.
    pub(crate) at_ns: u64,
    /// How long the animation is: to the end of a clip, or two seconds, if it is none.
    pub(crate) length_ns: Option<u64>,
    /// How much effects may cost.
    pub(crate) quality: Quality,
    /// Whether to draw in software.
    pub(crate) software: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One picture, as PNG.
    Picture,
    /// An animation.
    Film(Film),
}

impl Kind {
    /// By the ending of the file's name.
    ///
    /// # Errors
    /// [`Error::Usage`].
    pub(crate) fn of(path: &std::path::Path) -> Result<Self, Error> {
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_ascii_lowercase();
        match ending.as_str() {
            "png" => Ok(Self::Picture),
            "apng" => Ok(Self::Film(Film::Apng)),
            "gif" => Ok(Self::Film(Film::Gif)),
            _ => Err(Error::Usage(format!(
                "{}: a name that ends with .png, .apng or .gif expected",
                path.display()
            ))),
        }
    }
}

/// How long an animation of a still picture is.
const STILL_FILM_NS: u64 = 2_000_000_000;

/// By how much the time of a frame may be off: a nanosecond a frame adds up to this in half a minute.
const ROUNDING_NS: u64 = 1_000;

/// How many bytes the pictures of an animation may have: they are kept until all of them are drawn.
const MAX_FILM_BYTES: usize = 2 << 30;

/// Draws each pack and writes the picture, the animation or the sheet.
///
/// # Errors
/// [`Error::Invalid`], [`Error::Usage`]; what goes wrong on the way.
pub(crate) fn run(options: &Options) -> Result<(), Error> {
    if options.kind == Kind::Picture && options.length_ns.is_some() {
        return Err(Error::Usage(
            "--for: an animation expected (-o FILE.apng or FILE.gif), found a picture".to_owned(),
        ));
    }
    folder::check_place(&options.out)?;
    let packs = Valid::all(&options.packs)?;
    let input = Input::named(&options.input)?;
    let to_ns = options.end_ns(input.open(Repeat::Once)?.moving);
    let studio = Studio::open(options.software)?;
    let mut takes = Vec::new();
    // Of all packs together.
    let mut kept = 0;
    for pack in &packs {
        takes.push(shoot(&studio, pack, &input, to_ns, options, &mut kept)?);
    }
    let names: Vec<String> = packs.iter().map(Valid::name).collect();
    let shots = together(&names, takes)?;
    let out = options.out.display();
    match options.kind {
        Kind::Picture => {
            let last = shots.last().ok_or_else(|| too_late(options))?;
            last.golden()?.write(&options.out)?;
            println!(
                "{out}: {} x {} pixels",
                last.picture.width(),
                last.picture.height()
            );
        }
        Kind::Film(film) => {
            let bytes = film::encode(film, &shots)?;
            folder::write(&options.out, &bytes)?;
            println!(
                "{out}: {} pictures, {}",
                shots.len(),
                HumanBytes(bytes.len() as u64)
            );
        }
    }
    Ok(())
}

impl Options {
    fn end_ns(&self, moving: bool) -> u64 {
        let length = match (self.kind, self.length_ns) {
            (Kind::Picture, _) => 0,
            (Kind::Film(_), Some(length)) => length,
            (Kind::Film(_), None) if moving => u64::MAX,
            (Kind::Film(_), None) => STILL_FILM_NS,
        };
        // The frame at the end is the first that is not wanted. The times of frames are rounded down, so that it may come
        // a little before.
        let end = self.at_ns.saturating_add(length);
        if length == 0 {
            end
        } else {
            end.saturating_sub(ROUNDING_NS).max(self.at_ns)
        }
    }
}

fn shoot(
    studio: &Studio,
    pack: &Valid,
    input: &Input,
    to_ns: u64,
    options: &Options,
    kept: &mut usize,
) -> Result<Vec<Shot>, Error> {
    let effect = studio.load(pack.pack.effect())?;
    let single = options.kind == Kind::Picture;
    let take = Take {
        donor: &options.donor,
        input,
        script: &options.script,
        quality: options.quality,
        from_ns: if single {
            0
        } else {
            options.at_ns.saturating_sub(ROUNDING_NS)
        },
        to_ns,
    };
    let frames = (to_ns - take.from_ns) / STILL_FRAME_NS + 1;
    let bar = progress::bar((to_ns < u64::MAX).then_some(frames), &pack.name());
    let mut shots = Vec::new();
    studio.shoot(&effect, &take, |shot| {
        if single {
            shots.clear();
        }
        *kept += shot.picture.len();
        if !single && *kept > MAX_FILM_BYTES {
            return Err(Error::Usage(format!(
                "{}: an animation of at most {} of pictures expected, a longer one found; --for shortens it",
                options.out.display(),
                HumanBytes(MAX_FILM_BYTES as u64)
            )));
        }
        shots.push(shot);
        bar.inc(1);
        Ok(())
    })?;
    bar.finish_and_clear();
    if shots.is_empty() {
        return Err(too_late(options));
    }
    Ok(shots)
}

fn too_late(options: &Options) -> Error {
    Error::Usage(format!("{}: a clip that is longer expected", options.input))
}

/// The takes of one pack as they are, of several as sheets.
fn together(names: &[String], mut takes: Vec<Vec<Shot>>) -> Result<Vec<Shot>, Error> {
    if takes.len() == 1 {
        return Ok(takes.remove(0));
    }
    let length = takes.iter().map(Vec::len).min().unwrap_or(0);
    let frame = |place: usize| {
        let pictures: Vec<(&str, &RgbaImage)> = names
            .iter()
            .zip(&takes)
            .map(|(name, shots)| (name.as_str(), &shots[place].picture))
            .collect();
        Shot {
            time_ns: takes[0][place].time_ns,
            picture: sheet(&pictures),
        }
    };
    Ok((0..length).map(frame).collect())
}
