//! Component instances, and how they end.

use super::entered::{Entered, Guard};
use crate::canonical::function::Function;
use crate::engine::component::Component;
use crate::error::text::{Text, quoted};
use crate::error::{Error, ErrorKind, Result};
use std::sync::Arc;
use wasmtime::component::types::ComponentItem as Item;
use wasmtime::component::{ComponentExportIndex, Instance};

/// The object behind the handle of a component instance.
pub(crate) struct ComponentInstance {
    component: Arc<Component>,
    instance: Instance,
    /// Tells it apart from the other instances of its store.
    number: u32,
}

impl ComponentInstance {
    pub(crate) fn new(component: Arc<Component>, instance: Instance, number: u32) -> Self {
        Self { component, instance, number }
    }

    /// The exported function `name`, of the exported interface `interface` if that is given.
    pub(crate) fn func(
        &self,
        interface: Option<&str>,
        name: &str,
        guard: &mut Guard,
    ) -> Result<Function> {
        let exports = self.component.exports();
        let Some(interface) = interface else {
            let index = self.index(None, name, guard).ok_or_else(|| missing(name, exports))?;
            return self.of(&index, name, guard);
        };
        let interface = self.with_version(interface);
        let outer =
            self.index(None, interface, guard).ok_or_else(|| missing(interface, exports))?;
        let inner = self.index(Some(&outer), name, guard).ok_or_else(|| {
            let known = exports.iter().find(|(known, _)| known.as_str() == interface);
            let items = known.map(|(_, item)| self.component.type_of(item));
            let items = items.as_ref().map_or(&[][..], |ty| ty.items());
            missing(name, items).context(&format!("in `{}`", quoted(interface)))
        })?;
        self.of(&inner, name, guard)
    }

    /// The name of an interface with its version, if the component exports one version of it.
    fn with_version<'a>(&'a self, interface: &'a str) -> &'a str {
        let is_version =
            |known: &&str| known.split_once('@').is_some_and(|(before, _)| before == interface);
        let names = self.component.exports().iter().map(|(known, _)| known.as_str());
        let mut versions = names.filter(is_version);
        match (versions.next(), versions.next()) {
            (Some(only), None) => only,
            _ => interface,
        }
    }

    fn index(
        &self,
        outer: Option<&ComponentExportIndex>,
        name: &str,
        guard: &mut Guard,
    ) -> Option<ComponentExportIndex> {
        self.instance.get_export_index(guard.context(), outer, name)
    }

    /// The function at an index.
    fn of(&self, index: &ComponentExportIndex, name: &str, guard: &mut Guard) -> Result<Function> {
        let Some(func) = self.instance.get_func(guard.context(), index) else {
            let why = format!("the export `{}` is no function", quoted(name));
            return Err(Error::new(ErrorKind::TYPE_MISMATCH, why));
        };
        Function::new(func, self.number, guard.context())
    }
}

/// The most names that a message lists.
const MOST_NAMES: usize = 20;

/// The error for an export that isn't there.
#[cold]
fn missing(name: &str, items: &[(Text, Item)]) -> Error {
    let name = quoted(name);
    let shown = |(known, _): &(Text, Item)| format!("`{}`", quoted(known.as_str()));
    let names: Vec<_> = items.iter().take(MOST_NAMES).map(shown).collect();
    let more = if items.len() > names.len() { ", and more" } else { "" };
    let there = match names.as_slice() {
        [] => "nothing is exported".to_owned(),
        names => format!("the exports are: {}{more}", names.join(", ")),
    };
    Error::new(ErrorKind::NOT_FOUND, format!("there is no export called `{name}`; {there}"))
}

/// The component instances of a store that run, the innermost last. A component instance can't be entered again while it
/// waits for a host function, as the component model demands. Wasmtime doesn't refuse that.
#[derive(Default)]
pub(crate) struct Active {
    running: Vec<u32>,
    made: u32,
}

impl Active {
    /// A number for a new instance.
    pub(crate) fn number(&mut self) -> u32 {
        self.made += 1;
        self.made
    }

    /// Notes that a call enters an instance.
    #[inline]
    pub(crate) fn begin(&mut self, instance: u32) -> Result<()> {
        if self.running.contains(&instance) {
            return Err(Self::is_entered());
        }
        self.running.push(instance);
        Ok(())
    }

    /// Notes that the innermost call has ended.
    #[inline]
    pub(crate) fn end(&mut self) {
        self.running.pop();
    }

    #[cold]
    fn is_entered() -> Error {
        Error::new(
            ErrorKind::STORE_BUSY,
            "the component instance waits for a host function that it has called; it can be called again when \
             that function has returned",
        )
    }
}

/// How the components of a store have ended: the message of the first failure. A failure anywhere in a store ends all
/// components in it, as the component model demands.
#[derive(Default)]
pub(crate) struct Ended(Option<Text>);

impl Ended {
    /// Notes that a call has failed.
    #[cold]
    pub(crate) fn note(&mut self, cause: &Error) {
        if self.0.is_none() {
            self.0 = Some(Text::new(cause.message()));
        }
    }

    /// Refuses to run a component after a failure.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.0 {
            None => Ok(()),
            Some(cause) => Err(Error::new(
                ErrorKind::COMPONENTS_ENDED,
                format!(
                    "the components of the store have ended, because a call in the store failed; use another store. \
                     The first failure was: {}",
                    cause.as_str()
                ),
            )),
        }
    }
}
