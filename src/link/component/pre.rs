//! Pre-instantiations of components: components whose imports were bound once.

use crate::call::component::instantiate_with;
use crate::engine::component::Component;
use crate::error::Result;
use crate::kinds::{SharedKind, safewasm_componentinstancepre_t};
use crate::store::component::ComponentInstance;
use crate::store::data::StoreData;
use crate::store::entered::Guard;
use crate::store::resource::HostResourceType;
use std::sync::Arc;
use wasmtime::component::InstancePre;

/// The object behind the handle of a pre-instantiation of a component.
pub(crate) struct ComponentInstancePre {
    pre: InstancePre<StoreData>,
    component: Arc<Component>,
    /// The program's resource types among the definitions.
    types: Vec<Arc<HostResourceType>>,
}

impl SharedKind for safewasm_componentinstancepre_t {
    type Object = ComponentInstancePre;
}

impl ComponentInstancePre {
    pub(super) fn new(
        pre: InstancePre<StoreData>,
        component: Arc<Component>,
        types: Vec<Arc<HostResourceType>>,
    ) -> Self {
        Self { pre, component, types }
    }

    /// Makes an instance. `name` is what errors call the argument.
    pub(crate) fn instantiate(&self, name: &str, guard: &mut Guard) -> Result<ComponentInstance> {
        instantiate_with(&self.component, name, guard, |mut context| {
            let resources = &mut context.data_mut().resources;
            self.types.iter().for_each(|ty| resources.note_type(ty));
            self.pre.instantiate(context)
        })
    }
}
