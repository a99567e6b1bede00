//! The comparisons, each with its limit.

use crate::measured::Measured;

/// An operation of this library, and the same of a peer.
pub struct Row {
    pub what: &'static str,
    pub ours: &'static str,
    pub peer: &'static str,
    /// The largest allowed ratio of this library's time to the peer's.
    pub bar: f64,
}

impl Row {
    /// How the peer did it.
    pub fn peer_name(&self) -> &'static str {
        self.peer.rsplit('/').next().unwrap_or(self.peer)
    }

    /// The rows of Julia are there if Julia was measured.
    pub fn is_wanted(&self, measured: &Measured) -> bool {
        !self.ours.starts_with("julia/") || measured.has(self.ours)
    }
}

const fn row(what: &'static str, ours: &'static str, peer: &'static str, bar: f64) -> Row {
    Row { what, ours, peer, bar }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row("slot call, (i32, i32) -> i32", "call/i32x2/ours-slots", "call/i32x2/rust-typed", 1.6),
    row("slot call, (i32, i32) -> i32", "call/i32x2/ours-slots", "call/i32x2/capi", 0.14),
    row("slot call, (i32, i32) -> i32", "call/i32x2/ours-slots", "call/i32x2/capi-unchecked", 1.4),
    row("slot call, (i32, i32) -> i32", "call/i32x2/ours-slots", "call/i32x2/capi-shared", 1.4),
    row("slot call, () -> ()", "call/none/ours-slots", "call/none/rust-typed", 1.6),
    row("slot call, (f64, f64) -> f64", "call/f64x2/ours-slots", "call/f64x2/rust-typed", 1.6),
    row("slot call, (v128, v128) -> v128", "call/v128x2/ours-slots", "call/v128x2/rust-typed", 1.6),
    row("slot call, 8 × i32 -> i32", "call/i32x8/ours-slots", "call/i32x8/rust-typed", 1.6),
    row("slot call, (i32, i64, f32, f64) -> f64", "call/mixed/ours-slots", "call/mixed/rust-typed", 1.6),
    row("checked call, (i32, i32) -> i32", "call/i32x2/ours-checked", "call/i32x2/rust-typed", 2.5),
    row("checked call, () -> ()", "call/none/ours-checked", "call/none/rust-typed", 2.5),
    row("checked call, (f64, f64) -> f64", "call/f64x2/ours-checked", "call/f64x2/rust-typed", 2.5),
    row("checked call, (v128, v128) -> v128", "call/v128x2/ours-checked", "call/v128x2/rust-typed", 2.5),
    row("checked call, 8 × i32 -> i32", "call/i32x8/ours-checked", "call/i32x8/rust-typed", 2.5),
    row("checked call, (i32, i64, f32, f64) -> f64", "call/mixed/ours-checked", "call/mixed/rust-typed", 2.5),
    row("bulk call of 10,000", "bulk/ours", "bulk/rust-unchecked", 1.15),
    row("wasm calls a host function of slots", "host/ours-slots", "host/rust-wrap", 3.0),
    row("wasm calls a host function of slots", "host/ours-slots", "host/capi-unchecked", 2.0),
    row("wasm calls a host function of values", "host/ours-values", "host/rust-new", 1.5),
    row("store and instance", "instance/ours", "instance/rust", 1.3),
    row("store and pre-instantiation", "instance/ours-pre", "instance/rust-pre", 1.3),
    row("store and instance", "instance/ours", "instance/capi", 1.3),
    row("store and instance, pooled", "pooled/ours", "pooled/rust", 1.2),
    row("store and pre-instantiation, pooled", "pooled/ours-pre", "pooled/rust-pre", 1.2),
    row("store and instance, pooled", "pooled/ours", "pooled/capi", 1.2),
    row("read 1 byte", "memory/read/1/ours", "call/i32x2/rust-typed", 1.6),
    row("read 64 bytes", "memory/read/64/ours", "call/i32x2/rust-typed", 1.6),
    row("read 64 KiB", "memory/read/64Ki/ours", "memory/read/64Ki/memcpy", 1.1),
    row("read 16 MiB", "memory/read/16Mi/ours", "memory/read/16Mi/memcpy", 1.1),
    row("write 1 byte", "memory/write/1/ours", "call/i32x2/rust-typed", 1.6),
    row("write 64 bytes", "memory/write/64/ours", "call/i32x2/rust-typed", 1.6),
    row("write 64 KiB", "memory/write/64Ki/ours", "memory/write/64Ki/memcpy", 1.1),
    row("write 16 MiB", "memory/write/16Mi/ours", "memory/write/16Mi/memcpy", 1.1),
    row("read a global", "global/get/ours", "call/i32x2/capi", 0.5),
    row("write a global", "global/set/ours", "call/i32x2/capi", 0.5),
    row("read a table", "table/get/ours", "call/i32x2/capi", 0.5),
    row("look up an export by name", "export/ours", "export/capi", 2.0),
    row("compile 200 functions", "module/ours", "module/rust", 1.1),
    row("load it compiled from a file", "artifact/ours", "artifact/rust", 1.1),
    row("WASI: from the store to the exit", "wasi/start/ours", "wasi/start/rust", 1.3),
    row("WASI: the same as a process", "wasi/start/ours-process", "wasi/start/rust", 4.0),
    row("WASI: copy 64 MiB", "wasi/copy/ours", "wasi/copy/rust", 1.5),
    row("a server with many tenants: a request", "tenants/ours", "tenants/rust", 1.0 / 0.9),
    row("load the library", "load/ours", "load/capi", 1.1),
    row("as many calls on each of two threads", "threads/two", "threads/one", 2.0 / 1.8),
    row("as many calls on each of two threads", "threads/two", "threads/rust-two", 1.6),
    row("Julia: typed call", "julia/call/typed", "julia/call/capi-unchecked", 2.0),
    row("Julia: typed call", "julia/call/typed", "julia/call/direct", 1.2),
    row("Julia: typed call", "julia/call/typed", "julia/call/plain", 25.0),
    row("Julia: typed call, two threads", "julia/call-threads/typed", "julia/call-threads/capi-unchecked", 2.4),
    row("Julia: untyped call", "julia/call/untyped", "julia/call/capi-unchecked", 15.0),
    row("Julia: f.(xs, ys) into an array, typed", "julia/bulk/typed", "bulk/rust-unchecked", 1.3),
    row("Julia: f.(xs, ys) into an array, typed", "julia/bulk/typed", "julia/bulk/direct", 1.2),
    row("Julia: f.(xs, ys), untyped", "julia/bulk/untyped", "bulk/rust-unchecked", 1.5),
    row("Julia: wasm calls a typed Julia function", "julia/host/typed", "host/ours-slots", 6.0),
    row("Julia: mem[i], scattered", "julia/memory/scattered", "julia/vector/scattered", 1.5),
    row("Julia: mem[i], in sequence, a byte", "julia/memory/sequence", "a nanosecond", 1.0),
    row("Julia: mem[a:b], 64 KiB", "julia/memory/slice", "julia/vector/slice", 1.2),
    row("Julia: copyto!, 64 KiB", "julia/memory/copyto", "julia/vector/copyto", 1.2),
    row("Julia: copyto!, 64 KiB", "julia/memory/copyto", "julia/memory/direct", 1.2),
    row("Julia: fill!, 1 MiB", "julia/memory/fill", "julia/vector/fill", 1.2),
    row("Julia: store and instance", "julia/instance/new", "julia/instance/direct", 2.0),
    row("Julia: a module is sent to a worker and loaded", "julia/transfer/module", "julia/transfer/vector", 3.0),
    row("Julia: read(command)", "julia/wasi/read", "wasi/start/ours-process", 2.0),
    row("Julia: `using SafeWasm`", "julia/first/loaded", "julia/first/ccalls", 2.0),
    row("Julia: from `using` to the first result", "julia/first/package", "julia/first/ccalls", 4.0),
    row("Julia: the same when the package is new", "julia/first/cold", "julia/first/package", 10.0),
];
