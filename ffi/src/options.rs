//! How a session is made, as C says it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use moretta::{
    Backing, Engine, Gpu, GpuOptions, ModelKind, Models, Options, Policy, Quality, QualityMode, Range,
    Renderer, Software, VerifiedModel,
};

use crate::abi::{self, SessionHandle};
use crate::raw::In;
use crate::{Fault, session};

/// The least and the greatest angle from the top of the frame to its bottom, in degrees.
const FOV_Y_DEGREES: std::ops::RangeInclusive<f32> = 1.0..=170.0;

/// A frame's budget unless said otherwise: 30 frames a second.
const BUDGET: Duration = Duration::from_millis(33);

impl abi::Options {
    /// All zeros.
    pub(crate) const DEFAULT: Self = Self {
        struct_size: 0,
        policy: 0,
        backing: 0,
        max_faces: 0,
        range: 0,
        smoothing: 0,
        quality: 0,
        frame_budget_us: 0,
        disclose_presence: 0,
        software: 0,
        fov_y_degrees: 0.0,
        overlap: 0,
        share_with: SessionHandle::NULL,
        models: In::NULL,
        model_count: 0,
        models_path: In::NULL,
        models_path_len: 0,
    };
}

/// What a session needs before there is consent: networks and a device. No face comes near them.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) models: Models,
    pub(crate) renderer: Renderer,
    /// The session that made the device: effects of one are good for all that share it.
    pub(crate) family: SessionHandle,
}

const _: () = assert!(abi::MAX_FACES as usize == moretta::MAX_FACES);

/// What was asked for, checked.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) policy: Policy,
    pub(crate) backing: Backing,
    max_faces: Option<usize>,
    range: Option<Range>,
    smoothing: bool,
    quality: QualityMode,
    fov_y_rad: Option<f32>,
    disclose_presence: bool,
    overlap: bool,
}

impl Settings {
    /// What `options` say of a session.
    ///
    /// # Errors
    /// [`Fault::Value`].
    pub(crate) fn of(options: &abi::Options) -> Result<Self, Fault> {
        let budget = match options.frame_budget_us {
            0 => BUDGET,
            us => Duration::from_micros(us.into()),
        };
        let fov = options.fov_y_degrees;
        if fov != 0.0 && !FOV_Y_DEGREES.contains(&fov) {
            return Err(Fault::Real {
                what: "moretta_options.fov_y_degrees",
                expected: "0 for the default, or 1 to 170",
                found: fov,
            });
        }
        Ok(Self {
            policy: one_of(
                "moretta_options.policy",
                options.policy,
                &[Policy::Strict, Policy::BestEffort],
            )?
            .unwrap_or(Policy::Strict),
            backing: one_of(
                "moretta_options.backing",
                options.backing,
                &[Backing::Anonymous, Backing::Secret],
            )?
            .unwrap_or(Backing::Anonymous),
            max_faces: match options.max_faces {
                0 => None,
                faces @ 1..=abi::MAX_FACES => Some(faces as usize),
                found => {
                    return Err(Fault::Value {
                        what: "moretta_options.max_faces",
                        expected: "0 for the default, or 1 to 16",
                        found: found.into(),
                    });
                }
            },
            range: one_of(
                "moretta_options.range",
                options.range,
                &[Range::Short, Range::Full, Range::Auto],
            )?,
            smoothing: one_of("moretta_options.smoothing", options.smoothing, &[true, false])?
                .unwrap_or(true),
            quality: one_of(
                "moretta_options.quality",
                options.quality,
                &[
                    QualityMode::Fixed(Quality::Low),
                    QualityMode::Fixed(Quality::Medium),
                    QualityMode::Fixed(Quality::High),
                    QualityMode::Adaptive { budget },
                ],
            )?
            .unwrap_or_default(),
            fov_y_rad: (fov != 0.0).then(|| fov.to_radians()),
            disclose_presence: flag("moretta_options.disclose_presence", options.disclose_presence)?,
            overlap: flag("moretta_options.overlap", options.overlap)?,
        })
    }

    /// As the SDK takes them.
    pub(crate) fn options(&self, parts: &Parts) -> Options {
        let defaults = Options::default();
        Options {
            policy: self.policy,
            backing: self.backing,
            max_faces: self.max_faces.unwrap_or(defaults.max_faces),
            range: self.range.unwrap_or(defaults.range),
            smoothing: defaults.smoothing.filter(|_| self.smoothing),
            lens: self
                .fov_y_rad
                .map_or(defaults.lens, |rad| moretta::Lens::FovY { rad }),
            quality: self.quality,
            overlap: self.overlap,
            disclose_presence: self.disclose_presence,
            models: Some(parts.models.clone()),
            device: moretta::Device::Shared(parts.renderer.clone()),
        }
    }
}

/// The place of `found` in `all`, counted from 1; none for 0.
///
/// # Errors
/// [`Fault::Value`] for any other.
pub(crate) fn one_of<T: Copy>(what: &'static str, found: u32, all: &[T]) -> Result<Option<T>, Fault> {
    let Some(place) = found.checked_sub(1) else {
        return Ok(None);
    };
    all.get(place as usize).copied().map(Some).ok_or(Fault::Value {
        what,
        expected: "0 for the default, or one of the header's constants for it",
        found: found.into(),
    })
}

/// # Errors
/// [`Fault::Value`] for anything but 0 and 1.
fn flag(what: &'static str, found: u32) -> Result<bool, Fault> {
    match found {
        0 => Ok(false),
        1 => Ok(true),
        found => Err(Fault::Value {
            what,
            expected: "0 or 1",
            found: found.into(),
        }),
    }
}

