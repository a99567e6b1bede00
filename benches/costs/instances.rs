//! A store and an instance, made and dropped: `instance/HOW`, and from a pool `pooled/HOW`.

use crate::{capi, ours, rust};
use criterion::Criterion;
use safewasm::abi::safewasm_engine_t;
use safewasm_capi::raw;
use std::ptr::{null, null_mut};
use wasmtime::{Engine, Instance, Linker, Module, Store};
use wasmtime_c_api as c;

/// A module with a few small items of each kind that an instance can have.
const SMALL: &str = r#"(module
    (memory (export "memory") 1)
    (global (export "global") (mut i32) (i32.const 1))
    (data (i32.const 16) "hello")
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

pub fn benches(criterion: &mut Criterion) {
    for (group, pooled) in [("instance", false), ("pooled", true)] {
        by_rust(criterion, group, &rust::engine(pooled));
        by_capi(criterion, group, &capi::engine(pooled));
        by_ours(criterion, group, ours::engine(pooled));
    }
}

fn by_rust(criterion: &mut Criterion, group: &str, engine: &Engine) {
    let module = Module::new(engine, SMALL).unwrap();
    criterion.bench_function(&format!("{group}/rust"), |bencher| {
        bencher.iter(|| {
            let mut store = Store::new(engine, ());
            Instance::new(&mut store, &module, &[]).unwrap();
        });
    });
    let pre = Linker::<()>::new(engine).instantiate_pre(&module).unwrap();
    criterion.bench_function(&format!("{group}/rust-pre"), |bencher| {
        bencher.iter(|| {
            let mut store = Store::new(engine, ());
            pre.instantiate(&mut store).unwrap();
        });
    });
}

fn by_capi(criterion: &mut Criterion, group: &str, engine: &c::wasm_engine_t) {
    let module = capi::module(engine, SMALL);
    criterion.bench_function(&format!("{group}/capi"), |bencher| {
        bencher.iter(|| {
            let mut store = c::wasmtime_store_new(engine, null_mut(), None);
            capi::instantiate(&mut store, &module, &[]);
        });
    });
}

fn by_ours(criterion: &mut Criterion, group: &str, engine: *mut safewasm_engine_t) {
    let module = ours::module(engine, SMALL);
    let (store_new, store_delete) = (*raw::safewasm_store_new, *raw::safewasm_store_delete);
    let (new, delete) = (*raw::safewasm_instance_new, *raw::safewasm_instance_delete);
    criterion.bench_function(&format!("{group}/ours"), |bencher| {
        bencher.iter(|| {
            let (mut store, mut instance) = (null_mut(), null_mut());
            // SAFETY: the arrays are as long as they say.
            unsafe {
                ours::ok(store_new(engine, &mut store));
                ours::ok(new(store, module, null(), 0, &mut instance));
                delete(instance);
                store_delete(store);
            }
        });
    });
    let (pre, new) = (ours::pre(engine, module), *raw::safewasm_instancepre_instantiate);
    criterion.bench_function(&format!("{group}/ours-pre"), |bencher| {
        bencher.iter(|| {
            let (mut store, mut instance) = (null_mut(), null_mut());
            // SAFETY: the pointers to what is made are valid.
            unsafe {
                ours::ok(store_new(engine, &mut store));
                ours::ok(new(pre, store, &mut instance));
                delete(instance);
                store_delete(store);
            }
        });
    });
}
