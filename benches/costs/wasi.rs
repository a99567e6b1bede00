//! WASI programs: from the store to the program's exit (`wasi/start/HOW`), and bytes that a program copies from
//! its standard input to its standard output (`wasi/copy/HOW`).

use crate::{ours, rust};
use criterion::{BatchSize, Criterion};
use safewasm::abi::{
    safewasm_buffer_t, safewasm_engine_t, safewasm_linker_t, safewasm_module_t, safewasm_store_t,
    safewasm_wasi_stream_t,
};
use safewasm_capi as c;
use std::ptr::{null, null_mut};
use wasmtime::{Linker, Module, Store};
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};

/// Writes a line and ends.
const HELLO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\0d\00\00\00hello, world\n")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
        (call $exit (i32.const 0))))"#;

/// Copies its standard input to its standard output, 64 KiB at a time.
const COPY: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 2)
    (func (export "_start")
        (loop $again
            (i32.store (i32.const 0) (i32.const 65536))
            (i32.store (i32.const 4) (i32.const 65536))
            (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
            (i32.store (i32.const 4) (i32.load (i32.const 8)))
            (if (i32.load (i32.const 8))
                (then
                    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
                    (br $again))))))"#;

const STDOUT: u32 = safewasm_wasi_stream_t::STDOUT as u32;

/// How many bytes are copied in a run.
const COPIED: usize = 64 << 20;

pub fn benches(criterion: &mut Criterion) {
    start(criterion);
    copy(criterion);
}

fn start(criterion: &mut Criterion) {
    let (by_rust, by_ours) = (Peer::new(HELLO), Ours::new(HELLO));
    // Unmapping memory costs more in a process with more threads, so all are started before.
    by_ours.run(&[], Way::Process);
    criterion.bench_function("wasi/start/rust", |bencher| {
        bencher.iter(|| {
            let output = MemoryOutputPipe::new(1 << 16);
            by_rust.run(WasiCtxBuilder::new().arg("hello").stdout(output.clone()));
            assert_eq!(output.contents().len(), 13);
        });
    });
    criterion.bench_function("wasi/start/ours", |bencher| {
        bencher.iter(|| assert_eq!(by_ours.run(&[], Way::Here), 13));
    });
    criterion.bench_function("wasi/start/ours-process", |bencher| {
        bencher.iter(|| assert_eq!(by_ours.run(&[], Way::Process), 13));
    });
}

fn copy(criterion: &mut Criterion) {
    let input = vec![7; COPIED];
    let by_rust = Peer::new(COPY);
    criterion.bench_function("wasi/copy/rust", |bencher| {
        let pipes = || (MemoryInputPipe::new(input.clone()), MemoryOutputPipe::new(COPIED));
        let run = |(from, to): (MemoryInputPipe, MemoryOutputPipe)| {
            by_rust.run(WasiCtxBuilder::new().stdin(from).stdout(to.clone()));
            assert_eq!(to.contents().len(), COPIED);
        };
        bencher.iter_batched(pipes, run, BatchSize::PerIteration);
    });
    let by_ours = Ours::new(COPY);
    criterion.bench_function("wasi/copy/ours", |bencher| {
        bencher.iter(|| assert_eq!(by_ours.run(&input, Way::Here), COPIED));
    });
}

/// A program, and a linker with the functions of wasmtime-wasi.
struct Peer {
    linker: Linker<WasiP1Ctx>,
    module: Module,
}

impl Peer {
    fn new(text: &str) -> Self {
        let engine = rust::engine(false);
        let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let mut linker = Linker::new(&engine);
        p1::add_to_linker_sync(&mut linker, |context| context).unwrap();
        Self { linker, module }
    }

    fn run(&self, wasi: &mut WasiCtxBuilder) {
        let mut store = Store::new(self.module.engine(), wasi.build_p1());
        let instance = self.linker.instantiate(&mut store, &self.module).unwrap();
        let start = instance.get_typed_func::<(), ()>(&mut store, "_start").unwrap();
        if let Err(error) = start.call(&mut store, ()) {
            assert_eq!(error.downcast_ref::<wasmtime_wasi::I32Exit>().unwrap().0, 0);
        }
    }
}

/// How a program is run.
#[derive(Clone, Copy)]
enum Way {
    Here,
    Process,
}

/// A program, and a linker with the functions of WASI.
struct Ours {
    engine: *mut safewasm_engine_t,
    linker: *mut safewasm_linker_t,
    module: *mut safewasm_module_t,
    buffer: *mut safewasm_buffer_t,
}

impl Ours {
    fn new(text: &str) -> Self {
        let engine = ours::engine(false);
        let (mut linker, mut buffer) = (null_mut(), null_mut());
        // SAFETY: the pointers to what is made are valid.
        unsafe {
            ours::ok(c::safewasm_linker_new(engine, &mut linker));
            ours::ok(c::safewasm_linker_define_wasi(linker));
            ours::ok(c::safewasm_buffer_new(u64::MAX, &mut buffer));
        }
        Self { engine, linker, module: ours::module(engine, text), buffer }
    }

    /// Runs the program with `input`. Returns how many bytes it has written.
    fn run(&self, input: &[u8], way: Way) -> usize {
        // SAFETY: the texts and bytes are as long as they say, and the pointers to what is made are valid.
        unsafe {
            let (mut wasi, mut store, mut written) = (null_mut(), null_mut(), null_mut());
            ours::ok(c::safewasm_wasi_new(&mut wasi));
            ours::ok(c::safewasm_wasi_add_arg(wasi, c"hello".as_ptr(), 5));
            ours::ok(c::safewasm_wasi_set_stdin_bytes(wasi, input.as_ptr(), input.len()));
            ours::ok(c::safewasm_wasi_set_stream_buffer(wasi, STDOUT, self.buffer));
            ours::ok(c::safewasm_store_new(self.engine, &mut store));
            ours::ok(c::safewasm_store_set_wasi(store, wasi));
            let status = match way {
                Way::Here => self.run_here(store),
                Way::Process => self.run_process(store),
            };
            assert_eq!(status, 0);
            ours::ok(c::safewasm_buffer_take(self.buffer, &mut written));
            let (mut data, mut len) = (null(), 0);
            ours::ok(c::safewasm_bytes_data(written, &mut data, &mut len));
            c::safewasm_bytes_delete(written);
            len
        }
    }

    unsafe fn run_here(&self, store: *mut safewasm_store_t) -> u32 {
        let (mut instance, mut status) = (null_mut(), 1);
        // SAFETY: as in `run`.
        unsafe {
            let error =
                c::safewasm_linker_instantiate(self.linker, store, self.module, &mut instance);
            ours::ok(error);
            ours::ok(c::safewasm_instance_run(instance, &mut status));
            c::safewasm_instance_delete(instance);
            c::safewasm_store_delete(store);
        }
        status
    }

    unsafe fn run_process(&self, store: *mut safewasm_store_t) -> u32 {
        let (mut process, mut has_ended, mut status) = (null_mut(), false.into(), 1);
        let (linker, module) = (self.linker, self.module);
        // SAFETY: as in `run`.
        unsafe {
            let error = c::safewasm_process_new(
                linker,
                module,
                store,
                None,
                null_mut(),
                None,
                &mut process,
            );
            ours::ok(error);
            ours::ok(c::safewasm_process_wait(process, u64::MAX, &mut has_ended));
            ours::ok(c::safewasm_process_status(process, &mut has_ended, &mut status));
            c::safewasm_process_delete(process);
        }
        status
    }
}
