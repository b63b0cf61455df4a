//! Trees, recorded.

use core::cell::{OnceCell, RefCell};
use core::f32::consts::PI;

use moretta_lang::{Anchor, Face, Mask, Motion, Num, P2, P3, Signal};

use crate::number::{Axis, Function, Leaf, PoseValue, SceneValue, Spot, Tree};

/// A number that is being recorded. Constants stay what they are for as long as they can.
#[derive(Clone, Copy)]
pub(super) enum V<'b> {
    Constant(f32),
    Num(Num<'b>),
    Mask(Mask<'b>),
}

/// What numbers read that triggers make: as the frame before left it for triggers, as this frame has it for nodes.
pub(super) struct Scope<'s, 'b> {
    /// By parameter.
    pub(super) params: &'s [V<'b>],
    /// The place of the state.
    pub(super) state: V<'b>,
    /// Seconds since a trigger played it, by place of the node in the manifest.
    pub(super) played: &'s [V<'b>],
    /// The place of the first of the host's triggers among its inputs.
    pub(super) first_host: u32,
    /// The place of the tap among the host's inputs.
    pub(super) tap: Option<u32>,
}

/// The inter-ocular distance, as it would be if the face looked into the camera.
#[derive(Clone, Copy)]
pub(super) struct Iod<'b> {
    pub(super) px: Num<'b>,
    pub(super) mm: Num<'b>,
}

/// A recording in progress, with what several numbers share.
pub(super) struct Recorder<'b> {
    pub(super) face: Face<'b>,
    motion: OnceCell<Motion<'b>>,
    age: OnceCell<Num<'b>>,
    iod: OnceCell<Iod<'b>>,
    /// What the registers round the number that is being recorded were.
    previous: RefCell<Vec<Num<'b>>>,
}

/// What `played` is before anything was played.
pub(super) const NEVER_S: f32 = 10_000.0;

const RADIANS: f32 = PI / 180.0;

impl<'b> Recorder<'b> {
    pub(super) fn new(face: Face<'b>) -> Self {
        Self {
            face,
            motion: OnceCell::new(),
            age: OnceCell::new(),
            iod: OnceCell::new(),
            previous: RefCell::default(),
        }
    }

