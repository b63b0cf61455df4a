//! A session that nobody agreed to.

use moretta_veil::{BuildError, Consent, Options, Pipeline, Reserve, Veil, VeilError};

fn main() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(consent: &Consent, options: Options, build: Build<P>) -> Result<Veil<P>, VeilError> {
        let _ = consent;
        Veil::new(&(), options, build)
    }
}
