//! macOS and iOS.
