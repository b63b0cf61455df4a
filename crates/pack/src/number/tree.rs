use moretta_lang::{Anchor, Blendshape, LANDMARKS, Signal};
use serde_json::Value;

use super::formula;
use super::names::Names;
use crate::error::quoted;
use crate::limits::{MAX_ARGUMENTS, MAX_FORMULA_CHARS, MAX_NUMBER_DEPTH};
use crate::read::{Pointer, ReadError, describe_value, one_of};

/// A number, read and checked: every name in it has something to name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Constant(f32),
    Truth(bool),
    Leaf(Leaf),
    Call(Function, Vec<Tree>),
    /// A value, and what is done to it from left to right; each step takes two arguments.
    Chain(Box<Tree>, Vec<(Function, Tree)>),
    /// A register of its own.
    Register {
        init: f32,
        next: Box<Tree>,
    },
}

/// A value that is not made of others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Leaf {
    Signal(Signal),
    FaceFound,
    FaceLost,
    Tap,
    Scene(SceneValue),
    Pose(PoseValue),
    /// All by place.
    Param(usize),
    Host(usize),
    State(usize),
    Played(usize),
    Blendshape(Blendshape),
    AnchorPx(Anchor, Axis),
    AnchorMm(Anchor, Axis),
    LandmarkPx(u32, Axis),
    LandmarkMm(u32, Axis),
    Visibility(u32),
    DistanceMm(Spot, Spot),
    /// What a register was.
    Previous,
}

/// A coordinate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    X,
    Y,
    Z,
}

/// An anchor or a landmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    Anchor(Anchor),
    Landmark(u32),
}

macro_rules! named {
    ($( $(#[$outer:meta])* $Type:ident { $( $Variant:ident = $name:literal, )* } )*) => { $(
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $Type { $($Variant,)* }

        impl $Type {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$Variant),*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name),* }
            }

            fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }
    )* };
}

named! {
    /// A number about the frame, the time, and which face.
    SceneValue {
        Time = "time",
        Age = "age",
        Dt = "dt",
        Slot = "slot",
        Presence = "presence",
        FrameWidth = "frame_width",
        FrameHeight = "frame_height",
        IodPx = "iod_px",
        IodMm = "iod_mm",
        FacesCount = "faces_count",
    }

    /// A number about the head.
    PoseValue {
        Yaw = "yaw",
        Pitch = "pitch",
        Roll = "roll",
        X = "x",
        Y = "y",
        Z = "z",
    }
}

macro_rules! functions {
    ($( $Variant:ident = $name:literal, $fewest:literal..=$most:expr; )*) => {
        /// A function of numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Function { $($Variant,)* }

        impl Function {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// What it is called in formulas and trees.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$Variant => $name),* }
            }

            /// How many arguments it takes.
            pub(crate) const fn arity(self) -> (usize, usize) {
                match self { $(Self::$Variant => ($fewest, $most)),* }
            }

            fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }
    };
}

functions! {
    Add = "add", 2..=MAX_ARGUMENTS;
    Sub = "sub", 2..=2;
    Mul = "mul", 2..=MAX_ARGUMENTS;
    Div = "div", 2..=2;
    Neg = "neg", 1..=1;
    Min = "min", 2..=MAX_ARGUMENTS;
    Max = "max", 2..=MAX_ARGUMENTS;
    Abs = "abs", 1..=1;
    Floor = "floor", 1..=1;
    Fract = "fract", 1..=1;
    Sqrt = "sqrt", 1..=1;
    Sin = "sin", 1..=1;
    Cos = "cos", 1..=1;
    Atan2 = "atan2", 2..=2;
    Mix = "mix", 3..=3;
    Clamp = "clamp", 3..=3;
    Smoothstep = "smoothstep", 3..=3;
    Lt = "lt", 2..=2;
    Le = "le", 2..=2;
    Gt = "gt", 2..=2;
    Ge = "ge", 2..=2;
    And = "and", 2..=MAX_ARGUMENTS;
    Or = "or", 2..=MAX_ARGUMENTS;
    Not = "not", 1..=1;
    Select = "select", 3..=3;
    Smooth = "smooth", 2..=2;
    Spring = "spring", 3..=3;
    Latch = "latch", 3..=3;
    Held = "held", 2..=2;
    Linger = "linger", 2..=2;
    Hold = "hold", 2..=2;
}

