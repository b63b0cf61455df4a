//! Models on heads.

use moretta_golden::Picture;
use moretta_lang::Anchor;
use moretta_pack::{AlphaMode, Asset, Material, Mesh, Model, Morph, NodeKind, Occluder, Property};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{drawn, image, material, model, people, sphere};
use crate::common::{Rig, Take, With, check, effect};

const SIZE: (u32, u32) = (400, 400);
const NEAR: [f32; 3] = [0.0, -10.0, -400.0];

fn prop(occluder: Occluder) -> NodeKind {
    NodeKind::Prop { asset: 0, occluder }
}

/// A model at an anchor, moved along the head's own axes.
fn at(
    rig: &Rig,
    model: Model,
    occluder: Occluder,
    anchor: Anchor,
    turn: Turn,
    more: &[(Property, f32)],
) -> Picture {
    let head = Head::new(SIZE, turn, NEAR);
    let more = more.to_vec();
    let look = effect(vec![Asset::Model(model)], vec![prop(occluder)], |face, out| {
        let place = face.anchor_mm(anchor);
        out.property(0, Property::X.code(), place.x);
        out.property(0, Property::Y.code(), place.y);
        out.property(0, Property::Z.code(), place.z);
        for (property, number) in &more {
            out.property(0, property.code(), face.constant(*number));
        }
    });
    let take = Take::of(&people(SIZE.0, SIZE.1, std::slice::from_ref(&head)));
    rig.draw(&take, &With::effect(&rig.load(&look), &[head])).unwrap()
}

/// A bar across the face at the eyes, round the head like the frame of glasses.
fn glasses() -> Model {
    let mut mesh = Mesh {
        positions: Vec::new(),
        normals: Vec::new(),
        uvs: Vec::new(),
        indices: Vec::new(),
        material: 0,
        morphs: Vec::new(),
    };
    // The front, then both arms: boxes from corner to corner.
    for (low, high) in [
        ([-75.0, -4.0, 14.0], [75.0, 4.0, 18.0]),
        ([-79.0, -3.0, -110.0], [-74.0, 3.0, 18.0]),
        ([74.0, -3.0, -110.0], [79.0, 3.0, 18.0]),
    ] {
        cuboid(&mut mesh, low, high);
    }
    model(vec![mesh], vec![material([0.03, 0.03, 0.04, 1.0], 0.0, 0.35)])
}

fn cuboid(mesh: &mut Mesh, low: [f32; 3], high: [f32; 3]) {
    for axis in 0..3 {
        for (sign, side) in [(-1.0, low), (1.0, high)] {
            let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
            let first = mesh.positions.len() as u32;
            for (a, b) in [(0, 0), (1, 0), (1, 1), (0, 1)] {
                let mut corner = [0.0; 3];
                corner[axis] = side[axis];
                corner[u] = if a == 0 { low[u] } else { high[u] };
                corner[v] = if b == 0 { low[v] } else { high[v] };
                let mut normal = [0.0; 3];
                normal[axis] = sign;
                mesh.positions.push(corner);
                mesh.normals.push(normal);
                mesh.uvs.push([a as f32, b as f32]);
            }
            let quad: [u32; 6] = if sign > 0.0 {
                [0, 1, 2, 0, 2, 3]
            } else {
                [0, 2, 1, 0, 3, 2]
            };
            mesh.indices.extend(quad.map(|it| first + it));
        }
    }
}

#[test]
fn glasses_go_behind_the_head_and_the_nose() {
    let Some(rig) = Rig::new() else { return };
    let turn = Turn {
        yaw: 40.0,
        pitch: -5.0,
        roll: 0.0,
    };
    for (name, occluder) in [
        ("prop-glasses-head", Occluder::Head),
        ("prop-glasses-face", Occluder::Face),
        ("prop-glasses-none", Occluder::None),
    ] {
        let picture = at(&rig, glasses(), occluder, Anchor::NoseBridge, turn, &[]);
        check(name, &picture);
    }
}

