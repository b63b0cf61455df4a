//! The device tells how long its passes took. With `--nocapture` the times are printed:
//! `cargo test --release -p moretta-render --test times -- --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says where"
)]

mod common;

use std::time::Instant;

use moretta_frame::{FrameFormat, FrameLayout};
use moretta_pack::{Asset, Blend, Exclude, Fit, Lut, NodeKind, Occluder, Occlusion, Property, StickerSpace};
use moretta_render::{
    Drawn, Gpu, GpuOptions, LoadedEffect, PassTime, PixelOrder, Pixels, Renderer, Smoothing, Target,
};
use moretta_veil::Outcome;

use common::face::{Head, Turn};
use common::scenery::{arrow, material, model, people, plain, sphere, war_paint};
use common::{Rig, Take, With, effect, on_stage, options};

const SIZE: (u32, u32) = (1280, 720);
const FRAMES: usize = 16;

/// What one frame took: all of it, and each pass.
struct Times {
    whole_ms: f32,
    /// Of all processors together, on average; 0 where the system does not tell.
    cpu_ms: f32,
    passes: Vec<PassTime>,
}

/// The time that this process has had of all processors, in milliseconds.
fn cpu_ms() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which is in brackets, fields 14 and 15: ticks of a hundredth of a second.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields
        .skip(11)
        .take(2)
        .filter_map(|it| it.parse::<f32>().ok())
        .sum::<f32>()
        * 10.0
}

/// The quickest of some frames.
fn measure(rig: &Rig, take: &Take, with: &With, read: bool) -> Times {
    let mut bytes = vec![0; (SIZE.0 * SIZE.1 * 4) as usize];
    let before = cpu_ms();
    let times: Vec<_> = (0..FRAMES)
        .map(|_| {
            let (layout, camera, with) = (take.layout, take.camera(), with.clone());
            let start = Instant::now();
            rig.on_stage(&take.planes, &mut bytes, move |stage, io, access| {
                let pixels = Target::Pixels(Pixels {
                    bytes: io.target,
                    row_stride: SIZE.0 as usize * 4,
                    order: PixelOrder::Rgba,
                });
                let mut targets: Vec<_> = read.then_some(pixels).into_iter().collect();
                let drawn = on_stage(stage, access, &layout, io.planes, camera, &with, &mut targets);
                assert_eq!(drawn.unwrap(), Drawn::default());
                (Outcome::Faces, ())
            });
            let whole_ms = start.elapsed().as_secs_f32() * 1e3;
            let passes = rig.on_stage(&[], &mut [], |stage, _, _| {
                (Outcome::Unchanged, stage.gpu_times().to_vec())
            });
            (whole_ms, passes)
        })
        .collect();
    let cpu_ms = (cpu_ms() - before) / FRAMES as f32;
    let (whole_ms, passes) = times.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
    Times {
        whole_ms,
        cpu_ms,
        passes,
    }
}

fn effects(rig: &Rig) -> Vec<(&'static str, LoadedEffect, &'static [&'static str])> {
    let node = |kind, assets, numbers: &'static [(Property, f32)]| {
        rig.load(&effect(assets, vec![kind], move |face, out| {
            let place = face.landmark_mm(4);
            out.property(0, Property::X.code(), place.x);
            out.property(0, Property::Y.code(), place.y);
            out.property(0, Property::Z.code(), place.z);
            for (property, number) in numbers {
                out.property(0, property.code(), face.constant(*number));
            }
        }))
    };
    let sides: &[_] = &[(Property::Width, 120.0), (Property::Height, 120.0)];
    let sticker = |occlusion| NodeKind::Sticker {
        asset: 0,
        space: StickerSpace::Head,
        occlusion,
        blend: Blend::Normal,
    };
    let lut = Lut {
        size: 33,
        rgb: vec![[0.5; 3]; 33 * 33 * 33],
    };
    vec![
        (
            "nothing",
            rig.load(&effect(Vec::new(), Vec::new(), |_, _| {})),
            &[],
        ),
        (
            "sticker",
            node(sticker(Occlusion::None), vec![Asset::Image(arrow())], sides),
            &["scene"],
        ),
        (
            "sticker, occluded",
            node(sticker(Occlusion::Face), vec![Asset::Image(arrow())], sides),
            &["deep scene"],
        ),
        (
            "paint, lit",
            node(
                NodeKind::FacePaint {
                    asset: 0,
                    exclude: Exclude::default(),
                    blend: Blend::Normal,
                },
                vec![Asset::Image(war_paint())],
                &[(Property::Lighting, 1.0)],
            ),
            &["light", "scene"],
        ),
        (
            "prop",
            node(
                NodeKind::Prop {
                    asset: 0,
                    occluder: Occluder::Head,
                },
                vec![Asset::Model(model(
                    vec![sphere(50.0, [0.0; 3], 0)],
                    vec![material([0.9, 0.6, 0.2, 1.0], 1.0, 0.3)],
                ))],
                &[],
            ),
            &["light", "deep scene"],
        ),
        (
            "overlay",
            node(
                NodeKind::Overlay {
                    asset: 0,
                    fit: Fit::Cover,
                    blend: Blend::Screen,
                },
                vec![Asset::Image(plain([40, 20, 10, 255]))],
                &[],
            ),
            &["scene"],
        ),
        (
            "lut",
            node(NodeKind::Lut { asset: 0 }, vec![Asset::Lut(lut)], &[]),
            &["table"],
        ),
    ]
}

