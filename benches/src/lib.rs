//! Criterion benches, named stage/case/size