impl Function {
    /// Whether more than two arguments are taken two at a time, from left to right.
    const fn chains(self) -> bool {
        self.arity().1 == MAX_ARGUMENTS
    }
}

/// What a number says that stands at `place`.
pub(crate) fn read(value: &Value, place: &Pointer<'_>, names: &Names<'_>) -> Result<Tree, ReadError> {
    Reading {
        names,
        in_register: false,
    }
    .value(value, place, 1)
}

/// A number that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'r> {
    pub(crate) names: &'r Names<'r>,
    /// Whether `previous` has something to mean.
    pub(crate) in_register: bool,
}

impl Reading<'_> {
    fn value(self, value: &Value, place: &Pointer<'_>, depth: usize) -> Result<Tree, ReadError> {
        check_depth(depth).map_err(|error| error.at(place))?;
        match value {
            Value::Number(number) => number
                .as_f64()
                .and_then(finite)
                .map(Tree::Constant)
                .ok_or_else(|| ReadError::new("a number of 32 bits", number)),
            Value::Bool(truth) => Ok(Tree::Truth(*truth)),
            Value::String(text) => self.formula(text, depth),
            Value::Object(object) => {
                let mut entries = object.iter();
                let (Some((name, content)), None) = (entries.next(), entries.next()) else {
                    let found = format!("{} keys", object.len());
                    return Err(ReadError::new("a tree, an object with one key,", found).at(place));
                };
                return self.object(name, content, place, depth);
            }
            Value::Null | Value::Array(_) => {
                let expected = "a number, a formula or a tree";
                Err(ReadError::new(expected, describe_value(value)))
            }
        }
        .map_err(|error| error.at(place))
    }

    fn formula(self, text: &str, depth: usize) -> Result<Tree, ReadError> {
        let characters = text.chars().count();
        if characters > MAX_FORMULA_CHARS {
            let expected = format!("a formula of at most {MAX_FORMULA_CHARS} characters");
            return Err(ReadError::new(expected, characters));
        }
        formula::parse(self, text, depth)
    }

    /// The tree `{name: content}` at `place`.
    fn object(
        self,
        name: &str,
        content: &Value,
        outer: &Pointer<'_>,
        depth: usize,
    ) -> Result<Tree, ReadError> {
        let place = outer.key(name);
        if let Some(function) = Function::from_name(name) {
            let arguments = match content {
                Value::Array(items) => {
                    check_count(function, items.len()).map_err(|error| error.at(&place))?;
                    let items = items.iter().enumerate();
                    items
                        .map(|(item, value)| self.value(value, &place.item(item), depth + 1))
                        .collect::<Result<_, _>>()?
                }
                single => {
                    check_count(function, 1).map_err(|error| error.at(&place))?;
                    vec![self.value(single, &place, depth + 1)?]
                }
            };
            return call(function, arguments).map_err(|error| error.at(&place));
        }
        if let ("state", Value::Object(register)) = (name, content) {
            return self.register(register, &place, depth);
        }
        if name == "distance_mm" {
            return distance(self.names, content).map_err(|error| error.at(&place));
        }
        let leaf = match content {
            Value::String(text) => self.leaf(&[name, text]),
            Value::Number(number) => self.leaf(&[name, &number.to_string()]),
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(first), Value::String(axis)] => self.leaf(&[name, first, axis]),
                [Value::Number(first), Value::String(axis)] => self.leaf(&[name, &first.to_string(), axis]),
                _ => self.leaf(&[name]),
            },
            _ => self.leaf(&[name]),
        };
        leaf.map(Tree::Leaf).map_err(|error| error.at(&place))
    }

    fn register(
        self,
        register: &serde_json::Map<String, Value>,
        place: &Pointer<'_>,
        depth: usize,
    ) -> Result<Tree, ReadError> {
        let only = "an object with init, a constant, and next, a number,";
        let (Some(init), Some(next), 2) = (register.get("init"), register.get("next"), register.len()) else {
            let keys: Vec<&str> = register.keys().map(String::as_str).collect();
            return Err(ReadError::new(only, quoted(&keys.join(", "))).at(place));
        };
        let init = init.as_f64().and_then(finite).ok_or_else(|| {
            ReadError::new("a constant number", describe_value(init)).at(&place.key("init"))
        })?;
        let inner = Reading {
            in_register: true,
            ..self
        };
        let next = inner.value(next, &place.key("next"), depth + 1)?;
        Ok(Tree::Register {
            init,
            next: Box::new(next),
        })
    }

    /// A value by its name: `["time"]`, `["param", "smooth"]`, `["landmark_mm", "33", "z"]`.
    pub(crate) fn leaf(self, path: &[&str]) -> Result<Leaf, ReadError> {
        let names = self.names;
        Ok(match *path {
            [name] => return self.bare(name),
            ["signal", name] => match self.bare(name) {
                Ok(leaf @ (Leaf::Signal(_) | Leaf::FaceFound | Leaf::FaceLost | Leaf::Tap)) => leaf,
                Ok(leaf @ Leaf::Scene(SceneValue::FacesCount)) => leaf,
                _ => return Err(ReadError::new(one_of(signal_names()), quoted(name))),
            },
            ["param", id] => Leaf::Param(names.param(id)?),
            ["host", name] => Leaf::Host(names.host(name)?),
            ["state", id] => Leaf::State(names.state(id)?),
            ["played", id] => {
                let node = names.node(id)?;
                names.use_played(node);
                Leaf::Played(node)
            }
            ["pose", name] => {
                let expected = || one_of(PoseValue::ALL.iter().map(|it| it.name()));
                let value = PoseValue::from_name(name);
                Leaf::Pose(value.ok_or_else(|| ReadError::new(expected(), quoted(name)))?)
            }
            ["blendshape", name] => {
                let expected = "one of the 52 blendshapes";
                let shape =
                    Blendshape::from_name(name).ok_or_else(|| ReadError::new(expected, quoted(name)))?;
                names.use_signal("blendshapes");
                Leaf::Blendshape(shape)
            }
            ["anchor_px", name, axis] => Leaf::AnchorPx(anchor(name)?, flat_axis(axis)?),
            ["anchor_mm", name, axis] => Leaf::AnchorMm(anchor(name)?, any_axis(axis)?),
            ["landmark_px", index, axis] => Leaf::LandmarkPx(self.landmark(index)?, flat_axis(axis)?),
            ["landmark_mm", index, axis] => Leaf::LandmarkMm(self.landmark(index)?, any_axis(axis)?),
            ["visibility", index] => Leaf::Visibility(self.landmark(index)?),
            _ => return Err(unknown(path)),
        })
    }

    fn bare(self, name: &str) -> Result<Leaf, ReadError> {
        if let Some(signal) = Signal::from_name(name) {
            self.names.use_signal(signal.name());
            return Ok(Leaf::Signal(signal));
        }
        if let Some(value) = SceneValue::from_name(name) {
            if value == SceneValue::FacesCount {
                self.names.use_signal("faces_count");
            }
            return Ok(Leaf::Scene(value));
        }
        let (leaf, signal) = match name {
            "face_found" => (Leaf::FaceFound, "face_found"),
            "face_lost" => (Leaf::FaceLost, "face_lost"),
            "tap" => (Leaf::Tap, "tap"),
            "previous" if self.in_register => return Ok(Leaf::Previous),
            "previous" => {
                return Err(ReadError::new(
                    "previous within a state's next only",
                    "it elsewhere",
                ));
            }
            _ => return Err(unknown(&[name])),
        };
        if signal == "tap" {
            self.names.use_tap();
        }
        self.names.use_signal(signal);
        Ok(leaf)
    }

    fn landmark(self, index: &str) -> Result<u32, ReadError> {
        self.names.use_signal("landmarks");
        landmark(index)
    }
}

