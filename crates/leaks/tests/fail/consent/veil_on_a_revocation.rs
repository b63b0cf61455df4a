//! A session on the handle that takes the consent back.

use moretta_veil::{BuildError, Consent, Options, Pipeline, Reserve, Veil, VeilError};

fn main() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(consent: &Consent, options: Options, build: Build<P>) -> Result<Veil<P>, VeilError> {
        let revocation = consent.revocation();
        Veil::new(&revocation, options, build)
    }
}
