//! Photos as donors: real inference on a public-domain portrait, whose looks somebody in a webcam's clip takes on.

#![allow(clippy::unwrap_used, reason = "what is read comes with the tests")]

mod common;

use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbaImage};
use moretta::{
    Donor, DonorFace, DonorFault, DonorPicture, Error, ErrorKind, LoadedEffect, MAX_DONOR_VIEWS, MAX_DONORS,
    MAX_FACES, Pack, Session, VeilError,
};
use moretta_capture::{CaptureOptions, Clip, Repeat, Source};
use moretta_veil::Policy;

use common::{Picture, adult, draw, root, session};

/// A wipe of everything reaches the sessions of all tests of this process: it waits for them.
static WIPES: RwLock<()> = RwLock::new(());

/// For as long as nothing else may wipe everything.
fn unwiped() -> RwLockReadGuard<'static, ()> {
    WIPES.read().unwrap_or_else(PoisonError::into_inner)
}

/// Somebody else than the portrait: a frame of the clip.
fn webcam() -> Picture {
    frame_of("examples/media/webcam.webp", 20)
}

fn frame_of(clip: &str, index: usize) -> Picture {
    let file = std::fs::read(root().join(clip)).unwrap();
    let options = CaptureOptions {
        policy: Policy::BestEffort,
        ..CaptureOptions::default()
    };
    let mut clip = Clip::from_bytes(&file, Repeat::Once, &options).unwrap();
    for _ in 0..index {
        clip.next_frame().unwrap().unwrap();
    }
    let picture = clip.next_frame().unwrap().unwrap();
    Picture {
        width: picture.layout().width,
        height: picture.layout().height,
        rgba: picture.plane(0).unwrap().to_vec(),
    }
}

fn portrait_file() -> Vec<u8> {
    std::fs::read(root().join("crates/track/tests/data/astronaut.png")).unwrap()
}

fn portrait() -> RgbaImage {
    image::load_from_memory(&portrait_file()).unwrap().to_rgba8()
}

fn png(picture: &RgbaImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A pack whose faces take on the looks of photos.
fn pack(session: &Session) -> LoadedEffect {
    let manifest = r#"{
        "format": "mask", "version": "1.0", "id": "test.photo", "name": { "en": "Photo" }, "author": "Tests",
        "license": "CC0-1.0", "nodes": [{ "id": "photo", "kind": "face_swap", "source": "photo" }]
    }"#;
    let files = vec![("effect.json".to_owned(), manifest.as_bytes().to_vec())];
    session.load(Pack::from_files(files).unwrap().effect()).unwrap()
}

/// Adds a donor of a file, and sees to it that the file is zeroed.
fn add(session: &mut Session, mut file: Vec<u8>, face: DonorFace) -> Result<Donor, Error> {
    let donor = session.add_donor(DonorPicture::file(&mut file), face);
    assert!(file.iter().all(|byte| *byte == 0), "the photo is given up");
    donor
}

fn fault(result: Result<Donor, Error>) -> DonorFault {
    match result {
        Err(Error::Donor { fault }) => fault,
        other => panic!("{other:?}"),
    }
}

/// A session that wears the pack.
struct Show {
    session: Session,
    picture: Picture,
    ms: u64,
}

impl Show {
    fn of(picture: Picture) -> Self {
        let mut session = session(&adult(), false);
        let worn = pack(&session);
        session.wear(Some(&worn));
        Self {
            session,
            picture,
            ms: 0,
        }
    }

    fn next(&mut self) -> Vec<u8> {
        self.ms += 150;
        draw(&mut self.session, &self.picture, self.ms).unwrap().0
    }

    /// A frame in which looks that came a while ago have set in.
    fn settled(&mut self) -> Vec<u8> {
        (0..3).for_each(|_| drop(self.next()));
        self.next()
    }

    /// How many pixels are not the picture's own, by more than a little.
    fn changed(&mut self) -> usize {
        let finished = self.settled();
        self.picture.differences(&finished, 12)
    }
}

/// Writes a picture where somebody can look at it.
fn keep(name: &str, picture: &Picture, rgba: &[u8]) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("donors");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name).with_extension("png");
    image::save_buffer(
        path,
        rgba,
        picture.width,
        picture.height,
        image::ExtendedColorType::Rgba8,
    )
    .unwrap();
}

