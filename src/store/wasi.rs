//! WASI in a store.

use super::interrupt::{Control, control_of};
use crate::error::Result;
use crate::handle::Handle;
use crate::wasi::config::Config;
use crate::wasi::guest::Guest;
use crate::wasi::runtime::Entry;
use std::sync::Arc;

/// What a store has for WASI.
pub(crate) struct Wasi {
    pub(crate) guest: Guest,
    pub(crate) runtime: Entry,
    /// The store's, if calls can be interrupted.
    pub(crate) control: Option<Arc<Control>>,
}

impl Wasi {
    /// Takes the settings out of the config, for `store`.
    pub(crate) fn new(config: &Config, store: Handle) -> Result<Self> {
        let runtime = Entry::new()?;
        let guest = config.with(|settings| Ok(settings.build()))?;
        Ok(Self { guest, runtime, control: control_of(store) })
    }
}
