//! WASI preview 1, over `wasmtime-wasi`: the files, streams, clocks and random numbers of a guest.

pub(crate) mod callout;
mod clocks;
pub(crate) mod config;
mod files;
pub(crate) mod guest;
mod poll;
mod random;
pub(crate) mod runtime;
pub(crate) mod streams;
pub(crate) mod timer;

/// The types of the functions of WASI preview 1.
use wasmtime_wasi::p1::types;
