//! What goes wrong is told, and what comes after it works.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that fails says where"
)]

mod common;

use moretta_frame::{FrameFormat, FrameLayout};
use moretta_geometry::Camera;
use moretta_lang::Program;
use moretta_pack::{
    Asset, Blend, Effect, Exclude, Fit, Image, Lut, NodeKind, Occluder, Property, SpriteSheet, Texels,
};
use moretta_render::wgpu::{self, TextureFormat};
use moretta_render::{
    Gpu, GpuOptions, PixelOrder, Pixels, Placement, RenderError, Renderer, Software, Target,
};
use moretta_space::Size;
use moretta_veil::Outcome;

use common::face::{FOV_Y_RAD, Head, Turn};
use common::scenery::{drawn, material, model, plain, sphere};
use common::{Rig, Take, With, effect, on_stage, options, texture};

fn grey() -> Take {
    Take::of(&drawn(24, 16, |_, _| [100, 100, 100, 255]))
}

/// Draws into whatever `targets` makes, in memory of `bytes` bytes; also what is in there then.
fn try_targets(
    rig: &Rig,
    bytes: usize,
    targets: impl FnOnce(&mut [u8]) -> Vec<Target<'_>> + Send + 'static,
) -> (Result<(), RenderError>, Vec<u8>) {
    let take = grey();
    let (layout, camera) = (take.layout, take.camera());
    let mut memory = vec![0xEE; bytes];
    let result = rig.on_stage(&take.planes, &mut memory, move |stage, io, access| {
        let mut targets = targets(io.target);
        let drawn = on_stage(
            stage,
            access,
            &layout,
            io.planes,
            camera,
            &With::default(),
            &mut targets,
        );
        (Outcome::NoFace, drawn.map(|_| ()))
    });
    (result, memory)
}

fn pixels(bytes: &mut [u8], row_stride: usize) -> Target<'_> {
    Target::Pixels(Pixels {
        bytes,
        row_stride,
        order: PixelOrder::Rgba,
    })
}

#[test]
fn without_an_adapter_there_is_an_error_that_says_so() {
    let found = Gpu::new(GpuOptions {
        backends: wgpu::Backends::empty(),
        ..options()
    })
    .unwrap_err();
    assert!(matches!(found, RenderError::NoAdapter { .. }), "{found}");
    assert!(found.to_string().starts_with("no graphics adapter"), "{found}");
}

#[test]
fn software_can_be_refused() {
    let Some(gpu) = common::gpu() else { return };
    assert!(gpu.report().software, "the control: the tests' own is software");
    match Gpu::new(GpuOptions {
        software: Software::Refused,
        ..options()
    }) {
        Ok(gpu) => assert!(!gpu.report().software),
        Err(found) => assert!(matches!(found, RenderError::NoAdapter { .. }), "{found}"),
    }
}

#[test]
fn a_report_says_what_it_is() {
    let Some(gpu) = common::gpu() else { return };
    let report = gpu.report();
    assert!(!report.name.is_empty() && !report.backend.is_empty());
    assert!(report.max_side_px >= 2048);
    assert!([1, 4].contains(&report.samples));
    assert!(!report.timestamps, "not asked for");
}

#[test]
fn the_callers_memory_must_hold_the_picture() {
    let Some(rig) = Rig::new() else { return };
    let (row, whole) = (24 * 4, 24 * 16 * 4);
    let (result, _) = try_targets(&rig, whole, move |bytes| vec![pixels(bytes, row)]);
    result.expect("the control");
    let (result, memory) = try_targets(&rig, whole, move |bytes| vec![pixels(bytes, row - 1)]);
    assert!(
        matches!(
            result,
            Err(RenderError::TargetStride {
                expected: 96,
                found: 95
            })
        ),
        "{result:?}"
    );
    assert!(memory.iter().all(|byte| *byte == 0xEE), "nothing was written");
    let (result, memory) = try_targets(&rig, whole - 1, move |bytes| vec![pixels(bytes, row)]);
    assert!(
        matches!(
            result,
            Err(RenderError::TargetLength {
                expected: 1536,
                found: 1535
            })
        ),
        "{result:?}"
    );
    assert!(memory.iter().all(|byte| *byte == 0xEE));
    let (result, _) = try_targets(&rig, whole, move |bytes| vec![pixels(bytes, usize::MAX)]);
    assert!(
        matches!(result, Err(RenderError::TargetLength { .. })),
        "{result:?}"
    );
}

