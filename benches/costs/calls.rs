//! Calls: `call/TYPE/HOW`.

use crate::{capi, ours, rust};
use criterion::Criterion;
use safewasm::abi::{safewasm_slot_t, safewasm_val_t};
use safewasm_capi::raw;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use wasmtime::{V128, ValRaw, WasmParams, WasmResults};
use wasmtime_c_api as c;

const FUNCTIONS: &str = r#"(module
    (func (export "none"))
    (func (export "i32x2") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "f64x2") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
    (func (export "v128x2") (param v128 v128) (result v128)
        (i32x4.add (local.get 0) (local.get 1)))
    (func (export "i32x8") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 7)))
    (func (export "mixed") (param i32 i64 f32 f64) (result f64)
        (f64.add (local.get 3) (f64.convert_i32_s (local.get 0)))))"#;

/// The type of a function: the kinds of its parameters and results, as this library numbers them.
struct Shape {
    name: &'static str,
    params: &'static [u8],
    results: usize,
}

const fn shape(name: &'static str, params: &'static [u8], results: usize) -> Shape {
    Shape { name, params, results }
}

const NONE: Shape = shape("none", &[], 0);
const I32X2: Shape = shape("i32x2", &[1, 1], 1);
const F64X2: Shape = shape("f64x2", &[4, 4], 1);
const V128X2: Shape = shape("v128x2", &[5, 5], 1);
const I32X8: Shape = shape("i32x8", &[1; 8], 1);
const MIXED: Shape = shape("mixed", &[1, 2, 3, 4], 1);

pub fn benches(criterion: &mut Criterion) {
    use ValRaw as Raw;
    all::<(), (), 0>(criterion, &NONE, (), |(), []| {});
    all::<(i32, i32), i32, 2>(criterion, &I32X2, (1, 2), |(a, b), [x, y]| {
        *x = Raw::i32(a);
        *y = Raw::i32(b);
    });
    all::<(f64, f64), f64, 2>(criterion, &F64X2, (1.0, 2.0), |(a, b), [x, y]| {
        *x = of_f64(a);
        *y = of_f64(b);
    });
    let v128s = (V128::from(1), V128::from(2));
    all::<(V128, V128), V128, 2>(criterion, &V128X2, v128s, |(a, b), [x, y]| {
        *x = Raw::v128(a.as_u128());
        *y = Raw::v128(b.as_u128());
    });
    all::<(i32, i32, i32, i32, i32, i32, i32, i32), i32, 8>(
        criterion,
        &I32X8,
        (1, 2, 3, 4, 5, 6, 7, 8),
        |(a, b, c, d, e, f, g, h), slots| {
            for (slot, value) in slots.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                *slot = Raw::i32(value);
            }
        },
    );
    all::<(i32, i64, f32, f64), f64, 4>(
        criterion,
        &MIXED,
        (1, 2, 3.0, 4.0),
        |(a, b, c, d), [w, x, y, z]| {
            *w = Raw::i32(a);
            *x = Raw::i64(b);
            *y = Raw::f32(c.to_bits());
            *z = of_f64(d);
        },
    );
}

fn of_f64(value: f64) -> ValRaw {
    ValRaw::f64(value.to_bits())
}

