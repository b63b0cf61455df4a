//! What the host may set.

use std::collections::BTreeSet;

use moretta_lang::MAX_PARAMS;

use super::check::check_text;
use super::host_input;
use crate::effect::{HostInput, HostInputKind};
use crate::error::quoted;
use crate::manifest::{ParamKind, ParamSpec, Setting, Text};
use crate::number::{Used, check_id};
use crate::read::{Pointer, ReadError};

/// A parameter, checked.
pub(super) struct Param<'m> {
    pub(super) spec: &'m ParamSpec,
    pub(super) min: f32,
    pub(super) max: f32,
    pub(super) default: f32,
    /// Its place among the host's inputs; `None` if the host does not see it.
    pub(super) input: Option<usize>,
}

impl Param<'_> {
    /// A value that the parameter may have.
    pub(super) fn check(&self, setting: Setting, place: &Pointer<'_>) -> Result<f32, ReadError> {
        check(self.spec.kind, self.min, self.max, setting, place)
    }
}

fn check(
    kind: ParamKind,
    min: f32,
    max: f32,
    setting: Setting,
    place: &Pointer<'_>,
) -> Result<f32, ReadError> {
    let number = setting.number();
    let switch = matches!(setting, Setting::Switch(_));
    let (fits, expected) = match kind {
        ParamKind::Bool => (switch, "true or false".to_owned()),
        ParamKind::Int => (
            !switch && number.fract() == 0.0 && (min..=max).contains(&number),
            format!("a whole number, {min} to {max}"),
        ),
        ParamKind::Float => (
            !switch && (min..=max).contains(&number),
            format!("a constant number, {min} to {max}"),
        ),
    };
    if fits {
        return Ok(number);
    }
    let found = match setting {
        Setting::Switch(on) => on.to_string(),
        Setting::Number(number) => number.to_string(),
    };
    Err(ReadError::new(expected, found).at(place))
}

/// The parameters of a manifest.
pub(super) fn read(specs: &[ParamSpec]) -> Result<Vec<Param<'_>>, ReadError> {
    let list = Pointer::Root.key("params");
    let mut ids = BTreeSet::new();
    let mut params = Vec::new();
    let mut inputs = 0;
    for (item, spec) in specs.iter().enumerate() {
        let place = list.item(item);
        check_id(&spec.id).map_err(|error| error.at(&place.key("id")))?;
        if !ids.insert(&spec.id) {
            return Err(ReadError::new("an id of its own", quoted(&spec.id)).at(&place.key("id")));
        }
        let (min, max) = range(spec, &place)?;
        let checked = |key: &str, setting: Option<Setting>, or: f32| match setting {
            None => Ok(or),
            Some(setting) => check(spec.kind, min, max, setting, &place.key(key)),
        };
        let default = checked("default", spec.default, min)?;
        checked("neutral", spec.neutral, default)?;
        if let Some(label) = &spec.label {
            check_text(label, &place.key("label"))?;
        }
        let input = (!spec.internal).then_some(inputs);
        inputs += usize::from(!spec.internal);
        params.push(Param {
            spec,
            min,
            max,
            default,
            input,
        });
    }
    Ok(params)
}

fn range(spec: &ParamSpec, place: &Pointer<'_>) -> Result<(f32, f32), ReadError> {
    let (min, max) = (spec.min.unwrap_or(0.0), spec.max.unwrap_or(1.0));
    match spec.kind {
        ParamKind::Bool if (min, max) != (0.0, 1.0) => {
            Err(ReadError::new("no min and max of a bool", format_args!("{min} and {max}")).at(place))
        }
        ParamKind::Int if min.fract() != 0.0 || max.fract() != 0.0 => {
            let found = format!("{min} and {max}");
            Err(ReadError::new("a whole min and max of an int", found).at(place))
        }
        _ if min < max => Ok((min, max)),
        _ => Err(ReadError::new("min below max", format_args!("{min} and {max}")).at(place)),
    }
}

/// What the host may set: the parameters that it sees, the tap if it is asked for, what it triggers.
pub(super) fn inputs(params: &[Param<'_>], used: &Used) -> Result<Vec<HostInput>, ReadError> {
    let seen = params.iter().filter(|param| param.input.is_some());
    let mut inputs: Vec<HostInput> = seen
        .map(|param| HostInput {
            name: param.spec.id.clone(),
            kind: HostInputKind::Param,
            min: param.min,
            max: param.max,
            default: param.default,
            label: label(param.spec),
        })
        .collect();
    if used.tap {
        inputs.push(host_input("tap".to_owned(), HostInputKind::Tap));
    }
    let hosts = used.hosts.iter();
    inputs.extend(hosts.map(|name| host_input(name.clone(), HostInputKind::Host)));
    if inputs.len() > MAX_PARAMS as usize {
        let expected = format!("at most {MAX_PARAMS} parameters, taps and host names together");
        return Err(ReadError::new(expected, inputs.len()).at(&Pointer::Root.key("params")));
    }
    Ok(inputs)
}

fn label(spec: &ParamSpec) -> Vec<(String, String)> {
    // BCP 47 has a tag for a language that nobody has said.
    let unsaid = |text: &str| vec![("und".to_owned(), text.to_owned())];
    match &spec.label {
        None => unsaid(&spec.id),
        Some(Text::Plain(text)) => unsaid(text),
        Some(Text::ByLanguage(texts)) => {
            let texts = texts.iter();
            texts
                .map(|(language, text)| (language.clone(), text.clone()))
                .collect()
        }
    }
}
