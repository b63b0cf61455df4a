//! Where pictures go.

use moretta_golden::Picture;
use moretta_pack::Fit;
use moretta_render::wgpu::TextureFormat;
use moretta_render::{Drawn, PixelOrder, Pixels, Placement, Receipt, RenderError, Target};
use moretta_veil::Outcome;

use crate::common::scenery::{drawn, noise};
use crate::common::{Rig, Take, With, on_stage, texels, texture};

/// Draws into a texture of the test's.
fn into_texture(
    rig: &Rig,
    take: &Take,
    size_px: (u32, u32),
    format: TextureFormat,
    placement: Placement,
) -> Result<Picture, RenderError> {
    let texture = texture(rig.renderer.gpu(), size_px, format);
    let view = texture.create_view(&moretta_render::wgpu::TextureViewDescriptor::default());
    let (layout, camera) = (take.layout, take.camera());
    rig.on_stage(&take.planes, &mut [], move |stage, io, access| {
        let target = Target::Texture {
            view: &view,
            format,
            size_px,
            placement,
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
        (Outcome::NoFace, drawn)
    })?;
    Ok(texels(rig.renderer.gpu(), &texture))
}

/// Noise that hides nothing.
fn opaque(width: u32, height: u32) -> Take {
    let noise = noise(width, height, 5);
    Take::of(&drawn(width, height, |x, y| {
        let [r, g, b, _] = noise.pixel(x, y);
        [r, g, b, 255]
    }))
}

#[test]
fn a_texture_of_the_frames_size_shows_it_bit_by_bit() {
    let Some(rig) = Rig::new() else { return };
    let take = opaque(48, 30);
    for format in [
        TextureFormat::Rgba8UnormSrgb,
        TextureFormat::Rgba8Unorm,
        TextureFormat::Bgra8UnormSrgb,
        TextureFormat::Bgra8Unorm,
    ] {
        for mirror in [false, true] {
            for fit in [Fit::Cover, Fit::Contain, Fit::Stretch] {
                let placement = Placement { fit, mirror };
                let picture = into_texture(&rig, &take, (48, 30), format, placement).unwrap();
                let bgra = matches!(format, TextureFormat::Bgra8Unorm | TextureFormat::Bgra8UnormSrgb);
                for (x, y) in (0..48).flat_map(|x| (0..30).map(move |y| (x, y))) {
                    let from = if mirror { 47 - x } else { x };
                    let at = (y * 48 + from) as usize * 4;
                    let mut expected: [u8; 4] = take.planes[0][at..at + 4].try_into().unwrap();
                    if bgra {
                        expected.swap(0, 2);
                    }
                    assert_eq!(picture.pixel(x, y), expected, "{format:?} {placement:?} {x} {y}");
                }
            }
        }
    }
}

#[test]
fn what_a_texture_has_more_of_is_black_or_filled() {
    let Some(rig) = Rig::new() else { return };
    // Red on the left, blue on the right, twice as wide as high.
    let take = Take::of(&drawn(40, 20, |x, _| {
        if x < 20 {
            [255, 0, 0, 255]
        } else {
            [0, 0, 255, 255]
        }
    }));
    let format = TextureFormat::Rgba8UnormSrgb;
    let show = |fit, mirror| into_texture(&rig, &take, (60, 60), format, Placement { fit, mirror }).unwrap();
    let (red, blue, black) = ([255, 0, 0, 255], [0, 0, 255, 255], [0, 0, 0, 255]);
    for (fit, mirror, left, right, above) in [
        (Fit::Stretch, false, red, blue, red),
        (Fit::Stretch, true, blue, red, blue),
        (Fit::Contain, false, red, blue, black),
        (Fit::Cover, false, red, blue, red),
        (Fit::Cover, true, blue, red, blue),
    ] {
        let picture = show(fit, mirror);
        let found = [picture.pixel(5, 30), picture.pixel(54, 30), picture.pixel(5, 5)];
        assert_eq!(found, [left, right, above], "{fit:?} {mirror}");
    }
    let contained = show(Fit::Contain, false);
    let rows = (0..60).filter(|y| contained.pixel(5, *y) == red).count();
    assert_eq!(rows, 30, "in the middle, with bars alike");
    assert_eq!((contained.pixel(5, 14), contained.pixel(5, 15)), (black, red));
}

#[test]
fn a_smaller_texture_shows_the_mean_of_the_light() {
    let Some(rig) = Rig::new() else { return };
    let board = drawn(40, 40, |x, y| {
        if (x + y) % 2 == 0 {
            [255; 4]
        } else {
            [0, 0, 0, 255]
        }
    });
    for (format, expected) in [
        (TextureFormat::Rgba8UnormSrgb, 188),
        (TextureFormat::Rgba8Unorm, 188),
    ] {
        let picture = into_texture(&rig, &Take::of(&board), (20, 20), format, Placement::default()).unwrap();
        for pixel in picture.pixels() {
            assert!(pixel[0].abs_diff(expected) <= 1, "{format:?}: {pixel:?}");
        }
    }
}

/// Starts a frame whose picture is collected later.
fn begin(rig: &Rig, take: &Take) -> Result<Receipt, RenderError> {
    let (layout, camera) = (take.layout, take.camera());
    rig.on_stage(&take.planes, &mut [], move |stage, io, access| {
        let mut receipt = None;
        let target = Target::Later(&mut receipt);
        let drawn = on_stage(
            stage,
            access,
            &layout,
            io.planes,
            camera,
            &With::default(),
            &mut [target],
        );
        (Outcome::NoFace, drawn.map(|_| receipt.unwrap()))
    })
}

fn collect(rig: &Rig, receipt: Receipt, (width, height): (u32, u32)) -> Result<Picture, RenderError> {
    let mut bytes = vec![0; (width * height * 4) as usize];
    let collected = rig.on_stage(&[], &mut bytes, move |stage, io, _| {
        let pixels = Pixels {
            bytes: io.target,
            row_stride: width as usize * 4,
            order: PixelOrder::Rgba,
        };
        (Outcome::Unchanged, stage.collect(receipt, pixels))
    });
    collected.map(|()| Picture::new(width, height, bytes).unwrap())
}

#[test]
fn pictures_are_collected_while_others_are_under_way() {
    let Some(rig) = Rig::new() else { return };
    let takes = [1, 2, 3].map(|seed| Take::of(&noise(30, 20, seed)));
    let first = begin(&rig, &takes[0]).unwrap();
    let second = begin(&rig, &takes[1]).unwrap();
    assert_eq!(collect(&rig, first, (30, 20)).unwrap().rgba(), takes[0].planes[0]);
    let third = begin(&rig, &takes[2]).unwrap();
    // In any order.
    assert_eq!(collect(&rig, third, (30, 20)).unwrap().rgba(), takes[2].planes[0]);
    assert_eq!(
        collect(&rig, second, (30, 20)).unwrap().rgba(),
        takes[1].planes[0]
    );
}

#[test]
fn a_picture_is_ready_after_a_while() {
    let Some(rig) = Rig::new() else { return };
    let receipt = begin(&rig, &opaque(8, 8)).unwrap();
    // The veil's wipe after the frame has waited for it.
    let ready = rig.on_stage(&[], &mut [], move |stage, _, _| {
        (Outcome::Unchanged, stage.is_ready(&receipt))
    });
    assert!(ready.unwrap());
}

#[test]
fn only_so_many_pictures_are_under_way() {
    let Some(rig) = Rig::new() else { return };
    let take = opaque(8, 8);
    let receipts = [0; 3].map(|_| begin(&rig, &take).unwrap());
    let found = begin(&rig, &take).unwrap_err();
    assert!(
        matches!(found, RenderError::TooManyUnderWay { expected: 3 }),
        "{found}"
    );
    for receipt in receipts {
        collect(&rig, receipt, (8, 8)).unwrap();
    }
    begin(&rig, &take).expect("there is room again");
}

#[test]
fn a_receipt_is_good_once_for_its_stage_until_a_wipe() {
    let Some(rig) = Rig::new() else { return };
    let Some(other) = Rig::new() else { return };
    let take = opaque(8, 8);
    let expired = |result: Result<Picture, RenderError>| {
        let found = result.unwrap_err();
        assert!(matches!(found, RenderError::Expired), "{found}");
    };
    expired(collect(&other, begin(&rig, &take).unwrap(), (8, 8)));

    let receipt = begin(&rig, &take).unwrap();
    rig.veil.pause().unwrap();
    rig.veil.resume().unwrap();
    expired(collect(&rig, receipt, (8, 8)));

    let receipt = begin(&rig, &take).unwrap();
    moretta_veil::wipe_all();
    expired(collect(&rig, receipt, (8, 8)));
    let receipt = begin(&rig, &take).unwrap();
    collect(&rig, receipt, (8, 8)).expect("the control");
}

#[test]
fn one_frame_goes_to_several_places() {
    let Some(rig) = Rig::new() else { return };
    let take = opaque(24, 16);
    let format = TextureFormat::Rgba8Unorm;
    let textures = [(24, 16), (12, 8)].map(|size| texture(rig.renderer.gpu(), size, format));
    let views = textures
        .each_ref()
        .map(|texture| texture.create_view(&moretta_render::wgpu::TextureViewDescriptor::default()));
    let (layout, camera) = (take.layout, take.camera());
    let mut bytes = vec![0; 24 * 16 * 4];
    let (drawn, receipt) = rig.on_stage(&take.planes, &mut bytes, move |stage, io, access| {
        let mut receipt = None;
        let [large, small] = &views;
        let texture = |view, size_px| Target::Texture {
            view,
            format,
            size_px,
            placement: Placement::default(),
        };
        let mut targets = [
            Target::Later(&mut receipt),
            texture(large, (24, 16)),
            Target::Pixels(Pixels {
                bytes: io.target,
                row_stride: 24 * 4,
                order: PixelOrder::Rgba,
            }),
            texture(small, (12, 8)),
        ];
        let drawn = on_stage(
            stage,
            access,
            &layout,
            io.planes,
            camera,
            &With::default(),
            &mut targets,
        );
        (Outcome::NoFace, (drawn.unwrap(), receipt.unwrap()))
    });
    assert_eq!(drawn, Drawn::default());
    assert_eq!(bytes, take.planes[0]);
    assert_eq!(collect(&rig, receipt, (24, 16)).unwrap().rgba(), take.planes[0]);
    assert_eq!(texels(rig.renderer.gpu(), &textures[0]).rgba(), take.planes[0]);
    assert_ne!(texels(rig.renderer.gpu(), &textures[1]).pixel(5, 5), [0; 4]);
}

#[test]
fn pictures_of_another_size_follow() {
    let Some(rig) = Rig::new() else { return };
    for size in [(8, 8), (64, 48), (8, 8), (1, 200)] {
        let take = opaque(size.0, size.1);
        let receipt = begin(&rig, &take).unwrap();
        assert_eq!(rig.draw(&take, &With::default()).unwrap().rgba(), take.planes[0]);
        assert_eq!(collect(&rig, receipt, size).unwrap().rgba(), take.planes[0]);
    }
}
