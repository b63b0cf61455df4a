//! The face as effect code sees it: a source of names.

use crate::input::{Anchor, Blendshape, InputGroup, Signal, pose, scene};
use crate::op::Op;
use crate::point::{P2, P3};
use crate::record::Tape;
use crate::value::Num;

/// The face as an effect sees it: a source of names. It holds nothing of a face.
///
/// Left and right are the subject's own. All indices are public: the effect's choice, the same for
/// every face.
#[derive(Clone, Copy)]
pub struct Face<'b> {
    pub(crate) tape: Tape<'b>,
}

impl<'b> Face<'b> {
    /// A public number as a name.
    pub fn constant(self, value: f32) -> Num<'b> {
        Num {
            tape: self.tape,
            register: self.tape.constant(value),
        }
    }

    /// A landmark in the frame (`FramePx`); `index` is under [`LANDMARKS`](crate::LANDMARKS).
    pub fn landmark(self, index: u32) -> P2<'b> {
        self.plane(InputGroup::LandmarksPx, index)
    }

    /// A landmark before the camera (`CameraMm`); `index` is under [`LANDMARKS`](crate::LANDMARKS).
    pub fn landmark_mm(self, index: u32) -> P3<'b> {
        self.space(InputGroup::LandmarksMm, index)
    }

    /// How likely a landmark is seen and not hidden, 0 to 1; `index` is under
    /// [`LANDMARKS`](crate::LANDMARKS).
    pub fn visibility(self, index: u32) -> Num<'b> {
        self.number(InputGroup::Visibility, index)
    }

    /// A named place in the frame (`FramePx`).
    pub fn anchor(self, anchor: Anchor) -> P2<'b> {
        self.plane(InputGroup::AnchorsPx, anchor.index())
    }

    /// A named place before the camera (`CameraMm`).
    pub fn anchor_mm(self, anchor: Anchor) -> P3<'b> {
        self.space(InputGroup::AnchorsMm, anchor.index())
    }

    /// A coefficient of the blendshape network, 0 to 1.
    ///
    /// The network runs only if an effect asks for one; a [`signal`](Self::signal) does without.
    pub fn blendshape(self, shape: Blendshape) -> Num<'b> {
        self.number(InputGroup::Blendshapes, shape.index())
    }

    /// A movement read off the landmarks' geometry.
    pub fn signal(self, signal: Signal) -> Num<'b> {
        self.number(InputGroup::Signals, signal.index())
    }

    /// The unit vector from the head's middle to the subject's left (`CameraMm`): the right of an
    /// unmirrored picture.
    pub fn head_right(self) -> P3<'b> {
        self.pose(pose::RIGHT)
    }

    /// The unit vector from the head's middle to its top (`CameraMm`).
    pub fn head_up(self) -> P3<'b> {
        self.pose(pose::UP)
    }

    /// The unit vector from the head's middle out of the face (`CameraMm`).
    pub fn head_forward(self) -> P3<'b> {
        self.pose(pose::FORWARD)
    }

    /// The origin of the canonical face before the camera (`CameraMm`).
    pub fn head_position(self) -> P3<'b> {
        self.pose(pose::POSITION)
    }

    /// The turn about y in radians: 0 towards the camera, positive towards the picture's right.
    ///
    /// The head's rotation is yaw about y, after pitch about x, after roll about z.
    pub fn yaw(self) -> Num<'b> {
        self.number(InputGroup::Pose, pose::YAW)
    }

    /// The nod about x in radians: 0 level, positive downwards.
    pub fn pitch(self) -> Num<'b> {
        self.number(InputGroup::Pose, pose::PITCH)
    }

    /// The lean about z in radians: 0 upright, positive counterclockwise in the picture.
    pub fn roll(self) -> Num<'b> {
        self.number(InputGroup::Pose, pose::ROLL)
    }

    /// The distance of the eyes' middles in the frame, in pixels: the natural unit for stickers.
    pub fn eye_distance(self) -> Num<'b> {
        self.anchor(Anchor::EyeLeft).dist(self.anchor(Anchor::EyeRight))
    }

    /// How sure the tracker is that this is a face, 0 to 1.
    pub fn presence(self) -> Num<'b> {
        self.number(InputGroup::Scene, scene::PRESENCE)
    }

    /// Which of the faces in the frame this is: 0, 1, 2, ...
    pub fn slot(self) -> Num<'b> {
        self.number(InputGroup::Scene, scene::SLOT)
    }

    /// How many faces are tracked in the frame, this one included.
    pub fn faces(self) -> Num<'b> {
        self.number(InputGroup::Scene, scene::FACES)
    }

    /// The width of the upright frame, in pixels.
    pub fn frame_width(self) -> Num<'b> {
        self.number(InputGroup::Scene, scene::WIDTH)
    }

    /// The height of the upright frame, in pixels.
    pub fn frame_height(self) -> Num<'b> {
        self.number(InputGroup::Scene, scene::HEIGHT)
    }

    /// Seconds since the session began; the host starts over at 0 before 1e4 s.
    pub fn time(self) -> Num<'b> {
        self.number(InputGroup::Scene, scene::TIME)
    }

    /// Seconds since the frame before; 0 in the first.
    pub fn dt(self) -> Num<'b> {
        self.number(InputGroup::Scene, scene::DT)
    }

    /// A parameter that the host sets: a slider, a tap, a trigger; `index` is under
    /// [`MAX_PARAMS`](crate::MAX_PARAMS).
    pub fn param(self, index: u32) -> Num<'b> {
        self.number(InputGroup::Params, index)
    }

    /// A number that survives to the next frame.
    ///
    /// `step` is given what the state held when the frame began, `initial` at first, and makes the
    /// new content, which is returned. The state starts over when the face is lost.
    /// [`Motion`](crate::Motion) has the usual ones ready: smoothing, springs, latches.
    pub fn state(self, initial: f32, step: impl FnOnce(Num<'b>) -> Num<'b>) -> Num<'b> {
        let tape = self.tape;
        let register = tape.state(initial, |register| step(Num { tape, register }).register);
        Num { tape, register }
    }

    fn pose(self, first: u32) -> P3<'b> {
        let [x, y, z] = [0, 1, 2].map(|axis| self.number(InputGroup::Pose, first + axis));
        P3 { x, y, z }
    }

    fn plane(self, group: InputGroup, element: u32) -> P2<'b> {
        let [x, y] = [0, 1].map(|axis| self.component(group, element, axis));
        P2 { x, y }
    }

    fn space(self, group: InputGroup, element: u32) -> P3<'b> {
        let [x, y, z] = [0, 1, 2].map(|axis| self.component(group, element, axis));
        P3 { x, y, z }
    }

    fn component(self, group: InputGroup, element: u32, axis: u32) -> Num<'b> {
        // An absurd index stays out of range for the verifier to see.
        self.number(group, element.saturating_mul(group.width()).saturating_add(axis))
    }

    fn number(self, group: InputGroup, number: u32) -> Num<'b> {
        Num {
            tape: self.tape,
            register: self.tape.leaf(Op::Input(group, number)),
        }
    }
}
