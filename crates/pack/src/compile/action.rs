//! Triggers, with every name resolved and every number read.

use serde_json::Value;

use super::check::check_ms;
use super::param::Param;
use crate::limits::{MAX_ACTIONS, MAX_PLAY_MS, MAX_WAIT_MS, MIN_PLAY_MS};
use crate::manifest::{Action, Ease, TriggerSpec, Tween};
use crate::number::{Leaf, Names, Tree, read as read_number};
use crate::read::{Pointer, ReadError};

/// A trigger.
pub(super) struct TriggerPlan {
    pub(super) event: Event,
    pub(super) when: Option<Tree>,
    pub(super) hold_s: f32,
    pub(super) cooldown_s: f32,
    pub(super) actions: Vec<ActionPlan>,
    pub(super) undo: Vec<ActionPlan>,
}

/// What a trigger goes by.
pub(super) enum Event {
    /// A number that reaches one threshold, and falls below another.
    Level {
        on: Tree,
        enter: f32,
        exit: f32,
    },
    FaceFound,
    FaceLost,
    Tap,
    /// Again and again.
    Every(f32),
    /// Once.
    After(f32),
}

/// What a trigger does; nodes by their place in the manifest, the rest by their places too.
#[derive(Clone, Copy)]
pub(super) enum ActionPlan {
    Play(usize),
    Stop(usize),
    SetState(usize),
    Tween(TweenPlan),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) struct TweenPlan {
    pub(super) param: usize,
    /// `None`: back to what the host has set.
    pub(super) to: Option<f32>,
    pub(super) seconds: f32,
    pub(super) smooth: bool,
}

/// What a host trigger takes if it does not say: far enough apart for a slider.
const HOST_ENTER: f32 = 0.6;
const HOST_EXIT: f32 = 0.4;

/// The triggers of a manifest.
pub(super) fn read(
    specs: &[TriggerSpec],
    params: &[Param<'_>],
    names: &Names<'_>,
) -> Result<Vec<TriggerPlan>, ReadError> {
    let list = Pointer::Root.key("triggers");
    let specs = specs.iter().enumerate();
    specs
        .map(|(item, spec)| trigger(spec, &list.item(item), params, names))
        .collect()
}

fn trigger(
    spec: &TriggerSpec,
    place: &Pointer<'_>,
    params: &[Param<'_>],
    names: &Names<'_>,
) -> Result<TriggerPlan, ReadError> {
    let event = event(spec, place, names)?;
    check_ms(spec.hold_ms, 0.0, MAX_WAIT_MS, &place.key("hold_ms"))?;
    check_ms(spec.cooldown_ms, 0.0, MAX_WAIT_MS, &place.key("cooldown_ms"))?;
    let level = matches!(event, Event::Level { .. });
    if spec.hold_ms > 0.0 && !level {
        return Err(ReadError::new("hold_ms only with a number", spec.hold_ms).at(&place.key("hold_ms")));
    }
    let ends = level || matches!(event, Event::FaceFound | Event::FaceLost);
    if !spec.undo.is_empty() && !ends {
        return Err(ReadError::new("undo only with what ends", "it with an event").at(&place.key("undo")));
    }
    if spec.actions.is_empty() && spec.undo.is_empty() {
        return Err(ReadError::new("an action in do or undo", "none").at(place));
    }
    let when = spec.when.as_ref();
    Ok(TriggerPlan {
        event,
        when: when
            .map(|when| read_number(&when.0, &place.key("when"), names))
            .transpose()?,
        hold_s: spec.hold_ms / 1000.0,
        cooldown_s: spec.cooldown_ms / 1000.0,
        actions: actions(&spec.actions, &place.key("do"), params, names)?,
        undo: actions(&spec.undo, &place.key("undo"), params, names)?,
    })
}

fn event(spec: &TriggerSpec, place: &Pointer<'_>, names: &Names<'_>) -> Result<Event, ReadError> {
    let on = place.key("on");
    let word = match &spec.on.0 {
        Value::String(text) => text.trim(),
        _ => "",
    };
    let none = |key: &'static str, value: Option<f32>| match value {
        None => Ok(()),
        Some(value) => {
            let expected = format!("no {key} with this \"on\"");
            Err(ReadError::new(expected, value).at(&place.key(key)))
        }
    };
    if word != "timer" {
        none("every_ms", spec.every_ms)?;
        none("after_ms", spec.after_ms)?;
    }
    if let "timer" | "tap" | "face_found" | "face_lost" = word {
        none("enter", spec.enter)?;
        none("exit", spec.exit)?;
    }
    match word {
        "timer" => return timer(spec, place),
        "tap" => {
            names.use_tap();
            names.use_signal("tap");
            return Ok(Event::Tap);
        }
        "face_found" => {
            names.use_signal("face_found");
            return Ok(Event::FaceFound);
        }
        "face_lost" => {
            names.use_signal("face_lost");
            return Ok(Event::FaceLost);
        }
        _ => {}
    }
    let host = word.strip_prefix("host:");
    let tree = match host {
        Some(name) => Tree::Leaf(Leaf::Host(names.host(name).map_err(|error| error.at(&on))?)),
        None => read_number(&spec.on.0, &on, names)?,
    };
    let threshold = |key: &'static str, value: Option<f32>, default: f32| match (value, host) {
        (Some(value), _) => Ok(value),
        (None, Some(_)) => Ok(default),
        (None, None) => Err(ReadError::new(format_args!("a key {key:?}"), "none").at(place)),
    };
    let enter = threshold("enter", spec.enter, HOST_ENTER)?;
    let exit = threshold("exit", spec.exit, HOST_EXIT)?;
    if exit < enter {
        return Ok(Event::Level {
            on: tree,
            enter,
            exit,
        });
    }
    let expected = format!("an exit below enter, {enter}, so that noise does not flicker,");
    Err(ReadError::new(expected, exit).at(&place.key("exit")))
}

