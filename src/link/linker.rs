//! What linkers know: names, what is defined by them, and what to say where that isn't what a module
//! wants.

use crate::engine::Engine;
use crate::engine::module::Module;
use crate::error::text::{Text, quoted};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::kinds::{SharedKind, safewasm_linker_t};
use crate::link::explain::{current_type, explain, missing};
use crate::process::finalizer;
use crate::process::forks::ObjectLock;
use crate::store::data::StoreData;
use crate::store::entered::{Entered, Guard};
use crate::store::instance::Instance;
use anyhow::anyhow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use wasmtime::{ExternType as Type, ImportType};

/// What the handle of a linker means.
pub(crate) struct Linker {
    pub(crate) engine: Arc<Engine>,
    names: ObjectLock<Names>,
}

/// What a linker knows.
pub(crate) struct Names {
    /// In this one everything may be shadowed; whether it may is checked before.
    pub(crate) linker: wasmtime::Linker<StoreData>,
    pub(crate) allows_shadowing: bool,
    /// The store whose items it holds, if it does.
    pub(crate) store: Option<Handle>,
    /// In the order in which they were defined; none is ever taken out.
    pub(crate) definitions: Vec<Definition>,
    /// Where they are, by module name and name.
    places: HashMap<(String, String), usize>,
}

pub(crate) struct Definition {
    pub(crate) namespace: Text,
    pub(crate) name: Text,
    pub(crate) ty: Type,
}

impl SharedKind for safewasm_linker_t {
    type Object = Linker;
}

impl Linker {
    pub(crate) fn new(engine: Arc<Engine>) -> Self {
        let mut linker = wasmtime::Linker::new(engine.wasmtime());
        linker.allow_shadowing(true);
        let names = Names {
            linker,
            allows_shadowing: false,
            store: None,
            definitions: Vec::new(),
            places: HashMap::new(),
        };
        Self { engine, names: ObjectLock::new(names) }
    }

    /// Works with the names. What that drops is finalized when others can do so again.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut Names) -> Result<R>) -> Result<R> {
        finalizer::run_after(|| match self.names.lock() {
            Ok(mut names) => body(&mut names),
            Err(_) => Err(Error::internal(&anyhow!("a panic happened in the linker earlier"))),
        })
    }

    /// Everything that can be done before `module` is instantiated, in `stay` if it is known where.
    pub(crate) fn pre(
        &self,
        module: &Arc<Module>,
        guard: Option<&mut Guard>,
    ) -> Result<(wasmtime::InstancePre<StoreData>, Option<Handle>)> {
        if !wasmtime::Engine::same(module.wasmtime().engine(), self.engine.wasmtime()) {
            return Err(Error::new(
                ErrorKind::WRONG_ENGINE,
                "`module` belongs to another engine than the linker",
            ));
        }
        self.with(|names| {
            names.check_met(module.wasmtime())?;
            if let Some(guard) = guard {
                check_bound(names.store, guard, "linker")?;
                names.refresh(module.wasmtime(), guard)?;
            }
            let pre = names.linker.instantiate_pre(module.wasmtime()).map_err(|error| {
                let error = Error::wasmtime(&error, ErrorKind::LINK);
                let given = |_, import: &ImportType<'_>| {
                    Some(names.find(import.module(), import.name())?.ty.clone())
                };
                explain(error.message(), module.wasmtime(), given).unwrap_or(error)
            })?;
            Ok((pre, names.store))
        })
    }
}

impl Names {
    pub(crate) fn find(&self, namespace: &str, name: &str) -> Option<&Definition> {
        let place = self.places.get(&(namespace.to_owned(), name.to_owned()))?;
        self.definitions.get(*place)
    }

