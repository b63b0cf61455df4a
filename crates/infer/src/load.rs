use std::panic;
use std::thread;
use std::time::{Duration, Instant};

use crate::{Engine, InferError, Plan, VerifiedModel};

/// A network that was loaded, and how long that took.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The network.
    pub plan: Plan,
    /// From bytes to a plan.
    pub took: Duration,
}

/// Loads `models` into `engine` side by side, each on a thread of its own that ends with it; the result has their order.
///
/// No thread of these sees a face. An app calls this while it starts, on any thread.
///
/// # Errors
/// Those of [`Plan::load`], and [`InferError::Thread`] if the system gives no thread. With several, the first in
/// the order of `models`.
pub fn load_all(models: &[VerifiedModel<'_>], engine: Engine) -> Result<Vec<Loaded>, InferError> {
    thread::scope(|scope| {
        let threads: Vec<_> = models
            .iter()
            .map(|model| {
                thread::Builder::new()
                    .name(format!("load {}", model.kind()))
                    .spawn_scoped(scope, move || load(model, engine))
                    .map_err(|source| InferError::Thread {
                        kind: model.kind(),
                        source,
                    })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread?
                    .join()
                    .unwrap_or_else(|payload| panic::resume_unwind(payload))
            })
            .collect()
    })
}

fn load(model: &VerifiedModel<'_>, engine: Engine) -> Result<Loaded, InferError> {
    let start = Instant::now();
    let plan = Plan::load(model, engine)?;
    Ok(Loaded {
        plan,
        took: start.elapsed(),
    })
}
