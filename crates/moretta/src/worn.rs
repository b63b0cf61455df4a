use moretta_lang::MAX_PARAMS;
use moretta_pack::HostInputKind;
use moretta_render::LoadedEffect;

use crate::Error;

/// An effect as it is worn: with what the host has set.
#[derive(Clone)]
pub(crate) struct Worn {
    effect: LoadedEffect,
    params: [f32; MAX_PARAMS as usize],
}

impl Worn {
    pub(crate) fn new(effect: LoadedEffect) -> Self {
        let mut params = [0.0; MAX_PARAMS as usize];
        for (param, input) in params.iter_mut().zip(effect.inputs()) {
            *param = input.default;
        }
        Self { effect, params }
    }

    pub(crate) fn effect(&self) -> &LoadedEffect {
        &self.effect
    }

    pub(crate) fn params(&self) -> &[f32] {
        &self.params
    }

    /// Sets the input called `name`, limited to its range.
    pub(crate) fn set(&mut self, name: &str, value: f32) -> Result<(), Error> {
        let inputs = self.effect.inputs();
        let Some((place, input)) = inputs.iter().enumerate().find(|(_, input)| input.name == name) else {
            return Err(Error::Input {
                expected: inputs.iter().map(|input| input.name.clone()).collect(),
                found: name.to_owned(),
            });
        };
        if value.is_nan() {
            return Err(Error::Value {
                name: name.to_owned(),
                min: input.min,
                max: input.max,
                found: value,
            });
        }
        self.params[place] = value.clamp(input.min, input.max);
        Ok(())
    }

    /// Sets what tells the effect that the user tapped.
    pub(crate) fn set_taps(&mut self, value: f32) {
        for (param, input) in self.params.iter_mut().zip(self.effect.inputs()) {
            if input.kind == HostInputKind::Tap {
                *param = value;
            }
        }
    }
}
