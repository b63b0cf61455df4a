//! What effects remember of faces, and their programs' evaluation. All of it lies in face memory.

use bytemuck::{Pod, Zeroable};
use moretta_geometry::{ANCHORS, Camera, HEAD_MOTION_NUMBERS, HeadMotion, LANDMARKS, SIGNALS};
use moretta_geometry::{place_anchors, read_signals};
use moretta_lang::{InputGroup, Inputs, Pose, Program, Scene};
use moretta_veil::{Access, FaceBuffer, Keep, Reserve, VeilError};

use crate::RenderError;
use crate::effect::Loaded;
use crate::input::{BLENDSHAPES, FaceInput, MAX_FACES, Shot};
use crate::looks::{EVERYONES, Looks};

/// For how many frames in a row a face may be missing beside others before what was remembered of it goes.
const PATIENCE: u32 = 2;

/// The registers of the face at hand, and what lasts from frame to frame.
pub(crate) struct Memory {
    tracks: FaceBuffer<Track>,
    registers: Option<FaceBuffer<u32>>,
    /// [`stride`](Self::stride) numbers for each slot, the states of what its face wears first.
    states: Option<FaceBuffer<f32>>,
    /// As many states as any program had so far.
    stride: usize,
    /// The states of what everyone wears while nobody is there to wear it; before them, 1 if they are set. They come of no
    /// face, and so they outlast frames without one.
    nobody: Option<FaceBuffer<f32>>,
    /// The effect whose states these are.
    everyones: u64,
    /// Whether there may be something to forget.
    used: bool,
}

/// What is remembered of the face in a slot. All zero is no face.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Track {
    id: u64,
    /// The effect whose states the slot has.
    effect: u64,
    /// 1 if the slot's states are set.
    known: u32,
    /// For how many frames in a row it was missing.
    missing: u32,
    motion: [f32; HEAD_MOTION_NUMBERS],
    unused: f32,
}

/// Everything that a program may read of a face, on the stack.
struct Tables {
    landmarks_px: [[f32; 2]; LANDMARKS],
    landmarks_mm: [[f32; 3]; LANDMARKS],
    anchors_px: [[f32; 2]; ANCHORS],
    anchors_mm: [[f32; 3]; ANCHORS],
    signals: [f32; SIGNALS],
    pose: Pose,
}

const NO_LANDMARKS: [f32; LANDMARKS] = [0.0; LANDMARKS];
const NO_BLENDSHAPES: [f32; BLENDSHAPES] = [0.0; BLENDSHAPES];
const NO_POSE: Pose = Pose {
    right: [0.0; 3],
    up: [0.0; 3],
    forward: [0.0; 3],
    position_mm: [0.0; 3],
    yaw_rad: 0.0,
    pitch_rad: 0.0,
    roll_rad: 0.0,
};

impl Memory {
    pub(crate) fn new(room: &Reserve<'_>) -> Result<Self, VeilError> {
        Ok(Self {
            tracks: room.reserve(Keep::Track, MAX_FACES)?,
            registers: None,
            states: None,
            stride: 0,
            nobody: None,
            everyones: 0,
            used: false,
        })
    }

    /// Makes ready for a frame with these looks; `present` holds a bit for each slot with a face. What was remembered of a
    /// face goes if it is missing for too long, or if its slot wears another effect than before.
    pub(crate) fn begin(
        &mut self,
        access: &Access<'_>,
        looks: &Looks<'_>,
        present: u32,
    ) -> Result<(), VeilError> {
        let programs = looks.all().map(|(_, look)| &look.effect.loaded.program);
        let (registers, states) = programs.fold((0, 0), |(registers, states), program| {
            (
                program.register_count().max(registers),
                program.state_count().max(states),
            )
        });
        if looks.all().next().is_none() {
            self.forget(access);
            return Ok(());
        }
        self.used = true;
        provide(access, &mut self.registers, Keep::Frame, registers)?;
        self.widen(access, states)?;
        self.begin_slots(access, looks, present);
        self.begin_nobody(access, looks, present)
    }

    /// Takes note that the veil has wiped its buffers: the next frame begins as the first.
    pub(crate) fn start_over(&mut self) {
        self.everyones = 0;
        self.used = false;
    }

    /// Forgets every face.
    fn forget(&mut self, access: &Access<'_>) {
        if !self.used {
            return;
        }
        self.start_over();
        self.tracks.view_mut(access).fill(Zeroable::zeroed());
        for numbers in [&mut self.states, &mut self.nobody].into_iter().flatten() {
            numbers.view_mut(access).fill(0.0);
        }
    }

