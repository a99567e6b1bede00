//! Linkers: definitions by name, and look-ups for modules.

use crate::engine::Engine;
use crate::engine::module::Module;
use crate::error::text::{Text, quoted};
use crate::error::{Error, ErrorKind, Result};
use crate::handle::Handle;
use crate::kinds::{SharedKind, safewasm_linker_t};
use crate::link::explain::{current_type, explain, is_other_wasi, missing};
use crate::link::suggest::did_you_mean;
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

/// The object behind the handle of a linker.
pub(crate) struct Linker {
    pub(crate) engine: Arc<Engine>,
    names: ObjectLock<Names>,
}

/// The definitions of a linker.
pub(crate) struct Names {
    /// Always allows shadowing; [`Names::check_new`] checks whether the program allows it.
    pub(crate) linker: wasmtime::Linker<StoreData>,
    pub(crate) allows_shadowing: bool,
    /// The store whose items the linker holds, if it holds any.
    pub(crate) store: Option<Handle>,
    /// In the order in which the names were first defined. None is ever removed.
    pub(crate) definitions: Vec<Definition>,
    /// Indexes into `definitions`, by module name and name.
    indexes: HashMap<(String, String), usize>,
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
            indexes: HashMap::new(),
        };
        Self { engine, names: ObjectLock::new(names) }
    }

    /// Runs `body` with the names. Finalizers of dropped definitions run once the names are unlocked.
    pub(crate) fn with<R>(&self, body: impl FnOnce(&mut Names) -> Result<R>) -> Result<R> {
        finalizer::run_after(|| match self.names.lock() {
            Ok(mut names) => body(&mut names),
            Err(_) => Err(Error::internal(&anyhow!("a panic happened in the linker earlier"))),
        })
    }

    /// Looks up and checks the imports of `module`: everything before it is instantiated. `guard` is for the
    /// store of the instance, if that is known.
    pub(crate) fn pre(
        &self,
        module: &Arc<Module>,
        guard: Option<&mut Guard>,
    ) -> Result<(wasmtime::InstancePre<StoreData>, Option<Handle>)> {
        if !wasmtime::Engine::same(module.wasmtime().engine(), self.engine.wasmtime()) {
            return Err(Error::new(
                ErrorKind::WRONG_ENGINE,
                "`module` belongs to another engine than the linker; make both with the same engine",
            ));
        }
        self.with(|names| {
            names.check_complete(module.wasmtime())?;
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
        let index = self.indexes.get(&(namespace.to_owned(), name.to_owned()))?;
        self.definitions.get(*index)
    }

    /// Checks that a name may be defined.
    pub(crate) fn check_new(&self, namespace: &str, name: &str) -> Result<()> {
        if self.allows_shadowing || self.find(namespace, name).is_none() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::INVALID_ARGUMENT,
            format!(
                "`{}` of `{}` is defined already; call `safewasm_linker_allow_shadowing` to define it again",
                quoted(name),
                quoted(namespace)
            ),
        ))
    }

    /// Records a definition that was made in [`Self::linker`].
    pub(crate) fn note(&mut self, namespace: &str, name: &str, ty: Type) {
        match self.indexes.entry((namespace.to_owned(), name.to_owned())) {
            Entry::Occupied(index) => self.definitions[*index.get()].ty = ty,
            Entry::Vacant(index) => {
                index.insert(self.definitions.len());
                let (namespace, name) = (Text::new(namespace), Text::new(name));
                self.definitions.push(Definition { namespace, name, ty });
            }
        }
    }

    /// Binds the linker to the store of an item that it will hold.
    pub(crate) fn bind(&mut self, guard: &Guard) -> Result<()> {
        check_bound(self.store, guard, "linker")?;
        self.store = Some(guard.store());
        Ok(())
    }

    /// Checks that all imports of a module are defined.
    fn check_complete(&self, module: &wasmtime::Module) -> Result<()> {
        let undefined =
            module.imports().filter(|import| self.find(import.module(), import.name()).is_none());
        match missing(undefined, |import| self.suggest(import.module(), import.name())) {
            None => Ok(()),
            Some(message) => Err(Error::new(ErrorKind::LINK, message)),
        }
    }

    /// The part of a message that suggests similar names, empty if there are none.
    pub(crate) fn suggest(&self, namespace: &str, name: &str) -> String {
        if is_other_wasi(namespace) {
            return String::new();
        }
        let wanted = format!("{namespace} {name}");
        did_you_mean(self.definitions.iter().map(|known| {
            let (known_namespace, known) = (known.namespace.as_str(), known.name.as_str());
            let text = move || format!("`{}` of `{}`", quoted(known), quoted(known_namespace));
            // The same name in another module is always suggested.
            if known_namespace == namespace || known == name {
                (name.into(), known.into(), text)
            } else {
                (wanted.as_str().into(), format!("{known_namespace} {known}").into(), text)
            }
        }))
    }

    /// Makes the linker see the current sizes of memories and tables.
    fn refresh(&mut self, module: &wasmtime::Module, guard: &mut Guard) -> Result<()> {
        for import in module.imports() {
            // Only these: looking up a function would make an item in the store.
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
        let module = instance.module(guard);
        let module = module.wasmtime();
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

/// Checks that the object `name`, which is bound to `store`, is used with that store.
pub(crate) fn check_bound(store: Option<Handle>, guard: &Guard, name: &str) -> Result<()> {
    match store {
        Some(store) if store != guard.store() => Err(Error::new(
            ErrorKind::WRONG_STORE,
            format!("`{name}` holds items of another store, and works only with that store"),
        )),
        _ => Ok(()),
    }
}
