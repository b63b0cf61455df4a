use moretta_lang::MAX_PARAMS;
use moretta_pack::{HostInputKind, Quality};
use moretta_render::{LoadedEffect, Look, Looks, MAX_FACES, Wears};

use crate::Error;

/// Who wears what, with what the host has set. It says nothing of who is there.
#[derive(Clone, Default)]
pub(crate) struct Wardrobe {
    pub(crate) everyone: Option<Worn>,
    slots: [OnSlot; MAX_FACES],
}

/// What a slot wears.
#[derive(Clone, Default)]
#[expect(
    clippy::large_enum_variant,
    reason = "sixteen of them in a session, changed in place"
)]
pub(crate) enum OnSlot {
    #[default]
    AsEveryone,
    Nothing,
    Own(Worn),
}

impl Wardrobe {
    /// What the slot wears.
    ///
    /// # Errors
    /// [`Error::Slot`].
    pub(crate) fn slot(&mut self, slot: usize) -> Result<&mut OnSlot, Error> {
        self.slots.get_mut(slot).ok_or(Error::Slot {
            expected: MAX_FACES,
            found: slot,
        })
    }

    fn own(&self) -> impl Iterator<Item = &Worn> {
        self.slots.iter().filter_map(|slot| match slot {
            OnSlot::Own(worn) => Some(worn),
            OnSlot::AsEveryone | OnSlot::Nothing => None,
        })
    }

    /// Whether anything depends on where faces are, or on which slots have one.
    pub(crate) fn needs_faces(&self) -> bool {
        let everyone = self.everyone.as_ref();
        everyone.is_some_and(|worn| worn.effect.needs_faces()) || self.own().next().is_some()
    }

    /// Whether any effect reads blendshapes, be there a face to wear it or not.
    pub(crate) fn needs_blendshapes(&self) -> bool {
        let mut worn = self.everyone.iter().chain(self.own());
        worn.any(|worn| worn.effect.needs_blendshapes())
    }

    /// As the renderer takes it.
    pub(crate) fn looks(&self, quality: Quality) -> Looks<'_> {
        let mut looks = Looks::from(self.everyone.as_ref().map(|worn| worn.look(quality)));
        for (wears, slot) in looks.slots.iter_mut().zip(&self.slots) {
            *wears = match slot {
                OnSlot::AsEveryone => Wears::AsEveryone,
                OnSlot::Nothing => Wears::Nothing,
                OnSlot::Own(worn) => Wears::Own(worn.look(quality)),
            };
        }
        looks
    }

    /// Sets what tells effects that the user tapped.
    pub(crate) fn set_taps(&mut self, value: f32) {
        let own = self.slots.iter_mut().filter_map(|slot| match slot {
            OnSlot::Own(worn) => Some(worn),
            OnSlot::AsEveryone | OnSlot::Nothing => None,
        });
        own.chain(&mut self.everyone)
            .for_each(|worn| worn.set_taps(value));
    }
}

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

    fn look(&self, quality: Quality) -> Look<'_> {
        Look {
            effect: &self.effect,
            params: &self.params,
            quality,
        }
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

    fn set_taps(&mut self, value: f32) {
        for (param, input) in self.params.iter_mut().zip(self.effect.inputs()) {
            if input.kind == HostInputKind::Tap {
                *param = value;
            }
        }
    }
}
