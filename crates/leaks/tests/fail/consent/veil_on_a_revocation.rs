//! A session on the handle that takes the consent back.

use moretta_veil::{Access, BuildError, Consent, Options, Pipeline, Veil, VeilError};

fn main() {
    type Build<P> = fn(&Access<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(consent: &Consent, options: Options, build: Build<P>) -> Result<Veil<P>, VeilError> {
        let revocation = consent.revocation();
        Veil::new(&revocation, options, build)
    }
}
