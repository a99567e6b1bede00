//! WASI preview 1 and 0.2, over `wasmtime-wasi`: the files, streams, clocks and random numbers of a guest.

pub(crate) mod callout;
mod clocks;
pub(crate) mod config;
mod files;
mod filestreams;
pub(crate) mod guest;
mod poll;
mod preview2;
mod random;
pub(crate) mod runtime;
pub(crate) mod streams;
pub(crate) mod timer;

/// The types of the functions of WASI preview 1.
use wasmtime_wasi::p1::types;