/// A texture that claims to be of `size` and `format`.
fn claims(rig: &Rig, size_px: (u32, u32), format: TextureFormat) -> Result<(), RenderError> {
    let texture = texture(rig.renderer.gpu(), (8, 8), TextureFormat::Rgba8Unorm);
    let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
    let take = grey();
    let (layout, camera) = (take.layout, take.camera());
    rig.on_stage(&take.planes, &mut [], move |stage, io, access| {
        let target = Target::Texture {
            view: &view,
            format,
            size_px,
            placement: Placement::default(),
        };
        let drawn = on_stage(
            stage,
            access,
            &layout,
            io.planes,
            camera,
            &With::default(),
            &mut [target],
        );
        (Outcome::NoFace, drawn.map(|_| ()))
    })
}

#[test]
fn a_texture_must_have_a_size_and_a_colour() {
    let Some(rig) = Rig::new() else { return };
    claims(&rig, (8, 8), TextureFormat::Rgba8Unorm).expect("the control");
    let found = claims(&rig, (0, 8), TextureFormat::Rgba8Unorm).unwrap_err();
    assert!(
        matches!(
            found,
            RenderError::Empty {
                width: 0,
                height: 8,
                ..
            }
        ),
        "{found}"
    );
    let found = claims(&rig, (8, 1_000_000), TextureFormat::Rgba8Unorm).unwrap_err();
    assert!(
        matches!(
            found,
            RenderError::TooLarge {
                height: 1_000_000,
                ..
            }
        ),
        "{found}"
    );
    for format in [
        TextureFormat::Depth32Float,
        TextureFormat::Rgba8Uint,
        TextureFormat::Rgb9e5Ufloat,
    ] {
        let found = claims(&rig, (8, 8), format).unwrap_err();
        assert!(matches!(found, RenderError::TargetFormat { .. }), "{found}");
    }
    // What is not as it was said is refused by the device, once.
    for _ in 0..6 {
        let found = claims(&rig, (8, 8), TextureFormat::Bgra8Unorm).unwrap_err();
        assert!(matches!(found, RenderError::Refused { .. }), "{found}");
        claims(&rig, (8, 8), TextureFormat::Rgba8Unorm).expect("the next frame works");
    }
}

#[test]
fn a_frame_goes_to_four_places_at_most() {
    let Some(rig) = Rig::new() else { return };
    let (result, _) = try_targets(&rig, 0, |_| Vec::new());
    result.expect("a frame may go nowhere");
    fn many(count: usize) -> impl FnOnce(&mut [u8]) -> Vec<Target<'_>> + Send + 'static {
        move |_| {
            let receipts = (0..count).map(|_| Target::Later(Box::leak(Box::new(None))));
            receipts.collect()
        }
    }
    let (result, _) = try_targets(&rig, 0, many(3));
    result.expect("the control");
    let (result, _) = try_targets(&rig, 0, many(5));
    assert!(
        matches!(
            result,
            Err(RenderError::TooManyTargets {
                expected: 4,
                found: 5
            })
        ),
        "{result:?}"
    );
}

