//! An effect as a third party writes it: no_std, no unsafe, one dependency
