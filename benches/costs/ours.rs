//! This library, by its C functions.

use safewasm::abi::safewasm_engine_t;
use safewasm::abi::safewasm_error_t;
use safewasm::abi::safewasm_func_t;
use safewasm::abi::safewasm_functype_t;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_instancepre_t;
use safewasm::abi::safewasm_module_t;
use safewasm::abi::safewasm_pooling_t;
use safewasm::abi::safewasm_store_t;
use safewasm::abi::{safewasm_callback_t, safewasm_slot_callback_t};
use safewasm::abi::{safewasm_extern_t, safewasm_externkind_t};
use safewasm::abi::{safewasm_slot_t, safewasm_val_t, safewasm_valtype_t};
use safewasm_capi as c;
use std::ptr::{self, null_mut};

/// The call succeeds.
#[inline(always)]
pub fn ok(error: *mut safewasm_error_t) {
    if !error.is_null() {
        panic!("{}", c::check(error).unwrap_err());
    }
}

/// An instance in a store of its own.
pub struct World {
    pub engine: *mut safewasm_engine_t,
    pub module: *mut safewasm_module_t,
    pub store: *mut safewasm_store_t,
    pub instance: *mut safewasm_instance_t,
}

impl World {
    pub fn new(text: &str) -> Self {
        Self::with_imports(text, |_, _| Vec::new())
    }

    /// With a host function of slots, of type `(i32, i32) -> i32`, for its only import.
    pub fn with_slots(text: &str, host: safewasm_slot_callback_t) -> Self {
        Self::with_imports(text, |engine, store| {
            let (ty, mut func) = (binary(engine), null_mut());
            // SAFETY: the pointer to what is made is valid.
            ok(unsafe { c::safewasm_func_new_slots(store, ty, host, null_mut(), None, &mut func) });
            vec![func]
        })
    }

    /// The same with one of values.
    pub fn with_values(text: &str, host: safewasm_callback_t) -> Self {
        Self::with_imports(text, |engine, store| {
            let (ty, mut func) = (binary(engine), null_mut());
            // SAFETY: the pointer to what is made is valid.
            ok(unsafe { c::safewasm_func_new(store, ty, host, null_mut(), None, &mut func) });
            vec![func]
        })
    }

    fn with_imports(
        text: &str,
        make: impl FnOnce(*mut safewasm_engine_t, *mut safewasm_store_t) -> Vec<*mut safewasm_func_t>,
    ) -> Self {
        let mut world = Self {
            engine: null_mut(),
            module: null_mut(),
            store: null_mut(),
            instance: null_mut(),
        };
        // SAFETY: every text and array is as long as it says.
        unsafe {
            ok(c::safewasm_engine_new(null_mut(), &mut world.engine));
            ok(c::safewasm_store_new(world.engine, &mut world.store));
            world.module = module(world.engine, text);
            let funcs = make(world.engine, world.store);
            let imports: Vec<_> = funcs.into_iter().map(of_func).collect();
            let (first, len) = (imports.as_ptr(), imports.len());
            let (store, module) = (world.store, world.module);
            ok(c::safewasm_instance_new(store, module, first, len, &mut world.instance));
        }
        world
    }

    pub fn export(&self, name: &str) -> safewasm_extern_t {
        let mut item = of_func(ptr::null_mut());
        // SAFETY: the name is as long as it says.
        let error = unsafe {
            c::safewasm_instance_export(self.instance, name.as_ptr().cast(), name.len(), &mut item)
        };
        ok(error);
        item
    }

    pub fn func(&self, name: &str) -> *mut safewasm_func_t {
        // SAFETY: the export is a function.
        unsafe { self.export(name).of.func }
    }
}

/// The type `(i32, i32) -> i32`.
fn binary(engine: *mut safewasm_engine_t) -> *mut safewasm_functype_t {
    let i32 = safewasm_valtype_t { kind: 1, heap: 0, nullable: false.into() };
    let (params, mut ty) = ([i32, i32], null_mut());
    // SAFETY: the arrays are as long as they say.
    ok(unsafe {
        c::safewasm_functype_new(engine, params.as_ptr(), 2, params.as_ptr(), 1, &mut ty)
    });
    ty
}

/// An engine, with a pool of the default size or without one.
pub fn engine(pooled: bool) -> *mut safewasm_engine_t {
    let (mut config, mut engine) = (null_mut(), null_mut());
    let pooling = safewasm_pooling_t {
        total_memories: 0,
        total_tables: 0,
        max_memories_per_module: 0,
        max_tables_per_module: 0,
        max_memory_size: 0,
        table_elements: 0,
        linear_memory_keep_resident: 0,
        table_keep_resident: 0,
        decommit_batch_size: 0,
        total_gc_heaps: 0,
        max_unused_warm_slots: 0,
        pagemap_scan: 0,
    };
    let pooling = if pooled { &raw const pooling } else { ptr::null() };
    // SAFETY: the pointers are valid or NULL.
    unsafe {
        ok(c::safewasm_config_new(&mut config));
        ok(c::safewasm_config_set_pooling(config, pooling));
        ok(c::safewasm_engine_new(config, &mut engine));
    }
    engine
}

pub fn module(engine: *mut safewasm_engine_t, text: &str) -> *mut safewasm_module_t {
    let mut module = null_mut();
    // SAFETY: the text is as long as it says.
    ok(unsafe {
        c::safewasm_module_new_text(engine, text.as_ptr().cast(), text.len(), &mut module)
    });
    module
}

/// A pre-instantiation of a module that has no imports.
pub fn pre(
    engine: *mut safewasm_engine_t,
    module: *mut safewasm_module_t,
) -> *mut safewasm_instancepre_t {
    let (mut linker, mut pre) = (null_mut(), null_mut());
    // SAFETY: the pointers to what is made are valid.
    unsafe {
        ok(c::safewasm_linker_new(engine, &mut linker));
        ok(c::safewasm_linker_instantiate_pre(linker, module, &mut pre));
        c::safewasm_linker_delete(linker);
    }
    pre
}

pub fn of_func(func: *mut safewasm_func_t) -> safewasm_extern_t {
    let of = safewasm::abi::safewasm_externhandle_t { func };
    safewasm_extern_t { kind: safewasm_externkind_t::FUNC as u32, of }
}

impl Drop for World {
    fn drop(&mut self) {
        // SAFETY: deleting accepts any bits.
        unsafe {
            c::safewasm_store_delete(self.store);
            c::safewasm_module_delete(self.module);
            c::safewasm_engine_delete(self.engine);
        }
    }
}

pub const ZERO: safewasm_slot_t = safewasm_slot_t { v128: [0; 16] };

pub fn i32(value: i32) -> safewasm_val_t {
    let mut of = ZERO;
    of.i32 = value;
    safewasm_val_t { kind: 1, of }
}