    pub(super) fn motion(&self) -> Motion<'b> {
        *self.motion.get_or_init(|| Motion::new(self.face))
    }

    /// Seconds since the face was found.
    pub(super) fn age(&self) -> Num<'b> {
        *self.age.get_or_init(|| {
            let first = self.motion().first_frame();
            let dt = self.face.dt();
            self.face.state(0.0, |before| first.select(0.0, before + dt))
        })
    }

    /// The inter-ocular distance.
    ///
    /// The distance of the eyes in the picture shrinks when the head turns. How many pixels a millimetre has where the
    /// face is does not: it is the ratio of distances in the picture to the same ones across the line of sight in space. Two
    /// of them, one along the face and one up, so that one is left however the head turns.
    pub(super) fn iod(&self) -> Iod<'b> {
        *self.iod.get_or_init(|| {
            let face = self.face;
            let ends = [
                (Anchor::EyeRight, Anchor::EyeLeft),
                (Anchor::NoseBase, Anchor::BrowCentre),
            ];
            let [eyes_px, nose_px] = ends.map(|(a, b)| face.anchor(a).dist(face.anchor(b)));
            let [eyes_mm, nose_mm] = ends.map(|(a, b)| face.anchor_mm(b) - face.anchor_mm(a));
            let [eyes_across, nose_across] = [eyes_mm, nose_mm].map(|it| P2 { x: it.x, y: it.y }.length());
            let px_per_mm = (eyes_px + nose_px) / (eyes_across + nose_across);
            let mm = eyes_mm.length();
            Iod {
                px: px_per_mm * mm,
                mm,
            }
        })
    }

    pub(super) fn num(&self, value: V<'b>) -> Num<'b> {
        match value {
            V::Constant(constant) => self.face.constant(constant),
            V::Num(num) => num,
            V::Mask(mask) => mask.select(1.0, 0.0),
        }
    }

    pub(super) fn mask(&self, value: V<'b>) -> Mask<'b> {
        match value {
            V::Mask(mask) => mask,
            other => self.num(other).gt(0.5),
        }
    }

    /// Degrees to radians.
    pub(super) fn radians(&self, degrees: V<'b>) -> V<'b> {
        self.binary(Function::Mul, degrees, V::Constant(RADIANS))
    }

    pub(super) fn neg(&self, value: V<'b>) -> V<'b> {
        match value {
            V::Constant(constant) => V::Constant(-constant),
            other => V::Num(-self.num(other)),
        }
    }

    pub(super) fn add(&self, a: V<'b>, b: V<'b>) -> V<'b> {
        match (a, b) {
            (V::Constant(0.0), other) | (other, V::Constant(0.0)) => other,
            _ => self.binary(Function::Add, a, b),
        }
    }

    pub(super) fn mul(&self, a: V<'b>, b: V<'b>) -> V<'b> {
        match (a, b) {
            (V::Constant(0.0), _) | (_, V::Constant(0.0)) => V::Constant(0.0),
            (V::Constant(1.0), other) | (other, V::Constant(1.0)) => other,
            _ => self.binary(Function::Mul, a, b),
        }
    }

    /// The number that a tree is.
    pub(super) fn value(&self, tree: &Tree, scope: &Scope<'_, 'b>) -> V<'b> {
        match tree {
            Tree::Constant(constant) => V::Constant(*constant),
            Tree::Truth(truth) => V::Constant(f32::from(u8::from(*truth))),
            Tree::Leaf(leaf) => self.leaf(*leaf, scope),
            Tree::Call(function, arguments) => match arguments.as_slice() {
                [a] => self.unary(*function, self.value(a, scope)),
                [a, b] => self.binary(*function, self.value(a, scope), self.value(b, scope)),
                [a, b, c] => {
                    let [a, b, c] = [a, b, c].map(|it| self.value(it, scope));
                    self.ternary(*function, a, b, c)
                }
                _ => V::Constant(0.0),
            },
            Tree::Chain(first, steps) => steps
                .iter()
                .fold(self.value(first, scope), |left, (function, right)| {
                    self.binary(*function, left, self.value(right, scope))
                }),
            Tree::Register { init, next } => V::Num(self.face.state(*init, |previous| {
                self.previous.borrow_mut().push(previous);
                let next = self.value(next, scope);
                self.previous.borrow_mut().pop();
                self.num(next)
            })),
        }
    }

    fn unary(&self, function: Function, a: V<'b>) -> V<'b> {
        if function == Function::Not {
            return V::Mask(!self.mask(a));
        }
        if function == Function::Neg {
            return self.neg(a);
        }
        let num = self.num(a);
        V::Num(match function {
            Function::Abs => num.abs(),
            Function::Floor => num.floor(),
            Function::Fract => num.fract(),
            Function::Sqrt => num.sqrt(),
            Function::Sin => self.num(self.radians(a)).sin(),
            Function::Cos => self.num(self.radians(a)).cos(),
            _ => num,
        })
    }

    fn binary(&self, function: Function, a: V<'b>, b: V<'b>) -> V<'b> {
        if let (V::Constant(a), V::Constant(b)) = (a, b)
            && let Some(folded) = fold(function, a, b)
        {
            return V::Constant(folded);
        }
        match function {
            Function::And => return V::Mask(self.mask(a) & self.mask(b)),
            Function::Or => return V::Mask(self.mask(a) | self.mask(b)),
            Function::Held => return V::Mask(self.motion().held_for(self.mask(a), self.seconds(b))),
            Function::Linger => return V::Mask(self.motion().linger(self.mask(a), self.seconds(b))),
            Function::Hold => return V::Num(self.motion().hold(self.num(a), self.mask(b))),
            Function::Smooth => return V::Num(self.motion().smooth(self.num(a), self.seconds(b))),
            _ => {}
        }
        let (a, b) = (self.num(a), self.num(b));
        match function {
            Function::Lt => V::Mask(a.lt(b)),
            Function::Le => V::Mask(a.le(b)),
            Function::Gt => V::Mask(a.gt(b)),
            Function::Ge => V::Mask(a.ge(b)),
            Function::Sub => V::Num(a - b),
            Function::Mul => V::Num(a * b),
            Function::Div => V::Num(a / b),
            Function::Min => V::Num(a.min(b)),
            Function::Max => V::Num(a.max(b)),
            Function::Atan2 => V::Num(a.atan2(b) * (1.0 / RADIANS)),
            _ => V::Num(a + b),
        }
    }

    fn ternary(&self, function: Function, a: V<'b>, b: V<'b>, c: V<'b>) -> V<'b> {
        if function == Function::Select {
            return V::Num(self.mask(a).select(self.num(b), self.num(c)));
        }
        let [a, b, c] = [a, b, c].map(|it| self.num(it));
        match function {
            Function::Clamp => V::Num(a.clamp(b, c)),
            Function::Smoothstep => V::Num(a.smoothstep(b, c)),
            Function::Spring => V::Num(self.motion().spring(a, b, c)),
            Function::Latch => V::Mask(self.motion().latch(a, b, c)),
            _ => V::Num(a.mix(b, c)),
        }
    }

    /// Milliseconds to seconds.
    fn seconds(&self, ms: V<'b>) -> Num<'b> {
        self.num(self.binary(Function::Mul, ms, V::Constant(0.001)))
    }

    fn leaf(&self, leaf: Leaf, scope: &Scope<'_, 'b>) -> V<'b> {
        let face = self.face;
        match leaf {
            Leaf::Signal(signal) => V::Num(self.signal(signal)),
            Leaf::FaceFound => V::Mask(face.faces().gt(0.5)),
            Leaf::FaceLost => V::Mask(!face.faces().gt(0.5)),
            Leaf::Tap => V::Num(scope.tap.map_or(face.constant(0.0), |tap| face.param(tap))),
            Leaf::Scene(value) => V::Num(self.scene(value)),
            Leaf::Pose(value) => V::Num(self.pose(value)),
            Leaf::Param(param) => scope.params.get(param).copied().unwrap_or(V::Constant(0.0)),
            Leaf::Host(host) => V::Num(face.param(scope.first_host + host as u32).clamp(0.0, 1.0)),
            Leaf::State(state) => {
                let at = self.num(scope.state);
                let state = state as f32;
                V::Mask(at.gt(state - 0.5) & at.lt(state + 0.5))
            }
            Leaf::Played(node) => scope.played.get(node).copied().unwrap_or(V::Constant(NEVER_S)),
            Leaf::Blendshape(shape) => V::Num(face.blendshape(shape)),
            Leaf::AnchorPx(anchor, axis) => V::Num(flat(face.anchor(anchor), axis)),
            Leaf::AnchorMm(anchor, axis) => V::Num(deep(face.anchor_mm(anchor), axis)),
            Leaf::LandmarkPx(landmark, axis) => V::Num(flat(face.landmark(landmark), axis)),
            Leaf::LandmarkMm(landmark, axis) => V::Num(deep(face.landmark_mm(landmark), axis)),
            Leaf::Visibility(landmark) => V::Num(face.visibility(landmark)),
            Leaf::DistanceMm(a, b) => V::Num(self.spot_mm(a).dist(self.spot_mm(b))),
            Leaf::Previous => {
                let previous = self.previous.borrow().last().copied();
                previous.map_or(V::Constant(0.0), V::Num)
            }
        }
    }

    pub(super) fn signal(&self, signal: Signal) -> Num<'b> {
        self.face.signal(signal)
    }

    fn scene(&self, value: SceneValue) -> Num<'b> {
        let face = self.face;
        match value {
            SceneValue::Time => face.time(),
            SceneValue::Age => self.age(),
            SceneValue::Dt => face.dt(),
            SceneValue::Slot => face.slot(),
            SceneValue::Presence => face.presence(),
            SceneValue::FrameWidth => face.frame_width(),
            SceneValue::FrameHeight => face.frame_height(),
            SceneValue::IodPx => self.iod().px,
            SceneValue::IodMm => self.iod().mm,
            SceneValue::FacesCount => face.faces(),
        }
    }

    fn pose(&self, value: PoseValue) -> Num<'b> {
        let face = self.face;
        let degrees = |angle: Num<'b>| angle * (1.0 / RADIANS);
        match value {
            PoseValue::Yaw => degrees(face.yaw()),
            PoseValue::Pitch => degrees(face.pitch()),
            PoseValue::Roll => degrees(face.roll()),
            PoseValue::X => face.head_position().x,
            PoseValue::Y => face.head_position().y,
            PoseValue::Z => face.head_position().z,
        }
    }

    fn spot_mm(&self, spot: Spot) -> P3<'b> {
        match spot {
            Spot::Anchor(anchor) => self.face.anchor_mm(anchor),
            Spot::Landmark(landmark) => self.face.landmark_mm(landmark),
        }
    }
}

fn flat<'b>(point: P2<'b>, axis: Axis) -> Num<'b> {
    match axis {
        Axis::X => point.x,
        Axis::Y | Axis::Z => point.y,
    }
}

fn deep<'b>(point: P3<'b>, axis: Axis) -> Num<'b> {
    match axis {
        Axis::X => point.x,
        Axis::Y => point.y,
        Axis::Z => point.z,
    }
}

/// What the evaluator would make of two constants; `None` for what is not worth knowing beforehand.
fn fold(function: Function, a: f32, b: f32) -> Option<f32> {
    let number = match function {
        Function::Add => a + b,
        Function::Sub => a - b,
        Function::Mul => a * b,
        Function::Div => a / b,
        _ => return None,
    };
    // There is no NaN and no infinity.
    Some(if number.is_finite() { number } else { 0.0 })
}
