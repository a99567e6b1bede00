//! Calls on one thread and on two, each with a store of its own: the time for the same number of calls on each
//! thread. `threads/one` and `threads/two` are slot calls; `threads/rust-one` and `threads/rust-two` are calls
//! in Rust, which show the limit of the machine.

use crate::{ours, rust};
use criterion::Criterion;
use safewasm_capi::raw;
use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

const ADD: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

const CALLS: u64 = 10_000;

pub fn benches(criterion: &mut Criterion) {
    let hows: [(&str, How); 2] = [("", time_ours), ("rust-", time_rust)];
    for (how, time) in hows {
        for (number, threads) in [("one", 1), ("two", 2)] {
            criterion.bench_function(&format!("threads/{how}{number}"), |bencher| {
                bencher.iter_custom(|rounds| slowest(threads, rounds * CALLS, time));
            });
        }
    }
}

/// The time that a number of calls takes once the barrier is passed.
type How = fn(&Barrier, u64) -> Duration;

/// The time until each thread has made its calls.
fn slowest(threads: usize, calls: u64, time: How) -> Duration {
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        let run = || scope.spawn(|| time(&barrier, calls));
        let running: Vec<_> = (0..threads).map(|_| run()).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).max().unwrap()
    })
}

fn time_ours(barrier: &Barrier, calls: u64) -> Duration {
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

fn time_rust(barrier: &Barrier, calls: u64) -> Duration {
    let mut world = rust::World::new(ADD);
    let add = world.instance.get_typed_func::<(i32, i32), i32>(&mut world.store, "add").unwrap();
    barrier.wait();
    let start = Instant::now();
    for _ in 0..calls {
        black_box(add.call(&mut world.store, black_box((1, 2))).unwrap());
    }
    start.elapsed()
}
