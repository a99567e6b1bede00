//! The functions of the C ABI: a module for each section of the header, in the header's order.
//!
//! The documentation of a module is the banner of its section. A module holds functions, and re-exports the
//! types that its section shows.

pub(crate) mod args;
mod boundary;

pub mod error;
pub mod value;
pub mod functype;
pub mod externtype;
pub mod heaptype;
pub mod config;
pub mod engine;
pub mod module;
pub mod compilation;
pub mod artifact;
pub mod bytes;
pub mod component;
pub mod wittype;
pub mod store;
pub mod limits;
pub mod time;
pub mod profile;
pub mod sandbox;
pub mod external;
pub mod instance;
pub mod func;
pub mod caller;
pub mod bulk;
pub mod memory;
pub mod view;
pub mod global;
pub mod table;
pub mod tag;
pub mod reference;
pub mod linker;
pub mod instancepre;
pub mod sharedmemory;
#[cfg(feature = "wasi")]
pub mod wasi;
#[cfg(feature = "wasi")]
pub mod wasistreams;
pub mod process;
pub mod hooks;
pub mod diagnostics;

pub use artifact::*;
pub use bulk::*;
pub use bytes::*;
pub use caller::*;
pub use compilation::*;
pub use component::*;
pub use config::*;
pub use diagnostics::*;
pub use engine::*;
pub use error::*;
pub use external::*;
pub use externtype::*;
pub use func::*;
pub use functype::*;
pub use global::*;
pub use heaptype::*;
pub use hooks::*;
pub use instance::*;
pub use instancepre::*;
pub use limits::*;
pub use linker::*;
pub use memory::*;
pub use module::*;
pub use process::*;
pub use profile::*;
pub use reference::*;
pub use sandbox::*;
pub use sharedmemory::*;
pub use store::*;
pub use table::*;
pub use tag::*;
pub use time::*;
pub use value::*;
pub use view::*;
#[cfg(feature = "wasi")]
pub use wasi::*;
#[cfg(feature = "wasi")]
pub use wasistreams::*;
pub use wittype::*;
