//! Wasmtime's C API as a shared library, with the features that this library has.
#[cfg(feature = "capi")]
pub use wasmtime_c_api::*;
