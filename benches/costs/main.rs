//! Costs of operations: the same work by Wasmtime's Rust API (`rust`), by Wasmtime's C API (`capi`), and by
//! this library's C functions (`ours`), in one process. `safewasm-bench` makes a table of the results.
//!
//! This library's functions are called in the shared library, as a C program calls them. Wasmtime's C API is
//! linked into this program, which is an advantage for it; for one comparison it is a shared library, too.

mod bulk;
mod calls;
mod capi;
mod epochs;
mod hosts;
mod instances;
mod items;
mod memories;
mod modules;
mod ours;
mod rust;
mod shared;
mod threads;
mod wasi;

use criterion::{Criterion, criterion_group, criterion_main};
use std::time::Duration;

fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(30)
}

criterion_group! {
    name = benches;
    config = short();
    targets = calls::benches, shared::benches, bulk::benches, hosts::benches, instances::benches, items::benches,
        memories::benches, modules::benches, threads::benches, epochs::benches, wasi::benches
}
criterion_main!(benches);
