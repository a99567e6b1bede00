//! Makes the imports of a module, and instances with them.

use super::host::{self, Host};
use super::module::{Item as Import, Module};
use super::own::{Failure, Own, check};
use super::types::{self, Type};
use super::{Item, Route, Run, values};
use crate::plan::can_describe;
use safewasm::abi::safewasm_func_t;
use safewasm::abi::safewasm_functype_t;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_linker_t;
use safewasm::abi::{
    safewasm_extern_t, safewasm_externhandle_t as Of, safewasm_externkind_t as Kind,
};
use safewasm::abi::{safewasm_val_t, safewasm_valtype_t};
use safewasm_capi::*;
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::null_mut;

/// The host functions of a store, boxed since the store keeps their addresses.
type Hosts<'a> = RefCell<Vec<Box<Host<'a>>>>;

impl<'a> Run<'a> {
    pub fn instantiate(
        &mut self,
        module: &Module,
        hosts: &Hosts<'a>,
    ) -> Option<Own<safewasm_instance_t>> {
        let mut given = Vec::new();
        for (index, import) in module.imports.iter().enumerate() {
            let made = self.import(index, &import.ty, hosts);
            let made = self.step(&format!("import {index}"), made, |_| Vec::new())?;
            given.push(made.as_ref().map(|item| item.0));
            self.seen.extend(made);
        }
        self.before_call();
        let all: Option<Vec<_>> = given.iter().copied().collect();
        let name = |import: &Import| (import.module_name.clone(), import.name.clone());
        let mut names: Vec<_> = module.imports.iter().map(name).collect();
        names.sort();
        let twice = names.windows(2).any(|pair| pair[0] == pair[1]);
        // SAFETY: the array has that length, and there is room for a handle.
        let made = match all {
            // A linker would give two imports of one name the same item.
            Some(all) if self.way.route == Route::Plain || twice => {
                Own::new(safewasm_instance_delete, |out| unsafe {
                    safewasm_instance_new(
                        self.store.handle,
                        module.handle.handle,
                        all.as_ptr(),
                        all.len(),
                        out,
                    )
                })
            }
            _ => self.link(module, &given, hosts),
        };
        self.step("instance", made, |_| Vec::new())
    }

    /// Makes an item for an import, if a program can make one of that type.
    fn import(&self, index: usize, ty: &Type, hosts: &Hosts<'a>) -> Result<Option<Item>, Failure> {
        let store = self.store.handle;
        let initial = |ty| self.initial(index, ty);
        let mut item = Item(Item::NONE);
        // SAFETY: the types and values are valid, and there is room for handles.
        unsafe {
            let (kind, of) = match ty {
                Type::Func(ty) => (Kind::FUNC, Of { func: self.func(index, ty.handle, hosts)? }),
                Type::Tag(ty) => {
                    let mut tag = null_mut();
                    check(safewasm_tag_new(store, ty.handle, &mut tag))?;
                    (Kind::TAG, Of { tag })
                }
                Type::Memory(ty) if ty.is_shared.get() => {
                    let mut sharedmemory = null_mut();
                    check(safewasm_sharedmemory_new(self.shared.engine, ty, &mut sharedmemory))?;
                    (Kind::SHARED_MEMORY, Of { sharedmemory })
                }
                Type::Memory(ty) => {
                    let mut memory = null_mut();
                    check(safewasm_memory_new(store, ty, &mut memory))?;
                    (Kind::MEMORY, Of { memory })
                }
                Type::Table(ty) => {
                    let Some(value) = initial(ty.element) else { return Ok(None) };
                    let mut table = null_mut();
                    let made = check(safewasm_table_new(store, ty, &value, &mut table));
                    values::delete(value);
                    made?;
                    (Kind::TABLE, Of { table })
                }
                Type::Global(ty) => {
                    let Some(value) = initial(ty.content) else { return Ok(None) };
                    let mut global = null_mut();
                    let made = check(safewasm_global_new(store, ty, &value, &mut global));
                    values::delete(value);
                    made?;
                    (Kind::GLOBAL, Of { global })
                }
            };
            item.0 = safewasm_extern_t { kind: kind as u32, of };
        }
        Ok(Some(item))
    }

