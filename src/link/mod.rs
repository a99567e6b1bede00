//! Linkers: definitions by name, pre-instantiation, and messages for link errors.

pub(crate) mod component;
pub(crate) mod define;
pub(crate) mod explain;
pub(crate) mod instancepre;
pub(crate) mod instantiate;
pub(crate) mod linker;
#[cfg(feature = "wasi")]
pub(crate) mod preview1;
#[cfg(feature = "wasi")]
pub(crate) mod preview2;
pub(crate) mod start;
pub(crate) mod suggest;
pub(crate) mod unknown;