/// What must be zero, for a later version to use.
///
/// # Errors
/// [`Fault::Value`].
pub(crate) fn zero(what: &'static str, found: u32) -> Result<(), Fault> {
    if found == 0 {
        return Ok(());
    }
    Err(Fault::Value {
        what,
        expected: "0",
        found: found.into(),
    })
}

/// Loads the networks and opens the device, side by side; or takes those of another session.
///
/// # Errors
/// [`Fault::Value`], [`Fault::Text`], [`Fault::File`], [`Fault::Handle`], [`Fault::Busy`], [`Fault::Sdk`].
pub(crate) fn parts(options: &abi::Options) -> Result<Parts, Fault> {
    let software = one_of(
        "moretta_options.software",
        options.software,
        &[Software::Allowed, Software::Only, Software::Refused],
    )?;
    if !options.share_with.is_null() {
        let cell = session::find(options.share_with)?;
        return cell.parts();
    }
    let models = models(options)?;
    let gpu = GpuOptions {
        software: software.unwrap_or_default(),
        ..GpuOptions::default()
    };
    std::thread::scope(|scope| {
        let opened = scope.spawn(|| Gpu::new(gpu).and_then(|gpu| Renderer::new(&gpu)));
        let models = load(models.as_deref())?;
        let renderer = opened
            .join()
            .unwrap_or_else(|payload| std::panic::resume_unwind(payload));
        Ok(Parts {
            models,
            renderer: renderer.map_err(moretta::Error::from)?,
            family: SessionHandle::NULL,
        })
    })
}

/// The bytes of the models that the caller brings, which are looked at before anything is opened; none for those that come
/// with the library.
fn models(options: &abi::Options) -> Result<Option<Vec<Vec<u8>>>, Fault> {
    let what = "moretta_options.models";
    let path = options
        .models_path
        .text("moretta_options.models_path", options.models_path_len)?;
    let brought = options.models.slice(what, options.model_count)?;
    let models: Vec<_> = if path.is_empty() {
        let copied = |it: &abi::Bytes| Ok::<_, Fault>(it.data.slice(what, it.len)?.to_vec());
        brought.iter().map(copied).collect::<Result<_, _>>()?
    } else {
        let file = |kind: &ModelKind| Path::new(path).join(format!("{}.onnx", kind.name()));
        let files = ModelKind::ALL
            .iter()
            .map(|kind| read_file(&file(kind), kind.bytes()));
        files.collect::<Result<_, _>>()?
    };
    for bytes in &models {
        verify(bytes)?;
    }
    Ok((!models.is_empty()).then_some(models))
}

fn load(models: Option<&[Vec<u8>]>) -> Result<Models, Fault> {
    let Some(models) = models else {
        return Ok(Models::embedded()?);
    };
    let verified = models.iter().map(|bytes| verify(bytes));
    Ok(Models::load(
        &verified.collect::<Result<Vec<_>, _>>()?,
        Engine::default(),
    )?)
}

/// Which model these bytes are, by their hash. If they are none, the error is that of the one of the same length.
fn verify(bytes: &[u8]) -> Result<VerifiedModel<'_>, Fault> {
    let as_long = |kind: &ModelKind| kind.bytes() == bytes.len();
    let kind = ModelKind::ALL
        .into_iter()
        .find(as_long)
        .unwrap_or(ModelKind::ShortRange);
    let found = VerifiedModel::from_bytes(kind, bytes);
    Ok(found.map_err(moretta::Error::from)?)
}

/// The bytes of a file that the caller named. What is no file, a pipe or a device say, might never end: it is not opened.
///
/// # Errors
/// [`Fault::File`], also if it has more than `most` bytes.
pub(crate) fn read_file(path: &Path, most: usize) -> Result<Vec<u8>, Fault> {
    let read = || {
        if !path.metadata()?.is_file() {
            return Err(io::Error::other("expected a file, found something else"));
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
        match bytes.len() <= most {
            true => Ok(bytes),
            false => Err(io::Error::other(format!(
                "expected at most {most} bytes, found more"
            ))),
        }
    };
    read().map_err(|source| Fault::File {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the feature `embed` the library has networks of its own, and in any case it takes those that are brought.
    #[test]
    fn networks_come_with_the_library_or_are_brought() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../models");
        let brought = abi::Options {
            models_path: In::of(folder.as_bytes()),
            models_path_len: folder.len(),
            ..abi::Options::DEFAULT
        };
        assert_eq!(
            parts(&brought).unwrap().models.loads().len(),
            ModelKind::ALL.len()
        );
        match parts(&abi::Options::DEFAULT) {
            Ok(parts) if cfg!(feature = "embed") => assert_eq!(parts.models.loads().len(), 4),
            Err(fault) if !cfg!(feature = "embed") => {
                assert_eq!(fault.status().0, abi::STATUS_MODEL);
                assert!(fault.to_string().contains("bring them"), "{fault}");
            }
            Ok(_) => panic!("networks from nowhere"),
            Err(fault) => panic!("{fault}"),
        }
    }

    #[test]
    fn only_files_are_read_and_no_more_of_them_than_there_may_be() {
        let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        let len = read_file(manifest, 1 << 20).map(|bytes| bytes.len()).unwrap();
        assert!(len > 100 && read_file(manifest, len).is_ok());
        let refused = |path: &str, most| read_file(Path::new(path), most).unwrap_err().to_string();
        let manifest = manifest.to_str().unwrap();
        assert!(refused(manifest, len - 1).ends_with("found more"));
        #[cfg(unix)]
        assert!(refused("/dev/zero", 1 << 20).ends_with("found something else"));
        assert!(refused(concat!(env!("CARGO_MANIFEST_DIR"), "/src"), 9).ends_with("found something else"));
        assert!(matches!(
            read_file(Path::new("/nowhere"), 9),
            Err(Fault::File { .. })
        ));
    }
}
