//! A store and an instance, made and dropped: `instance/HOW`.

use crate::{capi, ours, rust};
use criterion::Criterion;
use safewasm_capi::raw;
use std::ptr::{null, null_mut};
use wasmtime::{Instance, Linker, Store};
use wasmtime_c_api as c;

/// Some of each thing that an instance can have, and all of it small.
const SMALL: &str = r#"(module
    (memory (export "memory") 1)
    (global (export "global") (mut i32) (i32.const 1))
    (data (i32.const 16) "hello")
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

pub fn benches(criterion: &mut Criterion) {
    let world = rust::World::new(SMALL);
    criterion.bench_function("instance/rust", |bencher| {
        bencher.iter(|| {
            let mut store = Store::new(&world.engine, ());
            Instance::new(&mut store, &world.module, &[]).unwrap();
        });
    });
    let pre = Linker::<()>::new(&world.engine).instantiate_pre(&world.module).unwrap();
    criterion.bench_function("instance/rust-pre", |bencher| {
        bencher.iter(|| {
            let mut store = Store::new(&world.engine, ());
            pre.instantiate(&mut store).unwrap();
        });
    });

    let world = capi::World::new(SMALL);
    criterion.bench_function("instance/capi", |bencher| {
        bencher.iter(|| {
            let mut store = c::wasmtime_store_new(&world.engine, null_mut(), None);
            capi::instantiate(&mut store, &world.module, &[]);
        });
    });

    let world = ours::World::new(SMALL);
    let (store_new, store_delete) = (*raw::safewasm_store_new, *raw::safewasm_store_delete);
    let (new, delete) = (*raw::safewasm_instance_new, *raw::safewasm_instance_delete);
    criterion.bench_function("instance/ours", |bencher| {
        bencher.iter(|| {
            let (mut store, mut instance) = (null_mut(), null_mut());
            // SAFETY: the arrays are as long as they say.
            unsafe {
                ours::ok(store_new(world.engine, &mut store));
                ours::ok(new(store, world.module, null(), 0, &mut instance));
                delete(instance);
                store_delete(store);
            }
        });
    });
    let pre = ours::pre(&world);
    let new = *raw::safewasm_instancepre_instantiate;
    criterion.bench_function("instance/ours-pre", |bencher| {
        bencher.iter(|| {
            let (mut store, mut instance) = (null_mut(), null_mut());
            // SAFETY: the pointers to what is made are valid.
            unsafe {
                ours::ok(store_new(world.engine, &mut store));
                ours::ok(new(pre, store, &mut instance));
                delete(instance);
                store_delete(store);
            }
        });
    });
}
