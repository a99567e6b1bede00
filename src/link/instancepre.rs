//! Pre-instantiations: modules whose imports are settled, for many instances.

use crate::engine::module::Module;
use crate::handle::Handle;
use crate::kinds::{SharedKind, safewasm_instancepre_t};
use crate::store::data::StoreData;
use std::sync::Arc;

/// What the handle of a pre-instantiation means.
pub(crate) struct InstancePre {
    pub(crate) pre: wasmtime::InstancePre<StoreData>,
    pub(crate) module: Arc<Module>,
    /// The store whose items are among the imports, if there are such.
    pub(crate) store: Option<Handle>,
}

impl SharedKind for safewasm_instancepre_t {
    type Object = InstancePre;
}

impl InstancePre {
    pub(crate) fn new(
        pre: wasmtime::InstancePre<StoreData>,
        module: Arc<Module>,
        store: Option<Handle>,
    ) -> Self {
        Self { pre, module, store }
    }
}
