//! Pre-instantiations: modules whose imports were looked up and checked once.

use crate::engine::module::Module;
use crate::handle::Handle;
use crate::kinds::{SharedKind, safewasm_instancepre_t};
use crate::store::data::StoreData;
use std::sync::Arc;

/// The object behind the handle of a pre-instantiation.
pub(crate) struct InstancePre {
    pub(crate) pre: wasmtime::InstancePre<StoreData>,
    pub(crate) module: Arc<Module>,
    /// The store of the items among the imports, if there are any.
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