#[test]
fn a_face_takes_on_the_looks_of_a_photo_and_gives_them_back() {
    let _unwiped = unwiped();
    let mut show = Show::of(webcam());
    assert_eq!(show.changed(), 0, "nobody gave a photo");
    let donor = add(&mut show.session, portrait_file(), DonorFace::Only).unwrap();
    assert_eq!(show.changed(), 0, "a donor that nobody was given");
    show.session.donor(Some(&donor)).unwrap();
    let finished = show.settled();
    keep("photo", &show.picture, &finished);
    let changed = show.picture.differences(&finished, 12);
    assert!(changed > 400, "{changed} pixels");
    // The face is what changes: some 60 by 80 pixels of the frame.
    assert!(changed < 400 * 300 / 10, "{changed} pixels");
    assert!(show.session.report().asked_of_photos);
    show.session.remove_donor(donor).unwrap();
    assert_eq!(show.changed(), 0, "gone with the donor");
}

#[test]
fn a_slot_may_have_a_donor_of_its_own_or_none() {
    let _unwiped = unwiped();
    let mut show = Show::of(webcam());
    let donor = add(&mut show.session, portrait_file(), DonorFace::Only).unwrap();
    let session = &mut show.session;
    // Alone, the face is in the first slot.
    session.donor_on(1, Some(&donor)).unwrap();
    assert_eq!(show.changed(), 0);
    show.session.donor_on(0, Some(&donor)).unwrap();
    assert!(show.changed() > 400);
    show.session.donor(Some(&donor)).unwrap();
    show.session.donor_on(0, None).unwrap();
    assert_eq!(show.changed(), 0);
    show.session.donor_as_everyone(0).unwrap();
    assert!(show.changed() > 400);
    for refused in [
        show.session.donor_on(MAX_FACES, Some(&donor)),
        show.session.donor_as_everyone(MAX_FACES),
    ] {
        assert!(matches!(refused, Err(Error::Slot { .. })));
    }
}

#[test]
fn a_photo_turned_by_exif_is_the_same_donor() {
    let _unwiped = unwiped();
    let jpeg = |picture: RgbaImage| {
        let rgb = DynamicImage::ImageRgba8(picture).into_rgb8();
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 98)
            .encode_image(&rgb)
            .unwrap();
        bytes
    };
    // "Turn right by 90 degrees": Exif 2.32, tag 274, value 6.
    let turned = |upright: RgbaImage| {
        let mut bytes = jpeg(image::imageops::rotate270(&upright));
        let exif =
            b"\xFF\xE1\x00\x22Exif\0\0II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        bytes.splice(2..2, exif.iter().copied());
        bytes
    };
    let mut show = Show::of(webcam());
    let mut with = |file: Vec<u8>| {
        // Landmarks are smoothed over time: both begin anew.
        show.session.trim().unwrap();
        let donor = add(&mut show.session, file, DonorFace::Only).unwrap();
        show.session.donor(Some(&donor)).unwrap();
        let finished = show.settled();
        show.session.remove_donor(donor).unwrap();
        finished
    };
    let upright = with(jpeg(portrait()));
    let exif = with(turned(portrait()));
    let frame = webcam();
    let upright = Picture {
        rgba: upright,
        ..webcam()
    };
    assert!(frame.differences(&exif, 12) > 400, "the control");
    // The network sees other pixels of the same face: landmarks differ by a fraction of one.
    let far = upright.differences(&exif, 24);
    assert!(far < 60, "{far}");
}

#[test]
fn what_makes_no_donor_is_refused_and_nothing_of_it_is_kept() {
    let _unwiped = unwiped();
    let mut show = Show::of(webcam());
    let one = portrait();
    let (width, height) = one.dimensions();
    let grey = RgbaImage::from_pixel(400, 300, image::Rgba([128, 128, 128, 255]));
    let mut two = RgbaImage::new(width * 2, height);
    image::imageops::replace(&mut two, &one, 0, 0);
    image::imageops::replace(
        &mut two,
        &image::imageops::flip_horizontal(&one),
        i64::from(width),
        0,
    );
    let small = image::imageops::thumbnail(&one, width / 2, height / 2);
    for round in 0..2 {
        let session = &mut show.session;
        let mut faults = |picture: &RgbaImage| fault(add(session, png(picture), DonorFace::Only));
        assert_eq!(faults(&grey), DonorFault::NoFace, "round {round}");
        assert_eq!(faults(&two), DonorFault::SeveralFaces);
        assert_eq!(faults(&small), DonorFault::SmallFace);
        for (file, said) in [
            (Vec::new(), "found no bytes"),
            (b"GIF87b, or not".to_vec(), "found none of them"),
            (portrait_file()[..9000].to_vec(), "found its end"),
            (
                {
                    let mut broken = portrait_file();
                    broken[2000..6000].fill(0x5A);
                    broken
                },
                "PNG file",
            ),
            (huge(), "at most 33554432 pixels, found 60000 x 40000"),
        ] {
            let error = add(session, file, DonorFace::Only).unwrap_err();
            assert!(error.to_string().contains(said), "{error}, {said}");
            assert_eq!(error.kind(), ErrorKind::Capture, "{error}");
        }
        // Pixels that are not what the layout says.
        let layout = show.picture.layout(0);
        let mut short = vec![7; 999];
        let pixels = DonorPicture::pixels(layout, [&mut short[..]]).unwrap();
        let refused = show.session.add_donor(pixels, DonorFace::Only);
        assert!(matches!(refused, Err(Error::Frame(_))), "{refused:?}");
        assert_eq!(short, [0; 999]);
        assert_eq!(show.changed(), 0);
    }
    // The largest of several, if asked.
    let donor = add(&mut show.session, png(&two), DonorFace::Largest).unwrap();
    show.session.donor(Some(&donor)).unwrap();
    assert!(show.changed() > 400);
    // None of the refused took a place.
    let donors: Vec<_> = (1..MAX_DONORS)
        .map(|_| add(&mut show.session, portrait_file(), DonorFace::Only).unwrap())
        .collect();
    let refused = add(&mut show.session, portrait_file(), DonorFace::Only).unwrap_err();
    assert_eq!(refused.to_string(), "donors: expected at most 8, found one more");
    assert_eq!(refused.kind(), ErrorKind::Input);
    drop(donors);
    let again = add(&mut show.session, portrait_file(), DonorFace::Only);
    assert!(again.is_ok(), "what was dropped has made room");
}