    /// Makes room for `states` states in each slot, and keeps those that are there.
    fn widen(&mut self, access: &Access<'_>, states: usize) -> Result<(), VeilError> {
        if states <= self.stride {
            return Ok(());
        }
        let mut wide: FaceBuffer<f32> = access.reserve(Keep::Track, states * MAX_FACES)?;
        if let Some(narrow) = &self.states {
            let old = narrow.view(access).chunks_exact(self.stride);
            for (new, old) in wide.view_mut(access).chunks_exact_mut(states).zip(old) {
                new[..self.stride].copy_from_slice(old);
            }
        }
        self.states = Some(wide);
        self.stride = states;
        Ok(())
    }

    fn begin_slots(&mut self, access: &Access<'_>, looks: &Looks<'_>, present: u32) {
        for (slot, track) in self.tracks.view_mut(access).iter_mut().enumerate() {
            if track.known == 0 {
                continue;
            }
            let worn = looks
                .worn_in(slot)
                .map_or(0, |(_, look)| look.effect.loaded.number);
            track.missing = if present >> slot & 1 == 1 {
                0
            } else {
                track.missing + 1
            };
            if track.missing > PATIENCE || track.effect != worn {
                *track = Zeroable::zeroed();
                if let Some(all) = &mut self.states {
                    all.view_mut(access)[slot * self.stride..][..self.stride].fill(0.0);
                }
            }
        }
    }

    fn begin_nobody(
        &mut self,
        access: &Access<'_>,
        looks: &Looks<'_>,
        present: u32,
    ) -> Result<(), VeilError> {
        let loaded = looks.everyone.map(|look| &*look.effect.loaded);
        let number = loaded.map_or(0, |loaded| loaded.number);
        let mut wears = (0..MAX_FACES).filter(|slot| present >> slot & 1 == 1);
        let worn = wears.any(|slot| matches!(looks.worn_in(slot), Some((EVERYONES, _))));
        if self.everyones != number
            && let Some(nobody) = &mut self.nobody
        {
            nobody.view_mut(access).fill(0.0);
        }
        self.everyones = number;
        let states = loaded.map_or(0, |loaded| 1 + loaded.program.state_count());
        provide(access, &mut self.nobody, Keep::Session, states)?;
        if worn && let Some(nobody) = &mut self.nobody {
            // Whoever comes and goes leaves the effect without faces at its beginning.
            nobody.first_mut(1, access)[0] = 0.0;
        }
        Ok(())
    }

    /// Evaluates the program for a face, and says whether its numbers can be used: not of one whose anchors are not all
    /// before the camera. The registers are filled then.
    ///
    /// # Errors
    /// [`RenderError::Program`] if there are fewer parameters than it reads.
    pub(crate) fn evaluate(
        &mut self,
        access: &Access<'_>,
        loaded: &Loaded,
        shot: &Shot<'_>,
        face: &FaceInput<'_>,
        faces: usize,
        params: &[f32],
    ) -> Result<bool, RenderError> {
        let program = &loaded.program;
        let track = &mut self.tracks.view_mut(access)[face.slot];
        let continues = track.known == 1 && track.id == face.id && track.effect == loaded.number;
        if !continues {
            *track = Zeroable::zeroed();
        }
        let Some(tables) = Tables::of(program, shot, face, &mut track.motion) else {
            return Ok(false);
        };
        let count = program.state_count();
        let states = match &mut self.states {
            Some(states) => &mut states.view_mut(access)[face.slot * self.stride..][..count],
            None => &mut [],
        };
        if !continues {
            program.init_state(states)?;
        }
        let scene = scene(shot, face.slot, faces, face.presence);
        let inputs = Inputs {
            landmarks_px: &tables.landmarks_px,
            landmarks_mm: &tables.landmarks_mm,
            visibility: face.visibility,
            anchors_px: &tables.anchors_px,
            anchors_mm: &tables.anchors_mm,
            blendshapes: face.blendshapes.unwrap_or(&NO_BLENDSHAPES),
            signals: &tables.signals,
            pose: &tables.pose,
            scene: &scene,
            params,
        };
        let registers = match &mut self.registers {
            Some(registers) => registers.first_mut(program.register_count(), access),
            None => &mut [],
        };
        program.evaluate(&inputs, states, registers)?;
        // Only now: had the evaluation failed, the states would not be this face's.
        let track = &mut self.tracks.view_mut(access)[face.slot];
        track.id = face.id;
        track.effect = loaded.number;
        track.known = 1;
        Ok(true)
    }

