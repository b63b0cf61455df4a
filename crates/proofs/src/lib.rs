//! Run-time proofs of the privacy promise, their controls and mutants
