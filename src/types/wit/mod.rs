//! WIT types: the types of components' items and values.

mod compare;
mod listing;
mod nodes;

pub(crate) use compare::difference;
pub(crate) use listing::LONGEST_TEXT;
pub use nodes::{safewasm_witkind_t, safewasm_witnode_t};

use crate::error::text::{Text, count};
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_wittype_t};
use nodes::Nodes;
use std::sync::{Arc, OnceLock};
use wasmtime::Engine;
use wasmtime::component::ResourceType;
use wasmtime::component::types::{Component, ComponentItem as Item};

/// The object behind the handle of a WIT type. Nodes, items and text are made when first asked for.
pub(crate) struct WitType {
    engine: Engine,
    item: Item,
    resources: Arc<Resources>,
    nodes: OnceLock<Nodes>,
    items: OnceLock<Vec<(Text, Item)>>,
    text: OnceLock<Text>,
}

impl SharedKind for safewasm_wittype_t {
    type Object = WitType;
}

impl WitType {
    pub(crate) fn new(engine: &Engine, item: Item, resources: &Arc<Resources>) -> Self {
        Self {
            engine: engine.clone(),
            item,
            resources: Arc::clone(resources),
            nodes: OnceLock::new(),
            items: OnceLock::new(),
            text: OnceLock::new(),
        }
    }

    /// The type as nodes, in pre-order.
    pub(crate) fn nodes(&self) -> &[safewasm_witnode_t] {
        self.nodes.get_or_init(|| Nodes::of(&self.item, &self.resources, self.items().len())).all()
    }

    /// The named items of an interface or a component; empty for other types.
    pub(crate) fn items(&self) -> &[(Text, Item)] {
        self.items.get_or_init(|| items_of(&self.engine, &self.item))
    }

    /// The type of the item at `index`, with its name.
    pub(crate) fn item(&self, index: usize) -> Result<(&Text, Self)> {
        let items = self.items();
        let Some((name, item)) = items.get(index) else {
            let why =
                format!("`index` is {index}, but the type has {}", count(items.len(), "item"));
            return Err(Error::new(ErrorKind::NOT_FOUND, why));
        };
        Ok((name, Self::new(&self.engine, item.clone(), &self.resources)))
    }

    /// Whether it is the type of a function.
    pub(crate) fn is_func(&self) -> bool {
        matches!(self.item, Item::ComponentFunc(_))
    }

    /// What the type is of, and the resource types of its component.
    pub(crate) fn parts(&self) -> (&Item, &Resources) {
        (&self.item, &self.resources)
    }

    /// The type in WIT, or in a notation like it where WIT has none.
    pub(crate) fn text(&self) -> &Text {
        self.text.get_or_init(|| Text::new(listing::of(&self.item, self.items(), &self.resources)))
    }
}

/// The named items of an interface, or the exports of a component.
fn items_of(engine: &Engine, item: &Item) -> Vec<(Text, Item)> {
    match item {
        Item::ComponentInstance(interface) => {
            interface.exports(engine).map(|(name, found)| (Text::new(name), found.ty)).collect()
        }
        Item::Component(component) => {
            component.exports(engine).map(|(name, found)| (Text::new(name), found.ty)).collect()
        }
        _ => Vec::new(),
    }
}

/// How many resource types of a component have a number, so that finding one takes a bounded time.
const MOST_RESOURCES: usize = 1000;

/// The first resource types that the imports and exports of a component name, in their order. Their numbers tell them
/// apart.
#[derive(Default)]
pub(crate) struct Resources(Vec<(ResourceType, Text)>);

impl Resources {
    pub(crate) fn of(engine: &Engine, component: &Component) -> Self {
        let mut resources = Self::default();
        for (name, import) in component.imports(engine) {
            resources.note(engine, name, &import.ty);
        }
        for (name, export) in component.exports(engine) {
            resources.note(engine, name, &export.ty);
        }
        resources
    }

    fn note(&mut self, engine: &Engine, name: &str, item: &Item) {
        if self.0.len() == MOST_RESOURCES {
            return;
        }
        match item {
            Item::Resource(ty) if self.find(ty).is_none() => self.0.push((*ty, Text::new(name))),
            Item::ComponentInstance(interface) => {
                for (name, export) in interface.exports(engine) {
                    self.note(engine, name, &export.ty);
                }
            }
            _ => {}
        }
    }

    /// The name of a resource type.
    fn name(&self, ty: &ResourceType) -> Option<&str> {
        self.find(ty).map(|(_, name)| name.as_str())
    }

    /// The number of a resource type, and its name.
    fn find(&self, ty: &ResourceType) -> Option<(usize, &Text)> {
        let index = self.0.iter().position(|(known, _)| known == ty)?;
        Some((index, &self.0[index].1))
    }
}
