//! Binds the imports of a component to the definitions of a linker.

use super::linker::{Definition, Names, full_name};
use super::pre::ComponentInstancePre;
use crate::call::componenthost::HostImport;
use crate::canonical::host::{Signature, define};
use crate::engine::component::Component;
use crate::error::hostfailure::HostFailure;
use crate::error::text::{count, quoted};
use crate::error::{Error, ErrorKind, Result};
use crate::link::suggest::did_you_mean;
use crate::store::data::StoreData;
use crate::store::resource::HostResourceType;
use crate::types::wit::{WitType, difference};
use std::sync::{Arc, OnceLock};
use wasmtime::component::types::ComponentItem as Item;
use wasmtime::component::{Linker, LinkerInstance, ResourceType};

/// Goes through the imports of a component, in their order.
pub(super) struct Binder<'a> {
    component: &'a Arc<Component>,
    names: &'a Names,
    /// The host functions for the imports so far.
    imports: Vec<Arc<HostImport>>,
    /// The resource types of the imports so far, as the component knows them.
    resources: Vec<ResourceType>,
    /// The program's resource types among the definitions so far.
    types: Vec<Arc<HostResourceType>>,
    /// What is missing, as messages call it.
    missing: Vec<String>,
    /// Whether something of WASI is missing.
    lacks_wasi: bool,
}

/// The most missing imports that a message lists.
const MOST_LISTED: usize = 10;

impl<'a> Binder<'a> {
    pub(super) fn new(component: &'a Arc<Component>, names: &'a Names) -> Self {
        let (imports, resources, types) = (Vec::new(), Vec::new(), Vec::new());
        let missing = Vec::new();
        Self { component, names, imports, resources, types, missing, lacks_wasi: false }
    }

    pub(super) fn bind(mut self) -> Result<ComponentInstancePre> {
        let wasmtime = self.component.wasmtime();
        let mut linker = Linker::new(wasmtime.engine());
        for (name, item) in self.component.imports() {
            let name = name.as_str();
            let Item::ComponentInstance(_) = item else {
                self.item(None, name, item, &mut linker.root())?;
                continue;
            };
            let mut instance =
                linker.instance(name).map_err(|error| Error::wasmtime(&error, ErrorKind::LINK))?;
            for (item_name, item) in self.component.type_of(item).items() {
                self.item(Some(name), item_name.as_str(), item, &mut instance)?;
            }
        }
        if !self.missing.is_empty() {
            return Err(self.incomplete());
        }
        let (pre, signatures) = Signature::noted(|| linker.instantiate_pre(wasmtime));
        let pre = pre.map_err(|error| Error::wasmtime(&error, ErrorKind::LINK))?;
        self.keep(signatures)?;
        Ok(ComponentInstancePre::new(pre, Arc::clone(self.component), self.types))
    }

    /// Gives each host function the signature of its import.
    fn keep(&self, signatures: Vec<Signature>) -> Result<()> {
        let differ = || Error::internal(&anyhow::anyhow!("Wasmtime compared other imports"));
        if signatures.len() != self.imports.len() {
            return Err(differ());
        }
        for (import, signature) in self.imports.iter().zip(signatures) {
            import.signature.set(signature).map_err(|_| differ())?;
        }
        Ok(())
    }

    /// Binds an import of `interface`, or of none.
    fn item(
        &mut self,
        interface: Option<&str>,
        name: &str,
        item: &Item,
        linker: &mut LinkerInstance<'_, StoreData>,
    ) -> Result<()> {
        let found = self.names.find(interface).and_then(|names| names.get(name));
        let limit = |error| Error::wasmtime(&error, ErrorKind::LIMIT);
        match (item, found) {
            (Item::Type(_), _) => {}
            (Item::ComponentFunc(ty), Some(Definition::Func(host, defined))) => {
                self.check_type(interface, name, item, defined)?;
                let import = Arc::new(HostImport {
                    host: Arc::clone(host),
                    name: full_name(interface, name),
                    signature: OnceLock::new(),
                });
                self.imports.push(Arc::clone(&import));
                define(linker, name, ty, move |context, args| import.call(context, args))
                    .map_err(limit)?;
            }
            (Item::ComponentFunc(_), Some(Definition::Trap)) => {
                trap(linker, interface, name).map_err(limit)?;
            }
            #[cfg(feature = "wasi")]
            (Item::ComponentFunc(_) | Item::Resource(_), Some(Definition::Wasi(define))) => {
                define(linker, name).map_err(limit)?;
            }
            (Item::Module(_), Some(Definition::Module(module))) => {
                linker.module(name, module.wasmtime()).map_err(limit)?;
            }
            (Item::Resource(_), Some(Definition::Resource(ty))) => {
                let (wasmtime, dropping) = (ty.wasmtime(), Arc::clone(ty));
                linker
                    .resource(name, wasmtime, move |context, number| {
                        dropping.drop_of(context, number)
                    })
                    .map_err(limit)?;
                self.types.push(Arc::clone(ty));
            }
            // A resource type that an interface uses from another one is no import of its own.
            (Item::Resource(ty), None) if self.resources.contains(ty) => {}
            (item, None) => {
                self.missing.push(self.describe(interface, name, item));
                self.lacks_wasi |= interface.is_some_and(is_wasi);
            }
            (item, Some(definition)) => {
                return Err(Error::new(
                    ErrorKind::LINK,
                    format!(
                        "the import {} is {}, but {} is defined",
                        full_name(interface, name),
                        kind(item),
                        definition.kind()
                    ),
                ));
            }
        }
        if let Item::Resource(ty) = item {
            self.resources.push(*ty);
        }
        Ok(())
    }

