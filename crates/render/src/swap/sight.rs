//! Faces as swaps see them: those of a frame, and who was lost a moment ago.
//!
//! A tracker misses a face now and then, and finds it in the next frame. If that took the looks off whoever has them, they would
//! blink. So the places where a face was last seen are kept for as many frames as what is remembered of its looks, and the camera's
//! picture is read there, if what it shows there is still like that face. No picture is kept.

use glam::{Vec2, Vec3};
use moretta_geometry::canonical::VERTICES;
use moretta_geometry::{FacePose, FrameLandmarks, LANDMARKS, MetricLandmarks};
use moretta_space::CameraMm;
use moretta_veil::{Access, FaceBuffer, Keep, VeilError};

use super::{shape, turned};
use crate::input::{FaceInput, MAX_FACES};
use crate::memory::provide;

/// A face, as swaps see it.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub(crate) slot: usize,
    pub(crate) id: u64,
    landmarks: FrameLandmarks<'a>,
    pub(crate) visibility: &'a [f32; LANDMARKS],
    form: Form<'a>,
    /// How much of a swap's looks it shows for how it is turned.
    pub(crate) turned: f32,
    /// For how many frames before this one it was not found, if it is not found in this one.
    pub(crate) lost: Option<u32>,
}

/// Where vertices are in space.
#[derive(Clone, Copy)]
enum Form<'a> {
    Seen(FacePose, MetricLandmarks<'a, CameraMm>),
    /// At [rest](shape::resting).
    Kept(&'a [[f32; 3]]),
}

impl<'a> Sight<'a> {
    /// Of a face that is there.
    pub(crate) fn of(face: &FaceInput<'a>) -> Self {
        Self {
            slot: face.slot,
            id: face.id,
            landmarks: face.landmarks,
            visibility: face.visibility,
            form: Form::Seen(face.pose, face.metric),
            turned: turned(face.pose),
            lost: None,
        }
    }

    /// Where a vertex is in the frame, in pixels.
    pub(crate) fn place(self, vertex: usize) -> Vec2 {
        self.landmarks.point(vertex).raw()
    }

    /// Where a vertex is when the head's movement and size are taken out, in millimetres.
    pub(crate) fn resting(self, vertex: usize) -> Vec3 {
        match self.form {
            Form::Seen(pose, metric) => shape::resting(pose, metric, vertex),
            Form::Kept(resting) => Vec3::from(resting[vertex]),
        }
    }
}

/// Where the faces that swap were last seen, by slot.
#[derive(Default)]
pub(crate) struct Last {
    px: Option<FaceBuffer<[f32; 3]>>,
    resting: Option<FaceBuffer<[f32; 3]>>,
    visibility: Option<FaceBuffer<f32>>,
    turned: Option<FaceBuffer<f32>>,
    whose: Option<FaceBuffer<u64>>,
}

impl Last {
    /// Makes room for all slots.
    pub(crate) fn provide(&mut self, access: &Access<'_>) -> Result<(), VeilError> {
        provide(access, &mut self.px, Keep::Track, MAX_FACES * LANDMARKS)?;
        provide(access, &mut self.resting, Keep::Track, MAX_FACES * VERTICES)?;
        provide(access, &mut self.visibility, Keep::Track, MAX_FACES * LANDMARKS)?;
        provide(access, &mut self.turned, Keep::Track, MAX_FACES)?;
        provide(access, &mut self.whose, Keep::Track, MAX_FACES)
    }

    /// Takes note of where a face is. One that was lost is not taken for found.
    pub(crate) fn see(&mut self, access: &Access<'_>, face: Sight<'_>) {
        let (Some(px), Some(visibility), Some(turned)) =
            (&mut self.px, &mut self.visibility, &mut self.turned)
        else {
            return;
        };
        let of_slot = face.slot * LANDMARKS..(face.slot + 1) * LANDMARKS;
        for (landmark, px) in px.view_mut(access)[of_slot.clone()].iter_mut().enumerate() {
            *px = face.place(landmark).extend(0.0).to_array();
        }
        visibility.view_mut(access)[of_slot].copy_from_slice(face.visibility);
        if let Some(resting) = &mut self.resting {
            let of_slot = &mut resting.view_mut(access)[face.slot * VERTICES..][..VERTICES];
            for (vertex, resting) in of_slot.iter_mut().enumerate() {
                *resting = face.resting(vertex).to_array();
            }
        }
        turned.view_mut(access)[face.slot] = face.turned;
        if let Some(whose) = &mut self.whose {
            whose.view_mut(access)[face.slot] = face.id;
        }
    }

    /// Whether it is of `id` that a slot's places are kept.
    pub(crate) fn is_of(&self, access: &Access<'_>, slot: usize, id: u64) -> bool {
        let whose = self.whose.as_ref();
        whose.is_some_and(|whose| whose.view(access)[slot] == id)
    }

    /// The face that was last seen in a slot.
    pub(crate) fn sight<'a>(&'a self, access: &'a Access<'_>, slot: usize, lost: u32) -> Option<Sight<'a>> {
        let of_slot = slot * LANDMARKS..(slot + 1) * LANDMARKS;
        Some(Sight {
            slot,
            id: self.whose.as_ref()?.view(access)[slot],
            landmarks: FrameLandmarks::from_raw(&self.px.as_ref()?.view(access)[of_slot.clone()]).ok()?,
            visibility: self.visibility.as_ref()?.view(access)[of_slot].try_into().ok()?,
            form: Form::Kept(&self.resting.as_ref()?.view(access)[slot * VERTICES..][..VERTICES]),
            turned: self.turned.as_ref()?.view(access)[slot],
            lost: Some(lost),
        })
    }

    /// Overwrites what is kept of a slot.
    pub(crate) fn forget(&mut self, access: &Access<'_>, slot: usize) {
        let of_slot = slot * LANDMARKS..(slot + 1) * LANDMARKS;
        let px = self.px.as_mut();
        if let Some(px) = px.and_then(|px| px.view_mut(access).get_mut(of_slot.clone())) {
            px.fill([0.0; 3]);
        }
        let resting = self.resting.as_mut();
        let vertices = slot * VERTICES..(slot + 1) * VERTICES;
        if let Some(resting) = resting.and_then(|it| it.view_mut(access).get_mut(vertices)) {
            resting.fill([0.0; 3]);
        }
        let visibility = self.visibility.as_mut();
        if let Some(visibility) = visibility.and_then(|it| it.view_mut(access).get_mut(of_slot)) {
            visibility.fill(0.0);
        }
        if let Some(turned) = &mut self.turned {
            turned.view_mut(access)[slot] = 0.0;
        }
        if let Some(whose) = &mut self.whose {
            whose.view_mut(access)[slot] = 0;
        }
    }
}
