//! Passes arbitrary bytes as names of exports, imports and operators, as messages of errors, as texts of function
//! types, as settings of WASI configs, as folders of caches, and as data of memories.

mod cache;
mod component;
mod export;
mod functype;
mod heaptype;
mod link;
mod memory;
mod message;
mod operator;
mod wasi;

use crate::call::{FUNCTYPE, INSTANCE, LINKER, MODULE, Owned, STORE, Verdict, done};
use crate::engine::Engine;
use crate::mutate::name;
use fastrand::Rng;
use safewasm::abi::safewasm_externkind_t as Kind;
use safewasm::abi::safewasm_functype_t;
use safewasm::abi::safewasm_instance_t;
use safewasm::abi::safewasm_linker_t;
use safewasm::abi::safewasm_module_t;
use safewasm::abi::safewasm_store_t;
use safewasm_capi::*;
use std::ptr::null;

/// The exports of the modules: name, kind and text.
const EXPORTS: [(&[u8], Kind, &str); 7] = [
    (b"memory", Kind::MEMORY, r#"(memory (export "memory") 1 2)"#),
    (b"memory\0", Kind::TABLE, r#"(table (export "memory\00") 1 funcref)"#),
    (b"", Kind::GLOBAL, r#"(global (export "") (mut i32) (i32.const 0))"#),
    ("é".as_bytes(), Kind::TAG, r#"(tag (export "é"))"#),
    (b"\0", Kind::FUNC, r#"(func (export "\00"))"#),
    (b"a\0b", Kind::FUNC, r#"(func (export "a\00b"))"#),
    (b"`", Kind::GLOBAL, r#"(global (export "`") i64 (i64.const 1))"#),
];

/// A function that calls a host function, which looks up exports.
const RUN: &str = r#"(import "env" "probe" (func $probe)) (func (export "run") (call $probe))"#;

/// The objects that all checks share.
pub struct World<'a> {
    engine: &'a Engine,
    functype: Owned<safewasm_functype_t>,
    /// A module with `EXPORTS`.
    plain: Owned<safewasm_module_t>,
    /// A module with `EXPORTS` and `RUN`.
    probing: Owned<safewasm_module_t>,
    /// What is defined in linkers of components.
    items: component::Items,
}

impl<'a> World<'a> {
    pub fn new(engine: &'a Engine) -> Verdict<Self> {
        let exports: String = EXPORTS.iter().map(|(.., text)| *text).collect();
        let module = |begin: &str| {
            let text = format!("(module {begin} {exports})");
            // SAFETY: the text has that length, and there is room for a handle.
            Owned::made(MODULE, "safewasm_module_new_text", |out| unsafe {
                safewasm_module_new_text(engine.ours.handle, text.as_ptr().cast(), text.len(), out)
            })
        };
        // SAFETY: the arrays are empty, and there is room for a handle.
        let functype = Owned::made(FUNCTYPE, "safewasm_functype_new", |out| unsafe {
            safewasm_functype_new(engine.ours.handle, null(), 0, null(), 0, out)
        })?;
        let items = component::Items::new(engine, module("")?)?;
        Ok(Self { engine, functype, plain: module("")?, probing: module(RUN)?, items })
    }

    /// Draws two names, passes them to `note`, and tries them everywhere.
    pub fn check(&self, rng: &mut Rng, note: impl FnOnce(&[u8]) -> Verdict) -> Verdict {
        let known: Vec<_> = EXPORTS.iter().map(|(name, ..)| name.to_vec()).collect();
        let (namespace, name) = (name::name(rng, &known), name::name(rng, &known));
        note(&[&namespace[..], b"\n", &name].concat())?;
        let store = self.store()?;
        let instance = self.instance(&store, &self.plain)?;
        export::of_instance(&instance, &name)?;
        export::of_caller(self, &store, &name)?;
        link::check(self, rng, &store, &instance, &namespace, &name)?;
        component::check(self, rng, &namespace, &name)?;
        message::check(&name)?;
        functype::check(self.engine, rng)?;
        heaptype::check(self.engine, rng)?;
        operator::check(rng)?;
        cache::check(rng)?;
        wasi::check(rng)?;
        memory::check(self.engine, rng, &instance)
    }

    fn store(&self) -> Verdict<Owned<safewasm_store_t>> {
        // SAFETY: there is room for a handle.
        let store = Owned::made(STORE, "safewasm_store_new", |out| unsafe {
            safewasm_store_new(self.engine.ours.handle, out)
        })?;
        // SAFETY: the function accepts any handle.
        let error = unsafe { safewasm_store_set_fuel(store.handle, 10_000) };
        done("safewasm_store_set_fuel", error)?;
        Ok(store)
    }

    fn instance(
        &self,
        store: &Owned<safewasm_store_t>,
        module: &Owned<safewasm_module_t>,
    ) -> Verdict<Owned<safewasm_instance_t>> {
        // SAFETY: the array is empty, and there is room for a handle.
        Owned::made(INSTANCE, "safewasm_instance_new", |out| unsafe {
            safewasm_instance_new(store.handle, module.handle, null(), 0, out)
        })
    }

    fn linker(&self) -> Verdict<Owned<safewasm_linker_t>> {
        // SAFETY: there is room for a handle.
        Owned::made(LINKER, "safewasm_linker_new", |out| unsafe {
            safewasm_linker_new(self.engine.ours.handle, out)
        })
    }
}
