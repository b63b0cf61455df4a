//! Beside the attempts in `tests/fail/consent`: the same, done rightly.

#![forbid(unsafe_code)]

use crate::stage::{OPTIONS, build, consent};
use moretta_veil::{
    AgeBand, BuildError, Consent, GuardianConsent, Options, Pipeline, Reserve, Revocation, Veil, VeilError,
};

#[test]
fn veil_without_consent() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(consent: &Consent, options: Options, build: Build<P>) -> Result<Veil<P>, VeilError> {
        let _ = consent;
        Veil::new(consent, options, build)
    }
    assert!(leak(&consent(), OPTIONS, build).is_ok());
}

#[test]
fn veil_on_a_maybe() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(
        consent: Option<&Consent>,
        options: Options,
        build: Build<P>,
    ) -> Result<Veil<P>, VeilError> {
        Veil::new(consent.unwrap(), options, build)
    }
    assert!(leak(Some(&consent()), OPTIONS, build).is_ok());
}

#[test]
fn veil_on_a_revocation() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(consent: &Consent, options: Options, build: Build<P>) -> Result<Veil<P>, VeilError> {
        let revocation = consent.revocation();
        revocation.revoke();
        Veil::new(consent, options, build)
    }
    assert!(matches!(
        leak(&consent(), OPTIONS, build),
        Err(VeilError::Revoked)
    ));
}

#[test]
fn consent_spent() {
    type Build<P> = fn(&Reserve<'_>) -> Result<P, BuildError>;
    fn leak<P: Pipeline>(consent: Consent, options: Options, build: Build<P>) -> Result<Veil<P>, VeilError> {
        Veil::new(&consent, options, build)
    }
    assert!(leak(consent(), OPTIONS, build).is_ok());
}

#[test]
fn consent_forged() {
    let consent = Consent::given(AgeBand::From14);
    let forged = consent;
    assert!(!forged.revocation().is_revoked());
}

#[test]
fn consent_copied() {
    let consent = Consent::given(AgeBand::From14);
    let copy = &consent;
    assert!(!copy.revocation().is_revoked());
}

#[test]
fn consent_by_default() {
    let consent = Consent::given(AgeBand::From14);
    assert!(!consent.revocation().is_revoked());
}

#[test]
fn consent_by_a_switch() {
    let stored = true;
    let consent: Consent = stored.then(|| Consent::given(AgeBand::From14)).unwrap();
    assert!(!consent.revocation().is_revoked());
}

#[test]
fn consent_without_an_age() {
    let consent = Consent::given(AgeBand::From14);
    assert!(!consent.revocation().is_revoked());
}

#[test]
fn consent_of_a_child_alone() {
    let consent = Consent::given(AgeBand::Under14(GuardianConsent::given()));
    assert!(!consent.revocation().is_revoked());
}

#[test]
fn consent_of_an_estimated_age() {
    let age: AgeBand = AgeBand::From14;
    assert!(!Consent::given(age).revocation().is_revoked());
}

#[test]
fn guardian_forged() {
    let guardian = GuardianConsent::given();
    drop(Consent::given(AgeBand::Under14(guardian)));
}

#[test]
fn guardian_by_default() {
    let guardian: GuardianConsent = GuardianConsent::given();
    drop(Consent::given(AgeBand::Under14(guardian)));
}

#[test]
fn guardian_copied() {
    let guardian = GuardianConsent::given();
    let copy = GuardianConsent::given();
    drop([
        Consent::given(AgeBand::Under14(guardian)),
        Consent::given(AgeBand::Under14(copy)),
    ]);
}

#[test]
fn guardian_used_twice() {
    let guardian = GuardianConsent::given();
    let first = Consent::given(AgeBand::Under14(guardian));
    let guardian = GuardianConsent::given();
    let second = Consent::given(AgeBand::Under14(guardian));
    drop((first, second));
}

#[test]
fn age_copied() {
    let age = AgeBand::From14;
    let kept = &age;
    let _ = kept;
}

#[test]
fn age_of_a_consent() {
    let consent = Consent::given(AgeBand::From14);
    let age: Consent = consent;
    drop(age);
}

#[test]
fn consent_stored() {
    fn wire(_: &impl serde::Serialize) {}
    let consent = Consent::given(AgeBand::From14);
    wire(&consent.revocation().is_revoked());
}

#[test]
fn consent_restored() {
    let stored = [1];
    let consent: Result<bool, _> = postcard::from_bytes(&stored);
    assert!(consent.is_ok());
}

#[test]
fn consent_archived() {
    fn archive(_: &impl rkyv::Archive) {}
    let consent = Consent::given(AgeBand::From14);
    archive(&consent.revocation().is_revoked());
}

#[test]
fn debug_of_a_consent() {
    let consent = Consent::given(AgeBand::From14);
    let text = format!("{:?}", consent.revocation().is_revoked());
    assert_eq!(text, "false");
}

#[test]
fn consents_compared() {
    let consent = Consent::given(AgeBand::From14);
    let other = Consent::given(AgeBand::From14);
    let same = consent.revocation().is_revoked() == other.revocation().is_revoked();
    assert!(same);
}

#[test]
fn revocation_undone() {
    let consent = Consent::given(AgeBand::From14);
    let revocation = consent.revocation();
    revocation.revoke();
    let undone = revocation;
    assert!(undone.is_revoked());
}

#[test]
fn revocation_as_a_consent() {
    let consent = Consent::given(AgeBand::From14);
    let revocation = consent.revocation();
    let again: Revocation = revocation;
    drop(again);
}