/// A PNG that announces a picture of 60000 x 40000 pixels.
fn huge() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR".to_vec();
    bytes.extend([60_000_u32, 40_000].into_iter().flat_map(u32::to_be_bytes));
    bytes.extend([8, 6, 0, 0, 0]);
    let crc = bytes[12..].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (0u32.wrapping_sub(crc & 1)))
        })
    });
    bytes.extend((!crc).to_be_bytes());
    bytes.extend(b"\0\0\0\0IDAT\x35\xAF\x06\x1E\0\0\0\0IEND\xAE\x42\x60\x82");
    bytes
}

#[test]
fn pixels_make_a_donor_as_a_file_does() {
    let _unwiped = unwiped();
    let mut show = Show::of(webcam());
    let portrait = Picture::portrait();
    let (layout, mut rgba) = (portrait.layout(0), portrait.rgba);
    let pixels = DonorPicture::pixels(layout, [&mut rgba[..]]).unwrap();
    show.session.trim().unwrap();
    let donor = show.session.add_donor(pixels, DonorFace::Only).unwrap();
    assert!(rgba.iter().all(|byte| *byte == 0), "given up");
    show.session.donor(Some(&donor)).unwrap();
    let of_pixels = show.settled();
    // Landmarks are smoothed over time: both begin anew.
    show.session.trim().unwrap();
    let file = add(&mut show.session, portrait_file(), DonorFace::Only).unwrap();
    show.session.donor(Some(&file)).unwrap();
    let of_file = show.settled();
    assert!(show.picture.differences(&of_file, 12) > 400, "the control");
    assert!(of_pixels == of_file);
}

#[test]
fn a_donor_ends_with_a_pause_a_wipe_a_revocation_and_its_handle() {
    let _alone = WIPES.write().unwrap_or_else(PoisonError::into_inner);
    let consent = adult();
    let mut session = common::session(&consent, false);
    let worn = pack(&session);
    session.wear(Some(&worn));
    let mut show = Show {
        session,
        picture: webcam(),
        ms: 0,
    };
    let begin = |show: &mut Show| {
        let donor = add(&mut show.session, portrait_file(), DonorFace::Only).unwrap();
        show.session.donor(Some(&donor)).unwrap();
        assert!(donor.is_there() && show.changed() > 400, "the control");
        donor
    };
    let gone = |show: &mut Show, donor: Donor| {
        assert!(!donor.is_there());
        let given = [
            show.session.donor(Some(&donor)),
            show.session.donor_on(0, Some(&donor)),
        ];
        for refused in given {
            assert!(matches!(
                refused,
                Err(Error::Donor {
                    fault: DonorFault::Gone
                })
            ));
        }
        show.session.remove_donor(donor).unwrap();
    };

    let donor = begin(&mut show);
    show.session.pause().unwrap();
    gone(&mut show, donor);
    show.session.resume().unwrap();
    assert_eq!(show.changed(), 0, "after a pause");

    let donor = begin(&mut show);
    moretta::wipe_all();
    gone(&mut show, donor);
    assert_eq!(show.changed(), 0, "after a wipe");

    drop(begin(&mut show));
    assert_eq!(show.changed(), 0, "dropped");

    let donor = begin(&mut show);
    consent.revocation().revoke();
    gone(&mut show, donor);
    let refused = add(&mut show.session, portrait_file(), DonorFace::Only).unwrap_err();
    assert!(matches!(refused, Error::Veil(VeilError::Revoked)), "{refused}");
}

