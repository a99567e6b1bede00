//! SafeWasm: WebAssembly for Julia and C, over Wasmtime, behind a C ABI in which no misuse of a
//! handle is undefined behaviour.
//!
//! `include/safewasm.h` is generated from this crate: a section for each module of [`abi`], after the rules,
//! which are the same text as here.
//!
#![doc = include_str!("rules.md")]
//!
//! # Where things are
//!
//! The modules are layers. Each uses only itself and the layers before it, which a test checks
//! (`tests/supply`): [`handle`], the generic handle table; `kinds`, the list of the kinds of object;
//! `process`, the process and its threads; `error`; `types`; `engine`; `wasi`; `store`; `registry`, which turns
//! pointers into objects; `call`, calls into wasm and host functions; `link`; `startup`; and [`abi`], the
//! functions of the header. `docs/architecture.md` follows a call through them.
#![allow(non_camel_case_types, reason = "the names in the header")]
#![warn(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![allow(
    clippy::missing_safety_doc,
    reason = "the rules at the top of this page hold for each function"
)]

pub mod abi;
mod call;
mod canonical;
mod engine;
mod error;
pub mod handle;
mod kinds;
mod link;
mod process;
mod command;
mod registry;
mod startup;
mod store;
mod sync;
mod types;
#[cfg(feature = "wasi")]
mod wasi;

#[cfg(not(all(target_pointer_width = "64", target_endian = "little")))]
compile_error!("SafeWasm is for 64-bit little-endian machines");

pub use abi::args::Nullable;
pub use types::boolean::{Bool, BoolArg};
