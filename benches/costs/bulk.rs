//! A function applied to arrays: `bulk/HOW`, ten thousand elements at a time.

use crate::{ours, rust};
use criterion::Criterion;
use safewasm::abi::safewasm_column_t;
use safewasm_capi::raw;
use std::hint::black_box;
use wasmtime::ValRaw;

const ADD: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

const COUNT: usize = 10_000;

pub fn benches(criterion: &mut Criterion) {
    let xs: Vec<i32> = (0..COUNT as i32).collect();
    let ys = xs.clone();
    let mut sums = vec![0; COUNT];
    {
        let mut world = rust::World::new(ADD);
        let add = world.func("add");
        criterion.bench_function("bulk/rust-unchecked", |bencher| {
            bencher.iter(|| {
                for ((x, y), sum) in black_box(&xs).iter().zip(&ys).zip(&mut sums) {
                    let mut slots = [ValRaw::i32(*x), ValRaw::i32(*y)];
                    // SAFETY: the slots are of the function's types.
                    unsafe { add.call_unchecked(&mut world.store, &raw mut slots) }.unwrap();
                    *sum = slots[0].get_i32();
                }
            });
        });
    }
    let world = ours::World::new(ADD);
    let add = world.func("add");
    let call = *raw::safewasm_func_call_bulk;
    let column = |data: *const i32| safewasm_column_t { data: data.cast_mut().cast(), stride: 4 };
    let args = [column(xs.as_ptr()), column(ys.as_ptr())];
    let results = [column(sums.as_mut_ptr())];
    criterion.bench_function("bulk/ours", |bencher| {
        bencher.iter(|| {
            let (args, results) = (black_box(args.as_ptr()), results.as_ptr());
            // SAFETY: each column is that long.
            ours::ok(unsafe { call(add, COUNT, args, 2, results, 1) });
        });
    });
}
