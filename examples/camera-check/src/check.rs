//! The looking, on Linux.

use std::error::Error;
use std::fs::File;
use std::os::unix::fs::FileExt;

#[cfg(feature = "opencv")]
use moretta_capture::{Camera, CameraOptions};
use moretta_capture::{
    CaptureError, CaptureOptions, Picture, Source, V4l2Camera, V4l2Memory, V4l2Options, V4l2Pixels,
};
use moretta_frame::FrameLayout;
use moretta_infer::{Engine, ModelKind, Network, VerifiedModel, load_all};
use moretta_track::{Networks, TrackError, Tracker, TrackerOptions};
use moretta_veil::{Access, AgeBand, Backing, Consent, Extent, FrameIo, Options, Outcome, Pipeline, Veil};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// The frames taken in each way.
const FRAMES: usize = 10;

/// Counts faces.
struct Counter(Tracker);

// SAFETY: what the tracker keeps lies in face buffers; the answer is how many faces there are, of a test picture.
unsafe impl Pipeline for Counter {
    type Request = FrameLayout;
    type Reply = Option<usize>;

    fn run(&mut self, layout: FrameLayout, io: FrameIo<'_>, access: &Access<'_>) -> (Outcome, Option<usize>) {
        let seen = layout
            .view(io.planes)
            .map_err(TrackError::from)
            .and_then(|frame| self.0.track(&frame, access));
        let faces = seen.ok().map(moretta_track::Seen::faces);
        let outcome = if faces.is_some_and(|faces| faces > 0) {
            Outcome::Faces
        } else {
            Outcome::NoFace
        };
        (outcome, faces)
    }

    fn wipe(&mut self, _: Extent) {}
}

/// Looks through the camera that the command line names.
pub(crate) fn run() -> Result<(), Failure> {
    let path = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "/dev/video0".to_owned());
    let consent = Consent::given(AgeBand::From14);
    let models = ModelKind::ALL.map(VerifiedModel::embedded);
    let models: Vec<_> = models.into_iter().collect::<Result<_, _>>()?;
    let plans: Vec<_> = load_all(&models, Engine::default())?
        .into_iter()
        .map(|loaded| loaded.plan)
        .collect();
    let veil = Veil::new(&consent, Options::default(), move |room| {
        let networks = plans
            .iter()
            .map(|plan| Ok(Box::new(plan.network()?) as Box<dyn Network>));
        let networks = Networks::new(networks.collect::<Result<Vec<_>, TrackError>>()?)?;
        Ok(Counter(Tracker::build(
            room,
            networks,
            TrackerOptions::default(),
        )?))
    })?;

    let options = |pixels, memory, backing| V4l2Options {
        pixels: Some(pixels),
        memory,
        capture: CaptureOptions {
            backing,
            ..CaptureOptions::default()
        },
        ..V4l2Options::default()
    };
    for (pixels, memory, backing) in [
        (V4l2Pixels::Nv12, None, Backing::Anonymous),
        (V4l2Pixels::Yuv420, None, Backing::Anonymous),
        (V4l2Pixels::Yuyv, None, Backing::Anonymous),
        (V4l2Pixels::Uyvy, Some(V4l2Memory::Driver), Backing::Anonymous),
        (V4l2Pixels::Nv21, Some(V4l2Memory::Driver), Backing::Anonymous),
        (V4l2Pixels::Nv12, None, Backing::Secret),
    ] {
        match V4l2Camera::open(&path, &options(pixels, memory, backing)) {
            Ok(camera) => {
                let name = format!("native {pixels} {:?} {backing:?}", camera.memory());
                look(&name, Box::new(camera), &veil)?;
            }
            Err(error @ CaptureError::Unsuited { .. }) => println!("camera-check: no {pixels}: {error}"),
            Err(error) => return Err(error.into()),
        }
    }
    // Whichever the driver and the options agree on.
    let camera = V4l2Camera::open(&path, &V4l2Options::default())?;
    look("native default Veiled Anonymous", Box::new(camera), &veil)?;
    #[cfg(feature = "opencv")]
    {
        let camera = Camera::open_path(&path, &CameraOptions::default())?;
        look("opencv BGRA OpenCV Anonymous", Box::new(camera), &veil)?;
    }
    println!("camera-check: done");
    Ok(())
}

/// Takes frames and prints what they are: the size, how many differ, the mean colour, the mean step in time, faces; and
/// how often a piece of the last frame lies in this process's memory while it is lent, when it was handed over, and when
/// the source is gone.
fn look(name: &str, mut source: Box<dyn Source + '_>, veil: &Veil<Counter>) -> Result<(), Failure> {
    let (mut sums, mut times, mut faces) = (Vec::new(), Vec::new(), 0);
    let mut colour = [0u64; 3];
    let mut found = [0; 3];
    let (mut needle, mut before) = (Vec::new(), Vec::new());
    for frame in 0..FRAMES {
        let mut picture = source.next_frame()?.ok_or("the camera has ended")?;
        let (sum, mean) = digest(&picture)?;
        sums.push(sum);
        times.push(picture.layout().timestamp_ns);
        for (channel, mean) in colour.iter_mut().zip(mean) {
            *channel += mean;
        }
        if frame + 2 == FRAMES {
            before = masked_top(&picture)?;
        }
        if frame + 1 == FRAMES {
            (needle, found[0]) = newest(&before, &masked_top(&picture)?)?;
        }
        let layout = *picture.layout();
        faces += veil
            .process(picture.frame()?, &mut [], layout)?
            .ok_or("the tracker failed")?;
        found[1] = occurrences(&needle)?;
    }
    let info = source.info();
    let whole = veil.protection().is_whole();
    drop(source);
    found[2] = occurrences(&needle)?;
    let step_ms = (times[FRAMES - 1] - times[0]) / (FRAMES as u64 - 1) / 1_000_000;
    if times.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err("time went back or stood still".into());
    }
    sums.sort_unstable();
    sums.dedup();
    let [red, green, blue] = colour.map(|sum| sum / FRAMES as u64);
    let [lent, given, gone] = found;
    println!(
        "camera-check: {name} size={}x{} frames={FRAMES} distinct={} rgb={red},{green},{blue} step_ms={step_ms} \
         faces={faces} whole={whole} lent={lent} given={given} gone={gone}",
        info.width,
        info.height,
        sums.len(),
    );
    Ok(())
}

