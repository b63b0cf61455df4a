//! Stickers and sprites.
