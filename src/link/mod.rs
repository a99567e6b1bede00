//! Linkers: definitions by name, pre-instantiation, and errors that explain what does not link.

pub(crate) mod define;
pub(crate) mod explain;
pub(crate) mod instancepre;
pub(crate) mod instantiate;
pub(crate) mod linker;
