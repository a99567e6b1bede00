//! Compiled code: where it lies, for as long as anybody may run it.

use crate::ranges;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasmtime::Module;

/// The code of a compiled module. Its owners are the module's handle and each store in which the module
/// was instantiated, since code outlives its module there.
pub(crate) struct Code {
    /// Dropped before the module, so that a range is taken off the record before its memory is unmapped.
    _range: Range,
    module: Module,
}

/// An entry of the record of ranges.
struct Range(&'static ranges::Entry);

impl Drop for Range {
    fn drop(&mut self) {
        self.0.remove();
    }
}

impl Code {
    /// The code of `module`, which was just compiled. No other module's code may run.
    pub(crate) fn new(module: Module) -> Arc<Self> {
        let image = module.image_range();
        let range = Range(ranges::add(image.start as usize..image.end as usize));
        Arc::new(Self { _range: range, module })
    }

    pub(crate) fn module(&self) -> &Module {
        &self.module
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
        self.0.entry(key(&code.module)).or_insert_with(|| Arc::clone(code));
    }
}
