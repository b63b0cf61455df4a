//! What a program may read of a face and its frame: everything by public index.

/// Points of the landmark network: 468 of the face mesh and 2 x 5 of the irises.
///
/// # Source
/// MediaPipe Face Landmarker, `face_landmarks_detector`, canonical order.
pub const LANDMARKS: u32 = 478;

/// Numeric parameters that a host can set: sliders, triggers, taps, timers.
pub const MAX_PARAMS: u32 = 64;

/// Declares a public enum whose variants are indices with a stable name.
macro_rules! named_indices {
    (
        $(#[$outer:meta])*
        $Type:ident { $( $(#[$inner:meta])* $Variant:ident = $name:literal, )* }
    ) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $Type {
            $( $(#[$inner])* #[doc = concat!("\n\nNamed `", $name, "` in packs.")] $Variant, )*
        }

        impl $Type {
            /// All of them, in the order of [`index`](Self::index).
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// The place in the table that the host fills.
            #[must_use]
            pub const fn index(self) -> u32 {
                self as u32
            }

            /// The name that packs use.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name),* }
            }

            /// The one with this name, if there is one.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }
    };
}

named_indices! {
    /// A named place on or round the head. Left and right are the subject's own.
    #[non_exhaustive]
    Anchor {
        /// Middle of the forehead.
        Forehead = "forehead",
        /// Middle of the left brow.
        BrowLeft = "brow_left",
        /// Middle of the right brow.
        BrowRight = "brow_right",
        /// Between the brows.
        BrowCentre = "brow_centre",
        /// Middle of the left eye's opening.
        EyeLeft = "eye_left",
        /// Middle of the right eye's opening.
        EyeRight = "eye_right",
        /// Half way between the eyes.
        EyesCentre = "eyes_centre",
        /// Corner of the left eye next to the nose.
        EyeLeftInner = "eye_left_inner",
        /// Corner of the left eye next to the temple.
        EyeLeftOuter = "eye_left_outer",
        /// Corner of the right eye next to the nose.
        EyeRightInner = "eye_right_inner",
        /// Corner of the right eye next to the temple.
        EyeRightOuter = "eye_right_outer",
        /// Centre of the left iris.
        PupilLeft = "pupil_left",
        /// Centre of the right iris.
        PupilRight = "pupil_right",
        /// Where glasses rest.
        NoseBridge = "nose_bridge",
        /// Foremost point of the nose.
        NoseTip = "nose_tip",
        /// Where the nose meets the upper lip.
        NoseBase = "nose_base",
        /// Middle of the left cheek.
        CheekLeft = "cheek_left",
        /// Middle of the right cheek.
        CheekRight = "cheek_right",
        /// Centre of the mouth's opening.
        Mouth = "mouth",
        /// Left corner of the mouth.
        MouthLeft = "mouth_left",
        /// Right corner of the mouth.
        MouthRight = "mouth_right",
        /// Middle of the upper lip.
        LipUpper = "lip_upper",
        /// Middle of the lower lip.
        LipLower = "lip_lower",
        /// Lowest point of the chin.
        Chin = "chin",
        /// Left angle of the jaw.
        JawLeft = "jaw_left",
        /// Right angle of the jaw.
        JawRight = "jaw_right",
        /// Left ear, at the canal.
        EarLeft = "ear_left",
        /// Right ear, at the canal.
        EarRight = "ear_right",
        /// Left temple.
        TempleLeft = "temple_left",
        /// Right temple.
        TempleRight = "temple_right",
        /// Top of the head, estimated: no landmark lies there.
        HeadTop = "head_top",
        /// Centre of the head, estimated: between the ears.
        HeadCentre = "head_centre",
    }
}

named_indices! {
    /// A coefficient of the blendshape network: 0 at rest, 1 fully done.
    ///
    /// # Source
    /// The 52 outputs of MediaPipe's blendshape model, in its order; the names are ARKit's.
    Blendshape {
        /// The model's rest class; not a movement.
        Neutral = "_neutral",
        /// Left brow pulled down.
        BrowDownLeft = "browDownLeft",
        /// Right brow pulled down.
        BrowDownRight = "browDownRight",
        /// Inner ends of both brows raised.
        BrowInnerUp = "browInnerUp",
        /// Outer end of the left brow raised.
        BrowOuterUpLeft = "browOuterUpLeft",
        /// Outer end of the right brow raised.
        BrowOuterUpRight = "browOuterUpRight",
        /// Both cheeks blown up.
        CheekPuff = "cheekPuff",
        /// Left cheek raised towards the eye.
        CheekSquintLeft = "cheekSquintLeft",
        /// Right cheek raised towards the eye.
        CheekSquintRight = "cheekSquintRight",
        /// Left lid closed.
        EyeBlinkLeft = "eyeBlinkLeft",
        /// Right lid closed.
        EyeBlinkRight = "eyeBlinkRight",
        /// Left eye turned down.
        EyeLookDownLeft = "eyeLookDownLeft",
        /// Right eye turned down.
        EyeLookDownRight = "eyeLookDownRight",
        /// Left eye turned towards the nose.
        EyeLookInLeft = "eyeLookInLeft",
        /// Right eye turned towards the nose.
        EyeLookInRight = "eyeLookInRight",
        /// Left eye turned away from the nose.
        EyeLookOutLeft = "eyeLookOutLeft",
        /// Right eye turned away from the nose.
        EyeLookOutRight = "eyeLookOutRight",
        /// Left eye turned up.
        EyeLookUpLeft = "eyeLookUpLeft",
        /// Right eye turned up.
        EyeLookUpRight = "eyeLookUpRight",
        /// Left eye narrowed.
        EyeSquintLeft = "eyeSquintLeft",
        /// Right eye narrowed.
        EyeSquintRight = "eyeSquintRight",
        /// Left lid raised.
        EyeWideLeft = "eyeWideLeft",
        /// Right lid raised.
        EyeWideRight = "eyeWideRight",
        /// Jaw pushed forward.
        JawForward = "jawForward",
        /// Jaw moved to the left.
        JawLeft = "jawLeft",
        /// Jaw dropped.
        JawOpen = "jawOpen",
        /// Jaw moved to the right.
        JawRight = "jawRight",
        /// Lips closed whatever the jaw does.
        MouthClose = "mouthClose",
        /// Left corner of the mouth drawn back.
        MouthDimpleLeft = "mouthDimpleLeft",
        /// Right corner of the mouth drawn back.
        MouthDimpleRight = "mouthDimpleRight",
        /// Left corner of the mouth drawn down.
        MouthFrownLeft = "mouthFrownLeft",
        /// Right corner of the mouth drawn down.
        MouthFrownRight = "mouthFrownRight",
        /// Lips opened to a ring.
        MouthFunnel = "mouthFunnel",
        /// Both lips moved to the left.
        MouthLeft = "mouthLeft",
        /// Left part of the lower lip lowered.
        MouthLowerDownLeft = "mouthLowerDownLeft",
        /// Right part of the lower lip lowered.
        MouthLowerDownRight = "mouthLowerDownRight",
        /// Left part of the lips pressed together.
        MouthPressLeft = "mouthPressLeft",
        /// Right part of the lips pressed together.
        MouthPressRight = "mouthPressRight",
        /// Closed lips pushed forward.
        MouthPucker = "mouthPucker",
        /// Both lips moved to the right.
        MouthRight = "mouthRight",
        /// Lower lip rolled in.
        MouthRollLower = "mouthRollLower",
        /// Upper lip rolled in.
        MouthRollUpper = "mouthRollUpper",
        /// Lower lip pushed out.
        MouthShrugLower = "mouthShrugLower",
        /// Upper lip pushed out.
        MouthShrugUpper = "mouthShrugUpper",
        /// Left corner of the mouth drawn up.
        MouthSmileLeft = "mouthSmileLeft",
        /// Right corner of the mouth drawn up.
        MouthSmileRight = "mouthSmileRight",
        /// Left corner of the mouth stretched sideways.
        MouthStretchLeft = "mouthStretchLeft",
        /// Right corner of the mouth stretched sideways.
        MouthStretchRight = "mouthStretchRight",
        /// Left part of the upper lip raised.
        MouthUpperUpLeft = "mouthUpperUpLeft",
        /// Right part of the upper lip raised.
        MouthUpperUpRight = "mouthUpperUpRight",
        /// Left wing of the nose raised.
        NoseSneerLeft = "noseSneerLeft",
        /// Right wing of the nose raised.
        NoseSneerRight = "noseSneerRight",
    }
}

named_indices! {
    /// A movement read off the landmarks' geometry, without the blendshape network.
    ///
    /// 0 at rest, 1 fully done, unless said otherwise. The names are muscles and movements, never
    /// feelings.
    #[non_exhaustive]
    Signal {
        /// Lips apart.
        MouthOpen = "mouth_open",
        /// Corners of the mouth up and out.
        Smile = "smile",
        /// Lips pushed forward.
        Pucker = "pucker",
        /// Brows raised.
        BrowRaise = "brow_raise",
        /// Brows drawn down and together.
        BrowFrown = "brow_frown",
        /// Left lid closed.
        BlinkLeft = "blink_left",
        /// Right lid closed.
        BlinkRight = "blink_right",
        /// Both lids closed.
        BlinkBoth = "blink_both",
        /// One lid closed and the other open.
        Wink = "wink",
        /// Cheeks blown up.
        CheekPuff = "cheek_puff",
        /// How much the head has just moved up and down.
        HeadNod = "head_nod",
        /// How much the head has just turned from side to side.
        HeadShake = "head_shake",
        /// Lean of the head, -1 to 1; positive towards the subject's left shoulder.
        HeadTilt = "head_tilt",
    }
}

/// One number about the head's pose; [`Pose`](crate::Pose) is the table of them.
pub(crate) const POSE_NUMBERS: u32 = 15;
/// One number about the frame and the face in it; [`Scene`](crate::Scene) is the table.
pub(crate) const SCENE_NUMBERS: u32 = 7;

/// Places of the numbers of [`Pose`](crate::Pose).
pub(crate) mod pose {
    pub(crate) const RIGHT: u32 = 0;
    pub(crate) const UP: u32 = 3;
    pub(crate) const FORWARD: u32 = 6;
    pub(crate) const POSITION: u32 = 9;
    pub(crate) const YAW: u32 = 12;
    pub(crate) const PITCH: u32 = 13;
    pub(crate) const ROLL: u32 = 14;
}

/// Places of the numbers of [`Scene`](crate::Scene).
pub(crate) mod scene {
    pub(crate) const TIME: u32 = 0;
    pub(crate) const DT: u32 = 1;
    pub(crate) const WIDTH: u32 = 2;
    pub(crate) const HEIGHT: u32 = 3;
    pub(crate) const SLOT: u32 = 4;
    pub(crate) const FACES: u32 = 5;
    pub(crate) const PRESENCE: u32 = 6;
}

/// Declares the tables a program reads, with their codes in the byte form.
macro_rules! input_groups {
    ($( $(#[$inner:meta])* $Variant:ident = $code:literal, $name:literal, $elements:expr, $width:literal; )*) => {
        /// A table of numbers that a program may read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum InputGroup { $( $(#[$inner])* $Variant = $code, )* }

        impl InputGroup {
            /// All of them, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// The name in a program's listing.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name),* }
            }

            /// How many elements the whole table has.
            #[must_use]
            pub const fn elements(self) -> u32 {
                match self { $(Self::$Variant => $elements),* }
            }

            /// How many numbers an element has: 1, 2 or 3.
            #[must_use]
            pub const fn width(self) -> u32 {
                match self { $(Self::$Variant => $width),* }
            }

            pub(crate) fn from_code(code: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|group| *group as u8 == code)
            }

            /// How many numbers the whole table has.
            pub(crate) const fn numbers(self) -> u32 {
                self.elements() * self.width()
            }
        }
    };
}

input_groups! {
    /// Landmarks in `FramePx`: x right, y down, pixels.
    LandmarksPx = 0, "landmark_px", LANDMARKS, 2;
    /// Landmarks in `CameraMm`: right-handed, y up, the camera looks along -z, millimetres.
    LandmarksMm = 1, "landmark_mm", LANDMARKS, 3;
    /// How likely each landmark is seen and not hidden, 0 to 1.
    Visibility = 2, "visibility", LANDMARKS, 1;
    /// [`Anchor`]s in `FramePx`.
    AnchorsPx = 3, "anchor_px", Anchor::ALL.len() as u32, 2;
    /// [`Anchor`]s in `CameraMm`.
    AnchorsMm = 4, "anchor_mm", Anchor::ALL.len() as u32, 3;
    /// [`Blendshape`] coefficients, 0 to 1.
    Blendshapes = 5, "blendshape", Blendshape::ALL.len() as u32, 1;
    /// Geometric [`Signal`]s.
    Signals = 6, "signal", Signal::ALL.len() as u32, 1;
    /// The head's [`Pose`](crate::Pose).
    Pose = 7, "pose", POSE_NUMBERS, 1;
    /// The [`Scene`](crate::Scene): frame, time, which face.
    Scene = 8, "scene", SCENE_NUMBERS, 1;
    /// The host's parameters.
    Params = 9, "param", MAX_PARAMS, 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn blendshapes_stand_in_the_models_order() {
        assert_eq!(Blendshape::ALL.len(), 52);
        // Anchored at both ends and in the middle by MediaPipe's golden output.
        for (index, name) in [
            (0, "_neutral"),
            (9, "eyeBlinkLeft"),
            (25, "jawOpen"),
            (38, "mouthPucker"),
            (51, "noseSneerRight"),
        ] {
            let shape = Blendshape::from_name(name).unwrap();
            assert_eq!(shape.index(), index, "{name}");
        }
        // The model's labels are sorted by name behind the rest class.
        assert!(Blendshape::ALL[1..].is_sorted_by(|a, b| a.name() < b.name()));
    }

    #[test]
    fn names_and_indices_go_both_ways() {
        fn check<T: Copy + PartialEq + core::fmt::Debug>(
            all: &[T],
            index: fn(T) -> u32,
            name: fn(T) -> &'static str,
            from_name: fn(&str) -> Option<T>,
        ) {
            let names: BTreeSet<_> = all.iter().map(|it| name(*it)).collect();
            assert_eq!(names.len(), all.len(), "a name occurs twice");
            for (place, it) in all.iter().enumerate() {
                assert_eq!(index(*it) as usize, place);
                assert_eq!(from_name(name(*it)), Some(*it));
            }
            assert_eq!(from_name("no such name"), None);
        }
        check(Anchor::ALL, Anchor::index, Anchor::name, Anchor::from_name);
        check(
            Blendshape::ALL,
            Blendshape::index,
            Blendshape::name,
            Blendshape::from_name,
        );
        check(Signal::ALL, Signal::index, Signal::name, Signal::from_name);
    }

    #[test]
    fn groups_have_their_codes() {
        for (place, group) in InputGroup::ALL.iter().enumerate() {
            assert_eq!(*group as usize, place);
            assert_eq!(InputGroup::from_code(*group as u8), Some(*group));
            assert!(group.numbers() > 0);
        }
        assert_eq!(InputGroup::from_code(10), None);
    }
}
