//! Compiling a module: `module/HOW`. Loading it compiled from a file: `artifact/HOW`.

use crate::ours;
use criterion::Criterion;
use safewasm::abi::safewasm_engine_t;
use safewasm_capi as c;
use std::fmt::Write;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::{fs, slice};
use wasmtime::{Engine, Module};

/// Two hundred functions that do some work each.
fn some_functions() -> Vec<u8> {
    let mut text = "(module (memory 1)".to_owned();
    for index in 0..200 {
        write!(
            text,
            "(func (export \"f{index}\") (param i32 i32) (result i32) (local i32)
                (loop $l
                    (local.set 2 (i32.add (i32.mul (local.get 2) (i32.const {index})) (local.get 0)))
                    (i32.store (i32.and (local.get 2) (i32.const 0xfff0)) (local.get 1))
                    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 2))"
        )
        .unwrap();
    }
    wat::parse_str(text + ")").unwrap()
}

pub fn benches(criterion: &mut Criterion) {
    let wasm = some_functions();
    let mut group = criterion.benchmark_group("module");
    group.sample_size(10);
    let engine = Engine::default();
    group.bench_function("rust", |bencher| bencher.iter(|| Module::new(&engine, &wasm).unwrap()));

    let mut engine = null_mut();
    // SAFETY: the bytes are as many as they say.
    ours::ok(unsafe { c::safewasm_engine_new(null_mut(), &mut engine) });
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            let mut module = null_mut();
            // SAFETY: the bytes are as many as they say.
            unsafe {
                ours::ok(c::safewasm_module_new(engine, wasm.as_ptr(), wasm.len(), &mut module));
                c::safewasm_module_delete(module);
            }
        });
    });
    group.finish();
    load(criterion, engine, &wasm);
    // SAFETY: deleting accepts any bits.
    unsafe { c::safewasm_engine_delete(engine) };
}

/// Each way loads its own artifact of the module, which is mapped.
fn load(criterion: &mut Criterion, engine: *mut safewasm_engine_t, wasm: &[u8]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("rust");
    let rust = Engine::default();
    fs::write(&path, Module::new(&rust, wasm).unwrap().serialize().unwrap()).unwrap();
    criterion.bench_function("artifact/rust", |bencher| {
        // SAFETY: the file is an artifact, and nobody changes it.
        bencher.iter(|| unsafe { Module::deserialize_file(&rust, &path) }.unwrap());
    });

    let path = folder.join("ours");
    let (mut bytes, mut data, mut len) = (null_mut(), null(), 0);
    // SAFETY: the bytes are as many as they say.
    unsafe {
        let error = c::safewasm_module_precompile(engine, wasm.as_ptr(), wasm.len(), &mut bytes);
        ours::ok(error);
        ours::ok(c::safewasm_bytes_data(bytes, &mut data, &mut len));
        fs::write(&path, slice::from_raw_parts(data, len)).unwrap();
        c::safewasm_bytes_delete(bytes);
    }
    let name = path.to_str().unwrap();
    criterion.bench_function("artifact/ours", |bencher| {
        bencher.iter(|| {
            let mut module = null_mut();
            let (name, len) = (name.as_ptr().cast(), name.len());
            // SAFETY: the file is an artifact, and nobody changes it.
            unsafe {
                ours::ok(c::safewasm_module_deserialize_file(engine, name, len, &mut module));
                c::safewasm_module_delete(module);
            }
        });
    });
}
