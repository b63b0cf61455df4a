//! What sessions are made of and what outlives them: the graphics device with its pipelines, and the networks.

use std::thread;
use std::time::{Duration, Instant};

use moretta::{Consent, Device, Gpu, Models, Options, Policy, QualityMode, Renderer, Session};

use crate::Error;
use crate::news::FACES;

/// Device and networks, loaded once. A handle: a clone is the same.
#[derive(Clone)]
pub(crate) struct Studio {
    pub(crate) renderer: Renderer,
    pub(crate) models: Models,
    /// What loading took.
    pub(crate) took: Duration,
}

/// What a session is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) quality: QualityMode,
    pub(crate) disclose_presence: bool,
}

impl Studio {
    /// Builds pipelines and networks, side by side.
    ///
    /// # Errors
    /// [`Error::Moretta`].
    pub(crate) fn open(gpu: &Gpu) -> Result<Self, Error> {
        let start = Instant::now();
        let (renderer, models) = thread::scope(|scope| {
            let models = scope.spawn(Models::embedded);
            let renderer = Renderer::new(gpu).map_err(moretta::Error::from);
            let models = models
                .join()
                .unwrap_or_else(|payload| std::panic::resume_unwind(payload));
            Ok::<_, moretta::Error>((renderer?, models?))
        })?;
        Ok(Self {
            renderer,
            models,
            took: start.elapsed(),
        })
    }

    /// A session under `consent`.
    ///
    /// # Errors
    /// [`Error::Moretta`].
    pub(crate) fn session(&self, consent: &Consent, wish: Wish, policy: Policy) -> Result<Session, Error> {
        let options = Options {
            policy,
            max_faces: FACES,
            quality: wish.quality,
            disclose_presence: wish.disclose_presence,
            models: Some(self.models.clone()),
            device: Device::Shared(self.renderer.clone()),
            ..Options::default()
        };
        Ok(Session::new(consent, options)?)
    }
}

/// Tries under the strict policy; if the system refuses that and `best_effort` is set, once more without, and says why.
///
/// # Errors
/// Those of `attempt`.
pub(crate) fn with_policy<T>(
    best_effort: bool,
    mut attempt: impl FnMut(Policy) -> Result<T, Error>,
) -> Result<(T, Option<String>), Error> {
    match attempt(Policy::Strict) {
        Err(error) if best_effort && error.is_protection() => {
            Ok((attempt(Policy::BestEffort)?, Some(error.to_string())))
        }
        other => Ok((other?, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use moretta::VeilError;

    fn refused(policy: Policy) -> Result<Policy, Error> {
        match policy {
            Policy::Strict => Err(VeilError::HeapNotInstalled.into()),
            Policy::BestEffort => Ok(policy),
        }
    }

    #[test]
    fn strict_is_tried_first_and_kept_if_it_holds() {
        let (policy, why) = with_policy(true, Ok).unwrap();
        assert!(policy == Policy::Strict && why.is_none());
    }

    #[test]
    fn a_refusal_is_told_and_only_then_less_is_taken() {
        let (policy, why) = with_policy(true, refused).unwrap();
        assert!(policy == Policy::BestEffort && why.is_some_and(|why| !why.is_empty()));
        assert!(with_policy(false, refused).unwrap_err().is_protection());
    }

    #[test]
    fn another_error_is_no_reason_for_less() {
        let mut tries = 0;
        let result = with_policy(true, |_| {
            tries += 1;
            Err::<(), _>(Error::NoFrame)
        });
        assert!(result.is_err() && tries == 1);
    }
}
