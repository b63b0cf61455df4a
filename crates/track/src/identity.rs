//! Names for tracks that say nothing and die with them.

/// Gives out the ids of one tracker: numbers that nobody can guess without its seed, none of them twice.
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
    /// # Source
    /// The output function of `SplitMix64`: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
    /// generators", OOPSLA 2014, doi:10.1145/2660193.2660195. It maps different numbers to different ones.
    pub(crate) const fn id(&self, slot: usize) -> u64 {
        let count = self
            .frame
            .wrapping_mul(crate::MAX_FACES as u64)
            .wrapping_add(slot as u64);
        let mut mixed = self.seed.wrapping_add(count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

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
        // The generator's first output for this seed, as other implementations of it give it, is that of count 1.
        assert_eq!(Ids::new(1_234_567).id(1), 6_457_827_717_110_365_317);
    }
}
