//! Slot calls on one thread and on two, a store each: `threads/one` and `threads/two`, the time for as
//! many calls on each thread.

use crate::ours;
use criterion::Criterion;
use safewasm_capi::raw;
use std::sync::Barrier;
use std::time::{Duration, Instant};

const ADD: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

const CALLS: u64 = 10_000;

pub fn benches(criterion: &mut Criterion) {
    for (name, threads) in [("threads/one", 1), ("threads/two", 2)] {
        criterion.bench_function(name, |bencher| {
            bencher.iter_custom(|rounds| slowest(threads, rounds * CALLS));
        });
    }
}

/// How long it takes until each thread has made its calls.
fn slowest(threads: usize, calls: u64) -> Duration {
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        let run = || scope.spawn(|| time(&barrier, calls));
        let running: Vec<_> = (0..threads).map(|_| run()).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).max().unwrap()
    })
}

fn time(barrier: &Barrier, calls: u64) -> Duration {
    let world = ours::World::new(ADD);
    let (add, call) = (world.func("add"), *raw::safewasm_func_call_slots);
    barrier.wait();
    let start = Instant::now();
    for _ in 0..calls {
        let mut slots = [ours::ZERO; 2];
        // SAFETY: two slots are what it takes.
        ours::ok(unsafe { call(add, slots.as_mut_ptr(), 2) });
    }
    start.elapsed()
}
