//! The canonical ABI: the values of components, from nodes into wasm and from wasm into nodes.
//!
//! Wasmtime's dynamic values are trees with 40 bytes for each number of a list. Nodes go straight into the memory of
//! wasm in place of that, through Wasmtime's traits [`Lower`](wasmtime::component::Lower) and
//! [`Lift`](wasmtime::component::Lift). Their members are hidden, so `Cargo.toml` names Wasmtime's exact version, and
//! only this folder uses them.

mod check;
mod copy;
pub(crate) mod function;
pub(crate) mod host;
mod lift;
mod lower;
pub(crate) mod names;
pub(crate) mod node;
pub(crate) mod values;
