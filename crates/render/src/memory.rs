//! What effects remember of faces, and their programs' evaluation. All of it lies in face memory.

use bytemuck::{Pod, Zeroable};
use moretta_geometry::{ANCHORS, Camera, HEAD_MOTION_NUMBERS, HeadMotion, LANDMARKS, SIGNALS};
use moretta_geometry::{place_anchors, read_signals};
use moretta_lang::{InputGroup, Inputs, Pose, Program, Scene};
use moretta_veil::{Access, FaceBuffer, Keep, Reserve, VeilError};

use crate::RenderError;
use crate::effect::Loaded;
use crate::input::{BLENDSHAPES, FaceInput, MAX_FACES, Shot};

/// For how many frames in a row a face may be missing beside others before what was remembered of it goes.
const PATIENCE: u32 = 2;

/// The registers of the face at hand, and what lasts from frame to frame.
pub(crate) struct Memory {
    tracks: FaceBuffer<Track>,
    registers: Option<FaceBuffer<u32>>,
    /// As many numbers for each slot as the program has states.
    states: Option<FaceBuffer<f32>>,
    /// The program's states while nobody is in sight; before them, 1 if they are set. They come of no face, and so they
    /// outlast frames without one.
    nobody: Option<FaceBuffer<f32>>,
    /// The effect whose states these are.
    effect: u64,
}

/// What is remembered of the face in a slot. All zero is no face.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Track {
    id: u64,
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
            nobody: None,
            effect: 0,
        })
    }

    /// Makes ready for a frame of `loaded`: if it was another effect's turn before, nothing of that one is left.
    pub(crate) fn begin(&mut self, access: &Access<'_>, loaded: &Loaded) -> Result<(), VeilError> {
        if self.effect == loaded.number {
            return Ok(());
        }
        self.forget(access);
        self.effect = loaded.number;
        let program = &loaded.program;
        let (registers, states) = (program.register_count(), program.state_count());
        provide(access, &mut self.registers, Keep::Frame, registers)?;
        provide(access, &mut self.states, Keep::Track, states * MAX_FACES)?;
        provide(access, &mut self.nobody, Keep::Session, states + 1)
    }

    /// Takes note that the veil has wiped its buffers: the next frame begins as the first.
    pub(crate) fn start_over(&mut self) {
        self.effect = 0;
    }

    /// Forgets every face.
    pub(crate) fn forget(&mut self, access: &Access<'_>) {
        if self.effect == 0 {
            return;
        }
        self.effect = 0;
        self.tracks.view_mut(access).fill(Zeroable::zeroed());
        for numbers in [&mut self.states, &mut self.nobody].into_iter().flatten() {
            numbers.view_mut(access).fill(0.0);
        }
    }

    /// Notes which slots hold a face in this frame; `present` holds a bit for each. What was remembered of a face that is
    /// missing for too long goes.
    pub(crate) fn note(&mut self, access: &Access<'_>, loaded: &Loaded, present: u32) {
        let states = loaded.program.state_count();
        for (slot, track) in self.tracks.view_mut(access).iter_mut().enumerate() {
            if present >> slot & 1 == 1 {
                track.missing = 0;
                continue;
            }
            if track.known == 0 {
                continue;
            }
            track.missing += 1;
            if track.missing > PATIENCE {
                *track = Zeroable::zeroed();
                if let Some(all) = &mut self.states {
                    all.view_mut(access)[slot * states..][..states].fill(0.0);
                }
            }
        }
        if present != 0
            && let Some(nobody) = &mut self.nobody
        {
            // Whoever comes and goes leaves the effect without faces at its beginning.
            nobody.first_mut(1, access)[0] = 0.0;
        }
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
        let continues = track.known == 1 && track.id == face.id;
        if !continues {
            *track = Zeroable::zeroed();
        }
        let Some(tables) = Tables::of(program, shot, face, &mut track.motion) else {
            return Ok(false);
        };
        let count = program.state_count();
        let states = match &mut self.states {
            Some(states) => &mut states.view_mut(access)[face.slot * count..][..count],
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
        track.known = 1;
        Ok(true)
    }

    /// Evaluates the program where nobody is in sight: every number of a face is 0.
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
fn provide<T: Pod>(
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
