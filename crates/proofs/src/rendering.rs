//! Whole sessions under observation: pictures in, tracked and drawn over on a software device, pictures out.

use crate::inference::ENGINE;
use crate::portrait::{self, FRAMES, Portrait};
use crate::scenes::{
    Fallible, attempts, cut_off_system_calls_but, end_without_clean_up, landlocked, pause, say,
};
use moretta::{
    AgeBand, Consent, Device, Donor, DonorFace, DonorPicture, FaceHeap, Frame, GpuOptions, LoadedEffect,
    ModelKind, Models, Options, Output, Pack, Policy, Session, Software, VerifiedModel, wgpu, wipe_all,
};
use std::hint::black_box;
use std::path::{Path, PathBuf};

/// What is worn, one after the other: what is laid over the whole picture and looks for no face, a model with a head that
/// hides it, paint and stickers.
const WORN: [&str; 3] = ["golden-hour", "glasses3d", "cat"];

/// What the drivers of this device are told in their environment. Mesa would keep compiled shaders in a file, and ask a
/// display which card to take.
pub const DRIVER: [(&str, &str); 2] = [("MESA_SHADER_CACHE_DISABLE", "true"), ("NODEVICE_SELECT", "1")];

/// The C library overwrites what is freed: what a driver in software frees unwiped is out of our reach.
pub const PERTURBED: (&str, &str) = ("GLIBC_TUNABLES", "glibc.malloc.perturb=90");

/// The app's side.
struct App {
    session: Session,
    worn: Vec<LoadedEffect>,
    portrait: Portrait,
    camera: Vec<u8>,
    screen: Vec<u8>,
    /// What the camera saw, to be compared with what the screen shows.
    seen: Vec<u8>,
}

impl App {
    /// With one face in each picture.
    fn start(seed: u64) -> Fallible<App> {
        let worn = WORN.map(pack).into_iter().collect::<Fallible<Vec<_>>>()?;
        App::start_with(Portrait::from_seed(seed)?, &worn)
    }

    /// With two, which take on each other's looks, shapes and expressions.
    fn start_pair(seed: u64) -> Fallible<App> {
        App::start_with(Portrait::pair_from_seed(seed)?, &[inline(SWAP)?])
    }

    fn start_with(portrait: Portrait, packs: &[Pack]) -> Fallible<App> {
        // Without FaceHeap, in the open twin, strict is not to be had.
        let strict = FaceHeap::is_installed();
        let models = ModelKind::ALL.map(VerifiedModel::embedded);
        let models: Vec<_> = models.into_iter().collect::<Result<_, _>>()?;
        let options = Options {
            policy: if strict {
                Policy::Strict
            } else {
                Policy::BestEffort
            },
            // As `expected` has it.
            max_faces: 2,
            models: Some(Models::load(&models, ENGINE)?),
            device: Device::New(GpuOptions {
                backends: wgpu::Backends::VULKAN,
                software: Software::Only,
                ..GpuOptions::default()
            }),
            ..Options::default()
        };
        let session = Session::new(&Consent::given(AgeBand::From14), options)?;
        let worn = packs.iter().map(|pack| session.load(pack.effect()));
        Ok(App {
            worn: worn.collect::<Result<_, _>>()?,
            session,
            portrait,
            camera: vec![0; portrait::BYTES],
            screen: vec![0; portrait::BYTES],
            seen: vec![0; portrait::BYTES],
        })
    }

    /// Says which buffers are the app's own.
    fn show_own(&self) {
        for buffer in [&self.camera, &self.screen, &self.seen] {
            let range = buffer.as_ptr_range();
            say(&format!("APP {:x}-{:x}", range.start.addr(), range.end.addr()));
        }
    }

    /// Shows each picture of the portrait with each effect, as if the first were the first of all.
    fn show(&mut self) -> Fallible {
        for worn in self.worn.clone() {
            // Nothing is worn for a frame, and so nobody is looked for: the tracker starts over.
            self.session.wear(None);
            self.show_nobody(0)?;
            self.session.wear(Some(&worn));
            self.show_portrait()?;
        }
        Ok(())
    }

    /// Shows each picture of the portrait.
    fn show_portrait(&mut self) -> Fallible {
        for frame in 0..FRAMES {
            self.portrait.draw(frame, &mut self.camera);
            self.hand_over(frame)?;
            // Once more, and one byte at a time: no register of the app's may hold a needle.
            self.portrait.draw(frame, &mut self.seen);
            let both = self.seen.iter().zip(&self.screen);
            let changed = both.filter(|(a, b)| black_box(**a) != black_box(**b)).count();
            wipe(&mut self.seen);
            wipe(&mut self.screen);
            if changed < 100 {
                return Err(format!("picture {frame}: {changed} bytes drawn over: nothing is worn").into());
            }
        }
        Ok(())
    }

