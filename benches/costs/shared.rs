//! Wasmtime's C API as a shared library, as this library is: `call/i32x2/capi-shared`.

use criterion::Criterion;
use libloading::Library;
use std::ffi::c_void;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use wasmtime::{Func, Instance, ValRaw};
use wasmtime_c_api as c;

const ADD: &str = r#"(module (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1))))"#;

/// A pointer to an object of Wasmtime's, or NULL.
type Object = *mut c_void;

/// The library that the package builds. It stays loaded: code that Wasmtime compiled is in use until the end.
fn library() -> &'static Library {
    let program = std::env::current_exe().unwrap();
    let folder = program.parent().and_then(|deps| deps.parent()).unwrap();
    // SAFETY: it is Wasmtime, which may be loaded at any time.
    let library = unsafe { Library::new(folder.join("libwasmtime_peer.so")) };
    Box::leak(Box::new(library.expect("`cargo build --lib` builds the library")))
}

pub fn benches(criterion: &mut Criterion) {
    let library = library();
    // SAFETY: the types are those of Wasmtime's header; an instance and an export are plain data, which are set
    // on success; each array is as long as it says.
    unsafe {
        let new_engine: extern "C" fn() -> Object = *library.get("wasm_engine_new").unwrap();
        let new_store: extern "C" fn(Object, Object, Object) -> Object =
            *library.get("wasmtime_store_new").unwrap();
        let context_of: extern "C" fn(Object) -> Object =
            *library.get("wasmtime_store_context").unwrap();
        let new_module: extern "C" fn(Object, *const u8, usize, *mut Object) -> Object =
            *library.get("wasmtime_module_new").unwrap();
        let instantiate: extern "C" fn(
            Object,
            Object,
            Object,
            usize,
            *mut Instance,
            *mut Object,
        ) -> Object = *library.get("wasmtime_instance_new").unwrap();
        let export: extern "C" fn(
            Object,
            *const Instance,
            *const u8,
            usize,
            *mut c::wasmtime_extern_t,
        ) -> bool = *library.get("wasmtime_instance_export_get").unwrap();
        let call: extern "C" fn(Object, *const Func, *mut ValRaw, usize, *mut Object) -> Object =
            *library.get("wasmtime_func_call_unchecked").unwrap();

        // Nothing is deleted: the program ends soon.
        let engine = new_engine();
        let store = new_store(engine, null_mut(), null_mut());
        let wasm = wat::parse_str(ADD).unwrap();
        let (mut module, mut trap) = (null_mut(), null_mut());
        assert!(new_module(engine, wasm.as_ptr(), wasm.len(), &mut module).is_null());
        let mut instance = MaybeUninit::uninit();
        let place = instance.as_mut_ptr();
        assert!(instantiate(context_of(store), module, null_mut(), 0, place, &mut trap).is_null());
        let mut item = MaybeUninit::<c::wasmtime_extern_t>::uninit();
        assert!(export(context_of(store), place, "add".as_ptr(), 3, item.as_mut_ptr()));
        let func = item.assume_init().of.func;
        criterion.bench_function("call/i32x2/capi-shared", |bencher| {
            bencher.iter(|| {
                let mut slots = [ValRaw::i32(black_box(1)), ValRaw::i32(black_box(2))];
                let first = slots.as_mut_ptr();
                assert!(call(context_of(store), &func, first, 2, &mut trap).is_null());
                black_box(&slots);
            });
        });
    }
}
