//! What the tests share: networks and a device, the packs of this repository, a public-domain portrait.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use moretta::{
    AgeBand, Consent, Device, Error, FaceHeap, Frame, FrameFormat, FrameLayout, LoadedEffect, Models,
    Options, Output, Pack, Policy, Processed, Renderer, Session,
};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

/// A picture of the same size as the frame, red, green, blue, alpha.
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<u8>,
}

impl Picture {
    pub(crate) fn portrait() -> Self {
        let path = root().join("crates/track/tests/data/astronaut.png");
        let picture = image::open(path).unwrap().to_rgba8();
        Self {
            width: picture.width(),
            height: picture.height(),
            rgba: picture.into_raw(),
        }
    }

    pub(crate) fn layout(&self, ms: u64) -> FrameLayout {
        let mut layout = FrameLayout::packed(FrameFormat::Rgba8, self.width, self.height);
        layout.timestamp_ns = ms * 1_000_000;
        layout
    }

    /// How many pixels differ from `other` by more than `by` in some channel.
    pub(crate) fn differences(&self, other: &[u8], by: u8) -> usize {
        let pixels = self.rgba.chunks_exact(4).zip(other.chunks_exact(4));
        pixels
            .filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > by))
            .count()
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The networks and the device, loaded once a process.
pub(crate) fn parts() -> (Models, Renderer) {
    static PARTS: OnceLock<(Models, Renderer)> = OnceLock::new();
    PARTS
        .get_or_init(|| {
            let gpu = moretta::Gpu::new(moretta::GpuOptions::default()).unwrap();
            (Models::embedded().unwrap(), Renderer::new(&gpu).unwrap())
        })
        .clone()
}

pub(crate) fn session(consent: &Consent, disclose_presence: bool) -> Session {
    let options = Options {
        disclose_presence,
        ..options(Policy::BestEffort)
    };
    Session::new(consent, options).unwrap()
}

pub(crate) fn session_with(consent: &Consent, policy: Policy) -> Session {
    Session::new(consent, options(policy)).unwrap()
}

fn options(policy: Policy) -> Options {
    let (models, renderer) = parts();
    Options {
        policy,
        models: Some(models),
        device: Device::Shared(renderer),
        ..Options::default()
    }
}

pub(crate) fn effect(session: &Session, name: &str) -> LoadedEffect {
    let pack = Pack::from_files(pack_files(name)).unwrap();
    session.load(pack.effect()).unwrap()
}

/// The files of a pack of this repository.
pub(crate) fn pack_files(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = root().join("effects").join(name);
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files);
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            files.push((name, std::fs::read(&path).unwrap()));
        }
    }
}

pub(crate) fn draw(session: &mut Session, picture: &Picture, ms: u64) -> Result<(Vec<u8>, Processed), Error> {
    let mut finished = vec![0; picture.rgba.len()];
    let frame = Frame::borrowed([&picture.rgba[..]])?;
    let output = Output::rgba(&mut finished, picture.width);
    let processed = session.process(&picture.layout(ms), frame, output)?;
    Ok((finished, processed))
}

pub(crate) fn adult() -> Consent {
    Consent::given(AgeBand::From14)
}
