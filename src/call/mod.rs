//! Calls into wasm, and host functions, which wasm calls.

pub(crate) mod activation;
pub(crate) mod bulk;
pub(crate) mod component;
pub(crate) mod componenthost;
pub(crate) mod enter;
pub(crate) mod external;
pub(crate) mod func;
pub(crate) mod heap;
pub(crate) mod host;
pub(crate) mod rowloop;
pub(crate) mod value;
#[cfg(feature = "wasi")]
pub(crate) mod wasi;
