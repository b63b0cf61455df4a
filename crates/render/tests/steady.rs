//! A steady frame makes no object of the device and keeps no memory.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use moretta_lang::{P2, Program, Sprite};
use moretta_pack::{
    Asset, Blend, Exclude, Fit, Keep, Lut, NodeKind, Occluder, Occlusion, Property, StickerSpace, SwapSource,
};
use moretta_render::wgpu::{self, TextureFormat};
use moretta_render::{Drawn, PixelOrder, Pixels, Placement, Receipt, Target};
use moretta_veil::{FaceHeap, Outcome};

use common::face::{Head, Turn};
use common::scenery::{arrow, material, model, people, plain, sphere};
use common::{Rig, Take, With, effect, on_stage, texture};

#[global_allocator]
static HEAP: FaceHeap = FaceHeap;

const SIZE: (u32, u32) = (160, 120);

fn everything() -> moretta_pack::Effect {
    let identity = Lut {
        size: 2,
        rgb: (0..8)
            .map(|at| [at & 1, at >> 1 & 1, at >> 2].map(|it| it as f32))
            .collect(),
    };
    let assets = vec![
        Asset::Image(arrow()),
        Asset::Model(model(
            vec![sphere(12.0, [0.0; 3], 0)],
            vec![material([0.5, 0.5, 0.5, 1.0], 1.0, 0.3)],
        )),
        Asset::Lut(identity),
        Asset::Image(plain([9, 9, 9, 40])),
    ];
    let nodes = vec![
        NodeKind::FacePaint {
            asset: 0,
            exclude: Exclude::default(),
            blend: Blend::Overlay,
        },
        NodeKind::Sticker {
            asset: 0,
            space: StickerSpace::Head,
            occlusion: Occlusion::Face,
            blend: Blend::Normal,
        },
        NodeKind::Lut { asset: 2 },
        NodeKind::Prop {
            asset: 1,
            occluder: Occluder::Head,
        },
        NodeKind::FaceSwap {
            source: SwapSource::NextFace,
            keep: Keep::default(),
        },
        NodeKind::Overlay {
            asset: 3,
            fit: Fit::Cover,
            blend: Blend::Normal,
        },
    ];
    effect(assets, nodes, |face, out| {
        for node in [1, 3] {
            let place = face.landmark_mm(4);
            out.property(node, Property::X.code(), place.x);
            out.property(node, Property::Y.code(), place.y);
            out.property(node, Property::Z.code(), place.z);
            out.property(node, Property::Width.code(), 40.0);
            out.property(node, Property::Height.code(), 40.0);
        }
        out.property(4, Property::Shape.code(), 1.0);
        out.property(4, Property::Expression.code(), 0.5);
    })
}

/// A sprite whose place is smoothed, so that it has states.
fn follower() -> moretta_pack::Effect {
    let program = Program::record(|face, out| {
        let place = face.landmark(4);
        let x = face.state(0.0, |before| before * 0.5 + place.x * 0.5);
        let y = face.state(0.0, |before| before * 0.5 + place.y * 0.5);
        out.sprite(0, Sprite::new(P2 { x, y }, 10.0, 10.0));
    });
    moretta_pack::Effect::recorded(program.unwrap(), vec![Asset::Image(arrow())])
}

fn heads() -> [Head; 2] {
    [0, 1].map(|slot| {
        let place = [slot as f32 * 90.0 - 45.0, 0.0, -450.0];
        Head::new(SIZE, Turn::default(), place).in_slot(slot, slot as u64)
    })
}