#[test]
fn the_camera_must_fill_the_frame() {
    let Some(rig) = Rig::new() else { return };
    let take = grey();
    let layout = take.layout;
    let camera = Camera::from_fov_y(Size::new(16, 24).unwrap(), FOV_Y_RAD).unwrap();
    let result = rig.on_stage(&take.planes, &mut [], move |stage, io, access| {
        let drawn = on_stage(
            stage,
            access,
            &layout,
            io.planes,
            camera,
            &With::default(),
            &mut [],
        );
        (Outcome::NoFace, drawn)
    });
    assert!(
        matches!(
            result,
            Err(RenderError::Camera {
                expected: (24, 16),
                found: (16, 24)
            })
        ),
        "{result:?}"
    );
}

fn with_param() -> Effect {
    effect(
        vec![Asset::Image(plain([255; 4]))],
        vec![NodeKind::Overlay {
            asset: 0,
            fit: Fit::Stretch,
            blend: Blend::Normal,
        }],
        |face, out| out.property(0, Property::Opacity.code(), face.param(2)),
    )
}

#[test]
fn too_few_parameters_are_an_error_and_leave_nothing_behind() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&with_param());
    let head = Head::new((24, 16), Turn::default(), [0.0, 0.0, -500.0]);
    for heads in [vec![head], Vec::new()] {
        let with = |params: &[f32]| With {
            params: params.to_vec(),
            ..With::effect(&look, &heads)
        };
        let found = rig.draw(&grey(), &with(&[1.0, 1.0])).unwrap_err();
        assert!(matches!(found, RenderError::Program(_)), "{found}");
        let drawn = rig.draw(&grey(), &with(&[0.0, 0.0, 1.0, 9.0])).unwrap();
        assert_eq!(drawn.pixel(0, 0), [255; 4]);
    }
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let Some(rig) = Rig::new() else { return };
    let look = rig.load(&with_param());
    for param in [f32::NAN, f32::INFINITY, -f32::INFINITY, 1e38] {
        let with = With {
            params: vec![0.0, 0.0, param],
            time_s: f32::NAN,
            dt_s: f32::INFINITY,
            ..With::effect(&look, &[])
        };
        let drawn = rig.draw(&grey(), &with).unwrap();
        let expected = if param == 1e38 {
            [255; 4]
        } else {
            [100, 100, 100, 255]
        };
        assert_eq!(drawn.pixel(0, 0), expected, "{param}");
    }
}

#[test]
fn numbers_out_of_all_bounds_draw_nothing_and_do_no_harm() {
    let Some(rig) = Rig::new() else { return };
    let assets = || {
        vec![
            Asset::Image(plain([255; 4])),
            Asset::Model(model(
                vec![sphere(1.0, [0.0; 3], 0)],
                vec![material([1.0; 4], 0.5, 0.5)],
            )),
        ]
    };
    let head = Head::new((24, 16), Turn::default(), [0.0, 0.0, -500.0]);
    for property in Property::ALL {
        for number in [f32::MAX, -f32::MAX, f32::MIN_POSITIVE, 1e7, -1e7] {
            let nodes = vec![
                NodeKind::Sticker {
                    asset: 0,
                    space: moretta_pack::StickerSpace::Head,
                    occlusion: moretta_pack::Occlusion::Face,
                    blend: Blend::Normal,
                },
                NodeKind::Sticker {
                    asset: 0,
                    space: moretta_pack::StickerSpace::Frame,
                    occlusion: moretta_pack::Occlusion::Face,
                    blend: Blend::Add,
                },
                NodeKind::FacePaint {
                    asset: 0,
                    exclude: Exclude::default(),
                    blend: Blend::SoftLight,
                },
                NodeKind::Prop {
                    asset: 1,
                    occluder: Occluder::Head,
                },
            ];
            let look = effect(assets(), nodes, |face, out| {
                for node in 0..4 {
                    for (other, value) in [
                        (Property::Width, 10.0),
                        (Property::Height, 10.0),
                        (Property::Z, -400.0),
                    ] {
                        out.property(node, other.code(), face.constant(value));
                    }
                    out.property(node, property.code(), face.constant(number));
                }
            });
            rig.draw(
                &grey(),
                &With::effect(&rig.load(&look), std::slice::from_ref(&head)),
            )
            .unwrap_or_else(|error| panic!("{property:?} = {number}: {error}"));
        }
    }
}