/// The names that stand for what triggers go by.
pub(crate) fn signal_names() -> impl Iterator<Item = &'static str> {
    let others = ["faces_count", "face_found", "face_lost", "tap"];
    Signal::ALL.iter().map(|signal| signal.name()).chain(others)
}

fn unknown(path: &[&str]) -> ReadError {
    ReadError::new("the name of a value or a function", quoted(&path.join(".")))
}

fn anchor(name: &str) -> Result<Anchor, ReadError> {
    Anchor::from_name(name).ok_or_else(|| ReadError::new("the name of an anchor", quoted(name)))
}

fn landmark(index: &str) -> Result<u32, ReadError> {
    let number = index.parse().ok().filter(|number| *number < LANDMARKS);
    number.ok_or_else(|| ReadError::new(format_args!("a landmark, 0 to {}", LANDMARKS - 1), quoted(index)))
}

fn any_axis(name: &str) -> Result<Axis, ReadError> {
    match name {
        "x" => Ok(Axis::X),
        "y" => Ok(Axis::Y),
        "z" => Ok(Axis::Z),
        _ => Err(ReadError::new(one_of(["x", "y", "z"]), quoted(name))),
    }
}

fn flat_axis(name: &str) -> Result<Axis, ReadError> {
    match any_axis(name) {
        Ok(axis @ (Axis::X | Axis::Y)) => Ok(axis),
        _ => Err(ReadError::new(one_of(["x", "y"]), quoted(name))),
    }
}