    /// Makes a host function for an import.
    fn func(
        &self,
        import: usize,
        ty: *mut safewasm_functype_t,
        hosts: &Hosts<'a>,
    ) -> Result<*mut safewasm_func_t, Failure> {
        let env = self.host(import, ty, hosts);
        let store = self.store.handle;
        let mut func = null_mut();
        // SAFETY: the host function outlives the store, and there is room for a handle.
        check(unsafe {
            let slots = self.way.slots && (*env).is_of_numbers();
            let env = env.cast();
            if slots {
                let callback = Some(host::slots as _);
                safewasm_func_new_slots(store, ty, callback, env, None, &mut func)
            } else {
                let callback = Some(host::values as _);
                safewasm_func_new(store, ty, callback, env, None, &mut func)
            }
        })?;
        Ok(func)
    }

    /// The initial value of a global or of a table's elements, if a program can make one of that type.
    fn initial(&self, index: usize, ty: safewasm_valtype_t) -> Option<safewasm_val_t> {
        let plain = if can_describe(ty) { self.plan.initial(index, ty) } else { None };
        plain.map(|plain| self.shared.pool.borrow().value(&plain, ty))
    }

    /// The `env` of the host function for an import.
    fn host(
        &self,
        import: usize,
        ty: *mut safewasm_functype_t,
        hosts: &Hosts<'a>,
    ) -> *mut Host<'a> {
        let (params, results) = (types::params(ty), types::results(ty));
        let mut host = Box::new(Host { shared: self.shared, import, params, results });
        let env: *mut Host<'a> = &mut *host;
        hosts.borrow_mut().push(host);
        env
    }

    /// Makes an instance by a linker: defines the items that there are, and default values for the rest.
    fn link(
        &self,
        module: &Module,
        given: &[Option<safewasm_extern_t>],
        hosts: &Hosts<'a>,
    ) -> Result<Own<safewasm_instance_t>, Failure> {
        let store = self.store.handle;
        // SAFETY: names, types and items are valid, and there is room for handles.
        unsafe {
            let linker = Own::new(safewasm_linker_delete, |out| {
                safewasm_linker_new(self.shared.engine, out)
            })?;
            check(safewasm_linker_allow_shadowing(linker.handle, true))?;
            for (index, (import, item)) in module.imports.iter().zip(given).enumerate() {
                match (&import.ty, item) {
                    (Type::Func(ty), _) => {
                        let env = self.host(index, ty.handle, hosts);
                        self.define_func(&linker, import, ty.handle, env)?;
                    }
                    (_, Some(item)) => {
                        let (space, name) = (&import.module_name, &import.name);
                        check(safewasm_linker_define(
                            linker.handle,
                            store,
                            space.as_ptr().cast(),
                            space.len(),
                            name.as_ptr().cast(),
                            name.len(),
                            item,
                        ))?;
                    }
                    _ => {}
                }
            }
            let module = module.handle.handle;
            if given.iter().any(Option::is_none) {
                check(safewasm_linker_define_unknown_imports_as_default_values(
                    linker.handle,
                    store,
                    module,
                ))?;
            }
            if self.way.route == Route::Pre {
                let pre = Own::new(safewasm_instancepre_delete, |out| {
                    safewasm_linker_instantiate_pre(linker.handle, module, out)
                })?;
                Own::new(safewasm_instance_delete, |out| {
                    safewasm_instancepre_instantiate(pre.handle, store, out)
                })
            } else {
                Own::new(safewasm_instance_delete, |out| {
                    safewasm_linker_instantiate(linker.handle, store, module, out)
                })
            }
        }
    }

    unsafe fn define_func(
        &self,
        linker: &Own<safewasm_linker_t>,
        import: &Import,
        ty: *mut safewasm_functype_t,
        env: *mut Host<'a>,
    ) -> Result<(), Failure> {
        let (space, space_len) = (import.module_name.as_ptr().cast(), import.module_name.len());
        let (name, name_len) = (import.name.as_ptr().cast(), import.name.len());
        let linker = linker.handle;
        // SAFETY: the names have these lengths, and the host function outlives the store.
        check(unsafe {
            let slots = self.way.slots && (*env).is_of_numbers();
            let env = env.cast::<c_void>();
            if slots {
                let callback = Some(host::slots as _);
                safewasm_linker_define_func_slots(
                    linker, space, space_len, name, name_len, ty, callback, env, None,
                )
            } else {
                let callback = Some(host::values as _);
                safewasm_linker_define_func(
                    linker, space, space_len, name, name_len, ty, callback, env, None,
                )
            }
        })
    }
}
