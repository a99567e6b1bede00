//! Wasmtime's C API, by its functions.

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use wasmtime::{Func, Instance};
use wasmtime_c_api as c;

/// An instance in a store of its own.
pub struct World {
    pub store: Box<c::wasmtime_store_t>,
    pub instance: Instance,
}

impl World {
    pub fn new(text: &str) -> Self {
        Self::with_host(text, None)
    }

    /// With a host function of type `(i32, i32) -> i32` for its only import, if there is one.
    pub fn with_host(text: &str, host: Option<c::wasmtime_func_unchecked_callback_t>) -> Self {
        let engine = engine(false);
        let module = module(&engine, text);
        let mut store = c::wasmtime_store_new(&engine, null_mut(), None);
        let imports: Vec<_> = host.map(|host| import(&mut store, host)).into_iter().collect();
        let instance = instantiate(&mut store, &module, &imports);
        Self { store, instance }
    }

    pub fn export(&mut self, name: &str) -> c::wasmtime_extern_t {
        let mut item = MaybeUninit::uninit();
        let context = c::wasmtime_store_context(&mut self.store);
        let (text, len) = (name.as_ptr(), name.len());
        // SAFETY: the name is as long as it says, and an item that is found is initialised.
        unsafe {
            assert!(c::wasmtime_instance_export_get(context, &self.instance, text, len, &mut item));
            item.assume_init()
        }
    }

    pub fn func(&mut self, name: &str) -> Func {
        // SAFETY: the export is a function.
        unsafe { self.export(name).of.func }
    }
}

/// An engine, with a pool of the default size or without one.
pub fn engine(pooled: bool) -> Box<c::wasm_engine_t> {
    let mut config = c::wasm_config_new();
    if pooled {
        let pooling = c::wasmtime_pooling_allocation_config_new();
        c::wasmtime_pooling_allocation_strategy_set(&mut config, &pooling);
    }
    c::wasm_engine_new_with_config(config)
}

pub fn module(engine: &c::wasm_engine_t, text: &str) -> Box<c::wasmtime_module_t> {
    let wasm = wat::parse_str(text).unwrap();
    let mut module = null_mut();
    // SAFETY: the bytes are as many as they say.
    let error = unsafe { c::wasmtime_module_new(engine, wasm.as_ptr(), wasm.len(), &mut module) };
    assert!(error.is_none());
    // SAFETY: it was made by `Box::into_raw`.
    unsafe { Box::from_raw(module) }
}

fn import(
    store: &mut c::wasmtime_store_t,
    host: c::wasmtime_func_unchecked_callback_t,
) -> c::wasmtime_extern_t {
    let i32 = || Some(c::wasm_valtype_new(c::WASM_I32));
    let ty = c::wasm_functype_new(&mut vec![i32(), i32()].into(), &mut vec![i32()].into());
    let context = c::wasmtime_store_context(store);
    let mut func = MaybeUninit::<Func>::uninit();
    // SAFETY: the function writes to `func`, which is plain data.
    unsafe {
        let func = &mut *func.as_mut_ptr();
        c::wasmtime_func_new_unchecked(context, &ty, host, null_mut(), None, func);
        c::wasmtime_extern_t::from(wasmtime::Extern::from(*func))
    }
}

pub fn instantiate(
    store: &mut c::wasmtime_store_t,
    module: &c::wasmtime_module_t,
    imports: &[c::wasmtime_extern_t],
) -> Instance {
    let mut instance = MaybeUninit::<Instance>::uninit();
    let mut trap = null_mut();
    let context = c::wasmtime_store_context(store);
    let first = if imports.is_empty() { null() } else { imports.as_ptr() };
    // SAFETY: the imports are as many as they say; an instance is plain data, and set on success.
    unsafe {
        let out = &mut *instance.as_mut_ptr();
        let error = c::wasmtime_instance_new(context, module, first, imports.len(), out, &mut trap);
        assert!(error.is_none() && trap.is_null());
        instance.assume_init()
    }
}