/// One after the other: what a process has on its heap is counted.
#[test]
fn a_steady_frame_makes_nothing_and_keeps_nothing() {
    let Some(rig) = Rig::new() else { return };
    steady(&rig, &With::effect(&rig.load(&everything()), &heads()));
    drop(rig);

    // Each face with its own, and one that is not there.
    let Some(rig) = Rig::new() else { return };
    let (first, second) = (rig.load(&everything()), rig.load(&follower()));
    let each = With {
        heads: heads().to_vec(),
        ..With::default()
    };
    let each = each.on(0, Some(&second)).on(1, Some(&first)).on(7, Some(&first));
    steady(&rig, &each);
    drop(rig);

    // Each with the looks of a photo, which outlasts frames without a face.
    let Some(rig) = Rig::new() else { return };
    let swap = effect(
        Vec::new(),
        vec![NodeKind::FaceSwap {
            source: SwapSource::Photo,
            keep: Keep::default(),
        }],
        |_, out| out.property(0, Property::Shape.code(), 1.0),
    );
    let head = Head::new((120, 120), Turn::default(), [0.0, 0.0, -300.0]);
    let photo = Take::of(&people(120, 120, core::slice::from_ref(&head)));
    let with = With {
        donors: vec![(0, 5), (1, 5)],
        ..With::effect(&rig.load(&swap), &heads())
    };
    rig.donate(5, &photo, &head).unwrap();
    steady(&rig, &with);
}

fn steady(rig: &Rig, with: &With) {
    let gpu = rig.renderer.gpu().clone();
    let before = gpu.objects_made();
    let take = Take::of(&people(SIZE.0, SIZE.1, &with.heads));
    let own = texture(&gpu, (64, 64), TextureFormat::Bgra8Unorm);
    let view = own.create_view(&wgpu::TextureViewDescriptor::default());
    let mut bytes = vec![0; take.planes[0].len()];
    let mut counts = Vec::new();
    for frame in 0..12 {
        // Every third frame without a face: what it takes away comes back without being made anew.
        let with = With {
            heads: if frame % 3 == 2 {
                Vec::new()
            } else {
                with.heads.clone()
            },
            ..with.clone()
        };
        let (layout, camera, view) = (take.layout, take.camera(), view.clone());
        let receipt: Receipt = rig.on_stage(&take.planes, &mut bytes, move |stage, io, access| {
            let mut receipt = None;
            let mut targets = [
                Target::Pixels(Pixels {
                    bytes: io.target,
                    row_stride: SIZE.0 as usize * 4,
                    order: PixelOrder::Bgra,
                }),
                Target::Texture {
                    view: &view,
                    format: TextureFormat::Bgra8Unorm,
                    size_px: (64, 64),
                    placement: Placement::default(),
                },
                Target::Later(&mut receipt),
            ];
            let drawn = on_stage(stage, access, &layout, io.planes, camera, &with, &mut targets);
            assert_eq!(drawn.unwrap(), Drawn::default());
            (common::outcome(&with), receipt.unwrap())
        });
        rig.on_stage(&[], &mut bytes, move |stage, io, _| {
            let pixels = Pixels {
                bytes: io.target,
                row_stride: SIZE.0 as usize * 4,
                order: PixelOrder::Rgba,
            };
            stage.collect(receipt, pixels).unwrap();
            (Outcome::Unchanged, ())
        });
        counts.push((gpu.objects_made(), FaceHeap::live_bytes()));
    }
    let made: Vec<_> = counts.iter().map(|count| count.0).collect();
    assert!(
        made[0] > before,
        "the control: the first frame makes what it needs: {made:?}"
    );
    assert!(made[1..].iter().all(|count| *count == made[1]), "{made:?}");
    // The library's tables of what is in use grow to their size in the first frames.
    let live: Vec<_> = counts.iter().map(|count| count.1).collect();
    assert!(live[6..].iter().all(|bytes| *bytes <= live[5]), "{live:?}");
    assert!(live[5] > 0, "the control: this heap is in use");

    let before = gpu.objects_made();
    rig.veil.pause().unwrap();
    rig.veil.resume().unwrap();
    let _ = rig.draw(&take, with).unwrap();
    assert!(
        gpu.objects_made() > before,
        "the control: a new stage makes its own"
    );
}