#[test]
fn a_frame_of_one_pixel_is_a_frame() {
    let Some(rig) = Rig::new() else { return };
    let nodes = vec![
        NodeKind::FacePaint {
            asset: 0,
            exclude: Exclude::default(),
            blend: Blend::Normal,
        },
        NodeKind::Prop {
            asset: 1,
            occluder: Occluder::Head,
        },
        NodeKind::Overlay {
            asset: 0,
            fit: Fit::Cover,
            blend: Blend::Normal,
        },
    ];
    let look = effect(
        vec![
            Asset::Image(plain([10, 20, 30, 255])),
            Asset::Model(model(
                vec![sphere(1.0, [0.0; 3], 0)],
                vec![material([1.0; 4], 0.5, 0.5)],
            )),
        ],
        nodes,
        |face, out| {
            out.property(0, Property::Lighting.code(), face.constant(1.0));
            out.property(1, Property::Z.code(), face.constant(-300.0));
            out.property(1, Property::Scale.code(), face.constant(50.0));
        },
    );
    let look = rig.load(&look);
    for size in [(1, 1), (1, 33), (17, 1), (2, 2)] {
        let head = Head::new(size, Turn::default(), [0.0, 0.0, -300.0]);
        let take = Take::of(&drawn(size.0, size.1, |_, _| [100, 100, 100, 255]));
        let picture = rig.draw(&take, &With::effect(&look, &[head])).unwrap();
        assert!(picture.pixels().iter().all(|pixel| *pixel == [10, 20, 30, 255]));
    }
}

#[test]
fn an_effect_belongs_to_its_device() {
    let Some(rig) = Rig::new() else { return };
    let other = Renderer::new(&Gpu::new(options()).unwrap()).unwrap();
    let look = other.load(&with_param()).unwrap();
    // Even on a slot that no face is in.
    let on_slot = With::default().on(5, Some(&look));
    let found = rig.draw(&grey(), &on_slot).unwrap_err();
    assert!(
        matches!(found, RenderError::OtherDevice { what: "the effect" }),
        "{found}"
    );
    let found = rig.draw(&grey(), &With::effect(&look, &[])).unwrap_err();
    assert!(
        matches!(found, RenderError::OtherDevice { what: "the effect" }),
        "{found}"
    );
}

/// What is said of an effect that cannot be loaded.
fn refused(rig: &Rig, assets: Vec<Asset>, node: NodeKind) -> String {
    let look = effect(assets, vec![node], |_, _| {});
    match rig.renderer.load(&look) {
        Ok(_) => panic!("it was loaded"),
        Err(found @ RenderError::Effect { .. }) => found.to_string(),
        Err(found) => panic!("{found}"),
    }
}

