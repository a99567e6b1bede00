//! Copies out of and into a memory: `memory/read/SIZE/HOW` and `memory/write/SIZE/HOW`.

use crate::{ours, rust};
use criterion::Criterion;
use safewasm_capi::raw;
use std::hint::black_box;

const MEMORY: &str = r#"(module (memory (export "memory") 512))"#;

pub fn benches(criterion: &mut Criterion) {
    for (name, size) in [("1", 1), ("64", 64), ("64Ki", 64 << 10), ("16Mi", 16 << 20)] {
        copies(criterion, name, size);
    }
}

fn copies(criterion: &mut Criterion, name: &str, size: usize) {
    let mut buffer = vec![1; size];
    let bench = |what: &str, how: &str| format!("memory/{what}/{name}/{how}");
    {
        let mut world = rust::World::new(MEMORY);
        let memory = world.instance.get_memory(&mut world.store, "memory").unwrap();
        // What is read first would otherwise be the page of zeros.
        memory.data_mut(&mut world.store)[..size].fill(1);
        criterion.bench_function(&bench("read", "memcpy"), |bencher| {
            let data = memory.data(&world.store);
            bencher.iter(|| black_box(&mut buffer).copy_from_slice(&data[..size]));
        });
        criterion.bench_function(&bench("read", "rust"), |bencher| {
            bencher.iter(|| memory.read(&world.store, 0, black_box(&mut buffer)).unwrap());
        });
        criterion.bench_function(&bench("write", "memcpy"), |bencher| {
            let data = memory.data_mut(&mut world.store);
            bencher.iter(|| data[..size].copy_from_slice(black_box(&buffer)));
        });
        criterion.bench_function(&bench("write", "rust"), |bencher| {
            bencher.iter(|| memory.write(&mut world.store, 0, black_box(&buffer)).unwrap());
        });
    }
    let world = ours::World::new(MEMORY);
    // SAFETY: the export is a memory.
    let memory = unsafe { world.export("memory").of.memory };
    let (read, write) = (*raw::safewasm_memory_read, *raw::safewasm_memory_write);
    criterion.bench_function(&bench("write", "ours"), |bencher| {
        // SAFETY: the buffer is that long.
        bencher.iter(|| ours::ok(unsafe { write(memory, 0, black_box(buffer.as_ptr()), size) }));
    });
    criterion.bench_function(&bench("read", "ours"), |bencher| {
        // SAFETY: the buffer is that long.
        bencher.iter(|| ours::ok(unsafe { read(memory, 0, black_box(buffer.as_mut_ptr()), size) }));
    });
}