#[test]
fn a_bar_through_the_skull_is_hidden_by_the_head_alone() {
    let Some(rig) = Rig::new() else { return };
    let bar = || {
        let mut mesh = Mesh {
            positions: Vec::new(),
            normals: Vec::new(),
            uvs: Vec::new(),
            indices: Vec::new(),
            material: 0,
            morphs: Vec::new(),
        };
        cuboid(&mut mesh, [-140.0, -50.0, -5.0], [140.0, -38.0, 5.0]);
        model(vec![mesh], vec![material([0.8, 0.7, 0.1, 1.0], 0.0, 0.6)])
    };
    let show = |occluder| at(&rig, bar(), occluder, Anchor::HeadTop, Turn::default(), &[]);
    let pictures = [
        ("prop-bar-head", show(Occluder::Head)),
        ("prop-bar-face", show(Occluder::Face)),
        ("prop-bar-none", show(Occluder::None)),
    ];
    assert_ne!(pictures[0].1.rgba(), pictures[1].1.rgba());
    for (name, picture) in pictures {
        check(name, &picture);
    }
}

#[test]
fn metal_and_rough_look_as_they_should() {
    let Some(rig) = Rig::new() else { return };
    let mut meshes = Vec::new();
    let mut materials = Vec::new();
    for (row, metallic) in [0.0, 1.0].into_iter().enumerate() {
        for (column, roughness) in [0.1, 0.4, 0.9].into_iter().enumerate() {
            let middle = [(column as f32 - 1.0) * 75.0, (0.5 - row as f32) * 75.0, 90.0];
            meshes.push(sphere(32.0, middle, materials.len()));
            materials.push(material([0.9, 0.55, 0.2, 1.0], metallic, roughness));
        }
    }
    let picture = at(
        &rig,
        model(meshes, materials),
        Occluder::Head,
        Anchor::EyesCentre,
        Turn::default(),
        &[],
    );
    check("prop-spheres", &picture);
}

#[test]
fn a_prop_turns_about_x_then_y_then_z_and_then_with_the_head() {
    let Some(rig) = Rig::new() else { return };
    let quarter = core::f32::consts::FRAC_PI_2;
    // A long box along x, thin along y and z; where its far end is seen tells the turn.
    let stick = || {
        let mut mesh = sphere(6.0, [70.0, 0.0, 0.0], 0);
        mesh.uvs.fill([0.0; 2]);
        model(vec![mesh], vec![material([0.0, 1.0, 0.0, 1.0], 0.0, 1.0)])
    };
    let green = |more: &[(Property, f32)], turn: Turn| {
        let picture = at(&rig, stick(), Occluder::None, Anchor::NoseTip, turn, more);
        let head = Head::new(SIZE, turn, NEAR);
        let [x, y] = head.px(4);
        let places = (0..SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y)));
        let green: Vec<_> = places
            .filter(|(x, y)| {
                let [r, g, b, _] = picture.pixel(*x, *y).map(i32::from);
                g > r + 40 && g > b + 40
            })
            .collect();
        assert!(green.len() > 20, "{} green pixels", green.len());
        let count = green.len() as f32;
        let mean = green.iter().fold([0.0, 0.0], |sum, (x, y)| {
            [sum[0] + *x as f32 / count, sum[1] + *y as f32 / count]
        });
        [mean[0] - x, mean[1] - y]
    };
    let near = |found: [f32; 2], expected: [f32; 2]| {
        assert!(
            (found[0] - expected[0]).abs() < 12.0 && (found[1] - expected[1]).abs() < 12.0,
            "{found:?}, not {expected:?}"
        );
    };
    let still = Turn::default();
    let [right, _] = green(&[], still);
    assert!(right > 60.0, "along x: {right}");
    near(green(&[(Property::RotationZ, quarter)], still), [0.0, -right]);
    near(green(&[(Property::RotationZ, -quarter)], still), [0.0, right]);
    // About y to the front, then about z: nothing more to be seen of it.
    let both = [(Property::RotationY, -quarter), (Property::RotationZ, quarter)];
    near(green(&both, still), [0.0, 0.0]);
    // x before z: a turn about x leaves what lies on x.
    let both = [(Property::RotationX, quarter), (Property::RotationZ, quarter)];
    near(green(&both, still), [0.0, -right]);
    // The head's roll comes on top.
    let rolled = Turn { roll: 90.0, ..still };
    near(green(&[], rolled), [0.0, -right]);
    near(green(&[(Property::Scale, 0.5)], still), [right * 0.5, 0.0]);
}