#[test]
fn an_effect_that_cannot_be_drawn_is_told_by_its_place() {
    let Some(rig) = Rig::new() else { return };
    let overlay = |asset, blend| NodeKind::Overlay {
        asset,
        fit: Fit::Cover,
        blend,
    };
    let picture = || Asset::Image(plain([255; 4]));
    let lut = |size, entries| {
        Asset::Lut(Lut {
            size,
            rgb: vec![[0.0; 3]; entries],
        })
    };
    let image = |width, height, bytes| {
        Asset::Image(Image {
            width,
            height,
            texels: Texels::Srgb,
            rgba: vec![0; bytes],
        })
    };
    let sheet = |columns, rows, count| {
        Asset::SpriteSheet(SpriteSheet {
            image: Image {
                width: 32,
                height: 32,
                texels: Texels::Srgb,
                rgba: vec![0; 32 * 32 * 4],
            },
            columns,
            rows,
            count,
        })
    };
    let prop = |asset| NodeKind::Prop {
        asset,
        occluder: Occluder::None,
    };
    let broken = |change: fn(&mut moretta_pack::Mesh)| {
        let mut mesh = sphere(1.0, [0.0; 3], 0);
        change(&mut mesh);
        Asset::Model(model(vec![mesh], vec![material([1.0; 4], 0.0, 1.0)]))
    };
    rig.renderer
        .load(&effect(vec![picture()], vec![overlay(0, Blend::Add)], |_, _| {}))
        .expect("the control");
    for (assets, node, expected) in [
        (
            vec![],
            overlay(0, Blend::Normal),
            "node 0 (node 0): expected a picture, found asset 0 of 0",
        ),
        (
            vec![lut(2, 8)],
            overlay(0, Blend::Normal),
            "a table of colours at asset 0",
        ),
        (
            vec![picture()],
            NodeKind::Lut { asset: 0 },
            "expected a table of colours, found a picture",
        ),
        (vec![picture()], prop(0), "expected a model, found a picture"),
        (
            vec![picture()],
            overlay(0, Blend::Overlay),
            "other than overlay and soft light",
        ),
        (
            vec![lut(2, 7)],
            NodeKind::Lut { asset: 0 },
            "asset 0: expected a cube",
        ),
        (
            vec![lut(1, 1)],
            NodeKind::Lut { asset: 0 },
            "asset 0: expected a cube",
        ),
        (
            vec![image(2, 2, 15)],
            overlay(0, Blend::Normal),
            "2 x 2 pixels in 15 bytes",
        ),
        (vec![image(0, 2, 0)], overlay(0, Blend::Normal), "at least 1 x 1"),
        (vec![sheet(0, 1, 1)], overlay(0, Blend::Normal), "0 x 1 cells"),
        (vec![sheet(64, 1, 1)], overlay(0, Blend::Normal), "64 x 1 cells"),
        (vec![sheet(2, 2, 5)], overlay(0, Blend::Normal), "1 to 4 cells"),
        (vec![sheet(2, 2, 0)], overlay(0, Blend::Normal), "1 to 4 cells"),
        (
            vec![sheet(32, 32, 300)],
            overlay(0, Blend::Normal),
            "1 to 256 cells",
        ),
        (vec![broken(|mesh| mesh.normals.truncate(3))], prop(0), "normals"),
        (
            vec![broken(|mesh| mesh.uvs.truncate(3))],
            prop(0),
            "texture coordinates",
        ),
        (
            vec![broken(|mesh| mesh.indices.truncate(4))],
            prop(0),
            "three indices",
        ),
        (
            vec![broken(|mesh| mesh.indices[0] = 1_000_000)],
            prop(0),
            "an index below",
        ),
        (
            vec![broken(|mesh| mesh.material = 1)],
            prop(0),
            "a material below 1",
        ),
        (
            vec![broken(|mesh| {
                mesh.morphs = vec![
                    moretta_pack::Morph {
                        positions: Vec::new(),
                        normals: Vec::new()
                    };
                    5
                ];
            })],
            prop(0),
            "at most 4 morph targets",
        ),
        (
            vec![broken(|mesh| {
                mesh.morphs = vec![moretta_pack::Morph {
                    positions: Vec::new(),
                    normals: Vec::new(),
                }];
            })],
            prop(0),
            "moved positions",
        ),
    ] {
        let found = refused(&rig, assets, node);
        assert!(found.contains(expected), "{found}, not {expected}");
    }
    let sprite = Program::record(|face, out| {
        let place = moretta_lang::P2 {
            x: face.time(),
            y: face.time(),
        };
        out.sprite(3, moretta_lang::Sprite::new(place, 1.0, 1.0));
    });
    let found = rig
        .renderer
        .load(&Effect::recorded(sprite.unwrap(), Vec::new()))
        .unwrap_err();
    assert!(
        found.to_string().contains("sprite 0: expected a picture"),
        "{found}"
    );
}