#[test]
fn another_sessions_donor_is_none_here() {
    let _unwiped = unwiped();
    let mut one = Show::of(webcam());
    let mut other = Show::of(webcam());
    let donor = add(&mut one.session, portrait_file(), DonorFace::Only).unwrap();
    one.session.donor(Some(&donor)).unwrap();
    let refused = |result: Result<(), Error>| {
        matches!(
            result,
            Err(Error::Donor {
                fault: DonorFault::OtherSession
            })
        )
    };
    assert!(refused(other.session.donor(Some(&donor))));
    assert_eq!(other.changed(), 0);
    assert!(one.changed() > 400, "the control");
    drop(one);
    assert!(!donor.is_there(), "it ends with its session");
    assert!(refused(other.session.remove_donor(donor)));
    assert!(other.session.poll(Duration::ZERO).is_none());
}

/// Adds a donor of several files, and sees to it that all are zeroed.
fn add_views(session: &mut Session, mut files: Vec<Vec<u8>>) -> Result<Donor, Error> {
    let pictures = files.iter_mut().map(|file| DonorPicture::file(file));
    let donor = session.add_donor_views(pictures, DonorFace::Only);
    assert!(files.iter().flatten().all(|byte| *byte == 0), "all are given up");
    donor
}

/// A man who turns his head.
const TURNING: &str = "crates/fx/inputs/clip.webp";

fn file_of(index: usize) -> Vec<u8> {
    let frame = frame_of(TURNING, index);
    png(&RgbaImage::from_raw(frame.width, frame.height, frame.rgba).unwrap())
}

#[test]
fn a_second_view_shows_the_side_that_the_first_does_not() {
    let _unwiped = unwiped();
    // He looks to the side by some 30 degrees, and a little less in the second photo.
    let mut show = Show::of(frame_of(TURNING, 90));
    let mut error = |frames: &[usize]| {
        show.session.trim().unwrap();
        let donor = add_views(&mut show.session, frames.iter().map(|it| file_of(*it)).collect()).unwrap();
        show.session.donor(Some(&donor)).unwrap();
        let finished = show.settled();
        let name = frames.iter().map(usize::to_string).collect::<Vec<_>>().join("-");
        keep(&format!("views-{name}"), &show.picture, &finished);
        show.session.remove_donor(donor).unwrap();
        // Against what he looks like.
        let pairs = finished.iter().zip(&show.picture.rgba);
        pairs.map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum::<f64>()
    };
    let (frontal, turned, both) = (error(&[63]), error(&[84]), error(&[63, 84]));
    let twice = error(&[63, 63]);
    assert!(both < frontal * 0.75, "{both}, {frontal}");
    assert!(turned < frontal * 0.75, "the control: {turned}, {frontal}");
    assert!(twice > both, "the control: {twice}, {both}");
    assert!((twice / frontal - 1.0).abs() < 0.15, "{twice}, {frontal}");
}

#[test]
fn views_are_all_or_nothing() {
    let _unwiped = unwiped();
    let mut show = Show::of(webcam());
    let grey = png(&RgbaImage::from_pixel(
        400,
        300,
        image::Rgba([128, 128, 128, 255]),
    ));
    let broken = portrait_file()[..9000].to_vec();
    let session = &mut show.session;
    let none = fault(add_views(session, Vec::new()));
    assert_eq!(none, DonorFault::Views { found: 0 });
    let many = fault(add_views(session, vec![portrait_file(); MAX_DONOR_VIEWS + 1]));
    assert_eq!(many, DonorFault::Views { found: 5 });
    assert!(!session.report().asked_of_photos, "no photo was looked at");
    for _ in 0..2 {
        for at in 0..3 {
            let mut files = vec![portrait_file(), portrait_file()];
            files.insert(at, grey.clone());
            assert_eq!(fault(add_views(session, files)), DonorFault::NoFace, "{at}");
            let mut files = vec![portrait_file(), portrait_file()];
            files.insert(at, broken.clone());
            let refused = add_views(session, files).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Capture, "{refused}");
        }
    }
    // None of those took a place.
    let donors: Vec<_> = (0..MAX_DONORS)
        .map(|_| add_views(session, vec![portrait_file(); 2]).unwrap())
        .collect();
    let refused = add_views(session, vec![portrait_file(); 2]).unwrap_err();
    assert_eq!(refused.to_string(), "donors: expected at most 8, found one more");
    session.donor(donors.last()).unwrap();
    assert!(show.changed() > 400);
}