#[test]
fn morph_targets_move_vertices_by_their_weights() {
    let Some(rig) = Rig::new() else { return };
    let ball = |weights: &[(Property, f32)]| {
        let mut mesh = sphere(20.0, [0.0; 3], 0);
        let still = || Morph {
            positions: vec![[0.0; 3]; mesh.positions.len()],
            normals: vec![[0.0; 3]; mesh.positions.len()],
        };
        let mut morphs = [still(), still(), still(), still()];
        for (morph, step) in morphs.iter_mut().zip([
            [40.0, 0.0, 0.0],
            [0.0, 40.0, 0.0],
            [-40.0, 0.0, 0.0],
            [0.0, -40.0, 0.0],
        ]) {
            morph.positions.fill(step);
        }
        mesh.morphs = morphs.to_vec();
        let model = model(vec![mesh], vec![material([0.0, 1.0, 0.0, 1.0], 0.0, 1.0)]);
        let picture = at(
            &rig,
            model,
            Occluder::None,
            Anchor::NoseTip,
            Turn::default(),
            weights,
        );
        let places = (0..SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y)));
        let green: Vec<_> = places
            .filter(|(x, y)| {
                let [r, g, b, _] = picture.pixel(*x, *y).map(i32::from);
                g > r + 40 && g > b + 40
            })
            .collect();
        let count = green.len() as f32;
        green.iter().fold([0.0, 0.0], |sum, (x, y)| {
            [sum[0] + *x as f32 / count, sum[1] + *y as f32 / count]
        })
    };
    let middle = ball(&[]);
    for (weight, step) in [
        (Property::Morph0, [1.0, 0.0]),
        (Property::Morph1, [0.0, -1.0]),
        (Property::Morph2, [-1.0, 0.0]),
        (Property::Morph3, [0.0, 1.0]),
    ] {
        let moved = ball(&[(weight, 1.0)]);
        let half = ball(&[(weight, 0.5)]);
        for axis in [0, 1] {
            let (moved, half) = (moved[axis] - middle[axis], half[axis] - middle[axis]);
            assert!(
                moved * step[axis] > 20.0 || step[axis] == 0.0,
                "{weight:?}: {moved}"
            );
            assert!((half - moved * 0.5).abs() < 3.0, "{weight:?}: {half} of {moved}");
        }
    }
}

/// A square before the nose.
fn card(material: Material, images: Vec<moretta_pack::Image>) -> Model {
    Model {
        meshes: vec![Mesh {
            positions: vec![
                [-60.0, -60.0, 40.0],
                [60.0, -60.0, 40.0],
                [60.0, 60.0, 40.0],
                [-60.0, 60.0, 40.0],
            ],
            normals: vec![[0.0, 0.0, 1.0]; 4],
            uvs: vec![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]],
            indices: vec![0, 1, 2, 0, 2, 3],
            material: 0,
            morphs: Vec::new(),
        }],
        materials: vec![material],
        images,
    }
}

fn textured(alpha: AlphaMode) -> Model {
    // Opaque at the top left, fading to nothing at the bottom right.
    let fading = image(&drawn(64, 64, |x, y| {
        [255, (x * 4) as u8, 0, 255 - ((x + y) * 2).min(255) as u8]
    }));
    let mut material = material([1.0, 1.0, 1.0, 1.0], 0.0, 0.8);
    material.base_colour_image = Some(0);
    material.alpha = alpha;
    card(material, vec![fading])
}