#[test]
fn a_picture_larger_than_the_device_takes_is_shown_smaller() {
    let Some(rig) = Rig::new() else { return };
    // One row, as wide as a frame may be and twice what the device takes, if that is less.
    let width = rig.renderer.gpu().report().max_side_px * 2;
    let look = effect(
        vec![Asset::Image(Image {
            width,
            height: 1,
            texels: Texels::Srgb,
            rgba: vec![200; width as usize * 4],
        })],
        vec![NodeKind::Overlay {
            asset: 0,
            fit: Fit::Stretch,
            blend: Blend::Normal,
        }],
        |_, _| {},
    );
    let loaded = rig.renderer.load(&look).unwrap();
    rig.draw(&grey(), &With::effect(&loaded, &[])).unwrap();
}

#[test]
fn a_lost_device_is_told_and_a_new_one_works() {
    if common::gpu().is_none() {
        return;
    }
    let gpu = Gpu::new(options()).unwrap();
    let renderer = Renderer::new(&gpu).unwrap();
    let rig = Rig::with(&renderer);
    let look = rig.load(&with_param());
    let with = || With {
        params: vec![1.0; 3],
        ..With::effect(&look, &[])
    };
    rig.draw(&grey(), &with()).expect("the control");
    assert_eq!(gpu.lost(), None);
    gpu.device().destroy();
    for _ in 0..2 {
        let found = rig.draw(&grey(), &with()).unwrap_err();
        assert!(matches!(found, RenderError::Lost { .. }), "{found}");
    }
    assert!(gpu.lost().is_some());
    for found in [
        renderer.load(&with_param()).map(|_| ()),
        Renderer::new(&gpu).map(|_| ()),
    ] {
        assert!(matches!(found, Err(RenderError::Lost { .. })), "{found:?}");
    }
    rig.veil.pause().unwrap();
    assert!(rig.veil.resume().is_err(), "no stage on a lost device");
    drop(rig);

    let Some(rig) = Rig::new() else { return };
    rig.draw(&grey(), &With::default())
        .expect("another device is not touched");
}

#[test]
fn a_device_lost_while_a_picture_is_under_way_is_told() {
    if common::gpu().is_none() {
        return;
    }
    let gpu = Gpu::new(options()).unwrap();
    let rig = Rig::with(&Renderer::new(&gpu).unwrap());
    let take = grey();
    let (layout, camera) = (take.layout, take.camera());
    let found = rig.on_stage(&take.planes, &mut [], move |stage, io, access| {
        let mut receipt = None;
        let target = Target::Later(&mut receipt);
        on_stage(
            stage,
            access,
            &layout,
            io.planes,
            camera,
            &With::default(),
            &mut [target],
        )
        .unwrap();
        gpu.device().destroy();
        let mut bytes = vec![0; 24 * 16 * 4];
        let pixels = Pixels {
            bytes: &mut bytes,
            row_stride: 96,
            order: PixelOrder::Rgba,
        };
        let collected = stage.collect(receipt.unwrap(), pixels);
        (Outcome::NoFace, collected)
    });
    // Destroyed devices finish what they were given, or not.
    if let Err(found) = found {
        assert!(
            matches!(found, RenderError::Lost { .. } | RenderError::Expired),
            "{found}"
        );
    }
}

#[test]
fn no_message_names_a_number_of_a_face() {
    // A face has no text at all: see `traits.rs`.
    let layout = FrameLayout::packed(FrameFormat::Rgba8, 24, 16);
    let Some(rig) = Rig::new() else { return };
    let face = 123.456_f32;
    let head = Head::new((24, 16), Turn::default(), [face, 0.0, -500.0]);
    let look = rig.load(&with_param());
    let failed = rig.draw(&grey(), &With::effect(&look, &[head])).unwrap_err();
    let texts = [
        format!("{failed:?}"),
        failed.to_string(),
        format!("{look:?}"),
        format!("{layout:?}"),
        format!("{:?}", Placement::default()),
    ];
    for text in texts {
        assert!(!text.contains("123"), "{text}");
    }
}
