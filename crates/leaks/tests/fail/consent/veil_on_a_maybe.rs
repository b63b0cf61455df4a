//! A session that somebody may have agreed to.

use moretta_veil::{BuildError, Consent, Options, Pipeline, Reserve, Veil, VeilError};

fn main() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(
        consent: Option<&Consent>,
        options: Options,
        build: Build<P>,
    ) -> Result<Veil<P>, VeilError> {
        Veil::new(consent, options, build)
    }
}