/// A check sum of the frame's pixels (FNV-1a), and their mean colour.
fn digest(picture: &Picture<'_>) -> Result<(u64, [u64; 3]), Failure> {
    let view = picture.view()?;
    let (width, height) = (view.size().width(), view.size().height());
    let (mut hash, mut sums) = (0xcbf2_9ce4_8422_2325_u64, [0; 3]);
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        for (sum, level) in sums.iter_mut().zip(view.rgb(x, y).unwrap_or_default()) {
            *sum += u64::from(level);
            hash = (hash ^ u64::from(level)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok((hash, sums.map(|sum| sum / u64::from(width * height))))
}

/// Several digits of the clock: one alone is the same in many frames.
const NEEDLE: usize = 128;
/// From a piece to the next: a digit stands somewhere.
const STEP: usize = 32;
const MASK: u8 = 0x5A;

/// The first plane's upper quarter, each byte masked, so that it is not found itself.
fn masked_top(picture: &Picture<'_>) -> Result<Vec<u8>, Failure> {
    let plane = picture.plane(0).ok_or("a frame without a plane")?;
    Ok(plane[..plane.len() / 4].iter().map(|byte| byte ^ MASK).collect())
}

/// How many pieces are tried. Each is looked for in all of the memory.
const CANDIDATES: usize = 24;

/// A piece in which two frames that follow each other differ, the camera's clock, and how often it lies in memory. What other
/// frames show as well, which the camera has filled meanwhile and nobody has asked for, would be found in those: so it lies
/// nowhere but in this frame.
fn newest(before: &[u8], now: &[u8]) -> Result<(Vec<u8>, usize), Failure> {
    let changes = |(before, now): &(&[u8], &[u8])| {
        before
            .iter()
            .zip(*now)
            .filter(|(before, now)| before != now)
            .count()
    };
    let pieces = before.windows(NEEDLE).zip(now.windows(NEEDLE)).step_by(STEP);
    let mut pieces: Vec<_> = pieces.filter(|pieces| changes(pieces) > NEEDLE / 16).collect();
    pieces.sort_by_key(|pieces| std::cmp::Reverse(changes(pieces)));
    if pieces.is_empty() {
        return Err("frames that do not differ".into());
    }
    for (_, piece) in pieces.into_iter().take(CANDIDATES) {
        let own = now.windows(NEEDLE).filter(|hay| *hay == piece).count();
        let all = occurrences(piece)?;
        // None on secret memory, which cannot be read.
        if all <= own {
            return Ok((piece.to_vec(), all));
        }
    }
    Err("no piece of the frame that is in no other".into())
}

/// How often it lies in this process's writable memory. None that is empty lies anywhere.
fn occurrences(masked: &[u8]) -> Result<usize, Failure> {
    let Some(first) = masked.first().map(|byte| byte ^ MASK) else {
        return Ok(0);
    };
    let memory = File::open("/proc/self/mem")?;
    let mut piece = vec![0; 1 << 20];
    let own = piece.as_ptr().addr() as u64;
    let mut count = 0;
    for line in std::fs::read_to_string("/proc/self/maps")?.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(access)) = (words.next(), words.next()) else {
            continue;
        };
        let Some((start, end)) = range.split_once('-').filter(|_| access.starts_with("rw")) else {
            continue;
        };
        let (mut at, end) = (u64::from_str_radix(start, 16)?, u64::from_str_radix(end, 16)?);
        while at < end {
            let len = (end - at).min(piece.len() as u64) as usize;
            if memory.read_exact_at(&mut piece[..len], at).is_ok() {
                // What was read before must not be found again.
                let overlap = own.saturating_sub(at).min(len as u64) as usize
                    ..(own + (1 << 20)).saturating_sub(at).min(len as u64) as usize;
                piece[overlap].fill(0);
                count += piece[..len]
                    .windows(masked.len())
                    .filter(|hay| {
                        hay[0] == first
                            && hay
                                .iter()
                                .zip(masked)
                                .all(|(byte, masked)| byte ^ MASK == *masked)
                    })
                    .count();
            }
            // Pieces overlap, so that none is cut.
            at += if at + len as u64 == end { len } else { len - NEEDLE } as u64;
        }
    }
    piece.fill(0);
    std::hint::black_box(&mut piece);
    Ok(count)
}
