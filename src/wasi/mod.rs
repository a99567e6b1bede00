//! WASI preview 1, over `wasmtime-wasi`: the files, streams, clocks and random numbers of a guest.

#[expect(dead_code, reason = "stores use the streams soon")]
pub(crate) mod config;