#[test]
fn every_pass_is_timed_if_that_is_asked_for() {
    let Some(untimed) = Rig::new() else { return };
    for smoothing in [Smoothing::Never, Smoothing::Always] {
        let gpu = Gpu::new(GpuOptions {
            timestamps: true,
            smoothing,
            ..options()
        })
        .unwrap();
        if !gpu.report().timestamps {
            println!("1 test skipped: {} tells no times", gpu.report().name);
            return;
        }
        println!("samples a pixel where there is depth: {}", gpu.report().samples);
        time_all(&Rig::with(&Renderer::new(&gpu).unwrap()));
    }
    let take = Take::of(&people(SIZE.0, SIZE.1, &[]));
    let without = measure(&untimed, &take, &With::default(), false);
    assert!(without.passes.is_empty(), "not asked for");
}

fn time_all(rig: &Rig) {
    let head = Head::new(SIZE, Turn::default(), [0.0, 0.0, -330.0]);
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    // As phones deliver it, too.
    let yuv = Take {
        layout: FrameLayout::packed(FrameFormat::Nv12, SIZE.0, SIZE.1),
        planes: vec![
            vec![90; (SIZE.0 * SIZE.1) as usize],
            vec![120; (SIZE.0 * SIZE.1 / 2) as usize],
        ],
    };
    let phone = measure(rig, &yuv, &With::default(), false);
    println!("NV12: {:.1} ms ({:.1} CPU)", phone.whole_ms, phone.cpu_ms);
    assert_eq!(phone.passes.len(), 1, "{:?}", phone.passes);
    assert_eq!(phone.passes[0].pass, "camera");
    for (name, look, expected) in effects(rig) {
        let with = With::effect(&look, std::slice::from_ref(&head));
        let shown = measure(rig, &take, &with, false);
        let read = measure(rig, &take, &with, true);
        let total: f32 = shown.passes.iter().map(|pass| pass.ms).sum();
        let passes: Vec<_> = shown
            .passes
            .iter()
            .map(|pass| format!("{} {:.2}", pass.pass, pass.ms))
            .collect();
        println!(
            "{name}: {:.1} ms ({:.1} CPU), read back {:.1} ms ({:.1} CPU); passes {total:.1} ms: {}",
            shown.whole_ms,
            shown.cpu_ms,
            read.whole_ms,
            read.cpu_ms,
            passes.join(", ")
        );
        let names: Vec<_> = shown.passes.iter().map(|pass| pass.pass).collect();
        for pass in expected {
            assert!(names.contains(pass), "{name}: {names:?}");
        }
        assert!(
            shown
                .passes
                .iter()
                .all(|pass| pass.ms.is_finite() && pass.ms >= 0.0)
        );
        assert_eq!(total > 0.0, !expected.is_empty(), "{name}");
        assert!(
            total <= shown.whole_ms,
            "{name}: {total} of {} ms",
            shown.whole_ms
        );
    }
}
