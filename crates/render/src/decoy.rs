//! The numbers of nobody: the canonical face straight ahead, for draws whose only purpose is to lie where a face's draws
//! lay before.

use bytemuck::bytes_of;
use glam::{Quat, Vec3};
use moretta_geometry::{Camera, FacePose, FrameLandmarks, LANDMARKS, MetricLandmarks, canonical};
use moretta_space::{CameraMm, Point3, Rigid};

use crate::block::Block;
use crate::figures::{self, View};
use crate::input::FaceInput;
use crate::numbers::{Frame, Picture, Prop, Skin, Swap};

/// A block of numbers for a frame of the size that `camera` fills, with all that there is room for. Public data.
pub(crate) fn block(block: Block, frame: &Frame, view: View, camera: Camera) -> Vec<u8> {
    let mut bytes = vec![0; block.end() as usize];
    let mut put = |at: u64, part: &[u8]| {
        bytes[at as usize..at as usize + part.len()].copy_from_slice(part);
    };
    put(Block::FRAME, bytes_of(frame));
    let Some((pose, px, mm)) = nobody(camera) else {
        return bytes;
    };
    let (Ok(landmarks), Ok(metric)) = (
        FrameLandmarks::from_raw(&px[..]),
        MetricLandmarks::<CameraMm>::from_raw(&mm[..]),
    ) else {
        return bytes;
    };
    let face = FaceInput {
        slot: 0,
        id: 0,
        presence: 0.0,
        landmarks,
        metric,
        pose,
        visibility: &[0.0; LANDMARKS],
        blendshapes: None,
    };
    let head = figures::head(&face, view);
    let skin: Vec<Skin> = figures::skin(&face).collect();
    let swap = skin.iter().map(|vertex| Swap {
        place_px: vertex.place_px,
        bend: [vertex.place_px[0], vertex.place_px[1], 0.0, 0.0],
        other: [0.5; 4],
        tone: [0.0; 4],
        front: [0.0, 1.0, 1.0, 0.0],
        own: [0.0; 4],
        way: [0.0; 4],
    });
    let swap: Vec<Swap> = swap.collect();
    let picture = Picture {
        centre: [0.0, 0.0, 0.5, 1.0],
        across: [0.01, 0.0, 0.0, 0.0],
        down: [0.0, -0.01, 0.0, 0.0],
        look: [0.0, 0.0, 1.0, 1.0],
    };
    let prop = Prop {
        camera_from_model: figures::placed(1.0, pose.rigid().raw().0, pose.position().raw())
            .to_cols_array_2d(),
        weights: [0.0; 4],
        look: [0.0; 4],
    };
    let needs = block.needs();
    for at in 0..block.faces() {
        if needs.heads {
            put(block.head(at), bytes_of(&head));
        }
        if needs.skin {
            put(block.skin(at), bytemuck::cast_slice(&skin));
        }
        if needs.swap {
            put(block.swap(at), bytemuck::cast_slice(&swap));
        }
        for place in 0..needs.props {
            put(block.prop(place, at), bytes_of(&prop));
        }
    }
    for at in (0..block.faces()).chain([block.frame()]) {
        for place in 0..needs.pictures {
            put(block.picture(place, at), bytes_of(&picture));
        }
    }
    bytes
}

type Numbers = Box<[[f32; 3]; LANDMARKS]>;

/// The canonical face on the axis of `camera`, far enough to be seen whole, and its landmarks.
fn nobody(camera: Camera) -> Option<(FacePose, Numbers, Numbers)> {
    let tangent = (camera.fov_y_rad() * 0.5).tan();
    let aspect = camera.frame().aspect().min(1.0);
    // A face is some 190 mm high, and its nose 76 mm before its origin.
    let distance = 130.0 / (tangent * aspect) + 80.0;
    let rigid = Rigid::from_raw(Quat::IDENTITY, Vec3::new(0.0, 0.0, -distance)).ok()?;
    let pose = FacePose::new(rigid, 1.0).ok()?;
    let mut px = Box::new([[0.0; 3]; LANDMARKS]);
    let mut mm = Box::new([[0.0; 3]; LANDMARKS]);
    for (index, (px, mm)) in px.iter_mut().zip(mm.iter_mut()).enumerate() {
        // The irises have no vertices; they are not drawn either.
        let vertex = canonical::positions()[index.min(canonical::VERTICES - 1)];
        let place = pose.camera_from_face() * Point3::from_raw(vertex.raw());
        let seen = camera.project(place)?.raw();
        *mm = place.raw().to_array();
        *px = [seen.x, seen.y, 0.0];
    }
    Some((pose, px, mm))
}
