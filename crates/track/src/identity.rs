//! Names for tracks that say nothing and die with them.

use core::hash::Hasher;
#[expect(
    deprecated,
    reason = "nothing else in the standard library hashes with a key that one may choose"
)]
use core::hash::SipHasher;

/// Gives out the ids of one tracker: numbers that nobody can tell from chance without its seed, not even from those
/// given out before. Two are the same by chance alone, which is one in 2^64 for each pair.
///
/// It counts frames and not faces, so what it remembers is the same whoever was seen.
#[derive(Clone, Copy)]
pub(crate) struct Ids {
    seed: u64,
    frame: u64,
}

impl Ids {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, frame: 0 }
    }

    /// Goes on to the next frame.
    pub(crate) const fn next_frame(&mut self) {
        self.frame = self.frame.wrapping_add(1);
    }

    /// The frames so far.
    pub(crate) const fn frame(&self) -> u64 {
        self.frame
    }

    /// The id of a track that starts in this frame at `slot`, which is below [`MAX_FACES`](crate::MAX_FACES). A slot
    /// gets no second track within a frame.
    ///
    /// The hash of how many tracks could have started before, under a key whose first half is the seed. An id and its
    /// number give the seed to nobody but who tries all 2^64.
    ///
    /// # Source
    /// SipHash-2-4: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012,
    /// doi:10.1007/978-3-642-34931-7_28.
    #[expect(deprecated, reason = "see the import")]
    pub(crate) fn id(&self, slot: usize) -> u64 {
        let count = self
            .frame
            .wrapping_mul(crate::MAX_FACES as u64)
            .wrapping_add(slot as u64);
        let mut hasher = SipHasher::new_with_keys(self.seed, SECOND_HALF);
        hasher.write(&count.to_le_bytes());
        hasher.finish()
    }
}

/// The second half of the key: that of the paper's example, which a test repeats.
const SECOND_HALF: u64 = 0x0f0e_0d0c_0b0a_0908;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::MAX_FACES;

    #[test]
    fn no_id_comes_twice_and_another_seed_gives_others() {
        let mut seen = BTreeSet::new();
        for seed in [0, 1, u64::MAX] {
            let mut ids = Ids::new(seed);
            for _ in 0..100 {
                ids.next_frame();
                seen.extend((0..MAX_FACES).map(|slot| ids.id(slot)));
            }
        }
        assert_eq!(seen.len(), 3 * 100 * MAX_FACES);
    }

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let mut ids = Ids::new(1_234_567);
        ids.next_frame();
        assert_eq!(
            ids.id(3),
            Ids {
                seed: 1_234_567,
                frame: 1
            }
            .id(3)
        );
    }

    #[test]
    fn an_id_is_the_keyed_hash_of_its_number() {
        // The reference implementation's vector for the key 00 01 .. 0f and the eight bytes 00 01 .. 07.
        let number: u64 = 0x0706_0504_0302_0100;
        let ids = Ids {
            seed: 0x0706_0504_0302_0100,
            frame: number / MAX_FACES as u64,
        };
        assert_eq!(ids.id(0), 0x93f5_f579_9a93_2462);
    }
}
