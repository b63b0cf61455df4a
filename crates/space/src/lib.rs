//! Coordinate spaces as types, over glam
