//! Globals, tables, and exports by name: `global/get/HOW`, `table/get/HOW`, `export/HOW`.

use crate::{capi, ours, rust};
use criterion::Criterion;
use safewasm_capi::raw;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use wasmtime::Val;
use wasmtime_c_api as c;

const ITEMS: &str = r#"(module
    (global (export "global") (mut i32) (i32.const 1))
    (table (export "table") 10 funcref)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

pub fn benches(criterion: &mut Criterion) {
    by_rust(criterion);
    by_capi(criterion);
    by_ours(criterion);
}

fn by_rust(criterion: &mut Criterion) {
    let mut world = rust::World::new(ITEMS);
    let global = world.instance.get_global(&mut world.store, "global").unwrap();
    let table = world.instance.get_table(&mut world.store, "table").unwrap();
    criterion.bench_function("global/get/rust", |bencher| {
        bencher.iter(|| global.get(&mut world.store));
    });
    criterion.bench_function("global/set/rust", |bencher| {
        bencher.iter(|| global.set(&mut world.store, black_box(Val::I32(2))).unwrap());
    });
    criterion.bench_function("table/get/rust", |bencher| {
        bencher.iter(|| table.get(&mut world.store, black_box(1)).unwrap());
    });
    criterion.bench_function("export/rust", |bencher| {
        bencher.iter(|| world.instance.get_export(&mut world.store, black_box("add")));
    });
}

fn by_capi(criterion: &mut Criterion) {
    let mut world = capi::World::new(ITEMS);
    // SAFETY: that is what the exports are.
    let (global, table) =
        unsafe { (world.export("global").of.global, world.export("table").of.table) };
    criterion.bench_function("global/get/capi", |bencher| {
        bencher.iter(|| {
            let mut value = MaybeUninit::uninit();
            c::wasmtime_global_get(
                c::wasmtime_store_context(&mut world.store),
                &global,
                &mut value,
            );
            value
        });
    });
    criterion.bench_function("table/get/capi", |bencher| {
        bencher.iter(|| {
            let mut value = MaybeUninit::uninit();
            let context = c::wasmtime_store_context(&mut world.store);
            assert!(c::wasmtime_table_get(context, &table, black_box(1), &mut value));
            value
        });
    });
    criterion
        .bench_function("export/capi", |bencher| bencher.iter(|| world.export(black_box("add"))));
}

fn by_ours(criterion: &mut Criterion) {
    let world = ours::World::new(ITEMS);
    // SAFETY: that is what the exports are.
    let (global, table) =
        unsafe { (world.export("global").of.global, world.export("table").of.table) };
    let (get, set) = (*raw::safewasm_global_get, *raw::safewasm_global_set);
    let mut value = ours::i32(2);
    criterion.bench_function("global/get/ours", |bencher| {
        // SAFETY: there is room for a value.
        bencher.iter(|| ours::ok(unsafe { get(global, black_box(&mut value)) }));
    });
    criterion.bench_function("global/set/ours", |bencher| {
        // SAFETY: there is a value.
        bencher.iter(|| ours::ok(unsafe { set(global, black_box(&value)) }));
    });
    let get = *raw::safewasm_table_get;
    criterion.bench_function("table/get/ours", |bencher| {
        // SAFETY: there is room for a value.
        bencher.iter(|| ours::ok(unsafe { get(table, black_box(1), &mut value) }));
    });
    let (export, delete) = (*raw::safewasm_instance_export, *raw::safewasm_func_delete);
    criterion.bench_function("export/ours", |bencher| {
        bencher.iter(|| {
            let mut item = ours::of_func(null_mut());
            let name = black_box("add");
            // SAFETY: the name is as long as it says.
            ours::ok(unsafe {
                export(world.instance, name.as_ptr().cast(), name.len(), &mut item)
            });
            // SAFETY: the export is a function.
            unsafe { delete(item.of.func) };
        });
    });
}
