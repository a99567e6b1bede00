//! Compiled code: where it lies, for as long as anybody may run it.

use crate::engine::sections::Sections;
use crate::process::{forks, ranges};
use std::collections::BTreeMap;
use std::sync::Arc;
use wasmtime::Module;

/// The code of a compiled module. Its owners are the module's handle and each store in which the module
/// was instantiated, since code outlives its module there.
pub(crate) struct Code {
    range: &'static ranges::Entry,
    /// `None` only while it is dropped.
    module: Option<Module>,
    /// The module's sections, if backtraces are to have files and lines.
    debug: Option<Arc<Sections>>,
}

impl Drop for Code {
    fn drop(&mut self) {
        // Before the memory is unmapped.
        self.range.remove();
        let _no_fork = forks::delay();
        self.module = None;
    }
}

impl Code {
    /// The code of `module`, which was just compiled, with its sections if backtraces are to have files and
    /// lines. No other module's code may run.
    pub(crate) fn new(module: Module, debug: Option<Arc<Sections>>) -> Arc<Self> {
        let image = module.image_range();
        let range = ranges::add(image.start as usize..image.end as usize);
        Arc::new(Self { range, module: Some(module), debug })
    }

    pub(crate) fn module(&self) -> &Module {
        match &self.module {
            Some(module) => module,
            None => unreachable!("nobody has it any more"),
        }
    }
}

/// Where the code of a module begins, which no other module has at the same time.
fn key(module: &Module) -> usize {
    module.image_range().start as usize
}

/// The code that a store has run, or is about to.
#[derive(Default)]
pub(crate) struct Codes(BTreeMap<usize, Arc<Code>>);

impl Codes {
    /// Keeps `code` until the store is dropped.
    pub(crate) fn keep(&mut self, code: &Arc<Code>) {
        self.0.entry(key(code.module())).or_insert_with(|| Arc::clone(code));
    }

    /// The sections in which the debug info of a module is that ran in the store, if it is to be read.
    pub(crate) fn debug(&self, module: &Module) -> Option<&Arc<Sections>> {
        self.0.get(&key(module))?.debug.as_ref()
    }
}
