//! SafeWasm: WebAssembly for Julia and C, over Wasmtime, behind a C ABI in which no misuse of a
//! handle is undefined behaviour.
//!
//! `include/safewasm.h` is generated from this crate and says the same to C programmers. The rules
//! that hold for every function:
//!
//! - **Objects** are opaque pointers that nobody dereferences: handles, checked on every use. NULL,
//!   a deleted object, an object of another kind or store, a made-up address: each is an error
//!   that names the argument.
//! - **Ownership.** Every handle that comes out of a function is a new one and belongs to the
//!   caller, who gives it to the `_delete` of its kind. Arguments are borrowed. `_delete` accepts
//!   NULL and what was deleted already, never waits and never fails, on whichever thread. Engines
//!   and modules are reference-counted inside: delete them in any order. Instances, funcs,
//!   memories, tables, globals and tags belong to a store: deleting one frees its handle only, and
//!   they become invalid with their store.
//! - **Errors.** A function that can fail returns NULL for success, else an error, which belongs to
//!   the caller. Out-parameters are cleared before anything else is checked. When several arguments
//!   are bad, the store is reported last. Only parameters whose description says so may be NULL.
//! - **Text and bytes** go in as pointer and length. Text is UTF-8; a NUL byte in it is a character
//!   like any other. Text that comes out has a length and a NUL at its end. A `bool` that goes in
//!   may hold any byte: all but 0 are true.
//! - **Threads.** Everything that belongs to no store (engines, modules, configs, types, bytes,
//!   views, errors) may be used from any threads at once. A store and what it owns may move between
//!   threads, one thread in it at a time; a second one gets an error at once. The thread that made the
//!   store enters it fastest, until another one has entered.
//! - **MUST NOT.** What the library can't notice is listed in one place, at the top of the header (in
//!   `cbindgen.toml`); `docs/process.md` explains what concerns signals, stacks, threads and forks.
//!
//! No panic crosses the boundary: it becomes an internal error, and the store that it happened in
//! refuses further use.
//!
//! # Where things are
//!
//! The modules are layers; each uses its own and those before it only, as a test keeps (`tests/supply`): [`handle`], the
//! generic handle table; `kinds`, the list of the kinds of object; `process`, the process and its threads;
//! `error`; `types`; `engine`; `store`; `registry`, which turns pointers into objects; `call`, into wasm and
//! out of it; `link`; `startup`; and [`abi`], the functions of the header. `docs/architecture.md` shows the
//! way of a call through them.
#![allow(non_camel_case_types, reason = "the names in the header")]
#![warn(missing_docs, unsafe_op_in_unsafe_fn, clippy::undocumented_unsafe_blocks)]
#![allow(
    clippy::missing_safety_doc,
    reason = "what a caller of the C ABI must uphold is one rule, at the top of this page"
)]

pub mod abi;
mod call;
mod engine;
mod error;
pub mod handle;
mod kinds;
mod link;
mod process;
mod registry;
mod startup;
mod store;
mod sync;
mod types;

#[cfg(not(all(target_pointer_width = "64", target_endian = "little")))]
compile_error!("SafeWasm is for 64-bit little-endian machines");

pub use types::boolean::{Bool, BoolArg};
