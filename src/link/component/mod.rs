//! Linkers of components: definitions by interface and name, and the binding of a component's imports to them.

mod bind;
pub(crate) mod linker;
pub(crate) mod pre;