    /// Evaluates the program where nobody wears it: every number of a face is 0, and so is how many there are.
    ///
    /// # Errors
    /// [`RenderError::Program`] if there are fewer parameters than it reads.
    pub(crate) fn evaluate_nobody(
        &mut self,
        access: &Access<'_>,
        loaded: &Loaded,
        shot: &Shot<'_>,
        params: &[f32],
    ) -> Result<(), RenderError> {
        let program = &loaded.program;
        let scene = scene(shot, 0, 0, 0.0);
        let inputs = Inputs {
            landmarks_px: &[[0.0; 2]; LANDMARKS],
            landmarks_mm: &[[0.0; 3]; LANDMARKS],
            visibility: &NO_LANDMARKS,
            anchors_px: &[[0.0; 2]; ANCHORS],
            anchors_mm: &[[0.0; 3]; ANCHORS],
            blendshapes: &NO_BLENDSHAPES,
            signals: &[0.0; SIGNALS],
            pose: &NO_POSE,
            scene: &scene,
            params,
        };
        let (known, states) = match &mut self.nobody {
            Some(nobody) => nobody
                .first_mut(program.state_count() + 1, access)
                .split_at_mut(1),
            None => (&mut [][..], &mut [][..]),
        };
        if known.iter().all(|known| *known == 0.0) {
            program.init_state(states)?;
        }
        let registers = match &mut self.registers {
            Some(registers) => registers.first_mut(program.register_count(), access),
            None => &mut [],
        };
        program.evaluate(&inputs, states, registers)?;
        known.fill(1.0);
        Ok(())
    }

    /// What the last evaluation left.
    pub(crate) fn registers<'a>(&'a self, access: &'a Access<'_>) -> &'a [u32] {
        self.registers
            .as_ref()
            .map_or(&[], |registers| registers.view(access))
    }
}

/// Makes a buffer of at least `len` elements, if there is no such one.
pub(crate) fn provide<T: Pod>(
    access: &Access<'_>,
    buffer: &mut Option<FaceBuffer<T>>,
    keep: Keep,
    len: usize,
) -> Result<(), VeilError> {
    if len > buffer.as_ref().map_or(0, FaceBuffer::len) {
        *buffer = None;
        *buffer = Some(access.reserve(keep, len)?);
    }
    Ok(())
}

fn scene(shot: &Shot<'_>, slot: usize, faces: usize, presence: f32) -> Scene {
    let size = shot.frame.size();
    Scene {
        time_s: shot.time_s,
        dt_s: shot.dt_s,
        width_px: size.width() as f32,
        height_px: size.height() as f32,
        slot: slot as f32,
        faces: faces as f32,
        presence,
    }
}

impl Tables {
    /// What the program reads of `face`; the rest stays zero. `None` if an anchor is not before the camera.
    fn of(
        program: &Program,
        shot: &Shot<'_>,
        face: &FaceInput<'_>,
        motion: &mut [f32; HEAD_MOTION_NUMBERS],
    ) -> Option<Self> {
        let reads = |group| program.needs(group) > 0;
        let mut tables = Self {
            landmarks_px: [[0.0; 2]; LANDMARKS],
            landmarks_mm: [[0.0; 3]; LANDMARKS],
            anchors_px: [[0.0; 2]; ANCHORS],
            anchors_mm: [[0.0; 3]; ANCHORS],
            signals: [0.0; SIGNALS],
            pose: pose(face),
        };
        if reads(InputGroup::LandmarksPx) {
            for (index, place) in tables.landmarks_px.iter_mut().enumerate() {
                *place = face.landmarks.point(index).raw().to_array();
            }
        }
        if reads(InputGroup::LandmarksMm) {
            for (index, place) in tables.landmarks_mm.iter_mut().enumerate() {
                *place = face.metric.point(index).raw().to_array();
            }
        }
        if reads(InputGroup::AnchorsPx) || reads(InputGroup::AnchorsMm) {
            let camera: Camera = shot.camera;
            place_anchors(
                camera,
                face.metric,
                &mut tables.anchors_px,
                &mut tables.anchors_mm,
            )
            .ok()?;
        }
        if reads(InputGroup::Signals) {
            let motion = HeadMotion::over(motion);
            read_signals(face.pose, face.metric, motion, shot.dt_s, &mut tables.signals);
        }
        Some(tables)
    }
}

fn pose(face: &FaceInput<'_>) -> Pose {
    let angles = face.pose.angles();
    Pose {
        right: face.pose.right().raw().to_array(),
        up: face.pose.up().raw().to_array(),
        forward: face.pose.forward().raw().to_array(),
        position_mm: face.pose.position().raw().to_array(),
        yaw_rad: angles.yaw_rad,
        pitch_rad: angles.pitch_rad,
        roll_rad: angles.roll_rad,
    }
}
