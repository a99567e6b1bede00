//! Wasm that calls a host function a thousand times: `host/HOW`.

use crate::{capi, ours, rust};
use criterion::Criterion;
use safewasm::abi::safewasm_caller_t;
use safewasm::abi::safewasm_error_t;
use safewasm::abi::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::raw;
use std::ffi::c_void;
use std::ptr::null_mut;
use wasmtime::{Func, FuncType, Val, ValRaw, ValType};
use wasmtime_c_api as c;

const LOOP: &str = r#"(module
    (import "host" "add" (func $add (param i32 i32) (result i32)))
    (func (export "loop") (param i32) (result i32) (local i32)
        (loop $again
            (local.set 1 (call $add (local.get 0) (local.get 1)))
            (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1)))"#;

const CALLS: i32 = 1000;

pub fn benches(criterion: &mut Criterion) {
    let mut by_rust = |name: &str, host: fn(&mut wasmtime::Store<()>) -> Func| {
        let mut world = rust::World::with_host(LOOP, host);
        let run = world.instance.get_typed_func::<i32, i32>(&mut world.store, "loop").unwrap();
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| run.call(&mut world.store, CALLS).unwrap());
        });
    };
    by_rust("host/rust-wrap", |store| Func::wrap(store, |a: i32, b: i32| a.wrapping_add(b)));
    by_rust("host/rust-new", |store| {
        let ty = FuncType::new(store.engine(), [ValType::I32, ValType::I32], [ValType::I32]);
        Func::new(store, ty, |_, args, results| {
            results[0] = Val::I32(args[0].unwrap_i32().wrapping_add(args[1].unwrap_i32()));
            Ok(())
        })
    });

    let mut world = capi::World::with_host(LOOP, Some(capi_add));
    let run = world.func("loop");
    criterion.bench_function("host/capi-unchecked", |bencher| {
        bencher.iter(|| {
            let context = c::wasmtime_store_context(&mut world.store);
            let mut slot = ValRaw::i32(CALLS);
            let mut trap = null_mut();
            // SAFETY: the slot is of the function's type.
            let error =
                unsafe { c::wasmtime_func_call_unchecked(context, &run, &mut slot, 1, &mut trap) };
            assert!(error.is_none() && trap.is_null());
        });
    });

    let call = *raw::safewasm_func_call_slots;
    let mut by_ours = |name: &str, world: ours::World| {
        let run = world.func("loop");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut slot = ours::ZERO;
                slot.i32 = CALLS;
                // SAFETY: one slot is what it takes.
                ours::ok(unsafe { call(run, &mut slot, 1) });
            });
        });
    };
    by_ours("host/ours-slots", ours::World::with_slots(LOOP, Some(slots_add)));
    by_ours("host/ours-values", ours::World::with_values(LOOP, Some(values_add)));
}

extern "C" fn capi_add(
    _env: *mut c_void,
    _caller: *mut c::wasmtime_caller_t,
    slots: *mut ValRaw,
    _len: usize,
) -> Option<Box<c::wasm_trap_t>> {
    // SAFETY: there are two slots, of 32-bit integers.
    unsafe { *slots = ValRaw::i32((*slots).get_i32().wrapping_add((*slots.add(1)).get_i32())) };
    None
}

unsafe extern "C-unwind" fn slots_add(
    _env: *mut c_void,
    _caller: *mut safewasm_caller_t,
    slots: *mut safewasm_slot_t,
    _len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: there are two slots, of 32-bit integers.
    unsafe { (*slots).i32 = (*slots).i32.wrapping_add((*slots.add(1)).i32) };
    null_mut()
}

unsafe extern "C-unwind" fn values_add(
    _env: *mut c_void,
    _caller: *mut safewasm_caller_t,
    args: *const safewasm_val_t,
    _args_len: usize,
    results: *mut safewasm_val_t,
    _results_len: usize,
) -> *mut safewasm_error_t {
    // SAFETY: there are two arguments, of 32-bit integers, and room for a result.
    unsafe { *results = ours::i32((*args).of.i32.wrapping_add((*args.add(1)).of.i32)) };
    null_mut()
}
