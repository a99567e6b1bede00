//! Linkers of components: definitions by interface and name.

use super::bind::Binder;
use super::pre::ComponentInstancePre;
use crate::call::componenthost::ComponentHost;
use crate::canonical::names::VersionedNames;
use crate::engine::Engine;
use crate::engine::component::Component;
use crate::engine::module::Module;
use crate::error::text::quoted;
use crate::error::{Error, ErrorKind, Result};
use crate::kinds::{SharedKind, safewasm_componentlinker_t};
#[cfg(feature = "wasi")]
use crate::link::preview2::Define;
use crate::process::finalizer;
use crate::process::forks::ObjectLock;
use crate::store::resource::HostResourceType;
use crate::types::wit::WitType;
use anyhow::anyhow;
use std::collections::HashMap;
use std::sync::Arc;
use wasmtime::component::types::ComponentItem as Item;

/// The object behind the handle of a component linker.
pub(crate) struct ComponentLinker {
    pub(crate) engine: Arc<Engine>,
    names: ObjectLock<Names>,
}

impl SharedKind for safewasm_componentlinker_t {
    type Object = ComponentLinker;
}

/// The definitions of a linker.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) allows_shadowing: bool,
    /// Those that belong to no interface.
    root: Definitions,
    interfaces: VersionedNames<Definitions>,
}

/// Definitions by their names.
pub(crate) type Definitions = HashMap<String, Definition>;

/// What a linker gives for an import.
#[derive(Clone)]
pub(crate) enum Definition {
    /// A host function, with its type.
    Func(Arc<ComponentHost>, Arc<WitType>),
    Module(Arc<Module>),
    /// A resource type of the program.
    Resource(Arc<HostResourceType>),
    /// A function that traps.
    Trap,
    /// A function or resource of WASI.
    #[cfg(feature = "wasi")]
    Wasi(Define),
}

impl ComponentLinker {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        Self { engine, names: ObjectLock::new(Names::default()) }
    }

    /// Runs `body` with the names. Finalizers of dropped definitions run once the names are unlocked.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut Names) -> Result<R>) -> Result<R> {
        finalizer::run_after(|| match self.names.lock() {
            Ok(mut names) => body(&mut names),
            Err(_) => Err(Error::internal(&anyhow!("a panic happened in the linker earlier"))),
        })
    }

    /// Defines names of interfaces, or of no interface. On failure none is defined.
    pub(crate) fn define<'a>(
        &self,
        items: impl Iterator<Item = (Option<&'a str>, &'a str, Definition)> + Clone,
    ) -> Result<()> {
        self.with(|names| {
            for (interface, name, _) in items.clone() {
                names.check_new(interface, name)?;
            }
            for (interface, name, definition) in items {
                names.entry(interface)?.insert(name.to_owned(), definition);
            }
            Ok(())
        })
    }

    /// Defines each function that the component imports and that isn't defined as one that traps.
    pub(crate) fn define_as_traps(&self, component: &Component) -> Result<()> {
        self.check_engine(component.wasmtime().engine(), "component")?;
        self.with(|names| {
            for (name, item) in component.imports() {
                match item {
                    Item::ComponentFunc(_) => {
                        names.root.entry(name.as_str().to_owned()).or_insert(Definition::Trap);
                    }
                    Item::ComponentInstance(_) => names.trap(name.as_str(), component, item)?,
                    _ => {}
                }
            }
            Ok(())
        })
    }

    /// Binds the imports of `component` to the definitions: everything before it is instantiated.
    pub(crate) fn pre(&self, component: &Arc<Component>) -> Result<ComponentInstancePre> {
        self.check_engine(component.wasmtime().engine(), "component")?;
        self.with(|names| Binder::new(component, names).bind())
    }

    /// Refuses a component or module of another engine. Errors call the argument `name`.
    pub(crate) fn check_engine(&self, engine: &wasmtime::Engine, name: &str) -> Result<()> {
        if wasmtime::Engine::same(engine, self.engine.wasmtime()) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::WRONG_ENGINE,
            format!(
                "`{name}` belongs to another engine than the linker; make both with the same engine"
            ),
        ))
    }
}

impl Names {
    /// Checks that a name may be defined.
    fn check_new(&mut self, interface: Option<&str>, name: &str) -> Result<()> {
        let known = match interface {
            None => Some(&mut self.root),
            Some(interface) => self
                .interfaces
                .get_mut(interface)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT))?,
        };
        if self.allows_shadowing || known.is_none_or(|known| !known.contains_key(name)) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!(
                "{} is defined already; call `safewasm_componentlinker_allow_shadowing` to define it again",
                full_name(interface, name)
            ),
        ))
    }

    /// The definitions of exactly that interface.
    fn entry(&mut self, interface: Option<&str>) -> Result<&mut Definitions> {
        match interface {
            None => Ok(&mut self.root),
            Some(interface) => self
                .interfaces
                .entry(interface)
                .map_err(|error| Error::wasmtime(&error, ErrorKind::LIMIT)),
        }
    }

    /// The definitions for imports of an interface, also of a compatible version, or for imports of none.
    pub(crate) fn find(&self, interface: Option<&str>) -> Option<&Definitions> {
        match interface {
            None => Some(&self.root),
            Some(interface) => self.interfaces.find(interface),
        }
    }

    /// The names of the interfaces with definitions.
    pub(crate) fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.interfaces.iter().map(|(name, _)| name)
    }

    /// Defines the functions of an interface that aren't defined as ones that trap. They join the definitions of a
    /// compatible version, if there are any.
    fn trap(&mut self, interface: &str, component: &Component, item: &Item) -> Result<()> {
        let found = self.find(Some(interface)).cloned();
        let definitions = self.entry(Some(interface))?;
        if definitions.is_empty() {
            *definitions = found.unwrap_or_default();
        }
        for (name, item) in component.type_of(item).items() {
            if let Item::ComponentFunc(_) = item {
                definitions.entry(name.as_str().to_owned()).or_insert(Definition::Trap);
            }
        }
        Ok(())
    }
}

/// What messages call an import.
pub(crate) fn full_name(interface: Option<&str>, name: &str) -> String {
    match interface {
        None => format!("`{}`", quoted(name)),
        Some(interface) => format!("`{}` of `{}`", quoted(name), quoted(interface)),
    }
}
