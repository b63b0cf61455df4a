//! Beside the attempts in `tests/fail/donor`: the same, done rightly.

use moretta_veil::{Donor, GivenUp, Tenure};
use std::hash::Hash;

fn donor() -> Donor {
    Tenure::begin().1
}

#[test]
fn donor_copied() {
    fn leak(donor: &Donor) -> &Donor {
        donor
    }
    assert!(leak(&donor()).is_there());
}

#[test]
fn donors_compared() {
    fn leak(one: &Donor, other: &Donor) -> bool {
        one.is_there() == other.is_there()
    }
    assert!(leak(&donor(), &donor()));
}

#[test]
fn donor_as_text() {
    fn leak(donor: &Donor) -> String {
        format!("{donor:?}")
    }
    assert_eq!(leak(&donor()), "Donor(..)");
}

#[test]
fn donor_serialized() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak(donor: &Donor) {
        wire(&donor.is_there());
    }
    leak(&donor());
}

#[test]
fn hash_of_a_donor() {
    fn number(_: &impl Hash) {}
    fn leak(donor: &Donor) {
        number(&donor.is_there());
    }
    leak(&donor());
}

#[test]
fn donor_taken_apart() {
    fn leak(donor: &Donor) {
        let _ = &donor.is_there();
    }
    leak(&donor());
}

#[test]
fn donor_by_default() {
    let donor: Donor = donor();
    drop(donor);
}

#[test]
fn donor_as_bytes() {
    fn leak(donor: &Donor) -> Vec<u8> {
        bytemuck::bytes_of(&u8::from(donor.is_there())).to_vec()
    }
    assert_eq!(leak(&donor()), [1]);
}

#[test]
fn picture_given_up_twice() {
    let mut bytes = [7; 4];
    let picture = GivenUp::one(&mut bytes);
    drop(picture.into_frame());
    assert_eq!(bytes, [0; 4]);
}

#[test]
fn picture_read_while_it_is_given_up() {
    let mut bytes = [7; 4];
    let picture = GivenUp::one(&mut bytes);
    drop(picture);
    let copy = bytes.to_vec();
    drop(copy);
}

#[test]
fn picture_only_shown() {
    let bytes = [7; 4];
    let mut own = bytes;
    let picture = GivenUp::one(&mut own);
    drop(picture);
}

#[test]
fn picture_past_its_bytes() {
    fn leak(bytes: &mut [u8]) -> GivenUp<'_> {
        GivenUp::one(bytes)
    }
    drop(leak(&mut [7; 4]));
}

#[test]
fn picture_copied() {
    fn leak<'a>(picture: GivenUp<'a>) -> GivenUp<'a> {
        picture
    }
    drop(leak(GivenUp::one(&mut [7; 4])));
}

#[test]
fn debug_of_a_picture() {
    fn leak(picture: &GivenUp<'_>) -> String {
        format!("{:?}", size_of_val(picture))
    }
    assert!(!leak(&GivenUp::one(&mut [7; 4])).is_empty());
}

#[test]
fn pixels_of_a_picture() {
    fn leak(picture: &GivenUp<'_>) -> u8 {
        size_of_val(picture) as u8
    }
    assert!(leak(&GivenUp::one(&mut [7; 4])) > 0);
}

#[test]
fn picture_to_a_thread() {
    fn send(_: impl Send) {}
    fn leak(picture: GivenUp<'_>) {
        drop(picture);
        send(());
    }
    leak(GivenUp::one(&mut [7; 4]));
}
