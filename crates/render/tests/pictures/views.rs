//! Donors of several photos of one head.

use moretta_golden::Picture;
use moretta_pack::{Effect, NodeKind, Property, SwapSource};

use crate::common::face::{Head, Turn};
use crate::common::scenery::{Person, drawn, persons};
use crate::common::{Rig, Take, check, effect};
use crate::swaps::{BOTH, DARK, PALE, SIZE, at, differences, person, pixel, with_donors};

/// On the side of a face, where one that looks into the camera shows it at a slant.
const BESIDE: usize = 401;
const PHOTO: (u32, u32) = (640, 640);

fn look() -> Effect {
    let node = NodeKind::FaceSwap {
        source: SwapSource::Photo,
        keep: BOTH,
    };
    effect(Vec::new(), vec![node], |face, out| {
        out.property(0, Property::Lighting.code(), 1.0);
        out.property(0, Property::Opacity.code(), face.constant(1.0));
    })
}

fn yaw(yaw: f32) -> Turn {
    Turn {
        yaw,
        ..Turn::default()
    }
}

/// A photo of somebody with a mole.
fn view(turn: Turn, skin: [f32; 3], mole: Option<usize>) -> (Take, Head) {
    let head = Head::new(PHOTO, turn, [0.0, 0.0, -300.0]);
    let sitter = Person {
        mole,
        ..person(&head, skin)
    };
    (Take::of(&persons(PHOTO.0, PHOTO.1, &[sitter])), head)
}

/// A photo in `light` times the light.
fn dimmed((photo, head): (Take, Head), light: f32) -> (Take, Head) {
    let picture = Picture::new(PHOTO.0, PHOTO.1, photo.planes[0].clone()).unwrap();
    // By a gamma of 2.2, which is near enough.
    let level = light.powf(1.0 / 2.2);
    let dim = drawn(PHOTO.0, PHOTO.1, |x, y| {
        let [red, green, blue, _] = picture.pixel(x, y).map(|it| (f32::from(it) * level) as u8);
        [red, green, blue, 255]
    });
    (Take::of(&dim), head)
}

/// A face with the looks of a donor of `views`.
fn worn(rig: &Rig, on: &(Picture, Head), views: &[(Take, Head)]) -> Picture {
    let [key, single] = [1, 2];
    match views {
        [(photo, head)] => rig.donate(single, photo, head).unwrap(),
        views => rig.donate_views(key, views).unwrap(),
    }
    let key = if views.len() == 1 { single } else { key };
    let heads = core::slice::from_ref(&on.1);
    let with = with_donors(&rig.load(&look()), heads, &[(on.1.slot, key)]);
    let picture = rig.draw(&Take::of(&on.0), &with).unwrap();
    assert!(rig.take_back(key));
    picture
}

fn somebody(turn: Turn) -> (Picture, Head) {
    let head = at(0, turn, [0.0, 0.0, -280.0]);
    (persons(SIZE.0, SIZE.1, &[person(&head, DARK)]), head)
}

#[test]
fn one_photo_twice_is_nearly_that_photo() {
    let Some(rig) = Rig::new() else { return };
    let on = somebody(yaw(10.0));
    let photo = view(yaw(-6.0), PALE, Some(425));
    let once = worn(&rig, &on, core::slice::from_ref(&photo));
    let twice = worn(&rig, &on, &[photo.clone(), photo]);
    let other = worn(&rig, &on, &[view(yaw(-6.0), PALE, Some(205))]);
    let (far, mean) = differences(&once, &twice, 12);
    let (control, _) = differences(&once, &other, 12);
    // Along the outline there is a wall in the photo's pixels, and none in what is unwrapped.
    assert!(far < 250 && mean < 0.3, "{far} pixels, {mean}");
    assert!(control > 30, "the control: {control}");
    check("swap-views", &twice);
}

#[test]
fn what_is_beside_a_face_comes_from_the_photo_that_sees_it() {
    let Some(rig) = Rig::new() else { return };
    let on = somebody(yaw(-35.0));
    // A mark that only one of the photos has says which it is.
    let marked = |turn: Turn| view(turn, PALE, Some(BESIDE));
    let plain = |turn: Turn| view(turn, PALE, None);
    let mark = |views: &[(Take, Head)]| pixel(&worn(&rig, &on, views), &on.1, BESIDE)[1];
    let clear = mark(&[plain(yaw(0.0)), plain(yaw(-45.0))]);
    let of_the_second = mark(&[plain(yaw(0.0)), marked(yaw(-45.0))]);
    let of_the_first = mark(&[marked(yaw(0.0)), plain(yaw(-45.0))]);
    let of_a_third = mark(&[plain(yaw(45.0)), marked(yaw(-45.0)), plain(yaw(0.0))]);
    let share = |level: u8| f32::from(level) / f32::from(clear);
    assert!(share(of_the_second) < 0.5, "{clear}, {of_the_second}");
    assert!(share(of_a_third) < 0.5, "{clear}, {of_a_third}");
    assert!(share(of_the_first) > 0.8, "{clear}, {of_the_first}");
}

#[test]
fn photos_in_another_light_show_no_seam() {
    let Some(rig) = Rig::new() else { return };
    let on = somebody(yaw(-20.0));
    let (front, side) = (view(yaw(0.0), PALE, None), view(yaw(-45.0), PALE, None));
    let alike = worn(&rig, &on, &[front.clone(), side.clone()]);
    let dim = worn(&rig, &on, &[front.clone(), dimmed(side, 0.4)]);
    // The control: somebody else's skin, whose colours lie as far apart.
    let (far, mean) = differences(&alike, &dim, 10);
    let (changed, _) = differences(&on.0, &alike, 10);
    assert!(changed > 1000, "the control: {changed}");
    assert!(
        far * 10 < changed && mean < 0.5,
        "{far} of {changed} pixels, {mean}"
    );
}

#[test]
fn views_that_are_given_up_make_no_donor() {
    let Some(rig) = Rig::new() else { return };
    let on = somebody(yaw(0.0));
    let (photo, head) = view(yaw(0.0), PALE, None);
    let layout = photo.layout;
    rig.on_stage(&photo.planes, &mut [], move |stage, io, access| {
        let photo = layout.view(io.planes).unwrap();
        stage.add_donor_view(access, true, &photo, &head.input()).unwrap();
        stage.forget_views();
        let added = stage.add_donor_of_views(access, 5);
        (moretta_veil::Outcome::Unchanged, added)
    })
    .unwrap();
    assert!(!rig.take_back(5), "there was nothing to make it of");
    // Neither does a pause leave them.
    let (photo, head) = view(yaw(0.0), PALE, None);
    rig.on_stage(&photo.planes, &mut [], move |stage, io, access| {
        let photo = layout.view(io.planes).unwrap();
        let added = stage.add_donor_view(access, true, &photo, &head.input());
        (moretta_veil::Outcome::Unchanged, added)
    })
    .unwrap();
    rig.veil.pause().unwrap();
    rig.veil.resume().unwrap();
    rig.donate_views(5, &[]).unwrap();
    assert!(!rig.take_back(5));
    rig.donate_views(5, &[view(yaw(0.0), PALE, None)]).unwrap();
    let with = with_donors(&rig.load(&look()), core::slice::from_ref(&on.1), &[(0, 5)]);
    let after = rig.draw(&Take::of(&on.0), &with).unwrap();
    assert!(differences(&on.0, &after, 8).0 > 500, "the control");
}