    /// Shows a picture with nobody in it, after the others.
    fn show_nobody(&mut self, after: usize) -> Fallible {
        self.portrait.draw_nobody(&mut self.camera);
        self.hand_over(FRAMES + after)?;
        wipe(&mut self.screen);
        Ok(())
    }

    fn hand_over(&mut self, frame: usize) -> Fallible {
        let output = Output::rgba(&mut self.screen, portrait::WIDTH as u32);
        let pixels = Frame::consumed([&mut self.camera[..]])?;
        self.session.process(&portrait::layout(frame), pixels, output)?;
        Ok(())
    }

    /// The face is lost, with what follows one still worn.
    fn lose(&mut self) -> Fallible {
        (0..3).try_for_each(|after| self.show_nobody(after))
    }
}

fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    black_box(bytes);
}

/// A pack of this project.
fn pack(name: &str) -> Fallible<Pack> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../effects")
        .join(name);
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.clone()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(&folder)?
                    .to_str()
                    .ok_or("a name that is not text")?;
                files.push((name.to_owned(), std::fs::read(&path)?));
            }
        }
    }
    Ok(Pack::from_files(files)?)
}

/// Shows the scene that the arguments name: its name, the portrait's seed, an option.
///
/// # Errors
/// What went wrong; the prover shows it.
pub fn run() -> Fallible {
    let arguments: Vec<String> = std::env::args().collect();
    let argument = |at: usize| arguments.get(at).map_or("", String::as_str);
    let seed = argument(2).parse()?;
    match argument(1) {
        "frames" => frames(App::start(seed)?),
        "swaps" => frames(App::start_pair(seed)?),
        "swaps-loop" => run_on(App::start_pair(seed)?),
        "donors" => donors(App::start(!seed)?, seed),
        "loop" => run_on(App::start(seed)?),
        "whole" => whole(seed, argument(3)),
        "syscalls" => syscalls(App::start(seed)?, argument(3)),
        "landlock" => landlock(seed, argument(3)),
        unknown => Err(format!("no scene {unknown}").into()),
    }
}

fn frames(mut app: App) -> Fallible {
    app.show()?;
    pause("READY");
    app.lose()?;
    pause("LOST");
    app.show()?;
    wipe_all();
    pause("WIPED");
    app.show()?;
    app.session.pause()?;
    pause("PAUSED");
    app.session.resume()?;
    app.show()?;
    drop(app);
    pause("DROPPED");
    Ok(())
}

/// A pack whose faces take on the looks, the shape and the expression of a photo.
const PHOTO: &str = r#"{
    "format": "mask", "version": "1.0", "id": "org.moretta.proof", "name": { "en": "Proof" }, "author": "Moretta",
    "license": "CC0-1.0",
    "nodes": [{ "id": "photo", "kind": "face_swap", "source": "photo", "shape": 1, "expression": 1 }]
}"#;

/// A pack whose faces take on each other's.
const SWAP: &str = r#"{
    "format": "mask", "version": "1.0", "id": "org.moretta.proof", "name": { "en": "Proof" }, "author": "Moretta",
    "license": "CC0-1.0",
    "nodes": [{ "id": "swap", "kind": "face_swap", "source": "next_face", "shape": 1, "expression": 1 }]
}"#;

/// A pack that is one text.
fn inline(manifest: &str) -> Fallible<Pack> {
    let file = ("effect.json".to_owned(), manifest.as_bytes().to_vec());
    Ok(Pack::from_files(vec![file])?)
}

