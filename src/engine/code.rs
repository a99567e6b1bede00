//! Compiled code, and its addresses for as long as it can run.

use crate::engine::sections::Sections;
use crate::process::{forks, ranges};
use std::collections::BTreeMap;
use std::sync::Arc;
use wasmtime::Module;

/// The code of a compiled module. The module's handle keeps it, and so does each store in which the module
/// was instantiated: instances outlive the handle.
pub(crate) struct Code {
    range: &'static ranges::Entry,
    /// `None` only while this is dropped.
    module: Option<Module>,
    /// The module's sections, if backtraces have files and lines.
    debug: Option<Arc<Sections>>,
}

impl Drop for Code {
    fn drop(&mut self) {
        // Before the code is unmapped.
        self.range.remove();
        let _no_fork = forks::delay();
        self.module = None;
    }
}

impl Code {
    /// The code of `module`, which was just compiled, with its sections if backtraces have files and lines.
    /// Every module must come through here before it runs, so that its traps are recognised.
    pub(crate) fn new(module: Module, debug: Option<Arc<Sections>>) -> Arc<Self> {
        let image = module.image_range();
        let range = ranges::add(image.start as usize..image.end as usize);
        Arc::new(Self { range, module: Some(module), debug })
    }

    pub(crate) fn module(&self) -> &Module {
        match &self.module {
            Some(module) => module,
            None => unreachable!("the code is being dropped"),
        }
    }
}

/// The first address of a module's code, which identifies the module among those that exist.
fn key(module: &Module) -> usize {
    module.image_range().start as usize
}

/// The code of the modules that were instantiated in a store.
#[derive(Default)]
pub(crate) struct Codes(BTreeMap<usize, Arc<Code>>);

impl Codes {
    /// Keeps `code` until the store is dropped.
    pub(crate) fn keep(&mut self, code: &Arc<Code>) {
        self.0.entry(key(code.module())).or_insert_with(|| Arc::clone(code));
    }

    /// The sections with the debug info of a module, if backtraces have files and lines.
    pub(crate) fn debug(&self, module: &Module) -> Option<&Arc<Sections>> {
        self.0.get(&key(module))?.debug.as_ref()
    }
}
