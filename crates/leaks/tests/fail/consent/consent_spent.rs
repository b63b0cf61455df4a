//! A session on a consent that the app has let go of.

use moretta_veil::{BuildError, Consent, Options, Pipeline, Reserve, Veil, VeilError};

fn main() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(consent: Consent, options: Options, build: Build<P>) -> Result<Veil<P>, VeilError> {
        drop(consent);
        Veil::new(&consent, options, build)
    }
}