/// Calls a function that needs `N` slots. `fill` writes the parameters in place: copying slots that were
/// just written would stall.
fn all<P: WasmParams + Copy, R: WasmResults, const N: usize>(
    criterion: &mut Criterion,
    shape: &Shape,
    params: P,
    fill: impl Fn(P, &mut [ValRaw; N]),
) {
    let bench = |how: &str| format!("call/{}/{how}", shape.name);
    {
        let mut world = rust::World::new(FUNCTIONS);
        let func = world.instance.get_typed_func::<P, R>(&mut world.store, shape.name).unwrap();
        criterion.bench_function(&bench("rust-typed"), |bencher| {
            bencher.iter(|| func.call(&mut world.store, black_box(params)).unwrap());
        });
        let func = world.func(shape.name);
        criterion.bench_function(&bench("rust-unchecked"), |bencher| {
            bencher.iter(|| {
                let mut slots = [ValRaw::i32(0); N];
                fill(black_box(params), &mut slots);
                // SAFETY: the slots are of the function's types, and as many as it needs.
                unsafe { func.call_unchecked(&mut world.store, &raw mut slots) }.unwrap();
                black_box(&slots);
            });
        });
    }
    by_capi(criterion, shape, &bench);
    {
        let mut world = capi::World::new(FUNCTIONS);
        let func = world.func(shape.name);
        criterion.bench_function(&bench("capi-unchecked"), |bencher| {
            bencher.iter(|| {
                let context = c::wasmtime_store_context(&mut world.store);
                let mut slots = [ValRaw::i32(0); N];
                fill(black_box(params), &mut slots);
                let (first, mut trap) = (slots.as_mut_ptr(), null_mut());
                // SAFETY: the slots are of the function's types, and as many as it needs.
                let error =
                    unsafe { c::wasmtime_func_call_unchecked(context, &func, first, N, &mut trap) };
                assert!(error.is_none() && trap.is_null());
                black_box(&slots);
            });
        });
    }
    let world = ours::World::new(FUNCTIONS);
    let (func, call) = (world.func(shape.name), *raw::safewasm_func_call_slots);
    criterion.bench_function(&bench("ours-slots"), |bencher| {
        bencher.iter(|| {
            let mut slots = [ValRaw::i32(0); N];
            fill(black_box(params), &mut slots);
            // SAFETY: the slots are as many as that; they are as Wasmtime's are.
            ours::ok(unsafe { call(func, slots.as_mut_ptr().cast::<safewasm_slot_t>(), N) });
            black_box(&slots);
        });
    });
    by_ours(criterion, shape, &bench);
}

fn by_capi(criterion: &mut Criterion, shape: &Shape, bench: &dyn Fn(&str) -> String) {
    let mut world = capi::World::new(FUNCTIONS);
    let func = world.func(shape.name);
    let args: Vec<_> = shape.params.iter().map(|kind| capi_val(*kind)).collect();
    criterion.bench_function(&bench("capi"), |bencher| {
        bencher.iter(|| {
            let context = c::wasmtime_store_context(&mut world.store);
            let mut results = [const { MaybeUninit::uninit() }; 1];
            let mut trap = null_mut();
            let (args, len) = (black_box(args.as_ptr()), args.len());
            let results_out = results.as_mut_ptr();
            // SAFETY: the arrays are as long as they say.
            let error = unsafe {
                c::wasmtime_func_call(
                    context,
                    &func,
                    args,
                    len,
                    results_out,
                    shape.results,
                    &mut trap,
                )
            };
            assert!(error.is_none() && trap.is_null());
            black_box(&results);
        });
    });
}

/// A value of a kind, which Wasmtime's C API numbers differently.
fn capi_val(kind: u8) -> c::wasmtime_val_t {
    let of = c::wasmtime_val_union { v128: [1; 16] };
    c::wasmtime_val_t { kind: kind - 1, of }
}

fn by_ours(criterion: &mut Criterion, shape: &Shape, bench: &dyn Fn(&str) -> String) {
    let world = ours::World::new(FUNCTIONS);
    let func = world.func(shape.name);
    let call = *raw::safewasm_func_call;
    let val = |kind: &u8| safewasm_val_t { kind: *kind, of: safewasm_slot_t { v128: [1; 16] } };
    let args: Vec<_> = shape.params.iter().map(val).collect();
    criterion.bench_function(&bench("ours-checked"), |bencher| {
        bencher.iter(|| {
            let mut results = [MaybeUninit::<safewasm_val_t>::uninit(); 1];
            let (args, len) = (black_box(args.as_ptr()), args.len());
            let results_out = results.as_mut_ptr().cast();
            // SAFETY: the arrays are as long as they say.
            ours::ok(unsafe { call(func, args, len, results_out, shape.results) });
            black_box(&results);
        });
    });
}
