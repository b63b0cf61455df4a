#![allow(clippy::all, missing_docs, clippy::print_stdout, clippy::unwrap_used)]
use moretta_capture::*;
use moretta_veil::*;
use std::time::Instant;
#[cfg(not(feature = "write"))]
#[global_allocator]
static HEAP: FaceHeap = FaceHeap;
fn main() {
    let options = CaptureOptions {
        policy: Policy::BestEffort,
        ..CaptureOptions::default()
    };
    let args: Vec<String> = std::env::args().collect();
    for file in &args[2..] {
        let bytes = std::fs::read(file).unwrap();
        let mut source = open(&bytes, Repeat::Once, &options).unwrap();
        for round in 0..3 {
            let mut times = vec![];
            let mut total = Instant::now();
            let mut n = 0;
            let mut worst = f64::MAX;
            let mut sum = 0.0;
            let t0 = Instant::now();
            loop {
                let t = Instant::now();
                let Some(picture) = source.next_frame().unwrap() else {
                    break;
                };
                times.push(t.elapsed().as_secs_f64() * 1e3);
                n += 1;
                if round == 0 && file.ends_with("webcam.webp") {
                    let view = picture.view().unwrap();
                    let want = image::open(format!("{}/{n:03}.png", args[1]))
                        .unwrap()
                        .into_rgb8();
                    let mut se = 0.0;
                    for (x, y, p) in want.enumerate_pixels() {
                        let q = view.rgb(x, y).unwrap();
                        for c in 0..3 {
                            se += (f64::from(p.0[c]) - f64::from(q[c])).powi(2);
                        }
                    }
                    let psnr =
                        10.0 * (255.0f64.powi(2) / (se / (want.width() * want.height() * 3) as f64)).log10();
                    worst = worst.min(psnr);
                    sum += psnr;
                    if n == 30 || n == 110 {
                        let mut out = image::RgbaImage::new(400, 300);
                        view.to_rgba(&mut out, 1600).unwrap();
                        out.save(format!("/tmp/cap/seen{n}.png")).unwrap();
                    }
                }
            }
            let _ = &mut total;
            times.sort_by(f64::total_cmp);
            if times.is_empty() {
                continue;
            }
            println!(
                "{file} round {round}: {n} frames, min {:.2} median {:.2} max {:.2} ms; total {:.0} ms; psnr min {worst:.1} mean {:.1}; heap live {} peak {} KiB",
                times[0],
                times[times.len() / 2],
                times[times.len() - 1],
                t0.elapsed().as_secs_f64() * 1e3,
                sum / n as f64,
                FaceHeap::live_bytes() >> 10,
                FaceHeap::peak_bytes() >> 10
            );
            source.rewind().unwrap();
        }
        drop(source);
        let t = Instant::now();
        if let Ok(s) = StillImage::from_bytes(&bytes, &options) {
            drop(s);
            println!("  as a still: {:.1} ms", t.elapsed().as_secs_f64() * 1e3);
            let t = Instant::now();
            let i = image::load_from_memory(&bytes).unwrap().into_rgba8();
            println!(
                "  image crate alone {:.1} ms ({}x{})",
                t.elapsed().as_secs_f64() * 1e3,
                i.width(),
                i.height()
            );
            let still = StillImage::from_bytes(&bytes, &options).unwrap();
            let mut camera =
                MovingCamera::new(still, CameraPath::default(), [640, 480], 40_000_000, &options).unwrap();
            let mut times = vec![];
            for n in 0..60 {
                let t = Instant::now();
                let p = camera.next_frame().unwrap().unwrap();
                times.push(t.elapsed().as_secs_f64() * 1e3);
                if n == 37 {
                    let mut out = image::RgbaImage::new(640, 480);
                    p.view().unwrap().to_rgba(&mut out, 2560).unwrap();
                    out.save("/tmp/cap/moving37.png").unwrap();
                }
            }
            times.sort_by(f64::total_cmp);
            println!("  moving camera 640x480: median {:.2} ms", times[30]);
        }
    }
    // What a plain animation costs without shelter.
    let bytes = std::fs::read(&args[2]).unwrap();
    let t = Instant::now();
    use image::AnimationDecoder;
    let n = image::codecs::webp::WebPDecoder::new(std::io::Cursor::new(&bytes))
        .unwrap()
        .into_frames()
        .count();
    println!(
        "image crate alone: {n} frames, {:.2} ms each",
        t.elapsed().as_secs_f64() * 1e3 / n as f64
    );
}