    /// Compares the types of an imported function and of its definition.
    fn check_type(
        &self,
        interface: Option<&str>,
        name: &str,
        import: &Item,
        defined: &WitType,
    ) -> Result<()> {
        let import = self.component.type_of(import);
        let ((import, imported), (defined, resources)) = (import.parts(), defined.parts());
        let (Item::ComponentFunc(import), Item::ComponentFunc(defined)) = (import, defined) else {
            unreachable!("the linker defines a function by the type of a function");
        };
        match difference((import, imported), (defined, resources)) {
            None => Ok(()),
            Some(difference) => Err(Error::new(
                ErrorKind::LINK,
                format!(
                    "the import {} and its definition have different types: {difference}",
                    full_name(interface, name)
                ),
            )),
        }
    }

    /// A missing import, with its type and a hint.
    fn describe(&self, interface: Option<&str>, name: &str, item: &Item) -> String {
        let ty = self.component.type_of(item);
        let text = ty.text().as_str().lines().next().unwrap_or_default();
        let similar = match interface {
            Some(interface) if self.names.find(Some(interface)).is_none() => {
                let known = self.names.interfaces();
                did_you_mean(known.map(|known| {
                    (interface.into(), known.into(), move || format!("`{}`", quoted(known)))
                }))
            }
            interface => {
                let known = self.names.find(interface).into_iter().flat_map(|names| names.keys());
                did_you_mean(known.map(|known| {
                    (name.into(), known.into(), move || format!("`{}`", quoted(known)))
                }))
            }
        };
        format!("{}: {}{similar}", full_name(interface, name), quoted(text))
    }

    #[cold]
    fn incomplete(self) -> Error {
        let len = self.missing.len();
        let text = match self.missing.as_slice() {
            [only] => format!("an import of `component` is missing: {only}"),
            missing => {
                let mut text = format!("{} of `component` are missing:", count(len, "import"));
                for line in missing.iter().take(MOST_LISTED) {
                    text += &format!("\n  {line}");
                }
                if len > MOST_LISTED {
                    text += &format!("\n  and {} more", len - MOST_LISTED);
                }
                text
            }
        };
        let note = if self.lacks_wasi {
            "; the interfaces `wasi:…` are WASI: define their functions by `safewasm_componentlinker_define_wasi`"
        } else {
            ""
        };
        Error::new(ErrorKind::LINK, text + note)
    }
}

/// Whether the library has the interface, as a part of WASI 0.2.
fn is_wasi(interface: &str) -> bool {
    let begins = |package: &&str| {
        let rest = interface.strip_prefix("wasi:").and_then(|rest| rest.strip_prefix(*package));
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    interface.contains("@0.2.") && WASI_PACKAGES.iter().any(begins)
}

/// The packages of WASI that the library has.
const WASI_PACKAGES: [&str; 6] = ["cli", "clocks", "filesystem", "io", "random", "sockets"];

/// Defines a function that traps.
fn trap(
    linker: &mut LinkerInstance<'_, StoreData>,
    interface: Option<&str>,
    name: &str,
) -> wasmtime::Result<()> {
    let said = format!("the import {} was called, but not defined", full_name(interface, name));
    linker.func_new(name, move |_, _, _, _| {
        let error = Error::new(ErrorKind::TRAP, said.clone()).with_other_trap();
        Err(wasmtime::Error::new(HostFailure::from(error)))
    })
}

impl Definition {
    fn kind(&self) -> &'static str {
        match self {
            Self::Func(..) | Self::Trap => "a function",
            Self::Module(_) => "a module",
            Self::Resource(_) => "a resource",
            #[cfg(feature = "wasi")]
            Self::Wasi(_) => "a function or resource of WASI",
        }
    }
}

/// What messages call an import of that type.
fn kind(item: &Item) -> &'static str {
    match item {
        Item::ComponentFunc(_) | Item::CoreFunc(_) => "a function",
        Item::Module(_) => "a module",
        Item::Component(_) => "a component",
        Item::ComponentInstance(_) => "an interface",
        Item::Resource(_) => "a resource",
        Item::Type(_) => "a type",
    }
}
