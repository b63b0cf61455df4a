//! The staged effect language: all that an effect author ever sees
