//! Names of interfaces with versions, which are found as Wasmtime finds them.

use wasmtime::component::__internal::wasmtime_environ::component::{NameMap, NameMapNoIntern};
use wasmtime::component::__internal::wasmtime_environ::prelude::TryString;

/// A map by name. A name with a version is also found by a compatible version: `a:b/c@0.2.0` finds `a:b/c@0.2.1`, and the
/// other way round.
pub(crate) struct VersionedNames<V>(NameMap<TryString, V>);

impl<V> VersionedNames<V> {
    /// The value of that name, or of the highest compatible version of it.
    pub(crate) fn find(&self, name: &str) -> Option<&V> {
        self.0.get(name, &NameMapNoIntern)
    }

    /// The value of exactly that name, which is made if there is none.
    pub(crate) fn entry(&mut self, name: &str) -> wasmtime::Result<&mut V>
    where
        V: Default,
    {
        let key = TryString::try_from(name)?;
        if self.0.raw_get_mut(&key).is_none() {
            self.0.insert(name, &mut NameMapNoIntern, false, V::default())?;
        }
        let Some(value) = self.0.raw_get_mut(&key) else { unreachable!("it was inserted") };
        Ok(value)
    }

    /// The value of exactly that name.
    pub(crate) fn get_mut(&mut self, name: &str) -> wasmtime::Result<Option<&mut V>> {
        Ok(self.0.raw_get_mut(&TryString::try_from(name)?))
    }

    /// The names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.raw_iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<V> Default for VersionedNames<V> {
    fn default() -> Self {
        Self(NameMap::default())
    }
}
