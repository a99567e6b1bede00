//! Pre-instantiations of components: components whose imports were bound once.

use crate::call::component::instantiate_with;
use crate::engine::component::Component;
use crate::error::Result;
use crate::kinds::{SharedKind, safewasm_componentinstancepre_t};
use crate::store::component::ComponentInstance;
use crate::store::data::StoreData;
use crate::store::entered::Guard;
use std::sync::Arc;
use wasmtime::component::InstancePre;

/// The object behind the handle of a pre-instantiation of a component.
pub(crate) struct ComponentInstancePre {
    pre: InstancePre<StoreData>,
    component: Arc<Component>,
}

impl SharedKind for safewasm_componentinstancepre_t {
    type Object = ComponentInstancePre;
}

impl ComponentInstancePre {
    pub(super) fn new(pre: InstancePre<StoreData>, component: Arc<Component>) -> Self {
        Self { pre, component }
    }

    /// Makes an instance. `name` is what errors call the argument.
    pub(crate) fn instantiate(&self, name: &str, guard: &mut Guard) -> Result<ComponentInstance> {
        instantiate_with(&self.component, name, guard, |context| self.pre.instantiate(context))
    }
}