/// Makes donors of the first picture of `seed`, shows them on another face, and ends them in every way.
fn donors(mut app: App, seed: u64) -> Fallible {
    let photo = Portrait::from_seed(seed)?;
    let mut file = vec![0; portrait::FILE_BYTES];
    let worn = app.session.load(inline(PHOTO)?.effect())?;
    app.session.wear(Some(&worn));
    let add = |app: &mut App, file: &mut [u8]| -> Fallible<Donor> {
        let len = photo.write_file(&mut app.seen, file);
        let donor = app
            .session
            .add_donor(DonorPicture::file(&mut file[..len]), DonorFace::Only)?;
        app.session.donor(Some(&donor))?;
        Ok(donor)
    };
    let donor = add(&mut app, &mut file)?;
    pause("ADDED");
    app.show_portrait()?;
    app.lose()?;
    pause("WORN");
    app.session.remove_donor(donor)?;
    pause("REMOVED");
    views(&mut app, &photo, &mut file)?;
    let _donor = add(&mut app, &mut file)?;
    app.show_portrait()?;
    app.session.pause()?;
    pause("PAUSED");
    app.session.resume()?;
    let _donor = add(&mut app, &mut file)?;
    app.show_portrait()?;
    wipe_all();
    pause("WIPED");
    drop(add(&mut app, &mut file)?);
    app.lose()?;
    pause("LET_GO");
    // A file that ends early, when most of it is decoded.
    let len = photo.write_file(&mut app.seen, &mut file);
    let cut = app
        .session
        .add_donor(DonorPicture::file(&mut file[..len - 9000]), DonorFace::Only);
    wipe(&mut file);
    if cut.is_ok() {
        return Err("a file that ends early made a donor".into());
    }
    pause("REFUSED");
    // Kept until the session ends.
    std::mem::forget(add(&mut app, &mut file)?);
    app.show_portrait()?;
    drop(app);
    pause("DROPPED");
    Ok(())
}

/// Makes a donor of two photos, and none of one that is followed by one that ends early.
fn views(app: &mut App, photo: &Portrait, file: &mut [u8]) -> Fallible {
    let mut other = vec![0; portrait::FILE_BYTES];
    let [first, second] = [&mut *file, &mut other[..]].map(|file| photo.write_file(&mut app.seen, file));
    let both = [&mut file[..first], &mut other[..second]].map(DonorPicture::file);
    let donor = app.session.add_donor_views(both, DonorFace::Only)?;
    app.session.donor(Some(&donor))?;
    app.show_portrait()?;
    app.session.remove_donor(donor)?;
    app.lose()?;
    pause("VIEWS_REMOVED");
    let [first, second] = [&mut *file, &mut other[..]].map(|file| photo.write_file(&mut app.seen, file));
    let cut = [&mut file[..first], &mut other[..second - 9000]].map(DonorPicture::file);
    let none = app.session.add_donor_views(cut, DonorFace::Only);
    wipe(file);
    wipe(&mut other);
    if none.is_ok() {
        return Err("a file that ends early made a view".into());
    }
    pause("VIEWS_REFUSED");
    Ok(())
}

/// Shows the pictures again and again until it is stopped.
fn run_on(mut app: App) -> Fallible {
    app.show_own();
    app.show()?;
    say("LOOP");
    loop {
        app.show()?;
    }
}

/// A session from consent to the end, without a word. What `file` names is written if it names something: the control.
#[expect(
    clippy::disallowed_methods,
    reason = "the control: an app that writes the picture to a file"
)]
fn whole(seed: u64, file: &str) -> Fallible {
    let mut app = App::start(seed)?;
    app.show()?;
    app.lose()?;
    wipe_all();
    app.session.pause()?;
    app.session.resume()?;
    app.show()?;
    if !file.is_empty() {
        std::fs::write(file, &app.screen)?;
    }
    Ok(())
}

/// Cuts off every system call but those of a steady frame, then goes on for a while: the face followed, lost and found
/// again.
#[expect(
    clippy::disallowed_methods,
    reason = "the control: an app that writes the picture to a file"
)]
fn syscalls(mut app: App, file: &str) -> Fallible {
    app.show()?;
    let round = |app: &mut App| {
        app.show_portrait()?;
        app.lose()
    };
    (0..3).try_for_each(|_| round(&mut app))?;
    cut_off_system_calls_but(&DRAWING)?;
    (0..ROUNDS).try_for_each(|_| round(&mut app))?;
    if !file.is_empty() {
        std::fs::write(file, &app.screen)?;
    }
    end_without_clean_up()
}

/// How often the pictures are shown when system calls are cut off.
const ROUNDS: usize = 8;

/// What frames do beyond `futex` when they are drawn in software: the renderer waits for the device, and the C library takes
/// memory of the system for what the driver does.
pub const DRAWING: [libc::c_long; 2] = [libc::SYS_sched_yield, libc::SYS_brk];

/// Cuts the process off from files and network before there is a session, then tries both.
fn landlock(seed: u64, file: &str) -> Fallible {
    landlocked()?;
    let mut app = App::start(seed)?;
    app.show()?;
    app.lose()?;
    say(&attempts(file));
    pause("READY");
    Ok(())
}
