use std::fmt;

use moretta_infer::{InferError, ModelKind, Network};

use crate::{Range, TrackError, TrackerOptions};

/// The networks that a tracker runs, whatever engine they run in.
#[derive(Default)]
pub struct Networks {
    /// In the order of [`ModelKind::ALL`].
    all: [Option<Box<dyn Network>>; ModelKind::ALL.len()],
}

impl Networks {
    /// Takes `networks`, in any order.
    ///
    /// # Errors
    /// [`TrackError::NetworkTwice`] if two are of one kind.
    pub fn new(networks: impl IntoIterator<Item = Box<dyn Network>>) -> Result<Self, TrackError> {
        let mut taken = Self::default();
        for network in networks {
            let kind = network.kind();
            if taken.slot(kind).replace(network).is_some() {
                return Err(TrackError::NetworkTwice { kind });
            }
        }
        Ok(taken)
    }

    /// Whether there is all that `options` need.
    pub(crate) fn check(&self, options: &TrackerOptions) -> Result<(), TrackError> {
        let (short, full) = match options.range {
            Range::Short => (true, false),
            Range::Full => (false, true),
            Range::Auto => (true, true),
        };
        for (kind, needed, option) in [
            (ModelKind::ShortRange, short, "range"),
            (ModelKind::FullRange, full, "range"),
            (ModelKind::Landmarks, true, "every tracker"),
            (ModelKind::Blendshapes, options.blendshapes, "blendshapes"),
        ] {
            if needed && self.all[index(kind)].is_none() {
                return Err(TrackError::NetworkMissing { kind, option });
            }
        }
        Ok(())
    }

    /// The network of `kind`, which [`check`](Self::check) found.
    pub(crate) fn of(&mut self, kind: ModelKind) -> &mut dyn Network {
        self.slot(kind)
            .as_deref_mut()
            .expect("the options were checked against the networks")
    }

    /// The scratch of the network that needs most.
    pub(crate) fn scratch_len(&self) -> usize {
        let lengths = self.all.iter().flatten().map(|it| it.scratch_len());
        lengths.max().unwrap_or(0)
    }

    /// Has each overwrite what its engine keeps of earlier runs.
    pub(crate) fn forget(&mut self) -> Result<(), InferError> {
        self.all.iter_mut().flatten().try_for_each(|it| it.forget())
    }

    fn slot(&mut self, kind: ModelKind) -> &mut Option<Box<dyn Network>> {
        &mut self.all[index(kind)]
    }
}

/// The kinds, never what the networks hold.
impl fmt::Debug for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.all.iter().flatten().map(|it| it.kind()))
            .finish()
    }
}

fn index(kind: ModelKind) -> usize {
    ModelKind::ALL
        .iter()
        .position(|it| *it == kind)
        .expect("the list has every kind")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing(ModelKind);

    impl Network for Nothing {
        fn kind(&self) -> ModelKind {
            self.0
        }

        fn scratch_len(&self) -> usize {
            0
        }

        fn run(&mut self, _: &mut [f32], _: &[f32], _: &mut [&mut [f32]]) -> Result<(), InferError> {
            Ok(())
        }

        fn forget(&mut self) -> Result<(), InferError> {
            Ok(())
        }
    }

    fn networks(kinds: &[ModelKind]) -> Result<Networks, TrackError> {
        Networks::new(
            kinds
                .iter()
                .map(|kind| Box::new(Nothing(*kind)) as Box<dyn Network>),
        )
    }

    #[test]
    fn each_kind_is_taken_once() {
        let all = networks(&ModelKind::ALL).unwrap();
        assert_eq!(
            format!("{all:?}"),
            "{ShortRange, FullRange, Landmarks, Blendshapes}"
        );
        let twice = networks(&[ModelKind::Landmarks, ModelKind::Landmarks]);
        assert_eq!(
            twice.unwrap_err().to_string(),
            "tracker: expected the network face_landmarks_detector once, found it again"
        );
    }

    #[test]
    fn the_options_say_which_are_needed() {
        use ModelKind::{Blendshapes, FullRange, Landmarks, ShortRange};
        let good = TrackerOptions::default();
        let with = |range, blendshapes| TrackerOptions {
            range,
            blendshapes,
            ..good
        };
        for (given, options, missing) in [
            (&[ShortRange, FullRange, Landmarks][..], good, None),
            (&[ShortRange, Landmarks], good, Some(FullRange)),
            (&[ShortRange, Landmarks], with(Range::Short, false), None),
            (&[FullRange, Landmarks], with(Range::Full, false), None),
            (
                &[FullRange, Landmarks],
                with(Range::Short, false),
                Some(ShortRange),
            ),
            (&[ShortRange, FullRange], good, Some(Landmarks)),
            (
                &[ShortRange, Landmarks],
                with(Range::Short, true),
                Some(Blendshapes),
            ),
        ] {
            let found = match networks(given).unwrap().check(&options) {
                Ok(()) => None,
                Err(TrackError::NetworkMissing { kind, .. }) => Some(kind),
                Err(other) => panic!("{other}"),
            };
            assert_eq!(found, missing);
        }
    }
}