    pub(crate) fn check_new(&self, namespace: &str, name: &str) -> Result<()> {
        if self.allows_shadowing || self.find(namespace, name).is_none() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!(
                "`{}` of `{}` is defined already; allow shadowing to define it anew",
                quoted(name),
                quoted(namespace)
            ),
        ))
    }

    pub(crate) fn note(&mut self, namespace: &str, name: &str, ty: Type) {
        match self.places.entry((namespace.to_owned(), name.to_owned())) {
            Entry::Occupied(place) => self.definitions[*place.get()].ty = ty,
            Entry::Vacant(place) => {
                place.insert(self.definitions.len());
                let (namespace, name) = (Text::new(namespace), Text::new(name));
                self.definitions.push(Definition { namespace, name, ty });
            }
        }
    }

    /// Ties the linker to a store, of which it is to hold an item.
    pub(crate) fn bind(&mut self, guard: &Guard) -> Result<()> {
        check_bound(self.store, guard, "linker")?;
        self.store = Some(guard.store());
        Ok(())
    }

    /// Refuses a module of whose imports some aren't defined.
    fn check_met(&self, module: &wasmtime::Module) -> Result<()> {
        let missed =
            module.imports().filter(|import| self.find(import.module(), import.name()).is_none());
        match missing(missed, |import| self.near(import.module(), import.name())) {
            None => Ok(()),
            Some(message) => Err(Error::new(ErrorKind::LINK, message)),
        }
    }

    /// The names that somebody may have meant, in words.
    pub(crate) fn near(&self, namespace: &str, name: &str) -> String {
        // Comparing takes as long as the product of the lengths; nobody mistypes such names.
        const LONGEST: usize = 80;
        const MOST_COMPARED: usize = 500;
        let wanted = format!("{namespace} {name}");
        if wanted.len() > LONGEST {
            return String::new();
        }
        let most = 1 + wanted.chars().count() / 4;
        let may_be_near = |known: &(&str, &str)| {
            known.1 == name
                || (known.0.len() + 1 + known.1.len()).abs_diff(wanted.len()) <= 4 * most
        };
        let mut found: Vec<_> = self
            .definitions
            .iter()
            .map(|known| (known.namespace.as_str(), known.name.as_str()))
            .filter(|known| known.0.len() + known.1.len() < LONGEST)
            .filter(may_be_near)
            .take(MOST_COMPARED)
            .map(|known| {
                let full = format!("{} {}", known.0, known.1);
                let distance = strsim::damerau_levenshtein(&wanted, &full);
                // The right name in another place is always worth a word.
                (if known.1 == name { 1 } else { distance }, known)
            })
            .filter(|(distance, _)| *distance <= most)
            .collect();
        found.sort();
        found.truncate(3);
        let found: Vec<_> =
            found.iter().map(|(_, known)| format!("`{}` of `{}`", known.1, known.0)).collect();
        if found.is_empty() {
            return String::new();
        }
        format!("; did you mean {}?", found.join(", or "))
    }

    /// Lets the linker see the sizes that memories and tables have now.
    fn refresh(&mut self, module: &wasmtime::Module, guard: &mut Guard) -> Result<()> {
        for import in module.imports() {
            // Of others, a look-up would make an item of the store.
            let known = self.find(import.module(), import.name()).map(|known| &known.ty);
            if let Some(Type::Memory(_) | Type::Table(_)) = known
                && let Some(item) = self.linker.get_by_import(guard.context(), &import)
            {
                let ty = current_type(&item, guard);
                self.linker
                    .define(guard.context(), import.module(), import.name(), item)
                    .map_err(|error| Error::wasmtime(&error, ErrorKind::INTERNAL))?;
                self.note(import.module(), import.name(), ty);
            }
        }
        Ok(())
    }

    pub(crate) fn define_instance(
        &mut self,
        namespace: &str,
        instance: &Instance,
        guard: &mut Guard,
    ) -> Result<()> {
        let module = instance.module().wasmtime();
        for export in module.exports() {
            self.check_new(namespace, export.name())?;
        }
        self.bind(guard)?;
        self.linker
            .instance(guard.context(), namespace, instance.wasmtime())
            .map_err(|error| Error::wasmtime(&error, ErrorKind::LINK))?;
        for export in module.exports() {
            self.note(namespace, export.name(), export.ty());
        }
        Ok(())
    }
}

/// Refuses another store than that to which the object `name` is tied.
pub(crate) fn check_bound(store: Option<Handle>, guard: &Guard, name: &str) -> Result<()> {
    match store {
        Some(store) if store != guard.store() => Err(Error::new(
            ErrorKind::WRONG_STORE,
            format!("`{name}` holds items of another store, and works with that one only"),
        )),
        _ => Ok(()),
    }
}