fn distance(names: &Names<'_>, content: &Value) -> Result<Tree, ReadError> {
    let spots = match content {
        Value::Array(items) => items.as_slice(),
        _ => &[],
    };
    let text = |value: &Value| match value {
        Value::String(name) => name.clone(),
        other => other.to_string(),
    };
    match spots {
        [a, b] => distance_of(names, &text(a), &text(b)),
        _ => Err(ReadError::new(
            "a list of two anchors or landmarks",
            describe_value(content),
        )),
    }
}

/// The distance of two anchors or landmarks, by name or number.
pub(crate) fn distance_of(names: &Names<'_>, a: &str, b: &str) -> Result<Tree, ReadError> {
    let spot = |text: &str| {
        if text.starts_with(|it: char| it.is_ascii_digit()) {
            names.use_signal("landmarks");
            landmark(text).map(Spot::Landmark)
        } else {
            anchor(text).map(Spot::Anchor)
        }
    };
    Ok(Tree::Leaf(Leaf::DistanceMm(spot(a)?, spot(b)?)))
}

/// The function called `name`.
pub(crate) fn function(name: &str) -> Option<Function> {
    Function::from_name(name)
}

/// A call with as many arguments as the function takes.
pub(crate) fn call(function: Function, mut arguments: Vec<Tree>) -> Result<Tree, ReadError> {
    check_count(function, arguments.len())?;
    if !function.chains() {
        return Ok(Tree::Call(function, arguments));
    }
    let rest = arguments.split_off(1);
    let steps = rest.into_iter().map(|argument| (function, argument)).collect();
    let first = arguments
        .pop()
        .ok_or_else(|| ReadError::new("an argument", "none"))?;
    Ok(Tree::Chain(Box::new(first), steps))
}

fn check_count(function: Function, found: usize) -> Result<(), ReadError> {
    let (fewest, most) = function.arity();
    if (fewest..=most).contains(&found) {
        return Ok(());
    }
    let name = function.name();
    let expected = if fewest == most {
        format!("{fewest} arguments of {name}")
    } else {
        format!("{fewest} to {most} arguments of {name}")
    };
    Err(ReadError::new(expected, found))
}

pub(crate) fn check_depth(depth: usize) -> Result<(), ReadError> {
    if depth <= MAX_NUMBER_DEPTH {
        return Ok(());
    }
    let expected = format!("a number of at most {MAX_NUMBER_DEPTH} levels");
    Err(ReadError::new(expected, "more"))
}

/// The number as an `f32`, unless it is beyond one.
pub(crate) fn finite(number: f64) -> Option<f32> {
    let narrow = number as f32;
    narrow.is_finite().then_some(narrow)
}
