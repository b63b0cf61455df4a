//! What it costs to bring a camera frame upright, and to crop it for the networks, format by format.

#![allow(clippy::unwrap_used, reason = "a bench that fails says where, like a test")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use moretta_frame::{
    Border, ChannelOrder, CropSpec, FrameFormat, FrameLayout, FrameView, PlaneLayout, Region, ValueRange,
};
use moretta_space::{Orientation, Point2, Rotation, Size, Vector2};

const SIZES: [(u32, u32); 3] = [(640, 480), (1280, 720), (1920, 1080)];

/// A frame made up in `format`: a texture with some of everything, as a compressor or a branch would like it
/// least.
struct Made {
    layout: FrameLayout,
    planes: Vec<Vec<u8>>,
}

impl Made {
    fn new(format: FrameFormat, (width, height): (u32, u32), orientation: Orientation) -> Self {
        let mut layout = FrameLayout::packed(format, width, height);
        layout.orientation = orientation;
        if format == FrameFormat::Yuv420_888 {
            // As most Androids deliver it; with 1 it is I420.
            let pixel_stride = 2;
            let row_stride = width.div_ceil(2) as usize * pixel_stride;
            layout.planes[1..].fill(PlaneLayout {
                row_stride,
                pixel_stride,
            });
        }
        let planes = (0..format.plane_count()).map(|plane| {
            let len = layout.plane_len(plane).unwrap().unwrap();
            (0..len as u32)
                .map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8)
                .collect()
        });
        Self {
            layout,
            planes: planes.collect(),
        }
    }

    fn view(&self) -> FrameView<'_> {
        let planes: Vec<&[u8]> = self.planes.iter().map(Vec::as_slice).collect();
        self.layout.view(&planes).unwrap()
    }
}

fn turned() -> Orientation {
    Orientation {
        rotation: Rotation::Deg270,
        mirror: true,
    }
}

fn to_rgba(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame");
    for size in SIZES {
        let pixels = u64::from(size.0) * u64::from(size.1);
        group.throughput(Throughput::Elements(pixels));
        let mut out = vec![0; pixels as usize * 4];
        for (orientation, kind) in [(Orientation::UPRIGHT, ""), (turned(), "-turned")] {
            for format in FrameFormat::ALL {
                let made = Made::new(format, size, orientation);
                let view = made.view();
                let row_stride = view.size().width() as usize * 4;
                let id = BenchmarkId::new(format!("to_rgba/{format}{kind}"), label(size));
                group.bench_function(id, |b| {
                    b.iter(|| black_box(&view).to_rgba(black_box(&mut out), row_stride).unwrap());
                });
            }
        }
    }
}

/// The networks' crops: a letterbox of the whole frame for the detectors, and for the landmarks a turned
/// square as high as half the frame, which is a face at arm's length.
fn crop(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame");
    for size in SIZES {
        for format in [FrameFormat::Rgba8, FrameFormat::Nv12] {
            for (orientation, kind) in [(Orientation::UPRIGHT, ""), (turned(), "-turned")] {
                let made = Made::new(format, size, orientation);
                let view = made.view();
                for (net, side, border, range) in [
                    ("short_range", 128, Border::Zero, ValueRange::Signed),
                    ("full_range", 192, Border::Zero, ValueRange::Signed),
                    ("landmarks", 256, Border::Replicate, ValueRange::Unit),
                ] {
                    let spec = CropSpec {
                        size: Size::new(side, side).unwrap(),
                        border,
                        range,
                        order: ChannelOrder::Nchw,
                    };
                    let region = if net == "landmarks" {
                        let centre = view.size().rect().centre();
                        let extent = Vector2::from_raw([size.1 as f32 / 2.0; 2].into());
                        Region::new(Point2::from_raw(centre.raw()), extent, 0.2).unwrap()
                    } else {
                        Region::whole(view.size()).with_aspect_of(spec.size)
                    };
                    let mut out = vec![0.0; (side * side * 3) as usize];
                    group.throughput(Throughput::Elements(u64::from(side * side)));
                    let id = BenchmarkId::new(format!("crop/{net}-{format}{kind}"), label(size));
                    group.bench_function(id, |b| {
                        b.iter(|| black_box(&view).crop(region, &spec, black_box(&mut out)).unwrap());
                    });
                }
            }
        }
    }
}

fn label((width, height): (u32, u32)) -> String {
    format!("{width}x{height}")
}

criterion_group!(
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .measurement_time(Duration::from_secs(1))
        .warm_up_time(Duration::from_millis(200));
    targets = to_rgba, crop
);
criterion_main!(benches);
