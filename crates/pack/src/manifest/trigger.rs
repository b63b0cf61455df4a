use serde::Deserialize;

use super::Number;

#[cfg(test)]
use schemars::JsonSchema;

/// What happens when something crosses a threshold.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a trigger")]
pub struct TriggerSpec {
    /// A signal, `host:NAME`, `timer`, or any number.
    pub on: Number,
    /// It fires when the number reaches this.
    #[serde(default)]
    pub enter: Option<f32>,
    /// It can fire again once the number fell below this.
    #[serde(default)]
    pub exit: Option<f32>,
    /// How long it must hold before it fires, 0 to 60000.
    #[serde(default)]
    pub hold_ms: f32,
    /// How long after firing it cannot fire again, 0 to 60000.
    #[serde(default)]
    pub cooldown_ms: f32,
    /// A condition without which nothing fires.
    #[serde(default)]
    pub when: Option<Number>,
    /// Of a timer: fires again and again, 10 to 600000.
    #[serde(default)]
    pub every_ms: Option<f32>,
    /// Of a timer: fires once, this long after the face was found, 0 to 600000.
    #[serde(default)]
    pub after_ms: Option<f32>,
    /// What to do when it fires.
    #[serde(rename = "do", default)]
    pub actions: Vec<Action>,
    /// What to do when, having fired, it falls below `exit`.
    #[serde(default)]
    pub undo: Vec<Action>,
}

/// What a trigger does.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "snake_case", expecting = "an action")]
pub enum Action {
    /// Plays the node with this id from the start.
    Play(String),
    /// Ends the play of the node with this id.
    Stop(String),
    /// Goes to this state.
    SetState(String),
    /// Moves a parameter.
    Tween(Tween),
}

/// Moves a parameter from where it is.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(expecting = "a tween")]
pub struct Tween {
    /// The parameter.
    pub param: String,
    /// Where to: back to what the app has set if left out.
    #[serde(default)]
    pub to: Option<super::Setting>,
    /// How long it takes, 0 to 60000.
    #[serde(default = "Tween::default_ms")]
    pub ms: f32,
    /// How it starts and ends.
    #[serde(default)]
    pub ease: Ease,
}

impl Tween {
    const fn default_ms() -> f32 {
        200.0
    }
}

/// How a tween starts and ends.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ease {
    /// At once.
    Linear,
    /// Slowly.
    #[default]
    Smooth,
}