fn timer(spec: &TriggerSpec, place: &Pointer<'_>) -> Result<Event, ReadError> {
    match (spec.every_ms, spec.after_ms) {
        (Some(every), None) => {
            check_ms(every, MIN_PLAY_MS, MAX_PLAY_MS, &place.key("every_ms"))?;
            Ok(Event::Every(every / 1000.0))
        }
        (None, Some(after)) => {
            check_ms(after, 0.0, MAX_PLAY_MS, &place.key("after_ms"))?;
            Ok(Event::After(after / 1000.0))
        }
        (every, _) => {
            let found = if every.is_some() { "both" } else { "none" };
            Err(ReadError::new("one of every_ms and after_ms", found).at(place))
        }
    }
}

fn actions(
    specs: &[Action],
    place: &Pointer<'_>,
    params: &[Param<'_>],
    names: &Names<'_>,
) -> Result<Vec<ActionPlan>, ReadError> {
    if specs.len() > MAX_ACTIONS {
        return Err(ReadError::new(format_args!("at most {MAX_ACTIONS} actions"), specs.len()).at(place));
    }
    let specs = specs.iter().enumerate();
    specs
        .map(|(item, spec)| action(spec, &place.item(item), params, names))
        .collect()
}

fn action(
    spec: &Action,
    place: &Pointer<'_>,
    params: &[Param<'_>],
    names: &Names<'_>,
) -> Result<ActionPlan, ReadError> {
    let named = |key: &str, found: Result<usize, ReadError>| found.map_err(|error| error.at(&place.key(key)));
    Ok(match spec {
        Action::Play(id) => ActionPlan::Play(named("play", names.node(id))?),
        Action::Stop(id) => ActionPlan::Stop(named("stop", names.node(id))?),
        Action::SetState(id) => ActionPlan::SetState(named("set_state", names.state(id))?),
        Action::Tween(spec) => ActionPlan::Tween(tween(spec, &place.key("tween"), params, names)?),
    })
}

fn tween(
    spec: &Tween,
    place: &Pointer<'_>,
    params: &[Param<'_>],
    names: &Names<'_>,
) -> Result<TweenPlan, ReadError> {
    let param = names
        .param(&spec.param)
        .map_err(|error| error.at(&place.key("param")))?;
    let to = spec
        .to
        .map(|to| params[param].check(to, &place.key("to")))
        .transpose()?;
    check_ms(spec.ms, 0.0, MAX_WAIT_MS, &place.key("ms"))?;
    Ok(TweenPlan {
        param,
        to,
        seconds: spec.ms / 1000.0,
        smooth: spec.ease == Ease::Smooth,
    })
}

impl TriggerPlan {
    /// Everything that it may do.
    pub(super) fn all_actions(&self) -> impl Iterator<Item = ActionPlan> {
        self.actions.iter().chain(&self.undo).copied()
    }
}