#[test]
fn alpha_means_nothing_or_a_limit_or_how_much_is_seen() {
    let Some(rig) = Rig::new() else { return };
    for (name, alpha) in [
        ("prop-opaque", AlphaMode::Opaque),
        ("prop-mask", AlphaMode::Mask(0.5)),
        ("prop-blend", AlphaMode::Blend),
    ] {
        let picture = at(
            &rig,
            textured(alpha),
            Occluder::None,
            Anchor::NoseTip,
            Turn::default(),
            &[],
        );
        check(name, &picture);
    }
}

#[test]
fn the_back_is_drawn_only_if_it_is_asked_for() {
    let Some(rig) = Rig::new() else { return };
    let half = core::f32::consts::PI;
    let seen = |double_sided: bool, turn: f32| {
        let mut material = material([0.0, 1.0, 0.0, 1.0], 0.0, 1.0);
        material.double_sided = double_sided;
        let picture = at(
            &rig,
            card(material, Vec::new()),
            Occluder::None,
            Anchor::NoseTip,
            Turn::default(),
            &[(Property::RotationY, turn), (Property::Z, -300.0)],
        );
        let [r, g, _, _] = picture.pixel(SIZE.0 / 2, SIZE.1 / 2).map(i32::from);
        (g > r + 40).then_some(g)
    };
    assert!(seen(false, 0.0).is_some());
    assert!(seen(false, half).is_none());
    let (front, back) = (seen(true, 0.0).unwrap(), seen(true, half).unwrap());
    assert!(
        (front - back).abs() < 8,
        "the back is lit as a front is: {front}, {back}"
    );
}

#[test]
fn normals_lean_as_the_image_says() {
    let Some(rig) = Rig::new() else { return };
    let leaning = |texel: [u8; 4], scale: f32| {
        let mut material = material([0.5, 0.5, 0.5, 1.0], 0.0, 1.0);
        material.normal_image = Some(0);
        material.normal_scale = scale;
        let mut map = image(&drawn(8, 8, |_, _| texel));
        map.texels = moretta_pack::Texels::Linear;
        let picture = at(
            &rig,
            card(material, vec![map]),
            Occluder::None,
            Anchor::NoseTip,
            Turn::default(),
            &[],
        );
        i32::from(picture.pixel(SIZE.0 / 2, SIZE.1 / 2)[1])
    };
    // The light of the scenery comes from the upper left.
    let flat = leaning([128, 128, 255, 255], 1.0);
    let (left, right) = (
        leaning([60, 128, 230, 255], 1.0),
        leaning([196, 128, 230, 255], 1.0),
    );
    let (up, down) = (
        leaning([128, 196, 230, 255], 1.0),
        leaning([128, 60, 230, 255], 1.0),
    );
    assert!(left > right + 10, "{left} {right}");
    assert!(up > down + 10, "{up} {down}");
    assert!(
        (leaning([60, 128, 230, 255], 0.0) - flat).abs() <= 2,
        "without a lean"
    );
}

#[test]
fn a_prop_is_seen_through_as_its_opacity_says() {
    let Some(rig) = Rig::new() else { return };
    let seen = |opacity: f32| {
        let picture = at(
            &rig,
            card(material([0.0, 1.0, 0.0, 1.0], 0.0, 1.0), Vec::new()),
            Occluder::None,
            Anchor::NoseTip,
            Turn::default(),
            &[(Property::Opacity, opacity)],
        );
        i32::from(picture.pixel(SIZE.0 / 2, SIZE.1 / 2)[0])
    };
    let (whole, half, none) = (seen(1.0), seen(0.5), seen(0.0));
    assert!(whole < half && half < none, "{whole} {half} {none}");
}

#[test]
fn what_glows_needs_no_light() {
    let Some(rig) = Rig::new() else { return };
    let mut glowing = material([0.0, 0.0, 0.0, 1.0], 1.0, 1.0);
    glowing.emissive = [1.0, 0.0, 1.0];
    let picture = at(
        &rig,
        card(glowing, Vec::new()),
        Occluder::None,
        Anchor::NoseTip,
        Turn::default(),
        &[],
    );
    let [r, g, b, a] = picture.pixel(SIZE.0 / 2, SIZE.1 / 2);
    assert_eq!((r, b, a), (255, 255, 255));
    assert!(g < 60, "{g}");
}
