//! What a checked call costs: the slot call through the shared library, as a C program makes it,
//! beside Wasmtime's own typed call in Rust.

use criterion::{Criterion, criterion_group, criterion_main};
use libloading::Library;
use std::hint::black_box;
use std::ptr;
use wasmtime::{Engine, Instance, Module, Store};

const ADD: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))"#;

type Error = *mut u8;
type Handle = *mut u8;

/// `(i32, i32) -> i32` by Wasmtime's typed call.
fn rust(criterion: &mut Criterion) {
    let engine = Engine::default();
    let module = Module::new(&engine, wat::parse_str(ADD).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add").unwrap();
    criterion.bench_function("call/rust-typed", |bencher| {
        bencher.iter(|| add.call(&mut store, black_box((1, 2))).unwrap());
    });
}

/// The same by the slot call.
fn slots(criterion: &mut Criterion) {
    let path = std::env::current_exe().unwrap();
    let path = path.with_file_name(libloading::library_filename("safewasm"));
    let library = unsafe { Library::new(path) }.unwrap();
    macro_rules! function {
        ($name:literal, fn($($arg:ty),*)) => {
            *unsafe { library.get::<unsafe extern "C" fn($($arg),*) -> Error>($name) }.unwrap()
        };
    }
    let engine_new = function!(b"safewasm_engine_new", fn(Handle, &mut Handle));
    let store_new = function!(b"safewasm_store_new", fn(Handle, &mut Handle));
    let module_new =
        function!(b"safewasm_module_new_text", fn(Handle, *const u8, usize, &mut Handle));
    let instance_new =
        function!(b"safewasm_instance_new", fn(Handle, Handle, Handle, usize, &mut Handle));
    let export =
        function!(b"safewasm_instance_export", fn(Handle, *const u8, usize, &mut [Handle; 2]));
    let call_slots = function!(b"safewasm_func_call_slots", fn(Handle, *mut [u64; 2], usize));

    let [mut engine, mut store, mut module, mut instance] = [ptr::null_mut(); 4];
    let mut add = [ptr::null_mut(); 2];
    unsafe {
        assert!(engine_new(ptr::null_mut(), &mut engine).is_null());
        assert!(store_new(engine, &mut store).is_null());
        assert!(module_new(engine, ADD.as_ptr(), ADD.len(), &mut module).is_null());
        assert!(instance_new(store, module, ptr::null_mut(), 0, &mut instance).is_null());
        assert!(export(instance, "add".as_ptr(), 3, &mut add).is_null());
    }
    let add = add[1];
    criterion.bench_function("call/c-slots", |bencher| {
        bencher.iter(|| {
            let mut slots = black_box([[1u64, 0], [2, 0]]);
            let error = unsafe { call_slots(add, slots.as_mut_ptr(), slots.len()) };
            assert!(error.is_null());
            slots[0][0] as i32
        });
    });
}

criterion_group!(benches, rust, slots);
criterion_main!(benches);
