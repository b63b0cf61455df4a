use std::panic;
use std::thread;
use std::time::{Duration, Instant};

use crate::{InferError, TractPlan, VerifiedModel};

/// A network that was loaded, and how long that took.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The network.
    pub plan: TractPlan,
    /// From bytes to a plan that has run once.
    pub took: Duration,
}

/// Loads `models` side by side, each on a thread of its own that ends with it; the result has their order.
///
/// No thread of these sees a face. An app calls this while it starts, on any thread.
///
/// # Errors
/// Those of [`TractPlan::load`], and [`InferError::Thread`] if the system gives no thread. With several, the first in
/// the order of `models`.
pub fn load_all(models: &[VerifiedModel<'_>]) -> Result<Vec<Loaded>, InferError> {
    thread::scope(|scope| {
        let threads: Vec<_> = models
            .iter()
            .map(|model| {
                thread::Builder::new()
                    .name(format!("load {}", model.kind()))
                    .spawn_scoped(scope, || load(model))
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

fn load(model: &VerifiedModel<'_>) -> Result<Loaded, InferError> {
    let start = Instant::now();
    let plan = TractPlan::load(model)?;
    Ok(Loaded {
        plan,
        took: start.elapsed(),
    })
}
