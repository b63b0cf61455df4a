//! Not a pretty effect: one that uses everything there is, for tests and proofs.

use moretta_lang::{
    Anchor, Blendshape, Face, LANDMARKS, MAX_PARAMS, Motion, Num, Out, P2, P3, Signal, Sprite,
};

/// Reads every number of every input table, applies every operation, remembers and draws in every way.
///
/// Whatever holds for a run of this program (no branch on a face, nothing left behind) has been seen
/// to hold for all that an effect can do.
pub fn workout<'b>(face: Face<'b>, out: Out<'b>) {
    let (plane, space, rest) = everything(face);
    let motion = Motion::new(face);

    let wave = (rest * 0.01 + face.time()).sin() * plane.angle().cos();
    let size = plane.length().max(1.0).min(500.0);
    let step = space.length().sqrt().floor() + wave.abs().fract() - (-wave).atan2(size);
    let ratio = step
        .mix(wave / size, 0.25)
        .clamp(-10.0, 10.0)
        .smoothstep(-1.0, 1.0);

    let masks = (wave.lt(ratio) & step.le(100.0)) | (size.gt(250.0) ^ !ratio.ge(0.5));
    let chosen = masks.select(ratio, wave);

    let open = motion.latch(chosen, 0.6, 0.4);
    let moving = motion.linger(motion.rises(open), 0.2) & !motion.held_for(open, 1.0) & !motion.first_frame();
    let at = motion.spring_p2(P2::select(moving, plane, plane.rotate(chosen)), 2.0, 0.5);
    let kept = motion.hold(motion.smooth(step, 0.3), open);

    let turned = space
        .rotate(face.head_up(), wave)
        .cross(face.head_forward())
        .normalize();
    let tilt = P3::select(open, turned, -turned)
        .mid(space)
        .mix(turned, ratio)
        .dot(face.head_right());

    let sprite = Sprite::new(at.mid(plane.mix(at, ratio)), size, size * 0.5);
    out.sprite(0, sprite.rotation(tilt).opacity(ratio).cell(kept));
    out.property(0, 1, at.cross(plane) + at.dist(plane) + at.dot(plane));
}

/// Sums of all there is to read: in the plane, in space, and by itself.
fn everything<'b>(face: Face<'b>) -> (P2<'b>, P3<'b>, Num<'b>) {
    let mut plane = face.landmark(0);
    let mut space = face.landmark_mm(0);
    let mut rest = face.visibility(0);
    for index in 1..LANDMARKS {
        plane = plane + face.landmark(index);
        space = space + face.landmark_mm(index);
        rest = rest + face.visibility(index);
    }
    for anchor in Anchor::ALL {
        plane = plane + face.anchor(*anchor);
        space = space + face.anchor_mm(*anchor);
    }
    for shape in Blendshape::ALL {
        rest = rest + face.blendshape(*shape);
    }
    for signal in Signal::ALL {
        rest = rest + face.signal(*signal);
    }
    for index in 0..MAX_PARAMS {
        rest = rest + face.param(index);
    }
    for vector in [
        face.head_right(),
        face.head_up(),
        face.head_forward(),
        face.head_position(),
    ] {
        space = space + vector;
    }
    let numbers = [
        face.yaw(),
        face.pitch(),
        face.roll(),
        face.presence(),
        face.slot(),
        face.faces(),
        face.eye_distance(),
    ];
    for number in numbers
        .into_iter()
        .chain([face.frame_width(), face.frame_height(), face.time(), face.dt()])
    {
        rest = rest + number;
    }
    (
        plane * (1.0 / LANDMARKS as f32),
        space * (1.0 / LANDMARKS as f32),
        rest,
    )
}
