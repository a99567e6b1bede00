//! Instances of modules.

use crate::engine::module::Module;
use crate::error::Result;
use crate::kinds::safewasm_instance_t;
use crate::store::entered::{Entered, Guard};
use std::sync::Arc;

/// The object behind the handle of an instance.
#[derive(Clone)]
pub(crate) struct Instance {
    pub(crate) instance: wasmtime::Instance,
    pub(crate) module: Arc<Module>,
}

impl Instance {
    pub(crate) fn new(instance: wasmtime::Instance, module: Arc<Module>) -> Self {
        Self { instance, module }
    }

    pub(crate) fn wasmtime(&self) -> wasmtime::Instance {
        self.instance
    }

    pub(crate) fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// Adds the instance to the store, and returns its handle.
    pub(crate) fn own(self, guard: &mut Guard) -> Result<*mut safewasm_instance_t> {
        guard.own(self)
    }
}
