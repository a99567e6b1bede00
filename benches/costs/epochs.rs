//! The cost of epoch interruption while wasm runs: the same code compiled with and without its checks,
//! `epochs/KERNEL/HOW`.

use criterion::Criterion;
use wasmtime::{Config, Engine, Instance, Module, Store};

/// Calls that do little, a loop that does little, and a loop that does something.
const KERNELS: &str = r#"(module
    (memory 16)
    (func $fib (export "fib") (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
            (then (local.get 0))
            (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                           (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
    (func (export "count") (param i32) (result i32) (local i32)
        (loop $l
            (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 3)) (local.get 0)))
            (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1))
    (func (export "sieve") (param i32) (result i32) (local i32 i32)
        (memory.fill (i32.const 0) (i32.const 0) (local.get 0))
        (local.set 1 (i32.const 2))
        (loop $numbers
            (if (i32.eqz (i32.load8_u (local.get 1)))
                (then
                    (local.set 2 (i32.mul (local.get 1) (i32.const 2)))
                    (block $done
                        (loop $multiples
                            (br_if $done (i32.ge_u (local.get 2) (local.get 0)))
                            (i32.store8 (local.get 2) (i32.const 1))
                            (local.set 2 (i32.add (local.get 2) (local.get 1)))
                            (br $multiples)))))
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (br_if $numbers (i32.lt_u (local.get 1) (local.get 0))))
        (i32.load8_u (i32.const 997))))"#;

pub fn benches(criterion: &mut Criterion) {
    for (kernel, size) in [("fib", 24), ("count", 100_000), ("sieve", 100_000)] {
        for (name, enabled) in [("without", false), ("with", true)] {
            let engine = Engine::new(Config::new().epoch_interruption(enabled)).unwrap();
            let module = Module::new(&engine, wat::parse_str(KERNELS).unwrap()).unwrap();
            let mut store = Store::new(&engine, ());
            if enabled {
                store.set_epoch_deadline(1);
            }
            let instance = Instance::new(&mut store, &module, &[]).unwrap();
            let run = instance.get_typed_func::<i32, i32>(&mut store, kernel).unwrap();
            criterion.bench_function(&format!("epochs/{kernel}/{name}"), |bencher| {
                bencher.iter(|| run.call(&mut store, size).unwrap());
            });
        }
    }
}
