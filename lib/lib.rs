//! The functions of the ABI, all of which are in the crate `safewasm`.

pub use library::*;
