//! Instances of modules.

use super::data::StoreData;
use super::export::Export;
use crate::engine::module::Module;
use crate::error::Result;
use crate::kinds::safewasm_instance_t;
use crate::store::entered::{Entered, Guard};
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;
use wasmtime::StoreContextMut;

/// The object behind the handle of an instance.
#[derive(Clone, Copy)]
pub(crate) struct Instance {
    instance: wasmtime::Instance,
    /// Its index in [`Instances`].
    index: u32,
}

/// What the library knows of the instances of a store.
#[derive(Default)]
pub(crate) struct Instances(Vec<Known>);

struct Known {
    module: Arc<Module>,
    /// The exports that were looked up, by name. They stay the same until the store ends. Wasmtime would search
    /// for the code of a function each time.
    exports: HashMap<Box<str>, Export, RandomState>,
}

impl Instance {
    pub(crate) fn new(
        instance: wasmtime::Instance,
        module: Arc<Module>,
        guard: &mut Guard,
    ) -> Self {
        let mut context = guard.context();
        let Instances(known) = &mut context.data_mut().instances;
        known.push(Known { module, exports: HashMap::default() });
        Self { instance, index: known.len() as u32 - 1 }
    }

    pub(crate) fn wasmtime(self) -> wasmtime::Instance {
        self.instance
    }

    pub(crate) fn module(self, guard: &mut Guard) -> Arc<Module> {
        Arc::clone(&self.known(&mut guard.context()).module)
    }

    /// The export called `name`.
    pub(crate) fn export(self, name: &str, guard: &mut Guard) -> Option<Export> {
        if let Some(export) = self.known(&mut guard.context()).exports.get(name) {
            return Some(export.clone());
        }
        let export = Export::new(self.instance.get_export(guard.context(), name)?, guard.context());
        let mut context = guard.context();
        let exports = &mut self.known(&mut context).exports;
        if exports.try_reserve(1).is_ok() {
            exports.insert(name.into(), export.clone());
        }
        Some(export)
    }

    /// Adds the instance to the store, and returns its handle.
    pub(crate) fn own(self, guard: &mut Guard) -> Result<*mut safewasm_instance_t> {
        guard.own(self)
    }

    fn known<'a>(self, context: &'a mut StoreContextMut<'_, StoreData>) -> &'a mut Known {
        &mut context.data_mut().instances.0[self.index as usize]
    }
}
